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
    from boxwright.domain.box import BoxType, Catalog
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes
    from boxwright.evaluation.yearly import Yearly


@dataclass(frozen=True)
class Figures:
    """What a design makes of one half.

    Attributes
    ----------
    orders : int
        Orders that are counted: those that go into one box of the design, and of today's where there is one.
    total : float
        The objective summed over them, in minor units, cubic um or mg CO2e.
    today : float or None
        The same with today's catalog; None without one.
    lost : int
        Orders that go into one box today, or without a catalog of today's into some candidate, and into none of the
        design.
    gained : int
        Orders that go into one box of the design and into none of today's; 0 without a catalog of today's.
    neither : int
        Orders that go into none of both; without a catalog of today's, into no candidate.
    interval : tuple of float or None
        95 % interval of the change from today, as shares; None without today's, or for too few orders.
    error : float or None
        How far the mean of an order may be from that of all such orders, as a share of it: 95 % confidence, if the
        orders are drawn at random. None for one order or none.
    """

    orders: int
    total: float
    today: float | None = None
    lost: int = 0
    gained: int = 0
    neither: int = 0
    interval: tuple[float, float] | None = None
    error: float | None = None

    @property
    def mean(self) -> float:
        """Mean of an order."""
        return self.total / self.orders if self.orders else 0.0

    @property
    def not_today(self) -> int:
        """Orders that go into no box of today's as one parcel: they cannot be compared."""
        return self.gained + self.neither

    @property
    def change(self) -> float | None:
        """Change from today as a share, below 0 for a saving; None without today's."""
        return None if not self.today else self.total / self.today - 1


@dataclass(frozen=True)
class ByPrices:
    """Which part of a change in money comes from other prices for a box, and not from other sizes.

    Of the orders that judge, go into one box today and into a new one of the design: what their boxes of today's would
    cost less or more by the price of new boxes.

    Attributes
    ----------
    total : float
        The change, summed over them, in minor units; below 0 where new boxes are cheaper.
    orders : int
        How many there are whose box of today's has both prices.
    unknown : int
        Orders whose box of today's has a price, and no board to price it as a new one.
    """

    total: float
    orders: int
    unknown: int


@dataclass(frozen=True)
class Suite:
    """The design of one number of sizes.

    Attributes
    ----------
    sizes : int
        The number that was asked for.
    catalog : Catalog
        The design.
    new : tuple of str
        Ids of those of its box types that did not exist.
    design, judged : Figures
        On the orders that it was designed for, and on others.
    least : float or None
        Lower bound of ``design.total`` over all choices among the candidates; None where none was found, and where the
        design loses orders, since its total is then one of other orders.
    undecided : int
        Pairs of an order and a cheaper candidate of which it is not known whether they fit: the bound counts them as
        fitting.
    too_few : tuple of str
        Ids of new box types that fewer orders use than ``Wishes.min_pieces`` asks for. Default none.
    used : tuple of int
        How many of the orders that judge have each of its box types, as ``catalog`` lists them, as the one in which
        they cost least. Default none.
    by_prices : ByPrices or None
        Which part of the judged change in money comes from prices. Default None: there are none of new boxes, or none
        of today's.
    """

    sizes: int
    catalog: Catalog
    new: tuple[str, ...]
    design: Figures
    judged: Figures
    least: float | None
    undecided: int
    too_few: tuple[str, ...] = ()
    used: tuple[int, ...] = ()
    by_prices: ByPrices | None = None

    @property
    def gap(self) -> float | None:
        """How far the design may be from the best one, as a share of it."""
        if self.least is None or not self.design.total:
            return None
        return max(0.0, 1 - self.least / self.design.total)

    @property
    def most_saved(self) -> float | None:
        """Change from today that no choice among the candidates betters; None without today's or without a bound."""
        return None if self.least is None or not self.design.today else self.least / self.design.today - 1


@dataclass(frozen=True)
class CutToSize:
    """What a machine that makes each order's own box makes of either half.

    All of it is over the orders that the machine, every design and today's catalog take.

    Attributes
    ----------
    design, judged : Figures
        On the orders that designs are made for, and on others; ``lost`` are those that only the machine does not take.
    designs : tuple of (float, float)
        What each design makes of the same orders of either half, summed up.
    """

    design: Figures
    judged: Figures
    designs: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Outside:
    """An order that no design is judged by: it is no matter of one box."""

    order: Order
    weight: int
    reason: str


@dataclass(frozen=True)
class Design:
    """The answer of a design.

    Attributes
    ----------
    wishes, halves : Wishes, Halves
        What was asked, and on which orders.
    candidates : tuple of BoxType
        What was chosen from.
    today : Catalog or None
        What it is compared with.
    suites : tuple of Suite
        One for each number of sizes.
    outside : tuple of Outside
        Orders of the design's half that are excluded.
    fillers : int
        Orders that were added to those of the design's half: each fills one of today's largest boxes.
    unfilled : tuple of str
        Ids of today's largest boxes for which there is no such order, since rules let nothing into them.
    currency, profile_id : str
        Of prices, and of grams.
    least_of_any : float
        What no number of sizes among the candidates undercuts, summed over the orders of the design's half.
    several_share : float
        Share of the orders that designs are judged by, in the design's half, that have several units.
    cut_to_size : CutToSize or None
        What boxes of their own make of the orders; None where it was not asked.
    yearly : Yearly or None
        How many orders a year has, for figures of a year. Default None: not known.
    kept : tuple of str
        Ids of the box types of the catalog to keep. Default none.
    """

    wishes: Wishes
    halves: Halves
    candidates: tuple[BoxType, ...]
    today: Catalog | None
    suites: tuple[Suite, ...]
    outside: tuple[Outside, ...]
    fillers: int
    unfilled: tuple[str, ...]
    currency: str
    profile_id: str
    least_of_any: float
    several_share: float
    cut_to_size: CutToSize | None
    yearly: Yearly | None = None
    kept: tuple[str, ...] = ()

    def in_units(self, value: float) -> float:
        """Return a figure of the objective in currency units, litres or g."""
        per_unit = {
            DesignObjective.COST: minor_per_unit(self.currency),
            DesignObjective.LITRES: UM3_PER_LITRE,
            DesignObjective.EMISSIONS: MG_PER_G,
        }[self.wishes.objective]
        return value / per_unit

    def per_order(self, total: float | None, orders: int) -> float | None:
        """Return a total for each of its orders, as ``in_units``; None where it is not known, or of no orders."""
        return None if total is None or not orders else self.in_units(total / orders)

    def change_of_year(self, suite: Suite) -> float | None:
        """Return the change of a year from today's catalog, as judged, in minor units, cubic um or mg CO2e.

        Orders that are not compared count as unchanged. None without today's catalog, or where a year is not known.
        """
        judged, orders = suite.judged, sum(self.halves.judged.weights)
        if self.yearly is None or judged.today is None or not judged.orders:
            return None
        return (judged.total - judged.today) / orders * self.yearly.orders

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
        return sum(each.weight for each in self.outside) / count if count else 0.0

    @cached_property
    def reasons(self) -> dict[str, int]:
        """How many orders are excluded for which reason, the most frequent first."""
        counts: Counter[str] = Counter()
        for each in self.outside:
            counts[each.reason] += each.weight
        return dict(counts.most_common())
