"""Compares designed catalogs with the published one, k-means and greedy, on unseen orders.

    python -m benchmarks.design --data DIR [--set olist] [--seed N ...] [--sizes N ...] [--objective litres]

Half of the orders, drawn with the seed, are designed for; the catalogs are evaluated on the held-out half. All catalogs
have the dunnage of ``eu-stock``, and each order goes whole into the cheapest box into which the engine packs it. Each
ratio is over the orders that both the design and the baseline take; ``lost`` counts the orders that the published
catalog takes and design, k-means and greedy do not.

New sizes have no depth limit.

- *published*: the catalog of the set.
- *k-means*: the sizes that the same orders need, clustered by their edges (Lloyd, 20 starts drawn with the seed). Each
  cluster is one box that holds all its sizes; there are as many clusters as designed or added sizes.
- *greedy*: the candidate of the design that saves most is added repeatedly; no exchange, no bound.

With ``--objective cost`` every box, published ones too, costs 0.20 and 1.50 a m2 of its blank, and carriage 12.00 for
the first kg that is billed and 2.00 for each further one (``sf/fast``, near): synthetic prices. With ``--objective
emissions`` each order travels 500 km by road; grams are those of the first profile. For both objectives the published
boxes count as made of b-flute.

A ratio below 1 is a lower sum with the design. Its 95 % interval is a bootstrap over the held-out orders. ``litres``,
``cost`` and ``g`` are ratios to the published catalog by each measure, with every order in the box that is cheapest by
the measure designed for. Each seed and number of sizes has a Markdown row. ``CPU s`` covers the whole seed: preparing,
choosing all the designs, and evaluating.
"""

import argparse
import datetime
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from benchmarks import markdown
from benchmarks.datasets import load
from boxwright import Order, Policy
from boxwright.catalog import load_materials
from boxwright.design import BoxPrice, DesignObjective, Wishes
from boxwright.design.boxes import new_boxes, priced
from boxwright.design.design import Prepared, prepare
from boxwright.design.fitting import Fits, Fitter
from boxwright.design.p_median import Limits, greedy
from boxwright.design.question import Rules
from boxwright.design.search import search
from boxwright.design.sizes import Size, on_grid
from boxwright.design.stock import Stock
from boxwright.design.work import silent
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.price_table import AdditionalWeight, PriceTable, WeightPrice, ZonePrices
from boxwright.evaluation.comparison import relative_interval
from boxwright.packing.own import warm_up
from boxwright.units import to_um

SETS = {"olist": ("olist", "olist_single_all"), "boxpacker": ("boxpacker_3d",)}
"""The order sets that each set combines."""
SIZES = (4, 8, 12, 20, 28)
SEEDS = (1, 2, 3, 4, 5)
ADDED = 4
"""Number of sizes that are added to the published catalog in the last row of a seed."""
BOARD, MATERIAL, BOX_PRICE = "b-flute", "corrugated-board", BoxPrice("CNY", 20, 150)
TARIFF = PriceTable(
    *("own", "2026", "sf/fast", "CNY", "kg"),
    (ZonePrices("near", (WeightPrice(Decimal(1), 1_200),), (AdditionalWeight(Decimal(1), 200),)),),
)
ROAD = (Leg("road", 500),)
LANES = {
    DesignObjective.COST: Lane(ROAD, "", "", "sf/fast", datetime.date(2026, 11, 1), "near", price_tables=(TARIFF,)),
    DesignObjective.EMISSIONS: Lane(ROAD),
}
"""The lane of every parcel, by objective; none for litres."""
MEASURES = (DesignObjective.LITRES, DesignObjective.COST, DesignObjective.EMISSIONS)
STARTS, ROUNDS = 20, 100
MOST_ASKS = 10_000
"""Maximum number of questions per held-out order, enough for all that the engine can answer."""
COLUMNS = (
    *("set", "seed", "sizes", "gap", "to published, design half", "to published", "to k-means", "to greedy", "lost"),
    *("litres", "cost", "g", "orders outside", "CPU s", "MB"),
)


@dataclass(frozen=True)
class HeldOut:
    """Prices of the held-out orders in the boxes of all compared catalogs.

    Attributes
    ----------
    rows : sequence of Fits
        The orders.
    column : dict of str to int
        Column of each box type.
    by_measure : dict of DesignObjective to float64, (orders, boxes)
        Prices of these orders in these box types by each measure, infinity if the box type is refused.
    """

    rows: Sequence[Fits]
    column: dict[str, int]
    by_measure: dict[DesignObjective, np.ndarray]

    def least(self, boxes: Sequence[BoxType]) -> np.ndarray:
        """Return the price of each order in the cheapest of some boxes, infinity if none takes it."""
        columns = [self.column[box.box_type_id] for box in boxes]
        return np.array(
            [np.where(row.fits[columns], row.price[columns], np.inf).min(initial=np.inf) for row in self.rows]
        )

    def ratio(self, designed: Sequence[BoxType], baseline: Sequence[BoxType]) -> str:
        """Return the sum with the design divided by the sum with a baseline, with its interval."""
        one, other = self.least(designed), self.least(baseline)
        weight = np.array([row.weight for row in self.rows])
        both = np.isfinite(one) & np.isfinite(other)
        first, second = (np.repeat(each[both], weight[both]).tolist() for each in (other, one))
        ends = relative_interval([int(each) for each in first], [int(each) for each in second])
        interval = "" if ends is None else f" ({1 + ends[0]:.3f} to {1 + ends[1]:.3f})"
        return f"{sum(second) / sum(first):.3f}{interval}"

    def ratio_by(self, measure: DesignObjective, designed: Sequence[BoxType], baseline: Sequence[BoxType]) -> str:
        """Return the ratio of sums by any measure, each order in its cheapest box by the measure designed for."""
        first, second = (self._made(measure, boxes) for boxes in (baseline, designed))
        weight = np.array([row.weight for row in self.rows])
        both = np.isfinite(first) & np.isfinite(second)
        return f"{float(second[both] @ weight[both]) / float(first[both] @ weight[both]):.3f}"

    def _made(self, measure: DesignObjective, boxes: Sequence[BoxType]) -> np.ndarray:
        """Return the measure of each order in its cheapest box, infinity if none takes it."""
        columns = [self.column[box.box_type_id] for box in boxes]
        price = np.array([np.where(row.fits[columns], row.price[columns], np.inf) for row in self.rows])
        made = np.take_along_axis(self.by_measure[measure][:, columns], price.argmin(axis=1)[:, np.newaxis], axis=1)
        return np.where(np.isfinite(price.min(axis=1)), made[:, 0], np.inf)

    def lost(self, designed: Sequence[BoxType], baseline: Sequence[BoxType]) -> int:
        """Return the number of orders that the baseline takes and the design does not."""
        gone = np.isinf(self.least(designed)) & np.isfinite(self.least(baseline))
        return int(sum(row.weight for row, out in zip(self.rows, gone, strict=True) if out))


def clusters(sizes: np.ndarray, weights: np.ndarray, count: int, seed: int) -> list[Size]:
    """Return for each cluster of k-means the size that holds all its sizes.

    Parameters
    ----------
    sizes : int64, (n, 3)
        Sizes in um.
    weights : int64, (n,)
        Number of orders of each size.
    count, seed : int
        Number of clusters, and seed of the starts.
    """
    points, rng = sizes.astype(np.float64), np.random.default_rng(seed)
    best, least = np.zeros(len(points), dtype=np.int64), np.inf
    for _ in range(STARTS):
        centres = points[rng.choice(len(points), min(count, len(points)), replace=False, p=weights / weights.sum())]
        for _ in range(ROUNDS):
            far = ((points[:, np.newaxis] - centres) ** 2).sum(axis=2)
            own = far.argmin(axis=1)
            moved = np.array(
                [
                    np.average(points[own == each], axis=0, weights=weights[own == each])
                    if (own == each).any()
                    else centre
                    for each, centre in enumerate(centres)
                ]
            )
            if np.array_equal(moved, centres):
                break
            centres = moved
        spread = float(weights @ far.min(axis=1))
        if spread < least:
            best, least = own, spread
    return [tuple(sizes[best == each].max(axis=0).tolist()) for each in sorted(set(best.tolist()))]


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.design", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=SETS, help="default: all")
    parser.add_argument("--seed", action="append", type=int, help="default: 1 to 5")
    parser.add_argument("--sizes", action="append", type=int, help="default: 4, 8, 12, 20, 28")
    parser.add_argument("--objective", choices=[*DesignObjective], default="litres")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    chosen = parser.parse_args(arguments)
    warm_up()
    say(markdown.head(COLUMNS))
    for name in chosen.set or SETS:
        parts = [load(chosen.data, each) for each in SETS[name]]
        orders = [order for each in parts for order in each.orders[: chosen.orders]]
        published = parts[0].catalog
        if chosen.objective != DesignObjective.LITRES:
            boxes = (replace(box, board_id=BOARD, material_id=MATERIAL) for box in published.box_types)
            published = replace(published, box_types=tuple(boxes))
        price = BOX_PRICE if chosen.objective == DesignObjective.COST else None
        for seed in chosen.seed or SEEDS:
            sizes = tuple(sorted(chosen.sizes or SIZES))
            wishes = Wishes(sizes=sizes, objective=chosen.objective, seed=seed, box_price=price, max_depth=10_000)
            for cells in rows(orders, published, wishes):
                say(markdown.row((name, str(seed), *cells)))


def rows(orders: Sequence[Order], published: Catalog, wishes: Wishes) -> list[tuple[str, ...]]:
    """Return the cells of each number of sizes for one seed, and of the published catalog with sizes added."""
    began = time.process_time()
    materials = load_materials()
    stock = Stock.of(wishes, materials, today=published, keep=None, also=(), dunnage=None)
    rules = Rules(Policy(objectives=(wishes.objective.of_plans,)), LANES.get(wishes.objective), None, materials)
    made = prepare(orders, wishes, rules, stock)
    sets_of_limits = [made.stock.limits(made.catalog, wishes, each) for each in wishes.sizes]
    kept = {made.catalog.box_types.index(box) for box in made.stock.today}
    forced = np.array(sorted(kept), dtype=np.int64)
    found = search(made.table, sets_of_limits, silent)
    sets_of_limits.append(Limits(forced, sets_of_limits[0].group, (ADDED, 0)))
    found += search(made.table, sets_of_limits[-1:], silent)
    likely = made.table.likely
    names = [*map(str, wishes.sizes), f"{len(kept)} + {ADDED}"]
    suites = [[made.catalog.box_types[each] for each in one.chosen.tolist()] for one in found]
    plain = [[made.catalog.box_types[each] for each in greedy(likely, limits).tolist()] for limits in sets_of_limits]
    means = [_means(made, wishes, len(each)) for each in suites[:-1]]
    means.append([*made.stock.today, *_means(made, wishes, ADDED)])
    held_out = _held_out(made, [*suites, *plain, *means, list(made.stock.today)])
    seconds = time.process_time() - began
    total = likely.total(forced)
    cells = []
    for name, one, own, rough, mean in zip(names, found, suites, plain, means, strict=True):
        sum_ = likely.total(one.chosen)
        cells.append(
            (
                name,
                f"{100 * (1 - one.least / sum_):.1f} %",
                f"{sum_ / total:.3f}",
                held_out.ratio(own, made.stock.today),
                held_out.ratio(own, mean),
                held_out.ratio(own, rough),
                " / ".join(str(held_out.lost(each, made.stock.today)) for each in (own, mean, rough)),
                *(held_out.ratio_by(each, own, made.stock.today) for each in MEASURES),
                f"{100 * sum(each.weight for each in made.outside) / sum(made.parts.design.weights):.1f} %",
                f"{seconds:.0f}",
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
            )
        )
    return cells


def _means(made: Prepared, wishes: Wishes, count: int) -> list[BoxType]:
    """Return the boxes of k-means over the sizes of the orders designed for."""
    step, half = to_um(wishes.step_mm), made.parts.design
    inside = {row.order.order_id for row in made.table.rows}
    first = [
        (on_grid(each[0], step), weight)
        for order, each, weight in zip(half.orders, made.needs, half.weights, strict=True)
        if each and order.order_id in inside
    ]
    sizes = np.array([size for size, _ in first], dtype=np.int64)
    boxes = [
        box
        for size in clusters(sizes, np.array([weight for _, weight in first]), count, wishes.seed)
        for box in new_boxes(size, wishes, load_materials())
    ]
    return list({box.box_type_id: box for box in boxes}.values())


def _held_out(made: Prepared, catalogs: Sequence[Sequence[BoxType]]) -> HeldOut:
    boxes = list({box.box_type_id: box for each in catalogs for box in each}.values())
    union = made.stock.catalog("compared", boxes)
    rows = Fitter(union, made.rules, MOST_ASKS)(made.parts.judged.weighted)
    return HeldOut(
        rows,
        {box.box_type_id: index for index, box in enumerate(union.box_types)},
        {measure: _by(measure, made, boxes) for measure in MEASURES},
    )


def _by(measure: DesignObjective, made: Prepared, boxes: Sequence[BoxType]) -> np.ndarray:
    """Return the measure of each held-out order in each box, float64 (orders, boxes), infinity if refused."""
    materials = load_materials()
    policy = made.rules.policy.with_objectives(measure.of_plans)
    rules = Rules(policy, LANES.get(measure), None, materials)
    boxes = [box if box.board_id else replace(box, board_id=BOARD, material_id=MATERIAL) for box in boxes]
    boxes = [priced(box, "boxes", BOX_PRICE, 1, materials, needed=True) for box in boxes]
    catalog = Catalog("by measure", tuple(boxes), dunnage=made.stock.dunnage, currency=BOX_PRICE.currency)
    return np.array([row.price for row in Fitter(catalog, rules, 0)(made.parts.judged.weighted)])


if __name__ == "__main__":
    main()
