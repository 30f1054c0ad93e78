"""The request of a call over gRPC, which a caller may begin and never send: such calls keep nobody else out."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
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

LOOKS = 4
"""How often it is looked within that time whether one is late."""

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
        self._new: dict[asyncio.Future[Any], float] = {}
        self._looking = False

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
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        arriving.add_done_callback(partial(self._arrived, told))
        self._new[told] = time.monotonic() + AT_ONCE_S
        self._look_again()
        try:
            await told
        finally:
            del self._new[told]
        if not arriving.done():
            await self._wait(arriving, caller(context))
        return arriving.result()

    def _look_again(self) -> None:
        """Look for late requests from time to time while any is awaited: a timer for each call would cost more."""
        if not self._looking and self._new:
            self._looking = True
            asyncio.get_running_loop().call_later(AT_ONCE_S / LOOKS, self._look)

    def _look(self) -> None:
        now_s = time.monotonic()
        for told, late_at_s in self._new.items():
            if late_at_s > now_s:
                break
            _tell(told)
        self._looking = False
        self._look_again()

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

    def _arrived(self, told: "asyncio.Future[None]", arriving: "asyncio.Future[Any]") -> None:
        self._arriving.discard(arriving)
        _tell(told)
        if not arriving.cancelled():
            arriving.exception()  # seen: nobody may be left to whom it matters


def _tell(told: "asyncio.Future[None]") -> None:
    """Let who waits for a request go on, unless it does already."""
    if not told.done():
        told.set_result(None)


async def _next(requests: AsyncIterator[Any]) -> Any:
    return await anext(requests, None)
