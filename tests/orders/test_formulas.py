"""Texts that spreadsheet programs would calculate are written so that they do not, and read back unchanged."""

import csv
import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.cli.evaluation_out import write_rejects
from boxwright.domain.order import Item, Order
from boxwright.errors import FieldViolation
from boxwright.evaluation.batch import Rejected
from boxwright.orders import read_orders
from boxwright.orders.batches import order_batches
from boxwright.orders.write import SHIPPED_COLUMNS, shipped_rows, write_csv
from boxwright.tabular import neutral, restored

SIGNS = "=+-@\t\r\n＝＋－＠"
TEXTS = st.text(st.sampled_from([*SIGNS, "'", '"', ",", ";", " ", "a", "1"]), max_size=8) | st.text(max_size=20)

ATTACKS = ("=cmd|' /C calc'!A0", "-5", "''@a", "＝1+1", "'quoted'", "O'Neill")


@settings(max_examples=50)
@given(text=TEXTS)
def test_what_is_written_is_read_as_it_was(text):
    """Any text survives a round trip, apostrophes included."""
    assert restored(neutral(text)) == text


@settings(max_examples=50)
@given(text=TEXTS)
def test_no_cell_that_is_written_is_a_formula(text):
    """No written cell begins like a formula; other texts are unchanged."""
    cell = neutral(text)
    assert not cell.startswith(tuple(SIGNS))
    if not text.lstrip("'").startswith(tuple(SIGNS)):
        assert cell == restored(text) == text


def order_of(text):
    """Return an order with a text in every free field."""
    line = Item(text, 1, 100, 90, 80, 5, description=text, keep_apart_group=text)
    return Order(text, (line,), boxes_used=(text,))


@pytest.mark.parametrize("text", ATTACKS)
def test_orders_of_such_texts_are_read_as_they_were(tmp_path, text):
    """The file has no formula, and the order is read back unchanged."""
    path = tmp_path / "orders.csv"
    order = order_of(text)
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(shipped_rows(order, datetime.date(2026, 3, 1)), SHIPPED_COLUMNS, file)
    with path.open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell.startswith(tuple(SIGNS)) for cell in cells)
    assert list(read_orders(path)) == [order]
    assert [reading for batch in order_batches(path) for reading in batch.readings()] == [order]


def test_rejected_orders_do_not_become_formulas(tmp_path):
    """The file of rejected orders protects its cells too."""
    broken = (FieldViolation("row 2, =x", "-1"),)
    write_rejects([Rejected("=1+1", broken)], tmp_path / "rejected.csv")
    assert (tmp_path / "rejected.csv").read_text().splitlines()[1] == "'=1+1,row 2,'=x,'-1"
