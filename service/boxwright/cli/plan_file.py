"""Plans in files: one as JSON, or many as the lines that ``boxwright pack --orders --out`` writes."""

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from boxwright.domain.order import Order
from boxwright.domain.plan import Plan
from boxwright.domain.started import StartedParcel
from boxwright.errors import DataFileError, FieldViolation
from boxwright.export import plan_from_dict, profiles_from_dict, started_from_list
from boxwright.export.plan_reading import CoverageById
from boxwright.findings import Findings
from boxwright.orders.json_text import parse_json

Content = TypeVar("Content")


def profiles_file(path: Path) -> Path:
    """Return the file that states what the plans of a file of lines have in common: their accounting profiles."""
    return path.with_name(f"{path.name}.profiles.json")


def read_plan(path: Path) -> Plan:
    """Return the plan of a JSON file.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    return _read(path, plan_from_dict)


def read_started_file(path: Path | None) -> tuple[StartedParcel, ...]:
    """Return the started parcels of a JSON file; none without a file.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    return () if path is None else _read(path, started_from_list)


def _read(path: Path, parse: Callable[[Any], Content]) -> Content:
    found = Findings(file=path.name)
    try:
        with found:
            return parse(parse_json(path.read_text(encoding="utf-8-sig")))
    except UnicodeDecodeError as error:
        raise _not_text(path, error) from None
    raise found.error()


def read_plan_lines(path: Path, orders: Iterable[Order]) -> Iterator[tuple[Plan | None, Order]]:
    """Yield each line's plan, None where the order has none, with its order.

    Parameters
    ----------
    path : Path
        One JSON object a line, each with ``order_id`` and ``plan``. Profiles that a plan does not state are those of
        ``profiles_file``, where there is one.
    orders : iterable of Order
        The orders of the lines, in the same sequence.

    Raises
    ------
    DataFileError
        At the first line that is not of the order in its place, or whose plan breaks rules; if the file of profiles
        breaks some, or is of other data than a plan.
    """
    beside = profiles_file(path)
    coverage, data_hash = _read(beside, profiles_from_dict) if beside.exists() else ({}, "")
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, (line, order) in enumerate(zip_longest(lines, orders), start=1):
                if line is None or order is None:
                    lacking = "lines" if line is None else "orders"
                    rule = f"must hold as many lines as there are orders, {lacking} end before number {number}"
                    raise DataFileError(path.name, [FieldViolation("file", rule)])
                plan = _line_plan(path, number, line, order, coverage)
                if plan is not None and data_hash not in ("", plan.data_hash) and coverage:
                    rule = f"must be that of {path.name}, line {number}, {plan.data_hash!r}, got {data_hash!r:.80}"
                    raise DataFileError(beside.name, [FieldViolation("data_hash", rule)])
                yield plan, order
    except UnicodeDecodeError as error:
        raise _not_text(path, error) from None


def _line_plan(path: Path, number: int, line: str, order: Order, coverage: CoverageById) -> Plan | None:
    with (found := Findings(f"line {number}", file=path.name)):
        content: Any = parse_json(line)
        if not isinstance(content, dict) or "plan" not in content:
            found.add("plan", "is required")
        elif content.get("order_id") != order.order_id:
            rule = f"must be {order.order_id!r}, the order in this place, got {content.get('order_id')!r:.80}"
            found.add("order_id", rule)
        else:
            return None if content["plan"] is None else plan_from_dict(content["plan"], coverage)
    raise found.error()


def _not_text(path: Path, error: UnicodeDecodeError) -> DataFileError:
    rule = f"must be UTF-8, byte {error.start} is not"
    return DataFileError(path.name, [FieldViolation("file", rule)])
