"""Damage to units: lost, repeated, unknown, or against the rules of their groups."""

from dataclasses import replace
from typing import Any

from boxwright.checking import ViolationKind as K
from boxwright.domain.order import DimensionStatus
from boxwright.domain.plan import PlanStatus, UnpackedReason, UnpackedUnit
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
from damages.changes import (
    Case,
    Damage,
    broken,
    with_box,
    with_line,
    with_parcel,
    with_placement,
    with_placements,
    with_plan,
    with_policy,
    without_unit,
)

EXTRA = UnpackedUnit("u0", 0, UnpackedReason.NOT_FOUND_WITHIN_EFFORT, "effort ran out")


def _swapped(case: Case, unit: int) -> Case:
    """Swap a unit of the first parcel with the unit of the second, which is as large and as heavy."""
    first, second = (parcel.placements for parcel in case.plan.parcels)
    names = {"line_id": first[unit].line_id}
    return case.with_placement(unit, line_id=second[0].line_id).with_placement(0, parcel=1, **names)


def _with_unpacked(case: Case, **fields: Any) -> Case:
    return case.with_plan(unpacked=(replace(case.plan.unpacked[0], **fields),))


DAMAGES: list[Damage] = [
    # Units
    ("a unit is dropped", "stacked", lambda c: without_unit(c, 2), K.LOST_UNIT),
    ("a whole parcel is dropped", "two parcels", lambda c: c.with_plan(parcels=c.plan.parcels[:1]), K.LOST_UNIT),
    ("an unpacked unit is forgotten", "partial", with_plan(unpacked=()), K.LOST_UNIT),
    ("a unit is placed twice in a parcel", "single", lambda c: with_placements(c, 0, 0), K.DUPLICATE_UNIT),
    ("a unit is placed in two parcels", "two parcels", with_placement(0, parcel=1, line_id="u0"), K.DUPLICATE_UNIT),
    (
        "an unpacked unit is listed twice",
        "partial",
        lambda c: c.with_plan(unpacked=c.plan.unpacked * 2),
        K.DUPLICATE_UNIT,
    ),
    (
        "a placed unit is also listed as unpacked",
        "partial",
        lambda c: c.with_plan(unpacked=(*c.plan.unpacked, EXTRA)),
        K.PACKED_AND_UNPACKED,
    ),
    ("a placement names another line", "single", with_placement(line_id="x"), K.UNKNOWN_LINE),
    ("a line id is a list", "single", with_placement(line_id=["u0"]), K.UNKNOWN_LINE),
    ("an unpacked unit names another line", "partial", lambda c: _with_unpacked(c, line_id="x"), K.UNKNOWN_LINE),
    ("a unit index is past the quantity", "single", with_placement(unit_index=1), K.UNKNOWN_UNIT),
    ("a unit index is negative", "single", with_placement(unit_index=-1), K.UNKNOWN_UNIT),
    ("a unit index is a text", "single", with_placement(unit_index="0"), K.UNKNOWN_UNIT),
    ("a reason is unknown", "partial", lambda c: _with_unpacked(c, reason="just because"), K.NO_REASON),
    ("a reason has no rule", "partial", lambda c: _with_unpacked(c, message=" "), K.NO_REASON),
    (
        "a unit without dimensions is placed",
        "single",
        with_line(dimension_status=DimensionStatus.MISSING),
        K.MISSING_DIMENSIONS,
    ),
    ("a complete plan says partial", "single", with_plan(status=PlanStatus.PARTIAL), K.WRONG_STATUS),
    ("a partial plan says complete", "partial", with_plan(status=PlanStatus.COMPLETE), K.WRONG_STATUS),
    ("a partial plan says none", "partial", with_plan(status=PlanStatus.NONE), K.WRONG_STATUS),
    ("partial is not allowed", "partial", with_policy(allow_partial=False), K.PARTIAL_NOT_ALLOWED),
    ("an empty parcel is added", "single", with_parcel(placements=()), K.EMPTY_PARCEL),
    ("the plan is of another order", "single", with_plan(order_id="other"), K.WRONG_ORDER),
    ("the plan is of another catalog", "single", with_plan(catalog_id="other"), K.WRONG_CATALOG),
    ("the catalog has changed", "single", with_plan(catalog_hash="sha256:0"), K.WRONG_CATALOG),
    ("a parcel is a number", "single", with_plan(parcels=(3,)), K.MALFORMED),
    ("the parcels are not a sequence", "single", with_plan(parcels=None), K.MALFORMED),
    ("a placement is a text", "single", with_parcel(placements=("u0",)), K.MALFORMED),
    ("an unpacked unit is a text", "partial", with_plan(unpacked=("u1",)), K.MALFORMED),
    # Groups
    ("a unit of a group is swapped out", "grouped", lambda c: _swapped(c, 1), K.GROUP_SPLIT),
    (
        "a unit of a group is unpacked",
        "grouped",
        lambda c: (
            without_unit(c, 1)
            .with_plan(status=PlanStatus.PARTIAL, unpacked=(replace(EXTRA, line_id="u1"),))
            .with_policy(allow_partial=True)
        ),
        K.GROUP_SPLIT,
    ),
    ("a group grows over two parcels", "grouped", with_line(3, keep_together_group="set"), K.GROUP_SPLIT),
    ("food joins the soap", "grouped", with_line(1, keep_apart_group="food"), K.GROUPS_MIXED),
    ("the soap is swapped for food", "grouped", lambda c: _swapped(c, 0), K.GROUPS_MIXED),
    *broken(
        K.OVER_PROPERTY_CAP,
        "grouped",
        {
            "a unit holds a millionth more of a property": with_line(
                0, property_amounts=(PropertyAmount("wh", 0.100001),)
            ),
            "the cap is a millionth lower": with_policy(property_caps=(PropertyCap("wh", 0.299999),)),
            "the property is forbidden": with_policy(property_caps=(PropertyCap("wh", 0),)),
            "the box type may hold a millionth less of a property": with_box(
                property_caps=(PropertyCap("wh", 0.299999),)
            ),
            "a unit with more of a property is swapped in": lambda c: _swapped(c, 0),
        },
    ),
]
