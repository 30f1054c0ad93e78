"""Rows of a table to orders: one row an order line, the rows of one order next to each other."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from boxwright.domain.order import MAX_UNITS_PER_ORDER, Item, Order
from boxwright.errors import MOST_VIOLATIONS, FieldViolation, InvalidInputError
from boxwright.orders.fields import KINDS, LINE_FIELDS
from boxwright.orders.from_dict import item_from_dict, kind_of
from boxwright.tabular import restored

COLUMNS = tuple(KINDS)
REQUIRED_COLUMNS = ("order_id", *(field.name for field in LINE_FIELDS if field.required))
_INSIDE = {field.name: field.inside for field in LINE_FIELDS if field.inside}
_KEYS = {field.name: field.json_key for field in LINE_FIELDS}

EXTRA = "extra_"
"""How columns begin that an order file carries along and a plan does not use."""

BOX_USED = "extra_box_used"
"""Column of the box that a past order really left in; of several, by row or separated by ``;``."""

Reading = Order | tuple[FieldViolation, ...]
"""An order, or every rule that its text breaks."""


def at(where: str, field: str, rule: str) -> FieldViolation:
    """Return a violation of a field in some rows or lines of a file, as ``row 7, mass_g``."""
    return FieldViolation(f"{where}, {field}" if field else where, rule)


def header_violations(header: Sequence[str]) -> list[FieldViolation]:
    """Return what is wrong with the names of the columns: unknown, repeated or missing ones."""
    broken = [
        FieldViolation(
            f"column {name!r}", f"is not known; columns are {', '.join(COLUMNS)}, and any that start with {EXTRA}"
        )
        for name in dict.fromkeys(header)
        if name not in COLUMNS and not name.startswith(EXTRA)
    ]
    broken += [
        FieldViolation(f"column {name!r}", "must not repeat") for name, count in Counter(header).items() if count > 1
    ]
    missing = [name for name in REQUIRED_COLUMNS if name not in header]
    broken += [FieldViolation(f"column {name!r}", "is required") for name in missing]
    return broken


def values_of_cells(header: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    """Return the values of a row of texts: empty cells and extra columns left out, numbers parsed, orientations split.

    A cell that is not a plain number (``12 mm``, ``1,5``) stays a text, which the rules of its field refuse.
    """
    given = ((name, restored(cell.strip())) for name, cell in zip(header, cells, strict=True) if is_read(name))
    return {name: text if name == BOX_USED else KINDS[name].of_text(text) for name, text in given if text}


def is_read(column: str) -> bool:
    """Return whether a column is of the order: all are but the extra ones, of which the box used is."""
    return column == BOX_USED or not column.startswith(EXTRA)


def orders_of_rows(rows: Iterable[tuple[int, Mapping[str, Any] | str]], ended: Iterable[str] = ()) -> Iterator[Reading]:
    """Yield the orders of numbered rows.

    Parameters
    ----------
    rows : iterable of (int, mapping or str)
        Row number, and values by column without the absent ones; or the rule that the row as a whole breaks.
    ended : iterable of str, optional
        Ids of orders whose rows ended before these. Default none.

    Yields
    ------
    Order or tuple of FieldViolation
        In the order of the rows. An order that comes back after another one began is a violation: its rows
        must be contiguous, so that a file of any size is read in one pass.
    """
    closed = set(ended)
    order_id, first, last = "", 0, 0
    items: list[Item] = []
    boxes: list[str] = []
    broken: list[FieldViolation] = []
    for number, values in rows:
        row = f"row {number}"
        if isinstance(values, str):
            _note(broken, at(row, "", values))
            continue
        name = values.get("order_id")
        if not isinstance(name, str):
            rule = "is required" if name is None else f"must be a text, got {kind_of(name)}"
            _note(broken, at(row, "order_id", rule))
            continue
        if name != order_id:
            if order_id:
                yield _close(order_id, first, last, items, boxes, broken)
                closed.add(order_id)
            elif broken:
                yield InvalidInputError(broken).violations
            order_id, first, items, boxes, broken = name, number, [], [], []
            if name in closed:
                rule = f"must be in rows next to each other, {name!r} comes back after another order"
                broken.append(at(row, "order_id", rule))
        last = number
        if len(items) > MAX_UNITS_PER_ORDER or len(broken) > MOST_VIOLATIONS:
            continue
        if BOX_USED in values:
            boxes.append(values[BOX_USED])
        try:
            items.append(item_from_dict(nested(values)))
        except InvalidInputError as error:
            broken += [at(row, column_of(each.field), each.rule) for each in error.violations]
    if order_id or broken:
        yield _close(order_id, first, last, items, boxes, broken)


def _note(broken: list[FieldViolation], violation: FieldViolation) -> None:
    """Keep what is wrong, unless there is more already than is listed."""
    if len(broken) <= MOST_VIOLATIONS:
        broken.append(violation)


def column_of(field: str) -> str:
    """Return the column that a path inside a line belongs to, with what follows it."""
    inside, dot, key = field.partition(".")
    if not dot:
        return field
    for each in LINE_FIELDS:
        if each.inside == inside and (
            key == each.json_key or key.startswith((f"{each.json_key}.", f"{each.json_key}["))
        ):
            return each.name + key.removeprefix(each.json_key)
    return field


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flat row as a line, with its inner objects."""
    line: dict[str, Any] = {}
    for name, value in values.items():
        if name in _INSIDE:
            line.setdefault(_INSIDE[name], {})[_KEYS[name]] = value
        elif name != "order_id" and not name.startswith(EXTRA):
            line[name] = value
    return line


def boxes_of_cells(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the boxes that the rows of an order name: rows that say the same mean the same parcels."""
    return tuple(name.strip() for cell in dict.fromkeys(cells) for name in cell.split(";") if name.strip())


def _close(
    order_id: str, first: int, last: int, items: list[Item], boxes: list[str], broken: list[FieldViolation]
) -> Reading:
    """Return the order of the rows gathered so far, or what is wrong with it."""
    if broken:
        return InvalidInputError(broken).violations
    try:
        return Order(order_id, tuple(items), boxes_of_cells(boxes))
    except InvalidInputError as error:
        rows = f"row {first}" if first == last else f"rows {first} to {last}"
        return tuple(at(rows, each.field, each.rule) for each in error.violations)
