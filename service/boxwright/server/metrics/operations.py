"""Long-running operations: how many there are, and how long the oldest waits."""

import time
from collections.abc import Mapping, Sequence

from prometheus_client import Gauge

from boxwright.server.metrics.described import Described, Instruments
from boxwright.store import OperationKind, OperationRecord, OperationState


class OperationMetrics(Instruments):
    """Operations."""

    operations = Described(
        Gauge,
        "boxwright_operations",
        "Long-running operations in the store, by kind (evaluate_catalogs, design_catalog) and state (waiting, running,"
        " succeeded, failed, cancelled), as this server read them last. Replicas that share a store say the same.",
        "kind state",
        known=[f"{kind} {state}" for kind in OperationKind for state in OperationState],
    )
    oldest_operation = Described(
        Gauge,
        "boxwright_operation_oldest_waiting_seconds",
        "Time since the oldest operation that waits was asked for; 0 where none waits.",
    )

    def count_operations(self, counts: Mapping[tuple[str, str], int], unended: Sequence[OperationRecord]) -> None:
        """Show how many operations there are, and how long the oldest has waited."""
        for kind in OperationKind:
            for state in OperationState:
                self.operations.labels(kind, state.value).set(counts.get((kind, state.value), 0))
        waiting = [each.create_us for each in unended if each.state is OperationState.WAITING]
        self.oldest_operation.set(max(0.0, time.time() - min(waiting) / 1e6) if waiting else 0.0)
