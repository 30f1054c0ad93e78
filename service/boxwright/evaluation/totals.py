"""Sums over what became of many orders with one catalog."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from boxwright.domain.factor import Component
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.plan import ProofStatus, UnpackedReason
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderOutcome, OrderStatus


@dataclass(frozen=True)
class CatalogTotals:
    """What a catalog costs on some orders. Parcels of partly packed orders are counted too.

    Attributes
    ----------
    orders : tuple of (OrderStatus, int)
        Orders of each status, every status listed.
    unit_count, packed_units : int
        Units ordered, and those in a parcel.
    parcels : int
        Parcels.
    handling_marks : tuple of (HandlingMark, int)
        Parcels with each mark, of marks that any has.
    box_use : tuple of (str, int)
        Parcels of each box type, all box types of the catalog listed.
    inner_um3, goods_um3 : int
        Volume of boxes and of goods, in cubic um.
    median_empty_space_ratio : float
        Of the parcels, 0 to 1.
    packaging_mg : tuple of (Component, int)
        Mass of each kind of packaging, in mg.
    gross_mg : int
        In mg.
    chargeable_mg : int or None
        In mg; None if a parcel has none.
    packaging_price, carriage_price : Money or None
        Of packaging and of carriage; None if one is not known, or they are of several currencies.
    unpriced : tuple of str
        Dunnage that has no price, so that the price of packaging lacks it; sorted.
    footprints : tuple of FootprintFigures
        One per profile and allocation.
    unpacked : tuple of (UnpackedReason, int)
        Units that stayed out for a reason of their own, by reason.
    held : tuple of (OrderStatus, int)
        All other units that are in no parcel, by status of their order: they ship no more than it does.
    proved, certificates : int
        Plans whose certificate says PROVED, and plans.
    cpu_p50_s, cpu_p99_s : float
        CPU time of planning one order, in s, by nearest rank; not part of equality.
    """

    orders: tuple[tuple[OrderStatus, int], ...]
    unit_count: int
    packed_units: int
    parcels: int
    handling_marks: tuple[tuple[HandlingMark, int], ...]
    box_use: tuple[tuple[str, int], ...]
    inner_um3: int
    goods_um3: int
    median_empty_space_ratio: float
    packaging_mg: tuple[tuple[Component, int], ...]
    gross_mg: int
    chargeable_mg: int | None
    packaging_price: Money | None
    carriage_price: Money | None
    unpriced: tuple[str, ...]
    footprints: tuple[FootprintFigures, ...]
    unpacked: tuple[tuple[UnpackedReason, int], ...]
    held: tuple[tuple[OrderStatus, int], ...]
    proved: int
    certificates: int
    cpu_p50_s: float = field(compare=False)
    cpu_p99_s: float = field(compare=False)

    @property
    def empty_space_ratio(self) -> float:
        """Share of all inner volume not taken by goods: the mean over parcels, weighted by volume."""
        return 1 - self.goods_um3 / self.inner_um3 if self.inner_um3 else 0.0

    @property
    def packaging_total_mg(self) -> int:
        """Mass of all packaging, in mg."""
        return sum(mass for _, mass in self.packaging_mg)

    def count(self, status: OrderStatus) -> int:
        """Return the number of orders of a status."""
        return dict(self.orders)[status]


def totals_of(outcomes: Sequence[OrderOutcome], box_type_ids: Sequence[str]) -> CatalogTotals:
    """Return the sums over outcomes with a catalog that has these box types."""
    statuses = Counter(outcome.status for outcome in outcomes)
    parcels = [parcel for outcome in outcomes for parcel in outcome.parcels]
    marks = Counter(mark for parcel in parcels for mark in parcel.handling_marks)
    used = Counter(parcel.box_type_id for parcel in parcels)
    shipped = [outcome for outcome in outcomes if outcome.parcels]
    billed = [outcome.chargeable_mg for outcome in shipped if outcome.chargeable_mg is not None]
    reasons = Counter(unit.reason for outcome in outcomes for unit in outcome.unpacked)
    held: Counter[OrderStatus] = Counter()
    for outcome in outcomes:
        held[outcome.status] += outcome.unit_count - outcome.packed_units - len(outcome.unpacked)
    empty = [parcel.empty_space_ratio for parcel in parcels if parcel.inner_um3]
    seconds = [outcome.cpu_s for outcome in outcomes]
    return CatalogTotals(
        orders=tuple((status, statuses[status]) for status in OrderStatus),
        unit_count=sum(outcome.unit_count for outcome in outcomes),
        packed_units=sum(outcome.packed_units for outcome in outcomes),
        parcels=len(parcels),
        handling_marks=tuple((mark, marks[mark]) for mark in HandlingMark if marks[mark]),
        box_use=tuple((each, used[each]) for each in box_type_ids),
        inner_um3=sum(parcel.inner_um3 for parcel in parcels),
        goods_um3=sum(parcel.goods_um3 for parcel in parcels),
        median_empty_space_ratio=statistics.median(empty) if empty else 0.0,
        packaging_mg=_summed(outcome.packaging_mg for outcome in outcomes),
        gross_mg=sum(outcome.gross_mg for outcome in outcomes),
        chargeable_mg=sum(billed) if shipped and len(billed) == len(shipped) else None,
        packaging_price=_money([outcome.packaging_price for outcome in shipped]),
        carriage_price=_money([outcome.carriage_price for outcome in shipped]),
        unpriced=tuple(sorted({each for outcome in shipped for each in outcome.unpriced})),
        footprints=_footprints(shipped),
        unpacked=tuple((reason, reasons[reason]) for reason in UnpackedReason if reasons[reason]),
        held=tuple((status, held[status]) for status in OrderStatus if held[status]),
        proved=sum(outcome.proof is ProofStatus.PROVED for outcome in outcomes),
        certificates=sum(outcome.proof is not None for outcome in outcomes),
        cpu_p50_s=nearest_rank(seconds, 0.50),
        cpu_p99_s=nearest_rank(seconds, 0.99),
    )


def nearest_rank(values: Sequence[float], share: float) -> float:
    """Return the least value that at least a share of the values do not exceed; 0 for none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else 0.0


def _summed(parts: Iterable[tuple[tuple[Component, int], ...]]) -> tuple[tuple[Component, int], ...]:
    sums: Counter[Component] = Counter()
    for each in parts:
        for kind, amount in each:
            sums[kind] += amount
    return tuple((kind, sums[kind]) for kind in Component if kind in sums)


def _money(prices: Sequence[Money | None]) -> Money | None:
    known = [price for price in prices if price is not None]
    currencies = {price.currency for price in known}
    if len(known) < len(prices) or len(currencies) != 1:
        return None
    return Money(sum(price.minor for price in known), *currencies)


def _footprints(outcomes: Sequence[OrderOutcome]) -> tuple[FootprintFigures, ...]:
    keys = dict.fromkeys(each.key for outcome in outcomes for each in outcome.footprints)
    return tuple(
        summed_footprints([each for outcome in outcomes if (each := outcome.footprint(key)) is not None])
        for key in keys
    )


def summed_footprints(figures: Sequence[FootprintFigures]) -> FootprintFigures:
    """Return the sum of figures of one profile and allocation; what any of them misses, the sum misses."""
    return FootprintFigures(
        profile_id=figures[0].profile_id,
        allocation=figures[0].allocation,
        co2e_mg=_summed(each.co2e_mg for each in figures),
        absolute_mg=sum(each.absolute_mg for each in figures),
        unverified_mg=sum(each.unverified_mg for each in figures),
        missing=frozenset().union(*(each.missing for each in figures)),
        hubs_unstated=any(each.hubs_unstated for each in figures),
        coverage=figures[0].coverage,
    )
