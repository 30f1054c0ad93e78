"""Tiny orders of mixed fragility classes compared with every split, box and place: no plan is worse than the best."""

import random
from collections import Counter
from functools import cache

import pytest

from boxwright import IncompletePlanError, Plan, plan
from boxwright.domain.plan import PlanStatus
from brute_force_protected import ProtectedForce, contradicted, protected_case

SEEDS = range(1, 181)
FEW_OR_ALL = [seed if seed % 6 == 0 else pytest.param(seed, marks=pytest.mark.long) for seed in SEEDS]


@cache
def case(seed: int) -> tuple[ProtectedForce, Plan | None]:
    """Return a tiny order and its plan, or None if only a partial plan exists and is not allowed."""
    tried = protected_case(random.Random(seed))
    try:
        return tried, plan(tried.order, tried.catalog, tried.policy, tried.lane, profiles=())
    except IncompletePlanError:
        return tried, None


@pytest.mark.parametrize("seed", FEW_OR_ALL)
def test_no_plan_is_worse_than_the_best_that_trying_everything_finds(seed: int) -> None:
    """Plans have no more unpacked units or parcels than necessary; parcels are possible, proofs and refusals true."""
    assert contradicted(*case(seed)) is None


@pytest.mark.long
def test_the_orders_are_of_every_kind() -> None:
    """The cases include different margins in one parcel, splits, partial plans, limits, and several kinds of proofs."""
    answers = [case(seed)[1] for seed in SEEDS]
    made = [each for each in answers if each is not None]
    margins = [{each.wall_margin_um for each in parcel.placements} for answer in made for parcel in answer.parcels]
    proofs = Counter(refused.proof for each in made for refused in each.certificate.refused_candidates)
    assert sum(len(each) > 1 for each in margins) > 30
    assert sum(len(each.parcels) > 1 for each in made) > 30
    assert sum(each.status is PlanStatus.PARTIAL for each in made) > 15
    assert len(answers) - len(made) > 7
    assert len(proofs) >= 5
    limited = [tried for tried, _ in map(case, SEEDS) if tried.policy.max_parcels is not None]
    assert len(limited) > 45
