"""What packaging is made of."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated

from boxwright.domain.fields import DecimalShare, Positive, one_of, unique
from boxwright.domain.source_grade import Sourced, SourceGrade
from boxwright.errors import FieldViolation


class MaterialKind(enum.StrEnum):
    """Why a material is in ``materials/``."""

    RECYCLABLE = "recyclable"
    COMPOSTABLE = "compostable"
    REUSABLE = "reusable"
    REFERENCE = "reference"


class Compostability(enum.StrEnum):
    """Where a material is certified to compost."""

    NONE = "none"
    INDUSTRIAL = "industrial"
    HOME = "home"


class Collection(enum.StrEnum):
    """How a material is collected for recycling in a market."""

    COLLECTED = "collected"
    """At the door, or in public containers as a matter of course."""
    DROP_OFF = "drop_off"
    """Only where it is brought, such as to a shop."""
    NOT_COLLECTED = "not_collected"


@dataclass(frozen=True, slots=True)
class RecyclingStream(Sourced):
    """How one material is collected in one market."""

    material_id: str
    market_id: str
    """What, and where."""
    collection: Collection
    """Whether, and how."""
    stream: str = ""
    """Name of the stream, such as ``paper``; empty where it is not collected."""
    url: str = ""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if (self.collection is Collection.NOT_COLLECTED) == bool(self.stream):
            yield FieldViolation("stream", "must be named where it is collected, and only there")


Disposal = Annotated[str, one_of("recycling", "composting", "combustion", "landfill")]


@dataclass(frozen=True, slots=True)
class Material(Sourced):
    """One packaging material."""

    material_id: str
    """Unique over ``materials/``."""
    name: str
    """For people."""
    kind: MaterialKind
    """Recyclable, compostable, reusable, or conventional reference."""
    plastic: bool
    """Whether it is or contains a polymer that market rules treat as plastic, bio-based ones included."""
    recycling_stream: str = ""
    """The stream it is recycled in, such as ``paper``, where a market has one; empty if none."""
    compostability: Compostability | None = None
    """Where goods of it can be certified to compost; None is unknown."""
    compostability_certificate: str = ""
    """The standard or certificate that says so, such as ``EN 13432``; empty if none."""
    recycled_content: DecimalShare | None = None
    """Share 0 to 1; None is unknown."""
    biogenic_share: DecimalShare | None = None
    """Share of the carbon that is biogenic, 0 to 1; None is unknown."""
    disposal: Annotated[tuple[Disposal, ...], unique()] = ()
    """What may become of it in the end: ``recycling``, ``composting``, ``combustion``, ``landfill``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board(Sourced):
    """A corrugated or solid board, from which tare and wall thickness follow."""

    board_id: str
    """Unique over ``materials/``."""
    material_id: str
    """Material whose factor counts."""
    flute: str
    """Flute letters, such as ``C`` or ``BC``; empty for solid board."""
    grade: str = ""
    """Grade by which it is sold, such as ``32 ECT``; empty for a board described by its mass per area."""
    caliper_mm: Positive
    grammage_g_per_m2: Positive
    """Mass per area of the finished board, in g/m2."""
    composition: str = ""
    """What it is made of, in g/m2: liners, each medium x its take-up, and starch last, such as ``140 + 120 x 1.45 + 140
    + 10``; their sum is the grammage. Empty is unknown."""
    edge_crush_kn_per_m: Positive | None = None
    """Edge crush resistance (ECT) in kN/m; None is unknown."""
    strength_source: str = ""
    strength_read_in_source: bool = False
    strength_source_grade: SourceGrade = SourceGrade.OWN
    """Where edge crush and caliper come from, and how. ``source`` is that of caliper and grammage."""

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
