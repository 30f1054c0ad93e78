"""Sums over what became of many orders with one catalog."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from boxwright.domain.factor import Component
from boxwright.domain.plan import HandlingMark, UnpackedReason
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderStatus


@dataclass(frozen=True)
class CatalogTotals:
    """What a catalog costs on some orders. Parcels of partly packed orders are counted too."""

    orders: tuple[tuple[OrderStatus, int], ...]
    """Orders of each status, every status listed."""
    unit_count: int
    packed_units: int
    """Units ordered, and those in a parcel."""
    parcels: int
    """Parcels."""
    handling_marks: tuple[tuple[HandlingMark, int], ...]
    """Parcels with each mark, of marks that any has."""
    box_use: tuple[tuple[str, int], ...]
    """Parcels of each box type, all box types of the catalog listed."""
    inner_um3: int
    goods_um3: int
    """Volume of boxes and of goods, in cubic um."""
    median_empty_space_ratio: float
    """Of the parcels, 0 to 1."""
    packaging_mg: tuple[tuple[Component, int], ...]
    """Mass of each kind of packaging, in mg."""
    gross_mg: int
    """In mg."""
    chargeable_mg: int | None
    """In mg; None if a parcel has none."""
    packaging_price: Money | None
    carriage_price: Money | None
    """Of packaging and of carriage; None if one is not known, or they are of several currencies."""
    unpriced: tuple[str, ...]
    """Dunnage that has no price, so that the price of packaging lacks it; sorted."""
    footprints: tuple[FootprintFigures, ...]
    """One per profile and allocation."""
    unpacked: tuple[tuple[UnpackedReason, int], ...]
    """Units that are not packed for a reason of their own, by reason."""
    held: tuple[tuple[OrderStatus, int], ...]
    """All other units that are in no parcel, by status of their order: they ship no more than it does."""
    proved: int
    certificates: int
    """Plans whose certificate says PROVED, and plans."""
    cpu_p50_s: float = field(compare=False)
    cpu_p99_s: float = field(compare=False)
    """CPU time of planning one order, in s, by nearest rank; not part of equality."""
    verdicts: tuple[tuple[str, tuple[tuple[str, bool, int], ...]], ...] = ()
    """Orders by outcome under each rule of the markets asked for, each with whether it keeps the rule, most first."""
    outer_um3: int = 0
    """Outer volume of parcels, in cubic um."""

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


def _summed(parts: Iterable[tuple[tuple[Component, int], ...]]) -> tuple[tuple[Component, int], ...]:
    sums: Counter[Component] = Counter()
    for each in parts:
        for kind, amount in each:
            sums[kind] += amount
    return tuple((kind, sums[kind]) for kind in Component if kind in sums)


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
