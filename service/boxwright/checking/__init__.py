"""The independent check of plans: of positions, rules and every stated figure, but not of certificates.

Uses shipping, protection, catalog, domain, the packages below them, and the mass data of footprint. It never uses
packing or selection, so it does not repeat their errors.
"""

from boxwright.checking.checker import check, check_parcels
from boxwright.checking.standing import loads_mg
from boxwright.checking.violation import PlanViolation, ViolationKind

__all__ = ["PlanViolation", "ViolationKind", "check", "check_parcels", "loads_mg"]
