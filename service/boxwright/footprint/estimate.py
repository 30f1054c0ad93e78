"""The footprint of one parcel."""

from collections.abc import Sequence

from boxwright.catalog.materials import Materials
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import AccountingProfile
from boxwright.domain.footprint import Allocation, Footprint, PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.footprint.mass_data import PartData
from boxwright.footprint.rates import rates_of


def estimate(
    packaging: Sequence[PackagingComponent],
    gross_mg: int,
    chargeable: ChargeableWeight | None,
    lane: Lane | None,
    profile: AccountingProfile,
    allocation: Allocation,
    materials: Materials,
    outer_um3: int | None = None,
    data: Sequence[PartData] = (),
) -> Footprint:
    """Return the lines of a parcel's packaging and transport under one profile and one allocation.

    What the profile has no factor for is named in ``missing``, and what nobody stated in ``missing_scope`` (legs, hubs,
    the way back and washing of reusable packaging); neither is counted as zero.

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
        Holds the distance adjustments, mean densities and carbon contents.
    outer_um3 : int or None
        Outer volume in cubic um; what ``VOLUME_SHARE`` multiplies. Default: not known.
    data : sequence of PartData
        What the mass of each component stands on; what is not there is exact. Default: all masses are.

    Raises
    ------
    InvalidInputError
        If the allocation is ``DIMENSIONAL_WEIGHT`` and there is no chargeable weight, it is ``VOLUME_SHARE`` and there
        is no volume or a leg's vehicle has no mean density, a leg's distance is of a kind that has no adjustment for
        its mode, or a leg's ``factor_id`` is no row of the profile.
    """
    return rates_of(lane, profile, allocation, materials).estimate(packaging, gross_mg, chargeable, outer_um3, data)


def offered_allocations(lane: Lane | None) -> tuple[Allocation, ...]:
    """Return the allocations of a lane: dimensional weight where a carrier service bills, volume on request."""
    by_weight = (Allocation.DIMENSIONAL_WEIGHT,) if lane and lane.carrier_service else ()
    by_volume = (Allocation.VOLUME_SHARE,) if lane and lane.include_volume_share else ()
    return (Allocation.MASS, *by_weight, *by_volume)
