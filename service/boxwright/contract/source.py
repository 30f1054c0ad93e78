"""Where a number comes from."""

from collections.abc import Iterable
from typing import Any

from boxwright.contract.enums import SOURCE_GRADE
from boxwright.domain.fields import too_wordy
from boxwright.findings import Findings
from boxwright.v1 import provenance_pb2

SAID = ("url", "year", "region", "boundary", "licence", "data_quality")
"""What may be said of a source in addition to its citation, as messages and nouns call it."""


def source_of(thing: Any, **others: Any) -> provenance_pb2.Source | None:
    """Return the message of what a noun says of its source, None where it names none; ``others`` are said otherwise.

    A year that is not one number is left out.
    """
    if not thing.source:
        return None
    said: dict[str, Any] = {name: getattr(thing, name, None) or "" for name in (*SAID, "source_grade")}
    said |= {"read_in_source": getattr(thing, "read_in_source", False)} | others
    year, grade = str(said.pop("year")), SOURCE_GRADE.to_wire(said.pop("source_grade"))
    return provenance_pb2.Source(
        citation=thing.source, year=int(year) if year.isdecimal() else 0, source_grade=grade, **said
    )


def check_texts(names: Iterable[str], source: provenance_pb2.Source, found: Findings) -> None:
    """Note which of these texts of a source are longer than texts may be."""
    for name in names:
        if rule := too_wordy(getattr(source, name)):
            found.add(name, rule)
