"""The footprint of one parcel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.footprint.packaging import packaging_lines
from boxwright.footprint.transport import transport_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.domain.carrier import ChargeableWeight
    from boxwright.domain.factor import AccountingProfile
    from boxwright.domain.lane import Lane


def estimate(
    packaging: Sequence[PackagingComponent],
    gross_mg: int,
    chargeable: ChargeableWeight | None,
    lane: Lane | None,
    profile: AccountingProfile,
    allocation: Allocation,
    materials: Materials,
) -> Footprint:
    """Return the lines of a parcel's packaging and transport under one profile and one allocation.

    What the profile has no factor for is named in ``missing``, never counted as zero; so is transport where
    the lane has no legs.

    Parameters
    ----------
    packaging : sequence of PackagingComponent
        Box, cushioning, void fill, tape.
    gross_mg : int
        Goods and packaging in mg; what ``MASS`` multiplies.
    chargeable : ChargeableWeight or None
        What the carrier bills; what ``DIMENSIONAL_WEIGHT`` multiplies.
    lane : Lane or None
        The way. None: transport is missing.
    profile : AccountingProfile
        Coverage and factors.
    allocation : Allocation
        Which mass transport multiplies.
    materials : Materials
        Holds the distance adjustments and carbon contents.

    Raises
    ------
    InvalidInputError
        If the allocation is ``DIMENSIONAL_WEIGHT`` and there is no chargeable weight, or a leg's distance is
        of a kind that has no adjustment for its mode.
    """
    mass_mg = gross_mg
    if allocation is Allocation.DIMENSIONAL_WEIGHT:
        if chargeable is None:
            raise InvalidInputError(
                [FieldViolation("lane.carrier_service", f"must be given for the allocation {allocation.value}")]
            )
        mass_mg = chargeable.chargeable_mg
    found = [
        *packaging_lines(packaging, profile, materials),
        *transport_lines(mass_mg, lane.legs if lane else (), profile, materials),
    ]
    return Footprint(
        profile_id=profile.profile_id,
        allocation=allocation,
        lines=tuple(each for each in found if isinstance(each, FootprintLine)),
        missing=tuple(dict.fromkeys(each for each in found if isinstance(each, str))),
        coverage=profile.coverage,
    )


def offered_allocations(lane: Lane | None) -> tuple[Allocation, ...]:
    """Return the allocations that a lane allows: by dimensional weight only where a carrier service bills."""
    if lane and lane.carrier_service:
        return (Allocation.MASS, Allocation.DIMENSIONAL_WEIGHT)
    return (Allocation.MASS,)
