"""Queue of orders: callers take turns, large orders leave a worker for small ones, and waits are limited.

An order counts as large by its content alone; nothing is learned from earlier orders.
"""

from __future__ import annotations

import asyncio
import enum
import math
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from boxwright.errors import BoxwrightError
from boxwright.v1 import policy_pb2

if TYPE_CHECKING:
    from collections.abc import Hashable

    from boxwright.server.metrics import Metrics
    from boxwright.v1.packing_service_pb2 import CheckPlanRequest, PackRequest

MOST_WAITING, MOST_WAITING_PER_CALLER = 4_000, 2_000
"""Maximum number of waiting orders, in all and per caller."""

MOST_WAIT_S = 2.0
"""Maximum wait of a single order, in seconds."""

LEAST_S, LEAST_SHARE = 0.1, 0.25
"""A waiting order is refused when this time is left before its deadline, in seconds or as a share of the caller's time,
whichever is less, since it could not be planned in time."""

LARGE = 400
"""Minimum product of units and lines of a large order; planning such an order takes about 0.1 s."""

THOROUGH = 4
"""Factor on this product for orders in the mode ``thorough``."""

LARGE_BYTES = 64 * 1024
"""Length in bytes from which a request counts as large, whatever its content."""


class CallKind(enum.StrEnum):
    """Kind of call that an order belongs to."""

    SINGLE = "single"
    BATCH = "batch"
    STREAM = "stream"


def is_large(request: PackRequest | CheckPlanRequest, alternatives: int = 0) -> bool:
    """Return whether an order is large; each alternative plan counts like another order."""
    lines = request.order.lines
    units = sum(max(line.quantity, 1) for line in lines)
    modes = THOROUGH if request.policy.mode == policy_pb2.SOLVING_MODE_THOROUGH else 1
    return units * len(lines) * (1 + max(alternatives, 0)) * modes >= LARGE


Slot = TypeVar("Slot")


@dataclass(eq=False, slots=True)
class _Waiting(Generic[Slot]):
    caller: Hashable
    large: bool
    came_s: float
    slot: asyncio.Future[Slot]


class _Queue(Generic[Slot]):
    """Waiting orders of one size, by caller; the first caller is next."""

    def __init__(self) -> None:
        self.count = 0
        self.waiting: dict[Hashable, dict[_Waiting[Slot], None]] = {}

    def join(self, order: _Waiting[Slot]) -> None:
        self.waiting.setdefault(order.caller, {})[order] = None
        self.count += 1

    def leave(self, order: _Waiting[Slot]) -> bool:
        """Remove an order; return whether it was waiting."""
        orders = self.waiting.get(order.caller, {})
        if order not in orders:
            return False
        del orders[order]
        if not orders:
            del self.waiting[order.caller]
        self.count -= 1
        return True

    def next(self) -> _Waiting[Slot]:
        """Remove and return the next order; the queue must not be empty."""
        caller, orders = next(iter(self.waiting.items()))
        order = next(iter(orders))
        self.leave(order)
        if orders:
            self.waiting[caller] = self.waiting.pop(caller)  # behind all others
        return order


class Admission(Generic[Slot]):
    """Gives slots to waiting orders; ``give`` adds slots, ``size`` is their full number.

    Large and small orders take turns, and so do callers within a size. With two or more slots, large orders leave one
    slot free.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._idle: list[Slot] = []
        self._held: dict[Slot, bool] = {}
        self._queues: dict[bool, _Queue[Slot]] = {False: _Queue(), True: _Queue()}
        self._large_next = False

    def waiting(self, *, large: bool) -> int:
        """Return the number of waiting orders of a size."""
        return self._queues[large].count

    def holds(self, slot: Slot) -> bool:
        """Return whether a slot is in use."""
        return slot in self._held

    def oldest_s(self) -> float:
        """Return the age of the oldest waiting order in seconds; 0 if none waits."""
        callers = [orders for queue in self._queues.values() for orders in queue.waiting.values()]
        came_s = min((next(iter(orders)).came_s for orders in callers), default=math.inf)
        return max(0.0, time.monotonic() - came_s)

    async def take(
        self, caller: Hashable, *, large: bool = False, most_wait_s: float = math.inf, deadline_s: float = math.inf
    ) -> Slot:
        """Wait for a slot and return it; give it back with ``give``.

        Parameters
        ----------
        caller : hashable
            Caller; callers take turns.
        large : bool, optional
            Whether the order is large. Default False.
        most_wait_s : float, optional
            Maximum wait in seconds. Default: no limit.
        deadline_s : float, optional
            Deadline of the caller by ``time.monotonic``. Default: none.

        Raises
        ------
        OverloadedError
            If too many orders wait, or this one has waited too long or until its deadline is too near. A free slot is
            given out even if the deadline is near.
        """
        queue = self._queues[large]
        if (
            self.waiting(large=False) + self.waiting(large=True) >= MOST_WAITING
            or len(queue.waiting.get(caller, ())) >= MOST_WAITING_PER_CALLER
        ):
            raise OverloadedError("too many orders are waiting: try again later", MOST_WAIT_S, "full")
        loop, now_s = asyncio.get_running_loop(), time.monotonic()
        order = _Waiting(caller, large, now_s, loop.create_future())
        queue.join(order)
        self._hand_out()
        timer = None
        patience_s = deadline_s - now_s
        left_s = patience_s - min(LEAST_S, LEAST_SHARE * patience_s)
        if not order.slot.done() and min(left_s, most_wait_s) < math.inf:
            limit = "deadline" if left_s < most_wait_s else "age"
            timer = loop.call_later(min(left_s, most_wait_s), self._refuse, order, limit)
        try:
            slot: Slot = await order.slot
            return slot
        except asyncio.CancelledError:
            if order.slot.done() and not order.slot.cancelled() and order.slot.exception() is None:
                self.give(order.slot.result())  # the slot was just given to a caller that left
            raise
        finally:
            queue.leave(order)
            if timer is not None:
                timer.cancel()

    def give(self, slot: Slot) -> None:
        """Add a slot, or give one back."""
        self._held.pop(slot, None)
        self._idle.append(slot)
        self._hand_out()

    def remove(self, slot: Slot) -> None:
        """Remove a slot, whether it is in use or not."""
        self._held.pop(slot, None)
        if slot in self._idle:
            self._idle.remove(slot)

    def _hand_out(self) -> None:
        """Give out slots while there are free ones and orders that may have them."""
        while self._idle:
            sizes = [large for large in (self._large_next, not self._large_next) if self._queues[large].count]
            if self._size > 1 and sum(self._held.values()) >= self._size - 1:
                sizes = [large for large in sizes if not large]
            if not sizes:
                return
            order = self._queues[sizes[0]].next()
            self._large_next = not order.large
            if order.slot.cancelled():  # its task ends at the next step of the loop
                continue
            slot = self._idle.pop()
            self._held[slot] = order.large
            order.slot.set_result(slot)

    def _refuse(self, order: _Waiting[Slot], limit: str) -> None:
        if self._queues[order.large].leave(order) and not order.slot.cancelled():
            waited = f"the order has waited for {time.monotonic() - order.came_s:.1f} s"
            why = (
                "and there is no time left to plan it"
                if limit == "deadline"
                else "as long as this server lets an order wait"
            )
            order.slot.set_exception(OverloadedError(f"{waited}, {why}: try again later", MOST_WAIT_S, limit))


JITTER = 0.5
"""Maximum random change of the retry time, as a share, so that refused callers do not all return at the same time."""


class OverloadedError(BoxwrightError):
    """Too many orders or calls; the caller should try again after ``retry_after_s`` seconds.

    ``limit`` is the name, in metrics, of the limit that refused an order.
    """

    def __init__(self, message: str, retry_after_s: float = 1.0, limit: str = "") -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s * random.uniform(1 - JITTER, 1 + JITTER)
        self.limit = limit


class Limit:
    """Limits open calls or bytes; ``what`` is their name in metrics and errors, in the plural."""

    def __init__(self, what: str, most: int, most_per_caller: int, metrics: Metrics) -> None:
        self._what, self._most, self._most_per_caller, self._metrics = what, most, most_per_caller, metrics
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, caller: str, amount: int = 1) -> Iterator[None]:
        """Hold an amount while the block runs; raises as ``take``."""
        self._take(caller, amount)
        try:
            yield
        finally:
            self._give_back(caller, amount)

    def take(self, context: Any, caller: str, amount: int = 1) -> None:
        """Hold an amount until a call is done; raises OverloadedError if it exceeds the limit of all or of one caller.

        A caller that holds nothing may exceed its own limit once.
        """
        self._take(caller, amount)
        context.add_done_callback(lambda _: self._give_back(caller, amount))

    def _take(self, caller: str, amount: int) -> None:
        held, total = self._taken[caller], self._taken.total()
        if held and held + amount > self._most_per_caller:
            self._metrics.refused.labels(self._what, "per_caller").inc()
            raise OverloadedError(
                f"this caller has reached its limit of {self._most_per_caller:,} {self._what} at a time"
            )
        if total and total + amount > self._most:
            self._metrics.refused.labels(self._what, "all").inc()
            raise OverloadedError(f"the server has reached its limit of {self._most:,} {self._what} at a time")
        self._taken[caller] = held + amount

    def _give_back(self, caller: str, amount: int) -> None:
        self._taken[caller] -= amount
        if not self._taken[caller]:
            del self._taken[caller]
