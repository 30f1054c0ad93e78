"""Calls that are safe to repeat: the same caller, method, ``request_id`` and payload get the first answer again."""

import asyncio
import contextlib
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from google.protobuf.message import Message

from boxwright.errors import BoxwrightError
from boxwright.findings import Findings
from boxwright.server.caller import remembered_as
from boxwright.server.deflated import unpacked
from boxwright.server.own_deadline import is_of_deadline
from boxwright.server.patience import Looks
from boxwright.server.sealing import call_key, digest_of, known_as, unsealed
from boxwright.store import AnswerTakenError

MAX_LENGTH = 64
"""Longest ``request_id`` or ``correlation_id``, in characters, as the contract says."""

Answer = TypeVar("Answer", bound=Message | bytes)
"""A message, or the bytes of one."""


class StoredAnswers(Protocol):
    """Answers that outlive this process."""

    @property
    def secret(self) -> bytes:
        """What keys and digests are made with."""
        ...

    async def find(self, key: bytes) -> tuple[bytes, bytes] | None:
        """Return the digest of the request and the sealed answer of a call; None where none is stored, or found."""

    async def forget(self, key: bytes, content: bytes) -> None:
        """Let a sealed answer go, if it is still the one of its call."""


class Unfinished(bytes):
    """An answer of which a repeated call is to get the rest: what it lacks failed for a reason that may pass.

    Attributes
    ----------
    late : bool
        Whether the deadline of the call that had it made is such a reason.
    """

    late = False


class RequestIdReusedError(BoxwrightError):
    """The ``request_id`` came before with another payload."""


@dataclass
class _Kept:
    digest: bytes
    task: "asyncio.Task[Any]"
    callers: int = 0
    size: int = 0

    @property
    def error(self) -> BaseException | None:
        """Why there is no answer; None also where there is none yet."""
        return self.task.exception() if self.task.done() and not self.task.cancelled() else None

    @property
    def unfinished(self) -> Unfinished | None:
        """The answer, where a repeated call is to get the rest of it."""
        made = self.task.done() and not self.task.cancelled() and self.error is None
        answer = self.task.result() if made else None
        return answer if isinstance(answer, Unfinished) else None

    @property
    def late(self) -> bool:
        """Whether it failed, or lacks something, because of the deadline of the call that had it made."""
        return is_of_deadline(self.error) if self.unfinished is None else self.unfinished.late


class Repeats:
    """Remembers answers, oldest forgotten first.

    Failures are not remembered: a repeated call tries again, and of an answer that is unfinished it tries the rest. So
    it does where every caller gave up before there was an answer: the work ends with the last of them. An answer of
    which something no longer holds is forgotten likewise.

    Calls that come meanwhile wait for the first, whose deadline holds for the work. Where that deadline leaves no
    answer, the error is for the first call alone: of the others that have time left one has the answer made anew, by
    its own deadline.

    Parameters
    ----------
    max_answers, max_bytes : int
        Most answers in memory, and most bytes of them.
    stored : StoredAnswers, optional
        Answers of this server before its last start, and of its replicas. Default: none.
    found : callable, optional
        Hears of each call that came before: its method, and where its answer was (``memory``, ``under_way``,
        ``store``). Default: nobody does.
    """

    def __init__(
        self,
        max_answers: int,
        max_bytes: int,
        stored: StoredAnswers | None = None,
        found: Callable[[str, str], None] = lambda method, source: None,
    ) -> None:
        self._stored = stored
        self._looks = Looks()
        self._seen_again = found
        self._max_answers = max_answers
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str, str], _Kept] = OrderedDict()
        self._bytes = 0

    @property
    def kept(self) -> int:
        """How many answers are in memory, or under way."""
        return len(self._kept)

    @property
    def kept_bytes(self) -> int:
        """Bytes of the answers in memory."""
        return self._bytes

    async def answer(
        self,
        caller: str,
        method: str,
        request: Any,
        make: Callable[[], Awaitable[Answer]],
        read: Callable[[bytes], Answer] | None = None,
        finish: Callable[[Unfinished], Awaitable[Answer]] | None = None,
        deadline_s: float = math.inf,
        lost: Callable[[Answer], Awaitable[Unfinished | None]] | None = None,
    ) -> Answer:
        """Return the remembered answer of a request, or make and remember it; without ``request_id`` simply make it.

        Parameters
        ----------
        caller, method : str
            Who calls what.
        request : message
            With a ``request_id``.
        make : callable
            Makes the answer, and stores it where there is a store.
        read : callable, optional
            Makes the answer of the bytes that are stored. Default: stored answers are not looked for.
        finish : callable, optional
            Makes the rest of an answer that is unfinished. Default: there are none.
        deadline_s : float, optional
            When the caller waits no longer, by ``time.monotonic``: where the store does not answer, the call is not
            kept by the look for a stored answer. Default: it has not said.
        lost : callable, optional
            Returns what is left of a remembered answer that no longer holds, or of which a part does not: ``finish``,
            or else ``make``, makes the answer anew. None where it holds. Default: each does.

        Raises
        ------
        InvalidInputError
            If the ``request_id`` is not up to 64 printable ASCII characters.
        RequestIdReusedError
            If it came before with another payload.
        """
        if not request.request_id:
            return await make()
        _check_request_id(request.request_id)
        key = (remembered_as(caller), method, request.request_id)
        data = request.SerializeToString(deterministic=True)
        digest = digest_of(data)
        while (kept := self._kept.get(key)) is not None:
            if kept.digest != digest:
                raise _reused(key)
            holds, left = await self._held(key, kept, deadline_s, lost)
            if holds:
                known: Answer = kept.task.result()
                return known
            self._forget(key, kept)
            if finish and left is not None:
                make = partial(finish, left)
        making = self._found_or_made(key, data, make, read, finish, deadline_s, lost)
        kept = self._kept[key] = _Kept(digest, asyncio.ensure_future(making))
        kept.task.add_done_callback(lambda _: self._keep_or_forget(key, kept))
        answer: Answer = await self._shared(key, kept)
        return answer

    async def _held(
        self,
        key: tuple[str, str, str],
        kept: _Kept,
        deadline_s: float,
        lost: Callable[[Any], Awaitable[Unfinished | None]] | None,
    ) -> tuple[bool, Unfinished | None]:
        """Return, once it is there, whether what another call had made is the answer, or error, of this one too.

        Where it is not, what is left of it comes with that.
        """
        if kept.unfinished is not None:
            return False, kept.unfinished
        source = "memory" if kept.task.done() else "under_way"
        with contextlib.suppress(Exception):  # the caller raises it, unless the answer is made anew
            await self._shared(key, kept)
        if kept.late and time.monotonic() < deadline_s:
            return False, kept.unfinished
        if source == "memory":
            left = await self._left_of(kept.task.result(), lost, deadline_s)
            if left is not None:
                return False, left
        self._seen_again(key[1], source)
        return True, None

    async def _left_of(
        self, answer: Answer, lost: Callable[[Answer], Awaitable[Unfinished | None]] | None, deadline_s: float
    ) -> Unfinished | None:
        """Return what is left of a remembered answer that no longer holds; None where it does, as far as is known."""
        return None if lost is None else await self._looks.soon(partial(lost, answer), deadline_s)

    async def _shared(self, key: tuple[str, str, str], kept: _Kept) -> Any:
        """Return an answer that others may wait for too: one who gives up does not take it away from them."""
        kept.callers += 1
        try:
            return await asyncio.shield(kept.task)
        finally:
            kept.callers -= 1
            if not kept.callers and not kept.task.done():
                kept.task.cancel()
                self._forget(key, kept)

    async def _found_or_made(
        self,
        key: tuple[str, str, str],
        data: bytes,
        make: Callable[[], Awaitable[Answer]],
        read: Callable[[bytes], Answer] | None,
        finish: Callable[[Unfinished], Awaitable[Answer]] | None,
        deadline_s: float,
        lost: Callable[[Answer], Awaitable[Unfinished | None]] | None,
    ) -> Answer:
        """Return the stored answer of a request, or make one, or the one that another replica made meanwhile.

        One that no longer holds is deleted first: of replicas that find it so, one keeps the new answer.
        """
        if self._stored is None or read is None:
            return await make()
        known, secret = call_key(*key, self._stored.secret), self._stored.secret
        look = partial(self._stored.find, known)
        found = await self._looks.soon(look, deadline_s)
        for is_last in (False, True):
            answer = _read(key, known, known_as(data, secret), read, found)
            if answer is not None and found is not None:
                left = await self._left_of(answer, lost, deadline_s)
                if left is None:
                    self._seen_again(key[1], "store")
                    return answer
                await self._stored.forget(known, found[1])
                make = partial(finish, left) if finish else make
            try:
                return await make()
            except AnswerTakenError:
                if is_last:
                    raise
                found = await look()
        raise AssertionError("the last one returns or raises")

    def _forget(self, key: tuple[str, str, str], kept: _Kept) -> None:
        if self._kept.get(key) is kept:
            del self._kept[key]
            self._bytes -= kept.size

    def _keep_or_forget(self, key: tuple[str, str, str], kept: _Kept) -> None:
        """Keep a good answer within the limits, forget a failure."""
        if kept.task.cancelled() or kept.task.exception() is not None:
            self._forget(key, kept)
            return
        if self._kept.get(key) is not kept:
            return  # everyone had given up
        answer = kept.task.result()
        kept.size = len(answer) if isinstance(answer, bytes) else answer.ByteSize()
        self._bytes += kept.size
        for old, entry in list(self._kept.items()):
            if len(self._kept) <= self._max_answers and self._bytes <= self._max_bytes:
                return
            if entry.task.done():
                del self._kept[old]
                self._bytes -= entry.size


def _read(
    key: tuple[str, str, str],
    known: bytes,
    data: bytes,
    read: Callable[[bytes], Answer],
    found: tuple[bytes, bytes] | None,
) -> Answer | None:
    """Return the answer that is stored of a call, by its key there and what stands for its request."""
    if found is None:
        return None
    digest, content = found
    if digest != digest_of(data):
        raise _reused(key)
    return read(unpacked(unsealed(content, data, known)))


def _reused(key: tuple[str, str, str]) -> RequestIdReusedError:
    return RequestIdReusedError(f"request_id {key[2]!r} was used for another payload of {key[1]}")


def _check_request_id(request_id: str) -> None:
    found = Findings()
    check_id(request_id, found, "request_id")
    found.raise_any()


def check_id(text: str, found: Findings, field: str) -> None:
    """Note an identifier that is not 1 to 64 printable ASCII characters."""
    if not text:
        found.add(field, "is required")
    elif len(text) > MAX_LENGTH or not (text.isascii() and text.isprintable()):
        found.add(field, f"must have 1 to {MAX_LENGTH} printable ASCII characters, got {text[:80]!r}")
