"""How long a run took, and how much memory: said at its end."""

import importlib.util
import sys
import time

_KIB = 1 if sys.platform != "darwin" else 1_024
"""The kernel states memory in KiB, but for one that states bytes."""


class Spent:
    """Begins to count when it is made."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def said(self) -> str:
        """Return the time since then and the most memory of this process and of the largest of its workers."""
        said = f"took {time.monotonic() - self._since:,.0f} s"
        if importlib.util.find_spec("resource") is None:
            return said
        import resource

        own, workers = (
            resource.getrusage(who).ru_maxrss / 1_024 / _KIB for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        return f"{said}, {own:,.0f} MB of memory at most" + (f" and {workers:,.0f} MB a worker" if workers else "")
