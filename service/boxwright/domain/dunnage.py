"""Dunnage: everything that is packed besides the goods."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from boxwright.domain.fields import Id, Note, within
from boxwright.domain.source_grade import Sourced
from boxwright.errors import FieldViolation


class DunnageKind(enum.StrEnum):
    """Purpose of dunnage."""

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
"""Figures that a kind of dunnage requires."""
_NO_WRAP_OR_PADS = (
    "must be given for wrap; pads have density_kg_per_m3, cushion_factor,"
    " min_static_stress_kpa and max_static_stress_kpa instead"
)


@dataclass(frozen=True, slots=True)
class Dunnage(Sourced):
    """A product for cushioning, void fill, tape, blocking or labels."""

    dunnage_id: Id
    """Id, unique in ``materials/``."""
    kind: DunnageKind
    material_id: str
    """Material whose factor applies."""
    density_kg_per_m3: Figure | None = None
    """Mass per filled volume (1 kg/m3 = 1 g/L), for pads, void fill and blocking."""
    cushion_factor: Annotated[Decimal, within(1)] | None = None
    """C of ``t = C h / G`` (dimensionless), for pads. At least 1, since a constant force stops a fall over the drop
    height divided by the G-level."""
    min_thickness_mm: LengthMm | None = None
    max_thickness_mm: LengthMm | None = None
    """Thickness range in mm, for pads."""
    min_static_stress_kpa: Figure | None = None
    max_static_stress_kpa: Figure | None = None
    """Range of static stress for the cushion factor, in kPa, for pads."""
    multi_drop_factor: Annotated[Decimal, within(1, 100)] | None = None
    """Multiplier of the cushion factor if a face takes several drops, for pads."""
    grammage_g_per_m2: Figure | None = None
    width_mm: Annotated[Decimal, within(0, 1_000, above=True)] | None = None
    """Mass per area in g/m2, for wrap and tape; width in mm, for tape."""
    seam_overlap_mm: LengthMm | None = None
    """Length by which a strip passes each end of its seam, in mm, for tape."""
    year: Note = ""
    region: Note = ""
    piece_g: Figure | None = None
    """Mass of a piece in g, for labels."""
    price_per_kg_minor: Rate | None = None
    """Price of a kilogram in minor units of the catalog's currency, fractions allowed; None if unknown."""
    cushions: bool = False
    """Whether it protects fragile goods beside it, unlike loose fill and air pillows; for void fill."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for name in _NEEDS.get(self.kind, ()):
            if getattr(self, name) is None:
                yield FieldViolation(name, f"must be given for {self.kind.value}")
        if self.kind is DunnageKind.CUSHIONING and self.grammage_g_per_m2 is None and not self.has_curve:
            yield FieldViolation("grammage_g_per_m2", _NO_WRAP_OR_PADS)
        if self.cushions and self.kind is not DunnageKind.VOID_FILL:
            yield FieldViolation("cushions", f"must be absent for {self.kind.value}, since only void fill has it")
        for figure in ("thickness_mm", "static_stress_kpa"):
            least, most = getattr(self, f"min_{figure}"), getattr(self, f"max_{figure}")
            if least is not None and most is not None and least > most:
                yield FieldViolation(f"min_{figure}", f"must not be above max_{figure} {most}, got {least}")

    def __hash__(self) -> int:
        # These fields distinguish dunnage of one id in different catalogs.
        figures = (self.density_kg_per_m3, self.cushion_factor, self.grammage_g_per_m2, self.piece_g)
        return hash((self.dunnage_id, self.material_id, figures, self.price_per_kg_minor))

    @property
    def wraps(self) -> bool:
        """Whether it is wrap: cushioning with a mass per area."""
        return self.kind is DunnageKind.CUSHIONING and self.grammage_g_per_m2 is not None

    @property
    def has_curve(self) -> bool:
        """Whether pads can be computed: it has cushion factor, range of static stress and density."""
        figures = (self.cushion_factor, self.min_static_stress_kpa, self.max_static_stress_kpa, self.density_kg_per_m3)
        return self.kind is DunnageKind.CUSHIONING and None not in figures
