"""The fields of a footprint and its parts, as ``nouns.py`` has those of a plan."""

from collections.abc import Sequence
from dataclasses import replace
from operator import is_
from typing import Any

from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine
from boxwright.domain.mass_datum import MassDatum, MassPart
from boxwright.domain.source_grade import SourceGrade
from boxwright.export.fields import Fields
from boxwright.export.kinds import DECIMAL, FLAG, LACKS, MG_CO2E, NUMBER, TEXT, TEXTS, WHOLE, member
from boxwright.export.noun import Field, Noun, many

MASS_PART = Noun(MassPart, Field("data", TEXTS), Field("amount", DECIMAL))


def _datum(fields: Fields, datum: MassDatum) -> MassDatum:
    if not 0 < datum.low <= 1 <= datum.high:
        fields.refuse("low", f"must be above 0 and with high enclose 1, got {datum.low} to {datum.high}")
    return datum


MASS_DATUM = Noun(
    MassDatum,
    Field("datum_id", TEXT, required=True),
    Field("low", DECIMAL),
    Field("high", DECIMAL),
    Field("read_in_source", FLAG),
    check=_datum,
)

LINE = Noun(
    FootprintLine,
    Field("component", member(Component), canonical="=", required=True),
    Field("stage", member(Stage), canonical="=", required=True),
    Field("subject", TEXT, canonical="="),
    Field("amount", DECIMAL, canonical="="),
    Field("unit", TEXT, canonical="="),
    Field("factor_id", TEXT, canonical="="),
    Field("factor_kg_per_unit", DECIMAL),
    Field("co2e_mg", MG_CO2E, canonical="="),
    Field("source", TEXT),
    Field("read_in_source", FLAG),
    Field("leg_index", WHOLE, canonical="?", optional=True),
    Field("rule", TEXT),
    Field("low_kg_per_unit", DECIMAL),
    Field("high_kg_per_unit", DECIMAL),
    Field("range_assumed", FLAG),
    Field("biogenic_co2_mg", MG_CO2E),
    Field("mass_parts", many(MASS_PART)),
    Field("source_grade", member(SourceGrade), optional=True),
)


def _footprint(fields: Fields, footprint: Footprint) -> Footprint:
    known = {each.datum_id for each in footprint.mass_data}
    if any(not known.issuperset(part.data) for line in footprint.lines for part in line.mass_parts):
        fields.refuse("mass_data", "must hold every datum that a line's mass_parts name")
        return replace(footprint, lines=(), mass_data=())
    return footprint


SUM = "the sum of its lines"
ENDS = "the sum of its lines' ends"

FOOTPRINT = Noun(
    Footprint,
    Field("profile_id", TEXT, canonical="=", required=True),
    Field("allocation", member(Allocation), canonical="=", required=True),
    Field("total_co2e_mg", MG_CO2E, follows=SUM),
    Field("factors_complete", FLAG, follows=""),
    Field("missing", LACKS, canonical="="),
    Field("missing_scope", LACKS),
    Field("unverified_share", NUMBER, follows="what its lines stand on", slack=1e-9),
    # Amounts are rounded to 34 digits for reading, so an end may round the other way.
    Field("low_co2e_mg", MG_CO2E, follows=ENDS, slack=1, optional=True),
    Field("high_co2e_mg", MG_CO2E, follows=ENDS, slack=1, optional=True),
    Field("biogenic_stored_mg", MG_CO2E, follows=SUM),
    Field("biogenic_released_mg", MG_CO2E, follows=SUM),
    Field("biogenic_missing", TEXTS, follows=""),
    Field("mass_data", many(MASS_DATUM)),
    Field("lines", many(LINE), canonical="="),
    check=_footprint,
)


class _Canonical:
    """Makes the canonical form of footprints; the last is kept: an only parcel has the very footprints of its plan."""

    def __init__(self) -> None:
        self._last: tuple[tuple[Footprint, ...], list[dict[str, Any]]] = (), []

    def __call__(self, footprints: Sequence[Footprint]) -> list[dict[str, Any]]:
        """Return the canonical form, by profile and allocation."""
        last, made = self._last
        if len(last) != len(footprints) or not all(map(is_, last, footprints)):
            ranked = sorted(footprints, key=lambda each: (each.profile_id, each.allocation.value))
            made = [FOOTPRINT.canonical(each) for each in ranked]
            self._last = tuple(footprints), made
        return made


FOOTPRINTS = many(FOOTPRINT, _Canonical())
