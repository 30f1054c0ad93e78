"""What is wrong with an input, all of it at once: every reader of inputs collects it here.

::

    found = Findings()
    for index, line in enumerate(lines):
        with found.at(f"lines[{index}]"):
            items.append(Item(**line))
    with found.field("policy.tape_rule"):
        materials.tape_rule(name)
    found.raise_any()
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ParamSpec, Self, TypeVar

from boxwright.errors import (
    MOST_VIOLATIONS,
    DataFileError,
    FieldViolation,
    InvalidInputError,
    LimitExceededError,
    UnknownResourceError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from types import TracebackType

    from boxwright.stop import Stop

Made = TypeVar("Made")
P = ParamSpec("P")
Rename = Callable[[str], str]

GRAVITY: tuple[type[InvalidInputError], ...] = (
    UnknownResourceError,
    UnsupportedError,
    LimitExceededError,
    InvalidInputError,
)
"""Kinds of findings, the gravest last: it decides which error is raised."""


class Findings:
    """Collects broken rules below one path; ``at`` and ``field`` give views of the same collection further down.

    A view is a context: an InvalidInputError raised inside ends the block and is collected, each of its fields below
    the path of the view.

    Parameters
    ----------
    path : str, optional
        Path of what is looked at. Default: the input itself.
    file : str, optional
        Name of the file that is read: the error is then a DataFileError. Default: no file.
    stop : Stop, optional
        Ends the reading. Default: nothing does.
    """

    __slots__ = ("_file", "_found", "_headers", "_mark", "_path", "_rename", "stop")

    def __init__(self, path: str = "", *, file: str = "", stop: Stop | None = None) -> None:
        if stop is None:
            from boxwright.stop import NEVER  # numpy comes with it, which help need not load

            stop = NEVER
        self.stop = stop
        self._path = path
        self._file = file
        self._mark = "."
        self._headers: Mapping[str, str] = {}
        self._rename: Rename | None = None
        self._found: list[tuple[int, FieldViolation]] = []

    def at(self, step: str, rename: Rename | Mapping[str, str] | None = None) -> Findings:
        """Return the view of a field or list entry, such as ``lines[3]``.

        Reading a long list passes here for each entry, so this is where it ends once nobody waits for the answer.

        Parameters
        ----------
        step : str
            Where the view stands, from this one.
        rename : callable or mapping, optional
            What the fields of errors raised inside are called here: by a mapping, as ``renamed``. Default: the same.

        Raises
        ------
        SearchEndedError
            If ``stop`` has ended the call.
        """
        self.stop.look()
        below = Findings(self.path(step), file=self._file, stop=self.stop)
        below._found = self._found
        below._rename = (lambda field: renamed(field, rename)) if isinstance(rename, Mapping) else rename
        return below

    def row(self, number: int, headers: Mapping[str, str] | None = None) -> Findings:
        """Return the view of a row of a table, as a spreadsheet counts it: its fields are named ``row 7, mass_g``.

        ``headers`` says how fields are headed in this table, where not by their names.
        """
        self.stop.look()
        below = Findings(self.path(f"row {number}"), file=self._file, stop=self.stop)
        below._found = self._found
        below._mark = ", "
        below._headers = headers or {}
        return below

    def field(self, name: str) -> Findings:
        """Return the view of one field: whatever is raised inside is about this field, however it is called there."""
        return self.at(name, lambda _: "")

    def path(self, field: str = "") -> str:
        """Return how a field is called in errors."""
        field = self._headers.get(field, field)
        return f"{self._path}{self._mark}{field}" if self._path and field else self._path or field

    def add(self, field: str, rule: str, kind: type[InvalidInputError] = InvalidInputError) -> None:
        """Add a broken rule.

        Raises
        ------
        InvalidInputError
            As ``raise_any``, where there are more than an error lists: whatever else is wrong is not looked for.
        """
        gravity = GRAVITY.index(kind) if kind in GRAVITY else len(GRAVITY) - 1
        self._found.append((gravity, FieldViolation(self.path(field), rule)))
        if len(self._found) > MOST_VIOLATIONS:
            self.raise_any()

    def extend(self, violations: Iterable[FieldViolation], kind: type[InvalidInputError] = InvalidInputError) -> None:
        """Add broken rules, their fields below the path of this view, under the names that they have here."""
        for each in violations:
            self.add(each.field if self._rename is None else self._rename(each.field), each.rule, kind)

    def unknown(self, field: str, rule: str) -> None:
        """Add a name that names nothing."""
        self.add(field, rule, UnknownResourceError)

    def limit(self, field: str, rule: str) -> None:
        """Add an excess over a limit that is set for this place."""
        self.add(field, rule, LimitExceededError)

    def unsupported(self, field: str, what: str = "") -> None:
        """Add a use of what the contract has and this version has not."""
        self.add(field, f"{what + ' ' if what else ''}is not supported in this version", UnsupportedError)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, InvalidInputError) or len(self._found) > MOST_VIOLATIONS:  # then it is of this one
            return False
        self.extend(error.violations, type(error))
        return True

    def attempt(self, call: Callable[P, Made], *args: P.args, **kwargs: P.kwargs) -> Made | None:
        """Return what a call returns, or None after collecting the broken rules that it raised."""
        with self:
            return call(*args, **kwargs)
        return None

    @property
    def violations(self) -> tuple[FieldViolation, ...]:
        """All that was found, the gravest first and else as found."""
        return tuple(each for _, each in sorted(self._found, key=lambda each: -each[0]))

    def error(self) -> InvalidInputError:
        """Return the error of the gravest finding, holding all of them."""
        if self._file:
            return DataFileError(self._file, self.violations)
        return GRAVITY[max((gravity for gravity, _ in self._found), default=-1)](self.violations)

    def raise_any(self) -> None:
        """Raise the error of the gravest finding, holding all of them.

        Raises
        ------
        InvalidInputError
            Or one of its kinds. Nothing is raised where nothing was found.
        """
        if self._found:
            raise self.error()

    def __len__(self) -> int:
        return len(self._found)


def renamed(field: str, names: Mapping[str, str]) -> str:
    """Return a path whose longest known beginning is replaced: ``{"a": "b.c"}`` turns ``a[0].x`` into ``b.c[0].x``."""
    for end in range(len(field), 0, -1):
        if field[:end] in names and (end == len(field) or field[end] in ".["):
            return names[field[:end]] + field[end:]
    return field
