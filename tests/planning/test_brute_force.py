"""Tiny orders compared with every partition, box and place: no plan is worse than the best, and no proof is wrong."""

import random
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from boxwright import IncompletePlanError, Plan, plan
from boxwright.domain.plan import PlanStatus, ProofStatus
from boxwright.domain.proof import Proof
from brute_force import BruteForce, contradicted, pack_case, protected_case, tiny_case

KINDS = {tiny_case: range(120), protected_case: range(1, 181), pack_case: range(0, 300, 6)}
FEW_OR_ALL = [
    pytest.param(make, seed, id=f"{make.__name__} {seed}", marks=() if seed % 6 == 0 else pytest.mark.long)
    for make, seeds in KINDS.items()
    for seed in seeds
]


@cache
def case(make: Callable[[random.Random], BruteForce], seed: int) -> tuple[BruteForce, Plan | None]:
    """Return a tiny order and its plan, or None if only a partial plan exists and is not allowed."""
    tried = make(random.Random(seed))
    try:
        return tried, plan(tried.order, tried.catalog, tried.policy, tried.lane, profiles=())
    except IncompletePlanError:
        return tried, None


@pytest.mark.parametrize(("make", "seed"), FEW_OR_ALL)
def test_trying_everything_contradicts_nothing(make: Callable[[random.Random], BruteForce], seed: int) -> None:
    """Plans have no more unpacked units or parcels than necessary; parcels are possible, proofs and refusals true."""
    assert contradicted(*case(make, seed)) is None


@pytest.mark.long
@pytest.mark.parametrize("make", KINDS)
def test_the_orders_are_of_every_kind(make: Callable[[random.Random], BruteForce]) -> None:
    """The cases include proved, split, partial and refused plans, limits, margins, and several kinds of proofs."""
    tried, answers = zip(*(case(make, seed) for seed in KINDS[make]), strict=True)
    made = [each for each in answers if each is not None]
    proofs = Counter(refused.proof for each in made for refused in each.certificate.refused_candidates)
    assert sum(each.certificate.status is ProofStatus.PROVED for each in made) > 20
    assert sum(len(each.parcels) > 1 for each in made) > 5
    assert sum(each.status is PlanStatus.PARTIAL for each in made) > 5
    assert len(proofs) >= 4
    if make is pack_case:
        assert proofs[Proof.COMPARTMENTS] > 9
        used = [{each.box_type_id == "single" for each in plan.parcels} for plan in made]
        assert min(used.count({False}), used.count({True, False})) > 1
    if make is protected_case:
        margins = [{each.wall_margin_um for each in parcel.placements} for plan in made for parcel in plan.parcels]
        assert sum(len(each) > 1 for each in margins) > 30
        assert len(answers) - len(made) > 7
        assert sum(each.policy.max_parcels is not None for each in tried) > 45
