"""A footprint: lines of grams CO2e under one accounting profile and allocation, and the packaging that it counts."""

import enum
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import reduce
from typing import Annotated

from boxwright.domain.factor import Component, CoverageCell, Stage
from boxwright.domain.fields import Held, Name, Ruled, within
from boxwright.domain.lack import Lack
from boxwright.domain.source_grade import SourceGrade, graded_words, weakest
from boxwright.lazy import cached_property
from boxwright.units import MG_PER_KG

EXACT = Context(prec=400)
"""Digits enough for products of amounts, factors and their ranges, so that none is rounded before the mg."""

_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class MassDatum:
    """A datum that a mass, or the distance of a derived leg, is proportional to."""

    datum_id: str
    """What it is, such as ``dunnage/crumpled-kraft-fill/density`` or ``detour/rail``: the same datum is drawn once for
    two plans."""
    low: Decimal
    high: Decimal
    """The mass or distance at the datum's ends over that at its value: ``0 < low <= 1 <= high``."""
    read_in_source: bool
    """Whether it was read in its source, or is the caller's own."""
    source: str = ""
    """Where it comes from, as a citation. Default empty: nobody says."""
    source_grade: SourceGrade = SourceGrade.OWN
    derivation: str = ""
    """What its row says of it: how it was found, or what it is of."""


@dataclass(frozen=True, slots=True)
class MassPart:
    """A part of a line's amount that is proportional to data."""

    data: tuple[str, ...]
    """Ids of the data; their ranges multiply."""
    amount: Decimal
    """In the line's unit; what no part holds of a line's amount stands on no datum."""


class Allocation(enum.StrEnum):
    """How transport emissions are laid on a parcel."""

    MASS = "mass"
    DIMENSIONAL_WEIGHT = "dimensional_weight"
    VOLUME_SHARE = "volume_share"

    @property
    def words(self) -> str:
        """What transport is laid on, as people read it: by dimensional weight that is what the carrier charges."""
        return "chargeable weight" if self is Allocation.DIMENSIONAL_WEIGHT else self.value.replace("_", " ")


MOST_RETURN_KM = 50_000
"""Longest way back, in km."""

LEAST_RETURN_KM = 0.001
"""Shortest way back that is not 0, in km; an own rule, as for legs."""

NOT_WASHED = "none"
"""What ``washing_factor_id`` says of packaging that is never washed."""

MOST_IDLE_SHARE = 10
"""Most pieces in stock per piece in use."""


def _not_nearly_zero(distance_km: float) -> str | None:
    return (
        f"must be 0 or at least {LEAST_RETURN_KM:g}, got {distance_km}" if 0 < distance_km < LEAST_RETURN_KM else None
    )


IdleShare = Annotated[float, within(0, MOST_IDLE_SHARE), Held(float)]
ReturnDistance = Annotated[float, within(0, MOST_RETURN_KM), _not_nearly_zero, Held(float)]


@dataclass(frozen=True)
class Reuse(Ruled):
    """What a reusable box needs beside its trips."""

    idle_share: IdleShare = 0.0
    """Pieces that lie idle per piece in use, 0 to 10: they are made and scrapped as well."""
    washing_factor_id: Name = ""
    """Factor of washing one piece: the id of its row, or the subject of a row of stage ``reuse``, so that each profile
    can have its own; ``none``: it is never washed. Default empty: not stated, so that washing is missing."""
    return_distance_km: ReturnDistance = 0.0
    """Way that it travels back empty after each trip, in km as driven, 0 to 50,000. Default 0: not stated, so that the
    way back is missing."""

    @property
    def free(self) -> bool:
        """Whether neither way back nor washing is stated, so that a use counts nothing beside its share of a life."""
        return not self.return_distance_km and not self.washing_factor_id


@dataclass(frozen=True, slots=True)
class PackagingComponent:
    """A mass of one material in a parcel's packaging."""

    component: Component
    """Which part: box, inner box, cushioning, void fill or tape."""
    material_id: str
    """Material of ``materials/``; empty if unknown."""
    mass_mg: int
    trips: int = 1
    """Uses over which its production and end of life are spread."""
    dunnage_id: str = ""
    """Which dunnage it is; of an inner box its box type; empty for the box."""
    recycled_content: Decimal | None = None
    """Share of recycled input, 0 to 1; None: not known, so that the profile's row without one counts."""
    reuse: Reuse | None = None
    """Idle stock, way back and washing of reusable packaging. Default None: none of them."""
    trim_mg: int = 0
    """Material lost in making it, in mg: made, but not shipped."""

    def __hash__(self) -> int:
        return hash((self.material_id, self.mass_mg, self.dunnage_id))  # these tell apart nearly all that are looked up


@dataclass(frozen=True, slots=True)
class FootprintLine:
    """One line: amount times factor, rounded once to a whole mg CO2e."""

    component: Component
    stage: Stage
    """What is counted."""
    subject: str
    """Material id, transport class or hub class."""
    amount: Decimal
    unit: str
    """Of the amount: ``kg``, ``tkm`` or ``t``."""
    factor_id: str
    """Row of ``materials/``."""
    factor_kg_per_unit: Decimal
    """Its value, kg CO2e per unit."""
    co2e_mg: int
    """The product in mg CO2e."""
    source: str
    read_in_source: bool
    leg_index: int | None = None
    """Which leg of the lane, from 0; the leg before it, for a hub. None for packaging."""
    rule: str = ""
    """Rule or clause that makes the amount what it is."""
    low_kg_per_unit: Decimal | None = None
    high_kg_per_unit: Decimal | None = None
    """Range of the factor; None is unknown."""
    range_assumed: bool = False
    """Whether the range is an estimate or follows from the data-quality rule."""
    biogenic_co2_mg: int | None = None
    """Biogenic CO2 apart, in mg, never part of ``co2e_mg``: below 0 stored in the material, above 0 released. None
    where the carbon content is unknown, the factor counts it in the total, or there is none to speak of (transport)."""
    mass_parts: tuple[MassPart, ...] = ()
    """Which parts of the amount stand on data that have a range. Default none: the amount is taken as exact."""
    source_grade: SourceGrade | None = None
    """How near to its publisher the factor was read; None: not stated."""


@dataclass(frozen=True)
class Footprint:
    """Lines that sum, under one profile and one allocation."""

    profile_id: str
    allocation: Allocation
    """How transport was laid on the parcel."""
    lines: tuple[FootprintLine, ...]
    missing: tuple[Lack, ...] = ()
    """What has no factor."""
    coverage: tuple[CoverageCell, ...] = ()
    mass_data: tuple[MassDatum, ...] = ()
    """What the parts of the lines' amounts stand on, sorted by id."""
    missing_scope: tuple[Lack, ...] = ()
    """What the total lacks because nobody stated it, whatever the factors: legs, the way back and washing of reusable
    packaging, hubs. Default nothing."""

    @property
    def factors_complete(self) -> bool:
        """Whether every component and stage that is counted has a factor."""
        return not self.missing

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Factors and scope that keep a total from being complete; not hubs, which count only where they are stated."""
        return (*self.missing, *(lack for lack in self.missing_scope if lack.component is not Component.HUB))

    @property
    def hubs_unstated(self) -> bool:
        """Whether hubs are not counted because the lane does not state them."""
        return any(lack.component is Component.HUB for lack in self.missing_scope)

    @property
    def total_co2e_mg(self) -> int:
        """Sum of the lines, in mg CO2e."""
        return sum(line.co2e_mg for line in self.lines)

    @cached_property
    def doubtful(self) -> frozenset[str]:
        """Data on masses that nobody has read in their source, by id."""
        return frozenset(datum.datum_id for datum in self.mass_data if not datum.read_in_source)

    @cached_property
    def amount_ends(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """The amount of each line with all that it stands on at the lower, and at the upper end."""
        ranges = {datum.datum_id: (datum.low, datum.high) for datum in self.mass_data}
        with localcontext(EXACT):
            return tuple(_amount_ends(line, ranges) for line in self.lines)

    @property
    def unverified_share(self) -> float:
        """Share of the total (by absolute grams) that rests on unverified factors or unverified masses, 0 to 1."""
        absolute_mg = self.absolute_mg
        return float(self.unverified_mg / absolute_mg) if absolute_mg else 0.0

    @property
    def absolute_mg(self) -> int:
        """Sum of the lines' absolute mg CO2e, in which a credit makes up for nothing."""
        return sum(abs(line.co2e_mg) for line in self.lines)

    @cached_property
    def unverified_mg(self) -> Fraction | int:
        """Absolute mg CO2e that rest on what is unverified.

        All of a line by an unverified factor; of any other the part of its amount that stands on unverified data. Whole
        where all shares are 0 or 1, as most are: fractions cost time.
        """
        return sum(abs(line.co2e_mg) * _unverified_share(line, self.doubtful) for line in self.lines)

    @property
    def graded_mg(self) -> dict[SourceGrade, float]:
        """Absolute mg CO2e by the grade of the source, nearest to the publisher first.

        A part that stands on an unverified mass or distance has the grade of that datum, however its factor was read.
        """
        doubtful = {datum.datum_id: datum.source_grade for datum in self.mass_data if not datum.read_in_source}
        sums = dict.fromkeys(SourceGrade, 0.0)
        for line in self.lines:
            co2e_mg = rest = float(abs(line.co2e_mg))
            for part in line.mass_parts if line.read_in_source and line.amount else ():
                if grades := [doubtful[name] for name in part.data if name in doubtful]:
                    portion = co2e_mg * float(part.amount / line.amount)
                    sums[weakest(grades)] += portion
                    rest -= portion
            sums[line.source_grade or SourceGrade.OWN] += rest
        return sums

    @property
    def graded_words(self) -> str:
        """Shares by grade in words, such as ``copy 52.9 %, own 47.1 %``."""
        return graded_words(self.graded_mg)

    @cached_property
    def interval_co2e_mg(self) -> tuple[int, int] | None:
        """Sums of the lines' lower and upper ends, in mg CO2e; None where a factor has no range, or without lines.

        A line's ends are those of its factor times those of its amount: whichever product is least, and most.
        """
        ranges = [(line.low_kg_per_unit, line.high_kg_per_unit) for line in self.lines]
        factors = [(low, high) for low, high in ranges if low is not None and high is not None]
        if len(factors) < len(ranges):
            return None
        with localcontext(EXACT):
            low = high = Decimal(0)
            for amounts, rates in zip(self.amount_ends, factors, strict=True):
                products = [amount * rate for amount in amounts for rate in rates]
                low += min(products)
                high += max(products)
            return (round(low * MG_PER_KG), round(high * MG_PER_KG)) if self.lines else None

    @property
    def biogenic_stored_mg(self) -> int:
        """Biogenic CO2 that the packaging's materials took up, in mg, 0 or more; not part of the total."""
        return -sum(min(line.biogenic_co2_mg or 0, 0) for line in self.lines)

    @property
    def biogenic_released_mg(self) -> int:
        """Biogenic CO2 that leaves with the packaging at its end of life, in mg; not part of the total."""
        return sum(max(line.biogenic_co2_mg or 0, 0) for line in self.lines)

    @property
    def biogenic_missing(self) -> tuple[str, ...]:
        """What stored and released CO2 lack.

        A material whose carbon content is unknown, or whose factor counts biogenic CO2 in the total; as
        ``material (end of life)`` one of which nothing is released since its end of life has no factor.
        """
        parts = [line for line in self.lines if line.unit == "kg"]
        apart = [line.subject for line in parts if line.biogenic_co2_mg is None]
        ended = {(line.component, line.subject) for line in parts if line.stage is Stage.END_OF_LIFE}
        apart += [
            f"{line.subject} (end of life)"
            for line in parts
            if (line.biogenic_co2_mg or 0) < 0 and (line.component, line.subject) not in ended
        ]
        return tuple(dict.fromkeys(apart))

    def subtotal_co2e_mg(self, *components: Component) -> int:
        """Sum of the lines of some components, in mg CO2e."""
        return sum(line.co2e_mg for line in self.lines if line.component in components)


def _amount_ends(line: FootprintLine, ranges: Mapping[str, tuple[Decimal, Decimal]]) -> tuple[Decimal, Decimal]:
    """Return a line's amount with all that it stands on at the lower, and at the upper end; in the context ``EXACT``.

    Ranges are the ends of each datum over its value.
    """
    low = high = line.amount
    for part in line.mass_parts:
        least = most = _ONE
        for name in part.data:
            lower, upper = ranges[name]
            least *= lower
            most *= upper
        low += part.amount * (least - _ONE)
        high += part.amount * (most - _ONE)
    return low, high


def unverified_amount(line: FootprintLine, doubtful: AbstractSet[str]) -> Decimal:
    """Return the part of a line's amount that stands on any of the data named."""
    parts = (part.amount for part in line.mass_parts if not doubtful.isdisjoint(part.data))
    return reduce(EXACT.add, parts, _ZERO)


def _unverified_share(line: FootprintLine, doubtful: AbstractSet[str]) -> Fraction | int:
    """Return the share of a line that rests on an unverified factor or on doubtful data, 0 to 1."""
    if not line.read_in_source:
        return 1
    parts = [part.amount for part in line.mass_parts if not doubtful.isdisjoint(part.data)]
    if not parts or parts == [line.amount]:
        return int(bool(parts and line.amount))
    return Fraction(unverified_amount(line, doubtful)) / Fraction(line.amount) if line.amount else Fraction(0)
