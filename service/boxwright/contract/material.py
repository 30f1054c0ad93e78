"""Materials."""

from collections.abc import Iterator, Sequence

from boxwright.catalog.materials import Market
from boxwright.contract.message import Codec
from boxwright.contract.names import market_name, material_name
from boxwright.domain.material import Material, RecyclingStream
from boxwright.v1 import material_pb2

MATERIAL = Codec(material_pb2.Material, Material)
STREAM = Codec(material_pb2.RecyclingStream, RecyclingStream)


def material_to_wire(material: Material, markets: Sequence[Market] = ()) -> material_pb2.Material:
    """Return the message of a material, with how each of the markets collects it."""
    return MATERIAL(
        material, name=material_name(material.material_id), recycling_streams=list(_streams(material, markets))
    )


def _streams(material: Material, markets: Sequence[Market]) -> Iterator[material_pb2.RecyclingStream]:
    if material.recycling_stream:
        yield material_pb2.RecyclingStream(stream=material.recycling_stream)
    for market in markets:
        found = market.stream(material.material_id)
        if found is not None:
            yield STREAM(found, market=market_name(market.market_id))
