"""Dunnage."""

import math
from decimal import Decimal

from boxwright.catalog import Materials
from boxwright.catalog.dunnage import figure_rules, redefined
from boxwright.contract.enums import DUNNAGE_KIND
from boxwright.contract.message import Writer
from boxwright.contract.money import rate_to_wire, read_rate
from boxwright.contract.names import dunnage_name, read_name
from boxwright.contract.presence import present
from boxwright.contract.source import check_texts, read_grade
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.fields import id_rules, too_wordy
from boxwright.domain.limits import MAX_NAME_LENGTH
from boxwright.domain.source_grade import SourceGrade
from boxwright.findings import Findings
from boxwright.v1 import dunnage_pb2

RANGES = {
    "density_kg_per_m3": (False, 10_000),
    "cushion_factor": (False, math.inf),
    "min_thickness_mm": (True, 1_000),
    "max_thickness_mm": (True, 1_000),
    "min_static_stress_kpa": (False, 10_000),
    "max_static_stress_kpa": (False, 10_000),
    "multi_drop_factor": (False, 100),
    "grammage_g_per_m2": (False, 10_000),
    "width_mm": (False, 1_000),
    "seam_overlap_mm": (True, 1_000),
    "piece_g": (False, 10_000),
}
"""Whether zero is allowed, and the most, of each figure, as the contract says."""

NEEDED = {
    DunnageKind.CUSHIONING: (),
    DunnageKind.VOID_FILL: ("density_kg_per_m3",),
    DunnageKind.TAPE: ("grammage_g_per_m2", "width_mm"),
    DunnageKind.BLOCKING: ("density_kg_per_m3",),
    DunnageKind.LABEL: ("piece_g",),
}
"""Figures without which a kind of dunnage cannot be used."""

DUNNAGE = Writer(dunnage_pb2.Dunnage, Dunnage)


def read_dunnage(message: dunnage_pb2.Dunnage, materials: Materials, found: Findings) -> Dunnage | None:
    """Return the dunnage of a message, or None after noting every finding."""
    before = len(found)
    for violation in id_rules("dunnage_id", message.dunnage_id):
        found.add(violation.field, violation.rule)
    if rule := too_wordy(message.display_name, MAX_NAME_LENGTH):
        found.add("display_name", rule)
    kind = DUNNAGE_KIND.read(message.kind, found, "kind")
    figures = {field: _figure(message, field, found) for field in RANGES}
    for field in NEEDED.get(kind, ()) if kind else ():
        if not present(message, field):
            found.add(field, f"is required for {kind.value if kind else ''}")
    several = figures["multi_drop_factor"]
    if several is not None and several < 1:
        found.add("multi_drop_factor", f"must be 1 or more, got {several}")
    material_id = ""
    if message.material and (parts := read_name(message.material, "materials/{material}", found, "material")):
        material_id = parts[0]
        if material_id not in {each.material_id for each in materials.materials}:
            found.unknown("material", f"names no material, got {message.material!r}")
    check_texts(message.source, found.at("source"))
    grade = read_grade(message.source, found.at("source")) if message.HasField("source") else SourceGrade.OWN
    price = read_rate(message.price_per_kg, found, "price_per_kg") if message.HasField("price_per_kg") else None
    if len(found) > before or kind is None:
        return None
    if kind is DunnageKind.TAPE and figures["seam_overlap_mm"] is None:
        figures["seam_overlap_mm"] = Decimal(0)  # the contract's default
    read = found.attempt(
        Dunnage,
        dunnage_id=message.dunnage_id,
        kind=kind,
        material_id=material_id,
        density_kg_per_m3=figures["density_kg_per_m3"],
        cushion_factor=figures["cushion_factor"],
        min_thickness_mm=figures["min_thickness_mm"],
        max_thickness_mm=figures["max_thickness_mm"],
        min_static_stress_kpa=figures["min_static_stress_kpa"],
        max_static_stress_kpa=figures["max_static_stress_kpa"],
        multi_drop_factor=figures["multi_drop_factor"],
        grammage_g_per_m2=figures["grammage_g_per_m2"],
        width_mm=figures["width_mm"],
        seam_overlap_mm=figures["seam_overlap_mm"],
        source=message.source.citation,
        year=str(message.source.year or ""),
        region=message.source.region,
        read_in_source=message.source.read_in_source or not message.HasField("source"),
        source_grade=grade,
        note=message.note,
        piece_g=figures["piece_g"],
        price_per_kg_minor=price,
        cushions=message.cushions,
    )
    if read is None:
        return None
    for name, why in figure_rules(read):
        found.add(name, why)
    if len(found) > before:
        return None
    rule = redefined(read, materials.dunnage)
    if rule is not None:
        found.add("dunnage_id", rule)
        return None
    return read


def _figure(message: dunnage_pb2.Dunnage, field: str, found: Findings) -> Decimal | None:
    """Return a figure of the message exactly as written, None where it is absent or breaks a rule."""
    if not present(message, field):
        return None
    value: float = getattr(message, field)
    zero, most = RANGES[field]
    if not math.isfinite(value) or value < 0 or (value == 0 and not zero) or value > most:
        least = "zero or more" if zero else "greater than 0"
        up_to = f" and at most {most:,}" if most != math.inf else ""
        found.add(field, f"must be {least}{up_to}, got {value:g}")
        return None
    return Decimal(repr(value))


def dunnage_to_wire(dunnage: Dunnage, catalog_id: str, currency: str = "") -> dunnage_pb2.Dunnage:
    """Return the message of a kind of dunnage; ``catalog_id`` is empty for a catalog that was sent along."""
    return DUNNAGE(
        dunnage,
        name=dunnage_name(catalog_id, dunnage.dunnage_id) if catalog_id else "",
        price_per_kg=rate_to_wire(dunnage.price_per_kg_minor, currency),
    )
