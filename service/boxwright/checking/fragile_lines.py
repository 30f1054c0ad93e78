"""What fragility says of load and orientation, worked out anew: planning has code of its own for it."""

import dataclasses
from decimal import Decimal
from typing import Any

from boxwright import fuse, units
from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, Item, Order


def with_fragility_rules(order: Order, materials: Materials | None) -> Order:
    """Return the order with the load limits and orientations that its fragile lines do not state themselves.

    What survives least carries nothing, and stays upright: the classes of ``fragility_classes.csv`` say which, and a
    G-level falls under the first of them, from the most fragile on, whose upper end it does not pass. Materials are
    loaded only where a line is fragile.
    """
    if all(line.fragility is None for line in order.lines):
        return order
    materials = materials or load_materials()
    return dataclasses.replace(order, lines=tuple(_with_rules(line, materials) for line in order.lines))


def _with_rules(line: Item, materials: Materials) -> Item:
    fuse.look()
    if line.fragility is None:
        return line
    own: dict[str, Any] = {}
    for each in sorted(materials.fragility_classes.values(), key=lambda each: each.g_high):
        name, level = line.fragility.fragility_class, line.fragility.g_level
        within = name is each.fragility_class if level is None else Decimal(str(level)) <= each.g_high
        if not within:
            continue
        if line.max_load_g is None and each.max_load_g is not None:
            own["max_load_mg"] = units.to_mg(float(each.max_load_g))
        if each.upright and len(set(line.orientations)) == len(ALL_ORIENTATIONS):
            own["orientations"] = UPRIGHT
        break
    return changed(line, **own)
