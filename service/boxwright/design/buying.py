"""The purchase that a design implies: boxes a year, first orders, one-off cost, and the payback time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.evaluation import Metric

if TYPE_CHECKING:
    from boxwright.design.result import Design, Suite
    from boxwright.domain.box import BoxType

FIRST_MONTHS = 3
"""Shortest duration of a first order, in months: our own rule."""
_MONTHS = 12


@dataclass(frozen=True)
class Purchase:
    """The purchase of one box type."""

    box: BoxType
    a_year: float | None
    """Boxes used by a year's orders; None if the number of orders is unknown."""
    first: int | None
    """Boxes in the first order: ``FIRST_MONTHS`` of use, or the maker's minimum if that is more. None if neither is
    known, for a box type of today's catalog, and for one that no plan uses."""

    @property
    def months(self) -> float | None:
        """Duration of the first order in months; None if unknown, or if no order uses the box."""
        return self.first / self.a_year * _MONTHS if self.first and self.a_year else None


@dataclass(frozen=True)
class Buying:
    """Cost and saving of a change from today's catalog to a design, in minor units."""

    purchases: tuple[Purchase, ...]
    """Purchases, one per box type, in the order of the design."""
    saved: float | None
    """Yearly saving in packaging and carriage, by plans of the held-out orders; negative if the design costs more. None
    if the number of orders or prices are unknown."""
    shown: bool
    """Whether the 95 % interval of the change in cost is known and excludes 0."""
    bought: tuple[Purchase, ...]
    """The purchases of new sizes that a plan uses."""
    once: float
    """One-off cost of these (``BoxPrice.per_size_minor``)."""
    gone: tuple[str, ...]
    """Ids of today's boxes that the design drops."""
    written_off: float
    """Value of the stock of dropped boxes, at their prices."""
    unstated: tuple[str, ...]
    """Ids of dropped boxes without stated stock or price, which ``written_off`` leaves out."""

    @property
    def months(self) -> float | None:
        """Months until the saving repays one-off cost and write-off; None if never."""
        return (self.once + self.written_off) / self.saved * _MONTHS if self.saved and self.saved > 0 else None


def buying(design: Design, suite: Suite) -> Buying | None:
    """Return the purchase for a suite of an evaluated design; None without today's catalog."""
    if design.evaluation is None or design.today is None:
        return None
    purchases = []
    for box, used in zip(suite.catalog.box_types, suite.used, strict=True):
        a_year, new = design.a_year(used), box.box_type_id in suite.new
        least = box.minimum_order_quantity or (design.wishes.min_pieces or 0) * new
        first = max(least, math.ceil((a_year or 0) * FIRST_MONTHS / _MONTHS)) or None
        purchases.append(Purchase(box, a_year, first if used and not design.has_today(box) else None))
    comparison = design.evaluation.comparisons[design.suites.index(suite)]
    known = filter(comparison.prices, (Metric.PRICE, Metric.PACKAGING_PRICE))
    cost = comparison.metric(metric) if (metric := next(known, None)) else None
    low, high = (cost and cost.interval) or (0.0, 0.0)
    price, own = design.wishes.box_price, {box.box_type_id for box in suite.catalog.box_types}
    gone = [box for box in design.today.box_types if box.box_type_id not in own]
    values = {
        box.box_type_id: None
        if count is None or (count and box.price_minor is None)
        else count * (box.price_minor or 0)
        for box in gone
        for count in [design.on_hand[box.box_type_id]]
    }
    bought = tuple(
        purchase
        for purchase, used in zip(purchases, suite.used, strict=True)
        if used and purchase.box.box_type_id in suite.new
    )
    return Buying(
        tuple(purchases),
        design.a_year(cost.first - cost.second) if cost else None,
        not low <= 0 <= high,
        bought,
        len(bought) * (price.per_size_minor if price else 0.0),
        tuple(values),
        float(sum(value for value in values.values() if value is not None)),
        tuple(name for name, value in values.items() if value is None),
    )
