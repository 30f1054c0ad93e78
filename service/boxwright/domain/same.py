"""Keys of caches by identity."""

from typing import Generic, TypeVar

Thing = TypeVar("Thing")


class Same(Generic[Thing]):
    """A frozen object as part of a cache's key: it is found again itself, and not one that is equal to it.

    To compare or to hash all that data or a profile hold would cost more than what is kept. The key holds the object,
    so that no other takes its place in memory.
    """

    __slots__ = ("thing",)

    def __init__(self, thing: Thing) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.thing is other.thing

    def __hash__(self) -> int:
        return id(self.thing)
