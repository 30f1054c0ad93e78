"""Computes footprints of parcels, by rates that are compiled once per lane, profile and allocation."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from boxwright.catalog.materials import Materials
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.factor import AccountingProfile, Component
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, MassDatum, PackagingComponent
from boxwright.domain.lack import Lack, NotStated
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.same import Same
from boxwright.footprint.line import Rate
from boxwright.footprint.mass_data import EXACT_DATA, PartData, data_of_leg
from boxwright.footprint.packaging import packaging_rates
from boxwright.footprint.transport import load_of, transport_rates, unstated_hubs
from boxwright.lazy import cached_property

NO_LANE = Lane()
MOST_KEPT = 4_096
"""Maximum number of components whose lines are cached; beyond this, the cache is emptied."""

OF_A_BOX = frozenset({Component.BOX, Component.INNER_BOX, Component.TAPE, Component.LABEL})
"""Components that have the same mass, and so the same lines, in every parcel of a box type."""


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
    """Return the footprint of a parcel's packaging and transport under one profile and one allocation.

    ``missing`` names what has no factor, and ``missing_scope`` what is not stated (legs, hubs, return trip and washing
    of reusable packaging); neither counts as zero.

    Parameters
    ----------
    packaging : sequence of PackagingComponent
        Components of the packaging.
    gross_mg : int
        Goods and packaging in mg, the load by ``MASS``.
    chargeable : ChargeableWeight or None
        The carrier's bill, the load by ``DIMENSIONAL_WEIGHT``.
    lane : Lane or None
        The lane. None: transport is missing.
    profile : AccountingProfile
        Coverage and factors.
    allocation : Allocation
        The load that transport is allocated by.
    materials : Materials
        Distance adjustments, mean densities and carbon contents.
    outer_um3 : int or None
        Outer volume in cubic um, the load by ``VOLUME_SHARE``. Default: unknown.
    data : sequence of PartData
        Data behind the mass of each component. Default: masses are exact.

    Raises
    ------
    InvalidInputError
        If the load of the allocation, or a mean density for it, is unknown, a leg's distance is of a kind without
        adjustment for its mode, or a leg's ``factor_id`` is not a row of the profile.
    """
    return rates_of(lane, profile, allocation, materials).estimate(packaging, gross_mg, chargeable, outer_um3, data)


def offered_allocations(lane: Lane | None) -> tuple[Allocation, ...]:
    """Return the allocations of a lane: mass, dimensional weight with a carrier service, volume on request."""
    by_weight = (Allocation.DIMENSIONAL_WEIGHT,) if lane and lane.carrier_service else ()
    by_volume = (Allocation.VOLUME_SHARE,) if lane and lane.include_volume_share else ()
    return (Allocation.MASS, *by_weight, *by_volume)


def rates_of(lane: Lane | None, profile: AccountingProfile, allocation: Allocation, materials: Materials) -> "Rates":
    """Return the rates of a lane under a profile and an allocation; arguments as for ``estimate``."""
    way = lane or NO_LANE
    legs = (way.legs, way.origin_country, way.destination_country, way.include_hubs, way.include_radiative_forcing)
    return _kept(*legs, Same(profile), allocation, materials)


@lru_cache(maxsize=256)
def _kept(
    legs: tuple[Leg, ...],
    origin: str,
    destination: str,
    hubs: bool | None,
    forcing: bool,
    profile: Same[AccountingProfile],
    allocation: Allocation,
    materials: Materials,
) -> "Rates":
    lane = Lane(legs, origin, destination, include_hubs=hubs, include_radiative_forcing=forcing)
    return Rates(lane, profile.thing, allocation, materials)


class Rates:
    """Rates of packaging and transport per mg; arguments as for ``estimate``. Safe for threads.

    Lines are linear in mass until each is rounded, so grams are exact to the mg for any masses.
    """

    def __init__(self, lane: Lane, profile: AccountingProfile, allocation: Allocation, materials: Materials) -> None:
        self._profile, self._allocation, self._materials = profile, allocation, materials
        self._lane, self._unstated = lane, tuple(unstated_hubs(lane, profile))
        self._rates: dict[tuple[object, ...], tuple[Rate | Lack, ...]] = {}
        self._lines: dict[PackagingComponent, tuple[PartData, tuple[FootprintLine | Lack, ...]]] = {}

    @cached_property
    def _way(self) -> tuple[Rate | Lack, ...]:
        return tuple(transport_rates(self._allocation, self._lane, self._profile, self._materials))

    @cached_property
    def _way_data(self) -> dict[str, MassDatum]:
        return {datum.datum_id: datum for leg in self._lane.legs for datum in data_of_leg(leg, self._materials)}

    def total(
        self,
        packaging: Sequence[PackagingComponent],
        gross_mg: int,
        chargeable: ChargeableWeight | None,
        outer_um3: int | None = None,
        *,
        upper: bool = False,
    ) -> tuple[int, bool]:
        """Return the total of a parcel's footprint in mg CO2e, and whether it is complete.

        With ``upper``, which choices use, unverified factors count at the upper end of their range. Other arguments and
        errors are those of ``estimate``.
        """
        load = load_of(self._allocation, gross_mg, chargeable, outer_um3)
        found = [(rate, load) for rate in self._way]
        for part in packaging:
            found += [(rate, part.mass_mg) for rate in self._of(part, EXACT_DATA)]
        rates = [(rate, mass_mg) for rate, mass_mg in found if isinstance(rate, Rate)]
        return sum(rate.co2e_mg(mass_mg, upper=upper) for rate, mass_mg in rates), len(rates) == len(found)

    def estimate(
        self,
        packaging: Sequence[PackagingComponent],
        gross_mg: int,
        chargeable: ChargeableWeight | None,
        outer_um3: int | None = None,
        data: Sequence[PartData] = (),
    ) -> Footprint:
        """Return the footprint of a parcel; arguments and errors are those of ``estimate``."""
        load = load_of(self._allocation, gross_mg, chargeable, outer_um3)
        found: list[FootprintLine | Lack] = []
        masses: dict[tuple[str, ...], int] = {}
        known = dict(self._way_data)
        for index, part in enumerate(packaging):
            basis = data[index] if index < len(data) else EXACT_DATA
            found += self._lines_of(part, basis)
            if basis is EXACT_DATA:
                continue
            known |= {datum.datum_id: datum for datum in (*basis.mass, *basis.life)}
            if basis.mass and part.mass_mg:
                names = tuple(datum.datum_id for datum in basis.mass)
                masses[names] = masses.get(names, 0) + part.mass_mg
        # Chargeable weight and volume do not depend on mass data.
        held = sorted(masses.items()) if self._allocation is Allocation.MASS else ()
        found += [rate.line(load, held) if isinstance(rate, Rate) else rate for rate in self._way]
        lines = tuple(entry for entry in found if isinstance(entry, FootprintLine))
        lacking = dict.fromkeys(entry for entry in (*found, *self._unstated) if isinstance(entry, Lack))
        used = {name for line in lines for part in line.mass_parts for name in part.data}
        return Footprint(
            profile_id=self._profile.profile_id,
            allocation=self._allocation,
            lines=lines,
            missing=tuple(lack for lack in lacking if not isinstance(lack, NotStated)),
            missing_scope=tuple(lack for lack in lacking if isinstance(lack, NotStated)),
            coverage=self._profile.coverage,
            mass_data=tuple(known[name] for name in sorted(used)),
        )

    def _lines_of(self, part: PackagingComponent, basis: PartData) -> tuple[FootprintLine | Lack, ...]:
        if part.component not in OF_A_BOX:
            return self._made(part, basis)
        known = self._lines.get(part)
        if known is None or known[0] is not basis:
            known = basis, self._made(part, basis)
            _keep(self._lines, part, known)
        return known[1]

    def _made(self, part: PackagingComponent, basis: PartData) -> tuple[FootprintLine | Lack, ...]:
        rates = self._of(part, basis)
        return tuple(rate.line(part.mass_mg) if isinstance(rate, Rate) else rate for rate in rates)

    def _of(self, part: PackagingComponent, basis: PartData) -> tuple[Rate | Lack, ...]:
        key = (
            part.component,
            part.material_id,
            part.trips,
            part.recycled_content,
            part.reuse,
            part.trim_mg,
            part.mass_mg == 0,
            basis,
        )
        known = self._rates.get(key)
        if known is None:
            known = tuple(packaging_rates(part, self._profile, self._materials, basis))
            _keep(self._rates, key, known)
        return known


def _keep(kept: dict[Any, Any], key: object, value: object) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
    kept[key] = value
