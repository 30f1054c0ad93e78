"""What a design asks to be bought: boxes a year and at first, what it costs once, and from when it pays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.evaluation import Metric

if TYPE_CHECKING:
    from boxwright.design.result import Design, Suite
    from boxwright.domain.box import BoxType

PRICE_SHIFT = 0.2
"""Share by which prices rise and fall to see what becomes of the saving: our own figure."""
FIRST_MONTHS = 3
"""Months that a first order lasts at least: our own rule."""
_MONTHS = 12


@dataclass(frozen=True)
class Purchase:
    """A box type of a design."""

    box: BoxType
    """The box type."""
    a_year: float | None
    """Boxes that a year's orders use; None where a year is not known."""
    first: int | None
    """Boxes of the first order: those of ``FIRST_MONTHS``, or more where the maker sells no fewer. None where neither
    is known, and for a box type that today's catalog has."""

    @property
    def months(self) -> float | None:
        """How long the first order lasts; None where it is not known, or where no order uses the box."""
        return self.first / self.a_year * _MONTHS if self.first and self.a_year else None


@dataclass(frozen=True)
class Buying:
    """What a change from today's catalog to a design costs and saves, in minor units."""

    purchases: tuple[Purchase, ...]
    """One for each box type, as the design lists them."""
    saved: float | None
    """What a year costs less in packaging and carriage, by the plans of the orders kept apart; below 0 where it costs
    more. None where a year or prices are not known."""
    shown: bool
    """Whether the 95 % interval of that change is known and leaves out 0."""
    shifted: dict[str, float]
    """The same, by what becomes dearer or cheaper by ``PRICE_SHIFT``, with the same plans."""
    once: float
    """What new sizes cost once (``BoxPrice.per_size_minor``)."""
    gone: tuple[str, ...]
    """Today's boxes that the design has no more."""
    written_off: float
    """What is in stock of these, at their price."""
    unstated: tuple[str, ...]
    """Those of them whose stock or price the catalog does not state: they are not in ``written_off``."""

    @property
    def months(self) -> float | None:
        """After how many months the saving has paid what is spent and written off; None where it never does."""
        return (self.once + self.written_off) / self.saved * _MONTHS if self.saved and self.saved > 0 else None


def buying(design: Design, suite: Suite) -> Buying | None:
    """Return what one of a judged design's numbers of sizes asks to be bought; None without a catalog of today's."""
    if design.evaluation is None or design.today is None:
        return None
    purchases = []
    for box, used in zip(suite.catalog.box_types, suite.used, strict=True):
        a_year, new = design.a_year(used), box.box_type_id in suite.new
        least = box.minimum_order_quantity or (design.wishes.min_pieces or 0) * new
        first = max(least, math.ceil((a_year or 0) * FIRST_MONTHS / _MONTHS)) or None
        purchases.append(Purchase(box, a_year, None if design.has_today(box) else first))
    comparison = design.evaluation.comparisons[design.suites.index(suite)]
    saved = {
        metric: design.a_year(found.first - found.second)
        for metric in (Metric.PRICE, Metric.PACKAGING_PRICE, Metric.CARRIAGE_PRICE)
        if (found := comparison.metric(metric)) is not None and comparison.prices(metric)
    }
    metric = next((metric for metric in (Metric.PRICE, Metric.PACKAGING_PRICE) if metric in saved), None)
    total, judged = (None, None) if metric is None else (saved[metric], comparison.metric(metric))
    low, high = (judged and judged.interval) or (0.0, 0.0)
    shifted = {
        f"{name} {PRICE_SHIFT * 100:.0f} % {way}": total + by * part
        for name, metric in (("packaging", Metric.PACKAGING_PRICE), ("carriage", Metric.CARRIAGE_PRICE))
        if total is not None and (part := saved.get(metric)) is not None
        for way, by in (("dearer", PRICE_SHIFT), ("cheaper", -PRICE_SHIFT))
    }
    price, own = design.wishes.box_price, {box.box_type_id for box in suite.catalog.box_types}
    gone = [box for box in design.today.box_types if box.box_type_id not in own]
    values = {
        box.box_type_id: None
        if count is None or (count and box.price_minor is None)
        else count * (box.price_minor or 0)
        for box in gone
        for count in [design.on_hand[box.box_type_id]]
    }
    return Buying(
        tuple(purchases),
        total,
        not low <= 0 <= high,
        shifted,
        len(suite.new) * (price.per_size_minor if price else 0.0),
        tuple(values),
        float(sum(value for value in values.values() if value is not None)),
        tuple(name for name, value in values.items() if value is None),
    )
