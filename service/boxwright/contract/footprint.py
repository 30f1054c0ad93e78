"""Footprints and packaging components."""

import math
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any, cast

from boxwright import units
from boxwright.catalog import Materials
from boxwright.contract.accounting_profile import COVERAGE
from boxwright.contract.enums import ALLOCATION, COMPONENT, SOURCE_GRADE
from boxwright.contract.masks import ALL, Tree, kept
from boxwright.contract.message import Codec, Fields
from boxwright.contract.names import read_name
from boxwright.contract.shared import Shared
from boxwright.contract.source import source_of
from boxwright.domain.factor import CARRIED, Component, EmissionFactor
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
from boxwright.domain.reuse import Reuse
from boxwright.findings import Findings
from boxwright.v1 import footprint_pb2, packaging_pb2, provenance_pb2

MAX_TRIPS = 100_000
"""Most trips of reusable packaging, as the contract says."""

REUSE = Codec(packaging_pb2.ReuseTerms, Reuse)
PACKAGING = Codec(packaging_pb2.PackagingComponent, PackagingComponent)
LINE = Codec(footprint_pb2.FootprintLine, FootprintLine, "source", "mass_parts")
MISSING = Codec(footprint_pb2.MissingFactor, Lack)
FOOTPRINT = Codec(footprint_pb2.Footprint, Footprint, "coverage", "lines", "mass_data")
MASS_DATUM = Codec(footprint_pb2.MassDatum, MassDatum)
MASS_PART = Codec(footprint_pb2.MassPart, MassPart)

FIGURES = frozenset(
    (
        *("amount", "low_amount", "high_amount", "unverified_amount", "co2e_mg", "biogenic_co2_mg"),
        *("factor_kg_per_unit", "low_kg_per_unit", "high_kg_per_unit"),
    )
)
"""Fields of a line that differ from parcel to parcel."""

_TEXTS = attrgetter("component", "stage", "subject", "unit", "factor_id", "range_assumed", "leg_index", "rule")
"""What all other fields of a line follow from, with the materials."""

MOST_FRAMES = 512
"""Footprints without figures that are kept, some kilobytes each; past it all are forgotten, and made as they come."""


def footprint_to_wire(
    footprint: Footprint, components: Collection[Component], materials: Materials, tree: Tree = ALL
) -> footprint_pb2.Footprint:
    """Return the message of a footprint, with the coverage of these components, of transport and of hubs that count.

    Parameters
    ----------
    footprint : Footprint
        The footprint.
    components : collection of Component
        Parts of packaging that there are.
    materials : Materials
        Where factors are looked up.
    tree : Tree, optional
        Fields to make. Default all.
    """
    figures: Fields = {
        "interval": lambda below: kept(_interval(footprint), below),
        "biogenic_co2_mg": lambda _: sum(line.biogenic_co2_mg or 0 for line in footprint.lines),
    }
    shown = _shown(footprint, components)
    if not tree:
        message = FOOTPRINT(footprint, **figures)
        message.MergeFromString(_frame(footprint, shown, materials))
        _fill(message.lines, footprint)
        return message
    return FOOTPRINT(
        footprint,
        tree,
        coverage=lambda below: _coverage(footprint, shown, below),
        lines=lambda below: _lines(footprint, materials, below),
        **figures,
    )


_FRAMES: dict[tuple[Any, ...], tuple[Materials, Any, bytes]] = {}


def _frame(footprint: Footprint, shown: frozenset[Component], materials: Materials) -> bytes:
    """Return the bytes of coverage and lines without the lines' figures, which alone tell most footprints apart.

    Most of them are texts: notes and sources. They are read from these bytes in a fraction of the time that it takes to
    make them anew.
    """
    key = (id(materials), id(footprint.coverage), footprint.profile_id, shown, tuple(map(_TEXTS, footprint.lines)))
    known = _FRAMES.get(key)
    if known is None:
        lines = _lines(footprint, materials, ALL)
        texts = [{name: value for name, value in fields.items() if name not in FIGURES} for fields in lines]
        fields: Fields = {"coverage": _coverage(footprint, shown, ALL), "lines": texts}
        made = footprint_pb2.Footprint(**fields)
        if len(_FRAMES) >= MOST_FRAMES:
            _FRAMES.clear()
        # With both of which the key has the identity, so that no others take it.
        known = _FRAMES[key] = materials, footprint.coverage, made.SerializeToString()
    return known[2]


def _fill(lines: Iterable[footprint_pb2.FootprintLine], footprint: Footprint) -> None:
    """Write the figures of a footprint's lines into their messages."""
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


def add_mass_data(message: footprint_pb2.Footprint, footprint: Footprint) -> None:
    """Write what the parts of a footprint's amounts rest on into its message."""
    message.mass_data.extend(map(MASS_DATUM, footprint.mass_data))
    for made, line in zip(message.lines, footprint.lines, strict=True):
        made.mass_parts.extend(map(MASS_PART, line.mass_parts))


def read_footprint(message: footprint_pb2.Footprint, found: Findings) -> Footprint | None:
    """Return the footprint of a message as it is stated, without coverage, or None after noting every finding."""
    data = [MASS_DATUM.read(datum, found.at(f"mass_data[{at}]")) for at, datum in enumerate(message.mass_data)]
    lines = [_read_line(line, found.at(f"lines[{at}]")) for at, line in enumerate(message.lines)]
    known = {datum.datum_id for datum in message.mass_data}
    if any(not known.issuperset(part.data) for line in message.lines for part in line.mass_parts):
        found.add("mass_data", "must hold every datum that a line's mass_parts name")
    if any(not 0 < datum.low <= 1 <= datum.high for datum in message.mass_data):
        found.add("mass_data", "must have ends above 0 that enclose 1")
    read: Footprint | None = FOOTPRINT.read(message, found, lines=tuple(lines), mass_data=tuple(data))
    if read is not None and message.HasField("total_co2e_mg") and message.total_co2e_mg != read.total_co2e_mg:
        found.add("total_co2e_mg", f"must be {read.total_co2e_mg}, the sum of its lines, got {message.total_co2e_mg}")
    if read is not None:
        ends = read.interval_co2e_mg
        stated = message.interval.low_co2e_mg, message.interval.high_co2e_mg
        if message.HasField("interval") and ends is not None and ends != stated:
            found.add("interval", f"must be {ends[0]} to {ends[1]}, as its lines say{_WHOLE_LINES}")
        share = read.unverified_share
        if message.HasField("unverified_share") and not math.isclose(message.unverified_share, share, abs_tol=1e-6):
            found.add("unverified_share", f"must be {share:.6f}, as its lines say{_WHOLE_LINES}")
    return read


_WHOLE_LINES = "; that takes the mass_parts of the lines, which footprints have that are asked for whole"


def _read_line(message: footprint_pb2.FootprintLine, found: Findings) -> FootprintLine | None:
    source = message.source
    parts = [MASS_PART.read(part, found.at(f"mass_parts[{at}]")) for at, part in enumerate(message.mass_parts)]
    grade = SOURCE_GRADE.read(source.source_grade, found, "source.source_grade") if source.source_grade else None
    read: FootprintLine | None = LINE.read(
        message,
        found,
        source=source.citation,
        read_in_source=source.read_in_source,
        source_grade=grade,
        mass_parts=tuple(parts),
    )
    return read


def _interval(footprint: Footprint) -> footprint_pb2.Co2eInterval | None:
    """Return the sums of the lines' ends; None where a factor has no range or nothing is counted."""
    ends = footprint.interval_co2e_mg
    return None if ends is None else footprint_pb2.Co2eInterval(low_co2e_mg=ends[0], high_co2e_mg=ends[1])


def _lines(footprint: Footprint, materials: Materials, tree: Tree) -> list[Fields]:
    """Return the fields of a footprint's lines, with the source of each factor and what masses may come to."""
    profile, made = materials.profile(footprint.profile_id), []
    for line, (low, high) in zip(footprint.lines, footprint.amount_ends, strict=True):
        factor = profile.factor_of_id(line.factor_id)
        assert factor is not None  # the line was made with it
        fields = LINE.fields(
            line,
            tree,
            unverified_amount=float(unverified_amount(line, footprint.doubtful)),
            low_amount=float(low),
            high_amount=float(high),
            source=partial(_source, factor),
        )
        made.append(fields)
    return made


def _source(factor: EmissionFactor, tree: Tree) -> provenance_pb2.Source | None:
    """Return the message of a factor's source, with the table that it stands in."""
    cited = _cited(factor)
    if cited is None or not tree:
        return cited
    shown = provenance_pb2.Source()
    shown.CopyFrom(cited)
    return cast(provenance_pb2.Source, kept(shown, tree))


def _made_source(factor: EmissionFactor) -> provenance_pb2.Source | None:
    cited = f"{factor.source}, {factor.table}" if factor.table else factor.source
    return source_of(replace(factor, source=cited))


_cited = Shared(_made_source)
_covered = Shared(COVERAGE.fields)


def _shown(footprint: Footprint, components: Collection[Component]) -> frozenset[Component]:
    """Return the components whose coverage is shown."""
    counted = {line.component for line in footprint.lines} | {lack.component for lack in footprint.missing}
    return frozenset((*components, Component.TRANSPORT, *(counted & CARRIED)))


def _coverage(footprint: Footprint, shown: AbstractSet[Component], tree: Tree) -> list[Fields]:
    cells = [cell for cell in footprint.coverage if cell.component in shown]
    return [COVERAGE.fields(cell, tree) for cell in cells] if tree else [_covered(cell) for cell in cells]


def read_packaging(
    message: packaging_pb2.PackagingComponent, materials: Materials, found: Findings
) -> PackagingComponent | None:
    """Return the packaging component of a message, or None after noting every finding."""
    before = len(found)
    component = COMPONENT.read(message.component, found, "component")
    if component in CARRIED:
        name = footprint_pb2.FootprintComponent.Name(message.component)
        found.add("component", f"must be a part of the packaging, got {name}")
    parts = read_name(message.material, "materials/{material}", found, "material")
    if parts and parts[0] not in {material.material_id for material in materials.materials}:
        found.unknown("material", f"names no material, got {message.material!r}")
    if rule := units.mass_rule(message.mass_g, zero=False):
        found.add("mass_g", rule)
    if not 0 <= message.trips <= MAX_TRIPS:
        found.add("trips", f"must be from 0 to {MAX_TRIPS:,}, got {message.trips}")
    content = Decimal(str(message.recycled_content)) if message.HasField("recycled_content") else None
    if content is not None and not (content.is_finite() and 0 <= content <= 1 and content == round(content, 6)):
        found.add("recycled_content", f"must be from 0 to 1 with at most six decimals, got {content}")
    if rule := units.mass_rule(message.trim_g):
        found.add("trim_g", rule)
    terms = message.reuse
    reuse = found.at("reuse").attempt(Reuse, terms.idle_share, terms.washing_factor_id, terms.return_distance_km)
    if len(found) > before or component is None or parts is None:
        return None
    return PackagingComponent(
        component,
        parts[0],
        units.to_mg(message.mass_g),
        message.trips or 1,
        recycled_content=content,
        reuse=reuse if message.HasField("reuse") else None,
        trim_mg=units.to_mg(message.trim_g),
    )


def read_allocations(numbers: Collection[int], carrier_service: str, found: Findings) -> tuple[Allocation, ...]:
    """Return the allocations asked for; empty is MASS and, where a carrier service bills, DIMENSIONAL_WEIGHT."""
    if not numbers:
        return (Allocation.MASS, Allocation.DIMENSIONAL_WEIGHT) if carrier_service else (Allocation.MASS,)
    read: list[Allocation] = []
    for index, number in enumerate(numbers):
        allocation = ALLOCATION.read(number, found, f"allocations[{index}]")
        if allocation is None:
            continue
        if allocation in read:
            found.add(f"allocations[{index}]", f"must not repeat, {allocation.value} does")
        if allocation is Allocation.DIMENSIONAL_WEIGHT and not carrier_service:
            found.add(f"allocations[{index}]", "needs lane.carrier_service, which decides the chargeable weight")
        read.append(allocation)
    return tuple(read)
