"""Tiny orders against every partition, box and place tried: the proved is the best, the refused does not fit."""

import random
from collections import Counter
from functools import cache

import pytest

from boxwright import Plan, plan
from boxwright.domain.plan import PlanStatus, Proof, ProofScope, ProofStatus, UnpackedReason
from brute_force import BruteForce, tiny_case

SEEDS = range(120)
WEIGHED = (Proof.WEIGHT,)


@cache
def case(seed: int) -> tuple[BruteForce, Plan]:
    """Return a tiny order, and its plan."""
    tried = tiny_case(random.Random(seed))
    return tried, plan(tried.order, tried.catalog, tried.policy, profiles=())


def price_of(tried: BruteForce, answer: Plan) -> tuple[int, ...]:
    """Return the objectives of a plan, worked out anew from what is in its boxes."""
    prices = [
        tried.price(
            tuple((each.line_id, each.unit_index) for each in parcel.placements),
            tried.catalog.box_type(parcel.box_type_id),
        )
        for parcel in answer.parcels
    ]
    return tuple(sum(part) for part in zip(*prices, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_proved_is_the_best(seed: int) -> None:
    """No plan in scope is cheaper than a proved one, and where one is found by trying, the order is not turned down."""
    tried, answer = case(seed)
    if answer.status is not PlanStatus.COMPLETE:
        return
    price = price_of(tried, answer)
    certificate = answer.certificate
    if certificate.status is ProofStatus.PROVED:
        best = tried.best(single=certificate.scope is ProofScope.SINGLE_PARCEL)
        assert best is None or price <= best
    bounded = [each.value for each in tried.policy.objectives].index(certificate.bounded_objective)
    assert certificate.value == price[bounded]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_refused_does_not_fit(seed: int) -> None:
    """A refused box is too weak, or takes the units in no way even with support left out; a unit fits no box alone."""
    tried, answer = case(seed)
    everything = tuple(tried.units())
    if answer.status is PlanStatus.COMPLETE:
        for refused in answer.certificate.refused:
            box = tried.catalog.box_type(refused.box_type_id)
            assert not tried.fits(everything, box, supported=False)
            assert tried.bears(everything, box) == (refused.proof is not Proof.WEIGHT) or refused.proof is Proof.WEIGHT
    for unit in answer.unpacked:
        if unit.reason in (UnpackedReason.DOES_NOT_FIT_ANY_BOX, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX):
            alone = ((unit.line_id, unit.unit_index),)
            assert not any(tried.fits(alone, box, supported=True) for box in tried.catalog.box_types)


def test_tiny_orders_are_of_every_sort() -> None:
    """Proved and split plans, refusals of several kinds and partial plans are among them."""
    answers = [case(seed)[1] for seed in SEEDS]
    complete = [each for each in answers if each.status is PlanStatus.COMPLETE]
    proofs = Counter(refused.proof for each in complete for refused in each.certificate.refused)
    assert sum(each.certificate.status is ProofStatus.PROVED for each in complete) > 20
    assert sum(len(each.parcels) > 1 for each in complete) > 5
    assert len(answers) > len(complete)
    assert len(proofs) >= 4
