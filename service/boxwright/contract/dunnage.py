"""Dunnage."""

from decimal import Decimal

from boxwright.catalog import Materials
from boxwright.catalog.dunnage import redefined
from boxwright.contract.message import Codec
from boxwright.contract.names import dunnage_name
from boxwright.contract.values import money_to_wire
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.fields import too_wordy
from boxwright.domain.limits import MAX_NAME_LENGTH
from boxwright.domain.source_grade import SourceGrade, grade_rule
from boxwright.findings import Findings
from boxwright.v1 import dunnage_pb2

DUNNAGE = Codec(dunnage_pb2.Dunnage, Dunnage)


def read_dunnage(message: dunnage_pb2.Dunnage, materials: Materials, found: Findings) -> Dunnage | None:
    """Return the dunnage of a message, or None after noting every finding."""
    before = len(found)
    if rule := too_wordy(message.display_name, MAX_NAME_LENGTH):
        found.add("display_name", rule)
    given = DUNNAGE.attributes(message, found)
    read_in_source = message.source.read_in_source or not message.HasField("source")  # figures of the caller are
    given |= {"read_in_source": read_in_source}
    if rule := grade_rule(given.get("source_grade", SourceGrade.OWN), read_in_source=read_in_source):
        found.add("source.source_grade", rule)
    material_id = given.setdefault("material_id", "")
    if material_id and material_id not in {material.material_id for material in materials.materials}:
        found.unknown("material", f"names no material, got {message.material!r}")
    if given.get("kind") is DunnageKind.TAPE:
        given.setdefault("seam_overlap_mm", Decimal(0))  # the contract's default
    read: Dunnage | None = DUNNAGE.make(found, before, given)
    if read is not None and (rule := redefined(read, materials.dunnage)):
        found.add("dunnage_id", rule)
    return read if len(found) == before else None


def dunnage_to_wire(dunnage: Dunnage, catalog_id: str, currency: str = "") -> dunnage_pb2.Dunnage:
    """Return the message of a kind of dunnage; ``catalog_id`` is empty for a catalog that was sent along."""
    return DUNNAGE(
        dunnage,
        name=dunnage_name(catalog_id, dunnage.dunnage_id) if catalog_id else "",
        price_per_kg=money_to_wire(dunnage.price_per_kg_minor, currency),
    )
