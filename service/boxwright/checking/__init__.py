"""The independent judge of plans: is every unit where it can be, and does the plan say the truth about itself.

Uses protection, catalog, domain and units; never packing or selection, so that an error there is not made twice.
"""

from boxwright.checking.checker import check, check_parcels
from boxwright.checking.loads import loads_mg
from boxwright.checking.violation import PlanViolation, ViolationKind

__all__ = ["PlanViolation", "ViolationKind", "check", "check_parcels", "loads_mg"]
