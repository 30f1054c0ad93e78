"""Repeated calls: the same caller, method, ``request_id`` and payload get the first answer again."""

import asyncio
import hmac
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from google.protobuf.message import Message

from boxwright.findings import Findings
from boxwright.server.access.auth import remembered_as
from boxwright.server.api.faults import RequestIdReusedError
from boxwright.store import AnswerRecord, AnswerTakenError

MAX_LENGTH = 64
"""Maximum length of ``request_id`` and ``correlation_id``, in characters, as the contract says."""

Answer = TypeVar("Answer", bound=Message | bytes)
"""A message or its bytes."""


@dataclass(frozen=True, slots=True)
class RepeatableCall:
    """A call with a ``request_id``."""

    method: str
    request_id: str
    key: bytes
    """HMAC-SHA256 of caller, method and request id."""
    digest: bytes
    """HMAC-SHA256 of the request."""

    @classmethod
    def of(cls, caller: str, method: str, request: Any, secret: str) -> "RepeatableCall | None":
        """Return the call of a request; None if it has no ``request_id``.

        ``secret`` is the setting ``order_id_key``: without it, short order ids could be found by trying hashes. Raises
        InvalidInputError unless the ``request_id`` has at most 64 printable ASCII characters.
        """
        if not request.request_id:
            return None
        found = Findings()
        check_id(request.request_id, found, "request_id")
        found.raise_any()
        text = "\0".join((remembered_as(caller), method, request.request_id))
        contents = text.encode(), request.SerializeToString(deterministic=True)
        return cls(method, request.request_id, *(hmac.digest(secret.encode(), data, "sha256") for data in contents))

    def part(self, index: int) -> "RepeatableCall":
        """Return the call for one order of a batch."""
        return replace(self, key=hmac.digest(self.key, str(index).encode(), "sha256"))

    def record(self, plan_id: str | None = None, answer: Message | None = None) -> AnswerRecord:
        """Return the record to store: the id of the plan or, if it is not stored, the answer."""
        data = b"" if answer is None else answer.SerializeToString()
        return AnswerRecord(self.key, self.digest, time.time_ns() // 1_000, plan_id, data)

    def check(self, digest: bytes) -> None:
        """Raise RequestIdReusedError if an earlier call of the same id had another payload."""
        if digest != self.digest:
            raise RequestIdReusedError(f"request_id {self.request_id!r} was used for another payload of {self.method}")


class Records(Protocol):
    """Stored records of calls."""

    async def find(self, key: bytes, deadline_s: float) -> AnswerRecord | None:
        """Return the record of a call; None if there is none, or it cannot be read in time."""


@dataclass
class _Running:
    digest: bytes
    task: "asyncio.Task[Any]"
    callers: int = 0


class Repeats:
    """Answers repeated calls.

    A repeat that comes while the first call is under way waits for its answer; if the first call fails, a waiting call
    makes the answer itself, within its own deadline. Stored answers come from the store; others are kept in memory, and
    the oldest are discarded first. Failures are not kept. The work stops once every caller has given up.

    Parameters
    ----------
    max_answers, max_bytes : int
        Maximum number of answers in memory, and maximum of their bytes.
    records : Records, optional
        Records of calls in the store. Default: none.
    found : callable, optional
        Receives the method of each repeated call, and the source of its answer (``memory``, ``under_way``, ``store``).
        Default: nothing.
    """

    def __init__(
        self,
        max_answers: int,
        max_bytes: int,
        records: Records | None = None,
        found: Callable[[str, str], None] = lambda method, source: None,
    ) -> None:
        self._max_answers, self._max_bytes = max_answers, max_bytes
        self._records, self._seen_again = records, found
        self._running: dict[bytes, _Running] = {}
        self._kept: OrderedDict[bytes, tuple[bytes, Any]] = OrderedDict()  # digest and answer, by key
        self._kept_bytes = 0

    async def answer(
        self,
        call: RepeatableCall | None,
        make: Callable[[], Awaitable[Answer]],
        restore: Callable[[AnswerRecord], Awaitable[Answer | None]] | None = None,
        deadline_s: float = math.inf,
    ) -> Answer:
        """Return the earlier answer of a call, or make it.

        Parameters
        ----------
        call : RepeatableCall or None
            None if the call has no ``request_id``.
        make : callable
            Makes the answer. If ``restore`` is given, it also stores the record of the call.
        restore : callable, optional
            Returns the answer from a stored record; None if the plan was deleted. Default: the answer is kept in
            memory.
        deadline_s : float, optional
            Deadline of the caller by ``time.monotonic``. Default: none.
        """
        if call is None:
            return await make()
        while (running := self._running.get(call.key)) is not None:
            call.check(running.digest)
            with suppress(Exception):  # the running call may fail, for example because its deadline is shorter
                shared: Answer = await self._shared(call, running)
                self._seen_again(call.method, "under_way")
                return shared
        if (kept := self._kept.get(call.key)) is not None:
            call.check(kept[0])
            self._seen_again(call.method, "memory")
            remembered: Answer = kept[1]
            return remembered
        making = asyncio.ensure_future(self._made(call, make, restore, deadline_s))
        running = self._running[call.key] = _Running(call.digest, making)
        making.add_done_callback(lambda _: self._ended(call, running, remember=restore is None))
        answer: Answer = await self._shared(call, running)
        return answer

    async def _shared(self, call: RepeatableCall, running: _Running) -> Any:
        """Await an answer that other callers may await too, so that cancelling one caller does not cancel the work."""
        running.callers += 1
        try:
            return await asyncio.shield(running.task)
        finally:
            running.callers -= 1
            if not running.callers and not running.task.done():
                running.task.cancel()
                self._running.pop(call.key, None)

    async def _made(
        self,
        call: RepeatableCall,
        make: Callable[[], Awaitable[Answer]],
        restore: Callable[[AnswerRecord], Awaitable[Answer | None]] | None,
        deadline_s: float,
    ) -> Answer:
        """Return the stored answer; without one, make it, or use that of another replica if it is stored first."""
        if restore is None or self._records is None:
            return await make()
        for is_last in (False, True):
            record = await self._records.find(call.key, deadline_s)
            if record is not None:
                call.check(record.digest)
                if (restored := await restore(record)) is not None:
                    self._seen_again(call.method, "store")
                    return restored
            try:
                return await make()
            except AnswerTakenError:
                if is_last:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _ended(self, call: RepeatableCall, running: _Running, *, remember: bool) -> None:
        """Remove a call that has ended; keep its answer, unless it failed, within the limits."""
        if self._running.get(call.key) is running:
            del self._running[call.key]
        if running.task.cancelled() or running.task.exception() is not None or not remember:
            return
        answer = running.task.result()
        self._kept[call.key] = call.digest, answer
        self._kept_bytes += _size(answer)
        while self._kept and (len(self._kept) > self._max_answers or self._kept_bytes > self._max_bytes):
            _, (_, oldest) = self._kept.popitem(last=False)
            self._kept_bytes -= _size(oldest)


def _size(answer: Message | bytes) -> int:
    return len(answer) if isinstance(answer, bytes) else answer.ByteSize()


def check_id(text: str, found: Findings, field: str) -> None:
    """Note an identifier that is not 1 to 64 printable ASCII characters."""
    if not text:
        found.add(field, "is required")
    elif len(text) > MAX_LENGTH or not (text.isascii() and text.isprintable()):
        found.add(field, f"must have 1 to {MAX_LENGTH} printable ASCII characters, got {text[:80]!r}")
