"""``boxwright plans orders``: recorded outcomes as the baseline of an evaluation."""

import datetime
from dataclasses import replace

from boxwright.orders import DateSpan, date_span, read_orders
from boxwright.server.stored.plan_record import packed
from boxwright.store import Entry, OutcomeRecord
from boxwright.store.store import Store
from boxwright.v1 import order_pb2, outcome_pb2, packing_service_pb2

from .running import run
from .stored import entry_of

DAY_US = 86_400_000_000


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
    store.write([entry(*plan) for plan in made])
    for plan_id, boxes in (("a", ["small"]), ("b", ["large", "large"]), ("d", ["eu-250x200x100"])):
        outcome = outcome_pb2.Outcome(parcels=[outcome_pb2.ShippedParcel(box_type_id=box) for box in boxes])
        store.write([Entry(outcome=OutcomeRecord(plan_id, 9, False, outcome.SerializeToString()))])
    store.close()
    out = tmp_path / "shipped.csv"
    run("plans", "orders", "--store", url, "--out", out)
    read = {order.order_id: order.boxes_used for order in read_orders(out)}
    assert read == {"A-1": ("large", "large"), "A-3": ("eu-250x200x100",)}
    assert date_span(out) == DateSpan(datetime.date(1970, 1, 3), datetime.date(1970, 2, 10), 2, 2, 2)
    assert "--out:" in run("plans", "orders", "--store", url, "--out", "shipped.json", code=2).output
