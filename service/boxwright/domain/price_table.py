"""Price tables: what carriage costs by zone and chargeable weight, with surcharges; the caller's own figures."""

import datetime
import enum
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Annotated

from boxwright.domain.fields import Id, Name, Ruled, fits, one_of, some, unique, within
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property

MAX_PRICE_MINOR = 10**12
"""Highest single price, in minor units."""
MAX_WEIGHT = 1_000_000
WEIGHT_UNITS = ("kg", "lb")
Minor = Annotated[int, within(0, MAX_PRICE_MINOR)]


def _six_decimals(value: Decimal) -> str | None:
    few = value == round(value, 6)
    return None if few else f"must be a number with at most six decimals, got {value}"


Weight = Annotated[Decimal, within(0, MAX_WEIGHT, above=True), _six_decimals]


class PriceRounding(enum.StrEnum):
    """How a total is rounded to a multiple of the table's rounding step."""

    NEAREST = "nearest"
    UP = "up"


@dataclass(frozen=True)
class WeightPrice(Ruled):
    """Price of a parcel up to a chargeable weight."""

    up_to: Weight
    """The heaviest it holds for, in the table's weight unit."""
    price_minor: Minor


@dataclass(frozen=True)
class AdditionalWeight(Ruled):
    """Price of each further piece of weight, above the steps or the further weight before it."""

    per: Weight
    """Size of a piece, in the table's weight unit; a begun one counts as whole."""
    price_minor: Minor
    """Of a piece, in minor units."""
    up_to: Weight | None = None
    """The heaviest chargeable weight that it holds for. Default None: no end."""


@dataclass(frozen=True)
class ZonePrices(Ruled):
    """Prices of one zone."""

    zone: Name
    """As the lane names it; empty in a table without zones."""
    steps: Annotated[tuple[WeightPrice, ...], some("must hold at least one step")]
    """Rising in weight; a lighter parcel pays for the first that holds it. At least one. The price may fall."""
    additional: tuple[AdditionalWeight, ...] = ()
    """What follows the last step, in turn. Default none: nothing heavier has a price."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        ends: list[tuple[str, Decimal | None]] = []
        ends += [(f"steps[{index}].up_to", step.up_to) for index, step in enumerate(self.steps)]
        ends += [(f"additional[{index}].up_to", more.up_to) for index, more in enumerate(self.additional)]
        before = Decimal(0)
        for field, up_to in ends:
            if up_to is None:
                if field != ends[-1][0]:
                    yield FieldViolation(field, "must be given: further weights follow")
            elif up_to <= before:
                yield FieldViolation(field, f"must be above {before}, the weight before it, got {up_to}")
            else:
                before = up_to


UNPRICED = "must be given, or a price per weight or a minimum; 0 where it costs nothing"
"""What a surcharge without any amount breaks where absent and 0 can be told apart."""


@dataclass(frozen=True)
class SurchargePrice(Ruled):
    """What a surcharge of the carrier's rule costs."""

    surcharge_id: Id
    amount_minor: Minor = 0
    """For a parcel, in minor units."""
    per_weight_minor: Minor = 0
    """For each weight unit billed, in minor units, a part of a unit by its share."""
    minimum_minor: Minor = 0
    """Least that both come to."""
    zones: tuple[Name, ...] = ()
    """Zones that it holds for. Default none: all."""
    with_fuel: bool = False
    """Whether the fuel percentage is laid on it too."""


def _once_in_a_zone(surcharges: tuple[SurchargePrice, ...]) -> Iterator[tuple[str, str]]:
    priced: dict[str, set[str]] = {}
    for index, surcharge in enumerate(surcharges):
        zones, earlier = {*(surcharge.zones or ("",))}, priced.setdefault(surcharge.surcharge_id, set())
        if earlier and ("" in zones | earlier or zones & earlier):
            yield f"[{index}].surcharge_id", f"must be priced once in a zone, {surcharge.surcharge_id!r} repeats"
        earlier |= zones


@dataclass(frozen=True)
class PriceTable(Ruled):
    """What a carrier service charges for a parcel, from one date to another."""

    price_table_id: Id
    version: Id
    """Named in plans. Each up to 200 characters, as are zones and the ids of surcharges."""
    carrier_service: Id
    """Carrier service of ``materials/`` whose chargeable weight it prices."""
    currency: Annotated[str, fits("[A-Z]{3}", "must be an ISO 4217 code such as EUR")]
    weight_unit: Annotated[str, one_of(*WEIGHT_UNITS)]
    """``kg`` or ``lb``: unit of all its weights."""
    zones: Annotated[tuple[ZonePrices, ...], some("must hold at least one zone"), unique("zone")]
    """At least one, each zone once."""
    surcharges: Annotated[tuple[SurchargePrice, ...], _once_in_a_zone] = ()
    """Default none: a parcel that bears one then has no price."""
    fuel_percent: Annotated[Decimal, within(0, 1_000), _six_decimals] = Decimal(0)
    """Laid on the price of the weight, in percent."""
    round_to_minor: Annotated[int, within(1, MAX_PRICE_MINOR)] = 1
    """The total is rounded to a multiple of this, in minor units."""
    rounding: PriceRounding = PriceRounding.NEAREST
    """How. Default to the nearest, halves up."""
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    """First and last day. Default open."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            rule = f"must not be before {self.effective_from}, got {self.effective_to}"
            yield FieldViolation("effective_to", rule)

    def in_force(self, day: datetime.date) -> bool:
        """Whether the table holds on a day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @cached_property
    def content_hash(self) -> str:
        """``sha256:`` and 64 hex digits over all that it says; the order of zones and surcharges does not matter."""
        said = [
            *(repr(getattr(self, field.name)) for field in fields(self) if field.name not in ("zones", "surcharges")),
            *sorted(map(repr, self.zones)),
            *sorted(map(repr, self.surcharges)),
        ]
        return f"sha256:{hashlib.sha256(chr(10).join(said).encode()).hexdigest()}"

    @property
    def name(self) -> str:
        """``id@version``."""
        return f"{self.price_table_id}@{self.version}"


@dataclass(frozen=True)
class PriceLine:
    """One line of a shipping price."""

    name: str
    """``weight``, ``fuel``, ``rounding`` or the surcharge."""
    amount_minor: int
    """In minor units; only a rounding may be negative."""


@dataclass(frozen=True)
class CarriagePrice:
    """What the carriage of one parcel costs by a price table."""

    price_table: str
    """``id@version``."""
    zone: str
    currency: str
    lines: tuple[PriceLine, ...]
    """They sum to the price."""
    missing: tuple[str, ...] = ()
    """What has no price in the table; then the price is not known."""

    @property
    def total_minor(self) -> int | None:
        """The price in minor units; None where something is missing."""
        return None if self.missing else sum(line.amount_minor for line in self.lines)
