"""Materials."""

from collections.abc import Iterator, Sequence

from boxwright.catalog.materials import Market
from boxwright.domain.material import Material
from boxwright.server.wire.dunnage import optional_float
from boxwright.server.wire.enums import COLLECTION, COMPOSTABILITY, MATERIAL_KIND
from boxwright.server.wire.names import market_name, material_name
from boxwright.server.wire.source import source_to_wire
from boxwright.v1 import material_pb2


def material_to_wire(material: Material, markets: Sequence[Market] = ()) -> material_pb2.Material:
    """Return the message of a material, with how each of the markets collects it."""
    return material_pb2.Material(
        name=material_name(material.material_id),
        material_id=material.material_id,
        display_name=material.name,
        kind=MATERIAL_KIND.to_wire(material.kind),
        plastic=material.plastic,
        compostability=COMPOSTABILITY.to_wire(material.compostability)
        if material.compostability
        else material_pb2.COMPOSTABILITY_UNSPECIFIED,
        compostability_certificate=material.compostability_certificate,
        recycled_content=optional_float(material.recycled_content),
        biogenic_share=optional_float(material.biogenic_share),
        recycling_streams=_streams(material, markets),
        source=source_to_wire(material.source, read_in_source=material.read_in_source, grade=material.source_grade),
        note=material.note,
        disposal=material.disposal,
    )


def _streams(material: Material, markets: Sequence[Market]) -> Iterator[material_pb2.RecyclingStream]:
    if material.recycling_stream:
        yield material_pb2.RecyclingStream(stream=material.recycling_stream)
    for market in markets:
        found = market.stream(material.material_id)
        if found is not None:
            yield material_pb2.RecyclingStream(
                stream=found.stream,
                market=market_name(market.market_id),
                source=source_to_wire(
                    found.source, url=found.url, read_in_source=found.read_in_source, grade=found.source_grade
                ),
                collection=COLLECTION.to_wire(found.collection),
            )
