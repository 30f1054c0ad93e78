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


def test_cut_boxes_keep_their_rules() -> None:
    """Each unit lies where it was cut out: inside, apart from all others, as it may be turned, and nothing is left.

    Where units keep margins, they have them there.
    """
    for each in [*INSTANCES, *MARGINED]:
        length, width, height = each.space.edges_um
        for index, (corners, turn) in enumerate(zip(each.corners_um, each.orientations, strict=True)):
            edges = [each.units.edges_um[index, int("LWH".index(edge))] for edge in TURNS[turn]]
            assert edges == [corners[axis + 3] - corners[axis] for axis in range(3)]
            assert (each.units.masks[index] >> turn) & 1
            margin = int(each.units.clear_um[index])
            assert min(corners[:3]) >= margin >= 0
            far = max(margin - each.space.slack_um, 0)
            assert all(corners[axis + 3] + far <= each.space.edges_um[axis] for axis in range(3))
        assert all(_apart(a, b) for a, b in itertools.combinations(each.corners_um, 2))
        assert each.loose or each.units.margins_um is not None or each.units.volume_um3 == length * width * height
        assert list(each.units.kinds) == sorted(each.units.kinds)


TURNS = ("LWH", "WLH", "LHW", "HLW", "WHL", "HWL")


def _apart(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return any(a[axis + 3] <= b[axis] or b[axis + 3] <= a[axis] for axis in range(3))


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
