"""Around every call of the contract: let its caller in, read its request, time it, log it, answer its errors."""

from __future__ import annotations  # grpc.RpcMethodHandler takes parameters for type checkers only

import asyncio
import inspect
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
from boxwright.server.access.auth import CALLING, FORWARDED, REFLECTION, DeniedError, Gate, caller, forwarded, peer_of
from boxwright.server.api.faults import StreamEndedError, grpc_code, is_ours, reason_of, status_of
from boxwright.server.audit import CALLED, audit, ids_in, is_audited, refusal_facts, why_of
from boxwright.server.logs import log
from boxwright.server.settings import Settings, listed
from boxwright.server.traced import TRACED
from boxwright.server.workers.admission import Limit, OverloadedError
from boxwright.stop import Stop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
    from google.protobuf.message import Message

    from boxwright.server.metrics import Metrics
    from boxwright.server.traces import Traces
    from boxwright.server.workers.pool import Workers

MAX_CALLS = 2_000
"""Calls of the contract with one request at once, well above the orders that may wait. A call is open until its answer
is sent: whoever reads no answers gets no more of them."""

MAX_CALLS_PER_CALLER = 1_000

SMALL_ANSWER_BYTES = 64 * 1024
"""Answers below this length count as calls alone; so those who read no long answers keep no short ones from others."""

MAX_PAGES, MAX_PAGES_PER_CALLER = 16, 4
"""Pages of plans at once that wait to be made, which is done one after another."""

MAX_WATCHES, MAX_WATCHES_PER_CALLER = 256, 64
"""Calls at once that watch health or ask for reflection; they stay open, unlike a health check."""

OF_WORKERS = frozenset(
    (
        *(f"PackingService/{name}" for name in ("Pack", "BatchPack", "CheckPlan")),
        "FootprintService/EstimateFootprint",
        *(f"CatalogService/{name}" for name in ("CreateCatalog", "UpdateCatalog")),
        *(f"EvaluationService/{name}" for name in ("EvaluateCatalogs", "DesignCatalog")),
    )
)
"""Methods that are answered in turn by those who plan; the others look something up, and are answered however many of
these are open."""

LARGE_BYTES = 16 * 1024
"""From this length on, a request is read in a thread, callers in turn: health checks and others do not wait for it,
and it ends with its call."""

OF_ONE_ORDER = frozenset({"PackingService/Pack", "PackingService/StreamPack"})
"""Methods whose messages hold one order each."""

LEAVING_S = 0.02
"""After how long it is known whether a caller that sends nothing has left."""

LOGGED_REQUEST = 100
"""Most characters of verb and path in the line of a request over HTTP that is refused before it is a call."""

UNREAD = "unread"
"""Purpose of an order whose message cannot be read."""


class Observer:
    """Times, logs and limits calls, reads the requests and answers the errors of those of the contract.

    A health check takes no place of any limit: it is answered however many other calls are open. A message that does
    not decode ends a unary call with INVALID_ARGUMENT. A stream goes on: its behaviour finds the error in place of the
    message.

    Threads of ``workers`` read long requests.

    Attributes
    ----------
    refused_bytes : int
        Bytes of the requests of calls that were refused so far.
    cut : int
        Calls that the stop of the server cut off so far.
    cut_at_s : float
        From when on it cuts them off, by the performance counter in seconds.
    """

    def __init__(
        self,
        metrics: Metrics,
        workers: Workers,
        settings: Settings | None = None,
        gate: Gate | None = None,
        traces: Traces | None = None,
    ) -> None:
        settings = settings or Settings()
        self.traces = traces
        self.gate = gate or Gate(metrics)
        self.refused_bytes = self.cut = 0
        self._proxies = list(map(ipaddress.ip_network, listed(settings.trusted_proxies)))
        self._metrics = metrics
        self._workers = workers
        self._calls = Limit("calls", MAX_CALLS, MAX_CALLS_PER_CALLER, metrics)
        self._lookups = Limit("lookups", MAX_CALLS, MAX_CALLS_PER_CALLER, metrics)
        self._unsent = Limit("unsent bytes", settings.max_unsent_bytes, settings.max_unsent_bytes_per_caller, metrics)
        self._pages = Limit("pages", MAX_PAGES, MAX_PAGES_PER_CALLER, metrics)
        self._watches = Limit("watches", MAX_WATCHES, MAX_WATCHES_PER_CALLER, metrics)
        self._watching: set[asyncio.Future[Any]] = set()
        self.cut_at_s = math.inf

    def note_http_refusal(self, status: int, peer: str, asked: str) -> None:
        """Count and log a request over HTTP that is refused before it is a call: verb and path, as far as they go."""
        self._metrics.http_refusals.labels(str(status)).inc()
        facts = {"status": status, "peer": peer, "request": printable(asked[:LOGGED_REQUEST])}
        log(logging.INFO, "refused over HTTP", facts)

    def stop(self, grace_s: float) -> None:
        """End calls that watch health or ask for reflection, which would stay open for as long as a stop may take.

        Other calls that end otherwise than by an answer after the grace, in seconds, were cut off by the stop.
        """
        self.cut_at_s = time.perf_counter() + grace_s - 0.01  # the clock of an event loop may be behind a little
        for task in tuple(self._watching):
            task.cancel()

    def add_services(self, server: grpc.aio.Server, services: Sequence[tuple[ServiceDescriptor, Any]]) -> None:
        """Have a server answer the methods of services of the contract.

        Methods are found by their name when a call comes. Registering them makes every call cost more: after each, gRPC
        waits anew for one of every registered method.
        """
        for service, servicer in services:
            handlers = {
                method.name: self._handler(f"{service.name}/{method.name}", method, getattr(servicer, method.name))
                for method in service.methods
            }
            server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service.full_name, handlers)])

    def staying_open(self, behaviour: Any, *, guarded: bool = False) -> Any:
        """Return a call that is not of the contract, limited in number and ended at a stop; reflection is guarded."""

        async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            FORWARDED.set(forwarded(context, self._proxies))
            try:
                if guarded:
                    self.gate.let_in(context, REFLECTION)
                with self._watches.taken(caller(context)):
                    await self._until_stop(_written(behaviour(request, context), context))
            except (DeniedError, OverloadedError, StreamEndedError) as error:
                if isinstance(error, DeniedError):
                    audit(REFLECTION, grpc_code(status_of(error)).name, {"peer": peer_of(context), **why_of(error)})
                await _abort(error, context)

        return call

    async def _until_stop(self, work: Awaitable[Any]) -> None:
        """Let something be done, or raise StreamEndedError when the server stops meanwhile."""
        task = asyncio.ensure_future(work)
        self._watching.add(task)
        try:
            await task
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if this is not None and this.cancelling():
                raise  # the caller has left
            raise StreamEndedError("stop") from None
        finally:
            self._watching.discard(task)

    def _handler(self, name: str, method: MethodDescriptor, behaviour: Any) -> grpc.RpcMethodHandler[Any, Any]:
        asks, answers = map(message_factory.GetMessageClass, (method.input_type, method.output_type))
        serialize = as_sent(answers.SerializeToString)
        if method.client_streaming:
            stream = self._stream(name, behaviour, asks)
            return grpc.stream_stream_rpc_method_handler(stream, response_serializer=serialize)
        unary = self.unary(name, behaviour, asks, serialize)

        async def single(_: object, context: grpc.aio.ServicerContext[Any, Any]) -> bytes | None:
            # As a stream of one message: then gRPC calls before the message is there, and whoever may not call is told.
            if not self.gate.would_let_in(context, name):
                await unary(b"", context)
            request = await context.read()
            if request is not grpc.aio.EOF:
                answer: bytes | None = await unary(request, context)
                return answer
            await asyncio.sleep(LEAVING_S)  # a caller that leaves ends what it sends as well, and gRPC says so first
            with self._observed(name, context) as observed:
                rule = "must be one message: the call ended without any"
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
        """Return a call from bytes to bytes with the observation round it.

        Parameters
        ----------
        name : str
            Service and method, as metrics and log name them.
        behaviour : coroutine function
            From request and context to the answer.
        kind : type
            Of the request.
        serialize : callable
            Makes bytes of the answer.
        reader : callable, optional
            Makes the request of bytes; raises InvalidInputError. Default: as protobuf writes messages.
        """
        read = reader or partial(parse, kind=kind)
        limit = self._calls if name in OF_WORKERS else self._lookups

        async def call(data: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes | None:
            with self._observed(name, context) as observed:
                try:
                    who = self._enter(context, name, observed.outcome)
                    # Given back once the answer is sent, or nobody is there to take it: gRPC holds it until then.
                    limit.take(context, who)
                    request = await self._read(name, data, read)
                    observed.outcome |= ids_in(request)
                    answer = serialize(await behaviour(request, context))
                    if len(answer) >= SMALL_ANSWER_BYTES:
                        self._unsent.take(context, who, len(answer))
                    return answer
                except Exception as error:
                    self.refused_bytes += len(data)
                    await _abort(error, context, observed, kind.DESCRIPTOR)
            return None

        return call

    def _stream(self, name: str, behaviour: Any, kind: type[Message]) -> Any:
        async def call(requests: AsyncIterator[Any], context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            with self._observed(name, context) as observed:
                try:
                    self._enter(context, name, observed.outcome)
                    async with aclosing(behaviour(self._each_read(name, requests, kind), context)) as answers:
                        async for answer in answers:
                            yield answer
                except Exception as error:
                    await _abort(error, context, observed, kind.DESCRIPTOR)

        return call

    def _enter(self, context: Any, name: str, outcome: dict[str, object]) -> str:
        """Return who calls, and note it; raise DeniedError if they may not call."""
        principal = self.gate.let_in(context, name)
        who = caller(context)
        if principal is not None:
            outcome |= {"who": who, "credential": principal.credential}
        return who

    @contextmanager
    def making_page(self, context: Any) -> Iterator[None]:
        """Hold a place for a page that is made for who was let in; OverloadedError if too many are being made."""
        with self._pages.taken(caller(context)):
            yield

    async def _read(self, name: str, data: bytes, read: Callable[..., Message]) -> Message:
        """Return the message that bytes hold; an order in one that cannot be read is refused, and counted here."""
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
        """Yield the messages of a stream, or what is wrong with one that does not decode."""
        principal = CALLING.get()
        async for data in requests:
            self.gate.still(principal)
            try:
                yield await self._read(name, data, partial(parse, kind=kind))
            except InvalidInputError as error:
                yield error

    def _observed(self, name: str, context: Any) -> Observation:
        FORWARDED.set(forwarded(context, self._proxies))
        return Observation(self, self._metrics, name, context)


class Observation:
    """What is known of a call while it is under way; it is counted and logged at the end of the block.

    Its peer is asked for at once, since gRPC may drop the call first.

    Attributes
    ----------
    outcome : dict
        Code, and what else its log line says; whoever answers the call adds to it.
    ended : bool
        Whether it is counted and logged.
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
        if error is not None and not self.ended:  # gRPC has answered: the caller left, or its deadline passed
            self.outcome["code"] = "CANCELLED"
            if time.perf_counter() >= self._observer.cut_at_s:
                self._observer.cut += 1
                self.outcome |= {"code": "UNAVAILABLE", "ended": "the server stops"}
        self.end()

    def end(self) -> None:
        """Count and log the call as its outcome says; once, however often this is called."""
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


async def _written(answers: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
    """Write the answers of a behaviour that yields them; another writes them itself."""
    if not inspect.isasyncgen(answers):
        await answers
        return
    async with aclosing(answers):
        async for answer in answers:
            await context.write(answer)


def as_sent(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Return a serializer that leaves answers alone that are bytes already."""
    return lambda answer: answer if isinstance(answer, bytes) else serialize(answer)


async def _abort(
    error: Exception,
    context: grpc.aio.ServicerContext[Any, Any],
    observed: Observation | None = None,
    kind: Any = None,
) -> None:
    """End a call, whose request is of a kind of message, with the status of an error."""
    status = status_of(error, trailer=True)
    code = grpc_code(status)
    facts = refusal_facts(error, kind)
    if is_ours(error):
        log(logging.ERROR, "a fault of the service", exc_info=True)
    # Frames that it came through hold the request, and what holds the error: megabytes would wait for the collector.
    traceback.clear_frames(error.__traceback__)
    if observed is not None:
        observed.outcome |= facts
        observed.end()  # now: who is refused may look at a metric as soon as it hears of it
    await context.abort(code, status.message, (("grpc-status-details-bin", status.SerializeToString()),))
