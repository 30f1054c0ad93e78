"""What the contract marks "later" is refused with UNIMPLEMENTED, naming the field: never ignored."""

import datetime
import re
from pathlib import Path

import pytest
from google.protobuf import json_format

from boxwright.errors import UnsupportedError
from boxwright.server.answers.check_plan import read_check_request
from boxwright.server.answers.pack_request import read_pack_request
from boxwright.v1 import packing_service_pb2

PROTO = Path(__file__).parents[2] / "proto" / "boxwright" / "v1"
TODAY = datetime.date(2026, 3, 2)

LINE = {
    "line_id": "a",
    "quantity": 1,
    "cuboid": {"dimensions": {"length_mm": 10, "width_mm": 20, "height_mm": 30}},
    "mass_g": 5,
}
EDGES = LINE["cuboid"]["dimensions"]
BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 100, "width_mm": 100, "height_mm": 100},
    "tare_g": 50,
}
FILL = {"dunnage_id": "d", "kind": "DUNNAGE_KIND_VOID_FILL", "density_kg_per_m3": 10}


def line(**fields):
    """Return a request whose line has more fields."""
    return {"order": {"order_id": "o", "lines": [{**LINE, **fields}]}}


def policy(**fields):
    """Return a request with a policy."""
    return {**line(), "policy": fields}


def box(**fields):
    """Return a request with a catalog of one box type."""
    return {**line(), "inline_catalog": {"catalog_id": "c", "box_types": [{**BOX, **fields}]}}


def dunnage(**fields):
    """Return a request with a catalog of one kind of dunnage."""
    return {**line(), "inline_catalog": {"catalog_id": "c", "box_types": [BOX], "dunnage": [{**FILL, **fields}]}}


PACK = {
    "PackRequest.markets": {**line(), "markets": ["markets/eu"]},
}
"""A request that uses each field or value that is for later."""

ELSEWHERE = {
    "CheckPlanRequest.markets",
}
"""Fields of other requests, tested below, or of answers."""


def marked_later():
    """Return the fields and enum values whose comment in the contract says that they come later, by message."""
    for path in sorted(PROTO.glob("*.proto")):
        block, comment = "", ""
        for text in path.read_text(encoding="utf-8").splitlines():
            stripped = text.strip()
            if opened := re.match(r"(message|enum|service) (\w+)", stripped):
                block, comment = opened[2], ""
            elif stripped.startswith("//"):
                comment += f" {stripped.removeprefix('//').strip()}"
            elif named := re.search(r"(\w+) = \d+", stripped):
                if re.search(r"answers\s+UNIMPLEMENTED", comment):
                    yield f"{block}.{named[1]}"
                comment = ""
            elif not stripped or stripped.startswith(("rpc", "}", "oneof")):
                comment = ""


def test_the_table_holds_every_field_that_the_contract_marks():
    """A field that is newly marked "later" in the contract must be tried here."""
    assert set(marked_later()) == PACK.keys() | ELSEWHERE


@pytest.mark.parametrize("name", sorted(PACK))
def test_a_later_field_of_a_pack_request_is_refused(dataset, name):
    """The error is UNIMPLEMENTED and names the field or the value."""
    message = json_format.ParseDict(PACK[name], packing_service_pb2.PackRequest())
    with pytest.raises(UnsupportedError) as caught:
        read_pack_request(message, dataset, TODAY)
    word = name.rpartition(".")[2]
    assert any(word in str(each) for each in caught.value.violations)


def test_later_fields_of_a_check_are_refused(dataset):
    """Markets are refused when a plan is checked."""
    data = {**line(), "markets": ["markets/eu"], "plan": {"parcels": []}}
    message = json_format.ParseDict(data, packing_service_pb2.CheckPlanRequest())
    with pytest.raises(UnsupportedError) as caught:
        read_check_request(message, dataset, TODAY)
    assert {each.field for each in caught.value.violations} == {"markets"}
