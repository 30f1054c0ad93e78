"""Sets of orders from the folder ``--data``, with the best packings that other engines found.

Orders with many units are drawn with a seed from the products of the Olist orders.
"""

import json
import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boxwright import BoxType, Catalog, Item, Order
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT

Best = dict[str, tuple[int, int]]
"""The fewest boxes and, with them, the least inner volume in cubic mm, by order id."""


@dataclass(frozen=True)
class DataSet:
    """Orders, their catalog, and the results of other engines.

    Attributes
    ----------
    best_known : Best
        Best packings known in which every unit is at least 75 % supported.
    best_any : Best
        Best packings without support.
    published : dict
        Published boxes and volume utilisation in percent of BoxPacker's own orders.
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
"""File of orders, name of the best packings, and whether units must keep their height vertical."""
MM3_PER_LITRE = 10**6


@dataclass(frozen=True, slots=True)
class Pooled:
    """Orders of random products of the Olist orders, one unit a line.

    Attributes
    ----------
    seed : int
        Seed of the draw.
    fewest, most : int
        Range of units in an order.
    most_litres : float
        Volume of the largest product.
    orders : int
        Number of orders.
    """

    seed: int
    fewest: int
    most: int
    most_litres: float = math.inf
    orders: int = 100


POOL_FILES = ("olist.json", "olist_single_all.json", "olist_mix.json")
POOLED = {"mid": Pooled(1, 25, 60, 2.5), "big": Pooled(2, 25, 80), "lots": Pooled(3, 60, 200, orders=39)}
"""Sets of orders with many units: the majority of ``mid`` fit into one box, ``big`` and ``lots`` need several."""


def load(folder: Path, name: str) -> DataSet:
    """Read one of ``SETS`` or draw one of ``POOLED``.

    Weight limits are gross in the BoxPacker data and net in the Olist data.
    """
    if name in POOLED:
        return DataSet(name, load(folder, "olist").catalog, drawn(folder, name), {}, {}, {})
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


def drawn(folder: Path, name: str, times: int = 1) -> list[Order]:
    """Draw the orders of one of ``POOLED``, with ``times`` as many units."""
    chosen = POOLED[name]
    products = {
        item["id"]: item
        for file in POOL_FILES
        for order in json.loads((folder / file).read_text())["orders"]
        for item in order["items"]
    }
    pool = [
        product
        for _, product in sorted(products.items())
        if math.prod(product[edge] for edge in "lwh") <= chosen.most_litres * MM3_PER_LITRE
    ]
    draw = random.Random(chosen.seed)
    return [
        _order(
            {
                "id": f"{name}-{number}",
                "items": [
                    {**product, "qty": 1}
                    for product in draw.choices(pool, k=draw.randint(chosen.fewest * times, chosen.most * times))
                ],
            },
            ALL_ORIENTATIONS,
        )
        for number in range(chosen.orders)
    ]


def goods_mm3(order: Order) -> float:
    """Return the volume of an order's units in cubic mm."""
    return sum(line.quantity * math.prod(line.edges_um) for line in order.lines) / 1e9


def _order(order: dict[str, Any], orientations: tuple[str, ...]) -> Order:
    return Order(
        order["id"],
        [
            # Lines of an order may repeat a product: the line number makes the id unique.
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
