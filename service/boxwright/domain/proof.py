"""Proofs that refuse a candidate."""

import enum


class Proof(enum.StrEnum):
    """Kind of proof that a cheaper candidate cannot hold the units."""

    VOLUME = "volume"
    WEIGHT = "weight"
    SINGLE_UNIT = "single_unit"
    UNIT_PAIR = "unit_pair"
    COMPARTMENTS = "compartments"
    BAR_RELAXATION = "bar_relaxation"
    DUAL_FEASIBLE_FUNCTION = "dual_feasible_function"
    IDENTICAL_UNITS = "identical_units"
    EXACT_RELAXED = "exact_relaxed"
    EXACT = "exact"
    POLICY = "policy"
