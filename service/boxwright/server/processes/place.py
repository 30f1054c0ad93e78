"""One place for a planning process at the door: what it works on, and how the two talk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.errors import BoxwrightError
from boxwright.server.logs import level_now
from boxwright.server.processes.frames import Frames, frame

if TYPE_CHECKING:
    from boxwright.server.workers import Job
    from boxwright.stop import Flags

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4_096


class Place(asyncio.Protocol):
    """Asks one planning process after another, which take this place.

    Parameters
    ----------
    number : int
        Which place.
    flags : int64, (2,)
        Shared with the process: those of the stop of what is under way there.
    heard : callable
        Called with the place, the head and the body of each message about the job under way.
    lost : callable
        Called with the place when its process is gone.
    """

    def __init__(
        self, number: int, flags: Flags, heard: Callable[[Place, Any, bytes], None], lost: Callable[[Place], None]
    ) -> None:
        self.number = number
        self.pid = 0
        self.job: Job | None = None
        self.why: BoxwrightError | None = None
        self.begun_cpu_s = 0.0
        self.since_s = 0.0
        self.first_bytes = 0
        self._flags = flags
        self._heard, self._lost = heard, lost
        self._job_number = 0
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None
        self._told: socket.socket | None = None
        self._statm = self._process = -1

    @property
    def taken(self) -> bool:
        """Whether a process is there."""
        return self._transport is not None

    @property
    def there(self) -> bool:
        """Whether a process is there that is not about to be ended."""
        return self._transport is not None and self.why is None

    @property
    def idle(self) -> bool:
        """Whether a process is there that has nothing to do, and is not about to be ended."""
        return self.there and self.job is None

    async def fill(self, pid: int, asked: socket.socket, told: socket.socket) -> None:
        """Talk to a new process from now on."""
        self.pid, self.why, self.since_s = pid, None, time.monotonic()
        self._frames = Frames()
        told.setblocking(False)
        self._told = told
        self._forget_process()
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                self._statm = os.open(f"/proc/{pid}/statm", os.O_RDONLY)
            with contextlib.suppress(OSError):
                self._process = os.pidfd_open(pid)
        self._transport, _ = await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=asked)
        self.first_bytes = self.resident_bytes()

    def begin(self, job: Job, max_cpu_s: float | None) -> None:
        """Have the process do a job."""
        assert self._transport is not None
        asked = job.asked
        assert asked is not None
        self._job_number += 1
        self.job = job
        job.begin(self.cpu_s)
        self.begun_cpu_s = job.seen_cpu_s
        ceiling_s = max_cpu_s if job.limited else None
        head = self._job_number, asked.method, ceiling_s, asked.answer_by_s, asked.keep, level_now()
        self._flags[:] = 0
        job.stop.share(self._flags)
        self._transport.write(frame(head, asked.request))

    def release(self) -> Job | None:
        """Take the job from the process, which has answered it or is gone."""
        job, self.job = self.job, None
        if job is not None:
            job.stop.share(np.zeros_like(self._flags))
        return job

    def cpu_s(self) -> float:
        """CPU time of the process in seconds; where the system does not show it, the time that passes."""
        return process_cpu_s(self.pid)

    def resident_bytes(self) -> int:
        """Memory that the process holds; 0 where the system does not say."""
        try:
            return 0 if self._statm < 0 else int(os.pread(self._statm, 256, 0).split()[1]) * PAGE_BYTES
        except (OSError, IndexError):
            return 0

    def kill(self) -> bool:
        """End the process at once; return False where only the process that loads can, which is deaf while it loads."""
        if sys.platform != "linux" or self._process < 0:
            return False
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            signal.pidfd_send_signal(self._process, signal.SIGKILL)
        return True

    def close(self) -> None:
        """Close the sockets, which ends the process."""
        if self._transport is not None:
            self._transport.close()
        if self._told is not None:
            self._told.close()

    def data_received(self, data: bytes) -> None:
        """Take what the process says; that about a job that ended otherwise concerns nobody."""
        for head, body in self._frames.messages(data):
            if self.job is not None and head[0] == self._job_number:
                self._heard(self, head, body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of a process that is gone."""
        self._transport = None
        if self._told is not None:
            self._told.close()
        self._forget_process()
        self._lost(self)

    def _forget_process(self) -> None:
        """Close the descriptors of a process that is gone."""
        for each in (self._statm, self._process):
            if each >= 0:
                os.close(each)
        self._statm = self._process = -1


def process_cpu_s(pid: int) -> float:
    """CPU time of a process in seconds; where the system does not show it, the time that passes."""
    if sys.platform != "linux" or not pid:
        return time.monotonic()
    try:
        return time.clock_gettime((~pid << 3) | 2)  # the clock of a process by its id; see clock_getcpuclockid
    except OSError:
        return 0.0
