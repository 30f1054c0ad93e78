"""What the log and the metrics say of retention."""

import logging

from boxwright.server.metrics import Metrics
from boxwright.server.retention import Retention
from boxwright.store import StoreFullError, StoreUnreachableError


def test_the_log_says_what_retention_deletes_and_once_that_it_fails(caplog):
    """A line a round in which plans went, one for each reason why none can go, and one when it works again."""
    caplog.set_level(logging.INFO, "boxwright.server")
    metrics = Metrics()
    retention = Retention(metrics)
    retention.rested({})
    retention.failed(StoreFullError("disk"))
    retention.failed(StoreFullError("disk"))
    retention.failed(StoreUnreachableError("gone"))
    retention.removed("size", 100)
    retention.rested({"size": 100})
    retention.rested({})
    said = [(record.levelname, record.facts) for record in caplog.records]
    assert said == [
        ("WARNING", {"reason": "store_full", "error": "disk"}),
        ("WARNING", {"reason": "store_unreachable", "error": "gone"}),
        ("INFO", {"size": 100}),
        ("INFO", {}),
    ]
    assert metrics.registry.get_sample_value("boxwright_removed_plans_total", {"why": "size"}) == 100
