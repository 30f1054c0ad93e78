"""Proofs that a box is too small are never wrong, and strong enough for cases made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from boxwright.domain.proof import Proof
from boxwright.packing import bars, bounds, dual, exact, reach
from boxwright.packing.problem import Rules, Space
from boxwright.packing.proofs import PROOFS, refuse
from boxwright.packing.question import Question
from strategies import units_of

NODES = 20_000


def test_dual_feasible_functions_see_what_volume_does_not() -> None:
    """Nine cubes of 34 in a cube of 100: 35 % of its volume, but only two fit along each axis, eight in all.

    Under u(2) each edge of 34 counts 1/2, so each cube 1/8, and nine need 9/8 = 1.125.
    """
    space = Space((100, 100, 100))
    assert dual.overfull(reach.declared(units_of([(34, 34, 34)] * 9), space)) == 1.125
    assert dual.overfull(reach.declared(units_of([(34, 34, 34)] * 8), space)) is None


def test_rows_of_units_do_not_reach_the_walls() -> None:
    """Five cubes of 4 in a box of 9 x 9 x 4: 320 of its 324, but rows of cubes reach to 8 only, which leaves 256."""
    assert reach.overfull(reach.grown(units_of([(4, 4, 4)] * 5), Space((9, 9, 4)))) == 320 / 256
    assert reach.overfull(reach.grown(units_of([(4, 4, 4)] * 4), Space((9, 9, 4)))) is None


def test_a_unit_counts_the_slack_that_no_other_can_fill() -> None:
    """In a box of 10 x 8 x 4 a unit of 7 leaves 3 that no unit of 5 fills, one of 1 high leaves 3 that none of 4 does.

    Grown to 10, 5, 5 and 5 long and 4 high, all 4 wide, the four need 160 + 3 * 80 = 400 of 320. None may turn.
    """
    edges = [(7, 4, 4), (5, 4, 4), (5, 4, 4), (5, 4, 1)]
    units = replace(units_of(edges), masks=np.ones(4, dtype=np.int64))
    space = Space((10, 8, 4))
    assert units.volume_um3 < 320
    assert bounds.conflict(units, space) is None
    assert reach.overfull(reach.grown(units, space)) == 400 / 320
    assert reach.overfull(reach.grown(units.take(np.array([0, 1, 2])), space)) is None


def test_two_units_do_not_claim_the_same_slack() -> None:
    """Beside a row of 10, two units of 4 leave 2 of a row: the first grows into it, to 6, the second does not."""
    units = replace(units_of([(4, 1, 1), (4, 1, 1), (10, 1, 1)]), masks=np.ones(3, dtype=np.int64))
    lengths = reach.grown(units, Space((10, 2, 1)))
    assert lengths.along_um[:, 0, 0].tolist() == [6, 4, 10]
    assert reach.overfull(lengths) is None


def test_too_many_sums_leave_lengths_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """With too many sums the box is not cut down and no unit grows."""
    monkeypatch.setattr(reach, "MOST_SUMS", 3)
    units, space = units_of([(1, 2, 4), (8, 16, 31), (3, 5, 9)]), Space((33, 33, 33))
    lengths, plain = reach.grown(units, space), reach.declared(units, space)
    assert np.array_equal(lengths.along_um, plain.along_um)
    assert np.array_equal(lengths.box_um, plain.box_um)


@pytest.mark.parametrize(
    ("edges", "box", "found"),
    [
        ([(4, 1, 1)] * 9, (6, 6, 1), (4, 9, 8)),
        ([(4, 1, 1)] * 8, (6, 6, 1), None),
        ([(4, 2, 1)] * 2 + [(1, 4, 1)] * 5, (6, 6, 1), (4, 9, 8)),
        ([(4, 2, 1)] * 2 + [(1, 4, 1)] * 5, (8, 6, 1), None),
    ],
)
def test_bars_of_four_in_a_square_of_six(edges: list, box: tuple[int, int, int], found: tuple | None) -> None:
    """A plate of 6 x 6 has 8 cells of its rarest of four colours: nine bars of 4 x 1, 36 of 36 cells, do not fit."""
    assert bars.too_many(units_of(edges), Space(box)) == found


def test_the_largest_of_many_units_refuse_a_box() -> None:
    """The exact search refuses nine units because the largest of them have no arrangement."""
    large = [(40, 60, 60), (50, 60, 60), (30, 40, 70)]
    units = units_of([*((each, 1, 1) for each in range(1, 7)), *large])
    refusal = refuse(Question(units, Space((80, 90, 80)), Rules(), whole=True, nodes=NODES))
    assert refusal.proof is Proof.EXACT_RELAXED
    assert "8 largest units" in refusal.rule


@pytest.mark.parametrize(
    ("edges", "box", "proof"),
    [
        ([(4, 4, 4)] * 5, (9, 9, 4), Proof.BAR_RELAXATION),
        ([(4, 1, 1)] * 9, (6, 6, 1), Proof.IDENTICAL_UNITS),
        ([(34, 34, 34)] * 9, (100, 100, 100), Proof.BAR_RELAXATION),
        ([(4, 6, 6), (5, 6, 6), (3, 4, 7)], (8, 9, 8), Proof.EXACT_RELAXED),
        ([(5, 5, 5)] * 2, (9, 9, 9), Proof.UNIT_PAIR),
        ([(10, 1, 1)], (9, 9, 9), Proof.SINGLE_UNIT),
        ([(9, 9, 5)] * 2, (9, 9, 9), Proof.VOLUME),
    ],
)
def test_a_refusal_names_its_proof(edges: list[tuple[int, int, int]], box: tuple[int, int, int], proof: Proof) -> None:
    """The cheapest proof that applies refuses each case, with a text."""
    refusal = refuse(Question(units_of(edges), Space(box), Rules(), whole=True, nodes=NODES))
    assert refusal.proof is proof
    assert refusal.rule


@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("box", [(9, 9, 9), (0, 9, 9), (0, 0, 0)])
def test_a_proof_used_alone_is_never_wrong(proof: Proof, box: tuple[int, int, int]) -> None:
    """A proof used alone is right or silent where no unit fits, even in a box without an inside."""
    question = Question(units_of([(10, 10, 10)] * 3), Space(box), Rules(), whole=True, nodes=NODES)
    ground = PROOFS[proof](question)
    assert ground is None or "inf" not in ground


def test_an_exact_search_may_end_without_an_answer() -> None:
    """The budget of nodes can end first, and too many units are not searched."""
    assert exact.feasible(units_of([(4, 6, 6), (5, 6, 6), (3, 4, 7)]), Space((8, 9, 8)), 1) is None
    units = units_of([(1, 1, 1)] * (exact.MOST_UNITS + 1))
    assert exact.feasible(units, Space((9, 9, 9)), NODES) is None
