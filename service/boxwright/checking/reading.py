"""Reads the footprints of a stranger's plan, each once; figures as whole grains, so that sums are of integers.

A grain is 1e-30 of a figure's unit: far below what is tolerated, which is what amounts are rounded to for reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TypeGuard

from boxwright.checking.listed import listed
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.lack import Lack
from boxwright.domain.mass_datum import MassDatum, MassPart
from boxwright.stop import NEVER, Stop

MOST_DIGITS = 40
"""Figures beyond 1e40, or nearer to nothing than 1e-40, are none: written out they would take any memory there is."""

ONE = 10**30
"""Grains of a whole unit."""

_CUT = Context(prec=3 * MOST_DIGITS)

Parts = dict[frozenset[str], int]
"""Parts of an amount in grains, by the data that they stand on."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadLine:
    """A line of a footprint whose figures can be used.

    Attributes
    ----------
    line : FootprintLine
        As stated.
    amount : int
        Its amount, in grains.
    parts : dict or None
        The parts of its amount that stand on data, as stated; None where that cannot be read.
    """

    line: FootprintLine
    amount: int
    parts: Parts | None


class Reading:
    """A footprint, read.

    Parameters
    ----------
    footprint : Footprint
        As stated.

    Attributes
    ----------
    lines : list of ReadLine
        Those whose figures and names can be used.
    fault : str
        The first thing that cannot be what it says, in words; empty without one.
    """

    def __init__(self, footprint: Footprint, stop: Stop = NEVER) -> None:
        self.footprint = footprint
        self.lines: list[ReadLine] = []
        faults = list(_faults(footprint))
        for line in listed(footprint.lines):
            stop.look()
            stated = _parts(getattr(line, "mass_parts", None))
            if is_line(line):
                self.lines.append(ReadLine(line, grains(line.amount), stated))
                if stated is not None and type(line.co2e_mg) is int and _is_end(line.low_kg_per_unit):
                    continue
            faults += _line_faults(line)
        self.fault = faults[0] if faults else ""


class Readings:
    """The footprints of one plan, each read once however many rules ask for it."""

    def __init__(self, stop: Stop = NEVER) -> None:
        self.stop = stop
        self._known: dict[int, Reading] = {}

    def of(self, footprint: Footprint) -> Reading:
        """Return the reading of a footprint."""
        known = self._known.get(id(footprint))
        if known is None:
            known = self._known[id(footprint)] = Reading(footprint, self.stop)  # it holds the footprint, and so its id
        return known


def grains(value: Decimal) -> int:
    """Return a figure in grains."""
    return int(value.scaleb(30, _CUT))


def is_line(line: object) -> TypeGuard[FootprintLine]:
    """Whether a line is one, so far as its figures and names can be used."""
    return (
        isinstance(line, FootprintLine)
        and is_figure(line.amount)
        and is_figure(line.factor_kg_per_unit)
        and _is_end(line.high_kg_per_unit)
        and (line.leg_index is None or type(line.leg_index) is int)
        and isinstance(line.subject, str)
        and isinstance(line.component, Component)
        and isinstance(line.stage, Stage)
    )


def is_figure(value: object) -> TypeGuard[Decimal]:
    """Whether a value is a decimal number that can be reckoned with."""
    return isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= MOST_DIGITS


def _is_end(end: object) -> bool:
    """Whether an end of a range can be reckoned with; None is unknown."""
    return end is None or is_figure(end)


def is_mass_datum(datum: object) -> TypeGuard[MassDatum]:
    """Whether a datum is one that can be read."""
    return (
        isinstance(datum, MassDatum)
        and isinstance(datum.datum_id, str)
        and type(datum.read_in_source) is bool
        and is_figure(datum.low)
        and is_figure(datum.high)
    )


def _is_mass_part(part: object) -> TypeGuard[MassPart]:
    return (
        isinstance(part, MassPart)
        and isinstance(part.data, tuple)
        and all(isinstance(name, str) for name in part.data)
        and is_figure(part.amount)
    )


def _parts(stated: object) -> Parts | None:
    """Return what a line says that its amount stands on; None where that cannot be read."""
    if not isinstance(stated, tuple) or not all(_is_mass_part(part) for part in stated):
        return None
    found = {frozenset(part.data): grains(part.amount) for part in stated}
    return found if len(found) == len(stated) else None


def _faults(footprint: Footprint) -> Iterator[str]:
    lists = (footprint.lines, footprint.missing, footprint.missing_scope)
    if not all(isinstance(some, tuple) for some in lists):
        yield f"a footprint is {footprint!r:.80}"
    elif not all(isinstance(gap, Lack) for gap in (*footprint.missing, *footprint.missing_scope)):
        yield f"what a footprint lacks is {footprint.missing!r:.120} and {footprint.missing_scope!r:.120}"
    if not isinstance(footprint.mass_data, tuple) or not all(map(is_mass_datum, footprint.mass_data)):
        yield f"the masses of a footprint stand on {footprint.mass_data!r:.120}"


def _line_faults(line: object) -> Iterator[str]:
    if not isinstance(line, FootprintLine) or type(line.co2e_mg) is not int or not is_figure(line.amount):
        yield f"a footprint line is {line!r:.120}"
        return
    if not isinstance(line.mass_parts, tuple) or not all(map(_is_mass_part, line.mass_parts)):
        yield f"a line stands on {line.mass_parts!r:.120}"
    if not is_figure(line.factor_kg_per_unit):
        yield f"a factor is {line.factor_kg_per_unit!r:.80}"
    for end in (line.low_kg_per_unit, line.high_kg_per_unit):
        if not _is_end(end):
            yield f"an end of a range is {end!r:.80}"
