"""The independent check of plans: positions, rules and all stated figures, but not certificates.

It uses shipping, protection, catalog, domain, the packages below them, and the mass data of footprint. It never uses
packing or selection, so it does not repeat their errors.
"""

from boxwright.checking.checker import check, check_parcels
from boxwright.checking.standing import loads_mg
from boxwright.checking.violation import PlanViolation, ViolationKind

__all__ = ["PlanViolation", "ViolationKind", "check", "check_parcels", "loads_mg"]
