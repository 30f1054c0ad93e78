"""Requests given as plain data and read without a server, and the broken rules of an error."""

import datetime

import pytest
from google.protobuf import json_format

from boxwright.errors import InvalidInputError
from boxwright.server.answers.pack_request import read_pack_request
from boxwright.v1 import packing_service_pb2

TODAY = datetime.date(2026, 3, 2)
LINE = {
    "line_id": "a",
    "quantity": 1,
    "cuboid": {"dimensions": {"length_mm": 100, "width_mm": 80, "height_mm": 30}},
    "mass_g": 500,
}


def job_of(dataset, **fields):
    """Return the job of a request for one unit with more fields."""
    data = {"order": {"order_id": "o", "lines": [LINE]}, **fields}
    return read_pack_request(json_format.ParseDict(data, packing_service_pb2.PackRequest()), dataset, TODAY)


def broken(call, *given, **fields):
    """Return the broken rules of a call that must fail, by field."""
    with pytest.raises(InvalidInputError) as caught:
        call(*given, **fields)
    return {violation.field: violation.rule for violation in caught.value.violations}
