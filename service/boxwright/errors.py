"""The exceptions, grouped by who has to act.

::

    BoxwrightError
    ├── InvalidInputError     the caller's: fields that break rules, all of them listed
    │   ├── DataFileError         a catalog, materials or order file: file, row and field named
    │   ├── UnsupportedError      the caller asks for what this version or installation does not do, the field named
    │   ├── LimitExceededError    past a limit that the server is set to
    │   └── UnknownResourceError  a name that names nothing
    ├── IncompletePlanError   the order cannot be packed whole and the policy does not allow a partial plan
    ├── MissingFactorError    a footprint needs a factor that the accounting profile does not have
    ├── SearchEndedError      the caller ended the search before there was a plan
    │   ├── CpuCeilingError   an order took all the CPU time that one may take before there was a plan
    │   └── DeadlineError     the time by which an order was to be answered came before there was a plan
    └── EngineError           ours: an engine's answer failed the independent check; nothing was repaired

``domain.incomplete`` and ``domain.lack`` have the two that hold nouns of the domain.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


MOST_VIOLATIONS = 100
"""Broken rules that one error lists; one more entry then says that there are more."""

LONGEST_TEXT = 1_000
"""Characters of a path or a rule; what is cut off ends in an ellipsis."""


def printable(text: str) -> str:
    """Return a text with control characters and the like escaped, as Python writes them, and at most so long."""
    if len(text) > LONGEST_TEXT:
        text = f"{text[: LONGEST_TEXT - 1]}…"
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """One broken rule; neither text holds control characters, or more than ``LONGEST_TEXT`` characters as given.

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
        """Return the same violation with ``path`` put before its field."""
        return FieldViolation(f"{path}.{self.field}" if self.field else path, self.rule)

    def __str__(self) -> str:
        return f"{self.field}: {self.rule}" if self.field else self.rule


class BoxwrightError(Exception):
    """Base of every error that Boxwright raises on purpose.

    Errors keep what they say on their way out of a process pool: they are pickled with their attributes, not by what
    their constructors take.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args), self.__dict__


def _again(kind: type[BoxwrightError], texts: tuple[str, ...]) -> BoxwrightError:
    return kind.__new__(kind, *texts)


class InvalidInputError(BoxwrightError):
    """Input that breaks rules.

    Attributes
    ----------
    violations : tuple of FieldViolation
        Every broken rule, not the first; past ``MOST_VIOLATIONS`` an entry without a field that says so.
    """

    def __init__(self, violations: Iterable[FieldViolation]) -> None:
        found = tuple(itertools.islice(violations, MOST_VIOLATIONS + 1))
        if len(found) > MOST_VIOLATIONS:
            more = FieldViolation("", f"the first {MOST_VIOLATIONS} broken rules are listed, and there are more")
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
    """What this version does not honour yet, or this installation lacks an extra for: refused, never ignored."""


def missing_extra(field: str, needs: str, extra: str) -> UnsupportedError:
    """Return the error of a field that needs a package, as in "pages need Jinja", whose extra is not installed."""
    rule = f"{needs}, which is not installed; run in the source folder: pip install '.[{extra}]'"
    return UnsupportedError([FieldViolation(field, rule)])


class LimitExceededError(InvalidInputError):
    """A request past a limit that the server is set to."""


class UnknownResourceError(InvalidInputError):
    """A resource name or identifier that names nothing."""


class SearchEndedError(BoxwrightError):
    """A ``Stop`` ended the search before there was a plan."""


class CpuCeilingError(SearchEndedError):
    """An order took all the CPU time that one order may take before there was a plan, or before it was checked."""


class DeadlineError(SearchEndedError):
    """The time by which an order was to be answered came before there was a plan."""


class EngineError(BoxwrightError):
    """An engine's answer failed the independent check.

    Attributes
    ----------
    engine : str
        The engine.
    violations : tuple
        What the checker found.
    """

    def __init__(self, engine: str, violations: Sequence[object]) -> None:
        self.engine = engine
        self.violations = tuple(violations)
        found = "; ".join(str(violation) for violation in self.violations)
        super().__init__(f"the plan of engine {engine!r} failed the independent check: {found}")
