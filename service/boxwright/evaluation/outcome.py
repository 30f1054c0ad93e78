"""What became of one order with one catalog: a status, a reason, and the figures that the totals need."""

import enum
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from boxwright.domain.box import Catalog
from boxwright.domain.factor import CARRIED, Component, CoverageCell
from boxwright.domain.footprint import Allocation, Footprint
from boxwright.domain.lack import Lack
from boxwright.domain.plan import HandlingMark, Parcel, Plan, PlanStatus, ProofStatus, UnpackedUnit
from boxwright.domain.warning import PlanWarning
from boxwright.evaluation.as_shipped import Audit
from boxwright.lazy import cached_property
from boxwright.shipping.objective_figures import packaging_cost_minor, shipping_minor, unpriced


class OrderStatus(enum.StrEnum):
    """What became of an order."""

    PLANNED = "planned"
    """Every unit is in a parcel."""
    PARTIAL = "partial"
    """Some units are not packed, and the policy allows it."""
    NOT_PACKED = "not_packed"
    """Nothing ships: no unit could be packed, or some could not and the policy does not allow a partial plan."""
    ERROR = "error"
    """The order could not be planned; the reason says why."""


UNEXPECTED = "unexpected "
"""How the reason begins of an order that failed by an error of the software itself."""


@dataclass(frozen=True)
class ParcelFigures:
    """One parcel: its box type, its inner and goods volume in cubic um, its marks, and its outer volume.

    Without a box (own container) the type is empty, and inner and goods volume are 0.
    """

    box_type_id: str
    inner_um3: int
    goods_um3: int
    handling_marks: tuple[HandlingMark, ...] = ()
    outer_um3: int = 0

    @property
    def empty_space_ratio(self) -> float:
        """Share of the inner volume not taken by goods, 0 to 1."""
        return 1 - self.goods_um3 / self.inner_um3 if self.inner_um3 else 0.0


@dataclass(frozen=True)
class FootprintFigures:
    """A footprint's sums under one profile and one allocation.

    Attributes
    ----------
    profile_id, allocation : str, Allocation
        Figures of different ones are never added.
    co2e_mg : tuple of (Component, int)
        mg CO2e of each component.
    absolute_mg, unverified_mg : int
        Sum of the lines' absolute mg CO2e, and the part of it that rests on unverified factors or masses.
    missing : frozenset of Lack
        What has no factor, or was not stated; hubs aside.
    hubs_unstated : bool
        Whether hubs are not counted because the lane does not state them.
    coverage : tuple of CoverageCell
        The profile's coverage matrix.
    """

    profile_id: str
    allocation: Allocation
    co2e_mg: tuple[tuple[Component, int], ...]
    absolute_mg: int = 0
    unverified_mg: int = 0
    missing: frozenset[Lack] = frozenset()
    hubs_unstated: bool = False
    coverage: tuple[CoverageCell, ...] = ()

    @cached_property
    def key(self) -> tuple[str, Allocation]:
        """Profile and allocation."""
        return self.profile_id, self.allocation

    @cached_property
    def total_mg(self) -> int:
        """Of all components, in mg CO2e."""
        return sum(grams for _, grams in self.co2e_mg)

    @cached_property
    def transport_mg(self) -> int:
        """Of transport with its hubs, in mg CO2e."""
        return sum(grams for kind, grams in self.co2e_mg if kind in CARRIED)

    @cached_property
    def packaging_mg(self) -> int:
        """Of all packaging, in mg CO2e."""
        return self.total_mg - self.transport_mg

    @property
    def unverified_share(self) -> float:
        """Share of the total (by absolute grams) that rests on unverified factors or masses, 0 to 1."""
        return self.unverified_mg / self.absolute_mg if self.absolute_mg else 0.0


@dataclass(frozen=True, slots=True)
class Money:
    """Minor units (cents, fen) of a currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What the parcels of an order take up and cost: outer volume in cubic um, and prices as of an outcome."""

    outer_um3: int
    packaging_price: Money | None
    carriage_price: Money | None

    @property
    def price(self) -> Money | None:
        """Of packaging and carriage; None where one of them is not known, or they are in two currencies."""
        packaging, carriage = self.packaging_price, self.carriage_price
        if packaging is None or carriage is None or packaging.currency != carriage.currency:
            return None
        return Money(packaging.minor + carriage.minor, carriage.currency)


@dataclass(frozen=True)
class OrderOutcome:
    """What became of one order with one catalog.

    Attributes
    ----------
    order_id : str
        The order.
    status : OrderStatus
        What became of it.
    unit_count, packed_units : int
        Units ordered, and those in a parcel.
    reason : str
        Why it is not planned whole; empty where it is.
    parcels : tuple of ParcelFigures
        Its parcels.
    packaging_mg : tuple of (Component, int)
        Mass of each kind of packaging, in mg.
    gross_mg : int
        Goods and packaging, in mg.
    chargeable_mg : int or None
        What the carrier bills, in mg; None without a carrier service.
    packaging_price, carriage_price : Money or None
        Of boxes, and dunnage that has one, and of carriage by the lane's price table; None where one is not known.
    unpriced : tuple of str
        Dunnage that has no price, sorted.
    footprints : tuple of FootprintFigures
        One per profile and allocation.
    unpacked : tuple of UnpackedUnit
        Units that are not packed.
    proof : ProofStatus or None
        Of the certificate; None without a plan.
    warnings : tuple of PlanWarning
        Of the plan.
    versions : tuple of str
        Data version, data hash and engine version; empty without a plan.
    audit : Audit or None
        Whether the box that was recorded can have held the goods; None but for the baseline of boxes really used.
    cpu_s : float
        CPU time of planning, in s; not part of equality.
    """

    order_id: str
    status: OrderStatus
    unit_count: int
    packed_units: int = 0
    reason: str = ""
    parcels: tuple[ParcelFigures, ...] = ()
    packaging_mg: tuple[tuple[Component, int], ...] = ()
    gross_mg: int = 0
    chargeable_mg: int | None = None
    packaging_price: Money | None = None
    carriage_price: Money | None = None
    unpriced: tuple[str, ...] = ()
    footprints: tuple[FootprintFigures, ...] = ()
    unpacked: tuple[UnpackedUnit, ...] = ()
    proof: ProofStatus | None = None
    warnings: tuple[PlanWarning, ...] = ()
    versions: tuple[str, ...] = ()
    audit: Audit | None = None
    cpu_s: float = field(default=0.0, compare=False)

    @property
    def inner_um3(self) -> int:
        """Inner volume of its boxes, in cubic um."""
        return sum(parcel.inner_um3 for parcel in self.parcels)

    @property
    def outer_um3(self) -> int:
        """Outer volume of its parcels, in cubic um."""
        return sum(parcel.outer_um3 for parcel in self.parcels)

    @property
    def cost(self) -> Cost:
        """What its parcels take up and cost."""
        return Cost(self.outer_um3, self.packaging_price, self.carriage_price)

    @property
    def goods_um3(self) -> int:
        """Volume of its packed goods, in cubic um."""
        return sum(parcel.goods_um3 for parcel in self.parcels)

    @property
    def empty_space_ratio(self) -> float:
        """Share of the inner volume of all its boxes not taken by goods, 0 to 1."""
        return 1 - self.goods_um3 / self.inner_um3 if self.inner_um3 else 0.0


def outcome_of(plan: Plan, catalog: Catalog, unit_count: int, cpu_s: float) -> OrderOutcome:
    """Return the figures of a plan, made with a catalog, of an order with so many units."""
    status = {
        PlanStatus.COMPLETE: OrderStatus.PLANNED,
        PlanStatus.PARTIAL: OrderStatus.PARTIAL,
        PlanStatus.NONE: OrderStatus.NOT_PACKED,
    }[plan.status]
    return OrderOutcome(
        order_id=plan.order_id,
        status=status,
        unit_count=unit_count,
        packed_units=sum(len(parcel.placements) for parcel in plan.parcels),
        reason=unpacked_reason(plan.unpacked),
        parcels=tuple(
            ParcelFigures(
                parcel.box_type_id,
                parcel.inner_volume_um3,
                parcel.boxed_goods_um3,
                parcel.handling_marks,
                math.prod(parcel.outer_um),
            )
            for parcel in plan.parcels
        ),
        packaging_mg=_packaging_mg(plan.parcels),
        gross_mg=plan.gross_mg,
        chargeable_mg=_chargeable_mg(plan.parcels),
        packaging_price=_money(packaging_cost_minor(plan, catalog), {catalog.currency}),
        unpriced=unpriced(plan.parcels, catalog),
        carriage_price=_money(
            shipping_minor(plan), {parcel.carriage_price.currency for parcel in plan.parcels if parcel.carriage_price}
        ),
        footprints=tuple(figures_of(footprint) for footprint in plan.footprints),
        unpacked=plan.unpacked,
        proof=plan.certificate.status if plan.parcels else None,
        warnings=plan.warnings,
        versions=(plan.data_version, plan.data_hash, plan.engine_version),
        cpu_s=cpu_s,
    )


def unpacked_reason(unpacked: Sequence[UnpackedUnit]) -> str:
    """Return how many units are not packed for which reasons, in words; empty if all are."""
    counts = Counter(unit.reason.value.replace("_", " ") for unit in unpacked)
    return ", ".join(f"{count} unit{'s' if count > 1 else ''}: {reason}" for reason, count in counts.items())


def _packaging_mg(parcels: Sequence[Parcel]) -> tuple[tuple[Component, int], ...]:
    masses = {kind: sum(parcel.packaging_mg(kind) for parcel in parcels) for kind in Component}
    return tuple((kind, mass) for kind, mass in masses.items() if mass)


def _chargeable_mg(parcels: Sequence[Parcel]) -> int | None:
    billed = [parcel.chargeable.chargeable_mg for parcel in parcels if parcel.chargeable]
    return sum(billed) if parcels and len(billed) == len(parcels) else None


def _money(minor: int | None, currencies: set[str]) -> Money | None:
    return Money(minor, *currencies) if minor is not None and len(currencies) == 1 and all(currencies) else None


def figures_of(footprint: Footprint) -> FootprintFigures:
    """Return the sums of a footprint."""
    kinds = dict.fromkeys(line.component for line in footprint.lines)
    return FootprintFigures(
        profile_id=footprint.profile_id,
        allocation=footprint.allocation,
        co2e_mg=tuple((kind, footprint.subtotal_co2e_mg(kind)) for kind in Component if kind in kinds),
        absolute_mg=footprint.absolute_mg,
        unverified_mg=round(footprint.unverified_mg),
        missing=frozenset(footprint.lacks),
        hubs_unstated=footprint.hubs_unstated,
        coverage=footprint.coverage,
    )
