"""Filler orders for today's largest boxes, since past orders hold few of the rare large ones."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.order import UPRIGHT, Item, Order
from boxwright.evaluation.destinations import Destinations
from boxwright.units import to_g, to_mm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.fitting import Fits, Fitter
    from boxwright.domain.box import BoxType

_MOST_HALVINGS = 20
_NO_MG = 1


def fillers(
    largest: Sequence[BoxType], orders: Sequence[tuple[Order, int]], fitter: Fitter
) -> tuple[list[Fits], list[str]]:
    """Return a filler order for each of today's largest boxes; only candidates that contain the box take it.

    Its single unit is as large as fit clearance and fill limit allow, with the mean density of the orders, or less if
    the box could not bear it. Candidates must contain the inside of the box whatever the unit: goods that need
    clearances or a fill limit then fit them as they fit the box.

    Parameters
    ----------
    largest : sequence of BoxType
        Today's largest boxes; must be candidates.
    orders : sequence of (Order, int)
        Past orders with their weights, for the density.
    fitter : Fitter
        Tests orders against candidates.

    Returns
    -------
    list of Fits, list of str
        Filler orders, and the ids of boxes without one, since carrier, policy, materials or prices refuse it.
    """
    density = _mg_per_um3(orders)
    found = [(box.box_type_id, _filler(box, density, fitter)) for box in largest]
    return [row for _, row in found if row is not None], [name for name, row in found if row is None]


def goes_into(box: BoxType, other: BoxType) -> bool:
    """Return whether the inside of a box fits that of another one, upright, turned on its base or not."""
    length, width, height = box.inner_um
    edges = other.inner_um
    return any(
        all(edge <= most for edge, most in zip(turned, edges, strict=True))
        for turned in ((length, width, height), (width, length, height))
    )


def _mg_per_um3(orders: Sequence[tuple[Order, int]]) -> float:
    mass = sum(order.goods_mg * weight for order, weight in orders)
    volume = sum(line.quantity * math.prod(line.edges_um) * weight for order, weight in orders for line in order.lines)
    return mass / volume if volume else 0.0


def _filler(box: BoxType, density: float, fitter: Fitter) -> Fits | None:
    """Return the filler order of a box; None if nothing may go into the box."""
    own = fitter.column[box.box_type_id]
    holds = np.array(
        [
            not other.flexible and other.compartments is None and goes_into(box, other)
            for other in fitter.catalog.box_types
        ]
    )
    policy = fitter.rules.policy
    share = (policy.fill_millionths / 1e6) ** (1 / 3)
    edges_um = [
        math.floor((edge - box.slack_um(policy.fit_clearance_um, needed=True)) * share) for edge in box.inner_um
    ]
    if min(edges_um) <= 0:
        return None
    lane = fitter.rules.lane
    goes_to = lane.rows[0][0].upper() if isinstance(lane, Destinations) else ""  # any candidate with a row will do
    most_mg = math.inf if box.max_load_mg is None else box.max_load_mg / 2
    mass_mg = min(density * math.prod(edges_um), most_mg)
    for _ in range(_MOST_HALVINGS):
        length, width, height = (to_mm(edge) for edge in edges_um)
        unit = Item("unit", 1, length, width, height, to_g(max(int(mass_mg), _NO_MG)), orientations=UPRIGHT)
        row = fitter.of(Order(f"fills {box.box_type_id}"[:200], (unit,), destination=goes_to))
        fitter.ask(row, [own])
        if row.fits[own]:
            row.only(holds)
            return row
        mass_mg /= 2
    return None
