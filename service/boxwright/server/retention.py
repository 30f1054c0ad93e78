"""What retention deletes, and that it fails: in metrics and in the log."""

import logging
from collections.abc import Mapping

from boxwright.server.faults import reason_of
from boxwright.server.logs import log
from boxwright.server.metrics import Metrics
from boxwright.store import StoreError


class Retention:
    """Hears what goes by age and size; called from one thread.

    Parameters
    ----------
    metrics : Metrics
        Where plans that went are counted.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._reason = ""

    def removed(self, why: str, plans: int) -> None:
        """Count plans that went for good, by ``age`` or ``size``."""
        self._metrics.removed_plans.labels(why).inc(plans)

    def rested(self, removed: Mapping[str, int]) -> None:
        """Log what went in a round, if anything did, and that rounds end well again."""
        if removed:
            log(logging.INFO, "retention deleted plans", removed)
        if self._reason:
            log(logging.INFO, "retention works again")
        self._reason = ""

    def failed(self, error: StoreError) -> None:
        """Log once for each reason, until it works again, that what is to go stays."""
        reason = reason_of(error)
        if reason != self._reason:
            log(logging.WARNING, "retention fails", {"reason": reason, "error": str(error)})
        self._reason = reason
