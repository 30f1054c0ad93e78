"""The observer maps errors to statuses, and counts, logs and limits calls."""

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import grpc
import grpc.aio
import pytest

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.server import observer
from boxwright.server.http.call import Call, CallRefusedError
from boxwright.server.metrics import Metrics
from boxwright.server.observer import Observer
from boxwright.server.settings import Settings
from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2 import PackRequest, PackResponse, StreamPackRequest, StreamPackResponse
from boxwright.v1.packing_service_pb2_grpc import (
    PackingServiceServicer,
    PackingServiceStub,
)
from boxwright.v1.plan_pb2 import Plan
from boxwright_client.errors import error_of_call

from .frozen import frozen_calls
from .planning_here import PlanningHere

PACKING = packing_service_pb2.DESCRIPTOR.services_by_name["PackingService"]


class Failing(PackingServiceServicer):
    """Raises a given error."""

    def __init__(self, error):
        self.error = error

    async def Pack(self, request, context):  # noqa: N802 - the contract's name
        """Raise, or answer."""
        if self.error is not None:
            raise self.error
        return PackResponse()

    async def StreamPack(self, request_iterator, context):  # noqa: N802 - the contract's name
        """Raise after the first message."""
        async for _ in request_iterator:
            raise self.error
        yield PackResponse()

    BatchPack = CheckPlan = RecordOutcome = GetPlan = GetEvidence = ListPlans = Pack


@asynccontextmanager
async def served(service, **limits):
    """A service under an observer with some limits: metrics, workers, port and stub."""
    settings = Settings()
    vars(settings).update(limits)
    metrics = Metrics()
    workers = PlanningHere(None)
    server = grpc.aio.server()
    Observer(metrics, workers, settings).add_services(server, [(PACKING, service)])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield metrics, workers, port, PackingServiceStub(channel)
    await server.stop(1.0)  # otherwise a call that is about to be counted is cancelled, and counted as cancelled


def call(error, method):
    """Call a method that raises an error; return the metrics and the caller's error."""

    async def scene():
        async with served(Failing(error)) as (metrics, _, _, stub):
            try:
                if method == "Pack":
                    await stub.Pack(PackRequest(), timeout=10)
                else:
                    await stub.StreamPack(iter([StreamPackRequest()]), timeout=10).read()
                caught = None
            except grpc.aio.AioRpcError as raised:
                caught = raised
        return metrics, caught

    return asyncio.run(scene())


def counted(metrics, method, code):
    """Return the number of calls of a method that ended with a code."""
    labels = {"method": f"PackingService/{method}", "code": code}
    return metrics.registry.get_sample_value("boxwright_rpc_duration_seconds_count", labels)


@pytest.mark.parametrize("method", ["Pack", "StreamPack"])
@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyError("secret"), "INTERNAL", ""),
        (InvalidInputError([FieldViolation("order", "is bad")]), "INVALID_ARGUMENT", "order: "),
    ],
)
def test_an_error_is_answered_and_counted(method, error, code, said, caplog):
    """The caller sees code and field, and of a fault of the service neither traceback nor text."""
    metrics, caught = call(error, method)
    assert caught.code().name == code
    assert caught.details().startswith(said)
    assert "secret" not in caught.details()
    assert ("secret" in caplog.text) == (code == "INTERNAL")
    assert counted(metrics, method, code) == 1


def test_a_good_call_is_counted_once_and_no_longer_under_way():
    """A successful call counts as OK."""
    metrics, error = call(None, "Pack")
    assert error is None
    assert counted(metrics, "Pack", "OK") == 1
    labels = {"method": "PackingService/Pack"}
    assert metrics.registry.get_sample_value("boxwright_rpcs_under_way", labels) == 0


MIB = 1 << 20


class Long(Failing):
    """Answers with 1 MiB, or briefly to a request with an id."""

    async def Pack(self, request, context):  # noqa: N802 - the contract's name
        """Answer."""
        return PackResponse(plan=Plan(order_id="x" if request.request_id else "x" * MIB))


def test_unread_answers_are_limited_in_bytes_and_do_not_delay_short_ones():
    """Long unread answers of a caller are limited; short ones pass, and closing the connection frees them."""

    async def scene():
        async def until(holds):
            while not holds():
                await asyncio.sleep(0.01)

        limits = {"max_unsent_bytes": 9 * MIB, "max_unsent_bytes_per_caller": 4 * MIB}
        async with served(Long(None), **limits) as (metrics, _, port, stub):

            def value(name, **labels):
                return metrics.registry.get_sample_value(name, labels) or 0

            frozen = frozen_calls(port, "/boxwright.v1.PackingService/Pack", b"", 10)
            await asyncio.to_thread(frozen.__enter__)
            refusals = partial(value, "boxwright_overload_refusals_total", what="unsent bytes", limit="per_caller")
            await until(lambda: refusals() == 7)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await stub.Pack(PackRequest(), timeout=30)
            assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert (await stub.Pack(PackRequest(request_id="a"), timeout=30)).plan.order_id == "x"
            frozen.__exit__(None, None, None)
            await until(lambda: not value("boxwright_rpcs_under_way", method="PackingService/Pack"))
            assert len((await stub.Pack(PackRequest(), timeout=30)).plan.order_id) == MIB

    asyncio.run(scene())


@pytest.mark.parametrize("method", ["Pack", "StreamPack"])
def test_open_calls_and_streams_of_a_caller_are_limited(monkeypatch, method):
    """A call above the limit is refused with a retry time; an ended one frees a place."""
    monkeypatch.setattr(observer, "MAX_CALLS_PER_CALLER", 1)
    open_ended = asyncio.Event()

    class Waiting(Failing):
        async def Pack(self, request, context):  # noqa: N802 - the contract's name
            await open_ended.wait()
            return PackResponse()

        async def StreamPack(self, request_iterator, context):  # noqa: N802 - the contract's name
            await open_ended.wait()
            yield StreamPackResponse()

    async def scene():
        async with served(Waiting(None)) as (metrics, _, _, stub):

            def opened():
                if method == "Pack":
                    return stub.Pack(PackRequest(), timeout=60)
                return stub.StreamPack(iter([StreamPackRequest()]), timeout=60).read()

            labels = {"method": f"PackingService/{method}"}
            first = asyncio.ensure_future(opened())
            while metrics.registry.get_sample_value("boxwright_rpcs_under_way", labels) != 1:
                await asyncio.sleep(0.01)
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await stub.Pack(PackRequest(), timeout=60)
            assert refused.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            assert error_of_call(refused.value).retry_after_s > 0
            open_ended.set()
            await first
            while metrics.registry.get_sample_value("boxwright_rpcs_under_way", labels):
                await asyncio.sleep(0.01)
            await stub.Pack(PackRequest(), timeout=60)

    asyncio.run(scene())


def test_a_refusal_is_counted_before_the_caller_hears_of_it(caplog):
    """Metrics and log record the refusal before the caller gets it."""
    metrics = Metrics()
    seen = []

    class Refused(Call):
        async def abort(self, code, message, trailers=()):
            labels = {"method": "PackingService/Pack"}
            of_reason = labels | {"reason": "invalid_fields"}
            seen.append(counted(metrics, "Pack", "INVALID_ARGUMENT"))
            seen.append(metrics.registry.get_sample_value("boxwright_rpc_errors_total", of_reason))
            seen.append(metrics.registry.get_sample_value("boxwright_rpcs_under_way", labels))
            seen.append(sum(record.message == "PackingService/Pack" for record in caplog.records))
            await super().abort(code, message, trailers)

    async def behaviour(_, __):
        raise InvalidInputError([FieldViolation("order", "is bad")])

    async def run():
        watching = Observer(metrics, PlanningHere(None))
        call = watching.unary("PackingService/Pack", behaviour, PackRequest, PackResponse.SerializeToString)
        with pytest.raises(CallRefusedError):
            await call(b"", Refused("127.0.0.1", 1))

    with caplog.at_level("INFO"):
        asyncio.run(run())
    assert seen == [1, 1, 0, 1]
    assert counted(metrics, "Pack", "INVALID_ARGUMENT") == 1
