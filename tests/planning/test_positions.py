"""Units in a box without positions: a layout that obeys all rules, or the reason why there is none."""

from dataclasses import replace

from boxwright import Item, Order, Policy, load_catalog
from boxwright.domain.plan import Parcel, Placement
from boxwright.planning import Task, positioned

ORDER = Order(
    "o",
    (
        Item("a", 4, 120, 80, 60, 300),
        Item("b", 2, 100, 100, 40, 250, keep_apart_group="x"),
        Item("c", 1, 90, 90, 90, 400, keep_apart_group="y"),
    ),
)
CATALOG = load_catalog("eu-webshop")
BOX = "eu-310x220x150"


def named(*units: tuple[str, int]) -> tuple[Placement, ...]:
    """Return placements that name units alone."""
    return tuple(Placement(line_id, index, 0, 0, 0, 0, 0, 0) for line_id, index in units)


def test_units_without_a_layout_have_a_reason():
    """Too many units, or units that may not share a parcel, name the rule; unknown names are left to the check."""
    mixed = Parcel(BOX, named(("b", 0), ("c", 0)))
    small = Parcel("eu-150x100x100", named(*(("a", each) for each in range(4))))
    unknown = Parcel(BOX, named(("a", 4)))
    twice = Parcel(BOX, named(("a", 0), ("a", 0)))
    other = Parcel("no such box", named(("a", 0)))
    found = positioned(Task(ORDER, CATALOG), (mixed, small, unknown, twice, other))
    assert all(isinstance(each, str) and each for each in found[:2])
    assert found[2:] == [unknown, twice, other]


def test_stock_and_other_parcels_do_not_count():
    """The box is in use, so it needs no stock, and a limit of one parcel does not refuse it."""
    gone = replace(
        CATALOG,
        box_types=tuple(replace(each, available=0) if each.box_type_id == BOX else each for each in CATALOG.box_types),
    )
    found = positioned(Task(ORDER, gone, Policy(max_parcels=1)), (Parcel(BOX, named(("a", 0))),))
    assert isinstance(found[0], Parcel)
    assert found[0].placements[0].extent_um == (120_000, 80_000, 60_000)
