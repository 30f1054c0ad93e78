"""What fragility says of load and orientation, worked out anew: planning has code of its own for it."""

import dataclasses
from decimal import Decimal
from fractions import Fraction
from typing import Any

from boxwright import units
from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import FragilityRule
from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, FragilityClass, Item, Order
from boxwright.stop import NEVER, Stop


def with_fragility_rules(order: Order, materials: Materials | None, stop: Stop = NEVER) -> Order:
    """Return the order with the load limits and orientations that its fragile lines do not state themselves.

    The classes of ``fragility_classes.csv`` say which carry nothing, and a G-level falls under the first of them, from
    the lowest bound on, that it lies below; a line that says nothing of fragility has the class of its article. Goods
    that are ``boxed`` carry so many times their own mass, if that is known. Other rigid goods of known mass carry what
    their mass and density make plausible, where the rest of the order weighs more than that.
    """
    materials = materials or load_materials()
    order_mg = sum(line.mass_mg * line.quantity for line in order.lines)
    lines = tuple(_with_rules(line, order_mg, materials, stop) for line in order.lines)
    return dataclasses.replace(order, lines=lines)


def _with_rules(line: Item, order_mg: int, materials: Materials, stop: Stop) -> Item:
    stop.look()
    rules, article = rules_of(line, materials), materials.articles.get(line.article)
    own: dict[str, Any] = {}
    limits = [] if rules is None or rules.max_load_g is None else [units.to_mg(float(rules.max_load_g))]
    if rules is not None and rules.fragility_class == FragilityClass.BOXED and line.mass_mg > 0:
        limits.append(int(materials.protection_rules["boxed_bears"].value * line.mass_mg))
    elif not limits and line.soft_goods is None:
        limits = [limit for limit in _plausible(line, materials) if limit < order_mg - line.mass_mg]
    if line.max_load_g is None and limits:
        own["max_load_mg"] = min(limits)
    upright = (rules is not None and rules.upright) or (article is not None and article.upright)
    if upright and len(set(line.orientations)) == len(ALL_ORIENTATIONS):
        own["orientations"] = UPRIGHT
    return changed(line, **own) if own else line


def _plausible(line: Item, materials: Materials) -> list[int]:
    """Return what a unit plausibly carries, in mg: nothing is known of one without mass or size, none above a tonne.

    The pile that lies on its largest face is as high as its density, in g/cm3, times so many m.
    """
    low_um, middle_um, high_um = sorted(line.edges_um)
    if not line.mass_mg or not low_um:
        return []
    rule = {name: Fraction(materials.protection_rules[name].value) for name in ("borne_pile", "least_borne")}
    density = Fraction(line.mass_mg * 10**9, low_um * middle_um * high_um)
    like = rule["borne_pile"] * 10**6 * density / low_um
    carried = int(max(like, rule["least_borne"]) * line.mass_mg)
    return [carried] if carried < units.MG_PER_TONNE else []


def rules_of(line: Item, materials: Materials) -> FragilityRule | None:
    """Return the rules of the class that counts; None where no class has a say."""
    by_class = materials.fragility_classes
    if line.fragility is None:
        article = materials.articles.get(line.article)
        return None if article is None else by_class[article.fragility_class]
    if line.fragility.fragility_class is not None:
        return by_class[line.fragility.fragility_class]
    return None if line.fragility.g_level is None else class_at(line.fragility.g_level, materials)


def class_at(g_level: float, materials: Materials) -> FragilityRule | None:
    """Return the rules of the class that a G-level falls in; None above the bounds of all."""
    level, by_class = Decimal(str(g_level)), materials.fragility_classes
    bounded = sorted((each.g_below, each.fragility_class) for each in by_class.values() if each.g_below is not None)
    return next((by_class[name] for bound, name in bounded if level < bound), None)
