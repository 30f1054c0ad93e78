"""Damage to closed parcels: carrier rules, bills, stacking, lifting."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from boxwright.checking import ViolationKind as K
from boxwright.domain.carrier import AppliedSurcharge, BillingForm, Change
from boxwright.domain.plan import HandlingMark, StartedParcel
from boxwright.domain.strength import StackingCondition, StrengthMultiplier
from damages.changes import (
    FILL,
    Case,
    Damage,
    box_part,
    broken,
    with_box,
    with_line,
    with_packaging,
    with_parcel,
    with_policy,
)

HALF = StrengthMultiplier("time_under_load", "up to 90 days", Decimal("0.5"), "a source", read_in_source=True)


def _with_bill(case: Case, **fields: Any) -> Case:
    return case.with_parcel(chargeable=replace(case.plan.parcels[0].chargeable, **fields))


def _with_step(case: Case, **fields: Any) -> Case:
    return _with_bill(case, lower_steps=(replace(case.plan.parcels[0].chargeable.lower_steps[0], **fields),))


def _with_load(case: Case, **fields: Any) -> Case:
    return case.with_parcel(stack_load=replace(case.plan.parcels[0].stack_load, **fields))


DAMAGES: list[Damage] = [
    # The carrier
    ("the box is a um shorter", "billed", with_box(outer_length_mm=139.999), K.CARRIER_REFUSES),
    ("the box is a um narrower", "billed", with_box(outer_width_mm=109.999), K.CARRIER_REFUSES),
    ("the box is too long", "billed", with_box(outer_length_mm=600.001), K.CARRIER_REFUSES),
    ("the sides sum to too much", "billed", with_box(outer_height_mm=650.001), K.CARRIER_REFUSES),
    ("the goods weigh a mg more", "billed", with_line(0, mass_g=4_950.001), K.CARRIER_REFUSES),
    ("the packaging weighs more", "billed", lambda c: with_packaging(c, box_part(50_000), FILL), K.CARRIER_REFUSES),
    ("the bill is a gram less", "billed", lambda c: _with_bill(c, chargeable_mg=4_999_000), K.WRONG_BILL),
    ("the bill has another divisor", "billed", lambda c: _with_bill(c, divisor="6000 cm3/kg"), K.WRONG_BILL),
    ("the bill is of another form", "billed", lambda c: _with_bill(c, form=BillingForm.GREATER), K.WRONG_BILL),
    ("the bill is of another service", "billed", lambda c: _with_bill(c, service_id="ups/us"), K.WRONG_BILL),
    (
        "the bill forgets a surcharge",
        "billed",
        lambda c: _with_bill(c, surcharges=(AppliedSurcharge("bulky", "longest > 1 cm", read_in_source=True),)),
        K.WRONG_BILL,
    ),
    ("a step to a lower bill is a mg short", "billed", lambda c: _with_step(c, less=999), K.WRONG_BILL),
    ("a step to a lower bill is a mg long", "billed", lambda c: _with_step(c, less=1_001), K.WRONG_BILL),
    ("a step bills less than said", "billed", lambda c: _with_step(c, chargeable_mg=4_998_000), K.WRONG_BILL),
    ("a step takes all", "billed", lambda c: _with_step(c, less=5_000_000), K.WRONG_BILL),
    ("a step is of a side that bills nothing", "billed", lambda c: _with_step(c, change=Change.HEIGHT), K.WRONG_BILL),
    ("a step is a number", "billed", lambda c: _with_bill(c, lower_steps=(5,)), K.WRONG_BILL),
    ("the bill passes a limit", "billed", lambda c: _with_bill(c, exceeded_limits=("actual > 1 kg",)), K.WRONG_BILL),
    ("the bill is called unverified", "billed", lambda c: _with_bill(c, read_in_source=False), K.WRONG_BILL),
    # Strength
    (
        "the pile is higher",
        "piled",
        with_policy(stacking=StackingCondition(layers=6, safety_factor=3)),
        K.OVER_STACK_LOAD,
    ),
    ("the board is weaker", "piled", with_box(edge_crush_kn_per_m=5.0), K.OVER_STACK_LOAD),
    (
        "the air is damp",
        "piled",
        with_policy(stacking=StackingCondition(layers=5, days=30, humidity_percent=100, pattern="column_aligned")),
        K.OVER_STACK_LOAD,
    ),
    ("a strength is a millinewton more", "piled", lambda c: _with_load(c, allowed_mn=395_013), K.WRONG_STRENGTH),
    ("a pile is said to be lower", "piled", lambda c: _with_load(c, layers=4), K.WRONG_STRENGTH),
    ("a pile is said to weigh less", "piled", lambda c: _with_load(c, required_mn=1), K.WRONG_STRENGTH),
    ("a strength has one more multiplier", "piled", lambda c: _with_load(c, multipliers=(HALF,)), K.WRONG_STRENGTH),
    ("multipliers are a number", "piled", lambda c: _with_load(c, multipliers=1), K.WRONG_STRENGTH),
    ("a strength is left out", "piled", with_parcel(stack_load=None), K.WRONG_STRENGTH),
    ("a strength is a text", "piled", with_parcel(stack_load="strong"), K.WRONG_STRENGTH),
    ("a tote states a strength", "piled", with_box(style="tote"), K.WRONG_STRENGTH),
    ("another grade is stated", "piled", with_parcel(box_grade=None), K.WRONG_STRENGTH),
    ("the goods outweigh the grade", "piled", with_line(0, mass_g=29_500.0), K.OVER_CERTIFICATE),
    ("the box outgrows its grade", "piled", with_box(inner_length_mm=1_800, outer_length_mm=1_800), K.OVER_CERTIFICATE),
    # Lifting
    *broken(
        K.OVER_LIFTING_LIMIT,
        "lifted",
        {
            "two units that may just be lifted are heavier": lambda c: c.with_line(0, mass_g=11_475.001).with_parcel(
                0, net_mg=22_950_001
            ),
            "the box of two that may just be lifted is heavier": lambda c: with_packaging(
                c.with_box(tare_g=50.001), box_part(50_001)
            ),
            "a heavy kit is none": lambda c: c.with_line(3, keep_together_group="").with_line(
                4, keep_together_group=""
            ),
            "a heavy kit is two kits": with_line(4, keep_together_group="another"),
            "the lifting profile is unknown": with_policy(lifting_profile="crane"),
        },
    ),
    (
        "what lies in a started parcel was not all there",
        "lifted as started",
        lambda c: replace(c, started=(StartedParcel("p", "box", c.plan.parcels[0].placements[:1]),)),
        K.OVER_LIFTING_LIMIT,
    ),
    ("a heavy parcel is not marked", "lifted", with_parcel(0, handling_marks=()), K.WRONG_HANDLING_MARK),
    (
        "a parcel for two is marked as heavy only",
        "lifted",
        with_parcel(1, handling_marks=(HandlingMark.HEAVY,)),
        K.WRONG_HANDLING_MARK,
    ),
    ("a light parcel is marked", "lifted", with_parcel(3, handling_marks=(HandlingMark.HEAVY,)), K.WRONG_HANDLING_MARK),
    (
        "a parcel of just 15 kg is heavier",
        "lifted",
        lambda c: c.with_line(5, mass_g=14_950.001).with_parcel(3, net_mg=14_950_001),
        K.WRONG_HANDLING_MARK,
    ),
    ("the marks are not a list", "lifted", with_parcel(1, handling_marks=None), K.WRONG_HANDLING_MARK),
    ("parcels lifted by machine are marked", "lifted", with_policy(lifting_profile="freight"), K.WRONG_HANDLING_MARK),
]
