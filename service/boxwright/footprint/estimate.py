"""The footprint of one parcel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.footprint.freight import Freight
from boxwright.footprint.line import NotStated
from boxwright.footprint.mass_data import PartData
from boxwright.footprint.packaging import packaging_lines
from boxwright.footprint.transport import transport_lines, unstated_hubs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.domain.carrier import ChargeableWeight
    from boxwright.domain.factor import AccountingProfile
    from boxwright.domain.lane import Lane
    from boxwright.domain.mass_datum import MassDatum


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
    basis = (*data, *(PartData() for _ in packaging[len(data) :]))
    freight = Freight.of(allocation, gross_mg, chargeable, outer_um3, _uncertain_mg(packaging, basis))
    found: list[FootprintLine | str] = [
        *packaging_lines(packaging, profile, materials, basis),
        *transport_lines(freight, lane, profile, materials),
    ]
    lacking = dict.fromkeys(each for each in (*found, *unstated_hubs(lane, profile)) if isinstance(each, str))
    return Footprint(
        profile_id=profile.profile_id,
        allocation=allocation,
        lines=tuple(each for each in found if isinstance(each, FootprintLine)),
        missing=tuple(each for each in lacking if not isinstance(each, NotStated)),
        missing_scope=tuple(str(each) for each in lacking if isinstance(each, NotStated)),
        coverage=profile.coverage,
        mass_data=_stood_on(found, basis),
    )


def _uncertain_mg(
    packaging: Sequence[PackagingComponent], basis: Sequence[PartData]
) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Return the masses that stand on data, in mg, by the ids of the data."""
    found: dict[tuple[str, ...], int] = {}
    for part, each in zip(packaging, basis, strict=True):
        if each.mass and part.mass_mg:
            key = tuple(datum.datum_id for datum in each.mass)
            found[key] = found.get(key, 0) + part.mass_mg
    return tuple(sorted(found.items()))


def _stood_on(found: Sequence[FootprintLine | str], basis: Sequence[PartData]) -> tuple[MassDatum, ...]:
    """Return the data that the lines stand on, by id."""
    used = {name for each in found if isinstance(each, FootprintLine) for part in each.mass_parts for name in part.data}
    known = {datum.datum_id: datum for each in basis for datum in (*each.mass, *each.life)}
    return tuple(known[name] for name in sorted(used))


def offered_allocations(lane: Lane | None) -> tuple[Allocation, ...]:
    """Return the allocations of a lane: dimensional weight where a carrier service bills, volume on request."""
    by_weight = (Allocation.DIMENSIONAL_WEIGHT,) if lane and lane.carrier_service else ()
    by_volume = (Allocation.VOLUME_SHARE,) if lane and lane.include_volume_share else ()
    return (Allocation.MASS, *by_weight, *by_volume)
