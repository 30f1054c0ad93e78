"""Recorded boxes for real orders: a change of quality is a diff of a data file.

``BOXWRIGHT_UPDATE_GOLDEN=1 pytest tests/planning/test_golden.py`` writes the file again; the commit states the reason.
"""

import csv
import os
from pathlib import Path

from boxwright import Policy, load_catalog
from boxwright.orders import read_orders
from verified import verified

EXAMPLES = Path(__file__).parents[2] / "examples"
GOLDEN = Path(__file__).with_name("golden.csv")
COLUMNS = ("order_id", "units", "boxes", "inner_litres", "certificate")


def test_boxes_of_real_orders_are_as_pinned() -> None:
    """Every example order gets the boxes and the certificate status of golden.csv, and its certificate is verified."""
    catalog = load_catalog(EXAMPLES / "boxpacker-catalog.toml")
    policy = Policy(mode="fast")
    rows = []
    for order in read_orders(EXAMPLES / "orders.csv"):
        answer = verified(order, catalog, policy, profiles=())
        boxes = " + ".join(parcel.box_type_id for parcel in answer.parcels)
        rows.append(
            {
                "order_id": order.order_id,
                "units": str(order.unit_count),
                "boxes": boxes,
                "inner_litres": f"{answer.inner_litres:.3f}",
                "certificate": answer.certificate.status.value,
            }
        )
    if os.environ.get("BOXWRIGHT_UPDATE_GOLDEN"):
        with GOLDEN.open("w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    with GOLDEN.open(newline="") as file:
        assert rows == list(csv.DictReader(file))
