"""Orders of one unit, many of which share a plan: what decides it is their mass, and which boxes take them.

Where boxes are rigid and nothing fills them, the edges of a unit decide nothing else, but for warnings.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np

from boxwright.catalog import load_materials
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import ALL_ORIENTATIONS, ECHOED, Item, Order
from boxwright.domain.policy import Engine, Policy
from boxwright.errors import BoxwrightError
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.rules.plausible import implausible
from boxwright.planning.task import Task
from boxwright.protection import blocking_limits
from boxwright.selection.single import lowest_first

_OWN = ("line_id", *ECHOED, "length_mm", "width_mm", "height_mm", "mass_g", "orientations")
"""Fields of a plain unit that may differ from their default; names decide nothing."""
_PLAIN = [(each.name, each.default) for each in dataclasses.fields(Item) if each.name not in (*_OWN, "quantity")]


Answer = TypeVar("Answer")
Like = tuple[Hashable, int]
"""Mass and turns of a unit, and which boxes take it, a bit for each."""
MOST_REMEMBERED = 50_000
"""Answers that are kept."""


class LoneUnits(Generic[Answer]):
    """Keeps what was made of plans of one unit for orders that have the same, but for where the unit lies.

    Parameters
    ----------
    catalog, policy, lane, profiles
        As for ``plan``, and the same for all orders.

    Attributes
    ----------
    emptiest : float
        Share of empty space, 0 to 1, above which a plan warns, and is like no other.
    """

    def __init__(self, catalog: Catalog, policy: Policy, lane: Lane | None, profiles: Sequence[str] | None) -> None:
        self._asked = catalog, policy, lane, profiles
        materials = load_materials()
        self.emptiest = float(materials.protection_rules["mostly_empty"].value)
        self._heavy_mg = blocking_limits(materials).least_mg
        rigid = all(not box.flexible and box.compartments is None for box in catalog.box_types)
        self._may = rigid and policy.engine is Engine.BOXWRIGHT and policy.max_effort is None
        self._spaces: dict[str, tuple[float, tuple[int, ...], tuple[int, ...]]] | None = None
        self._known: dict[Hashable, list[tuple[int, int, Answer]]] = {}
        self._count = 0

    def note(self, like: Like, box_type_id: str, answer: Answer) -> None:
        """Keep what was made of the plan of an order: the cheapest box for its unit, proved, without own warnings."""
        if self._count >= MOST_REMEMBERED:
            self._known.clear()
            self._count = 0
        box = 1 << list(self._spaces or ()).index(box_type_id)
        self._known.setdefault(like[0], []).append((like[1], box, answer))
        self._count += 1

    def get(self, like: Like) -> Answer | None:
        """Return what was made of a plan that an order shares.

        A box is the cheapest of those that take a unit if it was the cheapest of these and others.
        """
        taking = like[1]
        return next(
            (each for every, box, each in self._known.get(like[0], ()) if taking & box and not taking & ~every), None
        )

    def like(self, order: Order) -> Like | None:
        """Return what decides the plan of an order of one unit; None where more does."""
        if not self._may or len(order.lines) != 1:
            return None
        (line,) = order.lines
        plain = line.quantity == 1 and all(getattr(line, name) == default for name, default in _PLAIN)
        if not plain or line.mass_mg >= self._heavy_mg or any(implausible(order, load_materials())):
            return None
        if self._spaces is None and not self._read(order):
            return None
        edges, anyhow = line.edges_um, len(line.orientations) == len(ALL_ORIENTATIONS)
        turns = [tuple(sorted(edges))] if anyhow else [each.rotate(*edges) for each in line.orientations]
        volume = math.prod(edges)
        taking = 0
        for bit, (most, inside, ranked) in enumerate((self._spaces or {}).values()):
            if volume <= most and any(all(map(int.__le__, turn, ranked if anyhow else inside)) for turn in turns):
                taking |= 1 << bit
        return (line.mass_mg, "".join(line.orientations)), taking

    def _read(self, order: Order) -> bool:
        """Note what boxes offer; return whether nothing but the fit of a unit depends on its edges."""
        catalog, policy, lane, profiles = self._asked
        try:
            request = Request.resolve(Task(order, catalog, policy, lane, profiles, lower_steps=False))
            model = OrderModel(request, request.expansion)
            self._may = model.packaging.always_bare and len(model.variants()) == 1 and len(model.expansion.units) == 1
            ranked = lowest_first(model, np.zeros(1, np.int64), model.box_types()) if self._may else []
        except BoxwrightError:  # a plan of the order says what is wrong
            return False
        spaces = {each.box.box_type_id: each.space(each.shapes.units[0]) for each in ranked}
        self._spaces = {
            name: (each.volume_limit_um3, each.edges_um, tuple(sorted(each.edges_um))) for name, each in spaces.items()
        }
        return self._may
