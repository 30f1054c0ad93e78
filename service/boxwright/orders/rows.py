"""Converts rows of a table to orders: one row per order line, with the rows of an order adjacent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from boxwright.contract.columns import COLUMNS as LINE_COLUMNS
from boxwright.contract.columns import REQUIRED_COLUMNS as REQUIRED_OF_LINES
from boxwright.contract.columns import read_row
from boxwright.domain.order import MAX_UNITS_PER_ORDER, Item, Order
from boxwright.errors import MOST_VIOLATIONS, FieldViolation, InvalidInputError

COLUMNS = {"order_id": LINE_COLUMNS["line_id"], **LINE_COLUMNS}
"""Columns of an order file by name; order ids are read like line ids."""
REQUIRED_COLUMNS = ("order_id", *REQUIRED_OF_LINES)

EXTRA = "extra_"
"""Prefix of columns in an order file that plans ignore."""

BOX_USED = "extra_box_used"
"""Column of the boxes that an order was shipped in; several boxes are in separate rows, or separated by ``;``.

Orders of the contract lack this field, since only evaluations compare with the boxes used.
"""

COUNTRY, POSTAL_CODE = "extra_country_code", "extra_postal_code"
"""Columns of the destination. Orders of the contract lack them, since a request has a lane."""
_EXTRA_READ = (BOX_USED, COUNTRY, POSTAL_CODE)

Reading = Order | tuple[FieldViolation, ...]
"""An order, or every rule that its rows or line break."""


def at(where: str, field: str, rule: str) -> FieldViolation:
    """Return a violation at a place in a file, such as ``row 7, mass_g``."""
    return FieldViolation(f"{where}, {field}" if field else where, rule)


def header_violations(header: Sequence[str]) -> list[FieldViolation]:
    """Return the violations of column names that are unknown, repeated or missing."""
    known = f"must be known or start with {EXTRA}; `boxwright orders convert` makes an order file from an export"
    broken = [
        *((name, known) for name in dict.fromkeys(header) if name not in COLUMNS and not name.startswith(EXTRA)),
        *((name, "must be unique") for name, count in Counter(header).items() if count > 1),
        *((name, "is required") for name in REQUIRED_COLUMNS if name not in header),
    ]
    return [FieldViolation(f"column {name!r}", rule) for name, rule in broken]


def is_read(column: str) -> bool:
    """Return whether a column belongs to orders, or is the extra column of the box used or the destination."""
    return column in _EXTRA_READ or not column.startswith(EXTRA)


def orders_of_rows(rows: Iterable[tuple[int, dict[str, Any] | str]], ended: Iterable[str] = ()) -> Iterator[Reading]:
    """Yield the orders of numbered rows.

    Parameters
    ----------
    rows : iterable of (int, dict or str)
        Row number, and non-empty cells by column or, for an unreadable row, the rule that it breaks.
    ended : iterable of str, optional
        Ids of orders that ended in earlier batches. Default: none.

    Yields
    ------
    Order or tuple of FieldViolation
        In the order of the rows. The rows of an order must be adjacent, so that a file of any size can be read in one
        pass; an order with scattered rows is a violation.
    """
    closed = set(ended)
    order_id, first, last = "", 0, 0
    items: list[Item] = []
    boxes: list[str] = []
    where = ["", ""]
    broken: list[FieldViolation] = []

    def note(*violations: FieldViolation) -> None:
        if len(broken) <= MOST_VIOLATIONS:
            broken.extend(violations)

    for number, cells in rows:
        row = f"row {number}"
        if isinstance(cells, str):
            note(at(row, "", cells))
            continue
        name = COLUMNS["order_id"].stated(cells.pop("order_id", None))
        if not isinstance(name, str):
            note(at(row, "order_id", "is required" if name is None else f"must be a text, got {name!r:.40}"))
            continue
        if name != order_id:
            if order_id:
                yield _closed(order_id, first, last, items, boxes, where, broken)
                closed.add(order_id)
            elif broken:
                yield InvalidInputError(broken).violations
            order_id, first, items, boxes, where, broken = name, number, [], [], ["", ""], []
            if name in closed:
                note(at(row, "order_id", f"must be in adjacent rows, but {name!r} is above and below another order"))
        last = number
        if len(items) > MAX_UNITS_PER_ORDER or len(broken) > MOST_VIOLATIONS:
            continue
        if BOX_USED in cells:
            boxes.append(str(COLUMNS["sku"].stated(cells.pop(BOX_USED))))
        for place, column in enumerate((COUNTRY, POSTAL_CODE)):
            if column in cells:  # the first row with a value counts
                stated = str(COLUMNS["sku"].stated(cells.pop(column)))
                where[place] = where[place] or stated
        try:
            items.append(read_row(cells))
        except InvalidInputError as error:
            note(*(at(row, fault.field, fault.rule) for fault in error.violations))
    if order_id or broken:
        yield _closed(order_id, first, last, items, boxes, where, broken)


def _closed(
    order_id: str,
    first: int,
    last: int,
    items: list[Item],
    boxes: list[str],
    where: list[str],
    broken: list[FieldViolation],
) -> Reading:
    if broken:
        return InvalidInputError(broken).violations
    try:
        # Rows with equal values state the same parcels.
        used = (name.strip() for cell in dict.fromkeys(boxes) for name in cell.split(";"))
        destination = ":".join("".join(part.upper().split()) for part in where if part)
        return Order(order_id, tuple(items), tuple(filter(None, used)), destination if where[0] else "")
    except InvalidInputError as error:
        rows = f"row {first}" if first == last else f"rows {first} to {last}"
        return tuple(at(rows, fault.field, fault.rule) for fault in error.violations)
