"""The process that loads everything once and copies itself: each copy plans, and shares what was loaded.

The door starts it before all else (``spawned``). It loads code and kernels by itself, then shelves as the door hands
them over, one beside the other while an older one is still planned with. It has one thread and no gRPC server, so that
copying it is safe; what ends in a copy ends there alone.
"""

import gc
import json
import mmap
import os
import selectors
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwright.catalog import Materials
from boxwright.catalog.folder import shipped_folder
from boxwright.catalog.loader import read_materials
from boxwright.server.desk import Desk
from boxwright.server.logs import configure_logs
from boxwright.server.noted import NotedMetrics
from boxwright.server.processes.handed import key_of, read_shelf
from boxwright.server.processes.planner import TO_THE_DOOR, Planner, begin, end_with_parent
from boxwright.server.warm_up import warm_up
from boxwright.stop import Flags

FLAG_BYTES = 64
"""The flags of each place have a cache line of their own."""


def flags_at(memory: mmap.mmap, place: int) -> Flags:
    """Return the flags of a place in shared memory, int64 (2,)."""
    return np.frombuffer(memory, np.int64, 2, place * FLAG_BYTES)


@dataclass(frozen=True)
class Loaded:
    """One shelf: who answers with it, its data, and memory shared with the door, with the flags of each place."""

    desk: Desk
    materials: Materials
    flags: mmap.mmap


class Template:
    """Takes shelves, and requests for copies; ends copies.

    Parameters
    ----------
    door : socket
        Over which the door asks.
    """

    def __init__(self, door: socket.socket) -> None:
        self._door = door
        self._waiting: list[int] = []
        self._held = b""
        self._noted = NotedMetrics()
        self._loaded: dict[int, Loaded] = {}
        self._copies: set[int] = set()
        self._woken, wake = socket.socketpair()
        for each in (self._woken, wake):
            each.setblocking(False)
        self._wake = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)

    def warm_up(self) -> None:
        """Load kernels and the data of the package, and plan small orders with them."""
        self._shipped = read_materials(shipped_folder())
        warm_up(self._shipped)
        self._noted.take()
        gc.collect()
        gc.freeze()
        self._say("warm", materials=key_of(self._shipped))

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
            if request["do"] == "load":
                self._load(request["shelf"])
            elif request["do"] == "copy":
                self._copy(request["shelf"], request["place"])
            elif request["do"] == "drop":
                self._drop(request["shelf"])
            elif request["pid"] in self._copies:  # not reaped yet: the number is nobody else's
                os.kill(request["pid"], signal.SIGKILL)
        return True

    def _load(self, number: int) -> None:
        """Load a shelf beside those there are."""
        shelf_file, flags_file = self._waiting.pop(0), self._waiting.pop(0)
        there = {key_of(each): each for each in (self._shipped, *(each.materials for each in self._loaded.values()))}
        try:
            os.lseek(shelf_file, 0, os.SEEK_SET)
            with os.fdopen(shelf_file, "rb") as file:
                shelf = read_shelf(file, there)
            self._loaded[number] = Loaded(Desk(shelf, self._noted), shelf.materials, mmap.mmap(flags_file, 0))
        except Exception as error:  # copies of the other shelves plan on
            traceback.print_exc()
            self._say("refused", shelf=number, why=f"{type(error).__name__}: {error}")
        else:
            self._say("loaded", shelf=number)
        finally:
            os.close(flags_file)

    def _drop(self, number: int) -> None:
        """Forget a shelf that nobody plans with any more."""
        self._loaded.pop(number, None)
        gc.collect()

    def _copy(self, number: int, place: int) -> None:
        mine = [socket.socket(fileno=self._waiting.pop(0)) for _ in range(2)]
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:  # no process or memory is left for it: the other copies plan on
            for each in mine:
                each.close()
            self._say("not_copied", shelf=number, place=place, why=str(error))
            return
        if not pid:
            self._become(parent, self._loaded[number], place, *mine)
        for each in mine:
            each.close()
        self._copies.add(pid)
        self._say("copied", shelf=number, place=place, pid=pid)

    def _become(self, parent: int, loaded: Loaded, place: int, asked: socket.socket, told: socket.socket) -> None:
        """Plan for the rest of the life of this copy."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            begin(parent)
            gc.freeze()  # a collection in the copy would copy the memory of all that it looks at
            gc.enable()
            for each in (self._door, self._woken, self._wake):
                each.close()
            for descriptor in self._waiting:
                os.close(descriptor)
            Planner(loaded.desk, self._noted, asked, told, flags_at(loaded.flags, place)).work()
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
            if pid in self._copies:
                self._copies.remove(pid)
                self._say("ended", pid=pid, code=os.waitstatus_to_exitcode(status))

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
    """Load and copy; see the module. Arguments: descriptor of the socket, process id of the door, how to log."""
    gc.disable()  # all that is loaded stays; copies collect
    for number in TO_THE_DOOR:
        signal.signal(number, signal.SIG_IGN)
    descriptor, parent, log_format, log_level = sys.argv[1:]
    door = socket.socket(fileno=int(descriptor))
    end_with_parent(int(parent))
    configure_logs(log_format, log_level)
    template = Template(door)
    try:
        template.warm_up()
    except BaseException as error:
        traceback.print_exc()
        door.sendall(json.dumps({"what": "failed", "why": str(error)}).encode() + b"\n")
        sys.exit(1)
    template.run()


if __name__ == "__main__":
    main()
