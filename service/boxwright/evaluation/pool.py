"""Orders over a local pool of processes: outcomes in the order of the orders, whatever finishes first.

Processes, not threads: the kernels release the interpreter's lock, but the Python round them does not. They are
spawned, not forked, since a fork copies the state of threads that it does not have.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from boxwright.domain.order import Order
from boxwright.evaluation.outcome import OrderOutcome
from boxwright.evaluation.trial import Trials

WORTH_A_POOL = 200
"""Trials (orders times catalogs) from which the start of worker processes pays."""
_LARGEST_CHUNK = 64

_trials: Trials | None = None


def run(
    orders: Sequence[Order], trials: Trials, workers: int | None, progress: Callable[[int], None] | None
) -> Iterator[tuple[OrderOutcome, ...]]:
    """Yield what became of each order with each catalog, in the order of ``orders``.

    Parameters
    ----------
    orders : sequence of Order
        The orders.
    trials : Trials
        How to try them.
    workers : int or None
        Processes; 1 stays in this one. None: as many as there are cores if there are ``WORTH_A_POOL`` trials.
    progress : callable or None
        Called with the number of orders that are newly done.
    """
    if workers is None:
        workers = (os.cpu_count() or 1) if len(orders) * len(trials.catalogs) >= WORTH_A_POOL else 1
    for done in _here(orders, trials) if workers == 1 else _spread(orders, trials, workers):
        if progress is not None:
            progress(len(done))
        yield from done


def _here(orders: Sequence[Order], trials: Trials) -> Iterator[list[tuple[OrderOutcome, ...]]]:
    if orders:
        trials.warm_up(_smallest(orders))
    for order in orders:
        yield [trials.outcomes(order)]


def _spread(orders: Sequence[Order], trials: Trials, workers: int) -> Iterator[list[tuple[OrderOutcome, ...]]]:
    size = max(1, min(_LARGEST_CHUNK, len(orders) // (8 * workers)))
    chunks = [orders[first : first + size] for first in range(0, len(orders), size)]
    context = multiprocessing.get_context("spawn")
    sample = _smallest(orders) if orders else None
    with ProcessPoolExecutor(workers, context, _start, (trials, sample)) as pool:
        yield from pool.map(_chunk, chunks)


def _smallest(orders: Sequence[Order]) -> Order:
    return min(orders, key=lambda order: order.unit_count)


def _start(trials: Trials, sample: Order | None) -> None:
    global _trials
    _trials = trials
    if sample is not None:
        trials.warm_up(sample)


def _chunk(orders: Sequence[Order]) -> list[tuple[OrderOutcome, ...]]:
    if _trials is None:
        raise AssertionError("a worker starts with its trials")
    return [_trials.outcomes(order) for order in orders]
