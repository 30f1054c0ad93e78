"""Filters of lists: AIP-160 comparisons of a field with a value, joined by AND."""

import datetime
import operator
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, true

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.store.tables import OUTCOMES, PLANS, boxes_text

LONGEST = 2_000
"""Maximum number of characters of a filter."""

_COMPARISON = re.compile(
    r"""\s*(?P<field>\w+)\s*(?P<sign><=|>=|!=|=|<|>)\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s()<>=!"]+)\s*(AND\s+(?=\S)|$)"""
)
_SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class _FilterError(Exception):
    """The rule that a filter breaks."""


def condition(text: str, order_id: Callable[[str], str]) -> ColumnElement[bool] | None:
    """Return the SQL condition of a filter; None if it is empty.

    ``order_id`` returns the stored form of an order id. Raises InvalidInputError at the field ``filter``.
    """
    conditions, at = [], 0
    try:
        if len(text) > LONGEST:
            raise _FilterError(f"must have at most {LONGEST:,} characters, got {len(text):,}")
        while text[at:].strip():
            found = _COMPARISON.match(text, at)
            if found is None:
                raise _FilterError(f"must be comparisons joined by AND, got {text[at : at + 20]!r}")
            conditions.append(_compared(found["field"], found["sign"], found["value"], order_id))
            at = found.end()
    except _FilterError as error:
        raise InvalidInputError([FieldViolation("filter", str(error))]) from None
    return and_(*conditions) if conditions else None


def _compared(field: str, sign: str, value: str, order_id: Callable[[str], str]) -> ColumnElement[bool]:
    if field != "create_time" and field not in FIELDS:
        raise _FilterError(f"must compare one of create_time, {', '.join(FIELDS)}, got {field!r}")
    signs = list(_SIGNS) if field == "create_time" else ["=", "!="]
    if sign not in signs:
        raise _FilterError(f"must compare {field} by one of {', '.join(signs)}, got {sign!r}")
    if value.startswith('"'):
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    elif "'" in (value[0], value[-1]):
        raise _FilterError(f'must quote values by ", got {value}')
    if "\0" in value:
        raise _FilterError(f"must compare {field} with text that has no NUL characters")
    if field == "create_time":
        compared: ColumnElement[bool] = _SIGNS[sign](PLANS.c.create_us, _time(value))
        return compared
    equal = FIELDS[field](order_id(value) if field == "order_id" else value)
    return equal if sign == "=" else not_(equal)


def _time(text: str) -> int:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _FilterError(f"must compare create_time with an RFC 3339 time, got {text!r}") from None
    if moment.tzinfo is None:
        such = moment.replace(tzinfo=datetime.UTC).isoformat().replace("+00:00", "Z")
        raise _FilterError(f"must give create_time with time and zone, such as {such}, got {text!r}")
    since = moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return since // datetime.timedelta(microseconds=1)


def _one_of(field: str, text: str, *allowed: str) -> str:
    if text not in allowed:
        raise _FilterError(f"must compare {field} with one of {', '.join(allowed)}, got {text!r}")
    return text


def _site(text: str) -> ColumnElement[bool]:
    if text and not text.startswith("sites/"):  # empty: plans without a site
        raise _FilterError(f"must compare site with a resource name sites/{{site}}, got {text!r}")
    return PLANS.c.site == text


def _outcome(text: str) -> ColumnElement[bool]:
    # Lists join plans with outcomes: overridden is NULL for a plan without one, so it matches neither.
    if _one_of("outcome", text, "NONE", "AS_PLANNED", "OVERRIDDEN") == "NONE":
        return OUTCOMES.c.plan_id.is_(None)
    return OUTCOMES.c.overridden.is_(true() if text == "OVERRIDDEN" else false())


FIELDS: dict[str, Callable[[str], ColumnElement[bool]]] = {
    "order_id": lambda text: PLANS.c.order_id == text,
    "status": lambda text: PLANS.c.status == _one_of("status", text, "COMPLETE", "PARTIAL", "NONE").lower(),
    "purpose": lambda text: PLANS.c.purpose == _one_of("purpose", text, "SHIPMENT", "WHAT_IF", "REPLAY").lower(),
    # The identifier alone matches too, since an empty list would look as if there were no plans.
    "catalog": lambda text: PLANS.c.catalog.in_((text, f"catalogs/{text}")),
    "site": _site,
    # LIKE ignores case in SQLite.
    "box_type_id": lambda text: func.replace(PLANS.c.box_type_ids, boxes_text([text]), "") != PLANS.c.box_type_ids,
    "cut_short": lambda text: PLANS.c.cut_short.is_(
        true() if _one_of("cut_short", text, "true", "false") == "true" else false()
    ),
    "outcome": _outcome,
}
"""The condition that a field equals a value, for each field except create_time."""
