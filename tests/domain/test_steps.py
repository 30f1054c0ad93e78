"""Units that go in together as one step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.order import Orientation
from boxwright.domain.plan import Parcel, Placement, StartedParcel
from boxwright.domain.steps import MOST_TOGETHER, steps_of

EDGES = 30, 20, 10


def unit(index: int, x: int, y: int, z: int, line: str = "a", **fields: object) -> Placement:
    """A unit of 30 x 20 x 10 um, by the place in a grid of such."""
    spot = (x * EDGES[0], y * EDGES[1], z * EDGES[2])
    return Placement(line, index, *spot, *EDGES, **fields)  # type: ignore[arg-type] # fields of a placement


@pytest.mark.parametrize(
    ("spots", "counts"),
    [
        ([(0, 0, 0), (0, 0, 1), (1, 0, 0), (1, 0, 1)], [(2, 1, 2)]),
        ([(0, 0, 0), (1, 0, 0), (2, 0, 0)], [(3, 1, 1)]),
        ([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [(2, 1, 1), (1, 1, 1)]),
        ([(0, 0, 0), (2, 0, 0)], [(1, 1, 1), (1, 1, 1)]),
        ([(0, 0, 0), (1, 1, 0)], [(1, 1, 1), (1, 1, 1)]),
    ],
    ids=["two stacks", "row", "corner", "apart", "diagonal"],
)
def test_equal_units_that_fill_a_block_are_one_step(spots: list, counts: list) -> None:
    """Gapless stacks and rows are one step; a unit that leaves a hole starts another."""
    steps = steps_of(Parcel("b", tuple(unit(index, *spot) for index, spot in enumerate(spots))))
    assert [step.counts for step in steps] == counts
    assert [step.number for step in steps] == [1, *[step.last + 1 for step in steps[:-1]]]


@pytest.mark.parametrize(
    "second",
    [
        unit(0, 1, 0, 0, "b"),
        unit(1, 1, 0, 0, orientation=Orientation.WLH),
        unit(1, 1, 0, 0, folds=1),
        unit(1, 1, 0, 0, compartment=2),
        unit(1, 1, 0, 0, half_gap_um=1),
    ],
    ids=["line", "orientation", "folds", "compartment", "gap"],
)
def test_units_that_differ_are_steps_of_their_own(second: Placement) -> None:
    """Another line, orientation, number of folds, compartment or gap."""
    assert len(steps_of(Parcel("b", (unit(0, 0, 0, 0), second)))) == 2


def test_compartments_and_inner_boxes() -> None:
    """Units in compartments are one step wherever these are; each inner box is packed by itself."""
    cells = tuple(unit(index, 3 * index, index, 0, compartment=index + 1) for index in range(4))
    assert [step.label for step in steps_of(Parcel("b", cells))] == ["1–4"]
    boxes = tuple(unit(index, index, 0, 0, inner_box_type_id="inner") for index in range(2))
    assert [step.label for step in steps_of(Parcel("b", boxes))] == ["1", "2"]


def test_what_lay_in_the_box_before_is_a_step_of_its_own() -> None:
    """A stack on a started one is a new step."""
    stack = tuple(unit(index, 0, 0, index) for index in range(3))
    started = (StartedParcel("tote", "b", stack[:2]),)
    steps = steps_of(Parcel("b", stack, started_parcel_id="tote"), started)
    assert [(step.label, step.already_in_box) for step in steps] == [("1–2", True), ("3", False)]


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), max_size=40, unique=True))
def test_each_unit_is_in_one_step(spots: list[tuple[int, int, int]]) -> None:
    """Steps laid end to end are the pack sequence, and none has more volume than its units."""
    placed = tuple(unit(index, *spot) for index, spot in enumerate(spots))
    steps = steps_of(Parcel("b", placed))
    assert tuple(each for step in steps for each in step.placed) == placed
    for step in steps:
        x, y, z = step.extent_um
        assert x * y * z == len(step.placed) * EDGES[0] * EDGES[1] * EDGES[2]


def test_a_large_stack_is_split_into_steps() -> None:
    """A large stack of equal units is split into steps."""
    row = tuple(unit(index, index, 0, 0) for index in range(MOST_TOGETHER + 1))
    assert [len(step.placed) for step in steps_of(Parcel("b", row))] == [MOST_TOGETHER, 1]
