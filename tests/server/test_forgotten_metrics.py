"""Metrics by box type: they end with their catalog."""

from types import SimpleNamespace

from prometheus_client import generate_latest

from boxwright.catalog import load_materials
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.server.metrics import INLINE, OTHER_BOX, Metrics
from boxwright.server.workers.noted import NotedMetrics, count


def dataset(**catalogs):
    """Return what is loaded: catalogs of box types by their identifiers."""
    made = {
        name: Catalog(name, tuple(BoxType(each, 100, 100, 100, tare_g=5) for each in boxes))
        for name, boxes in catalogs.items()
    }
    return SimpleNamespace(materials=load_materials(), catalogs=made)


def rows(metrics, name):
    """Return the rows of a counter, by catalog and box type."""
    found = {}
    for family in metrics.registry.collect():
        for sample in family.samples:
            if sample.name == name:
                found[sample.labels["catalog"], sample.labels["box_type"]] = sample.value
    return found


def test_rows_of_box_types_end_with_their_catalog():
    """Of plans and of outcomes; those of boxes that are in no catalog stay with theirs, and catalogs sent along too."""
    metrics = Metrics()
    metrics.show_loaded(dataset(a=["s", "m"], b=["s"]))
    counted = [("a", "s"), ("a", "m"), ("a", OWN_CONTAINER), ("a", OTHER_BOX), ("b", "s"), ("b", OWN_CONTAINER)]
    for row in [*counted, (INLINE, INLINE)]:
        metrics.boxes.labels("shipment", *row).inc()
        metrics.shipped_boxes.labels("planned", *row).inc()
    metrics.show_loaded(dataset(a=["s", "l"]))
    left = {("a", "s"), ("a", OWN_CONTAINER), ("a", OTHER_BOX), (INLINE, INLINE)}
    for name in ("boxes_used", "shipped_boxes"):
        assert set(rows(metrics, f"boxwright_{name}_total")) == left
    metrics.boxes.labels("shipment", "a", "s").inc()
    assert rows(metrics, "boxwright_boxes_used_total")["a", "s"] == 2
    assert b'"b"' not in generate_latest(metrics.registry)


def test_what_a_planning_process_counts_of_a_catalog_that_comes_back_is_shown():
    """The server holds no row that was taken out."""
    metrics, noted = Metrics(), NotedMetrics()

    def planned():
        noted.boxes.labels("shipment", "a", "s").inc()
        count(metrics, noted.take())
        return rows(metrics, "boxwright_boxes_used_total")

    metrics.show_loaded(dataset(a=["s"]))
    assert planned() == {("a", "s"): 1}
    metrics.show_loaded(dataset(b=["s"]))
    assert rows(metrics, "boxwright_boxes_used_total") == {}
    metrics.show_loaded(dataset(a=["s"]))
    assert planned() == {("a", "s"): 1}
