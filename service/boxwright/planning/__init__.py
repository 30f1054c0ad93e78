"""One order -> one plan: the room a newcomer reads first.

Builds the ``ParcelModel`` that selection works on, and finishes, prices and checks what it returns. Uses every room
below it.
"""

from boxwright.planning.alternatives import MAX_ALTERNATIVES, plans
from boxwright.planning.ceiling import cpu_ceiling
from boxwright.planning.comparison import baseline_plan, compare
from boxwright.planning.door import plan, refuse_early
from boxwright.planning.engine import version
from boxwright.planning.improving import improvements
from boxwright.planning.mode_alternatives import ModeAlternative, WeighedParcel, mode_alternatives, mode_warnings
from boxwright.planning.verify import verify_certificate

__all__ = [
    "MAX_ALTERNATIVES",
    "ModeAlternative",
    "WeighedParcel",
    "baseline_plan",
    "compare",
    "cpu_ceiling",
    "improvements",
    "mode_alternatives",
    "mode_warnings",
    "plan",
    "plans",
    "refuse_early",
    "verify_certificate",
    "version",
]
