"""Typed reading of plain data: every violation collected, none raised on the way."""

import datetime as dt
import enum
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from boxwright import units
from boxwright.domain.fields import is_number
from boxwright.errors import FieldViolation

Member = TypeVar("Member", bound=enum.Enum)


class Fields:
    """One object of plain data, its path, and the violations found so far.

    A field that is absent or null gives the default; one of the wrong kind gives the default and a
    violation, so that reading goes on and finds the others. Fields that were never asked for are violations
    too.

    Parameters
    ----------
    data : object
        What should be an object.
    path : str
        Path of the object, empty at the top.
    violations : list of FieldViolation
        Where violations are added.
    """

    def __init__(self, data: object, path: str, violations: list[FieldViolation]) -> None:
        self.path = path
        self.violations = violations
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        self._asked: set[str] = set()
        if not isinstance(data, Mapping):
            violations.append(FieldViolation(path or "plan", "must be an object"))

    def refuse(self, name: str, rule: str) -> None:
        """Add a violation of a field."""
        self.violations.append(FieldViolation(f"{self.path}.{name}" if self.path else name, rule))

    def close(self, *, derived: tuple[str, ...] = ()) -> None:
        """Refuse fields that were never asked for; ``derived`` ones follow from others and are let be."""
        for name in self.data:
            if name not in self._asked and name not in derived:
                self.refuse(str(name), "is not a known field")

    def follows(self, name: str, true: float | bool | None, *, slack: float = 0.0, why: str) -> None:
        """Refuse a stated figure that is not what follows from other fields; one that is left out follows anyway."""
        said = self.data.get(name)
        if said is None or said is true:
            return
        if true is None or isinstance(true, bool) or not is_number(said, true - slack, true + slack):
            self.refuse(name, f"must be {true!r}, {why}, got {said!r:.80}")

    def get(self, name: str) -> Any:
        """Return a value as it stands, or None."""
        self._asked.add(name)
        return self.data.get(name)

    def text(self, name: str, *, required: bool = False) -> str:
        """Return a text; empty by default."""
        value = self.get(name)
        if value is None:
            if required:
                self.refuse(name, "is required")
            return ""
        if not isinstance(value, str):
            self.refuse(name, "must be a text")
            return ""
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """Return a finite number of bounded size; required without a default."""
        value = self.get(name)
        if value is None:
            if default is None:
                self.refuse(name, "is required")
            return default or 0.0
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not abs(value) <= units.MAX_STATED:
            self.refuse(name, f"must be a number from -{units.MAX_STATED:g} to {units.MAX_STATED:g}")
            return 0.0
        return float(value)

    def mg(self, name: str) -> int:
        """Return a mass in g as mg; 0 by default."""
        return units.to_mg(self.number(name, 0.0))

    def whole(self, name: str) -> int:
        """Return a whole number; 0 by default."""
        value = self.get(name)
        if value is None:
            return 0
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(name, "must be a whole number")
            return 0
        return value

    def flag(self, name: str) -> bool:
        """Return true or false; false by default."""
        value = self.get(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, "must be true or false")
        return value is True

    def decimal(self, name: str) -> Decimal:
        """Return an exact number given as text or number; 0 by default."""
        value = self.get(name)
        try:
            exact = Decimal(str(value)) if isinstance(value, str | int | float) else Decimal(0)
        except InvalidOperation:
            exact = Decimal("NaN")
        if value is not None and (not exact.is_finite() or isinstance(value, bool) or exact.adjusted() > 40):
            self.refuse(name, "must be a decimal number")
            return Decimal(0)
        return exact

    def exact_whole(self, name: str) -> int:
        """Return a whole number of any size, given as text or number; 0 by default."""
        exact = self.decimal(name)
        if exact != int(exact):
            self.refuse(name, "must be a whole number")
        return int(exact)

    def member(self, name: str, kind: type[Member]) -> Member:
        """Return the member of an enumeration, which is required."""
        value = self.get(name)
        try:
            return kind(value)
        except ValueError:
            allowed = ", ".join(str(each.value) for each in kind)
            self.refuse(name, "is required" if value is None else f"must be one of {allowed}")
            return next(iter(kind))

    def members(self, name: str, kind: type[Member]) -> tuple[Member, ...]:
        """Return a list of members of an enumeration; empty by default."""
        texts = self.texts(name)
        unknown = [each for each in texts if each not in {known.value for known in kind}]
        if unknown:
            allowed = ", ".join(str(each.value) for each in kind)
            self.refuse(name, f"must hold only {allowed}, got {unknown[0]!r:.80}")
            return ()
        return tuple(map(kind, texts))

    def date(self, name: str) -> dt.date | None:
        """Return a date; None by default."""
        value = self.get(name)
        if value is None:
            return None
        try:
            return dt.date.fromisoformat(value)
        except (TypeError, ValueError):
            self.refuse(name, "must be a date such as 2025-03-31")
            return None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; empty by default."""
        values = self.get(name)
        if values is None:
            return ()
        if not isinstance(values, list | tuple) or not all(isinstance(each, str) for each in values):
            self.refuse(name, "must be a list of texts")
            return ()
        return tuple(values)

    def objects(self, name: str, *, required: bool = False) -> "Iterator[Fields]":
        """Yield the objects of a list; none by default."""
        values = self.get(name)
        if values is None and not required:
            return
        if not isinstance(values, list | tuple):
            self.refuse(name, "is required" if values is None else "must be a list")
            return
        for index, value in enumerate(values):
            path = f"{self.path}.{name}[{index}]" if self.path else f"{name}[{index}]"
            yield Fields(value, path, self.violations)

    def object(self, name: str, read: "Callable[[Fields], Any]") -> Any:
        """Return what ``read`` makes of an inner object; None if it is absent."""
        value = self.get(name)
        if value is None:
            return None
        return read(Fields(value, f"{self.path}.{name}" if self.path else name, self.violations))
