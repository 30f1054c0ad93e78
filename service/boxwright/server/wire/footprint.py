"""Footprints and packaging components."""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from boxwright import units
from boxwright.catalog import Materials
from boxwright.domain.factor import CARRIED, Component, EmissionFactor
from boxwright.domain.footprint import (
    Allocation,
    Footprint,
    FootprintLine,
    PackagingComponent,
    amount_ends,
    unverified_amount,
)
from boxwright.domain.lack import Lack
from boxwright.domain.mass_datum import MassDatum
from boxwright.domain.reuse import Reuse, reuse_rules
from boxwright.findings import Findings
from boxwright.server.wire.accounting_profile import coverage_to_wire
from boxwright.server.wire.dunnage import optional_float
from boxwright.server.wire.enums import ALLOCATION, COMPONENT, STAGE
from boxwright.server.wire.masks import ALL, Tree, build, kept
from boxwright.server.wire.names import material_name, profile_name, read_name
from boxwright.server.wire.source import source_to_wire
from boxwright.v1 import footprint_pb2, packaging_pb2, provenance_pb2

MAX_TRIPS = 100_000
"""Most trips of reusable packaging, as the contract says."""


def footprint_to_wire(
    footprint: Footprint, components: Collection[Component], materials: Materials, tree: Tree = ALL
) -> footprint_pb2.Footprint:
    """Return the message of a footprint; of its coverage, the cells of these components and of transport.

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
    shown = {*components, Component.TRANSPORT}
    values = {
        "accounting_profile": profile_name(footprint.profile_id),
        "allocation": ALLOCATION.to_wire(footprint.allocation),
        "total_co2e_mg": footprint.total_co2e_mg,
        "factors_complete": footprint.factors_complete,
    }
    makers: dict[str, Callable[[Tree], Any]] = {
        "coverage": lambda below: kept(
            [coverage_to_wire(cell) for cell in footprint.coverage if cell.component in shown], below
        ),
        "lines": lambda below: _lines(footprint, materials, below),
        "missing": lambda below: kept([missing_to_wire(each) for each in footprint.missing], below),
        "missing_scope": lambda below: kept([missing_to_wire(each) for each in footprint.missing_scope], below),
        "interval": lambda below: kept(_interval(footprint), below),
        "unverified_share": lambda _: footprint.unverified_share,
        "biogenic_co2_mg": lambda _: sum(line.biogenic_co2_mg or 0 for line in footprint.lines),
        "biogenic_missing": lambda _: footprint.biogenic_missing,
    }
    return build(footprint_pb2.Footprint, tree, values, makers)


def _lines(footprint: Footprint, materials: Materials, tree: Tree) -> list[footprint_pb2.FootprintLine]:
    factors = {factor.factor_id: factor for factor in materials.profile(footprint.profile_id).factors}
    return [line_to_wire(line, factors[line.factor_id], tree, footprint.mass_data) for line in footprint.lines]


def line_to_wire(
    line: FootprintLine, factor: EmissionFactor, tree: Tree = ALL, mass_data: Collection[MassDatum] = ()
) -> footprint_pb2.FootprintLine:
    """Return the message of a line, with the source of its factor and what its masses may come to.

    Parameters
    ----------
    line : FootprintLine
        The line.
    factor : EmissionFactor
        Its factor.
    tree : Tree, optional
        Fields to make. Default all.
    mass_data : collection of MassDatum, optional
        What the parts of its amount stand on. Default: it has none.
    """
    low, high = amount_ends(line, {each.datum_id: (each.low, each.high) for each in mass_data})
    doubtful = {each.datum_id for each in mass_data if not each.read_in_source}
    values = {
        "component": COMPONENT.to_wire(line.component),
        "stage": STAGE.to_wire(line.stage),
        "subject": line.subject,
        "amount": float(line.amount),
        "unit": line.unit,
        "factor_id": line.factor_id,
        "factor_kg_per_unit": float(line.factor_kg_per_unit),
        "co2e_mg": line.co2e_mg,
        "low_kg_per_unit": optional_float(line.low_kg_per_unit),
        "high_kg_per_unit": optional_float(line.high_kg_per_unit),
        "range_assumed": line.range_assumed,
        "biogenic_co2_mg": line.biogenic_co2_mg,
        "leg_index": line.leg_index,
        "rule": line.rule,
        "unverified_amount": float(unverified_amount(line, doubtful)),
        "low_amount": float(low),
        "high_amount": float(high),
    }
    return build(footprint_pb2.FootprintLine, tree, values, {"source": lambda below: kept(_source(factor), below)})


def _source(factor: EmissionFactor) -> provenance_pb2.Source:
    return source_to_wire(
        f"{factor.source}, {factor.table}" if factor.table else factor.source,
        url=factor.url,
        year=factor.year,
        region=factor.region,
        boundary=factor.boundary,
        licence=factor.licence,
        data_quality=factor.data_quality,
        read_in_source=factor.read_in_source,
        grade=factor.source_grade,
    )


def _interval(footprint: Footprint) -> footprint_pb2.Co2eInterval | None:
    """Return the sums of the lines' ends; None where a factor has no range or nothing is counted."""
    ends = footprint.interval_co2e_mg
    return None if ends is None else footprint_pb2.Co2eInterval(low_co2e_mg=ends[0], high_co2e_mg=ends[1])


def missing_to_wire(missing: Lack) -> footprint_pb2.MissingFactor:
    """Return the message of what a total lacks."""
    return footprint_pb2.MissingFactor(
        component=COMPONENT.to_wire(missing.component), stage=STAGE.to_wire(missing.stage), subject=missing.subject
    )


def packaging_to_wire(part: PackagingComponent, tree: Tree = ALL) -> packaging_pb2.PackagingComponent:
    """Return the message of a packaging component; ``tree`` says which fields, by default all."""
    values = {
        "component": COMPONENT.to_wire(part.component),
        "material": material_name(part.material_id),
        "mass_g": units.to_g(part.mass_mg),
        "trips": part.trips,
        "dunnage_id": part.dunnage_id,
        "recycled_content": optional_float(part.recycled_content),
        "trim_g": units.to_g(part.trim_mg),
        "reuse": part.reuse
        and packaging_pb2.ReuseTerms(
            washing_factor_id=part.reuse.washing_factor_id,
            return_distance_km=part.reuse.return_distance_km,
            idle_share=part.reuse.idle_share,
        ),
    }
    return build(packaging_pb2.PackagingComponent, tree, values)


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
    if parts and parts[0] not in {each.material_id for each in materials.materials}:
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
    for broken in reuse_rules(terms.idle_share, terms.washing_factor_id, terms.return_distance_km):
        found.add(f"reuse.{broken.field}", broken.rule)
    if len(found) > before or component is None or parts is None:
        return None
    return PackagingComponent(
        component,
        parts[0],
        units.to_mg(message.mass_g),
        message.trips or 1,
        recycled_content=content,
        reuse=Reuse(terms.idle_share, terms.washing_factor_id, terms.return_distance_km)
        if message.HasField("reuse")
        else None,
        trim_mg=units.to_mg(message.trim_g),
    )


def read_allocations(
    numbers: Collection[int], carrier_service: str, found: Findings, field: str = "allocations"
) -> tuple[Allocation, ...]:
    """Return the allocations asked for; empty is MASS and, where a carrier service bills, DIMENSIONAL_WEIGHT."""
    if not numbers:
        return (Allocation.MASS, Allocation.DIMENSIONAL_WEIGHT) if carrier_service else (Allocation.MASS,)
    read: list[Allocation] = []
    for index, number in enumerate(numbers):
        allocation = ALLOCATION.read(number, found, f"{field}[{index}]")
        if allocation is None:
            continue
        if allocation in read:
            found.add(f"{field}[{index}]", f"must not repeat, {allocation.value} does")
        if allocation is Allocation.DIMENSIONAL_WEIGHT and not carrier_service:
            found.add(f"{field}[{index}]", "needs lane.carrier_service, which decides the chargeable weight")
        read.append(allocation)
    return tuple(read)
