"""A change from one catalog to another as readers take it in: a mark and words before the colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boxwright.evaluation import wording
from boxwright.evaluation.comparison import Metric, MetricComparison
from boxwright.units import UM3_PER_LITRE

if TYPE_CHECKING:
    from boxwright.evaluation.measure import Change
    from boxwright.evaluation.result import Evaluation

View = dict[str, Any]

GOOD, BAD, UNSURE, SAME = "good", "bad", "unsure", "same"
MARKS = {GOOD: "▼", BAD: "▲", UNSURE: "◆", SAME: "="}
"""Less of anything that is compared is better: it points down. A diamond stands for a difference that may be chance."""


def change_view(compared: MetricComparison) -> View:
    """Return how a figure changes: mark, words, and the interval in words."""
    kind = kind_of(compared)
    return {
        "kind": kind,
        "mark": MARKS[kind],
        "words": "the same" if not compared.difference else amount_words(compared),
        "interval": interval_words(compared),
        "value": compared.relative if compared.relative is not None else 0.0,
    }


def kind_of(compared: MetricComparison) -> str:
    """Return whether a figure falls, rises, or may do either by its interval."""
    if not compared.difference:
        return SAME
    if compared.interval is not None:
        low, high = compared.interval
        if low <= 0 <= high:
            return UNSURE
    return GOOD if compared.difference < 0 else BAD


def amount_words(compared: MetricComparison) -> str:
    """Return a difference as a share, or as an amount where the first total is 0, with its direction in words."""
    less = "less" if compared.difference < 0 else "more"
    if compared.relative is None:
        return f"{wording.measure(compared, abs(compared.difference))} {less}"
    return f"{wording.share(abs(compared.relative))} {less}"


def interval_words(compared: MetricComparison) -> str:
    """Return the interval with its directions in words; empty without one."""
    if compared.interval is None:
        return ""
    ends = sorted(compared.interval, key=abs)
    low, high = (wording.share(abs(each)) for each in ends)
    if ends[0] * ends[1] >= 0:
        way = "less" if ends[1] <= 0 else "more"
        return f"{low} {way}" if low == high else f"{low.removesuffix(' %')} to {high} {way}"
    down, up = sorted(compared.interval)
    return f"{wording.share(-down)} less to {wording.share(up)} more"


def per_order(compared: MetricComparison) -> str:
    """Return the mean difference of an order with sign and unit."""
    return "–" if not compared.orders else wording.signed(_mean(compared, compared.difference / compared.orders))


def per_year(compared: MetricComparison, evaluation: Evaluation) -> str:
    """Return the difference over a year's orders with sign and unit; empty where these are not known.

    Of a year's orders the share that was compared changes, and no other one.
    """
    if evaluation.yearly is None or not compared.orders:
        return ""
    value = compared.difference / evaluation.order_count * evaluation.yearly.orders
    return wording.signed(_whole(compared, value))


def mean_of(compared: MetricComparison, total: int) -> str:
    """Return a total as the mean of an order, with unit."""
    return "–" if not compared.orders else _mean(compared, total / compared.orders)


def _mean(compared: MetricComparison, value: float) -> str:
    if compared.metric is Metric.PARCELS:
        return f"{value:,.3f}"
    if compared.metric in wording.VOLUMES:
        return f"{value / UM3_PER_LITRE:,.2f} L"
    return wording.measure(compared, value)


def _whole(compared: MetricComparison, value: float) -> str:
    if compared.metric in wording.PRICES:
        return wording.round_money(value, compared.currency)
    if compared.metric in wording.VOLUMES:
        return wording.round_volume(value)
    return f"{value:,.0f}" if compared.metric is Metric.PARCELS else wording.round_weight(value)


@dataclass(frozen=True)
class Scale:
    """How sums over some orders are shown: in money, or in litres; and over how many orders of a year.

    Attributes
    ----------
    currency : str
        Empty where volume is shown.
    factor : float
        Orders of a year for each order of the evaluation; 1 where a year is not known.
    """

    currency: str
    factor: float = 1.0

    @property
    def money(self) -> bool:
        """Whether money is shown."""
        return bool(self.currency)

    def amount(self, value: float) -> str:
        """Return a figure of an order with its unit."""
        if self.money:
            return wording.exact_money(value, self.currency)
        return f"{value / UM3_PER_LITRE:,.2f} L"

    def total(self, value: float) -> str:
        """Return a sum over a year's orders, or over those compared, with its unit and sign."""
        value *= self.factor
        text = wording.round_money(value, self.currency) if self.money else wording.round_volume(value)
        return wording.signed(text)

    def sums(self, change: Change) -> tuple[int, int, int]:
        """Return orders counted, and what they come to with either catalog."""
        return (change.priced if self.money else change.orders, *change.pair(money=self.money))
