"""Material requirements and caps of box types over the wire: planned, judged, and refused with their reasons."""

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from boxwright.v1 import catalog_service_pb2 as catalogs
from boxwright.v1 import material_pb2, objective_pb2
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
    """Return a request for two cells under material requirements, on its way to Germany."""
    data = {
        "order": {"order_id": "o", "lines": [CELL]},
        "inline_catalog": CATALOG,
        "policy": {"material_requirements": requirements, "void_fill_id": "", "tape_id": ""},
        "lane": {"destination": {"country_code": "DE"}},
    }
    return json_format.ParseDict(data, kind())


@pytest.mark.parametrize(
    ("requirements", "chosen"),
    [
        ({}, "film"),
        ({"requirements": ["MATERIAL_REQUIREMENT_PLASTIC_FREE"]}, "large"),
        ({"requirements": ["MATERIAL_REQUIREMENT_RECYCLABLE_AT_DESTINATION"], "min_recycled_content": 0.5}, "large"),
        ({"excluded_materials": ["materials/ldpe-film"], "prefer_reusable": True}, "tote"),
    ],
)
def test_requirements_choose_the_box_and_are_judged(packing, requirements, chosen):
    """Two cells hold 74 Wh, past the small board box's 50; CheckPlan agrees with the plan, and not with another box."""
    message = request(**requirements)
    message.read_mask.paths.append("plan")
    made = packing.Pack(message, timeout=20).plan
    assert [each.box_type_id for each in made.parcels] == [chosen]
    judged = request(messages.CheckPlanRequest, **requirements)
    judged.plan.CopyFrom(made)
    answer = packing.CheckPlan(judged, timeout=20)
    assert (answer.valid, list(answer.violations)) == (True, [])
    judged.plan.parcels[0].box_type_id = "board"
    codes = {each.code for each in packing.CheckPlan(judged, timeout=20).violations}
    assert "OVER_PROPERTY_CAP" in codes
    if requirements.get("requirements"):
        judged.plan.parcels[0].box_type_id = "film"
        codes = {each.code for each in packing.CheckPlan(judged, timeout=20).violations}
        assert "WRONG_MATERIAL" in codes
    if requirements.get("prefer_reusable"):
        values = {each.objective: each.value for each in made.objective_values}
        assert values[objective_pb2.OBJECTIVE_SINGLE_USE_PARCELS] == 0


def test_what_cannot_be_met_is_a_failed_precondition_with_its_rule(packing):
    """No box type composts: the unpacked units say which rule which box types miss."""
    message = request(requirements=["MATERIAL_REQUIREMENT_HOME_COMPOSTABLE"])
    with pytest.raises(grpc.RpcError) as caught:
        packing.Pack(message, timeout=20)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    message.policy.allow_partial = True
    (first, _) = packing.Pack(message, timeout=20).plan.unpacked
    assert all(each in first.message for each in ("home_compostable", "'board'", "'film'", "'large'", "'tote'"))


def test_a_destination_that_nobody_knows_is_named_by_its_path(packing):
    """The violated field is that of the request."""
    message = request(requirements=["MATERIAL_REQUIREMENT_RECYCLABLE_AT_DESTINATION"])
    message.lane.destination.country_code = "JP"
    with pytest.raises(grpc.RpcError) as caught:
        packing.Pack(message, timeout=20)
    detail = error_details_pb2.BadRequest()
    for packed in rpc_status.from_call(caught.value).details:
        if packed.Is(detail.DESCRIPTOR):
            packed.Unpack(detail)
    assert [each.field for each in detail.field_violations] == ["lane.destination.country_code"]


def test_a_material_lists_how_each_market_collects_it(channel):
    """Streams come with market, source and how; a certificate is named beside where it holds."""
    stub = CatalogServiceStub(channel)
    film = stub.GetMaterial(catalogs.GetMaterialRequest(name="materials/ldpe-film"), timeout=20)
    found = {each.market: each.collection for each in film.recycling_streams if each.market}
    assert found["markets/us"] == material_pb2.RECYCLING_COLLECTION_DROP_OFF
    assert found["markets/gb"] == material_pb2.RECYCLING_COLLECTION_NOT_COLLECTED
    cellulose = stub.GetMaterial(catalogs.GetMaterialRequest(name="materials/cellulose-film"), timeout=20)
    assert cellulose.compostability == material_pb2.COMPOSTABILITY_HOME
    assert cellulose.compostability_certificate == "OK compost HOME"
    assert "composting" in cellulose.disposal
