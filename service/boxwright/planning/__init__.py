"""One order -> one plan: the room a newcomer reads first.

``planner.py`` is the algorithm on one page. ``request.py`` looks up every name and applies the ``rules``; ``model.py``
answers for the order with its ``parts``; ``finding`` asks the search; ``unpacked`` says why units are in no parcel;
``finishing`` makes a plan of what was found; ``answers`` are what else can be asked. Uses every room below it.
"""

from boxwright.planning.answers.alternatives import MAX_ALTERNATIVES, plans
from boxwright.planning.answers.bench import bench_words
from boxwright.planning.answers.bench_apart import why_apart
from boxwright.planning.answers.comparison import baseline_plan, compare
from boxwright.planning.answers.improving import improvements
from boxwright.planning.answers.mode_alternatives import (
    ModeAlternative,
    WeighedParcel,
    mode_alternatives,
    mode_warnings,
)
from boxwright.planning.answers.positions import positioned
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
