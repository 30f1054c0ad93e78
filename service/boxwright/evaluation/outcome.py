"""The result of an order with one catalog: status, reason, footprint sums and money."""

import enum
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import Lack
from boxwright.domain.plan import UnpackedUnit
from boxwright.domain.source_grade import SourceGrade, graded_words
from boxwright.lazy import cached_property


class OrderStatus(enum.StrEnum):
    """Result of planning an order."""

    PLANNED = "planned"
    """Every unit is in a parcel."""
    PARTIAL = "partial"
    """Some units are unpacked, and the policy allows it."""
    NOT_PACKED = "not_packed"
    """Nothing ships: no unit could be packed, or some could not and the policy allows no partial plan."""
    ERROR = "error"
    """The order could not be planned; the reason says why."""


UNEXPECTED = "unexpected "
"""First word of the reason if the software itself failed."""


@dataclass(frozen=True)
class FootprintFigures:
    """A footprint's sums under one profile and one allocation."""

    profile_id: str
    allocation: Allocation
    """Profile and allocation; figures of different ones are never added."""
    co2e_mg: tuple[tuple[Component, int], ...]
    """Emissions of each component, in mg CO2e."""
    absolute_mg: int = 0
    unverified_mg: int = 0
    """Sum of the absolute emissions of the lines, and its part that is based on unverified factors or masses, in mg
    CO2e."""
    graded_mg: tuple[tuple[SourceGrade, int], ...] = ()
    """Absolute emissions by the grade of the source, nearest to the publisher first, in mg CO2e."""
    missing: frozenset[Lack] = frozenset()
    """What the total leaves out because it has no factor or was not stated; hubs are not listed."""
    hubs_unstated: bool = False
    """Whether hubs are not counted because the lane does not state them."""

    @cached_property
    def key(self) -> tuple[str, Allocation]:
        """Profile and allocation."""
        return self.profile_id, self.allocation

    @cached_property
    def total_mg(self) -> int:
        """Emissions of all components, in mg CO2e."""
        return sum(grams for _, grams in self.co2e_mg)

    @cached_property
    def transport_mg(self) -> int:
        """Emissions of transport and hubs, in mg CO2e."""
        return sum(grams for kind, grams in self.co2e_mg if kind in CARRIED)

    @cached_property
    def packaging_mg(self) -> int:
        """Emissions of packaging, in mg CO2e."""
        return self.total_mg - self.transport_mg

    @property
    def unverified_share(self) -> float:
        """Share of the absolute emissions based on unverified factors or masses, 0 to 1."""
        return self.unverified_mg / self.absolute_mg if self.absolute_mg else 0.0

    @property
    def graded_words(self) -> str:
        """Shares of the absolute emissions by grade as text, such as ``copy 52.9 %, own 47.1 %``."""
        return graded_words(dict(self.graded_mg))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents, fen) of a currency."""

    minor: int
    currency: str


def unpacked_reason(unpacked: Sequence[UnpackedUnit]) -> str:
    """Return the number of unpacked units by reason as text; empty if all are packed."""
    counts = Counter(unit.reason.value.replace("_", " ") for unit in unpacked)
    return ", ".join(f"{count} unit{'s' if count > 1 else ''}: {reason}" for reason, count in counts.items())
