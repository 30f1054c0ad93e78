"""What worker processes do for a design: orders are packed tightly, or put to candidates, some at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from boxwright.design.fitting import ASKS, Fits, Fitter
from boxwright.design.needs import Size, sizes_of
from boxwright.evaluation.pool import Job, cores, in_order
from boxwright.lazy import cached_property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from boxwright.design.question import Rules
    from boxwright.domain.box import Catalog
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Order

Weighted = tuple["Order", int]
"""An order, and how many it stands for."""
AT_A_TIME = 8
"""Orders that a worker has at a time."""
WORTH_WORKERS = 200
"""Orders below which worker processes take longer to start than they save."""
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


@dataclass(frozen=True)
class Needing:
    """Says which sizes orders need.

    Attributes
    ----------
    rules : Rules
        What they are planned by.
    dunnage : tuple of Dunnage
        What is stocked.
    """

    rules: Rules
    dunnage: tuple[Dunnage, ...]

    def __call__(self, task: Sequence[Weighted]) -> list[list[Size]]:
        """Return the sizes that each order needs."""
        return [sizes_of(order, self.rules, self.dunnage) for order, _ in task]


@dataclass(frozen=True)
class Fitting:
    """Says which candidates take orders.

    Attributes
    ----------
    catalog : Catalog
        The candidates.
    rules : Rules
        What orders are planned by.
    asks : int
        Questions to the engine for each order.
    """

    catalog: Catalog
    rules: Rules
    asks: int = ASKS

    @cached_property
    def fitter(self) -> Fitter:
        """What puts orders to the candidates: each process has its own."""
        return Fitter(self.catalog, self.rules)

    def __call__(self, task: Sequence[Weighted]) -> list[Fits]:
        """Return what is known of each order."""
        return [self.fitter.of(order, weight, self.asks) for order, weight in task]


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
