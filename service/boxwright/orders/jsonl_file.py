"""Orders in JSON Lines: one order per line."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from boxwright.errors import InvalidInputError
from boxwright.orders.from_dict import order_from_dict
from boxwright.orders.json_text import parse_json
from boxwright.orders.rows import Reading, at

MAX_ORDER_BYTES = 16 * 2**20
"""Longest text of one order in JSON, in bytes: ten thousand lines of over a kilobyte each."""


def read_jsonl(path: Path) -> Iterator[Reading]:
    """Yield the orders of a JSON Lines file; blank lines are skipped.

    A line longer than ``MAX_ORDER_BYTES`` is a violation and ends the reading.
    """
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        yield from readings_of_lines(read_lines(file))


def read_lines(file: IO[str]) -> Iterator[tuple[int, str]]:
    """Yield number and text of the lines that are not blank; one that is too long is the last."""
    number = 0
    while text := file.readline(MAX_ORDER_BYTES + 1):
        number += 1
        if text.strip():
            yield number, text
        if len(text) > MAX_ORDER_BYTES:
            return


def readings_of_lines(lines: Iterable[tuple[int, str]], repeated: frozenset[str] = frozenset()) -> Iterator[Reading]:
    """Yield the orders of numbered lines; ``repeated`` are ids that stood in lines before."""
    seen = set(repeated)
    for number, text in lines:
        where = f"line {number}"
        if len(text) > MAX_ORDER_BYTES:
            yield (at(where, "", f"must be at most {MAX_ORDER_BYTES} bytes"),)
            continue
        try:
            order = order_from_dict(parse_json(text.strip()))
        except InvalidInputError as error:
            yield tuple(at(where, each.field, each.rule) for each in error.violations)
            continue
        if order.order_id in seen:
            rule = f"must be unique in the file, {order.order_id!r} repeats"
            yield (at(where, "order_id", rule),)
            continue
        seen.add(order.order_id)
        yield order
