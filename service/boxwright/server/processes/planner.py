"""One planning process: takes what is asked from its socket, answers there, and ends when the door does."""

import faulthandler
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

from boxwright.errors import CpuCeilingError
from boxwright.server.asked import Asked, plain
from boxwright.server.desk import Desk
from boxwright.server.logs import level_now, set_level
from boxwright.server.memory import give_back, resident_bytes
from boxwright.server.noted import Noted, NotedMetrics
from boxwright.server.processes.frames import frame, received
from boxwright.server.relayed import parts_of
from boxwright.stop import Flags, Stop

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
        Over which questions come and answers go; and which closes when the door is gone.
    flags : int64, (2,)
        Shared with the door: those of the stop of what is under way.
    """

    def __init__(
        self, desk: Desk, noted: NotedMetrics, asked: socket.socket, told: socket.socket, flags: Flags
    ) -> None:
        self._desk = desk
        self._noted = noted
        self._asked, self._told = asked, told
        self._flags = flags

    def work(self) -> None:
        """Answer until the door closes its socket."""
        sys.setswitchinterval(SWITCH_S)
        threading.Thread(target=self._end_with_door, name="told", daemon=True).start()
        held_bytes = resident_bytes()
        while (message := received(self._asked)) is not None:
            (number, method, max_cpu_s, answer_by_s, keep, level), request = message
            if level != level_now():
                set_level(level)
            begun_s = time.monotonic()
            stop = Stop(answer_by_s, max_cpu_s)
            stop.share(self._flags)
            asked = Asked(method, request, answer_by_s, keep, stop, self._improved(number))
            self._asked.sendall(self._answer(number, asked))
            del message, request, asked, stop
            if time.monotonic() - begun_s > SHORT_S:
                held_bytes = give_back(held_bytes)
        os._exit(0)

    def _answer(self, number: int, asked: Asked) -> bytes:
        """Return the message that answers a question."""
        stop = asked.stop
        try:
            answer, entry = self._desk.answer(asked)
        except BaseException as error:
            return frame((number, "error", self._counted(stop, "error"), parts_of(error), stop.phases))
        return frame((number, "answer", self._counted(stop, "plan"), plain(entry), stop.phases), answer)

    def _counted(self, stop: Stop, answer: str) -> Noted:
        """Return what was counted since the last time, and whether the ceiling ended the search."""
        if isinstance(stop.why, CpuCeilingError):
            self._noted.ceilings.labels(answer).inc()
        return self._noted.take()

    def _improved(self, number: int) -> Callable[[bytes], None]:
        return lambda plan: self._asked.sendall(frame((number, "better", self._noted.take()), plan))

    def _end_with_door(self) -> None:
        """End the process, whatever it does, once the door is gone: it says nothing over this socket."""
        received(self._told)
        os._exit(0)


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
