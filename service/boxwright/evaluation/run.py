"""An evaluation as it runs: batches go to the workers, and what comes back is summed up, kept and written in order."""

from __future__ import annotations

import contextlib
import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol, Self

from boxwright.domain.lane import Lane
from boxwright.evaluation.batch import BatchJob, Part, Rejected
from boxwright.evaluation.cluster import Cluster
from boxwright.evaluation.comparison import Comparison, head_of
from boxwright.evaluation.kept import Kept, OutcomesOf
from boxwright.evaluation.pair_sums import PairSums
from boxwright.evaluation.pool import Done, cores, team
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.evaluation.rows import RowForm
from boxwright.evaluation.study import BoxUse, BoxWorth
from boxwright.evaluation.sums import Sums
from boxwright.evaluation.trial import Trials
from boxwright.findings import Findings
from boxwright.orders.batches import OrderBatch
from boxwright.orders.spool import Spool
from boxwright.routing import derive

WORTH_A_POOL = 200
"""Trials (orders times variants) from which the start of worker processes pays."""
ORDERS_OF_A_PART = 8_192
"""Orders that are summed up, and written, as one part: at most so many are planned again after a run was ended.

Which groups of orders intervals are drawn from (``bootstrap.py``) depends on it, so that another number moves them.
"""
_MOST_COUNTED = 500_000
"""Orders of other units that are kept in mind to count those that are alike."""


class Sink(Protocol):
    """Where parts of a run go, in their order."""

    def done(self) -> Iterator[Part]:
        """Yield the parts that an earlier run of the same finished."""
        ...

    def save(self, part: Part) -> None:
        """Take the next part."""
        ...


class Alike:
    """Counts orders whose units are alike those of an earlier one, whatever worker planned it."""

    def __init__(self) -> None:
        self.count = 0
        self._known: OrderedDict[bytes, bool] = OrderedDict()

    def add(self, signatures: Iterable[tuple[bytes, bool]]) -> None:
        """Add orders by what tells their units from others, and whether their plan serves orders with the same."""
        for key, serves in signatures:
            if not key:
                continue
            if key in self._known:
                self.count += self._known[key]
                continue
            self._known[key] = serves
            if len(self._known) > _MOST_COUNTED:
                self._known.popitem(last=False)


class _Work:
    """What processes of a run do: batches, and then what boxes are worth; a ``pool.Job``."""

    def __init__(self, batches: BatchJob, trials: Trials) -> None:
        self._batches, self._trials = batches, trials

    def __call__(self, task: OrderBatch | BoxUse) -> Part | BoxWorth:
        """Return what became of a batch, or what a box is worth."""
        return task.worth(self._trials) if isinstance(task, BoxUse) else self._batches(task)


class Run:
    """Plans orders with each of several variants; a context, whose end is that of its processes.

    Parameters
    ----------
    trials : Trials
        How to plan.
    workers : int, optional
        Processes. Default: one per core for ``WORTH_A_POOL`` trials or more, else this one.
    form : RowForm, optional
        Of rows for ``sink``. Default none.
    sink : Sink, optional
        Takes the parts, in order. Default nothing does.
    most_units : int, optional
        Orders of more units are rejected. Default any number is planned.
    sampled : int, optional
        As in ``Tally``. Default 0.
    progress : callable, optional
        Called with the number of rows of the source that are newly done.
    lost : callable, optional
        Called with a sentence on each worker that was lost.
    cluster : Cluster, optional
        Where to plan instead. Default processes of this machine.
    keep : bool, optional
        Whether the evaluation holds what became of each order. Default True; sums need it not.

    Attributes
    ----------
    rejected : Spool of Rejected
        Orders that were not planned.
    rows_in : int
        Rows of the source.
    """

    def __init__(
        self,
        trials: Trials,
        *,
        workers: int | None = None,
        form: RowForm | None = None,
        sink: Sink | None = None,
        most_units: int | None = None,
        sampled: int = 0,
        progress: Callable[[int], None] | None = None,
        lost: Callable[[str], None] | None = None,
        cluster: Cluster | None = None,
        keep: bool = True,
    ) -> None:
        self._team = team if cluster is None else cluster.team
        self._open = contextlib.ExitStack()
        self._done: Done[Any, Any] | None = None
        self._trials, self._workers = trials, workers
        self._job = BatchJob(trials, form, most_units, sampled, keep=keep)
        self._sink, self._progress, self._lost = sink, progress, lost
        self._columns = len(trials.variants)
        self._sampled = sampled
        self._kept, self._alike, self._sums = Kept(), Alike(), self._no_sums()
        self.rejected: Spool[Rejected] = Spool()
        self.rows_in = 0

    def evaluation(self, batches: Iterator[OrderBatch]) -> Evaluation:
        """Return what became of the orders of batches."""
        skipped = sum(self._add(part) for part in self._sink.done()) if self._sink else 0
        if self._progress is not None and self.rows_in:
            self._progress(self.rows_in)
        count, batches = self._processes(itertools.islice(batches, skipped, None))
        part = Part(self._no_sums())
        work = _Work(self._job, self._trials)
        done: Done[Any, Any] = self._open.enter_context(self._team(work, count, self._lost))
        self._done = done
        for result in done(batches):
            part.merge(result)
            if self._progress is not None:
                self._progress(result.rows_in)
            if part.orders >= ORDERS_OF_A_PART:
                self._close(part)
                part = Part(self._no_sums())
        if part.batches:
            self._close(part)
        return self._evaluation()

    def worths(self, uses: Iterator[BoxUse]) -> Iterator[BoxWorth]:
        """Yield what boxes are worth, asked in the processes of the evaluation, once that is done."""
        return (use.worth(self._trials) for use in uses) if self._done is None else self._done(uses)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _no_sums(self) -> Sums:
        return Sums(self._trials.catalogs, self._sampled)

    def _processes(self, batches: Iterator[OrderBatch]) -> tuple[int, Iterator[OrderBatch]]:
        """Return how many processes to use, and the batches, of which the first may have been looked at."""
        if self._workers is not None:
            return self._workers, batches
        ahead, rows = list[OrderBatch](), 0
        for batch in batches:
            ahead.append(batch)
            rows += batch.rows
            if rows * self._columns >= WORTH_A_POOL:
                return cores(), itertools.chain(ahead, batches)
        return 1, iter(ahead)

    def _close(self, part: Part) -> None:
        """Save a part, then count it."""
        if self._sink is not None:
            self._sink.save(part)
        self._add(part)

    def _add(self, part: Part) -> int:
        """Add a part to the whole; return how many batches it has."""
        self._sums.merge(part.sums)
        for content, orders in part.outcomes:
            self._kept.append(content, orders)
        self._alike.add(part.signatures)
        for rejected in part.rejected:
            self.rejected.append(rejected)
        self.rows_in += part.rows_in
        return part.batches

    def _evaluation(self) -> Evaluation:
        trials, sums = self._trials, self._sums
        results = [
            CatalogResult(
                replace(variant, lane=_way(variant.lane)),
                OutcomesOf(self._kept, index),
                *(
                    each[index].totals([box.box_type_id for box in variant.catalog.box_types])
                    for each in (sums.every, sums.common)
                ),
            )
            for index, variant in enumerate(trials.variants)
        ]
        return Evaluation(
            results=tuple(results),
            comparisons=_compared(sums.pairs),
            tally=sums.tally,
            study=None,
            copied=self._alike.count,
            rejected=len(self.rejected),
        )


def _compared(pairs: Sequence[PairSums]) -> tuple[Comparison, ...]:
    """Return each further variant against the first, all of them with the same headline."""
    found = [pair.comparison(0, second) for second, pair in enumerate(pairs, start=1)]
    head = head_of(found)
    return tuple(replace(each, head=head) for each in found)


def _way(lane: Lane | None) -> Lane | None:
    """Return a lane with its legs; one whose legs cannot be derived as it is, since every order then says why."""
    return lane if lane is None else Findings().attempt(derive, lane) or lane
