"""The HTTP application in this process: calls and connections release what they hold."""

import asyncio
import gc
import logging
import socket
from contextlib import asynccontextmanager, closing

import grpc
import grpc.aio
import pytest

from boxwright.errors import FieldViolation, UnknownResourceError
from boxwright.server.access.auth import caller
from boxwright.server.http import app, listen
from boxwright.server.metrics import Metrics
from boxwright.server.observer import Observer
from boxwright.v1 import catalog_service_pb2

from .planning_here import PlanningHere

CATALOGS = catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"]
READ = b"GET /v1/catalogs HTTP/1.1\r\nHost: a\r\n\r\n"
ASK = b"POST /boxwright.v1.CatalogService/ListCatalogs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


class Catalogs:
    """Records its callers; answers after a delay with a number of bytes, or refuses."""

    def __init__(self, refuses=False, after_s=0.0, answer_bytes=2_000):
        self.refuses = refuses
        self.after_s = after_s
        self.answer_bytes = answer_bytes
        self.callers = []

    def __getattr__(self, name):
        return self._answer

    async def _answer(self, _, context):
        self.callers.append(caller(context))
        await asyncio.sleep(self.after_s)
        if self.refuses:
            raise UnknownResourceError([FieldViolation("name", "is no catalog")])
        return catalog_service_pb2.ListCatalogsResponse(next_page_token="a" * self.answer_bytes)


@pytest.fixture
def observer():
    """An observer with a worker stand-in."""
    return Observer(Metrics(), PlanningHere(None))


@asynccontextmanager
async def served(observer, catalogs=None, host="127.0.0.1", origins=(), **limits):
    """An application on a free port."""
    services = [(CATALOGS, catalogs or Catalogs())]
    made = app.http_app(services, observer, max_bytes=1_000_000, origins=origins)
    server = listen.HttpServer(made, host, 0, **limits)
    server.start()
    try:
        yield server.port
    finally:
        await server.stop(0)


async def exchange(port, *parts, host="127.0.0.1"):
    """Send parts, and return everything until the other side closes."""
    reader, writer = await asyncio.open_connection(host, port)
    with closing(writer):
        try:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0.02)
            return await asyncio.wait_for(reader.read(), 20)
        except ConnectionError:
            return b"cut"


def with_body(body, *heads, connection="close"):
    """Return a request with a body."""
    more = "".join(f"{head}\r\n" for head in (f"Connection: {connection}", f"Content-Length: {len(body)}", *heads))
    return ASK + more.encode() + b"\r\n" + body


@pytest.mark.parametrize(
    "host", ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6"))]
)
def test_parts_of_an_answer_wait_for_no_acknowledgement(observer, host):
    """Connections set TCP_NODELAY; otherwise small answers take 40 ms more."""
    made = app.http_app([(CATALOGS, Catalogs())], observer, max_bytes=1_000)
    listening = listen.HttpServer(made, host, 0)._socket
    with closing(listening), closing(socket.create_connection(listening.getsockname()[:2])):
        accepted, _ = listening.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_refused_call_stops_counting_at_once(observer):
    """A refused call is no longer open, without a garbage collection."""

    async def run():
        async with served(observer, Catalogs(refuses=True)) as port:
            for _ in range(5):
                assert b" 404 " in await exchange(port, with_body(b"{}"))
            return observer._calls._taken.total()

    gc.disable()
    try:
        assert asyncio.run(run()) == 0
    finally:
        gc.enable()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6")
def test_limits_of_a_caller_count_both_ports(observer):
    """A caller has one name over gRPC and HTTP, IPv4 and IPv6; [::] listens to both."""
    catalogs = Catalogs()
    over_grpc = []

    class Handler(grpc.GenericRpcHandler):
        def service(self, _):
            async def answer(_, context):
                over_grpc.append(caller(context))
                return b""

            return grpc.unary_unary_rpc_method_handler(answer)

    async def run():
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((Handler(),))
        grpc_port = server.add_insecure_port("[::]:0")
        await server.start()
        async with served(observer, catalogs, host="::") as port:
            for host in ("127.0.0.1", "::1"):
                await exchange(port, with_body(b"{}"), host=host)
                async with grpc.aio.insecure_channel(f"{f'[{host}]' if ':' in host else host}:{grpc_port}") as channel:
                    await channel.unary_unary("/a/b")(b"")
        await server.stop(0)

    asyncio.run(run())
    assert catalogs.callers == over_grpc
    assert len(set(over_grpc)) == 2


@pytest.mark.parametrize(("proxies", "who"), [("127.0.0.0/8", "6.6.6.6"), ("10.0.0.1", "127.0.0.1"), ("", "127.0.0.1")])
def test_a_trusted_proxy_says_who_calls(observer, proxies, who):
    """X-Forwarded-For counts only from trusted proxies."""
    catalogs = Catalogs()

    async def run():
        async with served(observer, catalogs, proxies=proxies) as port:
            await exchange(port, with_body(b"{}", "X-Forwarded-For: 6.6.6.6"))

    asyncio.run(run())
    assert who in catalogs.callers[0]


def test_pages_of_allowed_sites_may_send_every_header_that_is_read(observer):
    """The preflight allows deadline, token and trace headers and no others."""
    asking = b"OPTIONS /boxwright.v1.PackingService/Pack HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    asking += b"Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: "
    sent = b"authorization, connect-timeout-ms, content-type, traceparent\r\n\r\n"

    async def run(headers):
        async with served(observer, origins=["https://shop.example"]) as port:
            return (await exchange(port, asking + headers)).splitlines()[0]

    assert b" 200 " in asyncio.run(run(sent))
    assert b" 400 " in asyncio.run(run(b"x-other\r\n\r\n"))


@pytest.mark.parametrize("sent", [with_body(b"{}"), READ], ids=["POST", "GET"])
def test_calls_under_way_at_the_end_of_the_grace_get_an_error(observer, sent, caplog):
    """They end with 503 and unavailable, and the log says why."""
    caplog.set_level(logging.INFO)

    async def run():
        async with served(observer, Catalogs(after_s=600)) as port:
            call = asyncio.ensure_future(exchange(port, sent))
            await asyncio.sleep(0.3)
            observer.stop(0)
        return await call

    said = asyncio.run(run())
    assert b" 503 " in said[:20]
    assert b'"code":"unavailable"' in said
    observed = [record.facts for record in caplog.records if "code" in getattr(record, "facts", {})]
    assert [call["code"] for call in observed] == ["UNAVAILABLE"] * observer.cut
    assert all(call["ended"] for call in observed)
