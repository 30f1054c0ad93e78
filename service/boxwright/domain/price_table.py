"""Price tables: the caller's prices of carriage by zone and chargeable weight, with surcharges."""

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
    """Rounding of a total to a multiple of the table's rounding step."""

    NEAREST = "nearest"
    UP = "up"


@dataclass(frozen=True)
class WeightPrice(Ruled):
    """Price of a parcel up to a chargeable weight."""

    up_to: Weight
    """Greatest weight, in the table's weight unit."""
    price_minor: Minor


@dataclass(frozen=True)
class AdditionalWeight(Ruled):
    """Price of each additional portion of weight, above the last step or above the entry before this one."""

    per: Weight
    """Size of a portion in the table's weight unit, rounded up."""
    price_minor: Minor
    """Price per portion, in minor units."""
    up_to: Weight | None = None
    """Greatest chargeable weight. Default: unlimited."""


@dataclass(frozen=True)
class ZonePrices(Ruled):
    """Prices of a zone."""

    zone: Name
    """Zone as named in the lane; empty in a table without zones."""
    steps: Annotated[tuple[WeightPrice, ...], some("must hold at least one step")]
    """Steps, rising in weight. The first step that a parcel does not exceed gives its price; prices may fall with
    weight."""
    additional: tuple[AdditionalWeight, ...] = ()
    """Prices above the last step, in order. Default: heavier parcels have no price."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        ends: list[tuple[str, Decimal | None]] = []
        ends += [(f"steps[{index}].up_to", step.up_to) for index, step in enumerate(self.steps)]
        ends += [(f"additional[{index}].up_to", more.up_to) for index, more in enumerate(self.additional)]
        before = Decimal(0)
        for field, up_to in ends:
            if up_to is None:
                if field != ends[-1][0]:
                    yield FieldViolation(field, "must be given, since later steps have weights")
            elif up_to <= before:
                yield FieldViolation(field, f"must be above {before}, the weight before it, got {up_to}")
            else:
                before = up_to


UNPRICED = "is required unless a price per weight or a minimum is given; give 0 if it is free"
"""Message for a surcharge without any price, in formats that distinguish a missing value from 0."""


@dataclass(frozen=True)
class SurchargePrice(Ruled):
    """Price of a surcharge of the carrier's rule."""

    surcharge_id: Id
    amount_minor: Minor = 0
    """Price per parcel, in minor units."""
    per_weight_minor: Minor = 0
    """Price per billed weight unit, in minor units, pro rata."""
    minimum_minor: Minor = 0
    """Minimum of the sum of ``amount_minor`` and the price by weight, in minor units."""
    zones: tuple[Name, ...] = ()
    """Zones that it applies to. Default: all."""
    with_fuel: bool = False
    """Whether the fuel percentage applies to it too."""


def _once_in_a_zone(surcharges: tuple[SurchargePrice, ...]) -> Iterator[tuple[str, str]]:
    priced: dict[str, set[str]] = {}
    for index, surcharge in enumerate(surcharges):
        zones, earlier = {*(surcharge.zones or ("",))}, priced.setdefault(surcharge.surcharge_id, set())
        if earlier and ("" in zones | earlier or zones & earlier):
            yield f"[{index}].surcharge_id", f"must have one price per zone, but {surcharge.surcharge_id!r} is repeated"
        earlier |= zones


@dataclass(frozen=True)
class PriceTable(Ruled):
    """Prices of a carrier service between two dates."""

    price_table_id: Id
    version: Id
    """Id and version of the table, which plans state; up to 200 characters each."""
    carrier_service: Id
    """Carrier service of ``materials/``."""
    currency: Annotated[str, fits("[A-Z]{3}", "must be an ISO 4217 code such as EUR")]
    weight_unit: Annotated[str, one_of(*WEIGHT_UNITS)]
    """Unit of all weights in the table, ``kg`` or ``lb``."""
    zones: Annotated[tuple[ZonePrices, ...], some("must hold at least one zone"), unique("zone")]
    surcharges: Annotated[tuple[SurchargePrice, ...], _once_in_a_zone] = ()
    """Prices of surcharges; a parcel with a surcharge that is not listed has no price."""
    fuel_percent: Annotated[Decimal, within(0, 1_000), _six_decimals] = Decimal(0)
    """Fuel surcharge in percent of the price of the weight."""
    round_to_minor: Annotated[int, within(1, MAX_PRICE_MINOR)] = 1
    """The total is rounded to a multiple of this, in minor units."""
    rounding: PriceRounding = PriceRounding.NEAREST
    """Direction of rounding; ``nearest`` rounds half up."""
    effective_from: datetime.date | None = None
    effective_to: datetime.date | None = None
    """First and last day. Default: unlimited."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            rule = f"must not be before {self.effective_from}, got {self.effective_to}"
            yield FieldViolation("effective_to", rule)

    def in_force(self, day: datetime.date) -> bool:
        """Return whether the table is in force on a day."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the content as ``sha256:`` and 64 hex digits, the same for any order of zones and surcharges."""
        content = [
            *(repr(getattr(self, field.name)) for field in fields(self) if field.name not in ("zones", "surcharges")),
            *sorted(map(repr, self.zones)),
            *sorted(map(repr, self.surcharges)),
        ]
        return f"sha256:{hashlib.sha256(chr(10).join(content).encode()).hexdigest()}"

    @property
    def name(self) -> str:
        """Id and version of the table as ``id@version``."""
        return f"{self.price_table_id}@{self.version}"


@dataclass(frozen=True)
class PriceLine:
    """A line of a shipping price."""

    name: str
    """Name of the line: ``weight``, ``fuel``, ``rounding`` or a surcharge id."""
    amount_minor: int
    """Amount in minor units; only rounding may be negative."""


@dataclass(frozen=True)
class CarriagePrice:
    """Price of carriage of a parcel by a price table."""

    price_table: str
    """Id and version of the table as ``id@version``."""
    zone: str
    currency: str
    lines: tuple[PriceLine, ...]
    """Lines whose sum is the price."""
    missing: tuple[str, ...] = ()
    """Parts that have no price in the table; with any of them the price is unknown."""

    @property
    def total_minor(self) -> int | None:
        """Price in minor units; None if a part is missing."""
        return None if self.missing else sum(line.amount_minor for line in self.lines)
