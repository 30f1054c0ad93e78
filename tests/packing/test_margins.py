"""Wall margins of units: layouts keep them, and no proof refuses units that can be packed with them."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.policy import Engine
from boxwright.domain.proof import Proof
from boxwright.packing import exact
from boxwright.packing.own import lay
from boxwright.packing.problem import Layout, Rules, Space, Units, within
from boxwright.packing.proofs import PROOFS, refuse
from boxwright.packing.question import Packed, Question, Refused
from boxwright.packing.solver import SOLVED, lay_exactly
from boxwright.planning.engine import PACKERS
from layout_rules import wrong
from strategies import units_of

PACKER = PACKERS[Engine.BOXWRIGHT]

Cuboid = tuple[int, int, int]


def kept(edges: list[Cuboid], margins: list[int], **changed: list[float]) -> Units:
    """Return units of given edges and margins."""
    names = sorted(set(zip(edges, margins, strict=True)), reverse=True)
    rows = sorted(zip(edges, margins, strict=True), reverse=True)
    units = units_of([edge for edge, _ in rows], **changed)
    return replace(
        units,
        kinds=np.array([names.index(row) for row in rows], dtype=np.int64),
        margins_um=np.array([margin for _, margin in rows], dtype=np.int64),
    )


@st.composite
def margined(draw: st.DrawFn, most_edge: int = 12, most_units: int = 7) -> tuple[Units, Space]:
    """Return up to seven units with margins of up to five or none, and a box about as large as all of them."""
    edge = st.integers(1, most_edge)
    kinds = draw(st.lists(st.tuples(edge, edge, edge, st.sampled_from([0, 0, 1, 2, 5])), min_size=1, max_size=4))
    rows = [kind for kind in kinds for _ in range(draw(st.integers(1, 2)))][:most_units]
    units = kept([row[:3] for row in rows], [row[3] for row in rows])
    loads = [draw(st.sampled_from([0.0, math.inf, math.inf])) for _ in range(int(units.kinds[-1]) + 1)]
    units = replace(
        units,
        masks=np.full(len(units), draw(st.sampled_from([63, 63, 3, 1]))),
        max_load_mg=np.array(loads)[units.kinds],
    )
    side = round(units.volume_um3 ** (1 / 3))
    slack = draw(st.sampled_from([0, 0, 1, 3]))
    return units, Space(tuple(side + draw(st.integers(0, 10)) for _ in range(3)), slack_um=slack)


@given(margined(), st.sampled_from([0, 500_000, 750_000, 1_000_000]), st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_layouts_keep_margins(case, millionths: int, bearing: bool, whole: bool) -> None:
    """A layout obeys all rules, also after it is centred."""
    units, space = case
    rules = Rules(millionths, bearing)
    asked = Question(units, space, rules, whole=whole, effort=5_000, nodes=500, sliding=5_000 if whole else 0)
    answer = PACKER.ask(asked)
    if isinstance(answer, Packed):
        assert wrong(units, space, rules, answer.layout) == []
        assert wrong(units, space, rules, answer.layout.centred) == []
        assert not whole or len(answer.layout) == len(units)


@given(margined(most_units=5), st.sampled_from([0, 750_000]))
@settings(max_examples=25, deadline=None)
def test_the_solver_keeps_margins(case, millionths: int) -> None:
    """Layouts of the constraint solver obey all rules, and it refuses nothing that was packed without it."""
    units, space = case
    inner = Question(units, space, Rules(millionths), whole=True, effort=3_000, solver_seconds=0.2).within_margins
    found, packed = lay_exactly(inner), lay(inner)
    if isinstance(found, Layout):
        assert wrong(inner.units, inner.space, inner.rules, found) == []
    if packed is not None:
        assert wrong(inner.units, inner.space, inner.rules, packed) == []
        assert not isinstance(found, Refused)
        assert [proof for proof, ground in SOLVED.items() if ground(inner)] == []


@given(margined(most_edge=3, most_units=4), st.tuples(*[st.integers(1, 5)] * 3))
@settings(max_examples=100, deadline=None)
def test_proofs_agree_with_trying_every_place_on_a_grid(case, edges: Cuboid) -> None:
    """The exact search agrees with a search over all places; no other proof refuses units that fit."""
    units, space = case[0], Space(edges, slack_um=case[1].slack_um)
    margins = np.minimum(units.clear_um, 1)
    units = replace(units, margins_um=margins)
    fits = tried(units, space)
    assert exact.feasible(units, space, 10**7) is fits
    question = Question(units, space, Rules(), whole=True, nodes=10**6, solver_seconds=0.5)
    if fits:
        assert [
            proof for proof, ground in {**PROOFS, **SOLVED}.items() if proof is not Proof.EXACT and ground(question)
        ] == []
        assert refuse(question) is None
    elif len(units) > 1:
        assert SOLVED[Proof.EXACT_RELAXED](question)


@pytest.mark.parametrize(
    ("margins", "slack", "length"),
    [
        ([5, 5, 5], 0, 100),
        ([0, 25, 0], 0, 90),
        ([5, 25, 0], 0, 95),
        ([25] * 3, 0, 140),
        ([25] * 3, 3, 137),
        ([0, 25, 25], 3, 112),
        ([2] * 3, 3, 92),
    ],
)
def test_three_in_a_row_need_the_margins_of_both_ends(margins: list[int], slack: int, length: int) -> None:
    """Three units of 30 in a row need the two smallest margins at its ends, and not a micrometre less.

    The slack of the box counts towards the margin of the last one.
    """
    units = replace(kept([(30, 60, 60)] * 3, margins), masks=np.array([1, 1, 1]))
    for edge, fits in ((length, True), (length - 1, False)):
        space = Space((edge, 110, 110), slack_um=slack)
        assert exact.feasible(units, space, 10_000) is fits
        question = Question(units, space, Rules(), whole=True, effort=5_000, solver_seconds=1.0)
        assert isinstance(PACKER.ask(question), Packed) is fits
        assert (SOLVED[Proof.EXACT_RELAXED](question) is None) is fits


def tried(units: Units, space: Space) -> bool:
    """Whether the units fit at whole coordinates without support, by trying every place."""
    length, width, height = space.edges_um

    def places(unit: int) -> list[int]:
        (margin, far), found = units.margins_in(space)[unit].tolist(), set()
        for bit, orientation in enumerate(ALL_ORIENTATIONS):
            if not int(units.masks[unit]) >> bit & 1:
                continue
            along, across, up = orientation.rotate(*units.edges_um[unit].tolist())
            for x, y, z in itertools.product(
                range(margin, length - far - along + 1),
                range(margin, width - far - across + 1),
                range(margin, height - far - up + 1),
            ):
                cells = itertools.product(range(x, x + along), range(y, y + across), range(z, z + up))
                found.add(sum(1 << (a * width + b) * height + c for a, b, c in cells))
        return sorted(found)

    every = [places(unit) for unit in range(len(units))]

    def rest(unit: int, taken: int) -> bool:
        return unit == len(every) or any(not taken & bits and rest(unit + 1, taken | bits) for bits in every[unit])

    return rest(0, 0)


@given(margined())
@settings(max_examples=20, deadline=None)
def test_equal_margins_are_the_old_problem_in_a_smaller_box(case) -> None:
    """With one margin for all units, answers are those of a smaller box without margins."""
    units, space = case
    bare = replace(units, margins_um=None)
    inner = Question(bare, space, Rules(), whole=True, effort=5_000, nodes=500, sliding=2_000)
    space = replace(space, slack_um=0)
    inner = replace(inner, space=space)
    wide = Space(tuple(edge + 14 for edge in space.edges_um))
    outer = replace(inner, units=replace(units, margins_um=np.full(len(units), 7)), space=wide)
    one, other = PACKER.ask(inner), PACKER.ask(outer)
    assert type(one) is type(other)
    if isinstance(one, Packed):
        moved = replace(other.layout, corners_um=other.layout.corners_um - 7)
        assert wrong(bare, space, Rules(), moved) == []
        assert _heights(bare, moved) <= _heights(bare, one.layout)
    if isinstance(one, Refused):
        assert one.proof is other.proof


def _heights(units: Units, layout: Layout) -> float:
    return float((units.mass_mg[layout.units] * (layout.corners_um[:, 2] + layout.corners_um[:, 5])).sum())


def test_units_with_different_margins_are_not_pushed_to_one_wall() -> None:
    """A unit at one wall and a unit 25 from the other fill 85 of 100; a box reduced to 85 would refuse them."""
    units = replace(kept([(30, 100, 100), (30, 50, 50)], [0, 25]), masks=np.array([1, 1]))
    space = Space((100, 100, 100))
    assert refuse(Question(units, space, Rules(), whole=True, nodes=10_000)) is None
    answer = PACKER.ask(Question(units, space, Rules(), whole=True, effort=1_000, nodes=10_000))
    assert isinstance(answer, Packed)
    assert answer.layout.corners_um[:, 0].min() == 0
    three = kept([(30, 100, 100), (30, 50, 50), (15, 50, 50)], [0, 25, 25])
    three = replace(three, masks=np.array([1, 1, 1]))
    assert refuse(Question(three, space, Rules(), whole=True, nodes=10_000)) is None
    assert isinstance(PACKER.ask(Question(three, space, Rules(), whole=True, effort=5_000)), Packed)


@pytest.mark.parametrize(
    ("edges", "margins", "proof", "words"),
    [
        ([(51_000, 10_000, 10_000)], [25_000], Proof.SINGLE_UNIT, "25 mm"),
        ([(101_000, 10_000, 10_000)], [25_000], Proof.SINGLE_UNIT, ""),
        ([(50_000,) * 3, (30_000,) * 3], [25_000, 0], Proof.UNIT_PAIR, "0 to 25 mm"),
        ([(80_000,) * 3, (30_000,) * 3], [0, 0], Proof.UNIT_PAIR, ""),
        ([(40_000,) * 3] * 2, [25_000] * 2, Proof.VOLUME, "0.125 L"),
    ],
)
def test_refusals_name_the_margins_that_bind(edges, margins, proof, words: str) -> None:
    """A refusal names the margins exactly if the units would fit without them."""
    refused = refuse(Question(kept(edges, margins), Space((100_000,) * 3), Rules(), whole=True))
    assert refused is not None
    assert refused.proof is proof
    assert words in refused.rule


@pytest.mark.parametrize(
    ("flat_um", "bears_mg", "height_um", "packed"),
    [
        (25_000, 2.0, 110_000, True),
        (25_000, 2.0, 109_999, False),  # the flat unit raises nothing: the other stands at its margin
        (25_000, 1.0, 110_000, False),  # it bears the other unit, but not both
        (25_001, np.inf, 110_000, False),
    ],
)
@pytest.mark.parametrize("rules", [Rules(), Rules(0)])
def test_flat_sturdy_units_lie_in_the_margin_under_others(flat_um, bears_mg, height_um, packed, rules: Rules) -> None:
    """A flat unit lies in the margin under another if it would bear all units; others need a longer box."""
    units = kept([(50_000, 50_000, 60_000), (100_000, 100_000, flat_um)], [25_000, 0])
    units = replace(units, masks=np.array([1, 1]), mass_mg=np.ones(2))
    units = replace(units, max_load_mg=np.where(units.clear_um > 0, 0.0, bears_mg))
    question = Question(units, Space((100_000, 100_000, height_um)), rules, whole=True, effort=5_000)
    assert isinstance(PACKER.ask(question), Packed) == packed
    roomy = replace(question, space=Space((175_000, 100_000, 110_000)))
    assert isinstance(PACKER.ask(roomy), Packed)


def test_layouts_are_centred_as_far_as_margins_allow() -> None:
    """A unit with a margin stands in the middle of the box; one without stays in its corner."""
    alone = PACKER.ask(Question(kept([(40, 30, 20)], [5]), Space((101, 90, 60)), Rules(), whole=True, effort=100))
    turned = alone.layout.centred.corners_um[0]
    for axis, room in ((0, 101), (1, 90)):
        assert room - turned[axis + 3] - turned[axis] in (0, 1)
    assert turned[2] == 5
    free = PACKER.ask(Question(kept([(40, 30, 20)], [0]), Space((101, 90, 60)), Rules(), whole=True, effort=100))
    assert free.layout.centred is free.layout


def test_fixed_units_stay_and_new_ones_keep_their_margins() -> None:
    """A fixed unit may lie at the wall; the unit beside it keeps its margin."""
    units = kept([(60, 60, 60), (60, 60, 30)], [25, 25])
    for z, high in ((0, 60), (25, 85)):
        fixed = Layout(np.array([0]), np.array([0]), np.array([[0, 0, z, 60, 60, high]]))
        question = Question(units, Space((150, 110, 110)), Rules(), whole=True, effort=1_000, fixed=fixed)
        answer = PACKER.ask(replace(question, nodes=100))
        assert isinstance(answer, Packed)
        assert answer.layout.corners_um[0].tolist() == [0, 0, z, 60, 60, high]
        new = answer.layout.corners_um[1]
        assert new.min() >= 25
        assert (new[3:] <= np.array([125, 85, 85])).all()
        assert answer.layout.shift_um == (0, 0)


def test_no_proof_lets_a_fixed_unit_swap_places_with_its_like() -> None:
    """Three equal units fit only with one turned, and the fixed one cannot be turned."""
    units = kept([(4, 3, 2)] * 3, [1] * 3)
    fixed = Layout(np.array([2]), np.array([1]), np.array([[0, 0, 0, 4, 2, 3]]))
    question = Question(units, Space((5, 4, 12)), Rules(0), whole=True, effort=5_000, nodes=100_000, fixed=fixed)
    assert isinstance(PACKER.ask(question), Packed)


@pytest.mark.parametrize("whole", [True, False])
def test_many_units_with_different_margins(whole: bool) -> None:
    """Thirty units of two kinds, which would be packed in blocks without margins, keep their margins."""
    units = kept([(20, 15, 10)] * 15 + [(12, 10, 10)] * 15, [0] * 15 + [5] * 15)
    space, rules = Space((90, 80, 60)), Rules()
    found = lay(Question(units, space, rules, whole=whole, effort=50_000))
    assert found is not None
    assert wrong(units, space, rules, found) == []


def test_a_layout_takes_its_margins_of_a_mailer() -> None:
    """The extents of a layout include the margins at the far side."""
    units = kept([(40, 30, 20)], [5])
    answer = PACKER.ask(Question(units, Space((80, 70, 60)), Rules(), whole=True, effort=100))
    assert isinstance(answer, Packed)
    assert sorted(answer.layout.extents_um) == [30, 40, 50]
    assert replace(answer.layout, margins_um=None).extents_um == tuple(edge - 5 for edge in answer.layout.extents_um)


def test_margins_go_with_their_units() -> None:
    """A part of the units keeps its margins, or none."""
    units = kept([(30, 20, 10), (20, 20, 20), (10, 10, 10)], [0, 5, 7])
    assert units.take(np.array([0, 2])).margins_um.tolist() == [0, 7]
    assert units.one(1).margins_um.tolist() == [5]
    assert (units.least_margin_um, units.most_margin_um) == (0, 7)
    assert units_of([(1, 1, 1)]).take(np.array([0])).margins_um is None
    assert within(units.one(1), Space((30, 9, 20))).edges_um == (20, 0, 10)


@pytest.mark.parametrize("millionths", [750_000, 1_000_000])
def test_a_unit_slides_under_one_that_keeps_a_margin(millionths: int) -> None:
    """The lower unit has no margin, but must lie 35 from the wall to carry the upper one."""
    units = kept([(175, 75, 50), (100, 75, 75)], [0, 35])
    units = replace(units, masks=np.array([1, 1]), max_load_mg=np.where(units.clear_um > 0, 0.0, np.inf))
    asked = Question(units, Space((175, 150, 200)), Rules(millionths), whole=True, effort=5_000, sliding=20_000)
    answer = PACKER.ask(asked)
    assert isinstance(answer, Packed)
    assert wrong(units, asked.space, asked.rules, answer.layout) == []
    at = dict(zip(answer.layout.units.tolist(), answer.layout.corners_um[:, 1].tolist(), strict=True))
    assert at[0] > 0
