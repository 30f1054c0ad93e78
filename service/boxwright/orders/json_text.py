"""Strict JSON: no key twice, no bottomless nesting, no number that takes minutes to parse."""

import json
from collections import Counter
from typing import Any

from boxwright.errors import FieldViolation, InvalidInputError

_LONGEST_WHOLE_NUMBER = 19


def parse_json(text: str) -> Any:
    """Return the value of a JSON text.

    ``NaN`` and ``Infinity`` come back as floats: the rules of the fields refuse them, and so name the field.

    Raises
    ------
    InvalidInputError
        If the text is not JSON or a key repeats.
    """
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        rule = f"does not parse: {error.msg}, at line {error.lineno} column {error.colno}"
        raise InvalidInputError([FieldViolation("json", rule)]) from None
    except RecursionError:
        raise InvalidInputError([FieldViolation("json", "is nested too deeply")]) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, refusing keys that repeat."""
    content = dict(pairs)
    if len(content) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeated = [key for key, count in counts.items() if count > 1]
        raise InvalidInputError([FieldViolation(key, "must not repeat in one object") for key in repeated])
    return content


def _whole_number(digits: str) -> int | float:
    """Return a whole number; past 18 digits as a float, which no field accepts as a whole number."""
    return int(digits) if len(digits) <= _LONGEST_WHOLE_NUMBER else float(digits)
