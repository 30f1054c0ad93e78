"""Sections of the page on boxes: moves between boxes, the worth of each box, and orders as pictures."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan
from boxwright.drawing import small_svg
from boxwright.evaluation import wording
from boxwright.evaluation.comparison import Comparison, Metric
from boxwright.evaluation.measure import Change
from boxwright.evaluation.result import Evaluation, Example
from boxwright.evaluation.study import BoxWorth
from boxwright.shipping.objective_figures import packaging_cost_minor, shipping_minor
from boxwright.units import UM3_PER_LITRE

View = dict[str, Any]
Row = tuple[tuple[str, ...], Change]
"""Two names, and the sums of their orders."""

MAX_FLOWS = 12
MAX_BOXES = 40
"""Most rows of a table; the rest is summed in one row."""
MAX_PICTURES = 2
"""Most parcels drawn per plan."""
MAX_PICTURE_BYTES = 10_000
SHOWN_AT_ONCE = 4
"""Orders of a group that are visible at first and printed; the others unfold."""
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Scale:
    """Unit of sums over orders: money or litres, and per year where that is known."""

    currency: str
    """Empty where volume is shown."""
    factor: float | None = None
    """Orders a year per order of the evaluation. Default None: unknown."""

    @classmethod
    def of(cls, evaluation: Evaluation, comparison: Comparison | None) -> Scale:
        """Return the scale of a page: the unit of the headline, and yearly where that is known."""
        currency = comparison.headline.currency if comparison is not None else ""
        yearly = evaluation.yearly
        return cls(currency, None if yearly is None else yearly.orders / max(evaluation.order_count, 1))

    @property
    def unit(self) -> str:
        """The unit of totals, in words."""
        over = "over the orders compared" if self.factor is None else "a year"
        return f"{self.currency or 'outer volume'} {over}"

    @property
    def money(self) -> bool:
        """Whether money is shown."""
        return bool(self.currency)

    @property
    def _metric(self) -> Metric:
        return Metric.PRICE if self.money else Metric.OUTER_VOLUME

    def amount(self, value: float) -> str:
        """Return a figure of one order with its unit."""
        return wording.mean(self._metric, value, self.currency)

    def total(self, value: float) -> str:
        """Return a sum over a year's orders, or over those compared, with unit and sign."""
        return wording.in_round(self._metric, value * (1 if self.factor is None else self.factor), self.currency)

    def sums(self, change: Change) -> tuple[int, int, int]:
        """Return the number of orders counted, and the totals with either catalog."""
        return (change.priced if self.money else change.orders, *change.pair(money=self.money))


def countries(evaluation: Evaluation, comparison: Comparison) -> list[Row]:
    """Return the compared orders by country, the most frequent first; empty for a single country."""
    flow = evaluation.records.flow(comparison.second, "country")
    if len(flow) < 2:
        return []
    ranked = sorted(flow.items(), key=lambda row: (-row[1].orders, row[0]))
    shares = [
        ((name or "not stated", wording.share(sums.orders / comparison.orders)), sums) for (name,), sums in ranked
    ]
    return _with_rest(shares, MAX_BOXES, "other countries")


def moves(evaluation: Evaluation, comparison: Comparison, scale: Scale) -> View:
    """Return the compared orders by box with either catalog, and by box type of the first one."""
    flow = evaluation.records.flow(comparison.second)
    by_box: dict[str, list[Change]] = {}
    for (before, *_), change in flow.items():
        by_box.setdefault(before, []).append(change)
    ways = sorted(flow.items(), key=lambda row: (-abs(row[1].difference(money=scale.money)), row[0]))
    summed = [(box, Change.summed(changes)) for box, changes in by_box.items()]
    boxes = sorted(summed, key=lambda row: (row[1].difference(money=scale.money), row[0]))
    sizes = {box.box_type_id: size_of(box) for box in evaluation.results[comparison.first].catalog.box_types}
    return {
        "moved": sum(change.orders for (before, after), change in flow.items() if before != after),
        "ways": _with_rest(ways, MAX_FLOWS, "other ways"),
        "boxes": _with_rest([((box, sizes.get(box, "")), change) for box, change in boxes], MAX_BOXES, "others"),
    }


def _with_rest(rows: Sequence[Row], most: int, noun: str) -> list[Row]:
    """Return the first rows, and the sum of the others as a last row."""
    if len(rows) <= most:
        return list(rows)
    rest = Change.summed(change for _, change in rows[most:])
    return [*rows[:most], ((f"{len(rows) - most:,} {noun}", ""), rest)]


def size_of(box: BoxType) -> str:
    """Return the inner size of a box type in mm."""
    return f"{box.inner_length_mm:g} × {box.inner_width_mm:g} × {box.inner_height_mm:g}"


def worth_of(scale: Scale, worth: BoxWorth) -> tuple[float | None, str]:
    """Return the worth of a box type in the scale's unit, None if unknown, and the verdict on it."""
    value = worth.scaled(money=scale.money)
    # A plan without the box may be worse by its objective and still cost less.
    total = None if value is None else value if worth.worse else max(value, 0.0)
    counted, _, _ = scale.sums(worth.change)
    orders = wording.counted(counted, "order")
    if worth.lost:
        verdict = f"needed: {worth.lost:,} of {worth.asked:,} orders asked go into no other box"
    elif total is None:
        verdict = "no price known without it"
    elif worth.worse:
        of_them = f"{worth.worse:,} of {orders} asked"
        less = f"costs less without it in all, though more for {of_them}"
        verdict = less if total < 0 else f"costs more without it: {of_them}"
    elif counted == worth.orders:
        verdict = f"can go: none of its {orders} needs it"
    else:  # exact 95 % bound for 0 of n
        most = 1 - (1 - _CONFIDENCE) ** (1 / counted)
        verdict = f"none of {orders} asked needs it; up to {most * 100:.0f} % of its orders may"
    return total, verdict


def worst_views(evaluation: Evaluation) -> list[View]:
    """Return the worst orders in two groups: the greatest losses with the main catalog, and the emptiest."""
    study = evaluation.study
    if study is None:
        return []
    first, main = (wording.catalog_letter(index) for index in (0, study.main))
    unit = "money" if evaluation.money else "outer volume"
    groups = (
        (
            f"Orders that lose most with {main} against {first}",
            f"By {unit}, at most 50, alike orders once: where {main} is the worse choice.",
            study.losing,
        ),
        (
            f"Orders with the most empty volume with {main}",
            "Alike orders once: what a further size would have to be for.",
            study.emptiest,
        ),
    )
    return [
        {"title": title, "words": words, "shown": examples[:SHOWN_AT_ONCE], "more": examples[SHOWN_AT_ONCE:]}
        for title, words, examples in groups
        if examples
    ]


def plan_views(evaluation: Evaluation, example: Example) -> list[View]:
    """Return price and volume of an order with each catalog, and pictures of its first parcels."""
    views = []
    masses = [parcel.gross_mg for plan in example.plans for parcel in plan.parcels]
    for index, plan in zip(example.catalogs, example.plans, strict=True):
        catalog = evaluation.results[index].catalog
        views.append(
            {
                "index": index,
                "figures": _figures(plan, catalog),
                "parcels": len(plan.parcels),
                "pictures": [_picture(parcel, example, catalog, masses) for parcel in plan.parcels[:MAX_PICTURES]],
                "left_out": max(0, len(plan.parcels) - MAX_PICTURES),
            }
        )
    return views


def _figures(plan: Plan, catalog: Catalog) -> str:
    """Return the known price and the volume of a plan."""
    litres = f"{sum(math.prod(parcel.outer_um) for parcel in plan.parcels) / UM3_PER_LITRE:,.1f} L"
    known = [part for part in (packaging_cost_minor(plan, catalog), shipping_minor(plan)) if part is not None]
    tables = [parcel.carriage_price.currency for parcel in plan.parcels if parcel.carriage_price]
    code = (tables or [catalog.currency])[0]
    return f"{wording.exact_money(sum(known), code)}, {litres}" if known and code else litres


def _picture(parcel: Parcel, example: Example, catalog: Catalog, masses: list[int]) -> View:
    """Return a parcel with its picture; without one above ``MAX_PICTURE_BYTES``."""
    svg = small_svg(parcel, example.order, box_of(parcel, catalog)).encode()
    own = "its own container" if parcel.ships_in_own_container else ""
    return {
        "uri": f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}" if len(svg) <= MAX_PICTURE_BYTES else "",
        "alt": f"{len(parcel.placements)} units in {own or f'box {parcel.box_type_id}'}",
        "box": own or parcel.box_type_id,
        "empty": wording.share(parcel.empty_space_ratio),
        "gross": wording.weight(parcel.gross_mg, of=masses),
    }
