"""Bodies that are small on the wire and large in memory, or that are no messages at all."""

from collections.abc import Callable
from functools import partial
from typing import Any

import grpc

from benchmarks.attacks.attack import Attack, channel_to, code_of
from benchmarks.attacks.orders import small_order
from benchmarks.attacks.server import AttackedServer
from boxwright.v1.catalog_service_pb2 import ValidateCatalogRequest
from boxwright.v1.order_pb2 import Order, OrderLine, PropertyAmount
from boxwright.v1.packing_service_pb2 import BatchPackRequest, BatchPackResponse, CheckPlanRequest, PackRequest
from boxwright.v1.plan_pb2 import Plan

SERVICE = "/boxwright.v1."
PACK, BATCH, STREAM, CHECK = (
    f"{SERVICE}PackingService/{name}" for name in ("Pack", "BatchPack", "StreamPack", "CheckPlan")
)
VALIDATE = f"{SERVICE}CatalogService/ValidateCatalog"
MALFORMED = b"\xff\xff\xff"


def _entries(kind: Any, field: str, count: int) -> bytes:
    """Return so many empty entries of a list in bytes; building messages would take the attacker's memory."""
    return _within(kind, field, b"") * count


def _within(kind: Any, field: str, body: bytes) -> bytes:
    """Return a message that holds the bytes of another one in a field."""
    number = kind.DESCRIPTOR.fields_by_name[field].number
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def _send(method: str, make: Callable[[], bytes], server: AttackedServer) -> str:
    """Send a body; say its size and what came."""
    body = make()
    with channel_to(server) as channel:
        code = code_of(lambda: channel.unary_unary(method)(body, timeout=120))
    return f"{len(body):,} bytes: {code}"


def _whole_answers(server: AttackedServer) -> str:
    """Ask for everything of 1,000 small orders in one batch."""
    batch = BatchPackRequest(requests=[small_order()] * 1_000)
    batch.defaults.read_mask.paths.append("*")
    with channel_to(server) as channel:
        call = channel.unary_unary(BATCH, response_deserializer=BatchPackResponse.FromString)
        answer = call(batch.SerializeToString(), timeout=300)
    return f"{batch.ByteSize():,} bytes: {answer.planned_count} planned, {answer.error_count} past the limit"


def _malformed(server: AttackedServer) -> str:
    """Send what is no message, over and over, in calls and on one stream."""
    with channel_to(server) as channel:
        codes = {code_of(lambda: channel.unary_unary(PACK)(MALFORMED, timeout=20)) for _ in range(1_000)}
        try:
            answers = len(list(channel.stream_stream(STREAM)(iter([MALFORMED] * 1_000), timeout=20)))
        except grpc.RpcError as error:
            return f"calls {codes}, the stream {error.code().name}"
    return f"calls {codes}, {answers} answers on the stream"


def _small() -> bytes:
    return bytes(small_order().SerializeToString())


def _amounts() -> bytes:
    amounts = [PropertyAmount(property=f"p{number}", amount=1) for number in range(400_000)]
    return bytes(PackRequest(order=Order(lines=[OrderLine(property_amounts=amounts)])).SerializeToString())


def _excluded() -> bytes:
    request = small_order()
    request.policy.material_requirements.excluded_materials.extend(["materials/x"] * 500_000)
    return bytes(request.SerializeToString())


def _defaults() -> bytes:
    request = BatchPackRequest(requests=[small_order()] * 1_000)
    for item in request.requests:
        item.ClearField("catalog")
    for number in range(1_000):
        request.defaults.inline_catalog.box_types.add(box_type_id=f"b{number}")
    return bytes(request.SerializeToString())


def _toml(text: str) -> bytes:
    return bytes(ValidateCatalogRequest(toml=text).SerializeToString())


def _lines(count: int) -> bytes:
    return _within(PackRequest, "order", _entries(Order, "lines", count))


def _body(name: str, method: str, make: Callable[[], bytes]) -> Attack:
    return Attack(name, partial(_send, method, make))


BODIES = (
    _body("8 million empty lines", PACK, lambda: _lines(8_000_000)),
    _body("300,000 empty lines", PACK, lambda: _lines(300_000)),
    _body("batch of 8 million empty requests", BATCH, lambda: _entries(BatchPackRequest, "requests", 8_000_000)),
    _body(
        "batch of 1,000 requests of 8,000 empty lines",
        BATCH,
        lambda: _within(BatchPackRequest, "requests", _lines(8_000)) * 1_000,
    ),
    _body("batch with 1,000 invalid boxes in its defaults", BATCH, _defaults),
    _body("600,000 entries of availability", PACK, lambda: _small() + _entries(PackRequest, "availability", 600_000)),
    _body("400,000 property amounts on a line", PACK, _amounts),
    _body("500,000 excluded materials", PACK, _excluded),
    _body(
        "plan of 300,000 parcels to check",
        CHECK,
        lambda: (
            _within(CheckPlanRequest, "order", bytes(small_order().order.SerializeToString()))
            + _within(CheckPlanRequest, "plan", _entries(Plan, "parcels", 300_000))
        ),
    ),
    _body("TOML with a key of 40,000 names", VALIDATE, lambda: _toml(f"{'.'.join('a' * 40_000)}=1")),
    _body(
        "TOML with 50,000 keys of 8 names",
        VALIDATE,
        lambda: _toml("".join(f"k{number}.a.a.a.a.a.a.a=1\n" for number in range(50_000))),
    ),
    _body("TOML with 280,000 boxes", VALIDATE, lambda: _toml("[[box_types]]\n" * 280_000)),
    _body("TOML with a list of 1.3 million tables", VALIDATE, lambda: _toml(f"box_types=[{'{},' * 1_300_000}]")),
    _body("8 million times the same empty order", PACK, lambda: _within(PackRequest, "order", b"") * 8_000_000),
    _body("5 million unknown fields", PACK, lambda: b"\xf8\x07\x01" * 5_000_000),
    Attack("batch of 1,000 small orders with everything", _whole_answers),
    Attack("1,000 calls and a stream of 1,000 messages that do not decode", _malformed),
)
"""Attacks on memory, and on the reading of requests."""
