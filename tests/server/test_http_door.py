"""The door of HTTP in this process: what it holds for a call or a connection is bounded, and given back at once."""

import asyncio
import contextlib
import gc
import gzip
import logging
import socket
import threading
from contextlib import asynccontextmanager, closing

import grpc
import grpc.aio
import pytest

from boxwright.errors import FieldViolation, UnknownResourceError
from boxwright.server.caller import caller
from boxwright.server.http import bodies, door, listen
from boxwright.server.lifecycle import new_event_loop
from boxwright.server.metrics import Metrics
from boxwright.server.observer import Observer
from boxwright.v1 import catalog_service_pb2

from .planning_here import PlanningHere

CATALOGS = catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"]
READ = b"GET /v1/catalogs HTTP/1.1\r\nHost: a\r\n\r\n"
ASK = b"POST /boxwright.v1.CatalogService/ListCatalogs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"


class Catalogs:
    """Notes who calls; answers after a while with so many bytes, or refuses."""

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
    """An observer with a thread."""
    return Observer(Metrics(), PlanningHere(None))


@asynccontextmanager
async def served(observer, catalogs=None, host="127.0.0.1", max_bytes=1_000_000, hosts=(), origins=()):
    """A door on a free port, which leaves little of its answers to the system."""
    services = [(CATALOGS, catalogs or Catalogs())]
    app = door.http_app(services, observer, observer._workers, max_bytes=max_bytes, hosts=hosts, origins=origins)
    server = listen.HttpServer(app, host, 0)
    server._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    server.start()
    try:
        yield server.port
    finally:
        await server.stop(0)


async def exchange(port, *parts, host="127.0.0.1"):
    """Send parts and return all that comes until the other side closes, or for ever."""
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
    more = "".join(f"{each}\r\n" for each in (f"Connection: {connection}", f"Content-Length: {len(body)}", *heads))
    return ASK + more.encode() + b"\r\n" + body


@pytest.mark.parametrize(
    "host", ["127.0.0.1", pytest.param("::1", marks=pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6"))]
)
def test_parts_of_an_answer_wait_for_no_acknowledgement(observer, host):
    """A connection sends what there is at once (TCP_NODELAY): else its caller waits 40 ms for each small answer."""
    app = door.http_app([(CATALOGS, Catalogs())], observer, observer._workers, max_bytes=1_000)
    listening = listen.HttpServer(app, host, 0)._socket
    with closing(listening), closing(socket.create_connection(listening.getsockname()[:2])):
        accepted, _ = listening.accept()
        with closing(accepted):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_refused_call_gives_its_place_back_at_once(observer):
    """A refused call holds nothing once it is answered, and waits for no collection of garbage."""

    async def run():
        async with served(observer, Catalogs(refuses=True)) as port:
            for _ in range(5):
                assert b" 404 " in await exchange(port, with_body(b"{}"))
            return observer._calls.in_use

    gc.disable()
    try:
        assert asyncio.run(run()) == 0
    finally:
        gc.enable()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6")
def test_a_caller_is_one_over_both_doors(observer):
    """Over IPv4 and IPv6 a caller is called alike by gRPC and HTTP; ``[::]`` listens to both."""
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


def test_bodies_are_held_only_while_they_come(observer, monkeypatch):
    """More bodies at once than may be held are refused; those refused, or broken off, leave room for the next."""
    monkeypatch.setattr(bodies, "HELD_BODIES", 1)
    unfinished = with_body(b"x" * 90)[:-1]

    async def run():
        async with served(observer, max_bytes=100) as port:
            _, first = await asyncio.open_connection("127.0.0.1", port)
            first.write(unfinished)
            await asyncio.sleep(0.2)
            assert b" 503 " in await exchange(port, unfinished)
            assert b" 413 " in await exchange(port, with_body(b"x" * 101))
            first.close()
            await asyncio.sleep(0.2)
            return await exchange(port, with_body(b"{}" + b" " * 90))

    assert b" 200 " in asyncio.run(run())[:20]


def test_another_host_is_refused_before_its_body(observer, monkeypatch):
    """What a strange page sends is not even received."""
    monkeypatch.setattr(door, "BODY_S", 600)

    async def run():
        async with served(observer, hosts=("localhost",)) as port:
            return await exchange(port, with_body(b"{}")[:-2])

    assert b" 421 " in asyncio.run(run())[:20]


@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
@pytest.mark.parametrize("length", [b"Content-Length: 14", b"Content-Length: 900000", b"Transfer-Encoding: chunked"])
def test_what_reads_may_bring_no_body(observer, method, length):
    """It would be dropped: it is refused by the rule, before it is there, and never taken for a request."""
    head = method + READ.removeprefix(b"GET").removesuffix(b"\r\n")
    catalogs = Catalogs()

    async def run(*parts):
        async with served(observer, catalogs) as port:
            return await exchange(port, *parts)

    answer = asyncio.run(run(head + length + b"\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in answer.lower()
    assert catalogs.callers == []
    empty = asyncio.run(run(head + b"Content-Length: 0\r\nConnection: close\r\n\r\n"))
    assert empty.startswith(b"HTTP/1.1 200 ")


def test_bodies_are_decompressed_out_of_turn(observer, monkeypatch):
    """Decompression takes long for a few bytes: nobody else waits for it."""
    threads, decompressed = [], bodies._decompressed
    monkeypatch.setattr(
        bodies, "_decompressed", lambda *given: (threads.append(threading.current_thread()), decompressed(*given))[1]
    )

    async def run():
        async with served(observer) as port:
            return await exchange(port, with_body(gzip.compress(b"{}"), "Content-Encoding: gzip"))

    assert b" 200 " in asyncio.run(run())[:20]
    assert threads
    assert threading.main_thread() not in threads


def test_slow_bodies_are_refused(observer, monkeypatch):
    """A body that does not come in time is refused, and the connection is given up soon after."""
    monkeypatch.setattr(door, "BODY_S", 0.2)
    monkeypatch.setattr(listen, "HEAD_S", 0.2)

    async def run():
        async with served(observer) as port:
            return await exchange(port, with_body(b" " * 100, connection="keep-alive")[:-50], *[b" "] * 20)

    said = asyncio.run(run())
    assert said == b"cut" or b" 408 " in said


@pytest.mark.parametrize(
    "parts",
    [
        (READ, b"\r\n"),
        (READ, READ[:-3]),
        (READ[:10],),
        (ASK.replace(b"json", b"x") + b"Content-Length: 9\r\n\r\n", b"a"),
    ],
    ids=["an empty line", "half a head after an answer", "half a head", "the rest of a body that is refused"],
)
def test_a_connection_that_asks_nothing_is_closed(observer, monkeypatch, parts):
    """Whatever else a caller sends, without the head of a request it keeps no connection."""
    monkeypatch.setattr(listen, "HEAD_S", 0.2)

    async def run():
        async with served(observer, Catalogs(refuses=True)) as port:
            await exchange(port, *parts)

    asyncio.run(run())


@pytest.mark.parametrize(
    "head",
    [b"GET /v1/catalogs?", b"GET / HTTP/1.1\r\nX: ", ASK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: "],
    ids=["query", "header", "trailer"],
)
def test_heads_are_bounded(observer, monkeypatch, head):
    """Nobody fills the memory with a query, a header, or what follows a body, however fast."""
    for module, name in ((listen, "HEAD_S"), (door, "BODY_S")):
        monkeypatch.setattr(module, name, 600)

    async def run():
        async with served(observer) as port:
            return await exchange(port, head, *[b"a" * 65_536] * 20)

    said = asyncio.run(run())
    assert said == b"cut" or b" 400 " in said


def test_many_chunks_and_requests_of_a_connection_are_taken(observer):
    """The bound of heads is for each alone: small chunks and many requests on one connection are not counted up."""
    chunked = ASK + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n" + b"1\r\n \r\n" * 50_000 + b"0\r\n\r\n"
    long_body = with_body(b" " * 600_000 + b"{}", connection="keep-alive")
    long_head = READ[:-2] + b"X: " + b"a" * 10_000 + b"\r\n\r\n"

    async def run():
        async with served(observer, Catalogs(refuses=True)) as port:
            return await exchange(port, chunked, long_body, *[long_head] * 40, with_body(b"{}"))

    assert asyncio.run(run()).count(b" 404 Not Found") == 43


def test_pages_of_allowed_sites_may_send_what_the_door_reads(observer):
    """A browser asks first: for a call with its deadline, compressed, with a token."""
    asking = b"OPTIONS /boxwright.v1.PackingService/Pack HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    asking += b"Origin: https://shop.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: "
    sent = b"authorization, connect-timeout-ms, content-encoding, content-type, traceparent\r\n\r\n"

    async def run(headers):
        async with served(observer, origins=["https://shop.example"]) as port:
            return (await exchange(port, asking + headers)).splitlines()[0]

    assert b" 200 " in asyncio.run(run(sent))
    assert b" 400 " in asyncio.run(run(b"x-other\r\n\r\n"))


def test_calls_that_wait_for_one_another_are_few(observer, monkeypatch):
    """Thousands sent at once are all answered in turn; no more of them wait than go into a piece of what is read."""
    waiting, begin = [], listen._Connection.on_headers_complete

    def noted(self):
        begin(self)
        waiting.append(len(self.pipeline))

    monkeypatch.setattr(listen._Connection, "on_headers_complete", noted)
    reads = []
    monkeypatch.setattr(listen._Flow, "resume_reading", resumed(listen._Flow.resume_reading, reads))

    async def run():
        async with served(observer, Catalogs(answer_bytes=10)) as port:
            return await exchange(port, READ * 1_000, READ * 999 + with_body(b"{}"))

    assert asyncio.run(run()).count(b"HTTP/1.1 200 OK") == 2_000
    assert len(waiting) == 2_000
    assert 2 < max(waiting) <= listen.PIECE_BYTES // len(READ) + 1
    assert set(reads) == {0}


def resumed(resume, noted):
    """Return what notes how many calls wait whenever a connection is read on."""

    def resuming(flow):
        paused = flow.read_paused
        resume(flow)
        if paused and not flow.read_paused:
            noted.append(len(flow._queued))

    return resuming


def test_calls_sent_in_a_row_are_answered_in_a_row(observer):
    """Those that wait are answered in turn, also where the last of them has its body still to come."""
    last = with_body(b" " * 200_000 + b"{}")

    async def run():
        async with served(observer, Catalogs(after_s=0.01)) as port:
            return await exchange(port, READ * 30 + last[:100_000], last[100_000:])

    assert asyncio.run(run()).count(b"HTTP/1.1 200 OK") == 31


def test_a_call_may_take_longer_than_its_head(observer, monkeypatch):
    """Whoever waits for an answer is not silent."""
    monkeypatch.setattr(listen, "HEAD_S", 0.1)

    async def run():
        async with served(observer, Catalogs(after_s=0.5)) as port:
            return await exchange(port, with_body(b"{}"))

    assert b" 200 " in asyncio.run(run())[:20]


@pytest.mark.parametrize("answer_bytes", [2_000_000, 40_000])
def test_answers_that_nobody_reads_are_cut_off(observer, monkeypatch, answer_bytes):
    """A caller that reads nothing of its answer loses its connection and its place, also where little is left."""
    monkeypatch.setattr(listen, "UNREAD_S", 0.2)
    monkeypatch.setattr(listen, "HEAD_S", 600)

    async def run():
        async with served(observer, Catalogs(answer_bytes=answer_bytes)) as port:
            with socket.socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
                connection.connect(("127.0.0.1", port))
                connection.sendall(READ)
                for _ in range(400):
                    await asyncio.sleep(0.05)
                    if observer._calls.in_use == 0 and not listening(connection):
                        return True
        return False

    assert asyncio.run(run())


def listening(connection):
    """Whether the other side still takes what is sent."""
    try:
        connection.send(b"\r\n")
    except ConnectionError:
        return False
    return True


@pytest.mark.parametrize("limit", ["MAX_CONNECTIONS", "MAX_OF_AN_ADDRESS"])
@pytest.mark.parametrize("sent", [(), (READ,), (with_body(b"{}")[:-1],)], ids=["nothing", "a call", "half a body"])
def test_connections_that_wait_for_their_callers_give_way(observer, monkeypatch, limit, sent):
    """Silent ones, those kept open and half bodies leave their places to others, the longest waiting one first."""
    monkeypatch.setattr(listen, limit, 2)

    async def run():
        async with served(observer) as port:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            for _, writer in held:
                writer.writelines(sent)
                await asyncio.sleep(0.1)
            assert b" 200 " in (await exchange(port, with_body(b"{}")))[:20]
            with contextlib.suppress(ConnectionError):
                await held[0][0].read()
            assert not held[1][0].at_eof()
            for _, writer in held:
                writer.close()

    asyncio.run(run())


def test_a_body_that_comes_too_late_ends_its_connection(observer, monkeypatch):
    """After 408 the connection is closed; nobody keeps it with half a body."""
    monkeypatch.setattr(door, "BODY_S", 0.2)
    monkeypatch.setattr(listen, "HEAD_S", 600)

    async def run():
        async with served(observer) as port:
            return await exchange(port, with_body(b" " * 100, connection="keep-alive")[:-50])

    assert b" 408 " in asyncio.run(run())[:20]


@pytest.mark.parametrize("sent", [with_body(b"{}"), with_body(b"{}")[:-1], READ], ids=["body", "half a body", "GET"])
def test_calls_under_way_at_the_end_of_the_grace_are_told(observer, sent, caplog):
    """They end with 503 and the code of Connect, and nothing breaks; the log says why, too."""
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
    observed = [each.facts for each in caplog.records if "code" in getattr(each, "facts", {})]
    assert [each["code"] for each in observed] == ["UNAVAILABLE"] * observer.cut
    assert all(each["ended"] for each in observed)


def test_connections_are_counted_for_each_door(observer, monkeypatch):
    """One more than may be is closed at once, and one that is closed leaves its place to another."""
    monkeypatch.setattr(listen, "MAX_CONNECTIONS", 2)

    async def run():
        busy = Catalogs(refuses=True, after_s=1)
        async with served(observer, busy) as port, served(observer, Catalogs()) as other:
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            for _, writer in held:
                writer.write(with_body(b"{}"))
            await asyncio.sleep(0.2)
            assert await exchange(port, with_body(b"{}")) in (b"", b"cut")
            assert b" 200 " in (await exchange(other, with_body(b"{}")))[:20]
            held[0][1].close()
            await asyncio.sleep(0.2)
            assert b" 404 " in await exchange(port, with_body(b"{}"))
            held[1][1].close()

    asyncio.run(run())


def test_an_answer_to_a_connection_that_is_closed_is_no_fault(observer, monkeypatch):
    """Of two requests in one go the library knows only the last to be given up; the first is answered to nobody."""
    monkeypatch.setattr(listen, "UNREAD_S", 0.1)
    said, catalogs = [], Catalogs(answer_bytes=10_000_000)

    async def run():
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: said.append(fault))
        async with served(observer, catalogs) as port:
            with socket.socket() as caller:
                caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)  # else the system may take all of it
                caller.connect(("127.0.0.1", port))
                caller.sendall(2 * READ)  # and nothing is read: the connection is cut amid the first answer
                await asyncio.sleep(0.5)

    for name in ("error", "exception"):
        monkeypatch.setattr(logging.getLogger("uvicorn.error"), name, lambda *given, **_: said.append(given))
    for loop_factory in (new_event_loop, asyncio.new_event_loop):
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(run())
    assert len(catalogs.callers) >= 2  # one or both in each loop
    assert said == []
