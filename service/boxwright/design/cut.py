"""Boxes cut to size: what a machine that makes each order's own box reaches, by the same prices as a design."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.boxes import least_um, may_be_made, new_boxes
from boxwright.design.fitting import Fitter
from boxwright.design.grid import on_grid
from boxwright.design.needs import sizes_of
from boxwright.domain.box import Catalog
from boxwright.domain.policy import Objective
from boxwright.units import to_um

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.needs import Size
    from boxwright.design.question import Rules
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes

CUT_STEP_MM = 1.0
"""A machine cuts to the millimetre: an assumption."""
_ASKS = 50


@dataclass(frozen=True)
class Cutting:
    """Prices orders in boxes of their own.

    Attributes
    ----------
    wishes, rules : Wishes, Rules
        Limits, boards and prices of new sizes; what orders are planned by.
    dunnage : tuple of Dunnage
        What is stocked.
    """

    wishes: Wishes
    rules: Rules
    dunnage: tuple[Dunnage, ...]

    def __call__(self, task: Sequence[tuple[Order, int]]) -> list[float]:
        """Return what each order costs in the cheapest box of its own; infinity where none may be made."""
        by_size = replace(self.rules, policy=replace(self.rules.policy, objectives=(Objective.OUTER_VOLUME,)))
        return [self._least(order, sizes_of(order, by_size, self.dunnage)) for order, _ in task]

    def _least(self, order: Order, sizes: Sequence[Size]) -> float:
        step, materials = to_um(CUT_STEP_MM), self.rules.materials
        cut = sorted({on_grid(size, step, least_um(self.wishes)) for size in sizes})
        boxes = [
            box
            for size in cut
            if may_be_made(size, self.wishes, materials)
            for box in new_boxes(size, self.wishes, materials)
        ]
        if not boxes:
            return float("inf")
        catalog = Catalog("cut", tuple(boxes), dunnage=self.dunnage, currency=self._currency)
        found = Fitter(catalog, self.rules).of(order, asks=_ASKS)
        return float(np.where(found.fits, found.price, np.inf).min(initial=np.inf))

    @property
    def _currency(self) -> str:
        return self.wishes.box_price.currency if self.wishes.box_price else ""
