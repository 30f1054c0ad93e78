"""Footprints: lines of CO2e under one accounting profile and allocation; and packaging components."""

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
"""Enough digits for exact products of amounts, factors and ranges."""

_ZERO, _ONE = Decimal(0), Decimal(1)


@dataclass(frozen=True, slots=True)
class MassDatum:
    """A datum with a range, to which a mass or the distance of a derived leg is proportional."""

    datum_id: str
    """Id, such as ``dunnage/crumpled-kraft-fill/density`` or ``detour/rail``; comparisons draw it once for both
    plans."""
    low: Decimal
    high: Decimal
    """Ends of the datum divided by its value: ``0 < low <= 1 <= high``."""
    read_in_source: bool
    """Whether the datum was read in its source or is the caller's own."""
    source: str = ""
    """Citation. Default: not stated."""
    source_grade: SourceGrade = SourceGrade.OWN
    derivation: str = ""
    """Note of the datum's row."""


@dataclass(frozen=True, slots=True)
class MassPart:
    """A part of a line's amount that depends on data."""

    data: tuple[str, ...]
    """Ids of the data; their ranges are multiplied."""
    amount: Decimal
    """The part of the line's amount, in the line's unit, that these data determine; the rest of the amount has no
    range."""


class Allocation(enum.StrEnum):
    """Allocation of transport emissions to parcels."""

    MASS = "mass"
    DIMENSIONAL_WEIGHT = "dimensional_weight"
    VOLUME_SHARE = "volume_share"

    @property
    def words(self) -> str:
        """The basis as text, such as ``chargeable weight`` for ``DIMENSIONAL_WEIGHT``."""
        return "chargeable weight" if self is Allocation.DIMENSIONAL_WEIGHT else self.value.replace("_", " ")


MOST_RETURN_KM = 50_000

LEAST_RETURN_KM = 0.001
"""Minimum return distance above 0, in km: our own rule, as for legs."""

NOT_WASHED = "none"
"""``washing_factor_id`` of packaging that is never washed."""

MOST_IDLE_SHARE = 10
"""Maximum number of idle pieces per piece in use."""


def _not_nearly_zero(distance_km: float) -> str | None:
    return (
        f"must be 0 or at least {LEAST_RETURN_KM:g}, got {distance_km}" if 0 < distance_km < LEAST_RETURN_KM else None
    )


IdleShare = Annotated[float, within(0, MOST_IDLE_SHARE), Held(float)]
ReturnDistance = Annotated[float, within(0, MOST_RETURN_KM), _not_nearly_zero, Held(float)]


@dataclass(frozen=True)
class Reuse(Ruled):
    """Reuse of a box apart from its trips."""

    idle_share: IdleShare = 0.0
    """Idle pieces per piece in use, 0 to 10; they are made and scrapped too."""
    washing_factor_id: Name = ""
    """Factor of washing a piece: the id of a row, or the subject of rows of stage ``reuse``, one per profile; ``none``
    if it is never washed. Default: not stated; the footprint then lists washing as missing."""
    return_distance_km: ReturnDistance = 0.0
    """Empty return trip after each use, in km as driven, 0 to 50,000. Default 0: not stated; the footprint then lists
    the return trip as missing."""

    @property
    def free(self) -> bool:
        """Whether return trip and washing are both unstated."""
        return not self.return_distance_km and not self.washing_factor_id


@dataclass(frozen=True, slots=True)
class PackagingComponent:
    """A component of a parcel's packaging."""

    component: Component
    material_id: str
    """Material of ``materials/``; empty if unknown."""
    mass_mg: int
    trips: int = 1
    """Number of uses over which its production and end of life are divided."""
    dunnage_id: str = ""
    """Id of the dunnage, or of the box type of an inner box; empty for the box."""
    recycled_content: Decimal | None = None
    """Share of recycled input, 0 to 1; None if unknown."""
    reuse: Reuse | None = None
    """Reuse of the component apart from its trips. Default: none."""
    trim_mg: int = 0
    """Material lost in production, in mg."""

    def __hash__(self) -> int:
        return hash((self.material_id, self.mass_mg, self.dunnage_id))  # these fields distinguish nearly all components


@dataclass(frozen=True, slots=True)
class FootprintLine:
    """A line: amount times factor, rounded once to a whole mg CO2e."""

    component: Component
    stage: Stage
    subject: str
    """Material id, transport class or hub class."""
    amount: Decimal
    unit: str
    """Unit of the amount: ``kg``, ``tkm`` or ``t``."""
    factor_id: str
    """Id of the factor's row in ``materials/``."""
    factor_kg_per_unit: Decimal
    """Value of the factor, kg CO2e per unit."""
    co2e_mg: int
    """The product of amount and factor, in mg CO2e."""
    source: str
    read_in_source: bool
    leg_index: int | None = None
    """Index of the leg, or of the leg before a hub. None for packaging."""
    rule: str = ""
    """Rule or clause from which the amount follows."""
    low_kg_per_unit: Decimal | None = None
    high_kg_per_unit: Decimal | None = None
    """Range of the factor; None if unknown."""
    range_assumed: bool = False
    """Whether the range is an estimate or follows from the data-quality rule."""
    biogenic_co2_mg: int | None = None
    """Biogenic CO2 in mg, not part of ``co2e_mg``: negative if stored, positive if released. None for transport, and if
    the carbon content is unknown or the factor includes it."""
    mass_parts: tuple[MassPart, ...] = ()
    """Parts of the amount that depend on data with a range. Default: the amount is exact."""
    source_grade: SourceGrade | None = None
    """Grade of the factor's source; None if not stated."""


@dataclass(frozen=True)
class Footprint:
    """A footprint: lines under one profile and one allocation, and their sum."""

    profile_id: str
    allocation: Allocation
    lines: tuple[FootprintLine, ...]
    missing: tuple[Lack, ...] = ()
    """Missing factors."""
    coverage: tuple[CoverageCell, ...] = ()
    mass_data: tuple[MassDatum, ...] = ()
    """Data on which the lines' amounts depend, by id."""
    missing_scope: tuple[Lack, ...] = ()
    """Parts of the scope that are not stated: legs, hubs, return trip and washing of reusable packaging."""

    @property
    def factors_complete(self) -> bool:
        """Whether no factor is missing."""
        return not self.missing

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Gaps that make the total incomplete; unstated hubs do not."""
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
        """Ids of unverified data."""
        return frozenset(datum.datum_id for datum in self.mass_data if not datum.read_in_source)

    @cached_property
    def amount_ends(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """Each line's amount with all its data at the lower end, and with all at the upper end."""
        ranges = {datum.datum_id: (datum.low, datum.high) for datum in self.mass_data}
        with localcontext(EXACT):
            return tuple(_amount_ends(line, ranges) for line in self.lines)

    @property
    def unverified_share(self) -> float:
        """Share of the absolute emissions that rests on unverified factors or data, 0 to 1."""
        absolute_mg = self.absolute_mg
        return float(self.unverified_mg / absolute_mg) if absolute_mg else 0.0

    @property
    def absolute_mg(self) -> int:
        """Sum of the lines' absolute values in mg CO2e, in which credits do not cancel emissions."""
        return sum(abs(line.co2e_mg) for line in self.lines)

    @cached_property
    def unverified_mg(self) -> Fraction | int:
        """Absolute mg CO2e that rest on unverified factors, or on amounts from unverified data.

        It is an int if each line rests on them wholly or not at all, which is the usual case; fractions are slow.
        """
        return sum(abs(line.co2e_mg) * _unverified_share(line, self.doubtful) for line in self.lines)

    @property
    def graded_mg(self) -> dict[SourceGrade, float]:
        """Absolute mg CO2e by the grade of the source, nearest to the publisher first.

        A part that rests on an unverified mass or distance has the grade of that datum, whatever the grade of its
        factor.
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
        """Shares by grade as text, such as ``copy 52.9 %, own 47.1 %``."""
        return graded_words(self.graded_mg)

    @cached_property
    def interval_co2e_mg(self) -> tuple[int, int] | None:
        """Sums of the lines' lower and upper ends in mg CO2e; None without lines, or if a factor has no range.

        A line's ends are the lowest and the highest product of an end of its factor and an end of its amount.
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
        """Biogenic CO2 stored in the packaging, in mg, 0 or more; not part of the total."""
        return -sum(min(line.biogenic_co2_mg or 0, 0) for line in self.lines)

    @property
    def biogenic_released_mg(self) -> int:
        """Biogenic CO2 released at the end of life, in mg; not part of the total."""
        return sum(max(line.biogenic_co2_mg or 0, 0) for line in self.lines)

    @property
    def biogenic_missing(self) -> tuple[str, ...]:
        """Materials that are not counted in stored and released CO2.

        Their carbon content is unknown, or their factor includes biogenic CO2. ``material (end of life)`` stands for an
        end of life without a factor.
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
    """Return a line's amount with all its data at the lower end, and with all at the upper end, exactly.

    ``ranges`` holds the ends of each datum divided by its value.
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
    """Return the part of a line's amount that depends on any of some data."""
    parts = (part.amount for part in line.mass_parts if not doubtful.isdisjoint(part.data))
    return reduce(EXACT.add, parts, _ZERO)


def _unverified_share(line: FootprintLine, doubtful: AbstractSet[str]) -> Fraction | int:
    if not line.read_in_source:
        return 1
    parts = [part.amount for part in line.mass_parts if not doubtful.isdisjoint(part.data)]
    if not parts or parts == [line.amount]:
        return int(bool(parts and line.amount))
    return Fraction(unverified_amount(line, doubtful)) / Fraction(line.amount) if line.amount else Fraction(0)
