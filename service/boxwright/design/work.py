"""What worker processes do for a design: orders are packed tightly, or put to candidates, some at a time."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from boxwright.design.boxes import least_um, may_be_made, new_boxes
from boxwright.design.fitting import ASKS, Fits, Fitter
from boxwright.design.grid import on_grid
from boxwright.design.needs import Size, sizes_of
from boxwright.domain.box import Catalog
from boxwright.domain.policy import Objective
from boxwright.evaluation.pool import Job, cores, in_order
from boxwright.lazy import cached_property
from boxwright.units import to_um

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from boxwright.design.question import Rules
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes

Weighted = tuple["Order", int]
"""An order, and how many it stands for."""
AT_A_TIME = 8
"""Orders that a worker has at a time."""
WORTH_WORKERS = 200
"""Orders below which worker processes take longer to start than they save."""
CUT_STEP_MM = 1.0
"""A machine cuts to the millimetre: an assumption."""
_CUT_ASKS = 50
Answer = TypeVar("Answer")


class Counting(Protocol):
    """Shows how many of a number of things are done."""

    def __call__(self, what: str, total: int, of: str = "orders") -> AbstractContextManager[Callable[[int], None]]:
        """Begin to count; yield what is called with the number of things that are newly done."""
        ...


@contextmanager
def silent(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
    """Show no progress."""
    yield lambda newly: None


def needs_of(wishes: Wishes, rules: Rules, dunnage: tuple[Dunnage, ...], task: Sequence[Weighted]) -> list[list[Size]]:
    """Return the sizes that each order needs."""
    by_size = replace(rules, policy=replace(rules.policy, objectives=(Objective.OUTER_VOLUME,)))
    return [sizes_of(order, by_size, dunnage, wishes.max_depth) for order, _ in task]


@dataclass(frozen=True)
class Fitting:
    """Says which candidates take orders."""

    catalog: Catalog
    """The candidates."""
    rules: Rules
    """What orders are planned by."""
    asks: int = ASKS
    """Questions to the engine for each order."""

    @cached_property
    def fitter(self) -> Fitter:
        """What puts orders to the candidates: each process has its own."""
        return Fitter(self.catalog, self.rules)

    def __call__(self, task: Sequence[Weighted]) -> list[Fits]:
        """Return what is known of each order."""
        return [self.fitter.of(order, weight, self.asks) for order, weight in task]


def least_cut(wishes: Wishes, rules: Rules, dunnage: tuple[Dunnage, ...], task: Sequence[Weighted]) -> list[float]:
    """Return what each order costs in the cheapest box of its own; infinity where none may be made."""
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
        fits = Fitter(Catalog("cut", tuple(boxes), dunnage=dunnage, currency=currency), rules).of(order, asks=_CUT_ASKS)
        found.append(float(np.where(fits.fits, fits.price, np.inf).min(initial=np.inf)))
    return found


def of_each(
    orders: Sequence[Weighted],
    job: Job[Sequence[Weighted], list[Answer]],
    what: str,
    count: Counting,
    workers: int | None,
) -> list[Answer]:
    """Return what a job makes of each order, in their order, whatever the number of workers.

    Parameters
    ----------
    orders : sequence of Weighted
        The orders.
    job : Job
        What is done with them.
    what, count : str, Counting
        How progress is called, and what shows it.
    workers : int or None
        Processes; None for one a core where there are ``WORTH_WORKERS`` orders.
    """
    if workers is None:
        workers = cores() if len(orders) >= WORTH_WORKERS else 1
    found: list[Answer] = []
    tasks = (orders[first : first + AT_A_TIME] for first in range(0, len(orders), AT_A_TIME))
    with count(what, len(orders)) as done:
        for some in in_order(job, tasks, workers):
            found += some
            done(len(some))
    return found
