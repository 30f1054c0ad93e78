"""Sums over a batch, kept while it runs."""

from collections import Counter
from dataclasses import dataclass, field

from boxwright.cli.batch import BatchResult
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation, Footprint
from boxwright.domain.lane import Leg
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import HandlingMark, ProofStatus, UnpackedReason
from boxwright.evaluation.outcome import FootprintFigures, figures_of, unpacked_reason
from boxwright.evaluation.totals import summed_footprints

MOST_NAMED = 10
"""How many orders that are not planned whole are named."""


@dataclass
class BoxUse:
    """How often a box type is used, and how full, in cubic um."""

    parcels: int = 0
    inner_um3: int = 0
    goods_um3: int = 0


@dataclass
class WarningTally:
    """How many orders have a kind of warning, and the first as example: its order and text."""

    order_id: str
    text: str
    orders: int = 0


@dataclass
class BatchTotals:
    """Sums over the results added so far.

    ``ordered`` counts all units, ``units`` those in a parcel, ``unpacked`` those with a reason of their own and
    ``held``, by status of their order, all others: they ship no more than their order does. ``not_whole`` has the first
    orders that are not planned whole, each with the reason. ``chargeable_mg`` is None where a parcel has no bill.

    ``emissions`` and ``ranges_mg`` are by profile and allocation. A range has the sums of the lower and of the upper
    ends of footprints, in mg CO2e; it is None where one is not known.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    ordered: int = 0
    units: int = 0
    derived_legs: tuple[Leg, ...] = ()
    held: Counter[str] = field(default_factory=Counter)
    not_whole: list[tuple[str, str]] = field(default_factory=list)
    parcels: int = 0
    proved: int = 0
    net_mg: int = 0
    gross_mg: int = 0
    chargeable_mg: int | None = 0
    packaging_mg: Counter[Component] = field(default_factory=Counter)
    inner_um3: int = 0
    goods_um3: int = 0
    unpacked: Counter[UnpackedReason] = field(default_factory=Counter)
    marks: Counter[HandlingMark] = field(default_factory=Counter)
    warnings: dict[str, WarningTally] = field(default_factory=dict)
    boxes: dict[str, BoxUse] = field(default_factory=dict)
    emissions: dict[tuple[str, Allocation], FootprintFigures] = field(default_factory=dict)
    ranges_mg: dict[tuple[str, Allocation], tuple[int, int] | None] = field(default_factory=dict)

    def add(self, result: BatchResult) -> None:
        """Add one result."""
        self.statuses[result.status] += 1
        plan = result.plan
        unpacked = plan.unpacked if plan else result.unpacked
        self.ordered += result.order.unit_count
        self.unpacked.update(unit.reason for unit in unpacked)
        if result.status != "planned" and len(self.not_whole) < MOST_NAMED:
            why = unpacked_reason(unpacked) or result.reason
            self.not_whole.append((result.order.order_id, why))
        if plan is None:
            self.held[result.status] += result.order.unit_count - len(unpacked)
            return
        for code, text in {each.code: each.message for each in reversed(plan.warnings)}.items():
            self.warnings.setdefault(code, WarningTally(plan.order_id, text)).orders += 1
        self.derived_legs = self.derived_legs or plan.derived_legs
        self.proved += plan.certificate.status is ProofStatus.PROVED
        for parcel in plan.parcels:
            self.parcels += 1
            self.units += len(parcel.placements)
            self.net_mg += parcel.net_mg
            self.gross_mg += parcel.gross_mg
            billed = None if parcel.chargeable is None else parcel.chargeable.chargeable_mg
            self.chargeable_mg = None if billed is None or self.chargeable_mg is None else self.chargeable_mg + billed
            self.inner_um3 += parcel.inner_volume_um3
            self.goods_um3 += parcel.boxed_goods_um3
            self.marks.update(parcel.handling_marks)
            for part in parcel.packaging:
                self.packaging_mg[part.component] += part.mass_mg
            use = self.boxes.setdefault(parcel.box_type_id or OWN_CONTAINER, BoxUse())
            use.parcels += 1
            use.inner_um3 += parcel.inner_volume_um3
            use.goods_um3 += parcel.boxed_goods_um3
        for footprint in plan.footprints:
            self._add_footprint(footprint)

    def merge(self, other: "BatchTotals") -> None:
        """Add the sums over results that come after these."""
        for name in ("ordered", "units", "parcels", "proved", "net_mg", "gross_mg", "inner_um3", "goods_um3"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("statuses", "held", "packaging_mg", "unpacked", "marks"):
            getattr(self, name).update(getattr(other, name))
        unknown = None in (self.chargeable_mg, other.chargeable_mg)
        self.chargeable_mg = None if unknown else (self.chargeable_mg or 0) + (other.chargeable_mg or 0)
        self.derived_legs = self.derived_legs or other.derived_legs
        self.not_whole = [*self.not_whole, *other.not_whole][:MOST_NAMED]
        for code, tally in other.warnings.items():
            self.warnings.setdefault(code, WarningTally(tally.order_id, tally.text)).orders += tally.orders
        for box, use in other.boxes.items():
            mine = self.boxes.setdefault(box, BoxUse())
            mine.parcels += use.parcels
            mine.inner_um3 += use.inner_um3
            mine.goods_um3 += use.goods_um3
        for key, figures in other.emissions.items():
            so_far, ends = self.ranges_mg.get(key, (0, 0)), other.ranges_mg[key]
            self.emissions[key] = (
                summed_footprints([self.emissions[key], figures]) if key in self.emissions else figures
            )
            self.ranges_mg[key] = (so_far[0] + ends[0], so_far[1] + ends[1]) if so_far and ends else None

    def _add_footprint(self, footprint: Footprint) -> None:
        figures, ends = figures_of(footprint), footprint.interval_co2e_mg
        known, so_far = self.emissions.get(figures.key), self.ranges_mg.get(figures.key, (0, 0))
        self.emissions[figures.key] = summed_footprints([known, figures]) if known else figures
        self.ranges_mg[figures.key] = (so_far[0] + ends[0], so_far[1] + ends[1]) if so_far and ends else None
