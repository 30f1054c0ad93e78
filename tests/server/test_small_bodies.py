"""Small requests cannot exhaust the memory of a server in another process."""

from pathlib import Path

import grpc
import pytest
from tests.interop.running_server import running_server

from boxwright.v1.catalog_pb2 import Catalog
from boxwright.v1.catalog_service_pb2 import CreateCatalogRequest
from boxwright.v1.order_pb2 import Order, OrderLine, PropertyAmount
from boxwright.v1.packing_service_pb2 import BatchPackRequest, CheckPlanRequest, PackRequest
from boxwright.v1.plan_pb2 import Plan
from boxwright.v1.policy_pb2 import MaterialRequirements, Policy

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


def excluding(count):
    """Return an order that excludes this many materials."""
    excluded = MaterialRequirements(excluded_materials=["materials/x"] * count)
    return PackRequest(order=ORDER, policy=Policy(material_requirements=excluded))


def amounts(count):
    """Return an order whose line names this many properties."""
    line = OrderLine(property_amounts=[PropertyAmount(property=f"p{n}", amount=1) for n in range(count)])
    return PackRequest(order=Order(lines=[line]))


def bad_defaults(boxes):
    """Return a batch whose shared catalog has this many boxes without a size."""
    return BatchPackRequest(
        defaults=PackRequest(inline_catalog=many(Catalog(), "box_types", boxes)),
        requests=[PackRequest(order=ORDER)] * 1_000,
    )


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
    "property amounts": lambda: amounts(400_000),
    "excluded materials": lambda: excluding(500_000),
    "few parcels": lambda: CheckPlanRequest(order=ORDER, plan=many(Plan(), "parcels", 9_000)),
    "boxes of all orders": lambda: bad_defaults(1_000),
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


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak is read and reset in /proc")
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
