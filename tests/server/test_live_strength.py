"""Strength over the live service: stated in answers, judged in checks."""

from google.protobuf import json_format

from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1 import packing_service_pb2_grpc, strength_pb2

BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 300, "width_mm": 200, "height_mm": 150},
    "board": {"flute": "C", "grade": "32 ECT"},
}
LINE = {
    "line_id": "tin",
    "quantity": 1,
    "cuboid": {"dimensions": {"length_mm": 100, "width_mm": 100, "height_mm": 100}},
    "mass_g": 8_000,
}
PILE = {"layers": 5, "days": 90, "humidity_percent": 80, "pattern": "PALLET_PATTERN_COLUMN_ALIGNED"}


def asked(**pile):
    """Return a request for one tin in a pile."""
    return {
        "order": {"order_id": "o", "lines": [LINE]},
        "inline_catalog": {"catalog_id": "c", "box_types": [BOX]},
        "policy": {"stacking": {**PILE, **pile}, "box_certificate": True},
    }


def test_a_plan_states_strength_and_a_check_judges_it(channel):
    """1975.073 N x 0.374 = 738.677 N bear four parcels of 8.191921 kg and not ten of them, as a check finds."""
    stub = packing_service_pb2_grpc.PackingServiceStub(channel)
    answer = stub.Pack(json_format.ParseDict({**asked(), "read_mask": "plan"}, messages.PackRequest()), timeout=60)
    load = answer.plan.parcels[0].stack_load
    assert (load.compression_n, load.allowed_n, load.layers, load.holds) == (1975.073, 738.677, 5, True)
    assert [each.value for each in load.multipliers] == [0.55, 0.68, 1.0]
    assert all(each.source.citation and each.source.read_in_source for each in load.multipliers)
    assert answer.plan.parcels[0].box_grade.grade_id == "single-32ect"
    check = json_format.ParseDict(asked(), messages.CheckPlanRequest())
    check.plan.CopyFrom(answer.plan)
    assert stub.CheckPlan(check, timeout=60).valid
    check.policy.stacking.CopyFrom(json_format.ParseDict({**PILE, "layers": 11}, strength_pb2.StackingCondition()))
    found = stub.CheckPlan(check, timeout=60)
    assert "OVER_STACK_LOAD" in {each.code for each in found.violations}
