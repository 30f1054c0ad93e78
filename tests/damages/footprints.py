"""Damage to footprints: sums, lines, factors and their ranges."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from boxwright.checking import ViolationKind as K
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import Lack
from boxwright.footprint import total
from damages.changes import Case, Damage, broken, with_parcel, with_plan
from damages.good_plans import footprint


def _sum(case: Case, **fields: Any) -> Case:
    (whole,) = case.plan.footprints
    return case.with_plan(footprints=(replace(whole, lines=(replace(whole.lines[0], **fields),)),))


def _both(case: Case, *stages: Stage, **fields: Any) -> Case:
    """Change the line of the first parcel, or replace it by lines of these stages, and the sum of the plan."""
    (footprint,) = case.plan.parcels[0].footprints
    line = replace(footprint.lines[0], **fields)
    lines = tuple(replace(line, stage=stage) for stage in stages) or (line,)
    changed = case.with_parcel(0, footprints=(replace(footprint, lines=lines),))
    return changed.with_plan(footprints=(total([parcel.footprints[0] for parcel in changed.plan.parcels]),))


DAMAGES: list[Damage] = [
    # Footprints
    *broken(
        K.WRONG_FOOTPRINT,
        "two parcels",
        {
            "a milligram is left out of the sum": lambda c: _sum(c, co2e_mg=15_999),
            "the sum's amount is off": lambda c: _sum(c, amount=Decimal("0.11")),
            "the sum is of another factor": lambda c: _sum(c, factor_id="factor-2"),
            "a parcel has no footprint and the sum is of the others": lambda c: c.with_parcel(
                1, footprints=()
            ).with_plan(footprints=c.plan.parcels[0].footprints),
            "the sum states a higher factor": lambda c: _sum(c, factor_kg_per_unit=Decimal(9)),
            "the sum states a wider range": lambda c: _sum(c, high_kg_per_unit=Decimal(9)),
            "the sum is left out": with_plan(footprints=()),
            "a parcel has no footprint": with_parcel(1, footprints=()),
            "the sum is of another allocation": with_plan(
                footprints=(footprint(16_000, allocation=Allocation.DIMENSIONAL_WEIGHT),)
            ),
            "a gap in a parcel is hidden in the sum": with_parcel(
                0, footprints=(replace(footprint(7_000), missing=(Lack(Component.TAPE, Stage.PRODUCTION, "paper"),)),)
            ),
            "a line's grams are not its product": lambda c: _both(c, co2e_mg=8_001),
            "a line is of another mass": lambda c: _both(c, amount=Decimal("0.05"), co2e_mg=8_000),
            "a line is of a material that is not there": lambda c: _both(c, subject="tin"),
            "an end of life stands beside the whole life": lambda c: _both(c, Stage.CRADLE_TO_GRAVE, Stage.END_OF_LIFE),
            "a factor lies above its range": lambda c: _both(c, high_kg_per_unit=Decimal("0.13")),
            "a factor lies below its range": lambda c: _both(c, low_kg_per_unit=Decimal("0.17")),
            "a footprint is a number": with_plan(footprints=(16_000,)),
            "a footprint is stated twice": lambda c: c.with_plan(footprints=c.plan.footprints * 2),
        },
    ),
]
