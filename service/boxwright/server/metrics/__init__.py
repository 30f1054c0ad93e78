"""What a dashboard sees, one file for each thing that is measured; every metric is described in ``docs/metrics.md``.

It may use the packages below the server, and of the server what queues and lanes are.
"""

from boxwright.server.metrics.described import INLINE, LATENCY_BUCKETS_S, OTHER_BOX, Described
from boxwright.server.metrics.one_server import Metrics

__all__ = ["INLINE", "LATENCY_BUCKETS_S", "OTHER_BOX", "Described", "Metrics"]
