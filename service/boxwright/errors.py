"""The exceptions, grouped by who has to act.

::

    BoxwrightError
    ├── InvalidInputError     the caller's input breaks rules; every violation is listed
    │   ├── DataFileError         a faulty catalog, materials or order file, with row and field
    │   ├── UnsupportedError      a feature that this version or installation lacks, with its field
    │   ├── LimitExceededError    a request that exceeds a limit of the server
    │   └── UnknownResourceError  a name that no resource has
    ├── IncompletePlanError   the order cannot be packed completely, and the policy allows no partial plan
    ├── MissingFactorError    the accounting profile lacks a factor that a footprint needs
    ├── SearchEndedError      the search was ended before there was a plan
    │   ├── CpuCeilingError       at the limit of CPU time
    │   └── DeadlineError         at the deadline
    └── EngineError           a defect of Boxwright: a plan failed the independent check; nothing was repaired

IncompletePlanError is in ``domain.plan`` and MissingFactorError in ``domain.lack``.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


MOST_VIOLATIONS = 100
"""Maximum number of violations in one error. If there are more, an additional entry says so."""

LONGEST_TEXT = 1_000
"""Maximum number of characters of a field or rule; longer ones are cut and end in an ellipsis."""


def printable(text: str) -> str:
    """Return a string of at most ``LONGEST_TEXT`` characters with unprintable characters escaped as in Python."""
    if len(text) > LONGEST_TEXT:
        text = f"{text[: LONGEST_TEXT - 1]}…"
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A broken rule; both strings are printable and limited to ``LONGEST_TEXT`` characters.

    Attributes
    ----------
    field : str
        Path of the field, such as ``lines[3].mass_g``.
    rule : str
        The rule and the value that breaks it, as one sentence without a capital or full stop.
    """

    field: str
    rule: str

    def __post_init__(self) -> None:
        for name in ("field", "rule"):
            text = getattr(self, name)
            if len(text) > LONGEST_TEXT or not text.isprintable():
                object.__setattr__(self, name, printable(text))

    def under(self, path: str) -> FieldViolation:
        """Return the violation with ``path`` put before its field."""
        return FieldViolation(f"{path}.{self.field}" if self.field else path, self.rule)

    def __str__(self) -> str:
        return f"{self.field}: {self.rule}" if self.field else self.rule


class BoxwrightError(Exception):
    """Base of the errors of Boxwright. They are pickled with their attributes, for process pools."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args), self.__dict__


def _again(kind: type[BoxwrightError], texts: tuple[str, ...]) -> BoxwrightError:
    return kind.__new__(kind, *texts)


class InvalidInputError(BoxwrightError):
    """Input that breaks rules.

    Attributes
    ----------
    violations : tuple of FieldViolation
        Every broken rule, up to ``MOST_VIOLATIONS``; if there are more, a last entry without a field says so.
    """

    def __init__(self, violations: Iterable[FieldViolation]) -> None:
        found = tuple(itertools.islice(violations, MOST_VIOLATIONS + 1))
        if len(found) > MOST_VIOLATIONS:
            more = FieldViolation("", f"there are more broken rules; the first {MOST_VIOLATIONS} are listed")
            found = (*found[:MOST_VIOLATIONS], more)
        self.violations = found
        super().__init__("; ".join(str(violation) for violation in self.violations))


class DataFileError(InvalidInputError):
    """A file that is malformed or incomplete.

    Attributes
    ----------
    file : str
        Name of the file. Rows and fields are in ``violations``.
    """

    def __init__(self, file: str, violations: Sequence[FieldViolation]) -> None:
        self.file = file
        super().__init__(violations)

    def __str__(self) -> str:
        return "\n".join(f"{self.file}: {violation}" for violation in self.violations)


class UnsupportedError(InvalidInputError):
    """A feature that this version or installation does not have; it is refused and never ignored."""


def missing_extra(field: str, needs: str, extra: str) -> UnsupportedError:
    """Return the error for a field that needs an extra; ``needs`` is a phrase such as "pages need Jinja"."""
    rule = f"{needs}, which is not installed; run in the source folder: pip install '.[{extra}]'"
    return UnsupportedError([FieldViolation(field, rule)])


class LimitExceededError(InvalidInputError):
    """A request that exceeds a limit of the server."""


class UnknownResourceError(InvalidInputError):
    """A name or identifier that no resource has."""


class SearchEndedError(BoxwrightError):
    """The search was ended before there was a plan."""


class CpuCeilingError(SearchEndedError):
    """The order reached the limit of CPU time before there was a checked plan."""


class DeadlineError(SearchEndedError):
    """The deadline came before there was a plan."""


class EngineError(BoxwrightError):
    """An engine's answer failed the independent check.

    Attributes
    ----------
    engine : str
        Name of the engine.
    violations : tuple
        Violations that the checker found.
    """

    def __init__(self, engine: str, violations: Sequence[object]) -> None:
        self.engine = engine
        self.violations = tuple(violations)
        found = "; ".join(str(violation) for violation in self.violations)
        super().__init__(f"the plan of engine {engine!r} failed the independent check: {found}")
