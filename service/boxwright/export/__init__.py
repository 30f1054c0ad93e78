"""Plans as JSON: a readable form, its reading, and the canonical form that two plans are compared by.

Uses domain, units and errors only; doors and evaluation use it.
"""

from boxwright.export.canonical import canonical_hash, canonical_json
from boxwright.export.plan_dict import comparison_to_dict, coverage_of, plan_to_dict, profiles_to_list
from boxwright.export.plan_reading import plan_from_dict, profiles_from_dict, started_from_list

__all__ = [
    "canonical_hash",
    "canonical_json",
    "comparison_to_dict",
    "coverage_of",
    "plan_from_dict",
    "plan_to_dict",
    "profiles_from_dict",
    "profiles_to_list",
    "started_from_list",
]
