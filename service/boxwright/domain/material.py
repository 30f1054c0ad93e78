"""Packaging materials."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated

from boxwright.domain.fields import DecimalShare, Positive, one_of, unique
from boxwright.domain.source_grade import Sourced, SourceGrade
from boxwright.errors import FieldViolation


class MaterialKind(enum.StrEnum):
    """Kind of a material."""

    RECYCLABLE = "recyclable"
    COMPOSTABLE = "compostable"
    REUSABLE = "reusable"
    REFERENCE = "reference"


class Compostability(enum.StrEnum):
    """Conditions under which a material can be certified to compost."""

    NONE = "none"
    INDUSTRIAL = "industrial"
    HOME = "home"


class Collection(enum.StrEnum):
    """Collection of a material for recycling in a market."""

    COLLECTED = "collected"
    """At households, or in ordinary public containers."""
    DROP_OFF = "drop_off"
    """Only at collection points, such as shops."""
    NOT_COLLECTED = "not_collected"


@dataclass(frozen=True, slots=True)
class RecyclingStream(Sourced):
    """Collection of a material in a market."""

    material_id: str
    market_id: str
    collection: Collection
    stream: str = ""
    """Name of the stream, such as ``paper``; empty if the material is not collected."""
    url: str = ""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if (self.collection is Collection.NOT_COLLECTED) == bool(self.stream):
            yield FieldViolation("stream", "must be named if the material is collected, and only then")


Disposal = Annotated[str, one_of("recycling", "composting", "combustion", "landfill")]


@dataclass(frozen=True, slots=True)
class Material(Sourced):
    """A packaging material."""

    material_id: str
    """Id, unique in ``materials/``."""
    name: str
    kind: MaterialKind
    plastic: bool
    """Whether it contains a polymer that market rules treat as plastic, bio-based ones included."""
    recycling_stream: str = ""
    """Recycling stream, such as ``paper``, in markets that have it; empty if none."""
    compostability: Compostability | None = None
    """Conditions of composting; None if unknown."""
    compostability_certificate: str = ""
    """Standard or certificate, such as ``EN 13432``; empty if none."""
    recycled_content: DecimalShare | None = None
    """Share of recycled input, 0 to 1; None if unknown."""
    biogenic_share: DecimalShare | None = None
    """Share of the carbon that is biogenic, 0 to 1; None if unknown."""
    disposal: Annotated[tuple[Disposal, ...], unique()] = ()
    """Possible disposal: ``recycling``, ``composting``, ``combustion``, ``landfill``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Sourced):
    """A corrugated or solid board, from which tare and wall thickness follow."""

    board_id: str
    """Id, unique in ``materials/``."""
    material_id: str
    """Material whose factor applies."""
    flute: str
    """Flute letters, such as ``C`` or ``BC``; empty for solid board."""
    grade: str = ""
    """Grade in trade, such as ``32 ECT``; empty for a board sold by mass per area."""
    caliper_mm: Positive
    grammage_g_per_m2: Positive
    """Mass per area of the finished board, in g/m2."""
    composition: str = ""
    """Layers in g/m2: liners, each medium x its take-up, and starch last, such as ``140 + 120 x 1.45 + 140 + 10``; they
    sum to the grammage. Empty if unknown."""
    edge_crush_kn_per_m: Positive | None = None
    """Edge crush resistance (ECT) in kN/m; None if unknown."""
    strength_source: str = ""
    strength_read_in_source: bool = False
    strength_source_grade: SourceGrade = SourceGrade.OWN
    """Source of the edge crush resistance, and its grade; ``source`` is the source of caliper and grammage."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        layers = [layer.partition(" x ") for layer in self.composition.split(" + ")] if self.composition else []
        try:
            parts = [Decimal(mass) * Decimal(take_up or 1) for mass, _, take_up in layers]
        except InvalidOperation:
            parts = [Decimal(0)]
        if not all(part.is_finite() and part > 0 for part in parts):
            rule = f"must be masses in g/m2 such as 140 + 120 x 1.45 + 140 + 10, got {self.composition!r:.80}"
            yield FieldViolation("composition", rule)
        elif parts and round(sum(parts)) != round(self.grammage_g_per_m2):
            rule = f"must sum to the grammage of {self.grammage_g_per_m2} g/m2, sums to {sum(parts)}"
            yield FieldViolation("composition", rule)
