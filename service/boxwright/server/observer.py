"""Around every call of the contract: time it, log it, and turn errors into statuses."""

from __future__ import annotations  # grpc.RpcMethodHandler takes parameters for type checkers only

import asyncio
import inspect
import logging
import time
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio

from boxwright.server.caller import caller
from boxwright.server.faults import grpc_code, is_ours, status_of
from boxwright.server.logs import log
from boxwright.server.seats import Seats
from boxwright.server.stream_ended import StreamEndedError
from boxwright.server.workers import OverloadedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from boxwright.server.metrics import Metrics

PACKAGE = "/boxwright.v1."
"""Beginning of the methods that are observed; health checks and reflection are not."""

MAX_CALLS = 2_000
"""Calls of the contract with one request at once, well above the orders that may wait."""

MAX_WATCHES = 256
"""Calls at once that watch health or ask for reflection; they stay open, unlike a health check."""

MAX_WATCHES_PER_CALLER = 64


class Observer(grpc.aio.ServerInterceptor):
    """Times, logs and limits calls, and answers errors of those of the contract.

    A health check takes no place of any limit: it is answered however many other calls are open.

    Parameters
    ----------
    metrics : Metrics
        Where calls are counted.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._calls = Seats("calls", MAX_CALLS, MAX_CALLS, metrics)
        self._watches = Seats("watches", MAX_WATCHES, MAX_WATCHES_PER_CALLER, metrics)
        self._watching: set[asyncio.Future[Any]] = set()

    def end_watches(self) -> None:
        """End calls that watch health or ask for reflection, which would stay open for as long as a stop may take."""
        for task in tuple(self._watching):
            task.cancel()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Return the handler of a call with the observation round it."""
        handler = await continuation(handler_call_details)
        method = str(handler_call_details.method)
        if handler is None:
            return handler
        serialization = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if not method.startswith(PACKAGE):
            if handler.unary_stream is not None:
                return grpc.unary_stream_rpc_method_handler(self._watch(handler.unary_stream), **serialization)
            if handler.stream_stream is not None:
                return grpc.stream_stream_rpc_method_handler(self._watch(handler.stream_stream), **serialization)
            return handler
        name = method.removeprefix(PACKAGE)
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(self._stream(name, handler.stream_stream), **serialization)
        return grpc.unary_unary_rpc_method_handler(self._unary(name, handler.unary_unary), **serialization)

    def _unary(self, name: str, behaviour: Any) -> Any:
        async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            with self._observed(name, context) as outcome:
                try:
                    with self._calls.taken(caller(context)):
                        return await behaviour(request, context)
                except Exception as error:
                    await _abort(error, context, outcome)

        return call

    def _stream(self, name: str, behaviour: Any) -> Any:
        async def call(requests: AsyncIterator[Any], context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            with self._observed(name, context) as outcome:
                try:
                    async with aclosing(behaviour(requests, context)) as answers:
                        async for answer in answers:
                            yield answer
                except Exception as error:
                    await _abort(error, context, outcome)

        return call

    def _watch(self, behaviour: Any) -> Any:
        """Return a call that is not of the contract and stays open, limited in number and ended at a stop."""

        async def generating(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            try:
                with self._watches.taken(caller(context)):
                    async with aclosing(behaviour(request, context)) as answers:
                        while (answer := await self._until_stop(anext(answers, None))) is not None:
                            yield answer
            except (OverloadedError, StreamEndedError) as error:
                await _abort(error, context, {})

        async def writing(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
            try:
                with self._watches.taken(caller(context)):
                    await self._until_stop(behaviour(request, context))
            except (OverloadedError, StreamEndedError) as error:
                await _abort(error, context, {})

        return generating if inspect.isasyncgenfunction(behaviour) else writing

    async def _until_stop(self, work: Awaitable[Any]) -> Any:
        """Return what something brings, or raise StreamEndedError when the server stops meanwhile."""
        task = asyncio.ensure_future(work)
        self._watching.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            this = asyncio.current_task()
            if this is not None and this.cancelling():
                raise  # the caller has left
            raise StreamEndedError("stop") from None
        finally:
            self._watching.discard(task)

    @contextmanager
    def _observed(self, name: str, context: grpc.aio.ServicerContext[Any, Any]) -> Iterator[dict[str, object]]:
        """Time a call and log it at its end; the block writes code and reason where it fails."""
        outcome: dict[str, object] = {"code": "OK"}
        start = time.perf_counter()
        self._metrics.under_way.labels(name).inc()
        try:
            yield outcome
        except grpc.aio.AbortError:
            raise
        except BaseException:
            outcome["code"] = "CANCELLED"  # the caller left, or its deadline passed: gRPC has answered already
            raise
        finally:
            elapsed_s = time.perf_counter() - start
            self._metrics.under_way.labels(name).dec()
            self._metrics.calls.labels(name, str(outcome["code"])).observe(elapsed_s)
            log(logging.INFO, name, facts={**outcome, "ms": round(elapsed_s * 1_000, 2), "peer": context.peer()})


async def _abort(error: Exception, context: grpc.aio.ServicerContext[Any, Any], outcome: dict[str, object]) -> None:
    """End a call with the status of an error."""
    status = status_of(error, trailer=True)
    code = grpc_code(status)
    outcome |= {"code": code.name, "error": status.message[:300]}
    if is_ours(error):
        log(logging.ERROR, "a fault of the service", exc_info=True)
    await context.abort(code, status.message, (("grpc-status-details-bin", status.SerializeToString()),))
