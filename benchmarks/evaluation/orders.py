"""Orders for evaluation, drawn with a seed from the Olist data, with perturbed edges.

Nine of ten are single-unit orders. Every edge is multiplied by a random factor from 0.95 to 1.05 and rounded to
0.01 mm, so that fewer than one order in a hundred repeats. ``perturbed=False`` keeps the edges, and most orders repeat.
"""

import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.datasets import load
from boxwright import BoxType, Catalog, Order

SEED = 15
MULTI = 10
"""One order in this number has several units."""
MOST_CHANGE = 0.05
Row = tuple[str, str, int, float, float, float, float]
COLUMNS = ("order_id", "line_id", "quantity", "length_mm", "width_mm", "height_mm", "mass_g")


def drawn_rows(data: Path, count: int, *, perturbed: bool = True) -> Iterator[Row]:
    """Yield the rows of an order file with ``count`` orders."""
    draw = random.Random(SEED)
    single, multi = load(data, "olist_single_all").orders, load(data, "olist").orders
    for number in range(count):
        order: Order = draw.choice(multi if number % MULTI == MULTI - 1 else single)
        for line in order.lines:
            edges = [line.length_mm, line.width_mm, line.height_mm]
            if perturbed:
                edges = [round(each * draw.uniform(1 - MOST_CHANGE, 1 + MOST_CHANGE), 2) for each in edges]
            yield (f"o{number}", line.line_id, line.quantity, edges[0], edges[1], edges[2], line.mass_g)


def catalogs(data: Path) -> tuple[Catalog, Catalog]:
    """Return the 28 published boxes with prices, and 28 with edges alternately 7 % longer and shorter."""
    boxes = load(data, "olist").catalog.box_types
    return _priced("olist-28", boxes, 1.0), _priced("other-28", boxes, 1.07)


def _priced(name: str, boxes: tuple[BoxType, ...], factor: float) -> Catalog:
    """Return boxes with a synthetic price: 0.20 plus 1.50 per square metre of board."""
    made = []
    for number, box in enumerate(boxes):
        change = factor if number % 2 else 1 / factor
        inner = [round(each * change, 1) for each in (box.inner_length_mm, box.inner_width_mm, box.inner_height_mm)]
        walls = [outer - inner_mm for outer, inner_mm in zip(_outer(box), _inner(box), strict=True)]
        outer = [round(edge + wall, 1) for edge, wall in zip(inner, walls, strict=True)]
        square_m = 2 * (outer[0] * outer[1] + outer[0] * outer[2] + outer[1] * outer[2]) / 1e6
        made.append(
            BoxType(
                box.box_type_id,
                *inner,
                *outer,
                tare_g=box.tare_g,
                max_net_g=box.max_net_g,
                material_id="corrugated-board",
                price_minor=round(20 + 150 * square_m),
            )
        )
    return Catalog(name, made, currency="CNY")


def _inner(box: BoxType) -> tuple[float, float, float]:
    return box.inner_length_mm, box.inner_width_mm, box.inner_height_mm


def _outer(box: BoxType) -> tuple[float, float, float]:
    return box.outer_length_mm, box.outer_width_mm, box.outer_height_mm
