"""What units need round them, worked out anew from the rows of the materials: planning has code of its own for it."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import DropHeight, FragilityRule
from boxwright.checking.fragile_lines import class_at, rules_of
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import FragilityClass, Item
from boxwright.units import half_even

STURDY = (FragilityClass.SHIP_READY, FragilityClass.EASY)
"""Classes of what needs nothing round it; plans do not speak of its protection."""
FRAGILE = (FragilityClass.FRAGILE, FragilityClass.VERY_FRAGILE)
"""Classes of what a heavy unit crushes."""
_NEWTON_PER_KG = Fraction("9.80665")


@dataclass(frozen=True, slots=True)
class Pads:
    """The six square pads on the faces of a unit: thickness and edge in um, mass of all in mg."""

    thickness_um: int
    edge_um: int
    mass_mg: int


@dataclass(frozen=True, slots=True)
class Need:
    """What a unit needs round it.

    Attributes
    ----------
    fragility_class : FragilityClass
        The class that counts.
    half_gap_um, wall_margin_um : int
        On each face, and from there to each wall, in um.
    wrap_layers : int
        Layers of wrap.
    cushion_fill, mailer : bool
        Whether the fill of its parcel must cushion; whether it may go into a mailer.
    needs_pack : bool
        Whether it is to stand in a compartment where a pack takes it.
    pads : Pads or None
        What it lies on in place of gaps and wrap; None where the practice rule holds.
    inner_gap_um : int
        On each face in its inner box, in um; gaps and margins are then those of that box.
    fault : str
        Why nobody can say; empty where the above holds.
    """

    fragility_class: FragilityClass
    half_gap_um: int = 0
    wall_margin_um: int = 0
    wrap_layers: int = 0
    cushion_fill: bool = False
    mailer: bool = True
    needs_pack: bool = False
    pads: Pads | None = None
    fault: str = ""
    inner_gap_um: int = 0


NOTHING = Need(FragilityClass.EASY)


def need_of(
    line: Item, materials: Materials, service: str = "", foam: Dunnage | None = None, profile: str = ""
) -> Need:
    """Return what a unit of a line needs.

    Parameters
    ----------
    line : Item
        As ordered.
    materials : Materials
        Rows of classes, articles, margins, drops and rules.
    service : str, optional
        Carrier service of the lane, ``carrier/service``. Default none.
    foam : Dunnage, optional
        What pads are made of. Default none: the practice rule holds.
    profile : str, optional
        Name of the handling profile whose drops pads are for; needed with foam.
    """
    rules = rules_of(line, materials) or materials.fragility_classes[FragilityClass.EASY]
    if fault := _fault(line, rules, materials):
        return Need(FragilityClass.EASY, fault=fault)
    own = materials.carrier_margins.get((service.split("/")[0], rules.fragility_class))
    gap_um, margin_um = _um(rules.half_gap_mm), _um(rules.wall_margin_mm if own is None else own.wall_margin_mm)
    if rules.fragility_class is FragilityClass.VERY_FRAGILE:
        inner_um = max(_um(materials.protection_rules["box_in_box_gap_mm"].value) - line.inner_cushion_um, 0)
        layers = rules.wrap_layers if inner_um else 0
        very = (rules.fragility_class, gap_um, margin_um, layers, rules.cushion_fill, rules.mailer)
        return Need(*very, inner_gap_um=inner_um)
    inside_um = line.inner_cushion_um  # it stands in for the margin first, then for the gap
    cushioned = 0 < gap_um + margin_um <= inside_um
    return Need(
        rules.fragility_class,
        max(gap_um - max(inside_um - margin_um, 0), 0),
        max(margin_um - inside_um, 0),
        0 if cushioned else rules.wrap_layers,
        rules.cushion_fill and not cushioned,
        rules.mailer,
        _needs_pack(line, rules, materials),
        None if foam is None else _pads(line, foam, materials, profile),
    )


def _needs_pack(line: Item, rules: FragilityRule, materials: Materials) -> bool:
    """Whether the article asks for a pack, and the line does not say that its maker has packed it for the way."""
    article = materials.articles.get(line.article)
    return article is not None and article.needs_tested_pack and rules.fragility_class != FragilityClass.SHIP_READY


def _um(mm: Decimal) -> int:
    return math.ceil(mm * 1_000)


def _fault(line: Item, rules: FragilityRule, materials: Materials) -> str:
    """Return why a line's protection cannot be judged; empty where it can."""
    article = materials.articles.get(line.article)
    if line.article and article is None:
        return f"article {line.article!r:.80} is unknown"
    if line.fragility is None and article is not None and article.refused:
        return article.refused
    if line.soft_goods is not None and rules.fragility_class not in STURDY:
        return f"soft goods are {rules.fragility_class.value!r}"
    if line.fragility is not None and line.fragility.g_level is not None and line.fragility.fragility_class in STURDY:
        by_level = class_at(line.fragility.g_level, materials)
        if by_level is not None and by_level.fragility_class in FRAGILE:
            return f"{line.fragility.fragility_class!s} goods of {line.fragility.g_level:g} G are fragile"
    return ""


def _pads(line: Item, foam: Dunnage, materials: Materials, profile: str) -> Pads | None:
    """Return the least pads that stop a unit within its G-level; None where foam has none for it.

    Ideal foam stops a unit over ``h / G``, real foam over C times that. Pads are so wide that they neither buckle nor
    are pressed past the curve, and so small that they are pressed to where it begins, and fit on each face.
    """
    level = None if line.fragility is None else line.fragility.g_level
    factor, density = foam.cushion_factor, foam.density_kg_per_m3
    lowest, highest = foam.min_static_stress_kpa, foam.max_static_stress_kpa
    if level is None or factor is None or density is None or lowest is None or highest is None:
        return None
    rule = {name: Fraction(each.value) for name, each in materials.protection_rules.items()}
    drops = materials.handling_profiles[profile].drops_per_face if profile in materials.handling_profiles else None
    repeated = foam.multi_drop_factor if drops is not None and drops > 1 and foam.multi_drop_factor else 1
    drop_mm = Fraction(_band(line, materials.drop_heights[profile]).height_mm)
    stopped_mm = Fraction(factor) * Fraction(repeated) * drop_mm / Fraction(str(level))
    thick_um = math.ceil(
        max(
            1_000 * stopped_mm - line.inner_cushion_um,
            1_000 * rule["least_pad_mm"],
            1_000 * Fraction(foam.min_thickness_mm or 0),
        )
    )
    newton = _NEWTON_PER_KG * line.mass_mg / 10**6
    # 1 N on 1 kPa is 1,000 mm2, that is 10^9 square um.
    least_um2 = max((rule["buckling_factor"] * thick_um) ** 2, newton * 10**9 / Fraction(highest))
    edge_um = math.isqrt(math.ceil(least_um2))
    edge_um += edge_um**2 < least_um2
    too_thick = foam.max_thickness_mm is not None and thick_um > 1_000 * foam.max_thickness_mm
    if too_thick or edge_um**2 > newton * 10**9 / Fraction(lowest) or edge_um > min(line.edges_um):
        return None
    above, below = (6 * edge_um**2 * thick_um * Fraction(density) / 10**12).as_integer_ratio()
    return Pads(thick_um, edge_um, half_even(above, below))


def _band(line: Item, bands: tuple[DropHeight, ...]) -> DropHeight:
    """Return the lightest band that a unit is not too heavy for, else the heaviest."""
    kg = Decimal(line.mass_mg) / 10**6
    reached = [each for each in bands if each.up_to_kg is None or kg <= each.up_to_kg]
    by_mass = sorted(reached or bands, key=lambda band: band.above_kg)
    return by_mass[0] if reached else by_mass[-1]
