"""Which figures a kind of dunnage needs, which are the ends of a range, and whose ids are taken."""

from collections.abc import Iterable, Iterator

from boxwright.domain.dunnage import Dunnage, DunnageKind

NEEDS_OF_KIND = {
    DunnageKind.CUSHIONING: (),
    DunnageKind.VOID_FILL: ("density_kg_per_m3",),
    DunnageKind.TAPE: ("grammage_g_per_m2", "width_mm", "seam_overlap_mm"),
    DunnageKind.BLOCKING: ("density_kg_per_m3",),
    DunnageKind.LABEL: ("piece_g",),
}
"""Figures without which a kind of dunnage cannot be used."""

LEAST_CUSHION_FACTOR = 1
"""The constant-force bound: nothing stops a fall over less than its drop height divided by the G-level."""

NO_WRAP_OR_PADS = (
    "must be given for cushioning that is wrapped round goods; pads have density_kg_per_m3, cushion_factor,"
    " min_static_stress_kpa and max_static_stress_kpa instead"
)

RANGES = (
    ("min_thickness_mm", "max_thickness_mm"),
    ("min_static_stress_kpa", "max_static_stress_kpa"),
)
"""Figures that are the ends of a range."""


def figure_rules(dunnage: Dunnage) -> Iterator[tuple[str, str]]:
    """Yield the figures that dunnage of its kind lacks or that contradict each other, each with the rule it breaks."""
    for name in NEEDS_OF_KIND[dunnage.kind]:
        if getattr(dunnage, name) is None:
            yield name, f"must be given for {dunnage.kind.value}"
    if dunnage.kind is DunnageKind.CUSHIONING and dunnage.grammage_g_per_m2 is None and not dunnage.has_curve:
        yield "grammage_g_per_m2", NO_WRAP_OR_PADS
    if dunnage.cushions and dunnage.kind is not DunnageKind.VOID_FILL:
        yield "cushions", f"must be given of void fill only, not of {dunnage.kind.value}"
    if dunnage.cushion_factor is not None and dunnage.cushion_factor < LEAST_CUSHION_FACTOR:
        yield "cushion_factor", f"must be 1 or more, the bound of any cushion, got {dunnage.cushion_factor}"
    for low, high in RANGES:
        least, most = getattr(dunnage, low), getattr(dunnage, high)
        if least is not None and most is not None and least > most:
            yield low, f"must not be above {high} {most}, got {least}"


FREE = ("dunnage_id", "price_per_kg_minor", "year", "region")
"""What a catalog may say otherwise of dunnage that the data folder has, as it may name another source."""


def redefined(dunnage: Dunnage, known: Iterable[Dunnage]) -> str | None:
    """Return the rule that dunnage breaks by the id of known dunnage with other figures; None where it does not.

    A plan names dunnage by its id alone: whoever reads it would take the known figures for those that were used.

    Parameters
    ----------
    dunnage : Dunnage
        Of a catalog.
    known : iterable of Dunnage
        Of the data folder.
    """
    other = next((each for each in known if each.dunnage_id == dunnage.dunnage_id), None)
    if other is None:
        return None
    for name in (*(each for each in Dunnage.__annotations__ if each not in FREE), "read_in_source"):
        mine, theirs = getattr(dunnage, name), getattr(other, name)
        if mine != theirs:
            of = f"{dunnage.dunnage_id!r} of the data, whose {name} is {_said(theirs)} and not {_said(mine)}"
            return f"must be another id than that of {of}"
    return None


def _said(value: object) -> str:
    return "none" if value in (None, "") else str(value).lower()
