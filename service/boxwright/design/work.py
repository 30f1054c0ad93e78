"""Work of a design in worker processes: packing orders tightly, and testing them against candidates."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from boxwright.design.boxes import least_um, may_be_made, new_boxes
from boxwright.design.fitting import Fitter
from boxwright.design.sizes import Size, on_grid, sizes_of
from boxwright.domain.box import Catalog
from boxwright.domain.policy import Objective
from boxwright.evaluation.pool import Job, cores, in_order
from boxwright.units import to_um

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.question import Rules
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes

Weighted = tuple["Order", int]
AT_A_TIME = 8
WORTH_WORKERS = 200
"""Number of orders below which worker processes take longer to start than they save."""
CUT_STEP_MM = 1.0
"""Assumed precision of a box-cutting machine, in mm."""
_CUT_TESTS = 50
Answer = TypeVar("Answer")
Counting: TypeAlias = Callable[..., AbstractContextManager[Callable[[int], None]]]
"""Starts a progress display, given a label, the number of items and their noun. The context gives a function to call
with the number of items newly done."""


def silent(label: str, total: int, noun: str = "orders") -> AbstractContextManager[Callable[[int], None]]:
    """Show no progress."""
    return nullcontext(lambda newly: None)


def needs_of(wishes: Wishes, rules: Rules, dunnage: tuple[Dunnage, ...], task: Sequence[Weighted]) -> list[list[Size]]:
    """Return the sizes that each order needs."""
    by_size = replace(rules, policy=rules.policy.with_objectives(Objective.OUTER_VOLUME))
    return [sizes_of(order, by_size, dunnage, wishes.max_depth) for order, _ in task]


def least_cut(wishes: Wishes, rules: Rules, dunnage: tuple[Dunnage, ...], task: Sequence[Weighted]) -> list[float]:
    """Return the price of each order in the cheapest box cut for it; infinity if none can be made."""
    step, currency = to_um(CUT_STEP_MM), wishes.box_price.currency if wishes.box_price else ""
    found = []
    for (order, _), sizes in zip(task, needs_of(wishes, rules, dunnage, task), strict=True):
        cut = sorted({on_grid(size, step, least_um(wishes), wishes.max_depth) for size in sizes})
        boxes = [
            box
            for size in cut
            if may_be_made(size, wishes, rules.materials)
            for box in new_boxes(size, wishes, rules.materials)
        ]
        if not boxes:
            found.append(math.inf)
            continue
        fits = Fitter(Catalog("cut", tuple(boxes), dunnage=dunnage, currency=currency), rules).of(
            order, tests=_CUT_TESTS
        )
        found.append(float(np.where(fits.fits, fits.price, np.inf).min(initial=np.inf)))
    return found


def of_each(
    orders: Sequence[Weighted],
    job: Job[Sequence[Weighted], list[Answer]],
    label: str,
    count: Counting,
    workers: int | None,
) -> list[Answer]:
    """Return the answers of a job for weighted orders, in their order for any number of workers.

    ``label`` and ``count`` are shown with the progress. ``workers`` None is one process per core for ``WORTH_WORKERS``
    or more orders.
    """
    if workers is None:
        workers = cores() if len(orders) >= WORTH_WORKERS else 1
    found: list[Answer] = []
    tasks = (orders[first : first + AT_A_TIME] for first in range(0, len(orders), AT_A_TIME))
    with count(label, len(orders)) as done:
        for some in in_order(job, tasks, workers):
            found += some
            done(len(some))
    return found
