"""Plans an Arrow table of order rows into an Arrow table of results, for any engine that maps over tables."""

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
    """Maps tables of orders to tables of results; picklable, so that an engine can send it to its processes.

    The workers of ``evaluate`` call the same function on their batches, so rows are the same wherever they are made.

    Parameters
    ----------
    catalogs, policy, lane, profiles
        As in ``evaluate``. A lane without a ship date takes the day on which this object is made.

    Attributes
    ----------
    schema : pyarrow.Schema
        Schema of the results: the columns of ``order_rows``.
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
        """Return the results for a table of orders.

        Parameters
        ----------
        table : pyarrow.Table or pyarrow.RecordBatch
            Rows of an order file. The rows of an order must be adjacent and complete.

        Returns
        -------
        pyarrow.Table
            One row for each order and variant. An order that breaks a rule has the status ``error`` and the rule as its
            reason.
        """
        if isinstance(table, pa.RecordBatch):
            table = pa.Table.from_batches([table])
        return self._results(arrow_batch(1, table))

    def map(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield results as record batches for a stream of record batches; an order may span two batches."""
        tables = (pa.Table.from_batches([batch]) for batch in batches if batch.num_rows)
        for batch in arrow_batches(tables):
            yield from self._results(batch).to_batches()

    def _results(self, batch: OrderBatch) -> Any:
        records, rejected = self._job.records(batch)
        for refusal in rejected:
            reason = "; ".join(map(str, refusal.broken))
            refused = record_without(refusal.order_id, OrderStatus.ERROR, 0, reason)
            records += [refused | {"variant": variant} for variant in range(self._columns)]
        return self._form.table(records)
