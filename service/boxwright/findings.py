"""Collects all violations of an input, so that one error lists them.

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
"""Kinds of violations, the gravest last; the error raised is of the gravest kind found."""


class Findings:
    """Violations below a path. ``at``, ``row`` and ``field`` return views of the same collection at deeper paths.

    A view is a context manager: it collects an InvalidInputError that ends its block, with fields below its path.

    Parameters
    ----------
    path : str, optional
        Path of the input. Default: empty.
    file : str, optional
        Name of the file that is read; the error is then a DataFileError. Default: none.
    stop : Stop, optional
        Ends the reading. Default: never.
    """

    __slots__ = ("_file", "_found", "_headers", "_mark", "_path", "_rename", "stop")

    def __init__(self, path: str = "", *, file: str = "", stop: Stop | None = None) -> None:
        if stop is None:
            from boxwright.stop import NEVER  # imports numpy, which help does not need

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

        Readers of lists call this for each entry, so reading for an abandoned call ends here.

        Parameters
        ----------
        step : str
            Path of the view from this one.
        rename : callable or mapping, optional
            Renames the fields of errors raised inside; a mapping as in ``renamed``. Default: no renaming.

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
        """Return the view of a table row by its number in a spreadsheet; fields are named ``row 7, mass_g``.

        ``headers`` maps fields to their column headers if these differ.
        """
        self.stop.look()
        below = Findings(self.path(f"row {number}"), file=self._file, stop=self.stop)
        below._found = self._found
        below._mark = ", "
        below._headers = headers or {}
        return below

    def field(self, name: str) -> Findings:
        """Return the view of a field; every error raised inside is reported at this field."""
        return self.at(name, lambda _: "")

    def path(self, field: str = "") -> str:
        """Return the path of a field in errors."""
        field = self._headers.get(field, field)
        return f"{self._path}{self._mark}{field}" if self._path and field else self._path or field

    def add(self, field: str, rule: str, kind: type[InvalidInputError] = InvalidInputError) -> None:
        """Add a broken rule.

        Raises
        ------
        InvalidInputError
            As ``raise_any``, once there are more violations than an error lists.
        """
        gravity = GRAVITY.index(kind) if kind in GRAVITY else len(GRAVITY) - 1
        self._found.append((gravity, FieldViolation(self.path(field), rule)))
        if len(self._found) > MOST_VIOLATIONS:
            self.raise_any()

    def extend(self, violations: Iterable[FieldViolation], kind: type[InvalidInputError] = InvalidInputError) -> None:
        """Add violations with their fields renamed and below the path of this view."""
        for broken in violations:
            self.add(broken.field if self._rename is None else self._rename(broken.field), broken.rule, kind)

    def unknown(self, field: str, rule: str) -> None:
        """Add an unknown name."""
        self.add(field, rule, UnknownResourceError)

    def limit(self, field: str, rule: str) -> None:
        """Add an exceeded limit of the server."""
        self.add(field, rule, LimitExceededError)

    def unsupported(self, field: str, what: str = "") -> None:
        """Add a use of a feature that this version lacks; ``what`` names it if it is not the field itself."""
        self.add(field, f"{what + ' ' if what else ''}is not supported in this version", UnsupportedError)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if (
            not isinstance(error, InvalidInputError) or len(self._found) > MOST_VIOLATIONS
        ):  # add() has raised this error itself
            return False
        self.extend(error.violations, type(error))
        return True

    def attempt(self, call: Callable[P, Made], *args: P.args, **kwargs: P.kwargs) -> Made | None:
        """Return the result of a call, or None after collecting the violations that it raised."""
        with self:
            return call(*args, **kwargs)
        return None

    @property
    def violations(self) -> tuple[FieldViolation, ...]:
        """All violations: the gravest kind first, each kind in the order in which it was found."""
        return tuple(broken for _, broken in sorted(self._found, key=lambda found: -found[0]))

    def error(self) -> InvalidInputError:
        """Return an error of the gravest kind with all violations."""
        if self._file:
            return DataFileError(self._file, self.violations)
        return GRAVITY[max((gravity for gravity, _ in self._found), default=-1)](self.violations)

    def raise_any(self) -> None:
        """Raise an error of the gravest kind with all violations, if there are any.

        Raises
        ------
        InvalidInputError
            Or a subclass.
        """
        if self._found:
            raise self.error()

    def __len__(self) -> int:
        return len(self._found)


def renamed(field: str, names: Mapping[str, str]) -> str:
    """Return a path with its longest known prefix replaced: ``{"a": "b.c"}`` turns ``a[0].x`` into ``b.c[0].x``."""
    for end in range(len(field), 0, -1):
        if field[:end] in names and (end == len(field) or field[end] in ".["):
            return names[field[:end]] + field[end:]
    return field
