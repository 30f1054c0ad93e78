"""No proof refuses a box that units were cut out of. ``python -m benchmarks.soundness`` asks 50,000 such questions."""

import itertools
import random

import pytest

from zero_slack import Instance, instance, proofs

SEEDS = range(400)
INSTANCES = [instance(random.Random(seed)) for seed in SEEDS]


@pytest.mark.parametrize("proof", proofs(0))
def test_no_proof_refuses_what_was_cut_out_of_the_box(proof: str) -> None:
    """Units that fill a box, by straight cuts, pinwheels and knots of nine, are refused by none of the proofs."""
    refuses = proofs(nodes=2_000)[proof]
    assert [seed for seed, each in zip(SEEDS, INSTANCES, strict=True) if refuses(each)] == []


def test_cut_boxes_are_what_they_say() -> None:
    """Each unit lies where it was cut out: inside, apart from all others, as it may be turned, and nothing is left."""
    for each in INSTANCES:
        length, width, height = each.space.edges_um
        for index, (corners, turn) in enumerate(zip(each.corners_um, each.orientations, strict=True)):
            edges = [each.units.edges_um[index, int("LWH".index(edge))] for edge in TURNS[turn]]
            assert edges == [corners[axis + 3] - corners[axis] for axis in range(3)]
            assert (each.units.masks[index] >> turn) & 1
            assert min(corners[:3]) >= 0
            assert all(corners[axis + 3] <= each.space.edges_um[axis] for axis in range(3))
        assert all(_apart(a, b) for a, b in itertools.combinations(each.corners_um, 2))
        assert each.loose or each.units.volume_um3 == length * width * height
        assert list(each.units.kinds) == sorted(each.units.kinds)


TURNS = ("LWH", "WLH", "LHW", "HLW", "WHL", "HWL")


def _apart(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return any(a[axis + 3] <= b[axis] or b[axis + 3] <= a[axis] for axis in range(3))


def test_cut_boxes_are_of_every_sort() -> None:
    """Few and many units, equal ones, limited orientations, slack, and cuts that no straight cut starts."""
    counts = {len(each.units) for each in INSTANCES}
    assert min(counts) == 2
    assert max(counts) >= 25
    assert any(each.loose for each in INSTANCES)
    assert any(len(set(each.units.kinds.tolist())) <= len(each.units) // 2 for each in INSTANCES)
    assert any(mask != 63 for each in INSTANCES for mask in each.units.masks.tolist())
    assert any(_without_straight_cut(each) for each in INSTANCES)


def _without_straight_cut(each: Instance) -> bool:
    """Whether every plane through the box goes through a unit."""
    borders = [{corners[axis] for corners in each.corners_um} - {0} for axis in range(3)]
    return not each.loose and all(
        any(corners[axis] < border < corners[axis + 3] for corners in each.corners_um)
        for axis in range(3)
        for border in borders[axis]
    )
