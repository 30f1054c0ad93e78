"""The answer of a design."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.domain.currency import minor_per_unit
from boxwright.domain.wishes import DesignObjective
from boxwright.lazy import cached_property
from boxwright.units import MG_PER_G, UM3_PER_LITRE

if TYPE_CHECKING:
    from boxwright.design.halves import Halves
    from boxwright.design.question import Rules
    from boxwright.domain.box import BoxType, Catalog
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes
    from boxwright.evaluation import Evaluation, Yearly


@dataclass(frozen=True)
class Figures:
    """What a design makes of one half."""

    orders: int
    """Orders that are counted. On the half designed for those that go into one box of the design; on the other one
    those that it packs whole, and today's catalog too where there is one."""
    total: float
    """The objective summed over them, in minor units, cubic um or mg CO2e."""
    today: float | None = None
    """The same with today's catalog; None without one, and on the half designed for."""
    lost: int = 0
    """Orders that today's catalog packs, or without one any, and the design does not."""
    gained: int = 0
    neither: int = 0
    """Orders that the design packs and today's catalog does not; orders that neither packs."""
    interval: tuple[float, float] | None = None
    """95 % interval of the change from today, as shares; None without today's, or for too few orders."""
    error: float | None = None
    """Of the half designed for: how far the mean of an order may be from that of all such orders, as a share of it, at
    95 % confidence, if the orders are drawn at random. None for one order or none."""

    @property
    def mean(self) -> float:
        """Mean of an order."""
        return self.total / self.orders if self.orders else 0.0

    @property
    def not_today(self) -> int:
        """Orders that today's catalog does not pack: they cannot be compared."""
        return self.gained + self.neither

    @property
    def change(self) -> float | None:
        """Change from today as a share, below 0 for a saving; None without today's."""
        return None if not self.today else self.total / self.today - 1


@dataclass(frozen=True)
class ByPrices:
    """Which part of a change in money comes from other prices for a box, and not from other sizes.

    It is what the boxes of today's that the design uses less would cost less or more by the price of new boxes.
    """

    per_order: float | None
    """The change, per order compared, in minor units; below 0 where new boxes are cheaper. None: it is known of
    none."""
    parcels: int
    """Parcels in such boxes that have both prices."""
    unknown: int
    """Parcels in such boxes that have a price, and no board to price them as new ones."""


@dataclass(frozen=True)
class Suite:
    """The design of one number of sizes."""

    sizes: int
    """The number that was asked for."""
    catalog: Catalog
    """The design."""
    new: tuple[str, ...]
    """Ids of those of its box types that did not exist."""
    design: Figures
    """On the orders that it was designed for, each in one parcel."""
    least: float | None
    """Lower bound of ``design.total`` over all choices among the candidates; None where none was found, and where the
    design loses orders, since its total is then one of other orders."""
    undecided: int
    """Pairs of an order and a cheaper candidate of which it is not known whether they fit: the bound counts them as
    fitting."""
    too_few: tuple[str, ...] = ()
    """Ids of new box types that fewer orders use than ``Wishes.min_pieces`` asks for. Default none."""
    judged: Figures | None = None
    """On the orders kept apart, by their plans. Default None: ``judge`` has not planned them."""
    used: tuple[int, ...] = ()
    """How many parcels of those plans each of its box types has, as ``catalog`` lists them."""
    by_prices: ByPrices | None = None
    """Which part of the judged change in money comes from prices. Default None: there are none of new boxes, or none of
    today's."""

    @property
    def gap(self) -> float | None:
        """How far the design may be from the best one, as a share of it."""
        if self.least is None or not self.design.total:
            return None
        return max(0.0, 1 - self.least / self.design.total)


@dataclass(frozen=True)
class CutToSize:
    """What a machine that makes each order's own box makes of the half designed for."""

    orders: int
    lost: int
    """Orders that the machine and every design take; orders that only the machine does not take."""
    total: float
    """The objective summed over the former."""
    designs: tuple[float, ...]
    """What each design makes of the same orders."""


@dataclass(frozen=True)
class Outside:
    """An order that no design is judged by: it is no matter of one box."""

    order: Order
    weight: int
    reason: str


@dataclass(frozen=True)
class Design:
    """The answer of a design."""

    wishes: Wishes
    rules: Rules
    halves: Halves
    """What was asked, by which rules of packing, and on which orders."""
    candidates: tuple[BoxType, ...]
    """What was chosen from."""
    today: Catalog | None
    """What it is compared with."""
    on_hand: dict[str, int | None]
    """How many boxes of each of today's box types are in stock; None where the catalog does not say."""
    suites: tuple[Suite, ...]
    """One for each number of sizes."""
    outside: tuple[Outside, ...]
    """Orders of the design's half that are excluded."""
    fillers: int
    """Orders that were added to those of the design's half: each fills one of today's largest boxes."""
    unfilled: tuple[str, ...]
    """Ids of today's largest boxes for which there is no such order, since rules let nothing into them."""
    currency: str
    profile_id: str
    """Of prices, and of grams."""
    least_of_any: float
    """What no number of sizes among the candidates undercuts, summed over the orders of the design's half."""
    cut_to_size: CutToSize | None
    """What boxes of their own make of the orders; None where it was not asked."""
    kept: tuple[str, ...] = ()
    """Ids of the box types of the catalog to keep. Default none."""
    evaluation: Evaluation | None = None
    """The plans of the orders kept apart, with today's catalog first where there is one. Default None: not made yet."""

    @property
    def yearly(self) -> Yearly | None:
        """How many orders a year has; None where that is not known."""
        return None if self.evaluation is None else self.evaluation.yearly

    def in_units(self, value: float) -> float:
        """Return a figure of the objective in currency units, litres or g."""
        if self.wishes.objective is DesignObjective.COST:
            return self.in_money(value)
        return value / (UM3_PER_LITRE if self.wishes.objective is DesignObjective.LITRES else MG_PER_G)

    def in_money(self, minor: float) -> float:
        """Return minor units in currency units."""
        return minor / (minor_per_unit(self.currency) if self.currency else 1)

    def per_order(self, total: float | None, orders: int) -> float | None:
        """Return a total for each of its orders, as ``in_units``; None where it is not known, or of no orders."""
        return None if total is None or not orders else self.in_units(total / orders)

    def a_year(self, total: float) -> float | None:
        """Return what a sum over the orders kept apart is in a year; None where a year is not known.

        Orders that are not compared count as unchanged.
        """
        return None if self.yearly is None else total / sum(self.halves.judged.weights) * self.yearly.orders

    def change_of_year(self, suite: Suite) -> float | None:
        """Return the judged change of a year, in minor units, cubic um or mg CO2e; None without today's or a year."""
        judged = suite.judged
        return None if judged is None or judged.today is None else self.a_year(judged.total - judged.today)

    def has_today(self, box: BoxType) -> bool:
        """Whether today's catalog has a box type."""
        return self.today is not None and any(own.box_type_id == box.box_type_id for own in self.today.box_types)

    def sized_as(self, box: BoxType) -> BoxType | None:
        """Return which of today's box types has the inner size of a new one; None if none has.

        It is of the same board, or states none: a box of another board is another box.
        """
        (*base, height) = box.inner_um
        for own in self.today.box_types if self.today else ():
            same = (sorted(own.inner_um[:2]), own.inner_um[2], own.opening) == (sorted(base), height, box.opening)
            if same and own.board_id in ("", box.board_id) and not own.flexible and own.compartments is None:
                return own
        return None

    @property
    def outside_share(self) -> float:
        """Share of the orders of the design's half that are excluded."""
        count = sum(self.halves.design.weights)
        return sum(order.weight for order in self.outside) / count if count else 0.0

    @cached_property
    def reasons(self) -> dict[str, int]:
        """How many orders are excluded for which reason, the most frequent first."""
        counts: Counter[str] = Counter()
        for order in self.outside:
            counts[order.reason] += order.weight
        return dict(counts.most_common())
