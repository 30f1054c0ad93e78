"""Where a number comes from, and what an answer was computed with."""

from typing import Any

from boxwright.catalog import Materials
from boxwright.contract.enums import SOURCE_GRADE
from boxwright.contract.names import catalog_name
from boxwright.domain.box import Catalog
from boxwright.domain.fields import too_wordy
from boxwright.domain.source_grade import SourceGrade, grade_rule
from boxwright.findings import Findings
from boxwright.v1 import provenance_pb2

SAID = ("url", "year", "region", "boundary", "licence", "data_quality")
"""What may be said of a source in addition to its citation, as messages and nouns call it."""


def source_to_wire(
    citation: str,
    *,
    read_in_source: bool,
    grade: SourceGrade | None = None,
    url: str = "",
    year: str = "",
    region: str = "",
    boundary: str = "",
    licence: str = "",
    data_quality: str = "",
) -> provenance_pb2.Source:
    """Return the message of a source; a year that is not one number is left out."""
    return provenance_pb2.Source(
        citation=citation,
        url=url,
        year=int(year) if year.isdecimal() else 0,
        region=region,
        boundary=boundary,
        licence=licence,
        data_quality=data_quality,
        read_in_source=read_in_source,
        source_grade=SOURCE_GRADE.to_wire(grade) if grade else provenance_pb2.SOURCE_GRADE_UNSPECIFIED,
    )


def source_of(thing: Any, **others: Any) -> provenance_pb2.Source | None:
    """Return the message of what a noun says of its source; None where it names none.

    Parameters
    ----------
    thing : object
        With ``source`` and ``read_in_source``, and as it has them ``source_grade``, ``url``, ``year`` and so on.
    **others
        What is said otherwise than by the noun, as for ``source_to_wire``.
    """
    known = {name: value for name in SAID if (value := getattr(thing, name, ""))}
    grade = getattr(thing, "source_grade", None)
    given = {"read_in_source": getattr(thing, "read_in_source", False), "grade": grade, **known, **others}
    return source_to_wire(thing.source, **given) if thing.source else None


def check_texts(source: provenance_pb2.Source, found: Findings) -> None:
    """Note what is said of a source at more length than may be."""
    for name in ("citation", *SAID):
        if name != "year" and (rule := too_wordy(getattr(source, name))):
            found.add(name, rule)


def read_grade(source: provenance_pb2.Source, found: Findings) -> SourceGrade:
    """Return the grade of a source, own where none is stated, after noting what is wrong with it."""
    grade = SOURCE_GRADE.read(source.source_grade, found, "source_grade") if source.source_grade else SourceGrade.OWN
    if grade is not None and (rule := grade_rule(grade, read_in_source=source.read_in_source)):
        found.add("source_grade", rule)
    return grade or SourceGrade.OWN


def versions_to_wire(materials: Materials, catalog: Catalog | None = None) -> provenance_pb2.Versions:
    """Return the versions of the data, and of a loaded catalog where one is meant."""
    versions = provenance_pb2.Versions(data_version=materials.version, data_hash=materials.content_hash)
    if catalog is not None:
        versions.catalog = catalog_name(catalog.catalog_id)
        versions.catalog_version = catalog.version
        versions.catalog_hash = catalog.content_hash
    return versions
