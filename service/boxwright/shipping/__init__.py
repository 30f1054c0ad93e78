"""Carriers' bills, limits and prices by dated rules, and changes that would lower a bill.

Uses catalog, domain and units; has no emissions.
"""

from boxwright.shipping.biller import Billed, Biller, biller_of, chargeable_weight
from boxwright.shipping.least import least_billed
from boxwright.shipping.limits import exceeded_limits, most_accepted_mg, offered_elsewhere, refusing_limit
from boxwright.shipping.lower_steps import lower_steps
from boxwright.shipping.prices import UNPRICED_MINOR, Pricer, pricer_of

__all__ = [
    "UNPRICED_MINOR",
    "Billed",
    "Biller",
    "Pricer",
    "biller_of",
    "chargeable_weight",
    "exceeded_limits",
    "least_billed",
    "lower_steps",
    "most_accepted_mg",
    "offered_elsewhere",
    "pricer_of",
    "refusing_limit",
]
