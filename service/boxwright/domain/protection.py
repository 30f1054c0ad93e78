"""Protection of the units of an order line in a parcel, as a plan states it."""

import enum
from dataclasses import dataclass

from boxwright import units
from boxwright.domain.order import FragilityClass


class ProtectionRule(enum.StrEnum):
    """The rule that protects a unit."""

    TESTED_PACK = "tested_pack"
    PRACTICE = "practice"
    PHYSICS = "physics"
    BOX_IN_BOX = "box_in_box"


_WORDS = {
    # Such packs are made for the goods, but no source states that they were tested.
    ProtectionRule.TESTED_PACK: "pack with compartments",
    ProtectionRule.PRACTICE: "practice",
    ProtectionRule.PHYSICS: "physics",
    ProtectionRule.BOX_IN_BOX: "box in a box",
}
ASKED_RULES = (ProtectionRule.PRACTICE, ProtectionRule.PHYSICS)
"""Rules that a policy may choose; packs with compartments are box types of the catalog."""


@dataclass(frozen=True, slots=True)
class LineProtection:
    """Protection of the units of an order line in a parcel."""

    line_id: str
    rule: ProtectionRule
    """The rule that is applied. ``practice``: gaps by fragility class; ``physics``: pads by G-level and drop height;
    ``tested_pack``: a compartment of the box; ``box_in_box``: each unit is packed in an inner box, and that box by
    practice."""
    fragility_class: FragilityClass
    half_gap_um: int = 0
    """Space kept round each unit, in um, or the thickness of its pads. For a box in a box it is kept round the inner
    box."""
    wall_margin_um: int = 0
    """Space between the half-gap, pads or inner box and each wall, floor and lid, in um."""
    wrap_layers: int = 0
    """Layers of wrap round each unit."""
    pad_edge_um: int = 0
    """Edge of the square pad on each of the six faces, in um; 0 without pads."""
    message: str = ""
    """Reason why the class applies."""
    source: str = ""
    inner_box_type_id: str = ""
    """Inner box type of a box in a box; otherwise empty."""
    inner_gap_um: int = 0
    """Space kept round the goods in the inner box, in um."""
    half_gap_mm = units.InUnits()
    wall_margin_mm = units.InUnits()
    pad_edge_mm = units.InUnits()
    inner_gap_mm = units.InUnits()

    @property
    def to_walls_um(self) -> int:
        """Distance from the goods to each wall, in um."""
        return self.half_gap_um + self.wall_margin_um

    def __str__(self) -> str:
        to_walls = f"{units.exact(self.to_walls_um)} mm"
        layers = f"{self.wrap_layers} layer{'s' if self.wrap_layers > 1 else ''} of wrap"
        if self.rule is ProtectionRule.TESTED_PACK:
            what = ", ".join([*([layers] if self.wrap_layers else []), "in its own compartment"])
        elif self.rule is ProtectionRule.BOX_IN_BOX:
            inside = [f"in {self.inner_box_type_id!r}"]
            inside += [f"{units.exact(self.inner_gap_um)} mm round"] if self.inner_gap_um else []
            inside += [layers] if self.wrap_layers else []
            what = f"{', '.join(inside)}; that box with {to_walls} to each wall"
        elif self.pad_edge_um:
            what = f"a pad of {to_walls} on each face, {units.exact(self.pad_edge_um)} mm square"
        else:
            parts = [
                *([layers] if self.wrap_layers else []),
                *([f"{units.exact(self.half_gap_um)} mm round each unit"] if self.half_gap_um else []),
                *([f"{to_walls} to each wall"] if self.to_walls_um else []),
            ]
            what = ", ".join(parts) or "nothing round it"
        return f"{self.line_id}: {what} ({_WORDS[self.rule]}, {self.source})"
