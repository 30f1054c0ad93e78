"""Materials."""

from boxwright.domain.material import Material
from boxwright.server.wire.dunnage import optional_float
from boxwright.server.wire.enums import MATERIAL_KIND
from boxwright.server.wire.names import material_name
from boxwright.server.wire.source import source_to_wire
from boxwright.v1 import material_pb2


def material_to_wire(material: Material) -> material_pb2.Material:
    """Return the message of a material."""
    return material_pb2.Material(
        name=material_name(material.material_id),
        material_id=material.material_id,
        display_name=material.name,
        kind=MATERIAL_KIND.to_wire(material.kind),
        plastic=material.plastic,
        compostability=_compostability(material.compostability),
        compostability_certificate=material.compostability,
        recycled_content=optional_float(material.recycled_content),
        biogenic_share=optional_float(material.biogenic_share),
        recycling_streams=[material_pb2.RecyclingStream(stream=material.recycling_stream)]
        if material.recycling_stream
        else [],
        source=source_to_wire(material.source, verified=material.verified),
        note=material.note,
    )


def _compostability(certificate: str) -> material_pb2.Compostability.ValueType:
    """Return where the certificate says that a material composts; only its own words count."""
    if not certificate:
        return material_pb2.COMPOSTABILITY_NONE
    if "home" in certificate.lower():
        return material_pb2.COMPOSTABILITY_HOME
    if "industrial" in certificate.lower():
        return material_pb2.COMPOSTABILITY_INDUSTRIAL
    return material_pb2.COMPOSTABILITY_UNSPECIFIED
