"""Which figures a kind of dunnage needs, and which are the ends of a range."""

from boxwright.domain.dunnage import DunnageKind

NEEDS_OF_KIND = {
    DunnageKind.CUSHIONING: ("density_kg_per_m3", "cushion_factor"),
    DunnageKind.VOID_FILL: ("density_kg_per_m3",),
    DunnageKind.TAPE: ("grammage_g_per_m2", "width_mm", "seam_overlap_mm"),
    DunnageKind.BLOCKING: ("density_kg_per_m3",),
    DunnageKind.LABEL: ("piece_g",),
}
"""Figures without which a kind of dunnage cannot be used."""

LEAST_CUSHION_FACTOR = 1
"""The constant-force bound: nothing stops a fall over less than its drop height divided by the G-level."""

RANGES = (
    ("min_thickness_mm", "max_thickness_mm"),
    ("min_static_stress_kpa", "max_static_stress_kpa"),
)
"""Figures that are the ends of a range."""
