"""``boxwright plans orders``: recorded outcomes as the baseline of an evaluation."""

import datetime
from dataclasses import replace

import pytest
from click.testing import CliRunner

from boxwright.cli import main
from boxwright.domain.order import UPRIGHT, Fragility, Item, MaterialMass, Order, SalesPackaging, SoftGoods
from boxwright.domain.property_cap import PropertyAmount
from boxwright.orders import DateSpan, date_span, read_orders
from boxwright.orders.write import SHIPPED_COLUMNS, shipped_rows, write_csv, write_parquet
from boxwright.server.stored.plan_record import packed
from boxwright.store import Entry, OutcomeRecord
from boxwright.store.store import Store
from boxwright.v1 import order_pb2, outcome_pb2, packing_service_pb2

from .stored import entry_of

DAY_US = 86_400_000_000
ORDERS = [
    Order(
        "plain", [Item("a", 2, 120, 80, 60, 300), Item("b", 1, 210.5, 148, 20, 340, sku="s", description="Book, A5")]
    ),
    Order(
        "rich",
        [
            Item(
                "c",
                1,
                300,
                200,
                60,
                500.25,
                UPRIGHT,
                max_load_g=0,
                fragility=Fragility("fragile", 40),
                keep_apart_group="x",
                property_amounts=[PropertyAmount("lithium_wh", 20)],
                sales_packaging=SalesPackaging(5, "corrugated-board", [MaterialMass("corrugated-board", 80)]),
            ),
            Item("d", 3, 300, 200, 40, 500, soft_goods=SoftGoods(10, 1), keep_together_group="y"),
        ],
        ["K1", "K2", "K2"],
    ),
]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_rows_of_orders_are_read_to_the_same_orders(tmp_path, suffix):
    """Every field that a line can have, and the boxes used, come back from both formats."""
    path = tmp_path / f"orders{suffix}"
    rows = [row for order in ORDERS for row in shipped_rows(order, datetime.date(2026, 3, 1))]
    if suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as text:
            write_csv(rows, SHIPPED_COLUMNS, text)
    else:
        with path.open("wb") as raw:
            write_parquet(rows, SHIPPED_COLUMNS, raw)
    assert list(read_orders(path)) == ORDERS
    assert date_span(path) == DateSpan(datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), 2, 2, 2)
    assert "orientations" not in rows[0]


def entry(plan_id, order_id, day, length_mm=190):
    """Return the entry of a plan of one book, made on a day."""
    made = entry_of(plan_id, order_id, day * DAY_US)
    line = order_pb2.OrderLine(line_id="a", quantity=1)
    dimensions = line.cuboid.dimensions
    dimensions.length_mm, dimensions.width_mm, dimensions.height_mm = length_mm, 140, 40
    line.mass_g = 200
    request = packing_service_pb2.PackRequest(order=order_pb2.Order(order_id=order_id, lines=[line]))
    return replace(made, plan=replace(made.plan, request=packed(request.SerializeToString())))


def test_the_newest_outcome_of_each_order_is_written(tmp_path):
    """Plans without an outcome are left out; of two plans of an order the newer one counts."""
    url = f"sqlite:///{tmp_path / 'plans.db'}"
    store = Store(url)
    made = (("a", "A-1", 1), ("b", "A-1", 2), ("c", "A-2", 3), ("d", "A-3", 40))
    store.write([entry(*each) for each in made])
    for plan_id, boxes in (("a", ["small"]), ("b", ["large", "large"]), ("d", ["eu-250x200x100"])):
        outcome = outcome_pb2.Outcome(parcels=[outcome_pb2.ShippedParcel(box_type_id=box) for box in boxes])
        store.write([Entry(outcome=OutcomeRecord(plan_id, 9, False, outcome.SerializeToString()))])
    store.close()
    out = tmp_path / "shipped.csv"
    result = CliRunner().invoke(main, ["plans", "orders", "--store", url, "--out", str(out)])
    assert result.exit_code == 0, result.output
    read = {order.order_id: order.boxes_used for order in read_orders(out)}
    assert read == {"A-1": ("large", "large"), "A-3": ("eu-250x200x100",)}
    assert date_span(out) == DateSpan(datetime.date(1970, 1, 3), datetime.date(1970, 2, 10), 2, 2, 2)
    result = CliRunner().invoke(main, ["plans", "orders", "--store", url, "--out", "shipped.json"])
    assert result.exit_code == 2
    assert "--out:" in result.output
