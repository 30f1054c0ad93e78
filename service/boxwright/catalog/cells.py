"""Readers of single cells: text in, typed value out, or the rule that the text breaks."""

import datetime
import enum
from collections.abc import Callable
from decimal import Decimal
from typing import TypeVar

from boxwright.domain.written import CellError
from boxwright.domain.written import number as number

Member = TypeVar("Member", bound=enum.Enum)


def text(cell: str) -> str:
    """Return the cell as it stands."""
    return cell


def listed(cell: str) -> tuple[str, ...]:
    """Return texts that semicolons separate; none of an empty cell."""
    return tuple(each.strip() for each in cell.split(";") if each.strip())


def positive(cell: str) -> Decimal:
    """Return a number above 0."""
    value = number(cell)
    if value <= 0:
        raise CellError(f"must be greater than 0, got {cell!r}")
    return value


def not_negative(cell: str) -> Decimal:
    """Return a number of 0 or more."""
    value = number(cell)
    if value < 0:
        raise CellError(f"must be 0 or more, got {cell!r}")
    return value


def share(cell: str) -> Decimal:
    """Return a number from 0 to 1."""
    value = number(cell)
    if not 0 <= value <= 1:
        raise CellError(f"must be from 0 to 1, got {cell!r}")
    return value


def zero_or_one(cell: str) -> Decimal:
    """Return 0 or 1."""
    value = number(cell)
    if value not in (0, 1):
        raise CellError(f"must be 0 or 1, got {cell!r}")
    return value


def whole(cell: str) -> int:
    """Return a whole number."""
    value = number(cell)
    if value != value.to_integral_value():
        raise CellError(f"must be a whole number, got {cell!r}")
    return int(value)


def flag(cell: str) -> bool:
    """Return True for ``yes`` and False for ``no``."""
    if cell not in ("yes", "no"):
        raise CellError(f"must be yes or no, got {cell!r}")
    return cell == "yes"


def day(cell: str) -> datetime.date:
    """Return a date written as YYYY-MM-DD."""
    try:
        return datetime.datetime.strptime(cell, "%Y-%m-%d").date()
    except ValueError:
        raise CellError(f"must be a date YYYY-MM-DD, got {cell!r}") from None


def member_of(kind: type[Member]) -> Callable[[str], Member]:
    """Return a reader of the values of an enum."""
    allowed = {each.value: each for each in kind}

    def read(cell: str) -> Member:
        if cell not in allowed:
            raise CellError(f"must be one of {', '.join(allowed)}, got {cell!r}")
        return allowed[cell]

    return read


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return a reader that accepts only the texts given."""

    def read(cell: str) -> str:
        if cell not in allowed:
            raise CellError(f"must be one of {', '.join(allowed)}, got {cell!r}")
        return cell

    return read


def known(ids: frozenset[str] | set[str], what: str) -> Callable[[str], str]:
    """Return a reader that accepts only ids that exist."""

    def read(cell: str) -> str:
        if cell not in ids:
            raise CellError(f"must be the id of a known {what}, got {cell!r}; known: {', '.join(sorted(ids))}")
        return cell

    return read


def words_of(*allowed: str) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of different words separated by blanks, all of them among the texts given."""

    def read(cell: str) -> tuple[str, ...]:
        words = tuple(cell.split())
        for word in words:
            if word not in allowed:
                raise CellError(f"must hold only {', '.join(allowed)}, separated by blanks, got {word!r}")
        if len(set(words)) < len(words):
            raise CellError(f"must not repeat a word, got {cell!r}")
        return words

    return read


def country_codes(cell: str) -> tuple[str, ...]:
    """Return ISO 3166-1 alpha-2 codes separated by blanks."""
    codes = tuple(cell.split())
    for code in codes:
        if len(code) != 2 or not code.isascii() or not code.isupper():
            raise CellError(f"must hold ISO 3166-1 alpha-2 country codes separated by blanks, got {code!r}")
    return codes


def pairs(cell: str, form: str) -> list[tuple[str, str]]:
    """Return pairs written as ``LEFT=RIGHT``, separated by semicolons; ``form`` is how errors describe that."""
    found = []
    for part in cell.split(";"):
        left, equals, right = (each.strip() for each in part.rpartition("="))
        if not (left and equals and right):
            raise CellError(f"must be {form}, separated by semicolons, got {cell!r}")
        found.append((left, right))
    return found
