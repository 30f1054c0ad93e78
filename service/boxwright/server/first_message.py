"""The request of a call over gRPC, which a caller may begin and never send: such calls keep nobody else out."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import grpc
import grpc.aio

from boxwright.errors import BoxwrightError, FieldViolation, InvalidInputError
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

LEAVING_S = 0.02
"""After how long it is known whether a caller that sends nothing has left."""

MAX_WAITING = 256
"""Calls that may wait longer than a moment for their request; past it one of the caller with the most ends."""


class NotSentError(BoxwrightError):
    """A call whose request did not arrive in time."""


@dataclass(eq=False, slots=True)
class _Awaited:
    """A call whose request is awaited."""

    who: str
    since_s: float
    end: Callable[[BoxwrightError], Awaitable[None]]
    over: bool = False
    ends: bool = False

    def is_older(self, seconds: float) -> bool:
        return time.monotonic() - self.since_s >= seconds


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
        self._new: dict[_Awaited, None] = {}
        self._late: dict[_Awaited, None] = {}
        self._ending: set[asyncio.Future[None]] = set()
        self._looking = False

    async def first(
        self, context: grpc.aio.ServicerContext[Any, Any], end: Callable[[BoxwrightError], Awaitable[None]]
    ) -> Any:
        """Return the request of a call; None where there is none: then the call is over.

        Parameters
        ----------
        context : ServicerContext
            Of the call.
        end : callable
            Aborts the call with an error: NotSentError where the request does not arrive within ``PATIENCE_S``,
            OverloadedError where the call waits for long and has to give way to others, InvalidInputError where its
            caller has nothing more to send.
        """
        awaited = _Awaited(caller(context), time.monotonic(), end)
        self._new[awaited] = None
        self._look_again()
        try:
            # Never cancelled from here: gRPC would go on writing where it was to put the message. An abort ends it.
            request = await context.read()
        finally:
            awaited.over = True
            self._new.pop(awaited, None)
            self._late.pop(awaited, None)
        if request is not grpc.aio.EOF:
            return request
        await asyncio.sleep(LEAVING_S)  # a caller that leaves ends what it sends as well, and gRPC says so first
        if not awaited.ends and not context.cancelled():
            await end(InvalidInputError([FieldViolation("", "must be one message: the call ended without any")]))
        return None

    def _look_again(self) -> None:
        """Look for late requests from time to time while any is awaited: a timer for each call would cost more."""
        if not self._looking and (self._new or self._late):
            self._looking = True
            asyncio.get_running_loop().call_later(AT_ONCE_S / LOOKS, self._look)

    def _look(self) -> None:
        for awaited in list(itertools.takewhile(lambda each: each.is_older(AT_ONCE_S), self._new)):
            del self._new[awaited]
            self._late[awaited] = None
            if len(self._late) > MAX_WAITING and (oldest := gives_way(self._late, attrgetter("who"))):
                self._metrics.refused.labels("waiting requests", "all").inc()
                many = f"more than {MAX_WAITING} calls wait for their requests, this one the longest"
                self._end(oldest, OverloadedError(many))
        for awaited in list(itertools.takewhile(lambda each: each.is_older(PATIENCE_S), self._late)):
            self._end(awaited, NotSentError(f"the request did not arrive within {PATIENCE_S:g} s"))
        self._looking = False
        self._look_again()

    def _end(self, awaited: _Awaited, error: BoxwrightError) -> None:
        del self._late[awaited]
        awaited.ends = True
        ending = asyncio.ensure_future(_end(awaited, error))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


async def _end(awaited: _Awaited, error: BoxwrightError) -> None:
    """Abort a call, unless it has its request or is over meanwhile: gRPC may have dropped it then."""
    if not awaited.over:
        with contextlib.suppress(grpc.aio.AbortError):
            await awaited.end(error)
