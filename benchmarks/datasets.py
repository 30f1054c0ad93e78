"""Sets of orders with the best packings that other engines found; read from a folder given by ``--data``."""

import json
from dataclasses import dataclass
from pathlib import Path

from boxwright import BoxType, Catalog, Item, Order
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT


@dataclass(frozen=True)
class DataSet:
    """Orders, their catalog, and per order id the fewest boxes and least litres known with every unit supported."""

    name: str
    catalog: Catalog
    orders: list[Order]
    best_known: dict[str, tuple[int, int]]


SETS = {
    "olist": ("olist.json", "best_known_supported_olist_3d.json", False),
    "olist_single_all": ("olist_single_all.json", None, False),
    "olist_mix": ("olist_mix.json", "best_known_supported_olist_mix_3d.json", False),
    "boxpacker_3d": ("boxpacker.json", "best_known_supported_boxpacker_3d.json", False),
    "boxpacker_2d": ("boxpacker.json", "best_known_supported_boxpacker_2d.json", True),
}
"""File of orders, file of best packings, and whether units keep their height vertical."""


def load(folder: Path, name: str) -> DataSet:
    """Read one of ``SETS``. Weight limits are gross in the BoxPacker data and net in the Olist data."""
    orders_file, best_file, upright = SETS[name]
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
    orders = [
        Order(
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
                    orientations=UPRIGHT if upright else ALL_ORIENTATIONS,
                )
                for number, item in enumerate(order["items"])
            ],
        )
        for order in content["orders"]
    ]
    best = json.loads((folder / best_file).read_text()) if best_file else {}
    return DataSet(name, catalog, orders, {key: (value[0], value[1]) for key, value in best.items()})
