"""Kinds of columns of an order file: how their values stand in CSV, in Parquet and in JSON."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"[+-]?(\d+)(\.\d+)?([eE][+-]?\d+)?")
_EXACT = 2**53
"""Below it every whole number has a float of its own."""


@dataclass(frozen=True, slots=True)
class CellKind:
    """A kind of column.

    Attributes
    ----------
    of_text : callable
        From a cell of text, neither empty nor padded, to its value. One that cannot be read stays a text, which the
        rules of its field refuse.
    of_typed : callable
        From a typed cell to the value that JSON would have.
    to_text : callable
        From a value to a cell of text.
    arrow : str
        Type of the column in Parquet.
    to_arrow : callable
        From a value to a cell of that type.
    """

    of_text: Callable[[str], Any]
    of_typed: Callable[[Any], Any]
    to_text: Callable[[Any], str] = str
    arrow: str = "string"
    to_arrow: Callable[[Any], Any] = str


def _number_of_text(text: str) -> Any:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    return int(text) if match[2] is None and match[3] is None and len(text) < 19 else float(text)


def _plain(value: Any) -> Any:
    """Return a cell as JSON would hold it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _whole(value: Any) -> Any:
    """Return the whole number that a number is; others, and floats that may stand for another one, as they are."""
    value = _plain(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    return value


def _text(value: Any) -> Any:
    """Return a text, that of a whole number too: some tools store a column of these as numbers."""
    whole = _whole(value)
    return str(whole) if isinstance(whole, int) and not isinstance(whole, bool) else value


def _amounts_of_text(text: str) -> Any:
    """Return numbers by name of a text such as ``lithium_wh=20;liquid_ml=500``; a text of another form as it is."""
    amounts: dict[str, float] = {}
    for part in text.split(";"):
        name, equals, number = (each.strip() for each in part.partition("="))
        if not (name and equals and _NUMBER.fullmatch(number)) or name in amounts:
            return text
        amounts[name] = float(number)
    return amounts


def _amounts(value: Any) -> Any:
    """Return the numbers by name of a text or a map; pyarrow gives a map as pairs, a struct as a dict."""
    if isinstance(value, str):
        return _amounts_of_text(value)
    if isinstance(value, list) and all(isinstance(each, tuple) for each in value):
        return dict(value) if len(dict(value)) == len(value) else value
    if isinstance(value, dict):
        return {name: amount for name, amount in value.items() if amount is not None}
    return value


def _text_of_amounts(amounts: dict[str, Any]) -> str:
    return ";".join(f"{key}={amount}" for key, amount in amounts.items())


NUMBER = CellKind(_number_of_text, _plain, arrow="float64", to_arrow=float)
WHOLE = CellKind(_number_of_text, _whole, arrow="int64", to_arrow=int)
TEXT = CellKind(str, _text)
"""Texts that a caller chooses."""
WORD = CellKind(str, _plain)
"""Texts of which there are some."""
FLAG = CellKind(
    lambda text: {"true": True, "false": False}.get(text.lower(), text), _plain, json.dumps, "bool", lambda value: value
)
WORDS = CellKind(
    str.split, lambda value: value.split() if isinstance(value, str) else _plain(value), " ".join, to_arrow=" ".join
)
"""Several words."""
AMOUNTS = CellKind(_amounts_of_text, _amounts, _text_of_amounts, to_arrow=_text_of_amounts)
"""Numbers by name."""
