"""Calls that are safe to repeat: the same caller, method, ``request_id`` and payload get the first answer again."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import Message

from boxwright.errors import BoxwrightError
from boxwright.findings import Findings

MAX_LENGTH = 64
"""Longest ``request_id`` or ``correlation_id``, in characters, as the contract says."""

Answer = TypeVar("Answer", bound=Message | bytes)
"""A message, or the bytes of one."""


class RequestIdReusedError(BoxwrightError):
    """The ``request_id`` came before with another payload."""


@dataclass
class _Kept:
    digest: bytes
    task: "asyncio.Task[Any]"
    callers: int = 0
    size: int = 0


class Repeats:
    """Remembers answers, oldest forgotten first.

    Failures are not remembered: a repeated call tries again. So it does where every caller gave up before there was an
    answer: the work ends with the last of them.

    Parameters
    ----------
    max_answers, max_bytes : int
        Most answers, and most bytes of them.
    """

    def __init__(self, max_answers: int, max_bytes: int) -> None:
        self._max_answers = max_answers
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str, str], _Kept] = OrderedDict()
        self._bytes = 0

    async def answer(self, caller: str, method: str, request: Any, make: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the remembered answer of a request, or make and remember it.

        A request without ``request_id`` is simply answered.

        Raises
        ------
        InvalidInputError
            If the ``request_id`` is not up to 64 printable ASCII characters.
        RequestIdReusedError
            If it came before with another payload.
        """
        request_id = request.request_id
        if not request_id:
            return await make()
        found = Findings()
        check_id(request_id, found, "request_id")
        found.raise_any()
        key = (caller, method, request_id)
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = _Kept(digest, asyncio.ensure_future(_run(make)))
            kept.task.add_done_callback(lambda _: self._keep_or_forget(key, kept))
        elif kept.digest != digest:
            raise RequestIdReusedError(f"request_id {request_id!r} was used for another payload of {method}")
        # Shielded: a caller that gives up does not take the answer away from one that waits for the same.
        kept.callers += 1
        try:
            answer: Answer = await asyncio.shield(kept.task)
        finally:
            kept.callers -= 1
            if not kept.callers and not kept.task.done():
                kept.task.cancel()
                self._forget(key, kept)
        return answer

    def _forget(self, key: tuple[str, str, str], kept: _Kept) -> None:
        if self._kept.get(key) is kept:
            del self._kept[key]

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


async def _run(make: Callable[[], Awaitable[Answer]]) -> Answer:
    return await make()


def check_id(text: str, found: Findings, field: str) -> None:
    """Note an identifier that is not 1 to 64 printable ASCII characters."""
    if not 1 <= len(text) <= MAX_LENGTH or not (text.isascii() and text.isprintable()):
        found.add(field, f"must have 1 to {MAX_LENGTH} printable ASCII characters, got {text[:80]!r}")
