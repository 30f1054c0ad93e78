"""What is wrong with a request: every finding, each with the path of its proto field."""

import enum
from collections.abc import Mapping

from boxwright.errors import MOST_VIOLATIONS, FieldViolation, InvalidInputError, UnsupportedError
from boxwright.fuse import look


class UnknownResourceError(InvalidInputError):
    """A resource name or identifier that names nothing."""


class LimitExceededError(InvalidInputError):
    """A request past a limit that the server is set to."""


class Kind(enum.IntEnum):
    """What sort of finding it is; the gravest of a request decides its status code."""

    UNKNOWN = 1
    UNSUPPORTED = 2
    LIMIT = 3
    INVALID = 4


_ERRORS: Mapping[Kind, type[InvalidInputError]] = {
    Kind.UNKNOWN: UnknownResourceError,
    Kind.UNSUPPORTED: UnsupportedError,
    Kind.LIMIT: LimitExceededError,
    Kind.INVALID: InvalidInputError,
}


class Findings:
    """Collects findings below one path; ``at`` gives a view of the same collection further down.

    Parameters
    ----------
    path : str, optional
        Path of the message looked at. Default: the request itself.
    """

    def __init__(self, path: str = "") -> None:
        self._path = path
        self._found: list[tuple[Kind, FieldViolation]] = []

    def at(self, step: str) -> "Findings":
        """Return the view of a field or list entry, such as ``lines[3]``.

        Reading a long list passes here for each entry, so this is where it ends once nobody waits for the answer.

        Raises
        ------
        SearchEndedError
            If the fuse of this thread has ended the call.
        """
        look()
        below = Findings(self._join(step))
        below._found = self._found
        return below

    def _join(self, field: str) -> str:
        return f"{self._path}.{field}" if self._path and field else self._path or field

    def add(self, kind: Kind, field: str, rule: str) -> None:
        """Add a finding.

        Raises
        ------
        InvalidInputError
            As ``raise_any``, where there are more than an error lists: whatever else is wrong is not looked for.
        """
        self._found.append((kind, FieldViolation(self._join(field), rule)))
        if len(self._found) > MOST_VIOLATIONS:
            self.raise_any()

    def invalid(self, field: str, rule: str) -> None:
        """Add a broken rule."""
        self.add(Kind.INVALID, field, rule)

    def unknown(self, field: str, rule: str) -> None:
        """Add a name that names nothing."""
        self.add(Kind.UNKNOWN, field, rule)

    def limit(self, field: str, rule: str) -> None:
        """Add an excess over a limit of the server."""
        self.add(Kind.LIMIT, field, rule)

    def unsupported(self, field: str, what: str = "") -> None:
        """Add a use of what the contract has and this version has not."""
        self.add(Kind.UNSUPPORTED, field, f"{what + ' ' if what else ''}is not supported in this version")

    def absorb(self, error: InvalidInputError, names: Mapping[str, str] | None = None) -> None:
        """Add the violations of the domain, their fields renamed to those of the wire."""
        for violation in error.violations:
            self.invalid(renamed(violation.field, names or {}), violation.rule)

    def include(self, error: InvalidInputError) -> None:
        """Add what another reading found, each of the kind of its error."""
        kinds = [kind for kind, raised in _ERRORS.items() if type(error) is raised]
        for violation in error.violations:
            self.add(kinds[0] if kinds else Kind.INVALID, violation.field, violation.rule)

    def raise_any(self) -> None:
        """Raise the error of the gravest finding, holding all findings, gravest first.

        Raises
        ------
        InvalidInputError
            Or one of its kinds here, or UnsupportedError. Nothing is raised where nothing was found.
        """
        if self._found:
            gravest = max(kind for kind, _ in self._found)
            ordered = sorted(self._found, key=lambda each: -each[0])
            raise _ERRORS[gravest]([violation for _, violation in ordered])

    def __len__(self) -> int:
        return len(self._found)


def renamed(field: str, names: Mapping[str, str]) -> str:
    """Return a path whose longest known beginning is replaced: ``{"a": "b.c"}`` turns ``a[0].x`` into ``b.c[0].x``."""
    for end in range(len(field), 0, -1):
        if field[:end] in names and (end == len(field) or field[end] in ".["):
            return names[field[:end]] + field[end:]
    return field
