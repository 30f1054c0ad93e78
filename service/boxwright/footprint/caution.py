"""Factors as choices count them: ignorance never looks cheap."""

import functools
from dataclasses import replace

from boxwright.domain.factor import AccountingProfile
from boxwright.domain.same import Same


def cautious(profile: AccountingProfile) -> AccountingProfile:
    """Return a profile whose unverified factors stand at the upper end of their range.

    Choices are made under it, figures are shown under the profile itself. A factor without a stated range keeps its
    value.
    """
    return _cautious(Same(profile))


@functools.lru_cache(maxsize=64)
def _cautious(same: Same[AccountingProfile]) -> AccountingProfile:
    profile = same.thing
    factors = tuple(
        factor if factor.read_in_source or factor.high is None else replace(factor, value=factor.high)
        for factor in profile.factors
    )
    return replace(profile, factors=factors)
