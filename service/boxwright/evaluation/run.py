"""Runs an evaluation: sends batches to workers, and stores and writes the results in order."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.evaluation.batch import BatchJob, Part, Rejected
from boxwright.evaluation.comparison import head_of
from boxwright.evaluation.pool import Done, cores, team
from boxwright.evaluation.records import Drawn, Records, numbered
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.evaluation.rows import RowForm
from boxwright.evaluation.study import BoxUse, BoxWorth
from boxwright.evaluation.trial import Trials
from boxwright.findings import Findings
from boxwright.orders.batches import OrderBatch
from boxwright.orders.spool import Spool
from boxwright.routing import derive

WORTH_A_POOL = 200
"""Trials (orders times variants) above which worker processes save time."""
ORDERS_OF_A_PART = 8_192
"""Orders per stored part: at most this many are planned again after an interruption."""


class Sink(Protocol):
    """Receives the parts of a run, in order.

    Attributes
    ----------
    state : Path or None
        The folder of stored parts; None where none is kept.
    """

    state: Path | None

    def done(self) -> Iterator[tuple[Path, Part]]:
        """Yield the finished parts of an earlier run with the same values, and their files."""
        ...

    def save(self, part: Part) -> Path | None:
        """Write the rows of the next part; return its file, if it is stored."""
        ...


class _Work:
    """The work of a process: it plans batches, reads orders again, and values boxes."""

    def __init__(self, batches: BatchJob, trials: Trials) -> None:
        self._batches, self._trials = batches, trials

    def __call__(self, task: OrderBatch | tuple[OrderBatch, list[int]] | BoxUse) -> Part | list[Order] | BoxWorth:
        """Return the part of a batch, the orders at some places of a batch, or the value of a box type."""
        if isinstance(task, tuple):
            orders, _ = self._batches.read(task[0])
            return [orders[place] for place in task[1]]
        return task.worth(self._trials) if isinstance(task, BoxUse) else self._batches(task)


class Run(contextlib.ExitStack):
    """Plans orders with each variant; a context manager that ends its processes on exit.

    Parameters
    ----------
    trials : Trials
        Settings of all trials.
    source : callable
        Returns the batches of orders, the same ones at each call.
    workers : int, optional
        Number of processes. Default: one per core for ``WORTH_A_POOL`` trials or more, otherwise this process alone.
    form : RowForm, optional
        Row format for ``sink``. Default none.
    sink : Sink, optional
        Receives the parts, in order. Default none.
    most_units : int, optional
        Orders with more units are rejected. Default no limit.
    progress : callable, optional
        Called with the number of source rows done since the last call.
    lost : callable, optional
        Called with a sentence for each lost worker.
    cluster : str, optional
        Address of a Dask scheduler whose workers plan. Default: processes of this machine.

    Attributes
    ----------
    rejected : Spool of Rejected
        Orders that were not planned.
    rows_in : int
        Rows read from the source.
    """

    def __init__(
        self,
        trials: Trials,
        source: Callable[[], Iterator[OrderBatch]],
        *,
        workers: int | None = None,
        form: RowForm | None = None,
        sink: Sink | None = None,
        most_units: int | None = None,
        progress: Callable[[int], None] | None = None,
        lost: Callable[[str], None] | None = None,
        cluster: str = "",
    ) -> None:
        super().__init__()
        self._cluster = cluster
        self._done: Done[Any, Any]
        self._trials, self._source, self._workers = trials, source, workers
        self._job = BatchJob(trials, form, most_units)
        self._sink, self._progress, self._lost = sink, progress, lost
        self._columns, self._parts, self._batches = len(trials.variants), 0, 0
        self._records = Records(trials.catalogs, sink.state if sink else None)
        self.rejected: Spool[Rejected] = Spool()
        self.rows_in = 0

    def evaluation(self) -> Evaluation:
        """Plan all orders; return the evaluation, without a study."""
        for path, part in self._sink.done() if self._sink else ():
            self._add(path, part)
        if self._progress is not None and self.rows_in:
            self._progress(self.rows_in)
        count, batches = self._processes(itertools.islice(self._source(), self._batches, None))
        work = _Work(self._job, self._trials)
        done: Done[Any, Any] = self.enter_context(team(work, count, self._lost, self._cluster))
        self._done, held = done, list[Part]()
        try:
            for result in done(batches):
                orders = self._records.orders + sum(part.orders for part in held)
                place = orders, self._batches + len(held)
                result.records = [numbered(table, *place, self._columns) for table in result.records]
                held.append(result)
                if self._progress is not None:
                    self._progress(result.rows_in)
                if sum(part.orders for part in held) >= ORDERS_OF_A_PART:
                    some, held = held, []
                    self._close(some)
        finally:  # an interrupted run keeps the finished batches
            if held:
                self._close(held)
        records, variants = self._records, self._trials.variants
        records.open()
        compared = records.comparisons()
        head = head_of(compared)
        return Evaluation(
            results=tuple(
                map(
                    CatalogResult,
                    (replace(variant, lane=_way(variant.lane)) for variant in variants),
                    records.totals(common=False),
                    records.totals(common=True),
                    records.errors(),
                )
            ),
            comparisons=tuple(replace(comparison, head=head) for comparison in compared),
            records=records,
            order_count=records.orders,
            compared=records.common,
            study=None,
            rejected=len(self.rejected),
        )

    def worths(self, uses: Iterator[BoxUse]) -> Iterator[BoxWorth]:
        """Yield the value of box types, computed by the workers of the evaluation."""
        return self._done(uses)

    def orders(self, drawn: Iterable[Drawn]) -> dict[int, Order]:
        """Return sampled orders by number, read again from the source."""
        wanted: dict[int, dict[int, int]] = {}
        for order in drawn:
            wanted.setdefault(order.batch, {})[order.place] = order.number
        batches = itertools.islice(self._source(), max(wanted, default=-1) + 1)
        tasks = ((batch, [*wanted[place]]) for place, batch in enumerate(batches) if place in wanted)
        found: dict[int, Order] = {}
        for number, orders in zip(sorted(wanted), self._done(tasks), strict=True):
            found |= zip(wanted[number].values(), orders, strict=True)
        return found

    def _processes(self, batches: Iterator[OrderBatch]) -> tuple[int, Iterator[OrderBatch]]:
        """Return the number of processes and all batches. The first batches may have been read to count their rows."""
        if self._workers is not None:
            return self._workers, batches
        ahead, rows = list[OrderBatch](), 0
        for batch in batches:
            ahead.append(batch)
            rows += batch.rows
            if rows * self._columns >= WORTH_A_POOL:
                return cores(), itertools.chain(ahead, batches)
        return 1, iter(ahead)

    def _close(self, held: list[Part]) -> None:
        part = Part()
        for part_held in held:
            part.merge(part_held)
        path = self._sink.save(part) if self._sink else None
        if path is None:
            path = self._records.folder / f"part-{self._parts:05d}"
            path.write_bytes(part.stored())
        self._add(path, part)

    def _add(self, path: Path, part: Part) -> None:
        self._records.add(path, part.orders)
        for rejected in part.rejected:
            self.rejected.append(rejected)
        self.rows_in += part.rows_in
        self._batches += part.batches
        self._parts += 1


def _way(lane: Lane | None) -> Lane | None:
    """Return a lane with derived legs. If they cannot be derived, it is unchanged, and each order states the error."""
    return lane if lane is None else Findings().attempt(derive, lane) or lane
