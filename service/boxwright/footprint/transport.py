"""Lines of a parcel's transport: one transport chain element per leg, fuel burnt and fuel provided apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.factor import AccountingProfile, Component, Coverage, Stage
from boxwright.errors import InvalidInputError
from boxwright.footprint.distance import adjusted_km
from boxwright.footprint.line import product

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.domain.footprint import FootprintLine
    from boxwright.domain.lane import Leg

STAGES = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT)
MG_PER_TONNE = 1_000_000_000


NO_LEGS = "no legs given"
"""What a footprint misses where the lane has no legs."""


def transport_lines(
    mass_mg: int, legs: Sequence[Leg], profile: AccountingProfile, materials: Materials
) -> Iterator[FootprintLine | str]:
    """Yield a line, or the name of what is missing, per leg and stage inside the profile's boundary.

    The amount is mass times distance travelled, in tonne-kilometres. A vehicle with one factor well to wheel has one
    line.

    Parameters
    ----------
    mass_mg : int
        Gross mass or chargeable weight in mg, as the allocation says.
    legs : sequence of Leg
        The lane's legs. Without any, transport is missing, not zero.
    profile : AccountingProfile
        Coverage, factors and default transport classes.
    materials : Materials
        Holds the distance adjustments.

    Raises
    ------
    InvalidInputError
        If a leg's distance is of a kind that has no adjustment for its mode.
    """
    cells = [(stage, profile.cell(Component.TRANSPORT, stage).coverage) for stage in STAGES]
    needed = [each for each in cells if each[1] not in (Coverage.INCLUDED, Coverage.OUTSIDE)]
    if not legs:
        yield from (f"transport/{stage.value}: {NO_LEGS}" for stage, _ in needed)
        return
    for index, leg in enumerate(legs):
        try:
            km, km_scale = adjusted_km(leg, materials).as_integer_ratio()
        except InvalidInputError as error:
            raise InvalidInputError(
                [violation.under(f"lane.legs[{index}]") for violation in error.violations]
            ) from None
        vehicle = leg.vehicle or profile.vehicle(leg.mode)
        subject = vehicle or f"{leg.mode.value} without a default transport class"
        whole = profile.factor(vehicle, Stage.TRANSPORT_WTW)
        if whole is not None:
            yield product(Component.TRANSPORT, whole, mass_mg * km, MG_PER_TONNE * km_scale)
            continue
        for stage, coverage in needed:
            factor = profile.factor(vehicle, stage) if coverage is Coverage.FACTOR else None
            if factor is None:
                yield f"transport/{stage.value}: {subject}"
            else:
                yield product(Component.TRANSPORT, factor, mass_mg * km, MG_PER_TONNE * km_scale)
