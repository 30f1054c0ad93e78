"""Prices of carriage: price tables applied to bills, in exact arithmetic."""

import datetime as dt
import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from boxwright.domain.carrier import CarrierRule
from boxwright.domain.gate import MG_PER_UNIT
from boxwright.domain.price_table import CarriagePrice, PriceLine, PriceRounding, PriceTable, SurchargePrice
from boxwright.domain.same import Same
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.shipping.biller import Billed, Biller

HALF = Fraction(1, 2)
UNPRICED_MINOR = 10**15
"""Stands for an unknown price, above any real one."""
_MOST_KNOWN = 4_096
"""Size of the caches of prices."""


class Pricer:
    """Prices the bills of one rule by one table, in one zone of the lane; the rule names the surcharges.

    InvalidInputError if the table has no such zone.
    """

    def __init__(self, table: PriceTable, rule: CarrierRule, zone: str) -> None:
        self.table = table
        self._rule = rule
        zones = {entry.zone: entry for entry in table.zones}
        found = zones.get(zone)
        if found is None:
            names = ", ".join(sorted(name or "none" for name in zones))
            text = f"must be a zone of price table {table.name!r} ({names}), got {zone!r}"
            raise InvalidInputError([FieldViolation("zone", text)])
        self._zone = found
        self._unit_mg = MG_PER_UNIT[table.weight_unit]
        # Steps are rounded half up to mg, like the chargeable weights that they are compared with.
        self._ends_mg = [self._mg(step.up_to) for step in found.steps]
        self._surcharges = {
            price.surcharge_id: price for price in table.surcharges if not price.zones or zone in price.zones
        }
        # Billed weights are steps, so few different ones occur.
        self._known_minor = lru_cache(maxsize=_MOST_KNOWN)(self._price_minor)
        self._known_least_minor = lru_cache(maxsize=_MOST_KNOWN)(self._least_minor)

    def _mg(self, weight: Decimal) -> int:
        return math.floor(Fraction(weight) * self._unit_mg + HALF)

    @property
    def falls_mg(self) -> tuple[int, ...]:
        """Chargeable weights in mg at which the price of the weight drops."""
        steps = self._zone.steps
        return tuple(
            self._ends_mg[index] + 1
            for index in range(len(steps) - 1)
            if steps[index + 1].price_minor < steps[index].price_minor
        )

    def price(self, billed: Billed) -> CarriagePrice:
        """Return the price of a bill by lines, with what the table lacks.

        The price of the weight, each surcharge and fuel are each rounded once to minor units, half up. A last line
        rounds the total as the table says.
        """
        return self._laid_on(billed, self._of_weight(billed.chargeable_mg))

    def _laid_on(self, billed: Billed, weight_minor: int | None) -> CarriagePrice:
        missing = []
        if weight_minor is None:
            missing.append(f"{_unit_text(billed.chargeable_mg)} g chargeable in zone {self._zone.zone!r}")
        lines = [PriceLine("weight", weight_minor or 0)]
        fuelled = weight_minor or 0
        for index in billed.surcharges:
            surcharge_id = self._rule.surcharges[index].surcharge_id
            price = self._surcharges.get(surcharge_id)
            if price is None:
                missing.append(f"surcharge {surcharge_id!r} in zone {self._zone.zone!r}")
                continue
            amount = self._of_surcharge(price, billed.chargeable_mg)
            lines.append(PriceLine(surcharge_id, amount))
            fuelled += amount if price.with_fuel else 0
        if self.table.fuel_percent:
            lines.append(PriceLine("fuel", _half_up(fuelled * Fraction(self.table.fuel_percent) / 100)))
        exact = sum(line.amount_minor for line in lines)
        step = self.table.round_to_minor
        rounded = -(-exact // step) * step
        if self.table.rounding is PriceRounding.NEAREST:
            rounded = _half_up(Fraction(exact, step)) * step
        if rounded != exact:
            lines.append(PriceLine("rounding", rounded - exact))
        return CarriagePrice(self.table.name, self._zone.zone, self.table.currency, tuple(lines), tuple(missing))

    def price_minor(self, billed: Billed) -> int:
        """Return the price of a bill in minor units, or ``UNPRICED_MINOR`` if the table lacks a part."""
        return self._known_minor(billed)

    def _price_minor(self, billed: Billed) -> int:
        total = self.price(billed).total_minor
        return UNPRICED_MINOR if total is None else total

    def least_minor(self, billed: Billed) -> int:
        """Return a lower bound of the price of any bill with at least this weight and these surcharges.

        Since a price may fall with weight, the cheapest step at or above the weight counts; all other parts rise with
        it.
        """
        return self._known_least_minor(billed)

    def _least_minor(self, billed: Billed) -> int:
        above = [
            step.price_minor
            for step, end in zip(self._zone.steps, self._ends_mg, strict=True)
            if end >= billed.chargeable_mg
        ]
        least = self._laid_on(billed, min(above) if above else self._of_weight(billed.chargeable_mg)).total_minor
        return UNPRICED_MINOR if least is None else least

    def _of_weight(self, chargeable_mg: int) -> int | None:
        for step, end in zip(self._zone.steps, self._ends_mg, strict=True):
            if chargeable_mg <= end:
                return step.price_minor
        reached, total = Fraction(self._zone.steps[-1].up_to), self._zone.steps[-1].price_minor
        for more in self._zone.additional:
            # Half a mg is subtracted, since the chargeable weight is rounded to mg.
            until, holds = (chargeable_mg - HALF) / self._unit_mg, True
            if more.up_to is not None and chargeable_mg > self._mg(more.up_to):
                until, holds = Fraction(more.up_to), False
            total += math.ceil((until - reached) / Fraction(more.per)) * more.price_minor
            if holds:
                return total
            reached = until
        return None

    def _of_surcharge(self, price: SurchargePrice, chargeable_mg: int) -> int:
        by_weight = price.per_weight_minor * Fraction(chargeable_mg) / self._unit_mg
        return max(_half_up(price.amount_minor + by_weight), price.minimum_minor)


def pricer_of(tables: Sequence[PriceTable], biller: Biller, day: dt.date, zone: str) -> Pricer:
    """Return the pricer of a biller's service on a day, from the table in force.

    InvalidInputError if not exactly one table of the service is in force, or it has no such zone.
    """
    service_id = biller.rule.service_id
    found = [table for table in tables if table.carrier_service == service_id and table.in_force(day)]
    if len(found) != 1:
        names = ", ".join(f"{table.name!r} ({table.carrier_service})" for table in (found or tables))
        text = f"must hold one table of {service_id!r} in force on {day}, got {len(found)}: {names}"
        raise InvalidInputError([FieldViolation("price_tables", text)])
    return _pricer(Same(found[0]), Same(biller.rule), zone)


@lru_cache(maxsize=64)
def _pricer(table: Same[PriceTable], rule: Same[CarrierRule], zone: str) -> Pricer:
    return Pricer(table.thing, rule.thing, zone)


def _half_up(value: Fraction) -> int:
    return math.floor(value + HALF)


def _unit_text(mass_mg: int) -> str:
    return f"{mass_mg / 1_000:g}"
