"""Many orders with one catalog: those that share a plan are planned once.

Orders of the same units share it, whatever these are called. Where boxes are rigid and nothing fills them, orders of
one unit do so too if mass, turns and the boxes that take it are the same: its edges decide nothing else, but for
warnings.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

import numpy as np

from boxwright.catalog import load_materials
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import ALL_ORIENTATIONS, FOR_PEOPLE, Item, Order
from boxwright.domain.plan import Plan, PlanStatus, ProofStatus
from boxwright.domain.policy import Engine, Policy
from boxwright.domain.warning import WarningCode
from boxwright.errors import BoxwrightError
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.rules.plausible import implausible
from boxwright.planning.task import Task
from boxwright.protection import blocking_limits
from boxwright.selection.single import lowest_first

MOST_REMEMBERED, MOST_LIKE = 20_000, 50_000
"""Answers that are kept for orders of the same units, and for those of one unit of other edges."""
_FIELDS = tuple(each.name for each in dataclasses.fields(Item) if each.name not in ("line_id", *FOR_PEOPLE))
"""Fields of a line that may change a figure of a plan."""
_OF_A_UNIT = ("length_mm", "width_mm", "height_mm", "mass_g", "orientations", "quantity")
_PLAIN = [(each.name, each.default) for each in dataclasses.fields(Item) if each.name in {*_FIELDS} - {*_OF_A_UNIT}]
"""Fields that have their default in a unit that is nothing but a box, and that."""

Answer = TypeVar("Answer")
Like = tuple[Hashable, int]
"""Mass and turns of a unit, and which boxes take it, a bit for each."""


def same_units(order: Order) -> bytes:
    """Return 16 bytes that two orders share which have the same units, whatever these are called and in any order.

    Boxes that they really left in count, since a baseline may take them.
    """
    # As a list, so that a name that holds a line break is not taken for several, or for goods.
    lines = sorted(repr([getattr(line, name) for name in _FIELDS]) for line in order.lines)
    text = "\n".join((*lines, repr(sorted(order.boxes_used))))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class SharedPlans(Generic[Answer]):
    """Gives what is made of the plan of one order after the other, made once for orders that share it.

    Parameters
    ----------
    make : callable
        From an order to its plan, None where there is none, and what is made of it.
    asked : tuple, optional
        Catalog, policy, lane and profiles, as of ``plan``, where they are the same for all orders. Default: they are
        not, and no plan is shared by units of different edges.
    """

    def __init__(
        self,
        make: Callable[[Order], tuple[Plan | None, Answer]],
        asked: tuple[Catalog, Policy, Lane | None, Sequence[str] | None] | None = None,
    ) -> None:
        self._make, self._asked = make, asked
        self._materials = load_materials()
        self._emptiest = float(self._materials.protection_rules["mostly_empty"].value)
        limits = blocking_limits(self._materials)
        self._heavy_mg = min(limits.least_mg, limits.dense_mg)
        self._lone = asked is not None and asked[1].engine is Engine.BOXWRIGHT and asked[1].max_effort is None
        self._lone = self._lone and asked is not None and asked[1].max_empty_space_ratio is None
        if asked is not None and any(box.flexible or box.compartments is not None for box in asked[0].box_types):
            self._lone = False
        self._spaces: dict[str, tuple[float, tuple[int, ...], tuple[int, ...]]] | None = None
        self._known: dict[bytes, Answer] = {}
        self._of_likes: dict[Hashable, list[tuple[int, int, int, Answer]]] = {}
        self._count = 0

    def of(self, order: Order, units: bytes) -> tuple[Answer, bool]:
        """Return what is made of the plan that an order has or shares, and whether its unit has other edges there.

        ``units`` is what ``same_units`` returns of the order. A shared answer has the ids of another one.
        """
        if (known := self._known.get(units)) is not None:
            return known, False
        like = self._like(order) if self._lone else None
        if like is not None:
            taking, goods = like[1], math.prod(order.lines[0].edges_um)
            for every, box, inner, answer in self._of_likes.get(like[0], ()):
                # A box is the cheapest of those that take a unit if it was the cheapest of these and others.
                if taking & box and not taking & ~every and 1 - goods / inner <= self._emptiest:
                    return answer, True
        plan, answer = self._make(order)
        if plan is None or not may_be_shared(plan):
            return answer, False
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[units] = answer
        warned = any(each.code == WarningCode.MOSTLY_EMPTY for each in plan.warnings)
        if like is not None and len(plan.parcels) == 1 and plan.certificate.status is ProofStatus.PROVED and not warned:
            if self._count >= MOST_LIKE:
                self._of_likes.clear()
                self._count = 0
            self._count += 1
            (parcel,) = plan.parcels
            box = 1 << list(self._spaces or ()).index(parcel.box_type_id)
            self._of_likes.setdefault(like[0], []).append((like[1], box, parcel.inner_volume_um3, answer))
        return answer, False

    def _like(self, order: Order) -> Like | None:
        """Return what decides the plan of an order of one unit; None where more does."""
        if len(order.lines) != 1:
            return None
        (line,) = order.lines
        plain = line.quantity == 1 and all(getattr(line, name) == default for name, default in _PLAIN)
        if not plain or line.mass_mg >= self._heavy_mg or any(implausible(order, self._materials)):
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
        assert self._asked is not None
        try:
            request = Request.resolve(Task(order, *self._asked, lower_steps=False))
            model = OrderModel(request, request.expansion)
            self._lone = model.pricing.always_bare and len(model.variants()) == 1 and len(model.expansion.units) == 1
            ranked = lowest_first(model, np.zeros(1, np.int64), model.box_types()) if self._lone else []
        except BoxwrightError:  # a plan of the order says what is wrong
            return False
        spaces = {each.box.box_type_id: each.space(each.shapes.units[0]) for each in ranked}
        self._spaces = {
            name: (each.volume_limit_um3, each.edges_um, tuple(sorted(each.edges_um))) for name, each in spaces.items()
        }
        return self._lone


def may_be_shared(plan: Plan) -> bool:
    """Return whether a plan holds for orders of the same units with other ids: it is whole, and warns of no line."""
    return plan.status is PlanStatus.COMPLETE and not any(each.field.startswith("lines") for each in plan.warnings)
