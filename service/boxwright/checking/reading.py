"""Reads sequences and footprints of plans that may be malformed. Figures become whole grains, so that sums are exact.

A grain is 1e-30 of a figure's unit, far below all tolerances.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TypeGuard

from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, MassDatum, MassPart
from boxwright.domain.lack import Lack
from boxwright.stop import NEVER, Stop

MOST_DIGITS = 40
"""Figures above 1e40 or below 1e-40 are refused, since as integers they could exhaust the memory."""

ONE = 10**30
"""Grains in one unit of a figure."""

_CUT = Context(prec=3 * MOST_DIGITS)

Parts = dict[frozenset[str], int]
"""Parts of an amount, in grains, by the data that they are based on."""


def listed(value: object) -> Sequence[object]:
    """Return a tuple or list unchanged, and any other value as the only element of a tuple, where it is reported."""
    return value if isinstance(value, tuple | list) else (value,)


def grains(value: Decimal) -> int:
    """Return a figure in grains."""
    return int(value.scaleb(30, _CUT))


@dataclass(frozen=True, slots=True, eq=False)
class ReadLine:
    """A line of a footprint, with its amount in grains, and the parts of the amount that are based on mass data."""

    line: FootprintLine
    amount: int
    parts: Parts


class Reading:
    """The lines of a footprint as read. ``fault`` names the first malformed field; it is empty if there is none."""

    def __init__(self, footprint: Footprint, stop: Stop = NEVER) -> None:
        self.footprint = footprint
        self.lines: list[ReadLine] = []
        self.fault = _fault(footprint)
        for line in () if self.fault else footprint.lines:
            stop.look()
            parts = {frozenset(part.data): grains(part.amount) for part in line.mass_parts}
            if len(parts) < len(line.mass_parts):
                self.fault = f"mass_parts of a line repeats the same data: {line.mass_parts!r:.200}"
            self.lines.append(ReadLine(line, grains(line.amount), parts))

    @property
    def name(self) -> str:
        """Profile and allocation."""
        return f"{self.footprint.profile_id!s:.200} {self.footprint.allocation!s:.80}"


def _fault(footprint: Footprint) -> str:
    """Describe the first malformed field of a footprint; empty if there is none."""
    if not isinstance(footprint.profile_id, str) or not isinstance(footprint.allocation, Allocation):
        return f"malformed profile_id {footprint.profile_id!r:.80} or allocation {footprint.allocation!r:.80}"
    if not isinstance(footprint.mass_data, tuple) or not all(map(_is_mass_datum, footprint.mass_data)):
        return f"malformed mass_data {footprint.mass_data!r:.120}"
    for lacking in (footprint.missing, footprint.missing_scope):
        if not isinstance(lacking, tuple) or not all(isinstance(gap, Lack) for gap in lacking):
            return f"malformed missing or missing_scope {lacking!r:.120}"
    if not isinstance(footprint.lines, tuple):
        return f"malformed lines {footprint.lines!r:.80}"
    return next((f"malformed line {line!r:.300}" for line in footprint.lines if not _is_line(line)), "")


def _is_line(line: object) -> TypeGuard[FootprintLine]:
    return (
        isinstance(line, FootprintLine)
        and isinstance(line.component, Component)
        and isinstance(line.stage, Stage)
        and isinstance(line.subject, str)
        and isinstance(line.unit, str)
        and isinstance(line.factor_id, str)
        and _is_figure(line.amount)
        and _is_figure(line.factor_kg_per_unit)
        and all(end is None or _is_figure(end) for end in (line.low_kg_per_unit, line.high_kg_per_unit))
        and type(line.co2e_mg) is int
        and (line.leg_index is None or type(line.leg_index) is int)
        and isinstance(line.mass_parts, tuple)
        and all(map(_is_mass_part, line.mass_parts))
    )


def _is_mass_part(part: object) -> TypeGuard[MassPart]:
    return (
        isinstance(part, MassPart)
        and isinstance(part.data, tuple)
        and all(isinstance(name, str) for name in part.data)
        and len(set(part.data)) == len(part.data)
        and _is_figure(part.amount)
    )


def _is_mass_datum(datum: object) -> TypeGuard[MassDatum]:
    return (
        isinstance(datum, MassDatum)
        and all(isinstance(text, str) for text in (datum.datum_id, datum.source, datum.source_grade, datum.derivation))
        and type(datum.read_in_source) is bool
        and _is_figure(datum.low)
        and _is_figure(datum.high)
    )


def _is_figure(value: object) -> TypeGuard[Decimal]:
    """Whether a value is a finite ``Decimal`` in range."""
    return isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS
