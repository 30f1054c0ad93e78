"""Attributes that are computed when they are first read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class cached_property(Generic[Value]):  # noqa: N801 - it replaces that of functools
    """Computes an attribute at its first read, and stores it in the instance, where later reads find it.

    Until Python 3.12 ``functools.cached_property`` takes a lock at each first read and looks the value up again. A
    small order reads some fifty such attributes, and this costs a twentieth of its time. As with functools from 3.12
    on, two threads that read at the same time may both compute it.

    Parameters
    ----------
    compute : callable
        Returns the value for an instance, which must have a ``__dict__``.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Value: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> Self | Value:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._compute(instance)
        return value
