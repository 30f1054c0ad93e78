"""The process that loads everything once and copies itself: each copy plans, and shares what was loaded.

``python -m boxwright.server.processes.template FD FLAGS_FD SHELF_FD PARENT`` is started by the door, over whose
socket it is asked for copies. It has one thread and no gRPC server, so that copying it is safe; what ends in a copy
ends there alone.
"""

import gc
import json
import mmap
import os
import pickle
import selectors
import signal
import socket
import sys
import traceback
from typing import Any

import numpy as np

from boxwright.server.desk import Desk
from boxwright.server.logs import configure_logs
from boxwright.server.noted import NotedMetrics
from boxwright.server.processes.planner import TO_THE_DOOR, Planner, begin, end_with_parent
from boxwright.server.shelf import Shelf

FLAG_BYTES = 64
"""Each flag has a cache line of its own."""


class Template:
    """Takes requests for copies and ends them.

    Parameters
    ----------
    door : socket
        Over which the door asks.
    flags : mmap
        Memory shared with the door, a flag for each place.
    """

    def __init__(self, door: socket.socket, flags: mmap.mmap) -> None:
        self._door = door
        self._flags = flags
        self._waiting: list[int] = []
        self._held = b""
        self._copies: dict[int, int] = {}
        self._woken, wake = socket.socketpair()
        for each in (self._woken, wake):
            each.setblocking(False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def load(self, shelf_file: int) -> None:
        """Load kernels, and settings, data and catalogs from the file of a descriptor, and plan small orders."""
        self._noted = NotedMetrics()
        os.lseek(shelf_file, 0, os.SEEK_SET)
        with open(shelf_file, "rb") as file:
            settings, *content = pickle.load(file)  # as the door wrote it
        configure_logs(settings.log_format, settings.log_level)
        shelf = Shelf(settings, *content)
        self._desk = Desk(shelf, self._noted)
        self._desk.warm_up()
        self._noted.take()
        gc.collect()
        gc.freeze()
        self._say("loaded")

    def run(self) -> None:
        """Make copies as asked, and say when one has ended, until the door closes its socket."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._door, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._woken:
                        self._woken.recv(4_096)
                    elif not self._hear():
                        self._end_all()
                self._reap()

    def _hear(self) -> bool:
        """Do as the door asks; return whether it is still there."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._door, 65_536, 64)
        except ConnectionError:
            return False
        if not data:
            return False
        self._waiting += descriptors
        *lines, self._held = (self._held + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            if request["do"] == "copy":
                self._copy(request["place"])
            elif request["pid"] in self._copies:  # not reaped yet: the number is nobody else's
                os.kill(request["pid"], signal.SIGKILL)
        return True

    def _copy(self, place: int) -> None:
        mine = [socket.socket(fileno=self._waiting.pop(0)) for _ in range(2)]
        parent = os.getpid()
        pid = os.fork()
        if not pid:
            self._become(parent, place, *mine)
        for each in mine:
            each.close()
        self._copies[pid] = place
        self._say("copied", place=place, pid=pid)

    def _become(self, parent: int, place: int, asked: socket.socket, told: socket.socket) -> None:
        """Plan for the rest of the life of this copy."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            begin(parent)
            for each in (self._door, self._woken, self._wake):
                each.close()
            flag = np.frombuffer(self._flags, np.int64, 1, place * FLAG_BYTES)
            Planner(self._desk, self._noted.take, asked, told, flag).work()
            code = 0
        except (BrokenPipeError, ConnectionError):
            code = 0  # the door is gone
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        """Say which copies have ended and how."""
        while self._copies:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            place = self._copies.pop(pid, None)
            if place is not None:
                self._say("ended", place=place, pid=pid, code=os.waitstatus_to_exitcode(status))

    def _end_all(self) -> None:
        """End with all copies: the door is gone."""
        for pid in self._copies:
            os.kill(pid, signal.SIGKILL)
        for pid in self._copies:
            os.waitpid(pid, 0)
        os._exit(0)

    def _say(self, what: str, **facts: Any) -> None:
        try:
            self._door.sendall(json.dumps({"what": what, **facts}).encode() + b"\n")
        except ConnectionError:
            self._end_all()


def main() -> None:
    """Load and copy; see the module."""
    for number in TO_THE_DOOR:
        signal.signal(number, signal.SIG_IGN)
    door = socket.socket(fileno=int(sys.argv[1]))
    flags = mmap.mmap(int(sys.argv[2]), 0)
    end_with_parent(int(sys.argv[4]))
    template = Template(door, flags)
    try:
        template.load(int(sys.argv[3]))
    except BaseException as error:
        traceback.print_exc()
        door.sendall(json.dumps({"what": "failed", "why": str(error)}).encode() + b"\n")
        sys.exit(1)
    template.run()


if __name__ == "__main__":
    main()
