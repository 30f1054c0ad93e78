"""Calls of a live PackingService: order lines, requests from plain data, and details of errors."""

import contextlib
import http.client
import json
import time

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1 import policy_pb2

BOOK = {
    "line_id": "book",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 210, "width_mm": 148, "height_mm": 25}},
    "mass_g": 400,
}
ORDER = {"catalog": "catalogs/china-post", "order": {"order_id": "o", "lines": [BOOK]}}
MUG = {
    "line_id": "mug",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 120, "width_mm": 100, "height_mm": 100}},
    "mass_g": 350,
}
SKI = {
    "line_id": "ski",
    "quantity": 3,
    "cuboid": {"dimensions": {"length_mm": 1_800, "width_mm": 120, "height_mm": 90}},
    "mass_g": 4_200,
}
BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 300, "width_mm": 200, "height_mm": 150},
    "tare_g": 90,
    "price": {"currency_code": "EUR", "nanos": 420_000_000},
}

WHOLE = "plan,alternatives"
"""Mask of all fields that do not need to be named themselves."""


def pack_request_of(data):
    """Return the PackRequest that plain data describes."""
    return json_format.ParseDict(data, messages.PackRequest())


def request(*lines, kind=messages.PackRequest, **fields):
    """Return a request for lines given as plain data."""
    data = {"order": {"order_id": "o", "lines": list(lines)}, **fields}
    return json_format.ParseDict(data, kind())


def long_order(lines=200, quantity=5, request_id="", **policy):
    """Return a request that takes far longer than any test waits."""
    message = messages.PackRequest(catalog="catalogs/eu-stock", request_id=request_id)
    message.order.order_id = "long"
    message.policy.CopyFrom(policy_pb2.Policy(mode=policy_pb2.SOLVING_MODE_THOROUGH, **policy))
    for number in range(lines):
        line = message.order.lines.add(line_id=f"line {number}", quantity=quantity, mass_g=100 + number)
        edges = line.cuboid.dimensions
        edges.length_mm, edges.width_mm, edges.height_mm = 41 + number % 83, 37 + number % 61, 29 + number % 47
    return message


def failure(method, message):
    """Return the status of a call that must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        method(message, timeout=20)
    return caught.value.code(), rpc_status.from_call(caught.value)


def bad_fields(status):
    """Return the violated fields of a status."""
    for packed in status.details:
        if packed.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            detail = error_details_pb2.BadRequest()
            packed.Unpack(detail)
            return [violation.field for violation in detail.field_violations]
    return []


def ask(address, path, body=None, method=None, **headers):
    """Return status, headers and body of an HTTP request; data other than bytes are sent as JSON."""
    given = {"Content-Type": "application/json"} if body is not None else {}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    with contextlib.closing(http.client.HTTPConnection(address, timeout=120)) as connection:
        connection.request(method or ("GET" if body is None else "POST"), path, data, given)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


def page(server, path):
    """Return status, headers and text of a page, with plain spaces."""
    status, headers, text = ask(server.http_address, f"/{path}")
    return status, headers, text.decode().replace("\xa0", " ")


def samples(server, start=""):
    """Return the samples of a server's metrics that start with a text."""
    lines = ask(server.admin_address, "/metrics")[2].decode().splitlines()
    chosen = (line.rpartition(" ") for line in lines if line.startswith(start) and not line.startswith("#"))
    return {name: float(value) for name, _, value in chosen}


def reason(status):
    """Return the reason of a status."""
    info = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(info)
    return info.reason


def wait_until(holds):
    """Wait up to five minutes until a function returns something true, and return that."""
    for _ in range(6_000):
        with contextlib.suppress(OSError, ValueError, StopIteration):
            if found := holds():
                return found
        time.sleep(0.05)
    raise AssertionError("it never came about")
