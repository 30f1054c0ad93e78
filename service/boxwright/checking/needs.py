"""Protection and load limits of units by the data in ``materials/``, computed independently of planning."""

import dataclasses
import math
import operator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from boxwright import units
from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import FragilityRule, SpecialHandlingRule
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, FragilityClass, Item, Order, SoftGoods
from boxwright.stop import NEVER, Stop

_NEWTON_PER_KG = Fraction("9.80665")


@dataclass(frozen=True, slots=True)
class Pads:
    """The six square pads on the faces of a unit: thickness and edge in um, total mass in mg."""

    thickness_um: int
    edge_um: int
    mass_mg: int


@dataclass(frozen=True, slots=True)
class Need:
    """The protection that a unit needs; lengths in um."""

    fragility_class: FragilityClass = FragilityClass.EASY
    half_gap_um: int = 0  # on each face
    wall_margin_um: int = 0  # from the half-gap to each wall
    wrap_layers: int = 0
    wrap_layers_in_pack: int = 0
    cushion_fill: bool = False  # the void fill of its parcel must cushion
    mailer: bool = True  # it may ship in a mailer
    heaviest_beside_mg: int | None = None  # greatest mass of a heavier unit in its parcel; None: unlimited
    needs_pack: bool = False  # it needs a compartment if a pack takes it
    pads: Pads | None = None  # instead of gaps and wrap; None under the practice rule
    fault: str = ""  # why the protection is unknown
    inner_gap_um: int = 0  # on each face in its inner box; gaps and margins are then outside that box


def with_fragility_rules(order: Order, materials: Materials | None, stop: Stop = NEVER) -> Order:
    """Return the order with the load limits and orientations that its lines do not state themselves.

    They follow from the row of ``fragility_classes.csv`` for the stated class or G-level, otherwise for the article.
    Boxed goods of known mass carry a multiple of it. Other goods of known mass carry the load that mass and density
    make plausible. Light goods without an article carry less beside heavier hard goods. Soft goods carry at least all
    soft goods of the order, if the rest of the order weighs more.
    """
    materials = materials or load_materials()
    order_mg = sum(line.mass_mg * line.quantity for line in order.lines)
    soft_mg = sum(line.mass_mg * line.quantity for line in order.lines if _is_soft(line, materials))
    hard_mg = max((line.mass_mg for line in order.lines if _is_hard(line, materials)), default=0)
    lines = tuple(_with_rules(line, order_mg, soft_mg, hard_mg, materials, stop) for line in order.lines)
    if all(map(operator.is_, lines, order.lines)):
        return order  # the usual case: validating a copy takes time
    return dataclasses.replace(order, lines=lines)


def _is_soft(line: Item, materials: Materials) -> bool:
    if line.soft_goods is not None or line.article not in materials.articles:
        return line.soft_goods is not None
    return materials.articles[line.article].soft and line.fragility is None and not line.inner_cushion_um


def _is_hard(line: Item, materials: Materials) -> bool:
    """Whether units are rigid and not lighter for their size than hard goods."""
    least = materials.blocking_rules["hard_density"].value
    return line.mass_mg * 10**9 >= least * math.prod(line.edges_um) and not _is_soft(line, materials)


def _with_rules(line: Item, order_mg: int, soft_mg: int, hard_mg: int, materials: Materials, stop: Stop) -> Item:
    stop.look()
    rules, article = _rules_of(line, materials), materials.articles.get(line.article)
    own: dict[str, Any] = {}
    limits = [] if rules is None or rules.max_load_g is None else [units.to_mg(float(rules.max_load_g))]
    by_article = None if article is None else article.bears
    times = [rule.bears for rule in _handling(line, materials)] if by_article is None else [by_article]
    if rules is not None and rules.fragility_class is FragilityClass.BOXED:
        times.append(materials.protection_rules["boxed_bears"].value)
    limits += [int(most * line.mass_mg) for most in times if most is not None and line.mass_mg > 0]
    if not limits:
        least_mg = soft_mg if _is_soft(line, materials) else 0
        limits = _plausible(line, least_mg, materials)
        light = line.soft_goods is None and not line.article and not _is_hard(line, materials)
        thick = min(line.edges_um) >= materials.protection_rules["light_edge_mm"].value * units.UM_PER_MM
        if limits and light and thick and line.mass_mg < hard_mg:
            limits = [math.floor(materials.protection_rules["light_bears"].value * line.mass_mg)]
        limits = [limit for limit in limits if limit < order_mg - line.mass_mg]
    if line.max_load_g is None and limits:
        own["max_load_mg"] = min(limits)
    upright = (rules is not None and rules.upright) or (article is not None and article.upright)
    upright = upright or any(rule.upright for rule in _handling(line, materials))
    on_edge, ways = article is not None and article.on_edge, list(ALL_ORIENTATIONS)
    soft_article = line.soft_goods is None and _is_soft(line, materials)
    if soft_article:
        own["soft_goods"] = SoftGoods()
    if upright or (line.soft_goods is not None and line.soft_goods.max_folds):
        ways = list(UPRIGHT)
    elif on_edge:
        ways = [way for way in ALL_ORIENTATIONS if way.rotate(*line.edges_um)[2] >= sorted(line.edges_um)[1]]
    elif article is not None and article.handle and line.length_um != line.width_um:
        across = "L" if line.length_um > line.width_um else "W"
        ways = [way for way in ALL_ORIENTATIONS if way.value[2] != across]
    elif any(rule.lies for rule in _handling(line, materials)) and line.soft_goods is None:
        ways = [way for way in ALL_ORIENTATIONS if way.rotate(*line.edges_um)[2] <= sorted(line.edges_um)[1]]
    elif soft_article:
        ways = [way for way in ALL_ORIENTATIONS if way.rotate(*line.edges_um)[2] == min(line.edges_um)]
    if len(ways) < len(ALL_ORIENTATIONS) == len(set(line.orientations)):
        own["orientations"] = tuple(ways)
    return changed(line, **own) if own else line


def _plausible(line: Item, least_mg: int, materials: Materials) -> list[int]:
    """Return the load in mg that a unit plausibly carries; empty if mass or size is unknown, or the load above a tonne.

    The load is a pile of equal goods on the largest face; its height is the density in g/cm3 times a length in m.
    """
    low_um, volume_um3 = min(line.edges_um), math.prod(line.edges_um)
    if not line.mass_mg or not low_um:
        return []
    rules = (materials.protection_rules[name].value for name in ("borne_pile", "least_borne"))
    (pile, of_pile), (least, of_least) = (value.as_integer_ratio() for value in rules)
    like = pile * 10**15 * line.mass_mg**2 // (of_pile * volume_um3 * low_um)
    carried = max(like, least * line.mass_mg // of_least, least_mg)
    return [carried] if carried < units.MG_PER_TONNE else []


def _handling(line: Item, materials: Materials) -> list[SpecialHandlingRule]:
    """Return the rules of special handling for a line and for its article."""
    kinds = set(line.special_handling)
    if line.article in materials.articles:
        kinds.update(materials.articles[line.article].special_handling)
    return [rule for kind, rule in materials.special_handling.items() if kind in kinds]


def _rules_of(line: Item, materials: Materials) -> FragilityRule | None:
    """Return the rules of the fragility class of a line, or None."""
    if line.fragility is None:
        article = materials.articles.get(line.article)
        return None if article is None else materials.fragility_classes[article.fragility_class]
    if line.fragility.fragility_class is not None:
        return materials.fragility_classes[line.fragility.fragility_class]
    return _class_at(line.fragility.g_level, materials)


def _class_at(g_level: float | None, materials: Materials) -> FragilityRule | None:
    """Return the rules of the first class whose bound is above a G-level, or None."""
    if g_level is None:
        return None
    level, by_class = Decimal(str(g_level)), materials.fragility_classes
    bounded = sorted((row.g_below, row.fragility_class) for row in by_class.values() if row.g_below is not None)
    return next((by_class[name] for bound, name in bounded if level < bound), None)


def need_of(
    line: Item,
    materials: Materials,
    service: str = "",
    foam: Dunnage | None = None,
    profile: str = "",
    *,
    beside_hard: bool = False,
) -> Need:
    """Return the protection that a unit of a line needs with a carrier service, given as ``carrier/service``.

    ``beside_hard``: the order has hard goods, so an article keeps the half-gap of its class. Pads are of ``foam``, for
    the drops of a handling profile; without foam the practice rule holds.
    """
    rules = _rules_of(line, materials) or materials.fragility_classes[FragilityClass.EASY]
    if fault := _fault(line, rules, materials):
        return Need(fault=fault)
    handling = _handling(line, materials)
    mailer = rules.mailer and all(rule.mailer for rule in handling)
    beside_g = [rules.heaviest_beside_g, *(rule.heaviest_beside_g for rule in handling)]
    beside_mg = min((units.to_mg(float(most_g)) for most_g in beside_g if most_g is not None), default=None)
    own = materials.carrier_margins.get((service.split("/")[0], rules.fragility_class))
    gap_um = math.ceil(1_000 * rules.half_gap_mm)
    margin_um = math.ceil(1_000 * (rules.wall_margin_mm if own is None else own.wall_margin_mm))
    inside_um, article = line.inner_cushion_um, materials.articles.get(line.article)
    close = None if article is None or beside_hard else article.half_gap_mm
    if close is not None and 1_000 * close < gap_um and rules.fragility_class is not FragilityClass.VERY_FRAGILE:
        gap_um, margin_um = math.ceil(1_000 * close), margin_um + gap_um - math.ceil(1_000 * close)
    if rules.fragility_class is FragilityClass.VERY_FRAGILE:
        inner_um = max(math.ceil(1_000 * materials.protection_rules["box_in_box_gap_mm"].value) - inside_um, 0)
        layers = rules.wrap_layers if inner_um else 0
        in_pack = layers if article is not None and article.wrapped_in_pack else 0
        very = (rules.fragility_class, gap_um, margin_um, layers, in_pack, rules.cushion_fill, mailer, beside_mg)
        return Need(*very, inner_gap_um=inner_um)
    # Cushioning inside the sales packaging reduces the margin first, then the gap.
    cushioned = 0 < gap_um + margin_um <= inside_um
    return Need(
        rules.fragility_class,
        max(gap_um - max(inside_um - margin_um, 0), 0),
        max(margin_um - inside_um, 0),
        0 if cushioned else rules.wrap_layers,
        rules.wrap_layers if article is not None and article.wrapped_in_pack and not cushioned else 0,
        rules.cushion_fill and not cushioned,
        mailer,
        beside_mg,
        # Goods that are ready to ship were packed for transport by their maker.
        article is not None
        and 0 < article.pack_from <= line.quantity
        and (rules.fragility_class.breakable or article.pack_from == 1)
        and rules.fragility_class is not FragilityClass.SHIP_READY,
        None if foam is None else _pads(line, foam, materials, profile),
    )


def has_hard_goods(order: Order, materials: Materials) -> bool:
    """Whether an order has sturdy rigid goods so heavy that an article keeps the half-gap of its class."""
    least_kg, easy = materials.protection_rules["apart_mass"].value, materials.fragility_classes[FragilityClass.EASY]
    for line in order.lines:
        sturdy = (_rules_of(line, materials) or easy).fragility_class.sturdy
        if line.mass_mg > least_kg * units.MG_PER_KG and sturdy and line.soft_goods is None:
            return True
    return False


def _fault(line: Item, rules: FragilityRule, materials: Materials) -> str:
    """Return the reason why the protection of a line is unknown, or an empty string."""
    article, stated = materials.articles.get(line.article), line.fragility
    if line.article and article is None:
        return f"article {line.article!r:.80} is unknown"
    if stated is None and article is not None and article.refused:
        return article.refused
    if line.soft_goods is not None and not rules.fragility_class.sturdy:
        return f"soft goods cannot be {rules.fragility_class.value!r}"
    if stated is not None and stated.fragility_class is not None and stated.fragility_class.sturdy:
        by_level = _class_at(stated.g_level, materials)
        if by_level is not None and by_level.fragility_class.breakable:
            return f"{stated.g_level:g} G is fragile and contradicts class {stated.fragility_class!s}"
    return ""


def _pads(line: Item, foam: Dunnage, materials: Materials, profile: str) -> Pads | None:
    """Return the smallest pads that stop a unit within its G-level, or None if the foam cannot.

    Ideal foam stops a unit within ``h / G``, real foam within C times that. The edge of the pads must prevent buckling,
    keep the static stress within the cushion curve, and fit on every face.
    """
    level = None if line.fragility is None else line.fragility.g_level
    factor, density = foam.cushion_factor, foam.density_kg_per_m3
    lowest, highest = foam.min_static_stress_kpa, foam.max_static_stress_kpa
    if level is None or factor is None or density is None or lowest is None or highest is None:
        return None
    rule = {name: Fraction(each.value) for name, each in materials.protection_rules.items()}
    drops = materials.handling_profiles[profile].drops_per_face if profile in materials.handling_profiles else None
    repeated = foam.multi_drop_factor if drops is not None and drops > 1 and foam.multi_drop_factor else 1
    bands = sorted(materials.drop_heights[profile], key=lambda band: band.above_kg)
    kg = Decimal(line.mass_mg) / units.MG_PER_KG
    band = next((band for band in bands if band.up_to_kg is None or kg <= band.up_to_kg), bands[-1])
    stopped_mm = Fraction(factor) * Fraction(repeated) * Fraction(band.height_mm) / Fraction(str(level))
    least_mm = max(rule["least_pad_mm"], Fraction(foam.min_thickness_mm or 0))
    thick_um = math.ceil(max(1_000 * stopped_mm - line.inner_cushion_um, 1_000 * least_mm))
    newton = _NEWTON_PER_KG * line.mass_mg / units.MG_PER_KG
    # 1 N on 1 kPa is 1,000 mm2, that is 10^9 square um.
    least_um2 = max((rule["buckling_factor"] * thick_um) ** 2, newton * 10**9 / Fraction(highest))
    edge_um = math.isqrt(math.ceil(least_um2))
    edge_um += edge_um**2 < least_um2
    too_thick = foam.max_thickness_mm is not None and thick_um > 1_000 * foam.max_thickness_mm
    if too_thick or edge_um**2 > newton * 10**9 / Fraction(lowest) or edge_um > min(line.edges_um):
        return None
    return Pads(thick_um, edge_um, round(6 * edge_um**2 * thick_um * Fraction(density) / 10**12))
