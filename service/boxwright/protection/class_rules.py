"""What follows from fragility besides cushioning: what a unit may carry, and how it may lie, by its fragility class."""

import dataclasses
from typing import Any

from boxwright import fuse, units
from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import FragilityRange
from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, Item, Order
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.protection.cushion import g_level


def with_class_rules(order: Order, materials: Materials) -> Order:
    """Return an order whose lines have the load limit and the orientations of their fragility class.

    A line with a G-level has the rules of the most fragile class whose range reaches up to it.
    A line's own ``max_load_g`` wins, and so do orientations of its own; one that allows all six says nothing of them.
    An order without such lines is returned as it is.
    """
    lines = tuple(ruled(line, materials) for line in order.lines)
    if all(one is other for one, other in zip(lines, order.lines, strict=True)):
        return order
    return dataclasses.replace(order, lines=lines)


def ruled(line: Item, materials: Materials) -> Item:
    """Return a line with the rules of its fragility class; the same object where none applies."""
    fuse.look()
    rules = _rules(line, materials)
    if rules is None:
        return line
    own: dict[str, Any] = {}
    if rules.max_load_g is not None and line.max_load_g is None:
        own["max_load_mg"] = units.to_mg(float(rules.max_load_g))
    if rules.upright and set(line.orientations) == set(ALL_ORIENTATIONS):
        own["orientations"] = UPRIGHT
    return changed(line, **own) if own else line


def class_warnings(order: Order, materials: Materials) -> tuple[PlanWarning, ...]:
    """Return for each line of an order as given what its fragility class adds to it."""
    found = []
    for index, line in enumerate(order.lines):
        fuse.look()
        whole = ruled(line, materials)
        rules = _rules(line, materials)
        if whole is line or rules is None:
            continue
        what, override = [], []
        if whole.max_load_g != line.max_load_g:
            what.append(
                "nothing is stacked on it" if not whole.max_load_g else f"it carries at most {whole.max_load_g:g} g"
            )
            override.append("max_load_g")
        if whole.orientations != line.orientations:
            what.append("its height stays upright")
            override.append("orientations (fewer than all six)")
        text = (
            f"line {line.line_id!r}: {_reason(line, rules)}, so {' and '.join(what)} ({rules.rule_source});"
            f" set {' or '.join(override)} to override"
        )
        found.append(PlanWarning(WarningCode.CLASS_RULE_ADDED, f"lines[{index}].fragility", text))
    return tuple(found)


def upright_words(line: Item, materials: Materials) -> str:
    """Return why a line as given stays upright by its fragility class, in words; empty where it does not."""
    rules = _rules(line, materials)
    if rules is None or ruled(line, materials).orientations == line.orientations:
        return ""
    return f"{_reason(line, rules)}, which keeps its height upright (set fewer than all six orientations to override)"


def _reason(line: Item, rules: FragilityRange) -> str:
    """Return the class in words, for a G-level with the range that it was found by."""
    level = None if line.fragility is None else line.fragility.g_level
    if level is None:
        return f"it is of fragility class {rules.fragility_class.value!r}"
    return f"a G-level of {level:g} falls in fragility class {rules.fragility_class.value!r} (up to {rules.g_high:f} G)"


def _rules(line: Item, materials: Materials) -> FragilityRange | None:
    """Return the class of a line; of a G-level the most fragile one whose upper end is not below it."""
    if line.fragility is None:
        return None
    if line.fragility.fragility_class is not None:
        return materials.fragility_classes[line.fragility.fragility_class]
    level = g_level(line.fragility, materials)
    reached = [each for each in materials.fragility_classes.values() if level <= each.g_high]
    return min(reached, key=lambda each: each.g_high, default=None)
