"""Academic instances as orders: what may lie how, and what the rows say."""

import json
from pathlib import Path

import pytest

from benchmarks import bins, containers
from boxwright import Orientation


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One container for two kinds of units, and two bin-packing instances, as the published files have them."""
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
    """A flag for the height allows both turns about it, and one for the length those with the length upright."""
    ((order, catalog, best),) = containers.instances(folder, 1, None)
    first, second = order.lines
    assert set(first.orientations) == {Orientation.LWH, Orientation.WLH}
    assert set(second.orientations) == {Orientation.LWH, Orientation.WLH, Orientation.HWL, Orientation.WHL}
    for line in order.lines:
        vertical = {each.value[2] for each in line.orientations}
        assert vertical == ({"H"} if line is first else {"L", "H"})
    assert (catalog.box_types[0].inner_um, best) == ((4_000, 4_000, 4_000), 1.0)


def test_a_container_is_filled_and_judged(folder: Path) -> None:
    """Ours fill the container wholly, on whole bases, and the row says so."""
    said: list[str] = []
    containers.main(["--data", str(folder), "--class", "1"], said.append)
    cells = dict(zip(containers.COLUMNS, said[1].strip("| ").split(" | "), strict=True))
    assert (cells["class"], cells["volume %"], cells["points to best known"]) == ("BR1", "100.00", "+0.00")
    assert (cells["units without whole base %"], cells["other violations"]) == ("0.0", "0")


def test_bins_are_counted_with_units_as_they_stand(folder: Path) -> None:
    """Units are not turned: the three take two bins, the two one, against bounds of two and one."""
    said: list[str] = []
    bins.main(["--data", str(folder)], said.append)
    cells = dict(zip(bins.COLUMNS, said[1].strip("| ").split(" | "), strict=True))
    assert (cells["bins"], cells["lb"], cells["gap %"], cells["published"]) == ("1.50", "1.50", "0.0", "2.00")
    assert cells["violations"] == "0"
    order, catalog = bins.order_of(json.loads((folder / "mpv.json").read_text())[0])
    assert {orientation for line in order.lines for orientation in line.orientations} == {Orientation.LWH}
    assert catalog.box_types[0].inner_um == (10_000, 10_000, 10_000)
