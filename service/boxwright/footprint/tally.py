"""Totals of many parcels' footprints, without their lines: what a search compares."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation, FootprintLine, PackagingComponent
from boxwright.footprint.estimate import estimate
from boxwright.footprint.freight import Freight
from boxwright.footprint.line import AMOUNTS, MG_PER_KG
from boxwright.footprint.packaging import packaging_lines
from boxwright.footprint.transport import MG_PER_TONNE, transport_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.domain.carrier import ChargeableWeight
    from boxwright.domain.factor import AccountingProfile
    from boxwright.domain.lane import Lane

Rates = tuple[tuple[tuple[int, int], ...], bool]
"""Of each line the mg CO2e per mg, as numerator and denominator, and whether nothing is missing."""


class Tally:
    """Sums footprints under one lane, profile and allocation, each to the mg as ``estimate`` does.

    Lines are linear in mass until they are rounded. So those of dunnage and transport are taken once, of a kilogram and
    of a tonne, and scaled; those of boxes are summed once for each box.

    Parameters
    ----------
    lane, profile, allocation, materials
        As for ``estimate``.
    """

    def __init__(
        self, lane: Lane | None, profile: AccountingProfile, allocation: Allocation, materials: Materials
    ) -> None:
        self._lane = lane
        self._profile = profile
        self._allocation = allocation
        self._materials = materials
        self._dunnage: dict[tuple[Component, str], Rates] = {}
        self._parts: dict[PackagingComponent, tuple[int, bool]] = {}

    def total(
        self,
        packaging: Sequence[PackagingComponent],
        gross_mg: int,
        chargeable: ChargeableWeight | None,
        outer_um3: int | None = None,
    ) -> tuple[int, bool]:
        """Return the total of a parcel's footprint in mg CO2e, and whether it is complete.

        Parameters and errors are those of ``estimate``.
        """
        per_tonne = self._of_a_tonne
        if per_tonne is None:
            whole = estimate(
                packaging,
                gross_mg,
                chargeable,
                self._lane,
                self._profile,
                self._allocation,
                self._materials,
                outer_um3,
            )
            return whole.total_co2e_mg, not whole.lacks
        mass = Freight.of(self._allocation, gross_mg, chargeable, outer_um3).hub_mg
        assert mass is not None
        total, complete = _scaled(per_tonne, mass.numerator)
        for part in packaging:
            grams, known = self._part(part)
            total += grams
            complete = complete and known
        return total, complete

    def _part(self, part: PackagingComponent) -> tuple[int, bool]:
        plain = part.trips == 1 and part.recycled_content is None and part.reuse is None and not part.trim_mg
        if plain and part.component is not Component.BOX:
            return _scaled(self._of_a_kilogram(part), part.mass_mg) if part.mass_mg else (0, True)
        known = self._parts.get(part)
        if known is None:
            lines = list(packaging_lines([part], self._profile, self._materials))
            whole = [line for line in lines if isinstance(line, FootprintLine)]
            known = self._parts[part] = sum(line.co2e_mg for line in whole), len(whole) == len(lines)
        return known

    def _of_a_kilogram(self, part: PackagingComponent) -> Rates:
        key = part.component, part.material_id
        rates = self._dunnage.get(key)
        if rates is None:
            one = PackagingComponent(part.component, part.material_id, MG_PER_KG)
            rates = self._dunnage[key] = _rates(packaging_lines([one], self._profile, self._materials), MG_PER_KG)
        return rates

    @cached_property
    def _of_a_tonne(self) -> Rates | None:
        """Transport of a tonne; None where it does not scale: by volume, or with an amount that was rounded."""
        if self._allocation is Allocation.VOLUME_SHARE:
            return None
        tonne = Freight(self._allocation, MG_PER_TONNE, MG_PER_TONNE)
        lines = list(transport_lines(tonne, self._lane, self._profile, self._materials))
        if any(
            isinstance(line, FootprintLine) and len(line.amount.as_tuple().digits) == AMOUNTS.prec for line in lines
        ):
            return None
        return _rates(lines, MG_PER_TONNE)


def _rates(lines: Iterable[FootprintLine | str], mass_mg: int) -> Rates:
    """Return what each line of a mass comes to per mg; its amounts are exact."""
    found = list(lines)
    whole = [line for line in found if isinstance(line, FootprintLine)]
    rates = [Fraction(line.amount) * Fraction(line.factor_kg_per_unit) * MG_PER_KG / mass_mg for line in whole]
    return tuple((rate.numerator, rate.denominator) for rate in rates), len(whole) == len(found)


def _scaled(rates: Rates, mass_mg: int) -> tuple[int, bool]:
    """Return the sum of the lines of a mass, each rounded to a mg, half to even."""
    lines, complete = rates
    total = 0
    for numerator, denominator in lines:
        whole, rest = divmod(numerator * mass_mg, denominator)
        twice = 2 * rest
        total += whole + (twice > denominator or (twice == denominator and whole & 1))
    return total, complete
