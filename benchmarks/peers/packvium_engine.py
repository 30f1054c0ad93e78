"""packvium: several solvers over several orderings, in pure Python."""

import math

from packvium import (
    Container,
    Dimensions,
    EffortBudget,
    Item,
    Packer,
    PackingConfig,
    PackingStatus,
    Placement,
    Rotation,
)

from benchmarks.answers import plan_of
from benchmarks.engine import Answer
from benchmarks.peers.task import UnitNames, cost, payload_g, whole_mm
from boxwright import Catalog, Order

CANDIDATES = 50_000
"""Effort per solver, as in its documentation on repeatable answers."""

FUSE_MS = 120_000
TICKS_PER_MM = 16_000


class Packvium:
    """packvium's ``balanced`` profile, bounded by counted effort instead of a clock.

    Parameters
    ----------
    support : float
        Minimum support ratio.
    one_box_seconds : float, optional
        Fill one box with the most volume within this time. Default: fewest boxes, then least volume.
    """

    def __init__(self, support: float, one_box_seconds: float | None = None) -> None:
        self.name = f"packvium balanced, support {support:g}"
        if one_box_seconds is None:
            budget = EffortBudget(max_candidates_evaluated=CANDIDATES)
            task = {"time_limit_ms": FUSE_MS, "objective": "lowest_cost", "effort_budget": budget}
        else:
            task = {"time_limit_ms": round(one_box_seconds * 1_000), "objective": "maximum_value", "max_containers": 1}
        self._packer = Packer(PackingConfig.balanced(minimum_support_ratio=support, **task))

    def pack(self, order: Order, catalog: Catalog) -> Answer:
        """See ``Engine``."""
        containers = [
            Container.create(
                box.box_type_id,
                Dimensions.mm(*whole_mm(box.inner_um)),
                0,
                None if (payload := payload_g(box)) is None else f"{payload:f} g",
                cost_minor=cost(box),
            )
            for box in catalog.box_types
        ]
        items = [
            Item.create(
                str(number),
                Dimensions.mm(*whole_mm(line.edges_um)),
                f"{line.mass_mg} mg",
                quantity=line.quantity,
                value=math.prod(whole_mm(line.edges_um)),
                allowed_rotations=tuple(Rotation(each.value) for each in line.orientations),
            )
            for number, line in enumerate(order.lines)
        ]
        found = self._packer.pack(items=items, containers=containers)
        names = UnitNames(order)
        boxes = [
            (
                each.container.id,
                [
                    names.placed(int(item.instance.item.id), _corner_mm(item), _extent_mm(item))
                    for item in each.placements
                ],
            )
            for each in found.containers
        ]
        return Answer(plan_of(order, catalog, boxes), found.status is PackingStatus.OPTIMAL)


def _corner_mm(item: Placement) -> list[float]:
    return [ticks / TICKS_PER_MM for ticks in (item.position.x, item.position.y, item.position.z)]


def _extent_mm(item: Placement) -> list[float]:
    extent = (item.dimensions.length, item.dimensions.width, item.dimensions.height)
    return [length.ticks / TICKS_PER_MM for length in extent]
