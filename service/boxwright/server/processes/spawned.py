"""A process that loads, just started: it loads code and kernels while the door still reads catalogs.

Nothing that takes long to import is imported here, so that it is started before all else.
"""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import Self

_START = """
import sys
sys.path[:] = {path!r}
import signal
for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"):
    signal.signal(signal.Signals[name], signal.SIG_IGN)
from boxwright.server.processes.template import main
main()
"""
"""Signals that reach all processes are for the door, also while this one still imports."""

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment in which numpy starts no threads of its own: a process with threads is not copied safely."""


@dataclass(frozen=True)
class Spawned:
    """The process, and the door's end of the socket over which the two talk."""

    process: "subprocess.Popen[bytes]"
    socket: socket.socket

    @classmethod
    def start(cls, log_format: str, log_level: str) -> Self:
        """Start a process; how it logs is all that it is handed: everybody on the machine sees its arguments."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # by vfork and exec, which is safe with the threads of gRPC
                [
                    sys.executable,
                    "-c",
                    _START.format(path=sys.path),
                    str(theirs.fileno()),
                    str(os.getpid()),
                    log_format,
                    log_level,
                ],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD},
            )
        return cls(process, ours)

    def close(self) -> None:
        """Let the process end, with all its copies."""
        self.socket.close()

    def end(self) -> None:
        """End the process at once, if it has not ended yet."""
        self.close()
        self.process.kill()
        self.process.wait()

    def join(self, timeout_s: float) -> bool:
        """Wait for the process to end once closed, and kill it if it does not; return whether it ended by itself."""
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return False
        return True
