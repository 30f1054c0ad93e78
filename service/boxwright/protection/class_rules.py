"""What follows from fragility besides gaps and wrap: what a unit may carry, and how it may lie."""

import dataclasses
import math
from collections.abc import Iterator
from typing import Any

from boxwright.catalog.materials import Materials
from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, FragilityClass, Item, Order, SoftGoods
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.protection.care import Care, care_of, handled_as
from boxwright.stop import NEVER, Stop
from boxwright.units import MG_PER_TONNE


def with_class_rules(order: Order, materials: Materials, stop: Stop = NEVER) -> Order:
    """Return an order whose lines have the load limit and the orientations of their fragility class and article.

    A line's own ``max_load_g`` wins, and so do orientations of its own; one that allows all six says nothing of them.
    Goods of a soft article become soft goods, and those that fold lie flat: on their edge they slide down and crease.
    Goods of which neither line nor class says what they bear get what is plausible for their mass and density, soft
    ones at least what all soft goods of the order weigh; where all other goods together weigh no more, they get
    nothing. An order without such lines is returned as it is.

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
    lines = [_bearing(line, goods_mg, soft_mg if line.soft_goods is not None else 0, materials) for line in lines]
    if all(one is other for one, other in zip(lines, order.lines, strict=True)):
        return order
    return dataclasses.replace(order, lines=tuple(lines))


def ruled(line: Item, materials: Materials) -> Item:
    """Return a line with the rules of its fragility class and article; the same object where none applies."""
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
        elif care.lies and line.soft_goods is None:
            middle = sorted(line.edges_um)[1]
            ways = tuple(way for way in ALL_ORIENTATIONS if way.rotate(*line.edges_um)[2] <= middle)
            own |= {"orientations": ways} if len(ways) < len(ALL_ORIENTATIONS) else {}
    return changed(line, **own) if own else line


def _bears_mg(line: Item, care: Care, materials: Materials) -> int | None:
    """Return what a unit may carry by its class, in mg; None is unlimited.

    Goods in their retail carton carry some times their own mass; where that is not known, 0, nothing follows from it.
    """
    if care.fragility_class is not FragilityClass.BOXED or not line.mass_mg:
        return care.max_load_mg
    by_mass = math.floor(materials.protection_rules["boxed_bears"].value * line.mass_mg)
    return by_mass if care.max_load_mg is None else min(by_mass, care.max_load_mg)


def _bearing(line: Item, goods_mg: int, least_mg: int, materials: Materials) -> Item:
    """Return a line that bears what is plausible, where nothing says what and other goods of the order may pass it.

    That is a pile of its like, flat on each other, whose height is proportional to its density, or two of its like, or
    the mass given. Where its mass is not known, 0, nothing follows from it.
    """
    mass_mg, volume_um3 = line.mass_mg, math.prod(line.edges_um)
    if line.max_load_mg is not None or not mass_mg or not volume_um3:
        return line
    least, pile = (materials.protection_rules[name].value for name in ("least_borne", "borne_pile"))
    above, below = pile.as_integer_ratio()
    # 1 m per g/cm3 is 10^15 um to 1 mg/um3.
    by_pile = mass_mg**2 * above * 10**15 // (volume_um3 * min(line.edges_um) * below)
    bears_mg = max(math.floor(least * mass_mg), by_pile, least_mg)
    return changed(line, max_load_mg=bears_mg) if bears_mg < min(goods_mg - mass_mg, MG_PER_TONNE) else line


def _lying(line: Item, materials: Materials) -> Item:
    """Return a line whose units lie flat where they fold; what its article says is soft is soft goods."""
    if line.soft_goods is not None:
        free = line.soft_goods.max_folds and set(line.orientations) == set(ALL_ORIENTATIONS)
        return changed(line, orientations=UPRIGHT) if free else line
    article = materials.articles.get(line.article)
    if article is None or not article.soft or line.fragility is not None or line.inner_cushion_um:
        return line
    return changed(line, soft_goods=SoftGoods())


def class_warnings(order: Order, materials: Materials, stop: Stop = NEVER) -> tuple[PlanWarning, ...]:
    """Return for each line of an order as given what its fragility class or its article adds to it."""
    found = []
    for index, line in enumerate(order.lines):
        stop.look()
        whole = ruled(line, materials)
        if whole is line:
            continue
        care = care_of(line, materials)
        what, override = [], []
        if whole.max_load_g != line.max_load_g:
            what.append(
                f"it carries at most {whole.max_load_g:g} g" if whole.max_load_g else "nothing is stacked on it"
            )
            override.append("max_load_g")
        if whole.orientations != line.orientations:
            stands = "its height stays upright" if care.upright else "it stands on edge"
            what.append(stands if care.upright or care.on_edge else "it lies, never on an end")
            override.append("orientations (fewer than all six)")
        text = (
            f"line {line.line_id!r} is {care.fragility_class.value}{_of(line)}: {' and '.join(what)};"
            f" set {' or '.join(override)} to override"
        )
        found.append(PlanWarning(WarningCode.CLASS_RULE_ADDED, f"lines[{index}].{line.care_field}", text))
    return tuple(found)


def _of(line: Item) -> str:
    said = ", ".join(filter(None, (line.article, *line.special_handling)))
    return f" ({said})" if said else ""


def article_warnings(order: Order, materials: Materials, stop: Stop = NEVER) -> Iterator[PlanWarning]:
    """Yield which lines contradict their article: by a sturdier class, or by orientations in which it lies."""
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
            text = f"line {line.line_id!r} is {care.fragility_class.value} by its {by}, and {line.article!r} is {name}"
            text += f" ({article.reason}); the line counts"
            if article.pack_from == 1:
                stays = "it still goes into a pack with compartments where one takes it"
                text += f", and {stays if care.pack_from else 'no pack with compartments is asked for'}"
            yield PlanWarning(WarningCode.ARTICLE_OVERRIDDEN, f"lines[{index}].fragility.{by}", text)
        whole = set(line.orientations)
        if article.upright and whole != set(ALL_ORIENTATIONS) and not whole <= set(UPRIGHT):
            text = f"line {line.line_id!r} may lie by its orientations, and {line.article!r} is shipped standing"
            at = f"lines[{index}].orientations"
            yield PlanWarning(WarningCode.ARTICLE_OVERRIDDEN, at, f"{text} ({article.reason}); the line counts")


def special_handling_warnings(
    order: Order, materials: Materials, service: str = "", stop: Stop = NEVER
) -> Iterator[PlanWarning]:
    """Yield which lines ask for special handling, and which of them a carrier's service does not take."""
    for index, line in enumerate(order.lines):
        stop.look()
        rules = handled_as(line, materials)
        at = f"lines[{index}].{'special_handling' if line.special_handling else 'article'}"
        if rules:
            kinds = " and ".join(rule.special_handling.value for rule in rules)
            text = f"line {line.line_id!r} is {kinds}: ask the carrier whether it takes that and how; a plan and its"
            text += " marks are no declaration of dangerous goods"
            yield PlanWarning(WarningCode.SPECIAL_HANDLING, at, text)
        for rule in rules:
            if service in rule.refused_by:
                text = f"line {line.line_id!r} is {rule.special_handling.value}, and {service!r}: {rule.refusal}"
                yield PlanWarning(WarningCode.REFUSED_BY_CARRIER, at, text)


def upright_words(line: Item, materials: Materials) -> str:
    """Return why a line as given stays upright or on edge by its class or article, in words; empty if it does not."""
    if ruled(line, materials).orientations == line.orientations:
        return ""
    override = "(orientations of its own, fewer than all six, override that)"
    care = care_of(line, materials)
    if care.lies and not care.upright and not care.on_edge:
        return f"it is {_handled(line, materials, 'lies')}, which lies, never on an end {override}"
    if not care.upright:
        return f"article {line.article!r} is shipped on edge ({materials.articles[line.article].reason}) {override}"
    return f"{_upright_reason(line, materials)}, which keeps its height upright {override}"


def _upright_reason(line: Item, materials: Materials) -> str:
    """Return in words whether it is the class, the article or special handling that keeps a line upright."""
    care = care_of(line, materials)
    if materials.fragility_classes[care.fragility_class].upright:
        return care.reason
    article = materials.articles.get(line.article)
    if article is not None and article.upright:
        return f"article {article.article!r} is shipped standing ({article.reason})"
    return f"it is {_handled(line, materials, 'upright')}"


def _handled(line: Item, materials: Materials, how: str) -> str:
    """Return which special handling of a line asks for one of its columns."""
    return " and ".join(rule.special_handling.value for rule in handled_as(line, materials) if getattr(rule, how))
