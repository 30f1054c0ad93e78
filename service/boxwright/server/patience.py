"""How long a call waits for the store: never past its deadline, since a store that hangs keeps no plan from anybody."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

Found = TypeVar("Found")

SHARE = 0.25
"""Of what is left of a call's deadline, the part that it may wait for a look into the store."""

LATE_S = 0.5
"""A look that takes so long, in seconds, is late also for a call that would wait longer."""

REST_S = 1.0
"""After a late look nobody looks for so long, in seconds: each call would wait in vain."""

_GOING_ON = set[asyncio.Task[Any]]()
"""What is stored after its call was answered; the event loop itself holds tasks weakly."""


class Looks:
    """Looks into the store, as long as it answers in time."""

    def __init__(self) -> None:
        self._rests_until_s = -math.inf

    async def soon(self, look: Callable[[], Awaitable[Found | None]], deadline_s: float) -> Found | None:
        """Return what a look finds; None where it finds nothing, is late, or another one was late just now.

        Parameters
        ----------
        look : callable
            Begins the look.
        deadline_s : float
            When the caller waits no longer, by ``time.monotonic``; infinity where it has not said.
        """
        begun_s = time.monotonic()
        if begun_s < self._rests_until_s:
            return None
        found: Found | None = None
        late = False
        try:
            found = await asyncio.wait_for(look(), None if math.isinf(deadline_s) else (deadline_s - begun_s) * SHARE)
        except TimeoutError:
            late = True
        now_s = time.monotonic()
        if late or (found is None and now_s - begun_s > LATE_S):
            self._rests_until_s = now_s + REST_S
        return found


async def stored_by(
    by_s: float | None, storing: Coroutine[Any, Any, Found], otherwise: Callable[[], Found], share: float = 0.5
) -> Found:
    """Return what comes of storing; something else once a share of the time is over, while the storing goes on.

    It goes on as well where the caller leaves: so it is noticed that the store does not answer.

    Parameters
    ----------
    by_s : float or None
        When the answer has to be ready, by ``time.monotonic``; None where its caller has not said.
    storing : coroutine
        Stores something.
    otherwise : callable
        Makes what is returned where that takes too long, or raises.
    share : float, optional
        Part of the time that is left, after which that is so. Default: half.
    """
    if by_s is None:
        return await storing
    task = asyncio.ensure_future(storing)
    _GOING_ON.add(task)
    task.add_done_callback(_ended)
    try:
        return await asyncio.wait_for(asyncio.shield(task), max((by_s - time.monotonic()) * share, 0.0))
    except TimeoutError:
        return otherwise()


def _ended(task: asyncio.Task[Any]) -> None:
    _GOING_ON.discard(task)
    if not task.cancelled():
        task.exception()  # whoever still waits has it; of what nobody waits for the store's own log has said it
