"""What a carrier bills: dimensional and chargeable weight by dated rules.

Uses catalog, domain and units; knows nothing of carbon.
"""

from boxwright.shipping.chargeable import bill, chargeable_weight
from boxwright.shipping.limits import exceeded_limits

__all__ = ["bill", "chargeable_weight", "exceeded_limits"]
