"""Keys of caches that compare objects by identity."""

from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Same(Generic[Thing]):
    """A frozen object as part of a cache's key, compared by identity.

    Comparing or hashing all of a data set or profile would cost more than the cache saves. The key keeps the object
    alive, so that its id stays unique.
    """

    __slots__ = ("thing",)

    def __init__(self, thing: Thing) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)
