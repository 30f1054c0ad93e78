"""How near to its publisher a figure was read."""

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
"""Whether a figure of a grade was read in the source that it names; an own one may be read or not."""


class SourceGrade(enum.StrEnum):
    """How near to its publisher a figure was read, nearest first; ``docs/materials.md`` has what each means."""

    PUBLISHER = "publisher"
    """In the publisher's own file."""
    COPY = "copy"
    """In another one's copy of it, a stored page, or a text that quotes it."""
    SECONDARY = "secondary"
    """Not in the source named: in a text about it."""
    MEMORY = "memory"
    """Nowhere."""
    OWN = "own"
    """An own figure: the caller's, a rule of the maintainers, an estimate, or a figure that stands in for another."""


def grade_rule(grade: object, *, read_in_source: object) -> str | None:
    """Return the rule that a grade breaks beside ``read_in_source``; None where the two agree."""
    read = READ_BY.get(str(grade), read_in_source)
    if read == read_in_source:
        return None
    fits = [fit.value for fit in SourceGrade if READ_BY.get(fit.value, read_in_source) == read_in_source]
    words = "was" if read_in_source else "was not"
    return f"must be one of {', '.join(fits)} where the figure {words} read in its source, got {str(grade)!r}"


def weakest(grades: Iterable[SourceGrade]) -> SourceGrade:
    """Return the grade of figures together: that of the one farthest from its publisher; own where there is none."""
    return max(grades, key=list(SourceGrade).index, default=SourceGrade.OWN)


def graded_words(amounts: Mapping[SourceGrade, float]) -> str:
    """Return the share of each grade in words, such as ``copy 52.9 %, own 47.1 %``; empty where all amounts are 0."""
    total = sum(amounts.values())
    return ", ".join(f"{grade.value} {percent(amount / total)}" for grade, amount in amounts.items() if amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced(Ruled):
    """What says where it comes from, whether it was read there, and how near to the publisher."""

    source: Note = ""
    """A citation that an outsider can open. Default empty: none."""
    read_in_source: bool = False
    """Whether its figures were read in that source."""
    source_grade: SourceGrade = SourceGrade.OWN
    note: Note = ""
    """What a user should know."""
