"""The baseline of boxes really used: orders are planned in these, audited, and kept apart from impossible ones."""

from collections import Counter
from dataclasses import replace

import pytest

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import DimensionStatus, Item, Order
from boxwright.evaluation import Audit, StudyOptions, as_shipped, evaluate, order_rows, trial
from boxwright.planning.many import _FIELDS, same_units

CATALOG = Catalog(
    "today",
    [
        BoxType("K1", 200, 150, 100, tare_g=80, name="K1 klein"),
        BoxType("K2", 400, 300, 200, tare_g=300, name="K2 groß"),
    ],
)
PLAIN = StudyOptions(pictures=0, worth=False)
BOOK = Item("book", 1, 190, 140, 30, 400)
NO_SIZE = Item("thing", 1, 0, 0, 0, 0, dimension_status=DimensionStatus.MISSING)
LAMP = Item("lamp", 1, 390, 120, 110, 900)


def shipped(order_id: str, item: Item, *boxes: str) -> Order:
    """Return an order with its recorded boxes."""
    return Order(order_id, (item,), boxes)


def rows_of(*orders: Order, catalog: Catalog = CATALOG, lane: Lane | None = None):
    """Return the rows of orders with the baseline."""
    return list(order_rows(evaluate(orders, [as_shipped(catalog)], lane=lane, workers=1, options=PLAIN)))


@pytest.mark.parametrize(
    ("order", "audit"),
    [
        (shipped("small", BOOK, "K1"), Audit.HELD),
        (shipped("by name", BOOK, "k2  GROSS"), Audit.HELD),
        (shipped("too small", LAMP, "K1"), Audit.IMPOSSIBLE),
        (shipped("full", Item("book", 5, 190, 140, 30, 400), "K1"), Audit.IMPOSSIBLE),
        (shipped("unknown", BOOK, "K7"), Audit.UNKNOWN_BOX),
        (shipped("one unknown", BOOK, "K1", "K7"), Audit.UNKNOWN_BOX),
        (shipped("none", BOOK), Audit.NOT_RECORDED),
        (shipped("no size", NO_SIZE, "K1"), Audit.NOT_FOUND),
    ],
    ids=lambda each: each.order_id if isinstance(each, Order) else each.value,
)
def test_what_was_recorded_is_audited(order: Order, audit: Audit) -> None:
    """Only an order whose recorded box holds the goods is planned; the reason of any other begins with the audit."""
    (row,) = rows_of(order)
    assert row["audit"] == audit.value
    assert (row["status"] == "planned") is (audit is Audit.HELD)
    assert audit is Audit.HELD or row["reason"].startswith(audit.words)


def test_an_audit_that_fails_is_the_error_of_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run continues, and the row names the error."""

    def fails(*_: object) -> Audit:
        raise ZeroDivisionError("float division by zero")

    monkeypatch.setattr(trial, "refusal_of", fails)
    bad, good = rows_of(shipped("bad", LAMP, "K1"), shipped("good", BOOK, "K1"))
    assert bad["status"] == "error"
    assert ZeroDivisionError.__name__ in bad["reason"]
    assert good["status"] == "planned"


def test_a_box_that_the_run_bars_is_not_called_impossible() -> None:
    """A box that the carrier of the run refuses may still have held the goods."""
    long = Catalog("long", [BoxType("L", 2_500, 150, 100, tare_g=300), *CATALOG.box_types])
    lane = Lane(carrier_service="dhl-paket/de")
    order = shipped("o", BOOK, "L")
    (barred,) = rows_of(order, catalog=long, lane=lane)
    assert (barred["audit"], barred["status"]) == ("not_allowed", "not_packed")
    (free,) = rows_of(order, catalog=long)
    assert free["audit"] == "held"


def test_without_a_proof_the_audit_is_open() -> None:
    """If the search finds neither a layout nor a proof, the audit is open."""
    # 35 odd units that fill 97 % of a box: neither packed nor refused in the effort of a fast plan.
    units = tuple(Item(f"u{n}", 1, 31 + 7 * n % 41, 29 + 11 * n % 37, 23 + 5 * n % 31, 50) for n in range(35))
    goods = sum(each.length_mm * each.width_mm * each.height_mm for each in units)
    edge = (goods / 0.97) ** (1 / 3)
    tight = Catalog("tight", [BoxType("T", edge, edge, edge)])
    (row,) = rows_of(Order("o", units, ("T",)), catalog=tight)
    assert (row["audit"], row["status"]) == ("not_found", "not_packed")


def test_an_order_takes_its_own_boxes_and_no_others() -> None:
    """A book recorded in the large box is planned in it; two recorded boxes make at most two parcels."""
    large, both = rows_of(shipped("large", BOOK, "K2"), shipped("both", Item("b", 4, 190, 140, 40, 400), "K1", "K1"))
    assert (large["boxes"], both["boxes"]) == ("K2", "K1;K1")
    (refused,) = rows_of(shipped("three", Item("b", 6, 190, 140, 40, 400), "K1", "K1"))
    assert refused["audit"] == "not_found"


def test_rows_and_counts_have_the_audit() -> None:
    """Rows of the baseline state the audit, other rows do not, and counts are by order."""
    orders = [shipped("a", BOOK, "K1"), shipped("b", LAMP, "K1"), shipped("c", BOOK)]
    evaluation = evaluate(orders, [as_shipped(CATALOG), CATALOG], workers=1)
    assert evaluation.records.audit() == Counter([Audit.HELD, Audit.IMPOSSIBLE, Audit.NOT_RECORDED])
    assert [row["audit"] for row in order_rows(evaluation)] == ["held", "", "impossible", "", "not_recorded", ""]
    assert evaluation.comparisons[0].orders == 1


def test_orders_that_left_in_other_boxes_are_not_alike() -> None:
    """Orders with equal units but different recorded boxes are planned separately."""
    assert same_units(shipped("1", BOOK, "K1")) != same_units(shipped("2", BOOK, "K2"))
    orders = [shipped("1", BOOK, "K1"), shipped("2", BOOK, "K2")]
    assert [row["boxes"] for row in rows_of(*orders)] == ["K1", "K2"]


def test_a_name_with_a_line_break_is_one_name() -> None:
    """Two box names do not equal one name with a line break between them."""
    books = replace(BOOK, quantity=2)
    both, odd = rows_of(shipped("both", books, "K1", "K2"), shipped("odd", books, "K1\nK2"))
    assert (both["audit"], odd["audit"]) == ("held", "unknown_box")


def test_a_name_that_looks_like_goods_is_a_name() -> None:
    """A box name in the form of an item does not make the order equal to one with that item."""
    written = repr([getattr(LAMP, name) for name in _FIELDS])
    assert same_units(shipped("2", BOOK, written)) != same_units(Order("3", (BOOK, replace(LAMP, line_id="other"))))
