"""Memory of a server in another process: small requests take little, and refused ones are not kept."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from tests.interop.running_server import START, running_server

from boxwright.server.machine import resident_bytes
from boxwright.v1.catalog_pb2 import Catalog
from boxwright.v1.catalog_service_pb2 import CreateCatalogRequest
from boxwright.v1.order_pb2 import Order, OrderLine
from boxwright.v1.packing_service_pb2 import BatchPackRequest, CheckPlanRequest, PackRequest, StreamPackRequest
from boxwright.v1.plan_pb2 import Plan
from boxwright.v1.policy_pb2 import Policy

from .live_calls import ask

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is read from /proc")

FREE_BYTES, PER_BYTE = 64 * 2**20, 30
"""Maximum memory above the idle server: a fixed part, and a part for each byte of a request."""

ORDER = Order(order_id="o", lines=[OrderLine(line_id="a", quantity=1, mass_g=1)])
CATALOG = 'catalog_id = "a"\nversion = "1"\n'
METHODS = {
    PackRequest: "PackingService/Pack",
    BatchPackRequest: "PackingService/BatchPack",
    CheckPlanRequest: "PackingService/CheckPlan",
    CreateCatalogRequest: "CatalogService/CreateCatalog",
}


def many(message, field, count):
    """Return a message with this many empty entries in a list."""
    getattr(message, field).extend([getattr(message, field).add()] * (count - 1))
    return message


def boxes_by_units(boxes, units, **policy):
    """Return an order of different units with an inline catalog of different boxes."""
    request = PackRequest(order=Order(order_id="o"), policy=Policy(mode="SOLVING_MODE_FAST", **policy))
    request.inline_catalog.catalog_id = "c"
    for number in range(boxes):
        box = request.inline_catalog.box_types.add(box_type_id=f"b{number}", style="BOX_STYLE_RSC_0201", tare_g=100)
        box.inner.length_mm, box.inner.width_mm, box.inner.height_mm = 300 + number % 251, 200 + number % 151, 240
    for number in range(units):
        line = request.order.lines.add(line_id=f"l{number}", quantity=1, mass_g=100)
        size = line.cuboid.dimensions
        size.length_mm, size.width_mm, size.height_mm = 61 + number % 97, 51 + number % 89, 41 + number % 83
    return request


BODIES = {
    "many boxes for many units": lambda: boxes_by_units(1_200, 150),
    "empty lines": lambda: PackRequest(order=many(Order(), "lines", 300_000)),
    "empty requests": lambda: many(BatchPackRequest(), "requests", 1_000_000),
    "requests of empty lines": lambda: BatchPackRequest(
        requests=[PackRequest(order=many(Order(), "lines", 1_000))] * 1_000
    ),
    "property amounts": lambda: PackRequest(
        order={"lines": [{"property_amounts": [{"property": f"p{n}", "amount": 1} for n in range(400_000)]}]}
    ),
    "excluded materials": lambda: PackRequest(
        order=ORDER, policy={"material_requirements": {"excluded_materials": ["materials/x"] * 500_000}}
    ),
    "few parcels": lambda: CheckPlanRequest(order=ORDER, plan=many(Plan(), "parcels", 9_000)),
    "boxes of all orders": lambda: BatchPackRequest(
        defaults={"inline_catalog": many(Catalog(), "box_types", 1_000)}, requests=[PackRequest(order=ORDER)] * 1_000
    ),
    "a long text": lambda: PackRequest(order=ORDER, catalog="\x01" * 4_000_000),
    "a key of many names": lambda: CreateCatalogRequest(validate_only=True, toml=f"{'.'.join('a' * 40_000)}=1"),
    "a number of many digits": lambda: CreateCatalogRequest(validate_only=True, toml=f"a={'9' * 4_000_000}"),
    "many keys of some names": lambda: CreateCatalogRequest(
        validate_only=True, toml=CATALOG + "".join(f"k{n}.a.a.a.a.a.a.a=1\n" for n in range(50_000))
    ),
    "many tables": lambda: CreateCatalogRequest(validate_only=True, toml=f"{CATALOG}box_types = [{'{},' * 300_000}]"),
}


@pytest.fixture(scope="module")
def small():
    """A separate server, and a channel to it."""
    with running_server() as server, grpc.insecure_channel(server.address) as channel:
        yield server, channel


def memory(server, name):
    """Return the server's memory in bytes: VmRSS now, or VmHWM since the last reset."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


@pytest.mark.parametrize("name", BODIES)
def test_a_body_takes_memory_in_proportion(small, name):
    """The peak stays within a bound per byte of the request."""
    server, channel = small
    message = BODIES[name]()
    body = message.SerializeToString()
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")
    idle = memory(server, "VmRSS")
    try:
        channel.unary_unary(f"/boxwright.v1.{METHODS[type(message)]}")(body, timeout=120)
        code = grpc.StatusCode.OK
    except grpc.RpcError as error:
        code = error.code()
    assert code in (grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT)
    assert memory(server, "VmHWM") - idle < FREE_BYTES + PER_BYTE * len(body)


SERVICE_START = "import gc; gc.disable(); " + START
"""Start of a server without garbage collection, so that objects in a reference cycle stay in memory."""

BODY_BYTES, WARM, TIMES, ROUNDS = 8 * 2**20, 2, 6, 3
KEPT_BYTES = TIMES * BODY_BYTES / 2


def long_id():
    """Return a request that is refused for its order id."""
    request = PackRequest(catalog="catalogs/china-post")
    request.order.order_id = "a" * BODY_BYTES
    return request


def over_http(server, _):
    """Post the request as JSON."""
    body = b'{"order":{"order_id":"' + b"a" * BODY_BYTES + b'"}}'
    assert ask(server.http_address, "/boxwright.v1.PackingService/Pack", body)[0] == 400


def too_large(server, _):
    """Post a body past the limit."""
    assert ask(server.http_address, "/boxwright.v1.PackingService/Pack", b" " * (17 * 2**20))[0] == 413


def over_grpc(_, channel):
    """Send the request over gRPC."""
    with pytest.raises(grpc.RpcError) as refused:
        channel.unary_unary("/boxwright.v1.PackingService/Pack")(long_id().SerializeToString(), timeout=60)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def on_a_stream(_, channel):
    """Send the request on a stream."""
    message = StreamPackRequest(correlation_id="1")
    message.pack.request.CopyFrom(long_id())
    (answer,) = channel.stream_stream("/boxwright.v1.PackingService/StreamPack")(
        iter([message.SerializeToString()]), timeout=60
    )
    assert len(answer) < 10_000


@pytest.fixture(scope="module")
def uncollected():
    """A server without garbage collection, and a channel to it."""
    with (
        running_server(SERVICE_START, workers=1) as server,
        grpc.insecure_channel(server.address, [("grpc.max_send_message_length", -1)]) as channel,
    ):
        yield server, channel


@pytest.mark.parametrize("send", [over_http, too_large, over_grpc, on_a_stream])
def test_refused_requests_of_megabytes_are_not_kept(uncollected, send):
    """A reference cycle between an error and its frames would keep several copies of each."""
    server, channel = uncollected
    for _ in range(WARM):
        send(server, channel)
    grown = [more_bytes(server, channel, send)]
    while min(grown) >= KEPT_BYTES and len(grown) < ROUNDS:  # the allocator may keep some
        grown.append(more_bytes(server, channel, send))
    assert min(grown) < KEPT_BYTES


def more_bytes(server, channel, send):
    """Return the growth of the server's memory after some requests."""
    before = memory(server, "VmRSS")
    for _ in range(TIMES):
        with contextlib.suppress(ConnectionError):  # the server closes before it has read the whole body
            send(server, channel)
    until_s = time.monotonic() + 10
    while (more := memory(server, "VmRSS") - before) >= KEPT_BYTES:
        if time.monotonic() > until_s:
            break
        time.sleep(0.1)
    return more


CHILD = """
from boxwright.server.machine import give_back, resident_bytes
idle = resident_bytes()
held = [bytes(1_000) for _ in range(60_000)]
last = bytes(1_000)
full = resident_bytes()
del held
give_back(idle)
print(full - idle, resident_bytes() - idle)
"""


def test_what_a_large_job_took_is_given_back():
    """60 MB of small freed blocks are returned, although one block above them is in use."""
    full, left = map(int, subprocess.check_output([sys.executable, "-c", CHILD], text=True).split())
    assert full > 50_000_000 > 20_000_000 > left
    assert resident_bytes() > 0
