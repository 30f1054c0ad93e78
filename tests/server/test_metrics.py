"""Counts of plans, parcels, grams and outcomes."""

import pytest

from boxwright import BoxType, Catalog, Item, Lane, Leg, Order, Policy, plan
from boxwright.compliance import verdicts
from boxwright.domain.factor import CARRIED, Component
from boxwright.server.metrics import INLINE, Metrics, NotedMetrics, count

LANE = Lane(legs=(Leg("road", 500), Leg("road", 50)), carrier_service="ups/us-daily", include_hubs=True)
BOX = BoxType("b", 300, 200, 150, tare_g=100, material_id="corrugated-board")
PROFILES = ("uk-desnz", "us-epa")


@pytest.fixture(scope="module")
def made():
    """A plan of two parcels and one unpacked unit, with two profiles and two allocations."""
    lines = (Item("book", 2, 290, 190, 140, 900), Item("ski", 1, 1_800, 100, 100, 900))
    return plan(Order("o", lines), Catalog("c", (BOX,)), Policy(allow_partial=True), LANE, PROFILES)


def value(metrics, name, **labels):
    """Return a sample; 0 if there is none."""
    return metrics.registry.get_sample_value(name, labels) or 0


def test_what_may_happen_is_shown_before_it_does():
    """Known labels start at 0, since Prometheus sees no increase in a first sample."""
    metrics = Metrics()
    for name, labels in (
        ("boxwright_workers_replaced_total", {"why": "crash"}),
        ("boxwright_abandoned_orders_total", {"state": "under_way"}),
        ("boxwright_order_wait_seconds_count", {"size": "large"}),
        ("boxwright_store_errors_total", {"what": "write", "reason": "store_full"}),
    ):
        assert metrics.registry.get_sample_value(name, labels) == 0, name


def test_what_a_planning_process_notes_is_counted():
    """A worker's counts and observations reach the server once."""
    metrics, noted = Metrics(), NotedMetrics()
    noted.abandoned.labels("waiting").inc(2)
    noted.planning.labels("shipment").observe(0.5)
    for _ in range(2):
        count(metrics, noted.take())
    assert value(metrics, "boxwright_abandoned_orders_total", state="waiting") == 2
    assert value(metrics, "boxwright_planning_duration_seconds_sum", purpose="shipment") == 0.5


def test_verdicts_are_counted_by_rule_and_outcome(made):
    """Each verdict counts once, with figures beyond the limit."""
    metrics = Metrics()
    judged = verdicts(made, Catalog("c", (BOX,)), ["eu"])
    metrics.record_plan(made, "shipment", "c", verdicts=judged)
    labels = {"purpose": "shipment", "rule": "eu/ppwr-67-5", "outcome": "pass"}
    assert value(metrics, "boxwright_verdicts_total", **labels) == 1


def test_a_plan_is_counted_under_its_purpose_only(made):
    """Boxes, fill, certificates and unpacked units of what-ifs do not count as shipments."""
    metrics = Metrics()
    metrics.record_plan(made, "what_if", "c")
    assert value(metrics, "boxwright_plans_total", purpose="what_if", status="partial") == 1
    assert value(metrics, "boxwright_boxes_used_total", purpose="what_if", catalog="c", box_type="b") == 2
    assert value(metrics, "boxwright_parcel_fill_ratio_count", purpose="what_if") == 2
    assert value(metrics, "boxwright_unpacked_units_total", purpose="what_if", reason="does_not_fit_any_box") == 1
    for family in metrics.registry.collect():
        assert not any(sample.labels.get("purpose") == "shipment" for sample in family.samples)


def test_a_footprint_is_incomplete_where_a_factor_of_the_order_lacks():
    """Missing legs do not count, nor what a shipped profile never covers."""
    order, metrics, road = Order("o", [Item("book", 1, 290, 190, 140, 900)]), Metrics(), Lane(legs=(Leg("road", 500),))
    for lane, material in ((None, "corrugated-board"), (road, "corrugated-board"), (road, "mycelium")):
        box = BoxType("b", 300, 200, 150, tare_g=100, material_id=material)
        metrics.record_plan(plan(order, Catalog("c", (box,)), None, lane, PROFILES), "shipment", "c")
    counted = [
        value(metrics, "boxwright_incomplete_footprints_total", purpose="shipment", profile=profile)
        for profile in ("uk-desnz@2026", "us-epa@2025")
    ]
    assert counted == [0, 1]


@pytest.mark.parametrize("profile", ["uk-desnz@2026", "us-epa@2025"])
def test_grams_are_those_of_the_footprints_and_packaging_counts_once(made, profile):
    """Transport counts by allocation; packaging counts once per profile."""
    hubs = {footprint.profile_id for footprint in made.footprints if footprint.subtotal_co2e_mg(Component.HUB)}
    assert hubs == {"uk-desnz@2026"}
    metrics = Metrics()
    metrics.record_plan(made, "shipment", "c")
    for footprint in made.footprints:
        if footprint.profile_id != profile:
            continue
        expected = {
            ("transport", footprint.allocation.value): footprint.subtotal_co2e_mg(*CARRIED),
            ("packaging", "none"): footprint.total_co2e_mg - footprint.subtotal_co2e_mg(*CARRIED),
        }
        for (kind, allocation), grams in expected.items():
            signs = {
                sign: value(
                    metrics,
                    "boxwright_co2e_grams_total",
                    purpose="shipment",
                    profile=profile,
                    kind=kind,
                    allocation=allocation,
                    sign=sign,
                )
                for sign in ("emitted", "credited")
            }
            assert signs["emitted"] - signs["credited"] == pytest.approx(grams / 1_000)


def test_a_catalog_sent_along_adds_no_labels(made):
    """Names chosen by callers never become labels."""
    metrics = Metrics()
    metrics.record_plan(made, "shipment", INLINE)
    assert value(metrics, "boxwright_boxes_used_total", purpose="shipment", catalog=INLINE, box_type=INLINE) == 2


def test_packaging_mass_is_that_of_the_parcels(made):
    """Grams by component are the sums over parcels."""
    metrics = Metrics()
    metrics.record_plan(made, "shipment", "c")
    for component in (Component.BOX, Component.VOID_FILL):
        expected = sum(parcel.packaging_mg(component) for parcel in made.parcels) / 1_000
        counted = value(metrics, "boxwright_packaging_grams_total", purpose="shipment", component=component.value)
        assert counted == pytest.approx(expected)
