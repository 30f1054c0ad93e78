"""The comparison of engines: plans of other engines, and ratios to the best known packing."""

from benchmarks.answers import Placed, plan_of
from benchmarks.datasets import DataSet
from benchmarks.engine import boxwright, py3dbp
from benchmarks.outcome import Outcome, run
from benchmarks.table import COLUMNS, published_row, row, worse

from boxwright import BoxType, Catalog, Item, Order, Policy, check

CATALOG = Catalog("two", [BoxType("large", 40, 40, 40, tare_g=5), BoxType("small", 40, 40, 20, tare_g=4)])
ORDER = Order("pair", [Item("flat", 1, 40, 40, 10, 7), Item("cube", 1, 10, 10, 10, 3, orientations=["LWH"])])
SMALL_MM3, LARGE_MM3 = 32_000, 64_000


def data(best: tuple[int, int] = (1, SMALL_MM3)) -> DataSet:
    """Return a set of one order with a best known packing."""
    return DataSet("tiny", CATALOG, [ORDER], {"pair": best}, {"pair": (1, SMALL_MM3)}, {"pair": (1, 53.1)})


def placed(line: str, corner: tuple[int, int, int], extent: tuple[int, int, int]) -> Placed:
    """Return a placed unit; lengths in mm."""
    um = [tuple(value * 1_000 for value in each) for each in (corner, extent)]
    return Placed(line, 0, (um[0][0], um[0][1], um[0][2]), (um[1][0], um[1][1], um[1][2]))


def test_plans_of_others_are_checked_unchanged() -> None:
    """A valid packing passes in any sequence, an invalid one is not repaired, missing units are unpacked."""
    flat, cube = placed("flat", (0, 0, 0), (40, 40, 10)), placed("cube", (5, 5, 10), (10, 10, 10))
    assert check(plan_of(ORDER, CATALOG, [("small", [cube, flat])]), ORDER, CATALOG) == []
    floating = placed("cube", (5, 5, 11), (10, 10, 10))
    kinds = [each.kind for each in check(plan_of(ORDER, CATALOG, [("large", [flat, floating])]), ORDER, CATALOG)]
    assert kinds == ["unsupported"]
    part = plan_of(ORDER, CATALOG, [("small", [flat])])
    assert [(each.line_id, each.unit_index) for each in part.unpacked] == [("cube", 0)]
    assert check(part, ORDER, CATALOG, Policy(allow_partial=True)) == []


def test_engines_of_this_package_find_the_smallest_box() -> None:
    """Boxwright and py3dbp pack the order into the small box without a violation."""
    for engine in (boxwright("fast"), py3dbp()):
        (outcome,) = run(engine, [ORDER], CATALOG)
        assert (outcome.boxes, outcome.volume_mm3, outcome.whole, outcome.broken) == (1, SMALL_MM3, True, 0)
        assert outcome.cpu_ms > 0


def test_rows_compare_with_the_best_known() -> None:
    """Ratios are over whole orders with a best packing; CPU is relative to py3dbp and to the loop."""
    outcomes = [Outcome("pair", 6.0, 1, LARGE_MM3, whole=True), Outcome("other", 2.0, 2, 5, whole=False)]
    said = row(data(), boxwright("fast"), outcomes, 8.0, {"pair": 3.0})
    cells = dict(zip(COLUMNS, said.strip("| ").split(" | "), strict=True))
    assert cells["boxes, litres to best supported"] == "1.0000, 2.0000 (1)"
    assert (cells["worse"], cells["not whole (known to fit)"]) == ("1", "1 (0)")
    assert (cells["CPU to py3dbp"], cells["CPU to loop"]) == ("2.00", "0.500")
    assert worse(data((2, SMALL_MM3)), outcomes) == []


def test_published_volume_follows_from_utilisation() -> None:
    """17 cubic cm of goods at 53.1 percent are 32 cubic cm of box."""
    cells = dict(zip(COLUMNS, published_row(data(), [ORDER]).strip("| ").split(" | "), strict=True))
    assert cells["boxes, litres to best supported"] == "1.0000, 1.0005 (1)"
