"""Academic instances as orders, and their rows."""

import json
from pathlib import Path

import pytest
from benchmarks.datasets import POOLED, drawn

from benchmarks import bins, bischoff_ratcliff, containers, many
from boxwright import Orientation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a container instance and two bin-packing instances."""
    items = [
        {"id": "1", "qty": 2, "l": 4, "w": 2, "h": 3, "g": 0, "vert": [0, 0, 1]},
        {"id": "2", "qty": 1, "l": 4, "w": 4, "h": 1, "g": 0, "vert": [1, 0, 1]},
    ]
    (tmp_path / "br1.json").write_text(json.dumps([{"id": 1, "bin": [4, 4, 4], "items": items}]))
    (tmp_path / "br_best_known.json").write_text(json.dumps({"BR1": {"1": 1.0}}))
    instance = {"cls": 1, "n": 3, "v": 1, "seed": 4, "bin": [10, 10, 10], "lb": 2, "ub_ref": 3}
    edges = [[10, 10, 6], [10, 10, 4], [6, 10, 10]]
    mpv = [{**instance, "items": edges}, {**instance, "v": 2, "items": edges[:2], "lb": 1, "ub_ref": 1}]
    (tmp_path / "mpv.json").write_text(json.dumps(mpv))
    return tmp_path


def test_the_flags_say_which_edge_may_be_vertical(folder: Path) -> None:
    """The flag of an edge allows the two orientations with that edge vertical."""
    ((order, catalog, best),) = containers.instances(folder, 1, None)
    first, second = order.lines
    assert set(first.orientations) == {Orientation.LWH, Orientation.WLH}
    assert set(second.orientations) == {Orientation.LWH, Orientation.WLH, Orientation.HWL, Orientation.WHL}
    for line in order.lines:
        vertical = {each.value[2] for each in line.orientations}
        assert vertical == ({"H"} if line is first else {"L", "H"})
    assert (catalog.box_types[0].inner_um, best) == ((4_000, 4_000, 4_000), 1.0)


def test_a_container_is_filled_and_checked(folder: Path) -> None:
    """Boxwright fills the container completely with whole bases supported."""
    said: list[str] = []
    containers.main(["--data", str(folder), "--class", "1"], said.append)
    cells = dict(zip(containers.COLUMNS, said[1].strip("| ").split(" | "), strict=True))
    assert (cells["class"], cells["volume %"], cells["points to best known"]) == ("BR1", "100.00", "+0.00")
    assert (cells["units without whole base %"], cells["other violations"]) == ("0.0", "0")


def test_bins_are_counted_with_units_as_they_stand(folder: Path) -> None:
    """Without rotation three units take two bins and two units one, as the bounds say."""
    said: list[str] = []
    bins.main(["--data", str(folder)], said.append)
    cells = dict(zip(bins.COLUMNS, said[1].strip("| ").split(" | "), strict=True))
    assert (cells["bins"], cells["lb"], cells["gap %"], cells["published"]) == ("1.50", "1.50", "0.0", "2.00")
    assert cells["violations"] == "0"
    order, catalog = bins.order_of(json.loads((folder / "mpv.json").read_text())[0])
    assert {orientation for line in order.lines for orientation in line.orientations} == {Orientation.LWH}
    assert catalog.box_types[0].inner_um == (10_000, 10_000, 10_000)


@pytest.mark.parametrize("number", bischoff_ratcliff.KINDS)
def test_containers_of_many_kinds_are_drawn_by_the_published_procedure(number: int) -> None:
    """Kinds, edges and volumes are in the published ranges, and draws are repeatable."""
    length, width, height = bischoff_ratcliff.CONTAINER_CM
    (kinds,) = bischoff_ratcliff.drawn(number, 1)
    assert len(kinds) == bischoff_ratcliff.KINDS[number]
    volume = sum(edges[0] * edges[1] * edges[2] * count for edges, _, count in kinds)
    assert 0.97 <= volume / (length * width * height) <= 1
    for edges, vertical, count in kinds:
        assert count >= 1
        assert 120 >= edges[0] >= edges[1] >= edges[2] >= 20
        assert vertical == (edges[0] < 2 * edges[2], edges[1] < 2 * edges[2], True)
    assert [kinds] == list(bischoff_ratcliff.drawn(number, 1))


def test_a_container_of_eighty_kinds_is_filled_with_blocks(tmp_path: Path) -> None:
    """With 1.6 units per kind, at least 83 % of the container is filled."""
    said: list[str] = []
    containers.main(["--data", str(tmp_path), "--class", "13", "--instances", "1"], said.append)
    cells = dict(zip(containers.COLUMNS, said[1].strip("| ").split(" | "), strict=True))
    assert float(cells["volume %"]) >= 83
    assert (cells["points to best known"], cells["other violations"]) == ("-", "0")


def test_orders_of_many_units_are_drawn_from_the_products_of_the_folder(tmp_path: Path) -> None:
    """Pools have each product once, `mid` only small ones; --times multiplies the units."""
    products = [
        {"id": "small", "qty": 3, "l": 100, "w": 80, "h": 60, "g": 5},
        {"id": "large", "qty": 1, "l": 200, "w": 150, "h": 100, "g": 9},
    ]
    box = {"id": "box", "l": 900, "w": 700, "h": 600, "ol": 910, "ow": 710, "oh": 610, "empty": 9, "max_weight": 9_000}
    for file in ("olist", "olist_single_all", "olist_mix"):
        content = {"catalog": [box], "orders": [{"id": "order", "items": products}]}
        (tmp_path / f"{file}.json").write_text(json.dumps(content))
        for best in (f"best_known_{file}_3d.json", f"best_known_supported_{file}_3d.json"):
            (tmp_path / best).write_text("{}")
    orders = drawn(tmp_path, "mid")
    assert orders == drawn(tmp_path, "mid")
    assert len(orders) == POOLED["mid"].orders
    assert all(25 <= order.unit_count <= 60 for order in orders)
    assert {line.line_id.split("-")[1] for order in orders for line in order.lines} == {"small"}
    assert {line.line_id.split("-")[1] for order in drawn(tmp_path, "big") for line in order.lines} == {
        "small",
        "large",
    }
    assert all(250 <= order.unit_count <= 600 for order in drawn(tmp_path, "mid", 10))
    said: list[str] = []
    many.main(["--data", str(tmp_path), "--set", "mid", "--mode", "fast", "--orders", "2"], said.append)
    cells = dict(zip(many.COLUMNS, said[1].strip("| ").split(" | "), strict=True))
    assert (cells["orders"], cells["not whole"], cells["of one box"], cells["boxes"]) == ("2", "0", "2", "2")
