"""One planning process: takes what is asked from its socket, answers there, and ends when the door does."""

import faulthandler
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from boxwright.errors import CpuCeilingError
from boxwright.fuse import Flag, Fuse
from boxwright.phases import Phase, listening
from boxwright.server.asked import Asked, plain
from boxwright.server.desk import Desk
from boxwright.server.held import held
from boxwright.server.logs import level_now, set_level
from boxwright.server.memory import give_back, resident_bytes
from boxwright.server.noted import Noted, NotedMetrics
from boxwright.server.processes.frames import frame, received
from boxwright.server.relayed import parts_of

SWITCH_S = 0.001
"""How long one thread of a planning process holds the interpreter while another wants it, in seconds: those that end a
search want it now and then."""

SHORT_S = 0.005
"""An answer that is there sooner has taken too little memory to look after it, in seconds."""

TO_THE_DOOR = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
"""Signals that a terminal or a service sends to all processes, and that the door alone heeds."""


class Planner:
    """Answers one question after another.

    Parameters
    ----------
    desk : Desk
        Answers.
    noted : NotedMetrics
        Where it counts.
    asked, told : socket
        Over which questions come and answers go; and over which the door says that an answer is not wanted any more.
    flag : int64, (1,)
        Shared with the door, which blows the fuse of what is under way there.
    """

    def __init__(self, desk: Desk, noted: NotedMetrics, asked: socket.socket, told: socket.socket, flag: Flag) -> None:
        self._desk = desk
        self._noted = noted
        self._asked, self._told = asked, told
        self._flag = flag
        self._lock = threading.Lock()
        self._under_way: tuple[int, Fuse, Fuse | None] | None = None
        self._early: tuple[int, str] | None = None

    def work(self) -> None:
        """Answer until the door closes its socket."""
        sys.setswitchinterval(SWITCH_S)
        threading.Thread(target=self._listen, name="told", daemon=True).start()
        held_bytes = resident_bytes()
        while (message := received(self._asked)) is not None:
            (number, method, max_cpu_s, answer_by_s, keep, level, traced), request = message
            if level != level_now():
                set_level(level)
            phases: list[Phase] | None = [] if traced else None
            begun_s = time.monotonic()
            self._asked.sendall(self._answer(number, Asked(method, request, answer_by_s, keep), max_cpu_s, phases))
            del message, request
            if time.monotonic() - begun_s > SHORT_S:
                held_bytes = give_back(held_bytes)
        os._exit(0)

    def _answer(self, number: int, asked: Asked, max_cpu_s: float | None, phases: list[Phase] | None) -> bytes:
        """Return the message that answers a question."""
        fuse = Fuse(self._flag)
        if asked.method == "Improve":
            asked = replace(asked, stop=Fuse(), better=self._improved(number))
        try:
            with self._listed(number, fuse, asked.stop), held(fuse, max_cpu_s, asked.answer_by_s), listening(phases):
                answer, entry = self._desk.answer(asked)
        except BaseException as error:
            return frame((number, "error", self._counted(fuse, "error"), parts_of(error), phases))
        return frame((number, "answer", self._counted(fuse, "plan"), plain(entry), phases), answer)

    def _counted(self, fuse: Fuse, answer: str) -> Noted:
        """Return what was counted since the last time, and whether the ceiling ended the search."""
        if isinstance(fuse.why, CpuCeilingError):
            self._noted.ceilings.labels(answer).inc()
        return self._noted.take()

    def _improved(self, number: int) -> Callable[[bytes], None]:
        return lambda plan: self._asked.sendall(frame((number, "better", self._noted.take()), plan))

    @contextmanager
    def _listed(self, number: int, fuse: Fuse, stop: Fuse | None) -> Iterator[None]:
        with self._lock:
            self._under_way = number, fuse, stop
            if self._early is not None:
                self._end(*self._early)
        try:
            yield
        finally:
            with self._lock:
                self._under_way = None

    def _listen(self) -> None:
        """Blow the fuse that the door names; end the process, whatever it does, once the door is gone."""
        while (message := received(self._told)) is not None:
            with self._lock:
                self._early = message[0]  # its question may not have been read yet
                self._end(*message[0])
        os._exit(0)

    def _end(self, number: int, what: str) -> None:
        if self._under_way is not None and self._under_way[0] == number:
            _, fuse, stop = self._under_way
            ends = fuse if what == "blow" else stop
            if ends is not None:
                ends.blow()


def begin(parent: int) -> None:
    """Make a fresh copy of the process that loads a planning process."""
    for number in TO_THE_DOOR:
        signal.signal(number, signal.SIG_IGN)  # sent to all processes of a terminal or a service; the door sees to it
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    faulthandler.enable()
    end_with_parent(parent)


def end_with_parent(parent: int) -> None:
    """Have the system end this process when its parent ends, where it can; the sockets see to it elsewhere."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(0)
