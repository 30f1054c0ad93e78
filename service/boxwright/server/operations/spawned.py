"""The process of an operation as the server sees it: started, handed its task, ended.

Nothing that it does is imported here: the server itself evaluates and designs nothing.
"""

import contextlib
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from boxwright.catalog.folder import FOLDER_VARIABLE
from boxwright.server.operations.frames import frame
from boxwright.server.shelf import Shelf
from boxwright.server.workers.forks import ONE_THREAD
from boxwright.server.workers.handed import packed_shelf
from boxwright.server.workers.worker import PAGE_BYTES

_START = """
import sys
sys.path[:] = {path!r}
import signal
for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"):
    signal.signal(signal.Signals[name], signal.SIG_IGN)
from boxwright.server.operations.child import main
main()
"""


@dataclass(frozen=True)
class Child:
    """The process, and the server's end of the socket over which the two talk."""

    process: "subprocess.Popen[bytes]"
    socket: socket.socket

    @classmethod
    def start(cls, folder: Path) -> Self:
        """Start a process that reads the data of a folder; from the thread with whose end it is to end."""
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            process = subprocess.Popen(
                [sys.executable, "-c", _START.format(path=sys.path), str(number), str(os.getpid())],
                pass_fds=(number,),
                stdin=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD, FOLDER_VARIABLE: str(folder)},
            )
        return cls(process, ours)

    def resident_bytes(self) -> int:
        """Memory that the process holds; 0 where the system does not say, or it has ended."""
        try:
            return int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_BYTES
        except (OSError, IndexError):
            return 0

    def end(self) -> None:
        """End the process at once, if it has not ended yet."""
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            self.socket.close()


def task(kind: str, request: bytes, shelf: Shelf) -> bytes:
    """Return what a process is sent: which operation, and with which catalogs."""
    settings = shelf.settings
    head = kind, request, settings.log_format, settings.log_level
    return frame(head, packed_shelf(shelf, with_materials=False))
