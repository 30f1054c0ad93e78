"""Sets of orders with the best packings that other engines found; read from a folder given by ``--data``."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boxwright import BoxType, Catalog, Item, Order
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT

Best = dict[str, tuple[int, int]]
"""Per order id the fewest boxes and, with them, the least inner volume in cubic mm."""


@dataclass(frozen=True)
class DataSet:
    """Orders, their catalog, and what other engines made of them.

    Attributes
    ----------
    best_known : Best
        Best packings known in which every unit is at least 75 % supported.
    best_any : Best
        The same without support.
    published : dict
        BoxPacker's own published boxes and volume utilisation in percent, where the orders are its own.
    """

    name: str
    catalog: Catalog
    orders: list[Order]
    best_known: Best
    best_any: Best
    published: dict[str, tuple[int, float]]


SETS = {
    "olist": ("olist.json", "olist_3d", False),
    "olist_single_all": ("olist_single_all.json", None, False),
    "olist_mix": ("olist_mix.json", "olist_mix_3d", False),
    "boxpacker_3d": ("boxpacker.json", "boxpacker_3d", False),
    "boxpacker_2d": ("boxpacker.json", "boxpacker_2d", True),
}
"""File of orders, name of the best packings, and whether units keep their height vertical."""


def load(folder: Path, name: str) -> DataSet:
    """Read one of ``SETS``. Weight limits are gross in the BoxPacker data and net in the Olist data."""
    orders_file, best, upright = SETS[name]
    content = json.loads((folder / orders_file).read_text())
    limit = "max_gross_g" if orders_file == "boxpacker.json" else "max_net_g"
    catalog = Catalog(
        name,
        [
            BoxType(
                box["id"],
                *(box[edge] for edge in ("l", "w", "h", "ol", "ow", "oh")),
                tare_g=box["empty"],
                **{limit: box["max_weight"]},
            )
            for box in content["catalog"]
        ],
    )
    orders = [_order(order, UPRIGHT if upright else ALL_ORIENTATIONS) for order in content["orders"]]
    mode = "2d" if upright else "3d"
    return DataSet(
        name,
        catalog,
        orders,
        _best(folder / f"best_known_supported_{best}.json") if best else {},
        _best(folder / f"best_known_{best}.json") if best else {},
        {
            order["id"]: (order["expected"][f"boxes{mode}"], order["expected"][f"util{mode}"])
            for order in content["orders"]
            if "expected" in order
        },
    )


def goods_mm3(order: Order) -> float:
    """Volume of an order's units in cubic mm."""
    return sum(line.quantity * math.prod(line.edges_um) for line in order.lines) / 1e9


def _order(order: dict[str, Any], orientations: tuple[str, ...]) -> Order:
    return Order(
        order["id"],
        [
            # The data repeats a product on several lines of one order, so the line number makes it unique.
            Item(
                f"{number}-{item['id']}",
                item["qty"],
                item["l"],
                item["w"],
                item["h"],
                item["g"],
                orientations=orientations,
            )
            for number, item in enumerate(order["items"])
        ],
    )


def _best(path: Path) -> Best:
    return {key: (value[0], value[1]) for key, value in json.loads(path.read_text()).items()}
