"""One order -> one plan. Start with ``planner.py``, the algorithm on one page.

``request.py`` looks up every name and applies the ``rules``. ``model.py`` answers the search with the ``parts`` of the
order. ``triage.py`` sets aside the units that fit no box. ``boxes.py`` runs the search, and ``started.py`` fills
started parcels before it. ``finishing`` turns the result into a plan. ``answers`` has the other answers about an order.
"""

from boxwright.planning.answers.alternatives import MAX_ALTERNATIVES, plans
from boxwright.planning.answers.bench import bench_words
from boxwright.planning.answers.bench_apart import why_apart
from boxwright.planning.answers.comparison import baseline_plan, compare
from boxwright.planning.answers.improving import improvements
from boxwright.planning.answers.judge import positioned
from boxwright.planning.answers.mode_alternatives import (
    ModeAlternative,
    WeighedParcel,
    mode_alternatives,
    mode_warnings,
)
from boxwright.planning.answers.verify import verify_certificate
from boxwright.planning.engine import version
from boxwright.planning.planner import plan, refuse_early
from boxwright.planning.task import Task

__all__ = [
    "MAX_ALTERNATIVES",
    "ModeAlternative",
    "Task",
    "WeighedParcel",
    "baseline_plan",
    "bench_words",
    "compare",
    "improvements",
    "mode_alternatives",
    "mode_warnings",
    "plan",
    "plans",
    "positioned",
    "refuse_early",
    "verify_certificate",
    "version",
    "why_apart",
]
