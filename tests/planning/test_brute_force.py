"""Tiny orders compared with every partition, box and place: proved plans are best, refused boxes do not fit."""

import random
from collections import Counter
from functools import cache

import pytest

from boxwright import Plan, plan
from boxwright.domain.plan import PlanStatus, ProofStatus
from brute_force import BruteForce, tiny_case, wrong

SEEDS = range(120)
FEW_OR_ALL = [seed if seed % 6 == 0 else pytest.param(seed, marks=pytest.mark.long) for seed in SEEDS]


@cache
def case(seed: int) -> tuple[BruteForce, Plan]:
    """Return a tiny order, and its plan."""
    tried = tiny_case(random.Random(seed))
    return tried, plan(tried.order, tried.catalog, tried.policy, profiles=())


@pytest.mark.parametrize("seed", FEW_OR_ALL)
def test_trying_everything_contradicts_nothing(seed: int) -> None:
    """No plan in scope is cheaper than a proved one; the units do not fit a refused box, even without support."""
    assert wrong(*case(seed)) is None


@pytest.mark.long
def test_tiny_orders_are_of_every_kind() -> None:
    """The cases include proved and split plans, refusals of several kinds, and partial plans."""
    answers = [case(seed)[1] for seed in SEEDS]
    complete = [each for each in answers if each.status is PlanStatus.COMPLETE]
    proofs = Counter(refused.proof for each in complete for refused in each.certificate.refused_candidates)
    assert sum(each.certificate.status is ProofStatus.PROVED for each in complete) > 20
    assert sum(len(each.parcels) > 1 for each in complete) > 5
    assert len(answers) > len(complete)
    assert len(proofs) >= 4
