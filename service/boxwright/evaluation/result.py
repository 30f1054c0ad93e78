"""The result of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from boxwright.domain.box import Catalog
from boxwright.domain.factor import Component
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import HandlingMark, Plan, UnpackedReason
from boxwright.domain.policy import Policy
from boxwright.evaluation.comparison import Comparison
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderStatus
from boxwright.evaluation.variant import Variant

if TYPE_CHECKING:
    from boxwright.evaluation.records import Records
    from boxwright.evaluation.study import Study
    from boxwright.orders import DateSpan


LEAST_DAYS = 28
"""Minimum number of days needed to extrapolate to a year."""
LEAST_DATED = 0.95
"""Minimum share of orders with a date for a year to be extrapolated: our own rule."""
_DAYS_A_YEAR = 365


@dataclass(frozen=True)
class CatalogTotals:
    """The totals of one catalog on some orders. Parcels of partly packed orders count too."""

    orders: tuple[tuple[OrderStatus, int], ...]
    """Number of orders by status; every status is listed."""
    unit_count: int
    packed_units: int
    """Number of units ordered, and of units in parcels."""
    parcels: int
    handling_marks: tuple[tuple[HandlingMark, int], ...]
    """Number of parcels by handling mark; marks without parcels are not listed."""
    box_use: tuple[tuple[str, int], ...]
    """Number of parcels by box type; all box types of the catalog are listed."""
    inner_um3: int
    goods_um3: int
    """Volume of boxes and of goods, in cubic um."""
    packaging_mg: tuple[tuple[Component, int], ...]
    """Mass of each kind of packaging, in mg."""
    gross_mg: int
    chargeable_mg: int | None
    """Chargeable weight, in mg; None if a parcel has none."""
    packaging_price: Money | None
    carriage_price: Money | None
    """Price of packaging and of carriage; None if one is unknown, or currencies differ."""
    unpriced: tuple[str, ...]
    """Dunnage without a price, sorted; the price of packaging does not include it."""
    footprints: tuple[FootprintFigures, ...]
    """Footprint sums, one per profile and allocation."""
    unpacked: tuple[tuple[UnpackedReason, int], ...]
    """Number of units that could not be packed, by reason."""
    held: tuple[tuple[OrderStatus, int], ...]
    """Number of other units without a parcel, by the status of their order."""
    proved: int
    certificates: int
    """Number of plans with a certificate PROVED, and of all plans."""
    verdicts: tuple[tuple[str, tuple[tuple[str, bool, int], ...]], ...] = ()
    """Number of orders by outcome under each rule of the markets, and whether that outcome complies; largest first."""
    outer_um3: int = 0
    """Outer volume of parcels, in cubic um."""

    @property
    def empty_space_ratio(self) -> float:
        """Empty share of all inner volume: the mean over parcels, weighted by volume."""
        return 1 - self.goods_um3 / self.inner_um3 if self.inner_um3 else 0.0

    @property
    def packaging_total_mg(self) -> int:
        """Mass of all packaging, in mg."""
        return sum(mass for _, mass in self.packaging_mg)

    def count(self, status: OrderStatus) -> int:
        """Return the number of orders with a status."""
        return dict(self.orders)[status]


@dataclass(frozen=True)
class Yearly:
    """Number of orders a year, and the source of that number as text."""

    orders: float
    basis: str

    @property
    def sentence(self) -> str:
        """A sentence with the number of orders a year and the treatment of orders that are not compared."""
        orders = f"{self.orders:,.0f} orders ({self.basis})"
        return f"A year is taken to have {orders}; orders that were not compared count as unchanged."


@dataclass(frozen=True)
class CatalogResult:
    """The results of one catalog, under one policy and on one lane."""

    variant: Variant
    """Catalog, policy and lane; the legs of the lane are derived where possible."""
    totals: CatalogTotals
    common: CatalogTotals
    """Sums over all orders, and over those that every variant packs completely."""
    errors: list[tuple[str, int, int]]
    """Reasons for which orders failed, with the number of orders and the position of the first."""

    @property
    def catalog(self) -> Catalog:
        """The catalog."""
        return self.variant.catalog


@dataclass(frozen=True)
class Example:
    """An order to show with pictures, its plans, and the positions of their results."""

    order: Order
    plans: tuple[Plan, ...]
    catalogs: tuple[int, ...]


@dataclass(frozen=True)
class Evaluation:
    """Results and comparisons of catalogs, policies and lanes over the same orders."""

    results: tuple[CatalogResult, ...]
    """Results, one per catalog, lane and policy: catalogs vary slowest, policies fastest, each in the order given."""
    comparisons: tuple[Comparison, ...]
    """Each other catalog compared with the first under the same policy and lane; then the first catalog under each
    other policy and lane with the first result."""
    records: Records = field(compare=False)
    """The stored records; not part of equality."""
    order_count: int
    compared: int
    """Number of orders, and number of those that every result packs completely."""
    study: Study | None
    """The results of the work after planning; None before that."""
    rejected: int = 0
    """Orders that were not planned because they break a rule of their file or a limit. Default 0."""
    objectives_settled: bool = False
    """Whether the evaluation chose the objectives of every policy, since the caller named none. Default False."""
    yearly: Yearly | None = None
    """Number of orders a year. Default None: unknown."""
    remarks: tuple[str, ...] = ()
    """Cautions about these orders, one sentence each. Default none."""

    def same_catalog(self, comparison: Comparison) -> bool:
        """Return whether only policy or lane differ in a comparison."""
        return self.results[comparison.first].catalog is self.results[comparison.second].catalog

    @property
    def policy(self) -> Policy:
        """The policy of the first result."""
        return self.results[0].variant.policy

    @property
    def lane(self) -> Lane | None:
        """The lane of the first result, with its ship date and, where possible, its derived legs."""
        return self.results[0].variant.lane

    @property
    def policies(self) -> dict[str, Policy]:
        """Policies by name; a single policy may have the empty name."""
        return {result.variant.policy_name: result.variant.policy for result in self.results}

    @property
    def lanes(self) -> dict[str, Lane | None]:
        """Lanes by carrier service."""
        return {result.variant.carrier_service: result.variant.lane for result in self.results}

    @property
    def money(self) -> bool:
        """Whether the headline of every comparison is a price."""
        return bool(self.comparisons) and all(comparison.headline.currency for comparison in self.comparisons)


def yearly_of_dates(span: DateSpan) -> Yearly | None:
    """Return the orders of a year, extrapolated from the days of a file.

    None for fewer days than ``LEAST_DAYS``, or a smaller share of dated orders than ``LEAST_DATED``. Orders without a
    date count too.
    """
    days = (span.last - span.first).days + 1
    if days < LEAST_DAYS or span.dated < LEAST_DATED * span.orders:
        return None
    within = span.within / span.dated * span.orders
    basis = f"{within:,.0f} orders in the {days:,} days from {span.first} to {span.last}"
    if outside := span.dated - span.within:
        basis += f", without {outside:,} with earlier or later dates"
    return Yearly(within / days * _DAYS_A_YEAR, basis)
