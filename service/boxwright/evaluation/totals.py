"""Sums over many orders with one catalog."""

from dataclasses import dataclass, field

from boxwright.domain.factor import Component
from boxwright.domain.plan import HandlingMark, UnpackedReason
from boxwright.evaluation.outcome import FootprintFigures, Money, OrderStatus


@dataclass(frozen=True)
class CatalogTotals:
    """The totals of one catalog on some orders. Parcels of partly packed orders count too."""

    orders: tuple[tuple[OrderStatus, int], ...]
    """Number of orders by status; every status is listed."""
    unit_count: int
    packed_units: int
    """Units ordered, and units in parcels."""
    parcels: int
    handling_marks: tuple[tuple[HandlingMark, int], ...]
    """Parcels by handling mark; marks without parcels are left out."""
    box_use: tuple[tuple[str, int], ...]
    """Parcels by box type; all box types of the catalog are listed."""
    inner_um3: int
    goods_um3: int
    """Volume of boxes and of goods, in cubic um."""
    median_empty_space_ratio: float
    """Median over parcels, 0 to 1."""
    packaging_mg: tuple[tuple[Component, int], ...]
    """Mass of each kind of packaging, in mg."""
    gross_mg: int
    """Gross mass, in mg."""
    chargeable_mg: int | None
    """Chargeable weight, in mg; None if a parcel has none."""
    packaging_price: Money | None
    carriage_price: Money | None
    """Price of packaging and of carriage; None if one is unknown, or currencies differ."""
    unpriced: tuple[str, ...]
    """Dunnage without a price, which the price of packaging leaves out; sorted."""
    footprints: tuple[FootprintFigures, ...]
    """One per profile and allocation."""
    unpacked: tuple[tuple[UnpackedReason, int], ...]
    """Units that could not be packed, by reason."""
    held: tuple[tuple[OrderStatus, int], ...]
    """Other units without a parcel, by the status of their order, which held them back."""
    proved: int
    certificates: int
    """Number of plans with a certificate PROVED, and of plans."""
    cpu_p50_s: float = field(compare=False)
    cpu_p99_s: float = field(compare=False)
    """CPU time of planning one order, in s, by nearest rank; not part of equality."""
    verdicts: tuple[tuple[str, tuple[tuple[str, bool, int], ...]], ...] = ()
    """Orders by outcome under each rule of the markets, with whether the rule is kept, most first."""
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
