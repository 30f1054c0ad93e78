"""A server in the process of the tests; it starts in a tenth of the time of a process."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, fields

import grpc
import pytest
import uvloop

from boxwright.server.lifecycle import Server
from boxwright.server.logs import AUDIT, DRIVER, EXPORTER, LEVELLED, LineFormatter
from boxwright.server.operations.runner import Runner
from boxwright.server.settings import Settings
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

ADDRESSES = ("address", "admin_address", "http_address")


@dataclass(frozen=True)
class ServerHere:
    """Addresses of a server, its log so far, its reload function and the server itself."""

    address: str
    admin_address: str
    http_address: str
    log: list[str]
    reload: Callable[[], None]
    server: Server


class Lines(logging.Handler):
    """Keeps the lines of the log, as JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LineFormatter("json"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(self.format(record))


@contextmanager
def waiting_operations() -> Iterator[None]:
    """Let operations of servers in this process wait, for tests that need no result."""

    async def no_turn(_: Runner) -> bool:
        return False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Runner, "_turn", no_turn)
        yield


@contextmanager
def server_here(**settings: object) -> Iterator[ServerHere]:
    """Start a server on free ports, wait until it serves, and stop it at the end.

    Parameters
    ----------
    settings
        Settings by name, as they stand in the environment, and limits that are constants.
    """
    given = {**dict.fromkeys(ADDRESSES, "127.0.0.1:0"), "workers": "1", **settings}
    names = {field.name for field in fields(Settings)}
    limits = {name: given.pop(name) for name in given.keys() - names if hasattr(Settings, name)}
    read = Settings.from_environment({f"BOXWRIGHT_{name.upper()}": str(value) for name, value in given.items()})
    vars(read).update(limits)
    started: Future[tuple[Server, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        try:
            server, stop = Server(read), asyncio.Event()
            await server.start()
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result((server, asyncio.get_running_loop(), stop))
        await stop.wait()
        await server.stop()

    def run() -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve())

    with _logged(read.log_level) as lines:
        thread = threading.Thread(target=run)
        thread.start()
        try:
            server, loop, stop = started.result()
            addresses = (f"127.0.0.1:{port}" for port in (server.port, server.admin_port, server.http_port))
            try:
                yield ServerHere(*addresses, lines, lambda: loop.call_soon_threadsafe(server.reload), server)
            finally:
                loop.call_soon_threadsafe(stop.set)
        finally:
            thread.join()


@contextmanager
def packing_here(**settings: object) -> Iterator[tuple[ServerHere, PackingServiceStub]]:
    """Start a server with a default catalog; provide it and a stub of its PackingService."""
    given = {"default_catalog": "china-post", **settings}
    with server_here(**given) as server, grpc.insecure_channel(server.address) as channel:
        yield server, PackingServiceStub(channel)


@contextmanager
def _logged(level: str) -> Iterator[list[str]]:
    """Collect log lines of servers from a level on."""
    handler, loggers = Lines(), (*LEVELLED, AUDIT, EXPORTER, DRIVER)
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(level)
    AUDIT.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        for logger, its_level in zip(loggers, before, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(its_level)
