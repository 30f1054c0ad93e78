"""Dunnage: all that is put in beside the goods."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from boxwright.domain.fields import Id, Note, within
from boxwright.domain.source_grade import Sourced
from boxwright.errors import FieldViolation


class DunnageKind(enum.StrEnum):
    """What a piece of dunnage does."""

    CUSHIONING = "cushioning"
    VOID_FILL = "void_fill"
    TAPE = "tape"
    BLOCKING = "blocking"
    LABEL = "label"


Figure = Annotated[Decimal, within(0, 10_000, above=True)]
LengthMm = Annotated[Decimal, within(0, 1_000)]
Rate = Annotated[Decimal, within(0, 1_000_000_000)]
"""Price of a kilogram, in minor units."""


_NEEDS = {
    DunnageKind.VOID_FILL: ("density_kg_per_m3",),
    DunnageKind.TAPE: ("grammage_g_per_m2", "width_mm", "seam_overlap_mm"),
    DunnageKind.BLOCKING: ("density_kg_per_m3",),
    DunnageKind.LABEL: ("piece_g",),
}
"""Figures without which a kind of dunnage cannot be used."""
_NO_WRAP_OR_PADS = (
    "must be given for cushioning that is wrapped round goods; pads have density_kg_per_m3, cushion_factor,"
    " min_static_stress_kpa and max_static_stress_kpa instead"
)


@dataclass(frozen=True, slots=True)
class Dunnage(Sourced):
    """One kind of cushioning, void fill, tape, blocking or label."""

    dunnage_id: Id
    """Unique over ``materials/``."""
    kind: DunnageKind
    material_id: str
    """Material whose factor counts."""
    density_kg_per_m3: Figure | None = None
    """Mass per volume filled (1 kg/m3 = 1 g/L). Pads, void fill and blocking have it."""
    cushion_factor: Annotated[Decimal, within(1)] | None = None
    """C of ``t = C h / G`` (dimensionless). Pads only. At least 1, the constant-force bound: nothing stops a fall over
    less than its drop height divided by the G-level."""
    min_thickness_mm: LengthMm | None = None
    max_thickness_mm: LengthMm | None = None
    """Range in which it is sold or valid, in mm. Pads only."""
    min_static_stress_kpa: Figure | None = None
    max_static_stress_kpa: Figure | None = None
    """Range of static stress in which the cushion factor holds, in kPa. Pads only."""
    multi_drop_factor: Annotated[Decimal, within(1, 100)] | None = None
    """How many times the cushion factor is, where a face takes several drops. Pads only."""
    grammage_g_per_m2: Figure | None = None
    width_mm: Annotated[Decimal, within(0, 1_000, above=True)] | None = None
    """Mass per area in g/m2, of wrap and tape, and width in mm, of tape only."""
    seam_overlap_mm: LengthMm | None = None
    """How far a strip runs past each end of the seam it closes, in mm. Tape only."""
    year: Note = ""
    region: Note = ""
    piece_g: Figure | None = None
    """Mass of one piece, in g. Label only."""
    price_per_kg_minor: Rate | None = None
    """Price of a kilogram in minor units of the catalog's currency, perhaps of a fraction; None is unknown."""
    cushions: bool = False
    """Whether it protects fragile goods beside it: loose fill and air pillows do not. Void fill only."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for name in _NEEDS.get(self.kind, ()):
            if getattr(self, name) is None:
                yield FieldViolation(name, f"must be given for {self.kind.value}")
        if self.kind is DunnageKind.CUSHIONING and self.grammage_g_per_m2 is None and not self.has_curve:
            yield FieldViolation("grammage_g_per_m2", _NO_WRAP_OR_PADS)
        if self.cushions and self.kind is not DunnageKind.VOID_FILL:
            yield FieldViolation("cushions", f"must be given of void fill only, not of {self.kind.value}")
        for figure in ("thickness_mm", "static_stress_kpa"):
            least, most = getattr(self, f"min_{figure}"), getattr(self, f"max_{figure}")
            if least is not None and most is not None and least > most:
                yield FieldViolation(f"min_{figure}", f"must not be above max_{figure} {most}, got {least}")

    def __hash__(self) -> int:
        # As that of a box type: of what tells dunnage of one id in many catalogs apart.
        figures = (self.density_kg_per_m3, self.cushion_factor, self.grammage_g_per_m2, self.piece_g)
        return hash((self.dunnage_id, self.material_id, figures, self.price_per_kg_minor))

    @property
    def wraps(self) -> bool:
        """Whether it is cushioning that is wrapped round goods, by its mass per area."""
        return self.kind is DunnageKind.CUSHIONING and self.grammage_g_per_m2 is not None

    @property
    def has_curve(self) -> bool:
        """Whether pads of it can be worked out: a cushion factor, its whole range of static stress, and a density."""
        figures = (self.cushion_factor, self.min_static_stress_kpa, self.max_static_stress_kpa, self.density_kg_per_m3)
        return self.kind is DunnageKind.CUSHIONING and None not in figures
