"""No proof refuses units that a box was cut into; ``python -m benchmarks.soundness`` tries 50,000 boxes."""

import itertools
import random

import pytest

from zero_slack import Instance, instance, proofs, with_margins

SEEDS = range(400)
INSTANCES = [instance(random.Random(seed)) for seed in SEEDS]
MARGINED = [with_margins(random.Random(seed), cut) for seed, cut in zip(SEEDS, INSTANCES, strict=True)]


@pytest.mark.parametrize("proof", proofs(0))
def test_no_proof_refuses_what_was_cut_out_of_the_box(proof: str) -> None:
    """Units that fill a box, by straight cuts, pinwheels and knots of nine, are refused by none of the proofs.

    Nor are they where they keep margins that they have there.
    """
    refuses = proofs(nodes=2_000)[proof]
    assert [seed for seed, each in zip(SEEDS, INSTANCES, strict=True) if refuses(each)] == []
    assert [seed for seed, each in zip(SEEDS, MARGINED, strict=True) if refuses(each)] == []


def test_cut_boxes_are_of_every_kind() -> None:
    """Few and many units, equal ones, limited orientations, slack, and cuts that no straight cut starts."""
    counts = {len(each.units) for each in INSTANCES}
    assert min(counts) == 2
    assert max(counts) >= 25
    assert any(each.loose for each in INSTANCES)
    assert any(len(set(each.units.kinds.tolist())) <= len(each.units) // 2 for each in INSTANCES)
    assert any(mask != 63 for each in INSTANCES for mask in each.units.masks.tolist())
    assert any(_without_straight_cut(each) for each in INSTANCES)
    margins = [(each.units.least_margin_um, each.units.most_margin_um) for each in MARGINED]
    assert {(least > 0, least < most) for least, most in margins} == set(itertools.product((False, True), repeat=2))


def _without_straight_cut(each: Instance) -> bool:
    """Whether every plane through the box goes through a unit."""
    borders = [{corners[axis] for corners in each.corners_um} - {0} for axis in range(3)]
    return not each.loose and all(
        any(corners[axis] < border < corners[axis + 3] for corners in each.corners_um)
        for axis in range(3)
        for border in borders[axis]
    )
