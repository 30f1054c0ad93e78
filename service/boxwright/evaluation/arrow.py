"""One function from an Arrow table of order rows to an Arrow table of results, for any engine that maps over tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information

from boxwright.domain.policy import Policy
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.default_policy import default_objectives
from boxwright.evaluation.evaluate import trials_of
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.record import record_without
from boxwright.evaluation.rows import form_of_trials
from boxwright.orders.batches import OrderBatch, arrow_batch, arrow_batches

if TYPE_CHECKING:
    from boxwright.domain.box import Catalog
    from boxwright.domain.lane import Lane


class ArrowEvaluator:
    """Maps orders to results, table by table; picklable, so that it can be sent to the processes of an engine.

    Workers of ``evaluate`` do the same with their batches, so rows are the same wherever they are made.

    Parameters
    ----------
    catalogs, policy, lane, profiles
        As in ``evaluate``. A lane without a ship date takes the day on which this object is made.

    Attributes
    ----------
    schema : pyarrow.Schema
        Of the results: columns of ``order_rows``.
    """

    def __init__(
        self,
        catalogs: Sequence[Catalog],
        policy: Policy | Mapping[str, Policy] | None = None,
        lane: Lane | Sequence[Lane] | None = None,
        profiles: Sequence[str] | None = None,
    ) -> None:
        chosen = Policy(objectives=default_objectives(catalogs, lane)) if policy is None else policy
        trials = trials_of(catalogs, chosen, lane, profiles)
        self._form = form_of_trials("parquet", trials)
        self._columns = len(trials.variants)
        self._job = BatchJob(trials)
        self.schema = self._form.schema

    def __call__(self, table: Any) -> Any:
        """Return the results of the orders of a table.

        Parameters
        ----------
        table : pyarrow.Table or pyarrow.RecordBatch
            Rows of an order file, those of an order next to each other, and all of them.

        Returns
        -------
        pyarrow.Table
            A row for each order with each variant. An order that breaks rules has the status ``error`` and the rules as
            its reason.
        """
        if isinstance(table, pa.RecordBatch):
            table = pa.Table.from_batches([table])
        return self._results(arrow_batch(1, table))

    def map(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield the results of a stream of record batches as record batches; an order may go on in the next batch."""
        tables = (pa.Table.from_batches([each]) for each in batches if each.num_rows)
        for batch in arrow_batches(tables):
            yield from self._results(batch).to_batches()

    def _results(self, batch: OrderBatch) -> Any:
        records, rejected = self._job.records(batch)
        for each in rejected:
            reason = "; ".join(map(str, each.broken))
            refused = record_without(each.order_id, OrderStatus.ERROR, 0, reason)
            records += [refused | {"variant": variant} for variant in range(self._columns)]
        return self._form.table(records)
