"""The clients against a live server in another process."""

import asyncio
import importlib.util
import re
import textwrap
from pathlib import Path

import grpc
import numpy as np
import pytest

from boxwright.catalog import load_materials
from boxwright.v1 import (
    footprint_service_pb2,
    geometry_pb2,
    lane_pb2,
    order_pb2,
    plan_pb2,
    policy_pb2,
    price_table_pb2,
)
from boxwright.v1.packing_service_pb2 import BatchPackRequest, CheckPlanRequest, StreamPackRequest
from boxwright_client import (
    UPRIGHT,
    AsyncClient,
    Client,
    InvalidRequestError,
    MissingFactorError,
    NotSupportedError,
    OrderNotPackedError,
    error_of_status,
    leg,
    line,
    pack_request,
)

ROOT = Path(__file__).parents[2]
README = ROOT / "clients" / "python" / "README.md"

BOOK = line("book", 210, 148, 25, 400, quantity=2)
SKI = line("ski", 1_800, 120, 90, 4_200, quantity=3)
ROAD = leg(lane_pb2.TRANSPORT_MODE_ROAD, 350)
TABLE = price_table_pb2.PriceTable(price_table_id="own", version="1", currency="USD")

EDGES = {"length_mm": 1, "width_mm": 2, "height_mm": 3, "mass_g": 4}


@pytest.fixture(params=["grpc", "http"])
def client(targets, request):
    """A client of the live server, per protocol."""
    with Client(targets[request.param]) as opened:
        yield opened


def test_a_line_is_the_message_that_it_says():
    """Every argument of ``line`` reaches the message."""
    inside = order_pb2.SalesPackaging(cushion_mm=5, cushion_material="materials/eps")
    said = {
        "quantity": 5,
        "mass_g": 4,
        "max_load_g": 0,
        "sku": "s",
        "description": "d",
        "article": "mug",
        "sales_packaging": inside,
        "dimension_status": order_pb2.DIMENSION_STATUS_MEASURED,
    }
    fragile = {"fragility_class": order_pb2.FRAGILITY_CLASS_FRAGILE, "g_level": 30}
    assert line("a", 1, 2, 3, orientations=UPRIGHT, **said, **fragile) == order_pb2.OrderLine(
        line_id="a",
        cuboid={"dimensions": {"length_mm": 1, "width_mm": 2, "height_mm": 3}},
        orientations=[geometry_pb2.ORIENTATION_LWH, geometry_pb2.ORIENTATION_WLH],
        fragility=fragile,
        **said,
    )


def test_a_line_takes_what_callers_have():
    """Unknown edges are left out, a class is passed by name, and whole numbers of any type are accepted."""
    made = line("a", mass_g=300, dimension_status=order_pb2.DIMENSION_STATUS_MISSING)
    assert (made.cuboid.dimensions, made.mass_g) == (geometry_pb2.Dimensions(), 300)
    named = line("a", 1, 2, 3, 4, fragility_class="fragile", quantity=np.float64(2))
    assert (named.fragility.fragility_class, named.quantity) == (order_pb2.FRAGILITY_CLASS_FRAGILE, 2)


@pytest.mark.parametrize(
    ("given", "argument"),
    [
        ({"mass_g": 300}, "length_mm"),
        ({"dimension_status": order_pb2.DIMENSION_STATUS_MISSING}, "mass_g"),
        ({"length_mm": 1, "width_mm": 2, "height_mm": 3}, "mass_g"),
        ({**EDGES, "quantity": 2.5}, "quantity"),
        ({**EDGES, "fragility_class": "soft"}, "fragility_class"),
        ({**EDGES, "fragility_class": "delicate"}, "fragility_class"),
        *(({**EDGES, name: "10"}, f"line 'a': {name} ") for name in EDGES),
    ],
)
def test_a_line_that_lacks_something_says_what(given, argument):
    """The error names the argument."""
    with pytest.raises(ValueError, match=argument):
        line("a", **given)


@pytest.mark.parametrize(
    ("given", "lane"),
    [
        ({}, None),
        ({"zone": "a"}, lane_pb2.Lane(zone="a")),
        ({"price_tables": [TABLE]}, lane_pb2.Lane(price_tables=[TABLE])),
        ({"carrier_service": "x"}, lane_pb2.Lane(carrier_service="x")),
        ({"legs": iter([ROAD])}, lane_pb2.Lane(legs=[ROAD])),
        ({"legs": [ROAD], "zone": "a"}, lane_pb2.Lane(legs=[ROAD], zone="a")),
    ],
)
def test_a_request_holds_every_part_of_the_lane(given, lane):
    """Each argument alone reaches the lane; without arguments there is no lane."""
    request = pack_request("o", [BOOK], **given)
    assert request.HasField("lane") == (lane is not None)
    assert request.lane == (lane or lane_pb2.Lane())


def test_pack_gives_a_plan(client):
    """A request made with the helpers is planned with its lane and profile."""
    request = pack_request(
        "o",
        [BOOK],
        catalog="catalogs/us-stock",
        legs=[leg(lane_pb2.TRANSPORT_MODE_ROAD, 350)],
        carrier_service="carriers/ups/services/us-daily",
        accounting_profiles=["accountingProfiles/us-epa@2025"],
    )
    plan = client.pack(request).plan
    assert plan.status == plan_pb2.PLAN_STATUS_COMPLETE
    assert plan.versions.catalog == "catalogs/us-stock"
    assert {footprint.accounting_profile for footprint in plan.footprints} == {"accountingProfiles/us-epa@2025"}
    assert plan.parcels[0].chargeable_weights
    assert not plan.footprints[0].lines


def test_an_invalid_request_lists_every_violation(client):
    """The error holds fields and rules as data."""
    request = pack_request("o", [line("a", -1, 2, 3, -4)])
    with pytest.raises(InvalidRequestError) as caught:
        client.pack(request)
    assert {violation.field for violation in caught.value.violations} == {
        "order.lines[0].cuboid.dimensions.length_mm",
        "order.lines[0].mass_g",
    }
    assert (caught.value.reason, caught.value.left_out) == ("INVALID_FIELDS", 0)
    assert "order.lines[0].mass_g: " in str(caught.value)


def test_a_flood_of_violations_arrives_and_counts_what_is_left_out(client):
    """An error about 2,000 broken lines lists some and counts the rest up to 101."""
    with pytest.raises(InvalidRequestError) as caught:
        client.pack(pack_request("o", [line(f"{index}", 1, 1, 1, -1) for index in range(2_000)]))
    assert len(caught.value.violations) + caught.value.left_out == 101
    assert len(caught.value.violations) > 20


def test_an_order_that_does_not_fit_says_which_lines(client):
    """The error holds lines, quantities and rules as messages."""
    with pytest.raises(OrderNotPackedError) as caught:
        client.pack(pack_request("o", [BOOK, SKI]))
    (unpacked,) = caught.value.lines
    assert (unpacked.line_id, unpacked.quantity) == ("ski", 3)
    assert "1800 x 120 x 90 mm" in unpacked.message


def test_a_missing_factor_is_an_error_of_its_own(client):
    """An objective of emissions without a lane lacks transport."""
    request = pack_request("o", [BOOK], policy=policy_pb2.Policy(objectives=[7]))
    with pytest.raises(MissingFactorError) as caught:
        client.pack(request)
    detail = caught.value.details["MissingFactorDetail"]
    assert detail.accounting_profile == "accountingProfiles/uk-desnz@2026"


def test_errors_in_a_batch_become_the_same_exceptions(client):
    """The status of a result becomes the exception that Pack would raise."""
    requests = [pack_request("a", [BOOK]), pack_request("b", [SKI])]
    good, bad = client.batch_pack(BatchPackRequest(requests=requests)).results
    assert good.WhichOneof("outcome") == "response"
    error = error_of_status(bad.error)
    assert isinstance(error, OrderNotPackedError)
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION


def stream_messages():
    """Return two orders for a stream."""
    for index, ordered in enumerate((BOOK, SKI)):
        message = StreamPackRequest(correlation_id=str(index))
        message.pack.request.CopyFrom(pack_request("o", [ordered]))
        yield message


def test_a_stream_answers_each_order(targets):
    """A stream returns a plan and an error by correlation id."""
    with Client(targets["grpc"]) as client:
        answers = {
            answer.correlation_id: answer.WhichOneof("message") for answer in client.stream_pack(stream_messages())
        }
    assert answers == {"0": "result", "1": "error"}


def test_a_stream_over_http_says_what_to_do(targets):
    """Streams over HTTP raise NotSupportedError, sync and async."""

    async def scene():
        async with AsyncClient(targets["http"]) as client:
            return [answer async for answer in client.stream_pack(stream_messages())]

    with Client(targets["http"]) as client, pytest.raises(NotSupportedError):
        list(client.stream_pack(stream_messages()))
    with pytest.raises(NotSupportedError):
        asyncio.run(scene())


def test_both_protocols_give_the_same_plan(targets):
    """The plans over gRPC and HTTP are equal."""
    request = pack_request("o", [BOOK], legs=[ROAD], read_mask=["*"])
    plans = []
    for target in targets.values():
        with Client(target) as client:
            plans.append(client.pack(request).plan)
    for plan in plans:
        plan.ClearField("create_time")
    assert plans[0] == plans[1]
    assert plans[0].footprints[0].lines


def test_lists_run_over_all_pages(client):
    """A list of several pages is one iterator."""
    names = [material.name for material in client.list_materials()]
    assert names == sorted(set(names))
    assert len(names) == len(load_materials().materials)


def test_every_reading_method_reads(client):
    """Each getter returns the resource that its list names."""
    for listed, get in (
        (client.list_catalogs(), client.get_catalog),
        (client.list_materials(), client.get_material),
        (client.list_accounting_profiles(), client.get_accounting_profile),
        (client.list_carriers(), client.get_carrier),
        (client.list_markets(), client.get_market),
    ):
        name = next(iter(listed)).name
        assert get(name).name == name


def test_the_other_calls_answer(client):
    """Checks, estimates and validations reach their service."""
    request = pack_request("o", [BOOK])
    checked = CheckPlanRequest(order=request.order, plan=client.pack(request).plan)
    assert client.check_plan(checked).valid
    estimate = footprint_service_pb2.EstimateFootprintRequest(net_g=5)
    assert client.estimate_footprint(estimate).gross_g == 5
    with pytest.raises(InvalidRequestError):
        client.create_catalog("x", validate_only=True)


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_the_async_client_does_the_same(targets, protocol):
    """Calls, errors, streams and lists, awaited."""

    async def scene():
        async with AsyncClient(targets[protocol]) as client:
            plans = await asyncio.gather(*(client.pack(pack_request(f"{index}", [BOOK])) for index in range(5)))
            with pytest.raises(OrderNotPackedError):
                await client.pack(pack_request("o", [SKI]))
            names = [material.name async for material in client.list_materials()]
            first = await client.get_material(names[0])
        async with AsyncClient(targets["grpc"]) as client:
            stream = {answer.correlation_id async for answer in client.stream_pack(stream_messages())}
        return plans, stream, names, first

    plans, stream, names, first = asyncio.run(scene())
    assert [plan.plan.order_id for plan in plans] == ["0", "1", "2", "3", "4"]
    assert len({plan.plan.canonical_hash for plan in plans}) == 1
    assert stream == {"0", "1"}
    assert first.name == names[0]


def test_the_example_of_the_main_readme_gets_a_plan(targets, capsys):
    """It runs as it stands against a live server."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (example,) = [code for code in blocks if "boxwright_client" in code]
    assert '"127.0.0.1:50051"' in example
    exec(compile(example.replace("127.0.0.1:50051", targets["grpc"]), "README.md", "exec"), {})
    assert re.fullmatch(r"(eu-[\w-]+ 5 units \d+ g\n)", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("number", "last_line"),
    [
        (0, r"accountingProfiles/.* g CO2e"),
        (1, r"plans/\w+ hall-2/7"),
        (2, r".*3 units of pole.+"),
        (3, "result"),
    ],
)
def test_the_examples_of_the_readme_run(targets, capsys, number, last_line):
    """The code blocks of the client's README, run one after the other against a live server, print a plan each."""
    blocks = re.findall(r"^ *```python\n(.*?)^ *```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 4
    stores = importlib.util.find_spec("sqlalchemy")
    if number == 1 and not stores:
        pytest.skip("the server stores nothing without the extra 'store'")
    namespace = {}
    for block in [code_block for code_block in blocks[: number + 1] if stores or "persist" not in code_block]:
        capsys.readouterr()
        code = textwrap.dedent(block).replace("http://127.0.0.1:8080", targets["http"])
        exec(code.replace("127.0.0.1:50051", targets["grpc"]), namespace)
    printed = capsys.readouterr().out
    assert re.fullmatch(last_line, printed.splitlines()[-1])
    assert (number == 2) == ("PLAN_STATUS_PARTIAL" in printed)
