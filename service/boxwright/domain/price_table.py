"""Price tables: what carriage costs by zone and chargeable weight, with surcharges; the caller's own figures."""

import datetime
import enum
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from boxwright.domain.fields import Ruled, as_tuple, coerce, id_rules, is_whole, shown, too_wordy
from boxwright.domain.limits import MAX_NAME_LENGTH
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property

MAX_PRICE_MINOR = 10**12
"""Highest single price, in minor units."""
MAX_WEIGHT = Decimal(1_000_000)
MAX_STEPS = 2_000
"""Most weight steps of a zone."""


class PriceRounding(enum.StrEnum):
    """How a total is rounded to a multiple of the table's rounding step."""

    NEAREST = "nearest"
    UP = "up"


@dataclass(frozen=True)
class WeightPrice(Ruled):
    """Price of a parcel up to a chargeable weight.

    Parameters
    ----------
    up_to : Decimal
        The heaviest it holds for, in the table's weight unit.
    price_minor : int
        In minor units.
    """

    up_to: Decimal
    price_minor: int


@dataclass(frozen=True)
class AdditionalWeight(Ruled):
    """Price of each further piece of weight, above the steps or the further weight before it.

    Parameters
    ----------
    per : Decimal
        Size of a piece, in the table's weight unit; a begun one counts as whole.
    price_minor : int
        Of a piece, in minor units.
    up_to : Decimal, optional
        The heaviest chargeable weight that it holds for. Default None: no end.
    """

    per: Decimal
    price_minor: int
    up_to: Decimal | None = None


@dataclass(frozen=True)
class ZonePrices:
    """Prices of one zone.

    Parameters
    ----------
    zone : str
        As the lane names it; empty in a table without zones.
    steps : sequence of WeightPrice
        Rising in weight; a lighter parcel pays for the first that holds it. At least one. The price may fall.
    additional : sequence of AdditionalWeight, optional
        What follows the last step, in turn. Default none: nothing heavier has a price.
    """

    zone: str
    steps: tuple[WeightPrice, ...]
    additional: tuple[AdditionalWeight, ...] = ()


UNPRICED = "must be given, or a price per weight or a minimum; 0 where it costs nothing"
"""What a surcharge without any amount breaks where absent and 0 can be told apart."""


@dataclass(frozen=True)
class SurchargePrice(Ruled):
    """What a surcharge of the carrier's rule costs.

    Parameters
    ----------
    surcharge_id : str
        As in the carrier's rule.
    amount_minor : int, optional
        For a parcel, in minor units. Default 0.
    per_weight_minor : int, optional
        For each weight unit billed, in minor units, a part of a unit by its share. Default 0.
    minimum_minor : int, optional
        Least that both come to. Default 0.
    zones : sequence of str, optional
        Zones that it holds for. Default none: all.
    with_fuel : bool, optional
        Whether the fuel percentage is laid on it too. Default False.
    """

    surcharge_id: str
    amount_minor: int = 0
    per_weight_minor: int = 0
    minimum_minor: int = 0
    zones: tuple[str, ...] = ()
    with_fuel: bool = False


@dataclass(frozen=True)
class PriceTable(Ruled):
    """What a carrier service charges for a parcel, from one date to another.

    Parameters
    ----------
    price_table_id, version : str
        Named in plans. Each up to 200 characters, as are zones and the ids of surcharges.
    carrier_service : str
        Carrier service of ``materials/`` whose chargeable weight it prices.
    currency : str
        ISO 4217 code.
    weight_unit : str
        ``kg`` or ``lb``: unit of all its weights.
    zones : sequence of ZonePrices
        At least one, each zone once.
    surcharges : sequence of SurchargePrice, optional
        Default none: a parcel that bears one then has no price.
    fuel_percent : Decimal, optional
        Laid on the price of the weight, in percent. Default 0.
    round_to_minor : int, optional
        The total is rounded to a multiple of this, in minor units. Default 1.
    rounding : PriceRounding, optional
        How. Default to the nearest, halves up.
    effective_from, effective_to : datetime.date, optional
        First and last day. Default open.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    price_table_id: str
    version: str
    carrier_service: str
    currency: str
    weight_unit: str
    zones: tuple[ZonePrices, ...]
    surcharges: tuple[SurchargePrice, ...] = ()
    fuel_percent: Decimal = Decimal(0)
    round_to_minor: int = 1
    rounding: PriceRounding = PriceRounding.NEAREST
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None

    def _broken_rules(self) -> Iterator[FieldViolation]:
        yield from id_rules("price_table_id", self.price_table_id)
        for name in ("version", "carrier_service"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value:
                yield FieldViolation(name, f"must be a text that is not empty, got {shown(value)}")
            elif rule := too_wordy(value, MAX_NAME_LENGTH):
                yield FieldViolation(name, rule)
        if not isinstance(self.currency, str) or not re.fullmatch("[A-Z]{3}", self.currency):
            yield FieldViolation("currency", f"must be an ISO 4217 code, got {shown(self.currency)}")
        if self.weight_unit not in ("kg", "lb"):
            yield FieldViolation("weight_unit", f"must be kg or lb, got {shown(self.weight_unit)}")
        yield from coerce(self, "rounding", PriceRounding)
        yield from _minor("round_to_minor", self.round_to_minor, least=1)
        yield from _decimal("fuel_percent", self.fuel_percent, Decimal(1_000), zero=True)
        for name in ("effective_from", "effective_to"):
            day = getattr(self, name)
            if day is not None and (not isinstance(day, datetime.date) or isinstance(day, datetime.datetime)):
                yield FieldViolation(name, f"must be a datetime.date, got {shown(day)}")
            elif name == "effective_to" and day and self.effective_from and day < self.effective_from:
                yield FieldViolation(name, f"must not be before {self.effective_from}, got {day}")
        yield from as_tuple(self, "zones", ZonePrices, "a ZonePrices")
        yield from as_tuple(self, "surcharges", SurchargePrice, "a SurchargePrice")
        if isinstance(self.zones, tuple):
            if not self.zones:
                yield FieldViolation("zones", "must hold at least one zone")
            others: set[str] = set()
            for index, zone in enumerate(self.zones):
                if isinstance(zone, ZonePrices):
                    yield from _zone_rules(zone, f"zones[{index}]", others)
                    others.add(zone.zone)
        names: dict[str, set[str]] = {}
        for index, each in enumerate(self.surcharges if isinstance(self.surcharges, tuple) else ()):
            if not isinstance(each, SurchargePrice):
                continue
            at = f"surcharges[{index}]"
            if not isinstance(each.surcharge_id, str) or not each.surcharge_id:
                yield FieldViolation(f"{at}.surcharge_id", f"must be a text, got {shown(each.surcharge_id)}")
            elif rule := too_wordy(each.surcharge_id, MAX_NAME_LENGTH):
                yield FieldViolation(f"{at}.surcharge_id", rule)
            for place, zone_name in enumerate(each.zones):
                if rule := too_wordy(zone_name, MAX_NAME_LENGTH):
                    yield FieldViolation(f"{at}.zones[{place}]", rule)
            spans, taken = set(each.zones or ("",)), names.setdefault(str(each.surcharge_id), set())
            if taken and ("" in spans | taken or spans & taken):
                yield FieldViolation(
                    f"{at}.surcharge_id", f"must be priced once in a zone, {each.surcharge_id!r} repeats"
                )
            taken |= spans
            for name in ("amount_minor", "per_weight_minor", "minimum_minor"):
                yield from _minor(f"{at}.{name}", getattr(each, name))

    def in_force(self, day: datetime.date) -> bool:
        """Whether the table holds on a day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @cached_property
    def content_hash(self) -> str:
        """``sha256:`` and 64 hex digits over all that it says; the order of zones and surcharges does not matter."""
        said = [
            *(repr(getattr(self, name)) for name in _SAID),
            *sorted(map(repr, self.zones)),
            *sorted(map(repr, self.surcharges)),
        ]
        return f"sha256:{hashlib.sha256(chr(10).join(said).encode()).hexdigest()}"

    @property
    def name(self) -> str:
        """``id@version``."""
        return f"{self.price_table_id}@{self.version}"


_SAID = (
    *("price_table_id", "version", "carrier_service", "currency", "weight_unit", "fuel_percent", "round_to_minor"),
    *("rounding", "effective_from", "effective_to"),
)


def _zone_rules(zone: ZonePrices, at: str, others: set[str]) -> Iterator[FieldViolation]:
    if not isinstance(zone.zone, str):
        yield FieldViolation(f"{at}.zone", f"must be a text, got {shown(zone.zone)}")
    elif rule := too_wordy(zone.zone, MAX_NAME_LENGTH):
        yield FieldViolation(f"{at}.zone", rule)
    elif zone.zone in others:
        yield FieldViolation(f"{at}.zone", f"must be unique, {zone.zone!r} repeats")
    if not zone.steps or len(zone.steps) > MAX_STEPS:
        yield FieldViolation(f"{at}.steps", f"must hold 1 to {MAX_STEPS:,} steps, got {len(zone.steps)}")
    before = Decimal(0)
    for index, step in enumerate(zone.steps):
        where = f"{at}.steps[{index}]"
        yield from _minor(f"{where}.price_minor", step.price_minor)
        broken = list(_rising(f"{where}.up_to", step.up_to, before))
        yield from broken
        before = before if broken else step.up_to
    for index, more in enumerate(zone.additional):
        where = f"{at}.additional[{index}]"
        yield from _minor(f"{where}.price_minor", more.price_minor)
        yield from _decimal(f"{where}.per", more.per, MAX_WEIGHT)
        if more.up_to is not None:
            broken = list(_rising(f"{where}.up_to", more.up_to, before))
            yield from broken
            before = before if broken else more.up_to
        elif index + 1 < len(zone.additional):
            yield FieldViolation(f"{where}.up_to", "must be given: further weights follow")


def _rising(field: str, value: object, before: Decimal) -> Iterator[FieldViolation]:
    broken = list(_decimal(field, value, MAX_WEIGHT))
    yield from broken
    if not broken and isinstance(value, Decimal) and value <= before:
        yield FieldViolation(field, f"must be above {before}, the weight before it, got {value}")


def _decimal(field: str, value: object, most: Decimal, *, zero: bool = False) -> Iterator[FieldViolation]:
    if not isinstance(value, Decimal) or not value.is_finite() or not 0 <= value <= most or (value == 0 and not zero):
        least = "from 0" if zero else "above 0"
        kind, got = ("number", f"{value}") if isinstance(value, Decimal) else ("Decimal", shown(value))
        yield FieldViolation(field, f"must be a {kind} {least} to {most}, got {got}")


def _minor(field: str, value: object, *, least: int = 0) -> Iterator[FieldViolation]:
    if not is_whole(value, least, MAX_PRICE_MINOR):
        yield FieldViolation(
            field, f"must be a whole number of minor units from {least} to {MAX_PRICE_MINOR:,}, got {shown(value)}"
        )


@dataclass(frozen=True)
class PriceLine:
    """One line of a shipping price.

    Attributes
    ----------
    name : str
        ``weight``, ``fuel``, ``rounding`` or the surcharge.
    amount_minor : int
        In minor units; only a rounding may be negative.
    """

    name: str
    amount_minor: int


@dataclass(frozen=True)
class CarriagePrice:
    """What the carriage of one parcel costs by a price table.

    Attributes
    ----------
    price_table : str
        ``id@version``.
    zone, currency : str
        As in the table.
    lines : tuple of PriceLine
        They sum to the price.
    missing : tuple of str
        What has no price in the table; then the price is not known.
    """

    price_table: str
    zone: str
    currency: str
    lines: tuple[PriceLine, ...]
    missing: tuple[str, ...] = ()

    @property
    def total_minor(self) -> int | None:
        """The price in minor units; None where something is missing."""
        return None if self.missing else sum(line.amount_minor for line in self.lines)
