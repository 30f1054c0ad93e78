"""Parcels are checked without the other units of the order."""

import dataclasses

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, StartedParcel, check, plan
from boxwright.checking import PlanViolation, ViolationKind, check_parcels
from boxwright.domain.plan import Plan

BOX = BoxType("box", 300, 200, 200, 306, 206, 212, tare_g=250, available=2)
CATALOG = Catalog("one", [BOX])
ORDER = Order("o", [Item("block", 2, 300, 200, 195, 900, keep_apart_group="blocks"), Item("lost", 1, 50, 50, 50, 10)])


@pytest.fixture(scope="module")
def packed() -> Plan:
    """Two blocks in two boxes; a third unit is in none."""
    return plan(dataclasses.replace(ORDER, lines=ORDER.lines[:1]), CATALOG)


def kinds(violations: list[PlanViolation]) -> list[ViolationKind]:
    """Return the kinds of violations."""
    return [each.kind for each in violations]


def test_units_in_no_parcel_are_not_asked_for(packed: Plan) -> None:
    """The full check reports the unit that is in no parcel, the check of parcels does not."""
    assert ViolationKind.LOST_UNIT in kinds(check(packed, ORDER, CATALOG))
    assert not check_parcels(packed.parcels, ORDER, CATALOG)
    assert not check_parcels(packed.parcels[1:], ORDER, CATALOG)


def test_parcels_are_checked_one_by_one_and_together(packed: Plan) -> None:
    """A wrong mass, a unit in two parcels, too many parcels and too many boxes are found."""
    first = packed.parcels[0]
    wrong = dataclasses.replace(first, net_mg=first.net_mg + 1)
    assert kinds(check_parcels([wrong], ORDER, CATALOG)) == [ViolationKind.WRONG_NET_MASS]
    assert ViolationKind.DUPLICATE_UNIT in kinds(check_parcels([first, first], ORDER, CATALOG))
    assert kinds(check_parcels(packed.parcels, ORDER, CATALOG, Policy(max_parcels=1))) == [
        ViolationKind.TOO_MANY_PARCELS
    ]
    scarce = Catalog("one", [dataclasses.replace(BOX, available=1)])
    assert kinds(check_parcels(packed.parcels, ORDER, scarce)) == [ViolationKind.BOX_NOT_AVAILABLE]


def test_a_group_may_be_completed_yet_but_not_in_two_parcels(packed: Plan) -> None:
    """A part of a group may be in no parcel, but not in two parcels."""
    together = dataclasses.replace(
        ORDER, lines=[dataclasses.replace(each, keep_together_group="set", keep_apart_group="") for each in ORDER.lines]
    )
    assert not check_parcels(packed.parcels[:1], together, CATALOG)
    assert kinds(check_parcels(packed.parcels, together, CATALOG)) == [ViolationKind.GROUP_SPLIT]


def test_started_parcels_take_no_box_from_the_stock(packed: Plan) -> None:
    """A started parcel takes no box from the stock, and moves within it are not checked."""
    scarce = Catalog("one", [dataclasses.replace(BOX, available=1)])
    first = dataclasses.replace(packed.parcels[0], started_parcel_id="P-1")
    started = [StartedParcel("P-1", "box"), StartedParcel("P-2", "box", first.placements)]
    parcels = [first, packed.parcels[1]]
    assert not check_parcels(parcels, ORDER, scarce, started_parcels=started)
