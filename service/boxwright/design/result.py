"""The result of a design."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.design.boxes import same_size
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
    """Figures of a design on one half."""

    orders: int
    """Orders counted: on the design half, those that fit one box of the design; on the held-out orders, those packed
    whole by the design and by today's catalog if there is one."""
    total: float
    """The objective summed over these orders, in minor units, cubic um or mg CO2e."""
    today: float | None = None
    """The objective summed over these orders with today's catalog, if there is one; None on the design half."""
    lost: int = 0
    """Number of orders that the design does not pack, of those that today's catalog packs if there is one."""
    gained: int = 0
    neither: int = 0
    """``gained``: number of orders that only the design packs; ``neither``: number of orders that neither packs."""
    interval: tuple[float, float] | None = None
    """95 % interval of the relative change from today; None without today's catalog, or for too few orders."""
    error: float | None = None
    """Relative error of the mean on the design half at 95 % confidence, if its orders are a random sample. None for
    fewer than two orders, and on the held-out orders."""

    @property
    def mean(self) -> float:
        """Mean per order."""
        return self.total / self.orders if self.orders else 0.0

    @property
    def not_today(self) -> int:
        """Number of orders that are not compared, since today's catalog does not pack them."""
        return self.gained + self.neither

    @property
    def change(self) -> float | None:
        """Relative change from today, negative for a saving; None without today's catalog."""
        return None if not self.today else self.total / self.today - 1


@dataclass(frozen=True)
class ByPrices:
    """The part of a change in money due to prices of boxes rather than sizes.

    It is the change in cost if today's boxes, where the design uses fewer of them, had the price of new boxes.
    """

    per_order: float | None
    """The change per compared order, in minor units; negative if new boxes are cheaper. None if unknown for every
    box."""
    parcels: int
    """Parcels in box types that the design uses less often than today, with a known price as new."""
    unknown: int
    """Parcels in box types that the design uses less often than today, with an unknown price as new: they have a price
    but no board."""


@dataclass(frozen=True)
class Suite:
    """The design for one number of sizes."""

    sizes: int
    """The number of sizes asked for."""
    catalog: Catalog
    new: tuple[str, ...]
    """Ids of its new box types."""
    design: Figures
    """Figures on the design half, each order in one parcel."""
    least: float | None
    """Lower bound on ``design.total`` for any choice of candidates. None if unknown, or if the design loses orders,
    since the totals then cover different orders."""
    undecided: int
    """Number of pairs of an order and a cheaper candidate that are undecided; the bound counts them as fitting."""
    too_few: tuple[str, ...] = ()
    """Ids of new box types used by fewer orders than ``Wishes.min_pieces``. Default none."""
    judged: Figures | None = None
    """Figures of plans of the held-out orders. Default None: not evaluated yet."""
    used: tuple[int, ...] = ()
    """Number of parcels of the held-out orders by box type, in the order of ``catalog``."""
    by_prices: ByPrices | None = None
    """The part of the change on the held-out orders that is due to prices. Default None: no new boxes, or no old
    ones."""

    @property
    def gap(self) -> float | None:
        """Greatest possible distance from the optimum, as a share of the total."""
        if self.least is None or not self.design.total:
            return None
        return max(0.0, 1 - self.least / self.design.total)


@dataclass(frozen=True)
class CutToSize:
    """Figures of boxes that a machine cuts to each order, on the design half."""

    orders: int
    lost: int
    """Number of orders that the machine and every design take, and of those that only the machine cannot take."""
    total: float
    """The objective summed over the ``orders``, with boxes cut to size."""
    designs: tuple[float, ...]
    """The objective summed over the ``orders``, with each design."""


@dataclass(frozen=True)
class Outside:
    """An order excluded from the design, such as one that cannot go into a single box."""

    order: Order
    weight: int
    reason: str


@dataclass(frozen=True)
class Design:
    """A design: the problem, the suites of box types, and their figures."""

    wishes: Wishes
    rules: Rules
    halves: Halves
    """The problem: wishes, planning rules and orders."""
    candidates: tuple[BoxType, ...]
    """The box types to choose from."""
    today: Catalog | None
    """The catalog to compare with; None for no comparison."""
    on_hand: dict[str, int | None]
    """Stock of each of today's box types by id; None where the catalog does not state it."""
    suites: tuple[Suite, ...]
    """Designs, one per number of sizes."""
    outside: tuple[Outside, ...]
    """Excluded orders of the design half."""
    fillers: int
    """Number of filler orders added to the design half, one for each of today's largest boxes."""
    unfilled: tuple[str, ...]
    """Ids of today's largest boxes without a filler order, since rules let nothing into them."""
    currency: str
    profile_id: str
    """Currency of prices, and profile of emissions."""
    least_of_any: float
    """Lower bound on the total of the design half for any number of sizes among the candidates."""
    cut_to_size: CutToSize | None
    """Figures of boxes cut to size; None if not asked for."""
    kept: tuple[str, ...] = ()
    """Ids of the box types of the catalog to keep. Default none."""
    evaluation: Evaluation | None = None
    """Plans of the held-out orders, with today's catalog first if there is one. Default None: not evaluated yet."""

    @property
    def yearly(self) -> Yearly | None:
        """Number of orders a year; None if unknown."""
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
        """Return a total per order, as ``in_units``; None if unknown, or for no orders."""
        return None if total is None or not orders else self.in_units(total / orders)

    def a_year(self, total: float) -> float | None:
        """Return a sum over the held-out orders scaled to a year; None if the number of orders a year is unknown.

        Orders that are not compared count as unchanged.
        """
        return None if self.yearly is None else total / sum(self.halves.judged.weights) * self.yearly.orders

    def change_of_year(self, suite: Suite) -> float | None:
        """Return the yearly change, in minor units, cubic um or mg CO2e; None if it is unknown."""
        judged = suite.judged
        return None if judged is None or judged.today is None else self.a_year(judged.total - judged.today)

    def has_today(self, box: BoxType) -> bool:
        """Return whether today's catalog has a box type."""
        return self.today is not None and any(own.box_type_id == box.box_type_id for own in self.today.box_types)

    def sized_as(self, box: BoxType) -> BoxType | None:
        """Return today's box type with the inner size of a new one, as ``same_size``."""
        return same_size(box, self.today.box_types if self.today else ())

    @property
    def outside_share(self) -> float:
        """Share of excluded orders in the design half."""
        count = sum(self.halves.design.weights)
        return sum(order.weight for order in self.outside) / count if count else 0.0

    @cached_property
    def reasons(self) -> dict[str, int]:
        """Number of excluded orders by reason, the most frequent first."""
        counts: Counter[str] = Counter()
        for order in self.outside:
            counts[order.reason] += order.weight
        return dict(counts.most_common())
