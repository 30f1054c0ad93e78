"""Which grams are meant where plans are compared by emissions, and how unverified factors count in them."""

import enum
from dataclasses import dataclass

from boxwright.domain.fields import Ruled
from boxwright.domain.footprint import Allocation


class UnverifiedFactorRule(enum.StrEnum):
    """How an emission factor that nobody read in its source counts in choices; reported lines show its value."""

    UPPER_END = "upper_end"
    CENTRAL = "central"


@dataclass(frozen=True)
class EmissionsBasis(Ruled):
    """Which grams the objective ``emissions`` compares.

    Parameters
    ----------
    profile_id : str, optional
        Accounting profile, ``id`` or ``id@version``. Default: the first of the request. One that the request does not
        name is stated beside those that it does.
    allocation : Allocation, optional
        How transport is laid on a parcel. Default ``mass``.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    profile_id: str = ""
    allocation: Allocation = Allocation.MASS
