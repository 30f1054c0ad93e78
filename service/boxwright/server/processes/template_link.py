"""The door's end of the process that loads everything once: hands it shelves, asks for copies, hears how they end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import mmap
import os
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from boxwright.errors import BoxwrightError
from boxwright.server.processes.handed import key_of, packed_shelf
from boxwright.server.processes.place import process_cpu_s

if TYPE_CHECKING:
    from boxwright.server.processes.spawned import Spawned
    from boxwright.server.shelf import Shelf

Ended = Callable[[int, int], None]
"""Called with process id and exit code when a copy has ended; a negative code is a signal."""


class NoPlanningError(BoxwrightError):
    """The process that loads everything does not start, or does not load a shelf."""


END_S = 0.2
"""How long a process may take to end once its files are closed, in seconds; otherwise that is all that is said."""


class LoadingLostError(NoPlanningError):
    """The process that loads everything ended."""


class TemplateLink:
    """One such process.

    Parameters
    ----------
    spawned : Spawned
        The process.
    gone : callable
        Called once when the process itself has ended.

    Attributes
    ----------
    pid : int
        Its process id.
    ended : str
        How it ended; empty while it runs.
    warm : Future
        Done once the process takes shelves.
    """

    def __init__(self, spawned: Spawned, gone: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._spawned, self._gone = spawned, gone
        self.pid, self.ended = spawned.process.pid, ""
        self._copies: dict[tuple[int, int], tuple[asyncio.Future[int], Ended]] = {}
        self._ends: dict[int, Ended] = {}
        self._loads: dict[int, asyncio.Future[None]] = {}
        self._materials: dict[int, str] = {}
        self._held = b""
        self._unsent: deque[tuple[bytes, list[int]]] = deque()
        self.warm: asyncio.Future[None] = self._loop.create_future()
        self._socket = spawned.socket
        self._socket.setblocking(False)
        self._loop.add_reader(self._socket, self._hear)
        self._seen_cpu_s, self._moved_at_s = 0.0, time.monotonic()

    @property
    def loading(self) -> bool:
        """Whether the process loads something."""
        return not (self.warm.done() and all(each.done() for each in self._loads.values()))

    def still_s(self, now_s: float) -> float:
        """Return for how long it has used no processor time although something is waited for; to be asked often."""
        cpu_s = process_cpu_s(self.pid)
        if not (self.loading or self._copies) or cpu_s != self._seen_cpu_s:
            self._seen_cpu_s, self._moved_at_s = cpu_s, now_s
        return now_s - self._moved_at_s

    def end(self) -> None:
        """End the process at once, whatever it does; its copies end with it."""
        self._spawned.process.kill()

    async def load(self, number: int, shelf: Shelf, flags: int) -> None:
        """Return once the process, which is warm, has loaded a shelf; it does that once for each number.

        Parameters
        ----------
        number : int
            What the shelf is called.
        shelf : Shelf
            Handed over as it is: files may have changed since it was read. Data that are there already are not.
        flags : int
            Descriptor of the memory with the flags of its places.

        Raises
        ------
        LoadingLostError, NoPlanningError
            If the process ends meanwhile; if it cannot load the shelf.
        """
        loaded = self._loads.get(number)
        if loaded is None:
            loaded = self._loads[number] = self._loop.create_future()
            try:
                await self._hand_over(number, shelf, flags)
            except BaseException:
                self._refuse(number, "they were not handed over")
                raise
        await asyncio.shield(loaded)

    async def _hand_over(self, number: int, shelf: Shelf, flags: int) -> None:
        key = key_of(shelf.materials)
        there = key in self._materials.values()
        content = await asyncio.to_thread(packed_shelf, shelf, with_materials=not there)
        if there and key not in self._materials.values():  # dropped meanwhile
            content = await asyncio.to_thread(packed_shelf, shelf, with_materials=True)
        if number not in self._loads:
            return
        file = anonymous_file(content)
        try:
            self._send({"do": "load", "shelf": number}, file, flags)
            self._materials[number] = key
        finally:
            os.close(file)

    def drop(self, number: int) -> None:
        """Have the process forget a shelf."""
        if number in self._loads:
            self._refuse(number, "they are not wanted any more")
            with contextlib.suppress(LoadingLostError):
                self._send({"do": "drop", "shelf": number})

    async def copy(self, number: int, place: int, ended: Ended, *sockets: socket.socket) -> int:
        """Return the process id of a new copy that plans with a shelf and holds these sockets.

        Raises
        ------
        LoadingLostError, NoPlanningError
            If the process has ended; if the system lets it make no copy.
        """
        copied: asyncio.Future[int] = self._loop.create_future()
        self._copies[number, place] = copied, ended
        try:
            self._send({"do": "copy", "shelf": number, "place": place}, *(each.fileno() for each in sockets))
        except OSError:
            del self._copies[number, place]
            raise
        return await copied

    def kill(self, pid: int) -> None:
        """End a copy at once."""
        with contextlib.suppress(LoadingLostError):
            self._send({"do": "kill", "pid": pid})

    def close(self) -> None:
        """End the process with all its copies."""
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        while self._unsent:
            _close(self._unsent.popleft()[1])

    def join(self, timeout_s: float) -> bool:
        """Wait for the process to end; return whether it has."""
        return self._spawned.join(timeout_s)

    def _send(self, request: dict[str, Any], *descriptors: int) -> None:
        """Send a request now, or after those before it once there is room for it."""
        message = json.dumps(request).encode() + b"\n"
        if self._unsent or not self._is_sent(message, descriptors):
            self._unsent.append((message, _kept_open(descriptors)))
            self._loop.add_writer(self._socket, self._send_more)

    def _is_sent(self, message: bytes, descriptors: Iterable[int]) -> bool:
        """Send a request; return False where the socket is full: the process has not read those before yet."""
        try:
            socket.send_fds(self._socket, [message], descriptors)
        except BlockingIOError:
            return False
        except OSError:
            self._lose()
            raise self._lost() from None
        return True

    def _send_more(self) -> None:
        """Send what waits for room."""
        with contextlib.suppress(LoadingLostError):
            while self._unsent and self._is_sent(*self._unsent[0]):
                _close(self._unsent.popleft()[1])
            if not self._unsent:
                self._loop.remove_writer(self._socket)

    def _hear(self) -> None:
        try:
            data = self._socket.recv(65_536)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._lose()
            return
        *lines, self._held = (self._held + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, said: dict[str, Any]) -> None:
        what = said.pop("what")
        if what == "warm":
            self._materials[OF_THE_PACKAGE] = said["materials"]
            self.warm.set_result(None)
        elif what == "loaded":
            loaded = self._loads.get(said["shelf"])
            if loaded is not None and not loaded.done():  # else it was dropped meanwhile
                loaded.set_result(None)
        elif what == "refused":
            self._refuse(said["shelf"], said["why"])
        elif what == "copied":
            copied, ended = self._copies.pop((said["shelf"], said["place"]))
            self._ends[said["pid"]] = ended
            if copied.done():  # nobody waits for it where the team leaves
                self.kill(said["pid"])
            else:
                copied.set_result(said["pid"])
        elif what == "not_copied":
            copied, _ = self._copies.pop((said["shelf"], said["place"]))
            if not copied.done():
                copied.set_exception(NoPlanningError(f"the system starts no more processes: {said['why']}"))
        elif what == "ended":
            self._ends.pop(said["pid"])(said["pid"], said["code"])
        elif what == "failed":
            self._lose(said["why"])

    def _refuse(self, number: int, why: str) -> None:
        """Fail whoever waits for a shelf; it is handed over anew when it is next asked for."""
        self._materials.pop(number, None)
        loaded = self._loads.pop(number, None)
        if loaded is not None and not loaded.done():
            loaded.set_exception(NoPlanningError(f"the process that loads catalogs does not take these: {why}"))
            _seen(loaded)

    def _lose(self, why: str = "") -> None:
        """Let go of a process that has ended; why is what it said itself."""
        if self._socket.fileno() < 0:
            return
        self.close()
        self.ended = why or self._how_it_ended()
        error = self._lost()
        copied = [each for each, _ in self._copies.values()]
        futures: list[asyncio.Future[Any]] = [self.warm, *self._loads.values(), *copied]
        for each in futures:
            if not each.done():
                each.set_exception(error)
                _seen(each)
        self._loop.run_in_executor(None, self._spawned.process.wait)
        self._gone()

    def _how_it_ended(self) -> str:
        """Return the signal or exit code: a system closes the files of a process just before it says how it ended."""
        try:
            return signal_name(self._spawned.process.wait(END_S))
        except subprocess.TimeoutExpired:
            return "its files are closed"

    def _lost(self) -> LoadingLostError:
        return LoadingLostError(f"the process that loads catalogs and kernels ended ({self.pid}): {self.ended}")


OF_THE_PACKAGE = -1
"""In place of the number of a shelf: data that the process has read itself."""


def _seen(future: asyncio.Future[Any]) -> None:
    """Have an exception count as seen: nobody may wait for it."""
    if not future.cancelled():
        future.exception()


def _kept_open(descriptors: Iterable[int]) -> list[int]:
    """Return descriptors of the same files, which stay open until they are sent."""
    kept: list[int] = []
    try:
        kept.extend(map(os.dup, descriptors))
    except OSError:
        _close(kept)
        raise
    return kept


def _close(descriptors: Iterable[int]) -> None:
    for each in descriptors:
        os.close(each)


def shared_flags(places: int, flag_bytes: int) -> tuple[int, mmap.mmap]:
    """Return a descriptor of memory with flags for each place, and the memory."""
    size = max(places * flag_bytes, mmap.PAGESIZE)
    descriptor = anonymous_file(bytes(size))
    return descriptor, mmap.mmap(descriptor, size)


def anonymous_file(content: bytes) -> int:
    """Return a descriptor of a file without a name, in memory where the system has such."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("boxwright")
    else:
        import tempfile

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    return descriptor


def signal_name(code: int) -> str:
    """Return how a process ended, in words, by its exit code."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
