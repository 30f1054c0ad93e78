"""Wraps every call of the contract: authorizes it, reads its request, measures and logs it, and maps its errors."""

from __future__ import annotations  # grpc.RpcMethodHandler takes parameters for type checkers only

import asyncio
import ipaddress
import logging
import math
import time
import traceback
from contextlib import aclosing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import grpc
import grpc.aio
from google.protobuf import message_factory

from boxwright.contract.intake import parse
from boxwright.errors import FieldViolation, InvalidInputError, printable
from boxwright.server.access.auth import CALLING, FORWARDED, REFLECTION, Access, caller, forwarded, peer_of
from boxwright.server.api.faults import grpc_code, is_ours, reason_of, status_of
from boxwright.server.audit import CALLED, audit, ids_in, is_audited, refusal_facts
from boxwright.server.logs import log
from boxwright.server.settings import Settings, listed
from boxwright.server.traced import TRACED
from boxwright.server.workers.admission import Limit
from boxwright.stop import Stop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
    from google.protobuf.message import Message

    from boxwright.server.metrics import Metrics
    from boxwright.server.traces import Traces
    from boxwright.server.workers.pool import Workers

MAX_CALLS, MAX_CALLS_PER_CALLER = 2_000, 1_000
"""Maximum number of open calls, streams and pages of plans. A call is open until its answer is sent, so callers that do
not read their answers cannot open more."""

SMALL_ANSWER_BYTES = 64 * 1024
"""Length in bytes below which an answer does not count as unsent bytes, so that long unread answers do not block short
ones."""

LARGE_BYTES = 16 * 1024
"""Minimum bytes of requests that are parsed in a thread, so that they do not delay health checks and other
calls."""

OF_ONE_ORDER = frozenset({"PackingService/Pack", "PackingService/StreamPack"})
"""Methods with one order per message."""

LEAVING_S = 0.02
"""Time to wait for the disconnection of a caller that has sent no message, in seconds."""

LOGGED_REQUEST = 100
"""Maximum number of characters of method and path in the log line of a refused HTTP request."""

UNREAD = "unread"
"""Purpose label of an order whose message cannot be read."""


class Observer:
    """Measures, logs and limits calls, reads requests, and maps errors to statuses.

    No limit applies to health checks. A message that does not decode ends a unary call with INVALID_ARGUMENT; a
    stream goes on, and its behaviour gets the error in place of the message. Threads of ``workers`` parse long
    requests.

    Attributes
    ----------
    cut : int
        Number of calls cut off by the stop of the server.
    cut_at_s : float
        Time by the performance counter, in seconds, from which calls are cut off.
    """

    def __init__(
        self,
        metrics: Metrics,
        workers: Workers,
        settings: Settings | None = None,
        access: Access | None = None,
        traces: Traces | None = None,
    ) -> None:
        settings = settings or Settings()
        self.traces = traces
        self.access = access or Access(metrics)
        self.cut = 0
        self._proxies = list(map(ipaddress.ip_network, listed(settings.trusted_proxies)))
        self._metrics = metrics
        self._workers = workers
        self._calls = Limit("calls", MAX_CALLS, MAX_CALLS_PER_CALLER, metrics)
        self._unsent = Limit("unsent bytes", settings.max_unsent_bytes, settings.max_unsent_bytes_per_caller, metrics)
        self.cut_at_s = math.inf

    def note_http_refusal(self, status: int, peer: str, request: str) -> None:
        """Count and log an HTTP request that matches no call; ``request`` is its method and path."""
        self._metrics.http_refusals.labels(str(status)).inc()
        facts = {"status": status, "peer": peer, "request": printable(request[:LOGGED_REQUEST])}
        log(logging.INFO, "refused over HTTP", facts)

    def stop(self, grace_s: float) -> None:
        """Count calls that end without an answer after the grace, in seconds, as cut off."""
        self.cut_at_s = time.perf_counter() + grace_s - 0.01  # the clock of the event loop may be slightly behind

    def add_services(self, server: grpc.aio.Server, services: Sequence[tuple[ServiceDescriptor, Any]]) -> None:
        """Add the methods of contract services to a server.

        Handlers are generic, found by name at each call. Registered methods would slow down every call: after each,
        gRPC waits again for a call of every registered method.
        """
        for service, servicer in services:
            handlers = {
                method.name: self._handler(f"{service.name}/{method.name}", method, getattr(servicer, method.name))
                for method in service.methods
            }
            server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service.full_name, handlers)])

    def _handler(self, name: str, method: MethodDescriptor, behaviour: Any) -> grpc.RpcMethodHandler[Any, Any]:
        asks, answers = map(message_factory.GetMessageClass, (method.input_type, method.output_type))
        serialize = as_sent(answers.SerializeToString)
        if method.client_streaming:
            stream = self._stream(name, behaviour, asks)
            return grpc.stream_stream_rpc_method_handler(stream, response_serializer=serialize)
        unary = self.unary(name, behaviour, asks, serialize)

        async def single(_: object, context: grpc.aio.ServicerContext[Any, Any]) -> bytes | None:
            # Served as a stream, since gRPC then calls it before the message has arrived, so denied callers are refused
            # immediately.
            if not self.access.would_authorize(context, name):
                await unary(b"", context)
            request = await context.read()
            if request is not grpc.aio.EOF:
                answer: bytes | None = await unary(request, context)
                return answer
            await asyncio.sleep(LEAVING_S)  # if a caller disconnects, gRPC first reports the end of its stream
            with self._observed(name, context) as observed:
                rule = "must be one message; the call ended without any"
                await _abort(InvalidInputError([FieldViolation("", rule)]), context, observed)
            return None

        return grpc.stream_unary_rpc_method_handler(single)

    def unary(
        self,
        name: str,
        behaviour: Any,
        kind: type[Message],
        serialize: Callable[[Any], bytes],
        reader: Callable[[bytes], Message] | None = None,
    ) -> Any:
        """Return the handler of a unary call, which takes and returns bytes.

        Parameters
        ----------
        name : str
            Service and method, as metrics and log show it.
        behaviour : coroutine function
            Returns the answer from request and context.
        kind : type
            Type of the request.
        serialize : callable
            Serializes the answer.
        reader : callable, optional
            Parses the request; raises InvalidInputError. Default: protobuf's binary form.
        """
        read = reader or partial(parse, kind=kind)

        async def call(data: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes | None:
            with self._observed(name, context) as observed:
                try:
                    who = self._enter(context, name, observed.outcome)
                    # Released when the answer is sent or the caller has gone, since gRPC keeps the answer in memory
                    # until then.
                    self._calls.take(context, who)
                    request = await self._read(name, data, read)
                    observed.outcome |= ids_in(request)
                    answer = serialize(await behaviour(request, context))
                    if len(answer) >= SMALL_ANSWER_BYTES:
                        self._unsent.take(context, who, len(answer))
                    return answer
                except Exception as error:
                    await _abort(error, context, observed, kind.DESCRIPTOR)
            return None

        return call

    def _stream(self, name: str, behaviour: Any, kind: type[Message]) -> Any:
        async def call(requests: AsyncIterator[Any], context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            with self._observed(name, context) as observed:
                try:
                    self._calls.take(context, self._enter(context, name, observed.outcome))
                    async with aclosing(behaviour(self._each_read(name, requests, kind), context)) as answers:
                        async for answer in answers:
                            yield answer
                except Exception as error:
                    await _abort(error, context, observed, kind.DESCRIPTOR)

        return call

    def _enter(self, context: Any, name: str, outcome: dict[str, object]) -> str:
        """Return and note the caller; raise DeniedError if it may not call."""
        principal = self.access.authorize(context, name)
        who = caller(context)
        if principal is not None:
            outcome |= {"who": who, "credential": principal.credential}
        return who

    @contextmanager
    def making_page(self, context: Any) -> Iterator[None]:
        """Count a page as an open call while the block runs; raise OverloadedError if there are too many."""
        with self._calls.taken(caller(context)):
            yield

    async def _read(self, name: str, data: bytes, read: Callable[..., Message]) -> Message:
        """Return the parsed message; an unreadable order is counted as refused."""
        try:
            if len(data) < LARGE_BYTES:
                return read(data)
            stop = Stop()
            return await self._workers.run(partial(read, data, stop=stop), stop=stop)
        except InvalidInputError as error:
            if name in OF_ONE_ORDER:
                self._metrics.refusals.labels(UNREAD, reason_of(error)).inc()
            raise

    async def _each_read(
        self, name: str, requests: AsyncIterator[bytes], kind: type[Message]
    ) -> AsyncIterator[Message | InvalidInputError]:
        """Yield the messages of a stream, or the error of a message that does not decode."""
        principal = CALLING.get()
        async for data in requests:
            self.access.check_again(principal)
            try:
                yield await self._read(name, data, partial(parse, kind=kind))
            except InvalidInputError as error:
                if name == REFLECTION:
                    raise
                yield error

    def _observed(self, name: str, context: Any) -> Observation:
        FORWARDED.set(forwarded(context, self._proxies))
        return Observation(self, self._metrics, name, context)


class Observation:
    """Facts about a running call, which is counted and logged when the block ends.

    The peer is read immediately, since gRPC may drop the call first.

    Attributes
    ----------
    outcome : dict
        Code and other fields of the log line, to which methods add.
    ended : bool
        Whether the call has been counted and logged.
    """

    def __init__(self, observer: Observer, metrics: Metrics, name: str, context: Any) -> None:
        self.outcome: dict[str, object] = {"code": "OK", "peer": peer_of(context)}
        self.ended = False
        self._observer = observer
        self._metrics = metrics
        self._name = name
        self._start = time.perf_counter()
        CALLED.set(self.outcome)
        self._trace = None
        if observer.traces is not None:
            self._trace = observer.traces.call(name, context)
            TRACED.set(self._trace)
        metrics.under_way.labels(name).inc()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is not None and not self.ended:  # the caller left or its deadline passed, and gRPC has answered
            self.outcome["code"] = "CANCELLED"
            if time.perf_counter() >= self._observer.cut_at_s:
                self._observer.cut += 1
                self.outcome |= {"code": "UNAVAILABLE", "ended": "the server is stopping"}
        self.end()

    def end(self) -> None:
        """Count and log the call, once."""
        if self.ended:
            return
        self.ended = True
        elapsed_s = time.perf_counter() - self._start
        name, outcome = self._name, self.outcome
        self._metrics.under_way.labels(name).dec()
        exemplar = None if self._trace is None else self._trace.end(str(outcome["code"]), outcome)
        self._metrics.calls.labels(name, str(outcome["code"])).observe(elapsed_s, exemplar)
        if "reason" in outcome:
            self._metrics.call_errors.labels(name, str(outcome["reason"])).inc()
        if "why" in outcome or ("who" in outcome and is_audited(name)):
            audit(name, outcome["code"], outcome)
        log(logging.INFO, name, {**outcome, **(exemplar or {}), "ms": round(elapsed_s * 1_000, 2)})


def as_sent(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Return a serializer that passes bytes through."""
    return lambda answer: answer if isinstance(answer, bytes) else serialize(answer)


async def _abort(
    error: Exception,
    context: grpc.aio.ServicerContext[Any, Any],
    observed: Observation | None = None,
    kind: Any = None,
) -> None:
    """End a call with the status of an error; ``kind`` is the type of its request."""
    status = status_of(error, trailer=True)
    code = grpc_code(status)
    facts = refusal_facts(error, kind)
    if is_ours(error):
        log(logging.ERROR, "an internal error of the service", exc_info=True)
    # Frames of the traceback refer to the request and the error; the cycle would keep megabytes until the next
    # collection.
    traceback.clear_frames(error.__traceback__)
    if observed is not None:
        observed.outcome |= facts
        observed.end()  # counted before the answer is sent, since a refused caller may read metrics immediately
    await context.abort(code, status.message, (("grpc-status-details-bin", status.SerializeToString()),))
