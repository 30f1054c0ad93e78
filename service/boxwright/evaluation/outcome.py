"""What is said of an order with one catalog: its status, why it is not planned, its footprint and cost as sums."""

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.factor import CARRIED, Component, CoverageCell
from boxwright.domain.footprint import Allocation, Footprint
from boxwright.domain.lack import Lack
from boxwright.domain.plan import UnpackedUnit
from boxwright.lazy import cached_property


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
class FootprintFigures:
    """A footprint's sums under one profile and one allocation."""

    profile_id: str
    allocation: Allocation
    """Figures of different ones are never added."""
    co2e_mg: tuple[tuple[Component, int], ...]
    """mg CO2e of each component."""
    absolute_mg: int = 0
    unverified_mg: int = 0
    """Sum of the lines' absolute mg CO2e, and the part of it that rests on unverified factors or masses."""
    missing: frozenset[Lack] = frozenset()
    """What has no factor, or was not stated; hubs aside."""
    hubs_unstated: bool = False
    """Whether hubs are not counted because the lane does not state them."""
    coverage: tuple[CoverageCell, ...] = ()
    """The profile's coverage matrix."""

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


def unpacked_reason(unpacked: Sequence[UnpackedUnit]) -> str:
    """Return how many units are not packed for which reasons, in words; empty if all are."""
    counts = Counter(unit.reason.value.replace("_", " ") for unit in unpacked)
    return ", ".join(f"{count} unit{'s' if count > 1 else ''}: {reason}" for reason, count in counts.items())


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
