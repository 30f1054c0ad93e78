"""The baseline of boxes really used: planned in those, audited, and never mixed up with what cannot be."""

from collections import Counter
from dataclasses import replace

import pytest

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import DimensionStatus, Item, Order
from boxwright.evaluation import Audit, OrderStatus, StudyOptions, as_shipped, evaluate, order_rows, trial
from boxwright.evaluation.alike import signature

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
    """Return an order that left in boxes."""
    return Order(order_id, (item,), boxes)


def outcomes_of(*orders: Order):
    """Return the outcomes with the baseline."""
    return evaluate(orders, [as_shipped(CATALOG), CATALOG], workers=1, options=PLAIN).results[0].outcomes


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
    """The box holds the goods, or cannot, or is not known; only the first is planned."""
    (outcome,) = outcomes_of(order)
    assert outcome.audit is audit
    assert (outcome.status is OrderStatus.PLANNED) is (audit is Audit.HELD)
    assert audit is Audit.HELD or outcome.reason.startswith(audit.words)


def test_an_audit_that_fails_is_the_error_of_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run goes on, and the row says what went wrong."""

    def fails(*_: object) -> Audit:
        raise ZeroDivisionError("float division by zero")

    monkeypatch.setattr(trial, "refusal_of", fails)
    bad, good = outcomes_of(shipped("bad", LAMP, "K1"), shipped("good", BOOK, "K1"))
    assert bad.status is OrderStatus.ERROR
    assert ZeroDivisionError.__name__ in bad.reason
    assert good.status is OrderStatus.PLANNED


def test_a_box_that_the_run_bars_is_not_called_impossible() -> None:
    """The carrier of the run does not take the long box: that does not say that it did not hold the goods."""
    long = Catalog("long", [BoxType("L", 2_500, 150, 100, tare_g=300), *CATALOG.box_types])
    lane = Lane(carrier_service="dhl-paket/de")
    order = shipped("o", BOOK, "L")
    barred = evaluate([order], [as_shipped(long)], lane=lane, workers=1, options=PLAIN).results[0].outcomes[0]
    assert (barred.audit, barred.status) == (Audit.NOT_ALLOWED, OrderStatus.NOT_PACKED)
    free = evaluate([order], [as_shipped(long)], workers=1, options=PLAIN).results[0].outcomes[0]
    assert free.audit is Audit.HELD


def test_no_proof_is_no_proof() -> None:
    """Where the search ends without a layout and without a proof, the audit says neither yes nor no."""
    # 35 odd units that fill 97 % of a box: neither packed nor refused in the effort of a fast plan.
    units = tuple(Item(f"u{n}", 1, 31 + 7 * n % 41, 29 + 11 * n % 37, 23 + 5 * n % 31, 50) for n in range(35))
    goods = sum(each.length_mm * each.width_mm * each.height_mm for each in units)
    edge = (goods / 0.97) ** (1 / 3)
    tight = Catalog("tight", [BoxType("T", edge, edge, edge)])
    evaluation = evaluate([Order("o", units, ("T",))], [as_shipped(tight)], workers=1, options=PLAIN)
    (outcome,) = evaluation.results[0].outcomes
    assert outcome.audit is Audit.NOT_FOUND
    assert outcome.status is OrderStatus.NOT_PACKED


def test_an_order_takes_its_own_boxes_and_no_others() -> None:
    """A book that left in the large box counts the large one, and two boxes are at most two parcels."""
    large, both = outcomes_of(
        shipped("large", BOOK, "K2"), shipped("both", Item("b", 4, 190, 140, 40, 400), "K1", "K1")
    )
    assert [parcel.box_type_id for parcel in large.parcels] == ["K2"]
    assert [parcel.box_type_id for parcel in both.parcels] == ["K1", "K1"]
    (refused,) = outcomes_of(shipped("three", Item("b", 6, 190, 140, 40, 400), "K1", "K1"))
    assert refused.audit is Audit.NOT_FOUND


def test_rows_and_tally_have_the_audit() -> None:
    """A row of the baseline says what was found, other rows nothing, and the counts are those of the orders."""
    orders = [shipped("a", BOOK, "K1"), shipped("b", LAMP, "K1"), shipped("c", BOOK)]
    evaluation = evaluate(orders, [as_shipped(CATALOG), CATALOG], workers=1)
    assert evaluation.tally.audit == Counter([Audit.HELD, Audit.IMPOSSIBLE, Audit.NOT_RECORDED])
    assert [row["audit"] for row in order_rows(evaluation)] == ["held", "", "impossible", "", "not_recorded", ""]
    assert evaluation.comparisons[0].orders == 1


def test_orders_that_left_in_other_boxes_are_not_alike() -> None:
    """Equal units in another box are another baseline."""
    assert signature(shipped("1", BOOK, "K1")) != signature(shipped("2", BOOK, "K2"))
    orders = [shipped("1", BOOK, "K1"), shipped("2", BOOK, "K2")]
    assert [each.parcels[0].box_type_id for each in outcomes_of(*orders)] == ["K1", "K2"]


def test_a_name_with_a_line_break_is_one_name() -> None:
    """Orders of two units are alike where they left in the same boxes, not where the names read alike in a row."""
    books = replace(BOOK, quantity=2)
    both, odd = outcomes_of(shipped("both", books, "K1", "K2"), shipped("odd", books, "K1\nK2"))
    assert (both.audit, odd.audit) == (Audit.HELD, Audit.UNKNOWN_BOX)


def test_a_name_that_looks_like_goods_is_a_name() -> None:
    """A box may be called as goods are written: the order has these goods no more than one that states them."""
    written = signature(shipped("1", LAMP))[0]
    assert signature(shipped("2", BOOK, written)) != signature(Order("3", (BOOK, replace(LAMP, line_id="other"))))
