"""Load limits and orientations that follow from fragility class, article, mass and density."""

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

from boxwright.catalog.materials import Materials
from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, FragilityClass, Item, Order, SoftGoods
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.protection.care import Care, as_dense, care_of, handled_as
from boxwright.stop import NEVER, Stop
from boxwright.units import MG_PER_TONNE, UM_PER_MM


def with_class_rules(order: Order, materials: Materials, stop: Stop = NEVER) -> Order:
    """Return an order whose lines have the load limits and orientations of their class and article.

    ``max_load_g`` and orientations of the line itself win; all six orientations count as none stated. Goods of a soft
    article become soft goods. These and soft goods that fold lie flat: on an edge they slide down and crease.
    If neither line nor class has a load limit, the limit is what mass and density make plausible, and for soft goods at
    least the mass of all soft goods of the order. Light goods without an article bear less beside heavier hard goods.
    A limit above the mass of all other goods is left out.

    Raises
    ------
    InvalidInputError
        As ``care_of``.
    """
    goods_mg = sum(line.quantity * line.mass_mg for line in order.lines)
    lines = []
    for line in order.lines:
        stop.look()
        lines.append(_lying(ruled(line, materials), materials))
    soft_mg = sum(line.quantity * line.mass_mg for line in lines if line.soft_goods is not None)
    hard_mg = max((line.mass_mg for line in lines if as_dense(line, "hard_density", materials)), default=0)
    for at, line in enumerate(lines):
        stop.look()
        lines[at] = _bearing(line, goods_mg, soft_mg if line.soft_goods is not None else 0, hard_mg, materials)
    if all(one is other for one, other in zip(lines, order.lines, strict=True)):
        return order
    return dataclasses.replace(order, lines=tuple(lines))


def ruled(line: Item, materials: Materials) -> Item:
    """Return a line with the rules of its class and article; the same object if none applies."""
    if not line.care_field:
        return line
    care = care_of(line, materials)
    own: dict[str, Any] = {}
    bears_mg = _bears_mg(line, care, materials)
    if bears_mg is not None and line.max_load_g is None:
        own["max_load_mg"] = bears_mg
    if set(line.orientations) == set(ALL_ORIENTATIONS):
        if care.upright:
            own["orientations"] = UPRIGHT
        elif care.on_edge:
            middle = sorted(line.edges_um)[1]
            own["orientations"] = tuple(way for way in ALL_ORIENTATIONS if way.rotate(*line.edges_um)[2] >= middle)
        elif care.handle and line.length_um != line.width_um:
            across = "L" if line.length_um > line.width_um else "W"
            own["orientations"] = tuple(way for way in ALL_ORIENTATIONS if way.value[2] != across)
        elif care.lies and line.soft_goods is None:
            middle = sorted(line.edges_um)[1]
            ways = tuple(way for way in ALL_ORIENTATIONS if way.rotate(*line.edges_um)[2] <= middle)
            own |= {"orientations": ways} if len(ways) < len(ALL_ORIENTATIONS) else {}
    return changed(line, **own) if own else line


def _bears_mg(line: Item, care: Care, materials: Materials) -> int | None:
    """Return the load limit of class, article and special handling, in mg; None is unlimited.

    Goods in their retail carton, bags and liquids carry a multiple of their own mass, if that is known.
    """
    article = materials.articles.get(line.article)
    times = [rule.bears for rule in handled_as(line, materials)]
    if article is not None and article.bears is not None:
        times = [article.bears]
    if care.fragility_class is FragilityClass.BOXED:
        times.append(materials.protection_rules["boxed_bears"].value)
    limits = [math.floor(most * line.mass_mg) for most in times if most is not None and line.mass_mg]
    return min((limit for limit in (*limits, care.max_load_mg) if limit is not None), default=None)


def _bearing(line: Item, goods_mg: int, least_mg: int, hard_mg: int, materials: Materials) -> Item:
    """Return a line with a plausible load limit, if it has none and other goods of the order may exceed it.

    A unit bears a pile of equal units that lie flat, as high as its density allows, but at least two units and
    ``least_mg``. A light unit without an article bears less in an order with a heavier hard unit, of mass
    ``hard_mg``.
    """
    mass_mg, volume_um3 = line.mass_mg, math.prod(line.edges_um)
    if line.max_load_mg is not None or not mass_mg or not volume_um3:
        return line
    least, pile = (materials.protection_rules[name].value for name in ("least_borne", "borne_pile"))
    above, below = pile.as_integer_ratio()
    # 1 m per g/cm3 equals 10^15 um per mg/um3.
    by_pile = mass_mg**2 * above * 10**15 // (volume_um3 * min(line.edges_um) * below)
    bears_mg = max(math.floor(least * mass_mg), by_pile, least_mg)
    rigid = line.soft_goods is None and not line.article
    thick = min(line.edges_um) >= materials.protection_rules["light_edge_mm"].value * UM_PER_MM
    if mass_mg < hard_mg and rigid and thick and not as_dense(line, "hard_density", materials):
        bears_mg = math.floor(materials.protection_rules["light_bears"].value * mass_mg)
    return changed(line, max_load_mg=bears_mg) if bears_mg < min(goods_mg - mass_mg, MG_PER_TONNE) else line


def _lying(line: Item, materials: Materials) -> Item:
    """Return a line whose soft goods lie flat if they fold; goods of a soft article become soft goods."""
    if line.soft_goods is not None:
        free = line.soft_goods.max_folds and set(line.orientations) == set(ALL_ORIENTATIONS)
        return changed(line, orientations=UPRIGHT) if free else line
    article = materials.articles.get(line.article)
    if article is None or not article.soft or line.fragility is not None or line.inner_cushion_um:
        return line
    flat = tuple(way for way in ALL_ORIENTATIONS if way.rotate(*line.edges_um)[2] == min(line.edges_um))
    free = set(line.orientations) == set(ALL_ORIENTATIONS)
    return changed(line, soft_goods=SoftGoods(), orientations=flat if free else line.orientations)


def class_warnings(order: Order, materials: Materials, stop: Stop = NEVER) -> tuple[PlanWarning, ...]:
    """Return a warning for each line of the order, as given, to which its class or article adds a rule."""
    found = []
    for index, line in enumerate(order.lines):
        stop.look()
        with_rules = ruled(line, materials)
        if with_rules is line:
            continue
        care = care_of(line, materials)
        added, override = [], []
        if with_rules.max_load_g != line.max_load_g:
            most_g = with_rules.max_load_g
            added.append(f"it carries at most {most_g:g} g" if most_g else "nothing is stacked on it")
            override.append("max_load_g")
        if with_rules.orientations != line.orientations:
            flags = {"its height stays upright": care.upright, "it stands on edge": care.on_edge}
            flags |= {"it stands on no handle": care.handle, "it lies, never on an end": care.lies}
            added.append(next(words for words, holds in flags.items() if holds))
            override.append("orientations (fewer than all six)")
        kinds = ", ".join(filter(None, (line.article, *line.special_handling)))
        text = (
            f"line {line.line_id!r} is {care.fragility_class.value}{f' ({kinds})' if kinds else ''}:"
            f" {' and '.join(added)}; set {' or '.join(override)} to override"
        )
        found.append(PlanWarning(WarningCode.CLASS_RULE_ADDED, f"lines[{index}].{line.care_field}", text))
    return tuple(found)


def article_warnings(order: Order, materials: Materials, stop: Stop = NEVER) -> Iterator[PlanWarning]:
    """Yield a warning for each line that contradicts its article with a sturdier class, or by allowing it to lie."""
    sturdiest_first = list(FragilityClass)
    for index, line in enumerate(order.lines):
        stop.look()
        if not line.article:
            continue
        care, article = care_of(line, materials), materials.articles[line.article]
        stated, name = line.fragility, article.fragility_class.value
        if stated is not None and sturdiest_first.index(care.fragility_class) < sturdiest_first.index(
            article.fragility_class
        ):
            by = "g_level" if stated.fragility_class is None else "fragility_class"
            text = f"line {line.line_id!r} is {care.fragility_class.value} by its {by}, but {line.article!r} is {name}"
            text += f" ({article.reason}); the line decides"
            if article.pack_from == 1:
                stays = "it still goes into a pack with compartments where one takes it"
                text += f", and {stays if care.pack_from else 'no pack with compartments is asked for'}"
            yield PlanWarning(WarningCode.ARTICLE_OVERRIDDEN, f"lines[{index}].fragility.{by}", text)
        allowed = set(line.orientations)
        if article.upright and allowed != set(ALL_ORIENTATIONS) and not allowed <= set(UPRIGHT):
            text = f"line {line.line_id!r} may lie by its orientations, but {line.article!r} is shipped standing"
            at = f"lines[{index}].orientations"
            yield PlanWarning(WarningCode.ARTICLE_OVERRIDDEN, at, f"{text} ({article.reason}); the line decides")


def special_handling_warnings(
    order: Order, materials: Materials, service: str = "", stop: Stop = NEVER
) -> Iterator[PlanWarning]:
    """Yield a warning for each line with special handling, and for each kind that a carrier's service refuses."""
    for index, line in enumerate(order.lines):
        stop.look()
        rules = handled_as(line, materials)
        at = f"lines[{index}].{'special_handling' if line.special_handling else 'article'}"
        if rules:
            kinds = " and ".join(rule.special_handling.value for rule in rules)
            text = f"line {line.line_id!r} is {kinds}: ask the carrier whether it takes that and how; a plan and its"
            text += " marks are not a declaration of dangerous goods"
            yield PlanWarning(WarningCode.SPECIAL_HANDLING, at, text)
        for rule in rules:
            if service in rule.refused_by:
                text = f"line {line.line_id!r} is {rule.special_handling.value}, and {service!r}: {rule.refusal}"
                yield PlanWarning(WarningCode.REFUSED_BY_CARRIER, at, text)


def upright_words(line: Item, materials: Materials) -> str:
    """Return why class, article or special handling limits the orientations of a line; empty if none does."""
    if ruled(line, materials).orientations == line.orientations:
        return ""
    override = "(orientations of the line, fewer than all six, override that)"
    care, article = care_of(line, materials), materials.articles.get(line.article)

    def handled(column: str) -> str:
        return " and ".join(
            rule.special_handling.value for rule in handled_as(line, materials) if getattr(rule, column)
        )

    if care.upright:
        why = f"it is {handled('upright')}"
        if materials.fragility_classes[care.fragility_class].upright:
            why = care.reason
        elif article is not None and article.upright:
            why = f"article {article.article!r} is shipped standing ({article.reason})"
        return f"{why}, which keeps its height upright {override}"
    if care.on_edge and article is not None:
        return f"article {article.article!r} is shipped on edge ({article.reason}) {override}"
    if care.handle and article is not None:
        return f"article {article.article!r} stands on no handle ({article.reason}) {override}"
    return f"it is {handled('lies')}, which lies, never on an end {override}"
