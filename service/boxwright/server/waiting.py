"""What holds a place and waits for its caller: where too many do, one of the caller with the most gives way."""

from collections import Counter
from collections.abc import Callable, Collection
from typing import TypeVar

Item = TypeVar("Item")


def gives_way(waiting: Collection[Item], who: Callable[[Item], str]) -> Item | None:
    """Return which ends for another: the oldest of the caller with the most; None where nothing waits.

    Parameters
    ----------
    waiting : collection
        Such as calls without a request, or connections without a call; the oldest first.
    who : callable
        Whose each is.
    """
    of_callers = Counter(map(who, waiting))
    heaviest = max(of_callers, key=lambda each: of_callers[each], default=None)
    return next((each for each in waiting if who(each) == heaviest), None)
