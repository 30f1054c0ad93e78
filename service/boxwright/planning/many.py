"""Plans many orders with one catalog; orders that can share a plan are planned once.

Orders of the same units share a plan, whatever the names of their lines. If boxes are rigid and not filled, orders of
one unit also share a plan if mass, orientations and the boxes that take the unit are the same, since the edges of the
unit then affect only warnings.
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
"""Maximum numbers of answers kept: for orders of the same units, and for orders of one unit with other edges."""
_FIELDS = tuple(field.name for field in dataclasses.fields(Item) if field.name not in ("line_id", *FOR_PEOPLE))
"""Fields of a line that may change a figure of a plan."""
_OF_A_UNIT = ("length_mm", "width_mm", "height_mm", "mass_g", "orientations", "quantity")
_PLAIN = [(field.name, field.default) for field in dataclasses.fields(Item) if field.name in {*_FIELDS} - {*_OF_A_UNIT}]
"""Names and defaults of fields: a unit may share a plan with units of other edges only if it has these defaults."""

Answer = TypeVar("Answer")
Like = tuple[Hashable, int]
"""Mass and orientations of a unit, and bits for the boxes that take it."""


def same_units(order: Order) -> bytes:
    """Return a digest of 16 bytes that is equal for orders of the same units, whatever their names and sequence.

    ``boxes_used`` counts, since a baseline may use these boxes.
    """
    # As a list, so that a line break in a name does not count as two names.
    lines = sorted(repr([getattr(line, name) for name in _FIELDS]) for line in order.lines)
    text = "\n".join((*lines, repr(sorted(order.boxes_used))))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class SharedPlans(Generic[Answer]):
    """Answers made from plans; orders that share a plan share its answer.

    Parameters
    ----------
    make : callable
        Takes an order; returns its plan, or None, and the answer made from it.
    asked : tuple, optional
        Catalog, policy, lane and profiles, as for ``plan``, if they are the same for all orders. Default: they differ,
        and units of different edges do not share a plan.
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
        """Return the answer for an order, and whether it was made for a unit with other edges.

        ``units`` is the digest of the order by ``same_units``. A shared answer has the ids of another order.
        """
        if (known := self._known.get(units)) is not None:
            return known, False
        like = self._like(order) if self._lone else None
        if like is not None:
            taking, goods = like[1], math.prod(order.lines[0].edges_um)
            for every, box, inner, answer in self._of_likes.get(like[0], ()):
                # The cheapest box of a set is also the cheapest of each subset that contains it.
                if taking & box and not taking & ~every and 1 - goods / inner <= self._emptiest:
                    return answer, True
        plan, answer = self._make(order)
        if plan is None or not may_be_shared(plan):
            return answer, False
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[units] = answer
        warned = any(warning.code == WarningCode.MOSTLY_EMPTY for warning in plan.warnings)
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
        """Return a key that is equal for orders of one unit that share a plan; None if the plan depends on more."""
        if len(order.lines) != 1:
            return None
        (line,) = order.lines
        plain = line.quantity == 1 and all(getattr(line, name) == default for name, default in _PLAIN)
        if not plain or line.mass_mg >= self._heavy_mg or any(implausible(order, self._materials)):
            return None
        if self._spaces is None and not self._read(order):
            return None
        edges, anyhow = line.edges_um, len(line.orientations) == len(ALL_ORIENTATIONS)
        turns = [tuple(sorted(edges))] if anyhow else [orientation.rotate(*edges) for orientation in line.orientations]
        volume = math.prod(edges)
        taking = 0
        for bit, (most, inside, ranked) in enumerate((self._spaces or {}).values()):
            if volume <= most and any(all(map(int.__le__, turn, ranked if anyhow else inside)) for turn in turns):
                taking |= 1 << bit
        return (line.mass_mg, "".join(line.orientations)), taking

    def _read(self, order: Order) -> bool:
        """Store the inner sizes of the boxes; return whether the edges of a unit decide only which boxes it fits."""
        assert self._asked is not None
        try:
            request = Request.resolve(Task(order, *self._asked, lower_steps=False))
            model = OrderModel(request, request.expansion)
            self._lone = model.pricing.always_bare and len(model.variants()) == 1 and len(model.expansion.units) == 1
            ranked = lowest_first(model, np.zeros(1, np.int64), model.box_types()) if self._lone else []
        except BoxwrightError:  # planning the order reports the error
            return False
        spaces = {candidate.box.box_type_id: candidate.space(candidate.shapes.units[0]) for candidate in ranked}
        self._spaces = {
            name: (space.volume_limit_um3, space.edges_um, tuple(sorted(space.edges_um)))
            for name, space in spaces.items()
        }
        return self._lone


def may_be_shared(plan: Plan) -> bool:
    """Return whether a plan holds for orders with other ids: it is complete, and no warning names a line."""
    return plan.status is PlanStatus.COMPLETE and not any(
        warning.field.startswith("lines") for warning in plan.warnings
    )
