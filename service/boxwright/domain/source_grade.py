"""Grades of sources, by how close to its publisher a figure was read."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from boxwright.domain.fields import Note, Ruled
from boxwright.domain.rounded import percent

READ_BY = {
    "publisher": True,
    "copy": True,
    "secondary": False,
    "memory": False,
}
"""Whether a figure of a grade was read in its source; own figures may be either."""


class SourceGrade(enum.StrEnum):
    """Grades, closest to the publisher first; ``docs/materials.md`` defines them."""

    PUBLISHER = "publisher"
    """In the publisher's own file."""
    COPY = "copy"
    """In a third party's copy, a stored page, or a text that quotes it."""
    SECONDARY = "secondary"
    """In a text about the source."""
    MEMORY = "memory"
    """From memory: not read in any text."""
    OWN = "own"
    """A figure of the caller, a rule or estimate of the maintainers, or a substitute for a missing figure."""


def grade_rule(grade: object, *, read_in_source: object) -> str | None:
    """Return the rule that a grade breaks together with ``read_in_source``, or None."""
    read = READ_BY.get(str(grade), read_in_source)
    if read == read_in_source:
        return None
    fits = [fit.value for fit in SourceGrade if READ_BY.get(fit.value, read_in_source) == read_in_source]
    words = "was" if read_in_source else "was not"
    return f"must be one of {', '.join(fits)} if the figure {words} read in its source, got {str(grade)!r}"


def weakest(grades: Iterable[SourceGrade]) -> SourceGrade:
    """Return the grade farthest from the publisher; ``OWN`` if there are no grades."""
    return max(grades, key=list(SourceGrade).index, default=SourceGrade.OWN)


def graded_words(amounts: Mapping[SourceGrade, float]) -> str:
    """Return the share of each grade as text, such as ``copy 52.9 %, own 47.1 %``; empty where all amounts are 0."""
    total = sum(amounts.values())
    return ", ".join(f"{grade.value} {percent(amount / total)}" for grade, amount in amounts.items() if amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced(Ruled):
    """A row with its source."""

    source: Note = ""
    """A citation that anyone can open. Default: none."""
    read_in_source: bool = False
    """Whether its figures were read in the source."""
    source_grade: SourceGrade = SourceGrade.OWN
    note: Note = ""
