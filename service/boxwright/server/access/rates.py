"""How often one caller may call."""

BURST_S = 5.0
"""Calls of so many seconds may come at once, and at least one."""

MOST_CALLERS = 100_000
"""Callers that are remembered; past it those who have not called for the longest time are forgotten."""


class Rates:
    """A bucket of calls for each caller, which fills as time passes.

    Parameters
    ----------
    per_s : float
        Calls a second that one caller may make for long; 0: any number.
    """

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._burst = max(1.0, per_s * BURST_S)
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, who: str, now_s: float) -> float:
        """Count a call, and return 0; or count none, and return after how long there is room for it, in seconds."""
        if not self._per_s:
            return 0.0
        left, at_s = self._left.pop(who, (self._burst, now_s))
        left = min(self._burst, left + (now_s - at_s) * self._per_s)
        wait_s = 0.0 if left >= 1.0 else (1.0 - left) / self._per_s
        self._left[who] = (left if wait_s else left - 1.0), now_s
        if len(self._left) > MOST_CALLERS:
            del self._left[next(iter(self._left))]
        return wait_s
