"""The independent judge of plans: is every unit where it can be, and does the plan say the truth about itself.

Uses shipping, protection, catalog, domain and the packages below them, and of footprint what masses stand on; never
packing or selection, so that an error there is not made twice. It looks at no certificate.
"""

from boxwright.checking.checker import check, check_parcels, wrong_layout
from boxwright.checking.standing import loads_mg
from boxwright.checking.violation import PlanViolation, ViolationKind

__all__ = ["PlanViolation", "ViolationKind", "check", "check_parcels", "loads_mg", "wrong_layout"]
