"""Around every call of the contract: time it, log it, and turn errors into statuses."""

from __future__ import annotations  # grpc.RpcMethodHandler takes parameters for type checkers only

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import grpc.aio

from boxwright.server.faults import grpc_code, is_ours, status_of
from boxwright.server.logs import log

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from boxwright.server.metrics import Metrics

PACKAGE = "/boxwright.v1."
"""Beginning of the methods that are observed; health checks and reflection are not."""


class Observer(grpc.aio.ServerInterceptor):
    """Times, logs and answers errors of all calls of the contract.

    Parameters
    ----------
    metrics : Metrics
        Where calls are counted.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Return the handler of a call with the observation round it."""
        handler = await continuation(handler_call_details)
        method = str(handler_call_details.method)
        if handler is None or not method.startswith(PACKAGE):
            return handler
        name = method.removeprefix(PACKAGE)
        serialization = {
            "request_deserializer": handler.request_deserializer,
            "response_serializer": handler.response_serializer,
        }
        if handler.stream_stream is not None:
            return grpc.stream_stream_rpc_method_handler(self._stream(name, handler.stream_stream), **serialization)
        return grpc.unary_unary_rpc_method_handler(self._unary(name, handler.unary_unary), **serialization)

    def _unary(self, name: str, behaviour: Any) -> Any:
        async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            with self._observed(name, context) as outcome:
                try:
                    return await behaviour(request, context)
                except Exception as error:
                    await _abort(error, context, outcome)

        return call

    def _stream(self, name: str, behaviour: Any) -> Any:
        async def call(requests: AsyncIterator[Any], context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
            with self._observed(name, context) as outcome:
                try:
                    async for answer in behaviour(requests, context):
                        yield answer
                except Exception as error:
                    await _abort(error, context, outcome)

        return call

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
