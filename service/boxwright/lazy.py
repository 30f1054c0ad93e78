"""Attributes that are worked out when they are first read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class cached_property(Generic[Value]):  # noqa: N801 - as that of functools, in whose place it stands
    """Works an attribute out at its first read, and leaves it in the instance, where all later reads find it.

    That of functools takes a lock at each first read until Python 3.12, and looks for the value once more: a
    twentieth of the time of a small order, which reads some fifty. As there from 3.12 on, two threads that read at
    once may both work it out, and both get the same.

    Parameters
    ----------
    work_out : callable
        Returns the value for an instance, which must have a ``__dict__``.
    """

    def __init__(self, work_out: Callable[[Any], Value]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Value: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> Self | Value:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work_out(instance)
        return value
