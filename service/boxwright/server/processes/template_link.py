"""The door's end of the process that loads everything once: starts it, asks it for copies, and hears how they end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from boxwright.errors import BoxwrightError
from boxwright.server.processes.place import process_cpu_s

_START = "import sys; sys.path[:] = {path!r}; from boxwright.server.processes.template import main; main()"

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment in which numpy starts no threads of its own: a process with threads is not copied safely."""


class NoPlanningError(BoxwrightError):
    """The process that loads everything does not start."""


class TemplateLink:
    """One such process.

    Parameters
    ----------
    flags, shelf : int
        Descriptors of the memory with the flags, and of the file with what it loads. Settings are in that file, since
        everybody on the machine sees what a process was started with, and some are secrets.
    ended : callable
        Called with process id and exit code when a copy has ended; a negative code is a signal.
    gone : callable
        Called once when the process itself has ended.

    Attributes
    ----------
    loaded : Future
        Done once copies can be made.
    """

    def __init__(
        self,
        flags: int,
        shelf: int,
        ended: Callable[[int, int], None],
        gone: Callable[[], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended, self._gone = ended, gone
        self._copies: dict[int, asyncio.Future[int]] = {}
        self._held = b""
        self.loaded: asyncio.Future[None] = self._loop.create_future()
        self._socket, other = socket.socketpair()
        with other:
            self._process = subprocess.Popen(  # by vfork and exec, which is safe with the threads of gRPC
                [
                    sys.executable,
                    "-c",
                    _START.format(path=sys.path),
                    str(other.fileno()),
                    str(flags),
                    str(shelf),
                    str(os.getpid()),
                ],
                pass_fds=(other.fileno(), flags, shelf),
                stdin=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD},
            )
        self._socket.setblocking(False)
        self._loop.add_reader(self._socket, self._hear)
        self._seen_cpu_s, self._moved_at_s = 0.0, time.monotonic()

    def still_s(self, now_s: float) -> float:
        """Return for how long it has used no processor time although something is waited for; to be asked often."""
        cpu_s = process_cpu_s(self._process.pid)
        if (self.loaded.done() and not self._copies) or cpu_s != self._seen_cpu_s:
            self._seen_cpu_s, self._moved_at_s = cpu_s, now_s
        return now_s - self._moved_at_s

    def end(self) -> None:
        """End the process at once, whatever it does; its copies end with it."""
        self._process.kill()

    async def copy(self, place: int, *sockets: socket.socket) -> int:
        """Return the process id of a new copy, which holds these sockets."""
        copied = self._copies[place] = self._loop.create_future()
        message = json.dumps({"do": "copy", "place": place}).encode() + b"\n"
        socket.send_fds(self._socket, [message], [each.fileno() for each in sockets])
        pid: int = await copied
        return pid

    def kill(self, pid: int) -> None:
        """End a copy at once."""
        with contextlib.suppress(OSError):
            self._socket.send(json.dumps({"do": "kill", "pid": pid}).encode() + b"\n")

    def close(self) -> None:
        """End the process with all its copies."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the process to end; return whether it has."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return False
        return True

    def _hear(self) -> None:
        try:
            data = self._socket.recv(65_536)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._lose("ended")
            return
        *lines, self._held = (self._held + data).split(b"\n")
        for line in lines:
            self._take(json.loads(line))

    def _take(self, said: dict[str, Any]) -> None:
        what = said.pop("what")
        if what == "loaded":
            self.loaded.set_result(None)
        elif what == "copied":
            copied = self._copies.pop(said["place"])
            if not copied.done():  # nobody waits for it where the team leaves
                copied.set_result(said["pid"])
        elif what == "ended":
            self._ended(said["pid"], said["code"])
        elif what == "failed":
            self._lose(said["why"])

    def _lose(self, why: str) -> None:
        """Let go of a process that has ended."""
        if self._socket.fileno() < 0:
            return
        self.close()
        error = NoPlanningError(f"the process that loads catalogs and kernels: {why}")
        futures: list[asyncio.Future[Any]] = [self.loaded, *self._copies.values()]
        for each in futures:
            if not each.done():
                each.set_exception(error)
                each.exception()  # seen: nobody may wait for it
        self._loop.run_in_executor(None, self._process.wait)
        self._gone()


def shared_flags(places: int, flag_bytes: int) -> tuple[int, mmap.mmap]:
    """Return a descriptor of memory with a flag for each place, and the memory."""
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
