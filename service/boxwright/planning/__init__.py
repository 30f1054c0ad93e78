"""One order -> one plan: the room a newcomer reads first.

Builds the ``ParcelModel`` that selection works on, and finishes, prices and checks what it returns. Uses every room
below it.
"""

from boxwright.planning.planner import plan, version

__all__ = ["plan", "version"]
