"""What parcels come to on one way, under one profile and allocation: compiled once, a parcel is a few products."""

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
from boxwright.footprint.freight import load_of
from boxwright.footprint.line import Rate
from boxwright.footprint.mass_data import EXACT_DATA, PartData, data_of_leg
from boxwright.footprint.packaging import packaging_rates
from boxwright.footprint.transport import transport_rates, unstated_hubs
from boxwright.lazy import cached_property

NO_LANE = Lane()
MOST_KEPT = 4_096
"""Components of packaging whose lines are kept; past it all are forgotten, and made again as they come."""

OF_A_BOX = frozenset({Component.BOX, Component.INNER_BOX, Component.TAPE, Component.LABEL})
"""Components that weigh the same in every parcel of a box type, so that their lines are the same too."""


def rates_of(lane: Lane | None, profile: AccountingProfile, allocation: Allocation, materials: Materials) -> "Rates":
    """Return the rates of a lane under a profile and an allocation; parameters are those of ``estimate``."""
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
    """Lines per mg of all that a parcel is packed with, and of its way. Used by many threads.

    Lines are linear in mass until they are rounded, each by itself: so grams are those of the parcel's own masses, to
    the mg, however the rates were made.

    Parameters
    ----------
    lane, profile, allocation, materials
        As for ``estimate``.

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
        return {each.datum_id: each for leg in self._lane.legs for each in data_of_leg(leg, self._materials)}

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

        With ``upper`` unverified factors stand at the upper end of their range: choices are made so, figures are shown
        at the factors themselves. Parameters and errors are those of ``estimate``.
        """
        load = load_of(self._allocation, gross_mg, chargeable, outer_um3)
        found = [(each, load) for each in self._way]
        for part in packaging:
            found += [(each, part.mass_mg) for each in self._of(part, EXACT_DATA)]
        rates = [(each, mass_mg) for each, mass_mg in found if isinstance(each, Rate)]
        return sum(each.co2e_mg(mass_mg, upper=upper) for each, mass_mg in rates), len(rates) == len(found)

    def estimate(
        self,
        packaging: Sequence[PackagingComponent],
        gross_mg: int,
        chargeable: ChargeableWeight | None,
        outer_um3: int | None = None,
        data: Sequence[PartData] = (),
    ) -> Footprint:
        """Return the footprint of a parcel; parameters and errors are those of ``estimate``."""
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
        # A bill and a volume stand on no data of masses.
        held = sorted(masses.items()) if self._allocation is Allocation.MASS else ()
        found += [each.line(load, held) if isinstance(each, Rate) else each for each in self._way]
        lines = tuple(each for each in found if isinstance(each, FootprintLine))
        lacking = dict.fromkeys(each for each in (*found, *self._unstated) if isinstance(each, Lack))
        used = {name for line in lines for part in line.mass_parts for name in part.data}
        return Footprint(
            profile_id=self._profile.profile_id,
            allocation=self._allocation,
            lines=lines,
            missing=tuple(each for each in lacking if not isinstance(each, NotStated)),
            missing_scope=tuple(each for each in lacking if isinstance(each, NotStated)),
            coverage=self._profile.coverage,
            mass_data=tuple(known[name] for name in sorted(used)),
        )

    def _lines_of(self, part: PackagingComponent, basis: PartData) -> tuple[FootprintLine | Lack, ...]:
        """Return the lines of a component, and what is missing."""
        if part.component not in OF_A_BOX:
            return self._made(part, basis)
        known = self._lines.get(part)
        if known is None or known[0] is not basis:
            known = basis, self._made(part, basis)
            _keep(self._lines, part, known)
        return known[1]

    def _made(self, part: PackagingComponent, basis: PartData) -> tuple[FootprintLine | Lack, ...]:
        rates = self._of(part, basis)
        return tuple(each.line(part.mass_mg) if isinstance(each, Rate) else each for each in rates)

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
