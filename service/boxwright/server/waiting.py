"""What holds a place and waits for its caller: where too many do, one of the caller with the most ends."""

from collections import defaultdict
from collections.abc import Callable


class Waiting:
    """Calls without a request, or connections without a call, by caller and in the order in which they came."""

    def __init__(self) -> None:
        self._of: defaultdict[str, dict[object, Callable[[], None]]] = defaultdict(dict)

    def __len__(self) -> int:
        return sum(map(len, self._of.values()))

    def add(self, who: str, what: object, end: Callable[[], None]) -> None:
        """Let something of a caller wait, which a function ends."""
        self._of[who][what] = end

    def remove(self, who: str, what: object) -> None:
        """Let it wait no longer; nothing happens where it does not wait."""
        if who in self._of:
            self._of[who].pop(what, None)
            if not self._of[who]:
                del self._of[who]

    def end_one(self, who: str | None = None) -> bool:
        """End the oldest of a caller, or of the caller with the most; return whether there was one."""
        if who is None:
            who = max(self._of, key=lambda each: len(self._of[each]), default="")
        if who not in self._of:
            return False
        what, end = next(iter(self._of[who].items()))
        self.remove(who, what)
        end()
        return True
