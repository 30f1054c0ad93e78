"""Boxes in boxes of a packing made elsewhere: their figures, and their layout if positions are missing."""

from dataclasses import replace

import pytest

from boxwright import (
    BoxType,
    Fragility,
    InvalidInputError,
    Item,
    Order,
    Parcel,
    Placement,
    StartedParcel,
    check,
)
from boxwright.checking import ViolationKind, check_parcels
from boxwright.domain.factor import Component
from boxwright.domain.order import Orientation
from boxwright.domain.plan import Plan
from boxwright.planning import Task, plans, positioned
from boxwright.planning.answers.judge import assess

from .inner_box_orders import BOARD, INNER, shelf

LARGER = BoxType("larger", 320, 220, 200, 326, 226, 212, tare_g=160, **BOARD)
OUTER = BoxType("outer", 800, 400, 350, 810, 410, 370, tare_g=600, **BOARD)
CATALOG = shelf(INNER, LARGER, OUTER)
GOODS = Item("glass", 2, 100, 90, 80, mass_g=1_000, fragility=Fragility("very_fragile"))
ORDER = Order("1", [GOODS])
TASK = Task(ORDER, CATALOG)


def own() -> Plan:
    """Return the plan made here: both inner boxes in one parcel."""
    made = plans(TASK, 0)[0]
    assert [[each.inner_box_type_id for each in parcel.placements] for parcel in made.parcels] == [["inner"] * 2]
    return made


def units(*indices: int) -> tuple[Placement, ...]:
    """Return placements that name units alone."""
    return tuple(Placement("glass", index, 0, 0, 0, 0, 0, 0) for index in indices)


@pytest.mark.parametrize("which", [(0,), (1,), (0, 1)])
def test_goods_may_be_turned_otherwise_in_their_inner_box(which: tuple[int, ...]) -> None:
    """Length and width of the goods are swapped in the inner box of one unit, of the other, of both.

    The boxes lie as before. The check agrees, every figure is unchanged, and the answer has the stated placements.
    """
    swapped = {"L": "W", "W": "L", "H": "H"}
    made = own()
    turned = [
        replace(each, orientation=Orientation("".join(swapped[edge] for edge in each.orientation.value)))
        if each.unit_index in which
        else each
        for each in made.parcels[0].placements
    ]
    (stated,) = (replace(parcel, placements=tuple(turned)) for parcel in made.parcels)
    assert check(replace(made, parcels=(stated,)), ORDER, CATALOG) == []
    answer = assess(TASK, [stated], ())
    assert check(answer, ORDER, CATALOG) == []
    assert answer.parcels == (stated,)
    assert answer.footprints == made.footprints


def test_another_inner_box_than_the_smallest_is_weighed_as_stated() -> None:
    """Both units lie in the larger inner box of 160 g, as stated by a planner without a smaller one."""
    larger = plans(Task(ORDER, replace(CATALOG, box_types=(LARGER, OUTER))), 0)[0]
    answer = assess(TASK, larger.parcels, ())
    assert check(answer, ORDER, CATALOG) == []
    assert answer.parcels == larger.parcels
    parts = [part for parcel in answer.parcels for part in parcel.packaging if part.component is Component.INNER_BOX]
    assert [(part.dunnage_id, part.mass_mg) for part in parts] == [("larger", 160_000)] * 2


def test_units_known_to_be_in_a_box_are_laid_out_in_their_inner_boxes() -> None:
    """Inner boxes are chosen from the whole catalog, in stock or not, and must fit the outer box."""
    (found,) = positioned(TASK, [Parcel("outer", units(1, 0))])
    assert {(each.unit_index, each.inner_box_type_id) for each in found.placements} == {(0, "inner"), (1, "inner")}
    gone = replace(CATALOG, box_types=tuple(replace(each, available=0) for each in CATALOG.box_types))
    (again,) = positioned(Task(ORDER, gone), [Parcel("outer", units(1, 0))])
    assert again == found
    assert check(assess(TASK, [found], ()), ORDER, CATALOG) == []
    (tight,) = positioned(TASK, [Parcel("inner", units(0))])
    assert isinstance(tight, str)
    assert "'inner'" in tight
    (none,) = positioned(
        Task(ORDER, replace(CATALOG, box_types=(replace(OUTER, style="tote"),))), [Parcel("outer", units(0))]
    )
    assert isinstance(none, str)
    assert "very_fragile" in none


def test_an_inner_box_that_is_named_is_not_replaced() -> None:
    """A unit with an inner box and no position is not laid out: the check reports missing extents."""
    named = Parcel("outer", tuple(replace(each, inner_box_type_id="larger") for each in units(0, 1)))
    assert positioned(TASK, [named]) == [named]


def test_a_begun_parcel_holds_none_without_positions_either() -> None:
    """Units without positions are refused like those with positions: by name, with the rule."""
    begun = replace(TASK, started_parcels=(StartedParcel("p", "outer", units(0)),))
    with pytest.raises(InvalidInputError, match=r"\[0\]\.placements\[0\]"):
        plans(begun, 0)


def test_units_of_a_line_lie_in_inner_boxes_of_one_type() -> None:
    """If two parcels are right by themselves, the check only finds that the line has inner boxes of two types."""
    (first,) = positioned(TASK, [Parcel("outer", units(0))])
    (second,) = positioned(Task(ORDER, replace(CATALOG, box_types=(LARGER, OUTER))), [Parcel("outer", units(1))])
    assert isinstance(first, Parcel)
    assert isinstance(second, Parcel)
    found = [each for each in check_parcels([first, second], ORDER, CATALOG) if each.constraint != "stated_figures"]
    assert [(each.kind, each.line_id) for each in found] == [(ViolationKind.WRONG_INNER_BOX, "glass")]
    assert all(part in found[0].detail for part in ("inner", "larger"))
    for each in (first, second):
        assert not [one for one in check_parcels([each], ORDER, CATALOG) if one.constraint != "stated_figures"]
