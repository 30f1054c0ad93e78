"""Gates: comparisons in carriers' rules, such as ``longest > 48 in``; a gate is open if its comparison is true."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from boxwright.domain.written import CellError
from boxwright.units import MG_PER_LB, UM_PER_INCH


class Measure(enum.StrEnum):
    """A measure of a parcel that gates compare."""

    LONGEST = "longest"
    SECOND = "second"
    SHORTEST = "shortest"
    SIDE_SUM = "side_sum"
    LENGTH_PLUS_GIRTH = "length_plus_girth"
    VOLUME = "volume"
    ACTUAL = "actual"
    DIMENSIONAL = "dimensional"
    GAP = "gap"
    RATIO = "ratio"
    BILLED = "billed"


UM_PER_UNIT: Mapping[str, int] = {"mm": 1_000, "cm": 10_000, "in": UM_PER_INCH}
MG_PER_UNIT: Mapping[str, Fraction] = {
    "g": Fraction(1_000),
    "kg": Fraction(1_000_000),
    "lb": MG_PER_LB,
}

LENGTHS = frozenset({Measure.LONGEST, Measure.SECOND, Measure.SHORTEST, Measure.SIDE_SUM, Measure.LENGTH_PLUS_GIRTH})
SIZES = LENGTHS | {Measure.VOLUME}
OF_VOLUME = frozenset({Measure.DIMENSIONAL, Measure.GAP, Measure.RATIO})
"""Measures that need a divisor."""

_FORM = re.compile(r"([a-z_]+) (>=|<=|>|<) (\d{1,9}(?:\.\d{1,9})?)(?: ([a-z]+3?))?")


@dataclass(frozen=True, slots=True)
class Gate:
    """A comparison of a measure with a figure."""

    measure: Measure
    """Measure of the parcel: ``longest``, ``second`` and ``shortest`` side, their sum, length plus girth (longest side
    plus twice the other two), volume; actual (gross), dimensional and billed weight; ``gap``, dimensional less actual
    weight; ``ratio``, dimensional over actual weight."""
    comparison: str
    """Operator: ``>``, ``>=``, ``<`` or ``<=``."""
    value: Fraction
    """Figure to compare with, in um, cubic um or mg; a plain number for a ratio."""
    text: str
    """The gate as written, in the carrier's own units."""
    _whole: tuple[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Gates are compared often, and integers compare ten times as fast as fractions.
        object.__setattr__(self, "_whole", self.value.as_integer_ratio())

    @classmethod
    def parse(cls, text: str) -> "Gate":
        """Parse ``MEASURE COMPARISON NUMBER UNIT``; a ratio has no unit.

        CellError if the text has another form, or a unit of another measure.
        """
        match = _FORM.fullmatch(text)
        if match is None or match[1] not in {*map(str, Measure)}:
            names = ", ".join(Measure)
            raise CellError(f"must be MEASURE > NUMBER UNIT (or >=, <, <=), with a measure of {names}, got {text!r}")
        measure, number, unit = Measure(match[1]), Fraction(Decimal(match[3])), match[4] or ""
        scales = _scales(measure)
        if unit not in scales:
            units = ", ".join(scales) if "" not in scales else "none"
            raise CellError(f"must have a unit of {measure.value} ({units}), got {text!r}")
        return cls(measure, match[2], number * scales[unit], text)

    @property
    def rises(self) -> bool:
        """Whether the gate opens when its measure rises."""
        return self.comparison in (">", ">=")

    def open_at(self, value: int, parts: int = 1) -> bool:
        """Return whether the gate is open at a value of its measure, in 1/``parts`` of um, cubic um, mg or 1."""
        limit, of = self._whole
        left, right = value * of, limit * parts
        if self.comparison == ">":
            return left > right
        if self.comparison == ">=":
            return left >= right
        return left < right if self.comparison == "<" else left <= right


def parse_gates(text: str) -> tuple[Gate, ...]:
    """Parse gates joined by ``and``; CellError as for ``Gate.parse``."""
    return tuple(Gate.parse(part) for part in text.split(" and "))


def _scales(measure: Measure) -> Mapping[str, int | Fraction]:
    if measure in LENGTHS:
        return UM_PER_UNIT
    if measure is Measure.VOLUME:
        return {f"{unit}3": um**3 for unit, um in UM_PER_UNIT.items()}
    return {"": 1} if measure is Measure.RATIO else MG_PER_UNIT
