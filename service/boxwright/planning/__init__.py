"""One order -> one plan: the room a newcomer reads first.

Builds the ``ParcelModel`` that selection works on, and finishes, prices and checks what it returns. Uses every room
below it.
"""

from boxwright.planning.alternatives import MAX_ALTERNATIVES, plans
from boxwright.planning.planner import plan, version
from boxwright.planning.verify import verify_certificate

__all__ = ["MAX_ALTERNATIVES", "plan", "plans", "verify_certificate", "version"]
