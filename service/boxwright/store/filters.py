"""Filters of lists, as AIP-160 writes them: comparisons joined by AND, OR, NOT and parentheses."""

import datetime
import operator
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, true

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.store.tables import OUTCOMES, PLANS, boxes_text

LONGEST = 2_000
"""Characters of a filter."""

MOST_COMPARISONS = 50

_TOKEN = re.compile(r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<sign><=|>=|!=|=|<|>|\(|\))|(?P<word>[^\s()<>=!"]+))""")
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _FilterError(Exception):
    """What is wrong with a filter, as a rule."""


def _time(text: str) -> int:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _FilterError(f"must compare create_time with an RFC 3339 time, got {text!r}") from None
    if moment.tzinfo is None:
        such = moment.replace(tzinfo=datetime.UTC).isoformat().replace("+00:00", "Z")
        raise _FilterError(f"must say time and zone of create_time, such as {such}, got {text!r}")
    since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return since // datetime.timedelta(microseconds=1)


def _site(text: str) -> ColumnElement[bool]:
    if text and not text.startswith("sites/"):  # empty: without a site
        raise _FilterError(f"must compare site with a resource name sites/{{site}}, got {text!r}")
    return PLANS.c.site == text


def _catalog(text: str) -> ColumnElement[bool]:
    # An identifier alone is that of a catalog of the server as well: a filter that finds nothing would mislead.
    return PLANS.c.catalog.in_((text, f"catalogs/{text}"))


def _one_of(field: str, *allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise _FilterError(f"must compare {field} with one of {', '.join(allowed)}, got {text!r}")
        return text

    return read


_STATUS = _one_of("status", "COMPLETE", "PARTIAL", "NONE")
_PURPOSE = _one_of("purpose", "SHIPMENT", "WHAT_IF", "REPLAY")
_OUTCOME = _one_of("outcome", "NONE", "AS_PLANNED", "OVERRIDDEN")
_CUT = _one_of("cut_short", "true", "false")


def _outcome(text: str) -> ColumnElement[bool]:
    # Lists are joined with what was recorded; a plan of which nothing was has NULL there, which is neither.
    if _OUTCOME(text) == "NONE":
        return OUTCOMES.c.plan_id.is_(None)
    return OUTCOMES.c.overridden.is_(true() if text == "OVERRIDDEN" else false())


def _box(text: str) -> ColumnElement[bool]:
    # LIKE would take capitals for small letters in SQLite.
    return func.replace(PLANS.c.box_type_ids, boxes_text([text]), "") != PLANS.c.box_type_ids


class _Parser:
    """Reads one filter by the grammar of AIP-160, of which it knows comparisons with one value."""

    def __init__(self, text: str, order_id: Callable[[str], str]) -> None:
        self._order_id = order_id
        self._tokens: list[tuple[str, str]] = []
        self._comparisons = self._at = at = 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None:
                raise _FilterError(f"cannot be read from {text[at : at + 20]!r} on")
            kind = str(found.lastgroup)
            self._tokens.append((kind, found[kind]))
            at = found.end()

    def read(self) -> ColumnElement[bool]:
        """Return the whole condition."""
        made = self._all(depth=0)
        if self._at < len(self._tokens):
            raise _FilterError(f"must join comparisons by AND or OR, got {self._tokens[self._at][1]!r}")
        return made

    def _next(self) -> tuple[str, str]:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else ("end", "its end")

    def _takes(self, *token: str) -> bool:
        """Go past a token, if it is the next one."""
        found = self._tokens[self._at : self._at + 1] == [token]
        self._at += found
        return found

    def _all(self, depth: int) -> ColumnElement[bool]:
        found = [self._any(depth)]
        while self._takes("word", "AND"):
            found.append(self._any(depth))
        return and_(*found)

    def _any(self, depth: int) -> ColumnElement[bool]:
        found = [self._one(depth)]
        while self._takes("word", "OR"):
            found.append(self._one(depth))
        return or_(*found)

    def _one(self, depth: int) -> ColumnElement[bool]:
        if depth > MOST_COMPARISONS:
            raise _FilterError(f"must nest at most {MOST_COMPARISONS} deep")
        if self._takes("word", "NOT"):
            return not_(self._one(depth + 1))
        if self._takes("sign", "("):
            found = self._all(depth + 1)
            if not self._takes("sign", ")"):
                raise _FilterError("must close each parenthesis")
            return found
        return self._comparison()

    def _comparison(self) -> ColumnElement[bool]:
        self._comparisons += 1
        if self._comparisons > MOST_COMPARISONS:
            raise _FilterError(f"must hold at most {MOST_COMPARISONS} comparisons")
        (kind, field), (_, sign), (sort, value) = self._next(), self._next(), self._next()
        if kind != "word" or field not in FIELDS:
            raise _FilterError(f"must compare one of {', '.join(FIELDS)}, got {field!r}")
        signs = list(_SIGNS) if field == "create_time" else ["=", "!="]
        if sign not in signs:
            raise _FilterError(f"must compare {field} by one of {', '.join(signs)}, got {sign!r}")
        if sort not in ("text", "word"):
            raise _FilterError(f"must compare {field} with a value, got {value!r}")
        if sort == "word" and "'" in (value[0], value[-1]):
            raise _FilterError(f'must quote a value by ", got {value}')
        if sort == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        if "\0" in value:
            raise _FilterError(f"must compare {field} with a text without NUL")
        if field == "create_time":
            found: ColumnElement[bool] = _SIGNS[sign](PLANS.c.create_us, _time(value))
            return found
        condition = FIELDS[field](self._order_id(value) if field == "order_id" else value)
        return condition if sign == "=" else not_(condition)


FIELDS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "order_id": lambda text: PLANS.c.order_id == text,
    "create_time": lambda text: PLANS.c.create_us == _time(text),
    "status": lambda text: PLANS.c.status == _STATUS(text).lower(),
    "purpose": lambda text: PLANS.c.purpose == _PURPOSE(text).lower(),
    "catalog": _catalog,
    "site": _site,
    "box_type_id": _box,
    "cut_short": lambda text: PLANS.c.cut_short.is_(true() if _CUT(text) == "true" else false()),
    "outcome": _outcome,
}
"""What each field of a filter that equals a value asks."""


def condition(text: str, order_id: Callable[[str], str]) -> ColumnElement[bool] | None:
    """Return the condition that a filter states; None where it is empty.

    Parameters
    ----------
    text : str
        As AIP-160 writes it.
    order_id : callable
        How an order id is kept.

    Raises
    ------
    InvalidInputError
        If it cannot be read, at the field ``filter``.
    """
    if not text.strip():
        return None
    try:
        if len(text) > LONGEST:
            raise _FilterError(f"must have at most {LONGEST:,} characters, got {len(text):,}")
        return _Parser(text, order_id).read()
    except _FilterError as error:
        raise InvalidInputError([FieldViolation("filter", str(error))]) from None
