"""How the process ends where its threads or its event loop do not let it."""

import logging
import os
import sys
import threading
from typing import Self


class ProcessDeadline:
    """When the process ends whatever its threads do, and even should the event loop stand still."""

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def set(self, seconds: float, code: int) -> None:
        """End the process with a code after so long, in seconds, in place of what was set before."""
        self.cancel()
        self._timer = threading.Timer(seconds, end_process, (code,))
        self._timer.daemon = True
        self._timer.start()

    def cancel(self) -> None:
        """Let the process live on."""
        if self._timer is not None:
            self._timer.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()


def end_process(code: int) -> None:
    """End the process whatever its threads do."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
