"""Runs a server from start to stop: load, bind, warm up, serve, drain."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from typing import Any

import grpc
import grpc.aio
import uvloop
from google.longrunning import operations_pb2
from grpc_health.v1 import health, health_pb2
from grpc_reflection.v1alpha import reflection, reflection_pb2

from boxwright.server.access.auth import Access
from boxwright.server.access.certificates import Certificates
from boxwright.server.access.tokens import Tokens
from boxwright.server.answers.dataset import Dataset, LoadedFiles
from boxwright.server.api.catalogs import CatalogService
from boxwright.server.api.footprints import FootprintService
from boxwright.server.api.operations import EvaluationService, OperationsService
from boxwright.server.api.packing import PackingService
from boxwright.server.http.admin import AdminServer, admin_app
from boxwright.server.http.app import http_app
from boxwright.server.http.listen import HttpServer
from boxwright.server.logs import log
from boxwright.server.machine import keep_large_blocks_apart, raise_descriptor_limit
from boxwright.server.metrics import Metrics
from boxwright.server.observer import Observer
from boxwright.server.operations.runner import Runner
from boxwright.server.reloading import AccessWatch, Current, Reloader, Watched, stamp_of
from boxwright.server.settings import Settings, host_and_port, is_loopback, listed
from boxwright.server.start_checks import ServerStartError, say_who_may_call
from boxwright.server.stored.keeping import Keeping
from boxwright.server.traced import traces_of
from boxwright.server.workers.pool import Workers
from boxwright.v1 import catalog_service_pb2, evaluation_service_pb2, footprint_service_pb2, packing_service_pb2

SERVICE_DESCRIPTORS = tuple(
    module.DESCRIPTOR.services_by_name[name]
    for module, name in (
        (packing_service_pb2, "PackingService"),
        (catalog_service_pb2, "CatalogService"),
        (footprint_service_pb2, "FootprintService"),
        (evaluation_service_pb2, "EvaluationService"),
        (operations_pb2, "Operations"),
    )
)
"""Services of the contract, and the standard service of long-running operations."""

REFLECTION_DESCRIPTOR: Any = reflection_pb2.DESCRIPTOR.services_by_name["ServerReflection"]

_HEALTH_MESSAGES = (health_pb2.HealthCheckRequest.FromString, health_pb2.HealthCheckResponse.SerializeToString)

SERVICES = tuple(service.full_name for service in SERVICE_DESCRIPTORS)

CALLS_OF_A_CONNECTION = 256
"""Maximum number of open calls per connection; beyond it clients wait or open another connection."""

MAX_HEAD_BYTES = 16 * 1024
"""Maximum size of the metadata of a call, in bytes."""

HANDSHAKE_MS = 10_000
"""Time for a new connection to complete its HTTP/2 handshake, in ms."""

IDLE_CONNECTION_MS = 300_000
"""Time until an idle connection is closed, in ms; clients reconnect by themselves."""

LIVENESS = "liveness"
"""Health service name for liveness: NOT_SERVING means that planning is stuck and the process should be restarted."""

LOOK_EVERY_S = 0.5
"""Seconds between updates of health."""

SWITCH_S = 0.001
"""Maximum time that a thread holds the interpreter while another waits, in seconds. The event loop must meet deadlines
while threads parse long requests and write long answers."""

LAST_WAIT_S = 1.0
"""Time for calls and threads to end after the grace, in seconds."""


def serve(settings: Settings) -> None:
    """See ``start.serve``."""
    raise_descriptor_limit()
    keep_large_blocks_apart()
    sys.setswitchinterval(SWITCH_S)
    with contextlib.ExitStack() as ends, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        # Leaving the runner waits for its threads.
        left = runner.run(_serve(settings, ends))
    if left:
        _end_process(0)


def _end_after(seconds: float, code: int) -> threading.Timer:
    """Exit the process after ``seconds``, even if its threads or event loop hang."""
    timer = threading.Timer(seconds, _end_process, (code,))
    timer.daemon = True
    timer.start()
    return timer


def _end_process(code: int) -> None:
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _serve(settings: Settings, ends: contextlib.ExitStack) -> int:
    """Serve and drain; return the number of workers that did not stop."""
    server = Server(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, server.reload)
    starting, stopped = asyncio.ensure_future(server.start()), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((starting, stopped), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            gc.collect()
            gc.freeze()  # otherwise each collection would stop all threads to scan the loaded data
            gc.enable()  # it was disabled while loading
            await stopped
    finally:
        starting.cancel()
        latest = _end_after(settings.drain_delay_s + settings.grace_s + 5 * LAST_WAIT_S, 1)
        left = await server.stop()
        latest.cancel()
        ends.callback(_end_after(LAST_WAIT_S, 0).cancel)
    return left


class Server:
    """One server, for ``serve`` and for tests.

    Parameters
    ----------
    settings : Settings
        Settings of the server.

    Attributes
    ----------
    port, http_port, admin_port : int
        Bound ports, once started; ``http_port`` is 0 if HTTP is off.
    """

    def __init__(self, settings: Settings) -> None:
        self.port = 0
        self.http_port = 0
        self.admin_port = 0
        self.metrics = Metrics()
        self._settings = settings
        self._certificates = Certificates(settings) if settings.tls_certificate else None
        if self._certificates is not None:
            self.metrics.certificate_end.rows = self._certificates.ends
        tokens = Tokens(settings.tokens_file) if settings.tokens_file else None
        if tokens is not None:
            self.metrics.token_end.rows = tokens.ending
        stamp = stamp_of(settings)
        files = LoadedFiles.read(settings)
        self._traces = traces_of(settings)
        self._keeping = Keeping(settings, self.metrics)
        self._access = Access(self.metrics, tokens, certificates=bool(settings.client_ca))
        written = self._keeping.written()
        dataset = Dataset.of(files, written, strict=False)
        self._current = Current(dataset)
        self._workers = Workers(settings.worker_count, dataset, self.metrics)
        self._packing = PackingService(self._workers, self._current, self.metrics, self._keeping)
        self._runner = Runner(self._keeping, self._current, self._workers, self.metrics)
        self._reloader = Reloader(files, written, stamp, self._current, self._workers, self.metrics, self._keeping)
        servicers = (
            self._packing,
            CatalogService(self._current, self._workers, self._keeping, self._reloader),
            FootprintService(self._workers),
            EvaluationService(self._keeping, self._workers, self._runner),
            OperationsService(self._keeping, self._runner),
        )
        self._services: list[tuple[Any, Any]] = list(zip(SERVICE_DESCRIPTORS, servicers, strict=True))
        self._observer = Observer(self.metrics, self._workers, settings, self._access, self._traces)
        watched: dict[str, Watched | None] = {"certificates": self._certificates, "tokens": tokens}
        self._watches = [
            AccessWatch(what, source, self.metrics) for what, source in watched.items() if source is not None
        ]
        self._health = health.aio.HealthServicer()
        self._grpc = self._build()
        self._admin: AdminServer | None = None
        self._http: HttpServer | None = None
        self._serving = False
        self._tasks: list[asyncio.Task[None]] = []

    def _build(self) -> grpc.aio.Server:
        metrics = self.metrics
        server = grpc.aio.server(
            options=[
                ("grpc.so_reuseport", 0),  # otherwise a second server on the port would silently get half the calls
                ("grpc.max_receive_message_length", self._settings.max_message_bytes),
                ("grpc.max_concurrent_streams", CALLS_OF_A_CONNECTION),
                ("grpc.max_metadata_size", MAX_HEAD_BYTES),
                ("grpc.absolute_max_metadata_size", MAX_HEAD_BYTES),
                ("grpc.server_handshake_timeout_ms", HANDSHAKE_MS),
                ("grpc.http2.settings_timeout", HANDSHAKE_MS),
                ("grpc.max_connection_idle_ms", IDLE_CONNECTION_MS),
                # Compressed messages are expanded before their size is checked, up to a thousandfold.
                ("grpc.compression_enabled_algorithms_bitset", 1),
                ("grpc.max_send_message_length", -1),  # the server limits its answers itself
                # Clients may ping idle connections.
                ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
                ("grpc.keepalive_permit_without_calls", 1),
                # Frees what a caller that has disappeared still holds.
                ("grpc.keepalive_time_ms", 60_000),
                ("grpc.keepalive_timeout_ms", 20_000),
                ("grpc.max_connection_age_ms", round(self._settings.connection_age_s * 1_000)),
            ],
        )
        described = reflection.aio.ReflectionServicer((*SERVICES, health.SERVICE_NAME, reflection.SERVICE_NAME))
        self._observer.add_services(server, [*self._services, (REFLECTION_DESCRIPTOR, described)])
        check = {"Check": grpc.unary_unary_rpc_method_handler(self._health.Check, *_HEALTH_MESSAGES)}
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(health.SERVICE_NAME, check)])
        metrics.ready.set_function(lambda: self.serving)
        metrics.alive.set_function(lambda: self.alive)
        return server

    async def start(self) -> None:
        """Bind the ports, answer NOT_SERVING, warm up the kernels, then answer SERVING.

        Raises ServerStartError if a port cannot be bound.
        """
        await self._update_health()
        address, certificates = self._settings.address, self._certificates
        with _listening("address", address):
            if certificates is None:
                self.port = self._grpc.add_insecure_port(address)
            else:
                self.port = self._grpc.add_secure_port(address, certificates.for_grpc())
        self._admin = self._bind_admin()
        self.admin_port = self._admin.port
        await self._grpc.start()
        ports = {"grpc_port": self.port, "admin_port": self.admin_port}
        if self._settings.http_address:
            self._http = self._bind_http()
            ports["http_port"] = self.http_port = self._http.port
            self._http.start()
        say_who_may_call(self._settings)
        log(
            logging.INFO, "listening", {**ports, "version": version("boxwright"), "tls": self._certificates is not None}
        )
        begun = time.perf_counter()
        self._tasks.append(asyncio.ensure_future(self._look()))
        self._tasks += [asyncio.ensure_future(watch.run()) for watch in self._watches]
        await self._workers.start()
        self._tasks.append(asyncio.ensure_future(self._reloader.run()))
        self._runner.start()
        self._serving = True
        await self._update_health()
        facts = {"warm_up_s": round(time.perf_counter() - begun, 2), "workers": self._workers.at_once}
        log(logging.INFO, "serving", {**facts, "catalogs": list(self._current.dataset.catalogs)})

    async def stop(self) -> int:
        """Answer NOT_SERVING, take calls for the drain delay, close the ports, and end calls after the grace.

        Returns the number of workers that did not stop.
        """
        served, self._serving = self._serving, False
        await self._update_health()
        facts = {"drain_delay_s": self._settings.drain_delay_s, "grace_s": self._settings.grace_s}
        log(logging.INFO, "draining", facts)
        if served:  # otherwise load balancers send no calls here
            await asyncio.sleep(self._settings.drain_delay_s)
        for task in self._tasks:
            task.cancel()
        self._packing.end_streams()
        self._observer.stop(self._settings.grace_s)
        ending = asyncio.ensure_future(self._runner.stop(3 * LAST_WAIT_S))
        http = [] if self._http is None else [self._http.stop(self._settings.grace_s)]
        stopping = asyncio.gather(self._grpc.stop(self._settings.grace_s), *http)
        await asyncio.wait({stopping}, timeout=self._settings.grace_s + LAST_WAIT_S)
        await ending
        self._workers.close()
        left = self._workers.join(LAST_WAIT_S)
        self._keeping.close()
        if self._traces is not None:
            self._traces.close(LAST_WAIT_S)
        if self._admin is not None:
            self._admin.close(LAST_WAIT_S)
        if left:
            log(logging.WARNING, "workers did not end", {"workers": left})
        log(logging.INFO, "stopped", {"cut_calls": self._observer.cut})
        return left

    def _bind_http(self) -> HttpServer:
        settings = self._settings
        host, port = host_and_port(settings.http_address)
        app = http_app(
            self._services,
            self._observer,
            max_bytes=settings.max_message_bytes,
            origins=listed(settings.http_origins),
            # Behind a proxy requests carry its public name.
            hosts=("localhost", "127.0.0.1", "[::1]", host)
            if is_loopback(host) and not settings.trusted_proxies
            else (),
            plan_page=self._packing.page,
            link_key=settings.link_key,
        )
        with _listening("http_address", settings.http_address):
            tls = self._tls(required=not settings.link_key)
            return HttpServer(app, host, port or 0, tls=tls, proxies=settings.trusted_proxies)

    def _bind_admin(self) -> AdminServer:
        address = self._settings.admin_address
        host, port = host_and_port(address)
        app = admin_app(
            self.metrics.registry, self._access, lambda: self.serving, lambda: self.alive, lambda: self.detail
        )
        with _listening("admin_address", address):
            return AdminServer(host, port or 0, app, self._tls(required=False))

    def _tls(self, *, required: bool) -> Callable[[], ssl.SSLContext] | None:
        """Return the factory of TLS contexts; None without TLS. If ``required``, callers must show a certificate."""
        if self._certificates is None:
            return None
        return partial(self._certificates.context, ssl.CERT_REQUIRED if required else ssl.CERT_OPTIONAL)

    def reload(self) -> None:
        """Reload catalogs and data in the background."""
        self._reloader.ask()

    @property
    def detail(self) -> str:
        """Fault that ``/healthz`` shows to callers who may read metrics; empty if there is none."""
        fault = self._reloader.fault
        return f"catalogs and data not reloaded, the earlier ones stay in use:\n{fault}" if fault else ""

    @property
    def serving(self) -> bool:
        """True if kernels are warm, the server is not draining, and planning makes progress."""
        return self._serving and self.alive

    @property
    def alive(self) -> bool:
        """True if planning makes progress."""
        return self._workers.alive

    async def _look(self) -> None:
        """Update health at intervals, and log when planning gets stuck."""
        was_alive = True
        while True:
            alive = await self._update_health()
            if alive != was_alive:
                facts = {"workers": self._workers.at_once, "ready": self._workers.ready}
                log(
                    logging.INFO if alive else logging.ERROR,
                    "planning " + ("works again" if alive else "is stuck"),
                    facts,
                )
            was_alive = alive
            due_s = time.monotonic() + LOOK_EVERY_S
            await asyncio.sleep(LOOK_EVERY_S)
            self.metrics.loop_delay.observe(max(0.0, time.monotonic() - due_s))

    async def _update_health(self) -> bool:
        """Update health; return whether planning makes progress."""
        answer, alive = health_pb2.HealthCheckResponse, self.alive
        for service in (LIVENESS, "", *SERVICES):
            up = alive and (self._serving or service == LIVENESS)
            await self._health.set(service, answer.SERVING if up else answer.NOT_SERVING)
        return alive


@contextlib.contextmanager
def _listening(name: str, address: str) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise ServerStartError(f"cannot listen on {address} ({name}); the port may be in use: {error}") from None
