"""The request of a call over gRPC, which a caller may begin and never send: such calls keep nobody else out."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import grpc.aio

from boxwright.errors import BoxwrightError
from boxwright.server.caller import caller
from boxwright.server.metrics import Metrics
from boxwright.server.overloaded import OverloadedError
from boxwright.server.waiting import gives_way

AT_ONCE_S = 1.0
"""A request that is sent with its call, as clients do, is there by then."""

PATIENCE_S = 30.0
"""Time for a request to arrive, in seconds."""

MAX_WAITING = 256
"""Calls that may wait longer than a moment for their request; past it one of the caller with the most ends."""


class NotSentError(BoxwrightError):
    """A call whose request did not arrive in time."""


class FirstMessages:
    """Awaits requests.

    gRPC hands over a call once its head is there, and limits neither how long its message takes to arrive nor how many
    calls wait for theirs.

    Parameters
    ----------
    metrics : Metrics
        Where calls that give way are counted.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._waiting: dict[asyncio.Future[None], str] = {}
        self._arriving: set[asyncio.Future[Any]] = set()

    async def first(self, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext[Any, Any]) -> Any:
        """Return the request of a call; None where the caller ends the call without one.

        Raises
        ------
        NotSentError
            If it does not arrive within ``PATIENCE_S``.
        OverloadedError
            If the call waits for long, and has to give way to others.
        """
        # Not cancelled: gRPC would go on writing where it was to put the message. It ends with its call.
        arriving = asyncio.ensure_future(_next(requests))
        self._arriving.add(arriving)
        arriving.add_done_callback(self._arrived)
        if not (await asyncio.wait((arriving,), timeout=AT_ONCE_S))[0]:
            await self._wait(arriving, caller(context))
        return arriving.result()

    async def _wait(self, arriving: "asyncio.Future[Any]", who: str) -> None:
        crowded: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[crowded] = who
        try:
            if len(self._waiting) > MAX_WAITING and (oldest := gives_way(self._waiting, self._waiting.__getitem__)):
                del self._waiting[oldest]
                oldest.set_result(None)
            done, _ = await asyncio.wait(
                (arriving, crowded), timeout=PATIENCE_S - AT_ONCE_S, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            self._waiting.pop(crowded, None)
        if not done:
            raise NotSentError(f"the request did not arrive within {PATIENCE_S:g} s")
        if arriving not in done:
            self._metrics.refused.labels("waiting requests", "all").inc()
            raise OverloadedError(f"more than {MAX_WAITING} calls wait for their requests, this one the longest")

    def _arrived(self, arriving: "asyncio.Future[Any]") -> None:
        self._arriving.discard(arriving)
        if not arriving.cancelled():
            arriving.exception()  # seen: nobody may be left to whom it matters


async def _next(requests: AsyncIterator[Any]) -> Any:
    return await anext(requests, None)
