"""A plan as plain data in mm, g and mg CO2e, for people and other programs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from boxwright.domain.comparison import Comparison
from boxwright.domain.factor import CoverageCell
from boxwright.domain.plan import Plan
from boxwright.export.canonical import canonical_hash
from boxwright.export.nouns import CELL, COMPARISON, PLAN


def plan_to_dict(plan: Plan, *, with_profiles: bool = True) -> dict[str, Any]:
    """Return a plan as plain data: texts, numbers, booleans, lists and dicts.

    Lengths are in mm, masses in g, emissions in mg CO2e. Quantities that a double may not hold exactly
    (volumes, bounds, amounts of activity, factors) are decimal numbers as text. :func:`plan_from_dict` reads it
    back whole.

    Parameters
    ----------
    plan : Plan
        The plan.
    with_profiles : bool, optional
        Whether it states the coverage of its accounting profiles, as :func:`profiles_to_list` does. Default True; False
        where many plans have theirs in common.
    """
    profiles = {"profiles": profiles_to_list(coverage_of([plan]))} if with_profiles else {}
    return {**PLAN.write(plan), **profiles, "canonical_hash": canonical_hash(plan)}


def coverage_of(plans: Iterable[Plan]) -> dict[str, tuple[CoverageCell, ...]]:
    """Return the coverage of each accounting profile that plans are counted by."""
    return {each.profile_id: each.coverage for plan in plans for each in plan.footprints}


def profiles_to_list(coverage: Mapping[str, Sequence[CoverageCell]]) -> list[dict[str, Any]]:
    """Return accounting profiles with their coverage as plain data."""
    return [
        {"profile_id": profile_id, "coverage": [CELL.write(cell) for cell in cells]}
        for profile_id, cells in coverage.items()
    ]


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data; differences are the first plan less the second, emissions in mg CO2e."""
    return COMPARISON.write(comparison)
