"""Messages of footprints and packaging components."""

import itertools
import math
from collections import namedtuple
from collections.abc import Collection, Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Any

from boxwright import units
from boxwright.catalog import Materials
from boxwright.contract.enums import ALLOCATION
from boxwright.contract.masks import ALL, Tree, keep
from boxwright.contract.message import Codec
from boxwright.contract.values import source_of
from boxwright.domain.factor import CARRIED, AccountingProfile, Component, CoverageCell
from boxwright.domain.fields import within
from boxwright.domain.footprint import (
    Allocation,
    Footprint,
    FootprintLine,
    MassDatum,
    MassPart,
    PackagingComponent,
    unverified_amount,
)
from boxwright.domain.lack import Lack
from boxwright.domain.same import Same
from boxwright.findings import Findings
from boxwright.v1 import footprint_pb2, packaging_pb2, provenance_pb2

MAX_TRIPS = 100_000
"""Maximum number of trips of reusable packaging, as in the contract."""

MISSING = Codec(footprint_pb2.MissingFactor, Lack)
COVERAGE = Codec(footprint_pb2.CoverageEntry, CoverageCell)
PACKAGING = Codec(packaging_pb2.PackagingComponent, PackagingComponent)
MASS_DATUM = Codec(footprint_pb2.MassDatum, MassDatum)
MASS_PART = Codec(footprint_pb2.MassPart, MassPart)
LINE = Codec(footprint_pb2.FootprintLine, FootprintLine)
FOOTPRINT = Codec(footprint_pb2.Footprint, Footprint, "coverage")

_Texts = namedtuple(  # noqa: PYI024  # types are the line's
    "_Texts", "component stage subject unit factor_id range_assumed leg_index rule read_in_source source_grade"
)
"""Fields of a line that are strings or determine the message of its source; other fields are figures."""
_TEXTS_OF = attrgetter(*_Texts._fields)
_TEXT_TREE: Tree = {name: {} for name in (*_Texts._fields, "source")}


def footprint_to_wire(
    footprint: Footprint, components: Collection[Component], materials: Materials, tree: Tree = ALL
) -> footprint_pb2.Footprint:
    """Return the message of a footprint, with the coverage of ``components``, of transport and of counted hubs."""
    ends = footprint.interval_co2e_mg  # None if a factor has no range, or if there are no lines
    message = FOOTPRINT(
        footprint,
        tree,
        interval=footprint_pb2.Co2eInterval(low_co2e_mg=ends[0], high_co2e_mg=ends[1]) if ends else None,
        biogenic_co2_mg=sum(line.biogenic_co2_mg or 0 for line in footprint.lines),
        lines=(),
        mass_data=(),
    )
    if not tree or not tree.keys().isdisjoint(("coverage", "lines", "mass_data")):
        counted = {line.component for line in footprint.lines} | {lack.component for lack in footprint.missing}
        shown = frozenset((*components, Component.TRANSPORT, *(counted & CARRIED)))
        texts = tuple(map(_TEXTS_OF, footprint.lines))
        message.MergeFromString(_texts(Same(materials), Same(footprint.coverage), footprint.profile_id, shown, texts))
        _fill(message.lines, footprint)
        message.mass_data.extend(map(MASS_DATUM, footprint.mass_data))
        keep(message, tree)
    return message


@lru_cache(maxsize=512)  # some kilobytes each
def _texts(
    materials: Same[Materials],
    coverage: Same[tuple[CoverageCell, ...]],
    profile_id: str,
    shown: frozenset[Component],
    lines: tuple[tuple[Any, ...], ...],
) -> bytes:
    """Return a footprint with coverage and sources, but without figures, as serialized message.

    It is cached: many footprints share it, and parsing is faster than building.
    """
    profile, texts = materials.thing.profile(profile_id), itertools.starmap(_Texts, lines)
    return footprint_pb2.Footprint(
        coverage=[COVERAGE(cell) for cell in coverage.thing if cell.component in shown],
        lines=[LINE(line, _TEXT_TREE, source=_source(line, profile)) for line in texts],
    ).SerializeToString()


def _source(line: _Texts, profile: AccountingProfile) -> provenance_pb2.Source | None:
    """Return the source of a line's factor, with the grade of the line: a guessed transport class is unverified."""
    factor = profile.factor_of_id(line.factor_id)
    assert factor is not None  # the line was made with this factor
    return source_of(factor, read_in_source=line.read_in_source, source_grade=line.source_grade)


def _fill(lines: Iterable[footprint_pb2.FootprintLine], footprint: Footprint) -> None:
    for made, line, ends in zip(lines, footprint.lines, footprint.amount_ends, strict=True):
        made.amount, made.low_amount, made.high_amount = float(line.amount), float(ends[0]), float(ends[1])
        made.unverified_amount = float(unverified_amount(line, footprint.doubtful))
        made.factor_kg_per_unit, made.co2e_mg = float(line.factor_kg_per_unit), line.co2e_mg
        if line.biogenic_co2_mg is not None:
            made.biogenic_co2_mg = line.biogenic_co2_mg
        if line.low_kg_per_unit is not None:
            made.low_kg_per_unit = float(line.low_kg_per_unit)
        if line.high_kg_per_unit is not None:
            made.high_kg_per_unit = float(line.high_kg_per_unit)
        made.mass_parts.extend(map(MASS_PART, line.mass_parts))


def read_footprint(message: footprint_pb2.Footprint, found: Findings) -> Footprint | None:
    """Return the stated footprint of a message without coverage, or None after noting every finding."""
    known = {datum.datum_id for datum in message.mass_data}
    if any(not known.issuperset(part.data) for line in message.lines for part in line.mass_parts):
        found.add("mass_data", "must hold all data that the mass_parts of lines name")
    if any(not 0 < datum.low <= 1 <= datum.high for datum in message.mass_data):
        found.add("mass_data", "must have 0 < low <= 1 <= high")
    read: Footprint | None = FOOTPRINT.read(message, found)
    if read is not None and message.HasField("total_co2e_mg") and message.total_co2e_mg != read.total_co2e_mg:
        found.add("total_co2e_mg", f"must be {read.total_co2e_mg}, the sum of its lines, got {message.total_co2e_mg}")
    if read is not None:
        ends = read.interval_co2e_mg
        stated = message.interval.low_co2e_mg, message.interval.high_co2e_mg
        if message.HasField("interval") and ends is not None and ends != stated:
            found.add("interval", f"must be {ends[0]} to {ends[1]}, computed from its lines{_WHOLE_LINES}")
        share = read.unverified_share
        if message.HasField("unverified_share") and not math.isclose(message.unverified_share, share, abs_tol=1e-6):
            found.add("unverified_share", f"must be {share:.6f}, computed from its lines{_WHOLE_LINES}")
        if message.factors_complete and not read.factors_complete:
            found.add("factors_complete", "must be false, since factors are missing")
        if message.HasField("biogenic_co2_mg") and tuple(message.biogenic_missing) != read.biogenic_missing:
            lacking = ", ".join(read.biogenic_missing) or "empty"
            found.add("biogenic_missing", f"must be {lacking}, computed from its lines{_WHOLE_LINES}")
    return read


_WHOLE_LINES = "; a read mask may have left out the mass_parts of lines, or mass_data"


def read_packaging(
    message: packaging_pb2.PackagingComponent, materials: Materials, found: Findings
) -> PackagingComponent | None:
    """Return the packaging component of a message, or None after noting every finding."""
    before = len(found)
    given = PACKAGING.attributes(message, found, dunnage_id="")
    if given.get("component") in CARRIED:
        name = footprint_pb2.FootprintComponent.Name(message.component)
        found.add("component", f"must be a component of the packaging, got {name}")
    if not message.material:
        found.add("material", "is required: materials/{material}")
    elif given.get("material_id", "") not in {"", *(material.material_id for material in materials.materials)}:
        found.unknown("material", f"must name a known material, got {message.material!r}")
    content = message.recycled_content
    rules = {
        "mass_g": units.mass_rule(message.mass_g, zero=False),
        "trips": within(0, MAX_TRIPS)(message.trips),
        "recycled_content": within(0, 1)(content)
        or (content != round(content, 6) and "must have at most six decimals"),
        "trim_g": units.mass_rule(message.trim_g),
    }
    for field, rule in rules.items():
        if rule:
            found.add(field, rule)
    return PackagingComponent(**given) if len(found) == before else None


def read_allocations(numbers: Collection[int], carrier_service: str, found: Findings) -> tuple[Allocation, ...]:
    """Return the requested allocations. Default: MASS and, if a carrier service bills, DIMENSIONAL_WEIGHT."""
    if not numbers:
        return (Allocation.MASS, Allocation.DIMENSIONAL_WEIGHT) if carrier_service else (Allocation.MASS,)
    read: list[Allocation] = []
    for index, number in enumerate(numbers):
        allocation = ALLOCATION.read(number, found, f"allocations[{index}]")
        if allocation is None:
            continue
        if allocation in read:
            found.add(f"allocations[{index}]", f"must be unique, {allocation.value} is repeated")
        if allocation is Allocation.DIMENSIONAL_WEIGHT and not carrier_service:
            found.add(f"allocations[{index}]", "needs lane.carrier_service, which determines the chargeable weight")
        read.append(allocation)
    return tuple(read)
