"""Material requirements over the API."""

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from boxwright.v1 import catalog_service_pb2 as catalogs
from boxwright.v1 import material_pb2
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.catalog_service_pb2_grpc import CatalogServiceStub

EDGES = {"length_mm": 90, "width_mm": 90, "height_mm": 90}
CELL = {
    "line_id": "cell",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 40, "width_mm": 40, "height_mm": 80}},
    "mass_g": 90,
    "property_amounts": [{"property": "lithium_wh", "amount": 37}],
}
BOX = {"style": "BOX_STYLE_TUCK_0210", "tare_g": 40}


def box(name, material, edge_mm, **fields):
    """Return a box type of a material."""
    inner = {"length_mm": edge_mm, "width_mm": edge_mm, "height_mm": edge_mm}
    return {**BOX, "box_type_id": name, "inner": inner, "material": f"materials/{material}", **fields}


CATALOG = {
    "catalog_id": "mine",
    "box_types": [
        box("film", "ldpe-film", 90),
        box("board", "corrugated-board", 100, property_caps=[{"property": "lithium_wh", "max_amount": 50}]),
        box("large", "corrugated-board", 110),
        box("tote", "pp-tote", 110, reuse={"trips": 50}),
    ],
}


def request(kind=messages.PackRequest, **requirements):
    """Return a request for two cells to Germany with material requirements."""
    data = {
        "order": {"order_id": "o", "lines": [CELL]},
        "inline_catalog": CATALOG,
        "policy": {"material_requirements": requirements, "void_fill_id": "", "tape_id": ""},
        "lane": {"destination": {"country_code": "DE"}},
    }
    return json_format.ParseDict(data, kind())


def test_an_unknown_destination_is_named_by_its_path(packing):
    """The error names the path of an unknown destination."""
    message = request(requirements=["MATERIAL_REQUIREMENT_RECYCLABLE_AT_DESTINATION"])
    message.lane.destination.country_code = "JP"
    with pytest.raises(grpc.RpcError) as caught:
        packing.Pack(message, timeout=20)
    detail = error_details_pb2.BadRequest()
    for packed in rpc_status.from_call(caught.value).details:
        if packed.Is(detail.DESCRIPTOR):
            packed.Unpack(detail)
    assert [violation.field for violation in detail.field_violations] == ["lane.destination.country_code"]


def test_a_material_lists_how_each_market_collects_it(channel):
    """A material has its recycling streams by market, and its compostability certificate."""
    stub = CatalogServiceStub(channel)
    film = stub.GetMaterial(catalogs.GetMaterialRequest(name="materials/ldpe-film"), timeout=20)
    found = {stream.market: stream.collection for stream in film.recycling_streams if stream.market}
    assert found["markets/us"] == material_pb2.RECYCLING_COLLECTION_DROP_OFF
    assert found["markets/gb"] == material_pb2.RECYCLING_COLLECTION_NOT_COLLECTED
    cellulose = stub.GetMaterial(catalogs.GetMaterialRequest(name="materials/cellulose-film"), timeout=20)
    assert cellulose.compostability == material_pb2.COMPOSTABILITY_HOME
    assert cellulose.compostability_certificate == "OK compost HOME"
    assert "composting" in cellulose.disposal
