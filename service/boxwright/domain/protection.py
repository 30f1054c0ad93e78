"""How the units of an order line are protected in a parcel, as a plan states it."""

import enum
from dataclasses import dataclass

from boxwright import units
from boxwright.domain.order import FragilityClass


class ProtectionRule(enum.StrEnum):
    """Which rule protects a unit."""

    TESTED_PACK = "tested_pack"
    PRACTICE = "practice"
    PHYSICS = "physics"


_WORDS = {
    # Such packs are for the goods; nothing says that anybody tested them.
    ProtectionRule.TESTED_PACK: "pack with compartments",
    ProtectionRule.PRACTICE: "practice",
    ProtectionRule.PHYSICS: "physics",
}
ASKED_RULES = (ProtectionRule.PRACTICE, ProtectionRule.PHYSICS)
"""Rules that a policy may ask for: packs with compartments are box types of the catalog."""


@dataclass(frozen=True, slots=True)
class LineProtection:
    """What protects the units of one order line in a parcel, and by which rule.

    Attributes
    ----------
    line_id : str
        The order line.
    rule : ProtectionRule
        ``practice``: gaps by fragility class; ``physics``: pads by G-level and drop height; ``tested_pack``: a
        compartment of the box.
    fragility_class : FragilityClass
        The class that counts.
    half_gap_um : int
        Kept free round each unit, in um: the thickness of pads, where it lies on pads.
    wall_margin_um : int
        Kept free between that and each wall, floor and lid, in um.
    wrap_layers : int
        Layers of wrap round each unit.
    pad_edge_um : int
        Edge of the square pad on each of the six faces, in um; 0 without pads.
    reason : str
        Why the class counts.
    source : str
        Where the figures come from.
    """

    line_id: str
    rule: ProtectionRule
    fragility_class: FragilityClass
    half_gap_um: int = 0
    wall_margin_um: int = 0
    wrap_layers: int = 0
    pad_edge_um: int = 0
    reason: str = ""
    source: str = ""
    half_gap_mm = units.InUnits()
    wall_margin_mm = units.InUnits()
    pad_edge_mm = units.InUnits()

    @property
    def to_walls_um(self) -> int:
        """Distance from the goods to each wall, in um."""
        return self.half_gap_um + self.wall_margin_um

    def __str__(self) -> str:
        to_walls = f"{units.exact(self.to_walls_um)} mm"
        if self.rule is ProtectionRule.TESTED_PACK:
            what = "in a compartment of its own"
        elif self.pad_edge_um:
            what = f"a pad of {to_walls} on each face, {units.exact(self.pad_edge_um)} mm square"
        else:
            layers = f"{self.wrap_layers} layer{'s' if self.wrap_layers > 1 else ''} of wrap"
            parts = [
                *([layers] if self.wrap_layers else []),
                *([f"{to_walls} to each wall"] if self.to_walls_um else []),
            ]
            what = ", ".join(parts) or "nothing round it"
        return f"{self.line_id}: {what} ({_WORDS[self.rule]}, {self.source})"
