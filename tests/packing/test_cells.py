"""Units in compartments, one in each, compared with an enumeration of all matchings."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.proof import Proof
from boxwright.packing.cells import fit_alone, too_many
from boxwright.packing.packer import Packer
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.packing.question import Open, Packed, Question, Refused
from strategies import units_of

Edges = tuple[int, int, int]
RULES = Rules()


def in_a_row(sizes: list[Edges], **limits: float) -> Space:
    """Return a space with cells of these sizes, one after the other along x."""
    starts = [0, *itertools.accumulate(length for length, _, _ in sizes)]
    cells = tuple(
        (x, 1, 2, x + length, 1 + width, 2 + height) for x, (length, width, height) in zip(starts, sizes, strict=False)
    )
    return Space((starts[-1], 200, 200), cells=cells, **limits)


def ask(units: Units, space: Space, *, whole: bool) -> Layout | Refused | None:
    """Return the answer of a packer without ways of packing."""
    answer = Packer().ask(Question(units, space, RULES, whole=whole, nodes=1 if whole else None))
    return answer.layout if isinstance(answer, Packed) else answer if isinstance(answer, Refused) else None


def goes_in(edges: Edges, size: Edges) -> bool:
    """Whether a unit that may be turned any way fits a cell."""
    return all(one <= two for one, two in zip(sorted(edges), sorted(size), strict=True))


def most(units: Units, sizes: list[Edges]) -> int:
    """Return the most volume that fits into the cells, by enumeration."""
    edges = [tuple(each) for each in units.edges_um.tolist()]
    best = 0
    for chosen in itertools.product([None, *range(len(edges))], repeat=len(sizes)):
        named = [each for each in chosen if each is not None]
        fits = all(each is None or goes_in(edges[each], size) for each, size in zip(chosen, sizes, strict=True))
        if fits and len(set(named)) == len(named):
            best = max(best, sum(units.volumes_um3[each] for each in named))
    return best


sizes = st.tuples(*[st.sampled_from([10, 20, 30])] * 3)


@given(st.lists(sizes, min_size=1, max_size=5), st.lists(sizes, min_size=1, max_size=4))
@settings(max_examples=30)
def test_a_set_goes_in_exactly_when_a_matching_exists(edges: list[Edges], cells: list[Edges]) -> None:
    """All units are placed, or refused, as the enumeration says; a part has the most volume possible."""
    units, space = units_of(edges), in_a_row(cells)
    best = most(units, cells)
    answer = ask(units, space, whole=True)
    if best == units.volume_um3 and len(edges) <= len(cells):
        assert isinstance(answer, Layout)
        check_layout(units, space, answer)
        assert len(answer) == len(edges)
        assert too_many(units, space) is None
    else:
        assert answer.proof is Proof.COMPARTMENTS
    part = ask(units, space, whole=False)
    assert (part is None) == (best == 0)
    if isinstance(part, Layout):
        check_layout(units, space, part)
        assert sum(units.volumes_um3[each] for each in part.units.tolist()) == best
    assert fit_alone(units, space) == all(any(goes_in(each, size) for size in cells) for each in edges)


def check_layout(units: Units, space: Space, layout: Layout) -> None:
    """Assert that each unit lies at the corner of a cell of its own and fits it in its orientation."""
    free = {cell[:3]: cell for cell in space.cells}
    for unit, turn, corners in zip(
        layout.units.tolist(), layout.orientations.tolist(), layout.corners_um.tolist(), strict=True
    ):
        cell = free.pop(tuple(corners[:3]))
        extent = tuple(high - low for low, high in zip(corners[:3], corners[3:], strict=True))
        assert extent == ALL_ORIENTATIONS[turn].rotate(*units.edges_um[unit].tolist())
        assert all(high <= most for high, most in zip(corners[3:], cell[3:], strict=True))
    assert len(set(layout.units.tolist())) == len(layout)


@given(st.lists(sizes, min_size=1, max_size=6), st.lists(sizes, min_size=1, max_size=4))
@settings(max_examples=30)
def test_a_refusal_names_a_set_that_is_too_many(edges: list[Edges], cells: list[Edges]) -> None:
    """The units named outnumber the compartments that take any of them."""
    units = units_of(edges)
    words = too_many(units, in_a_row(cells))
    if words is None:
        return
    named = {
        tuple(round(1_000 * float(edge)) for edge in size.split(" x ")): int(count)
        for count, size in re.findall(r"(\d+) units? of ([\d. x]+) mm", words)
    }
    if "other kinds" not in words:
        assert all(count == edges.count(edge) for edge, count in named.items())
        takers = [size for size in cells if any(goes_in(edge, size) for edge in named)]
        stated = re.search(r": (\d+) compartments? takes? them$", words)
        assert len(takers) == (int(stated[1]) if stated else 0)
        assert sum(named.values()) > len(takers)


def test_only_allowed_orientations_count_and_the_first_is_taken() -> None:
    """A bottle that must stand does not fit a low cell; a free one lies in its first orientation that fits."""
    standing = units_of([(80, 80, 320)])
    upright = Units(standing.edges_um, np.array([1]), *list(vars(standing).values())[2:6])
    assert isinstance(ask(upright, in_a_row([(320, 80, 80)]), whole=True), Refused)
    assert isinstance(ask(standing, in_a_row([(320, 80, 80)]), whole=True), Layout)
    layout = ask(standing, in_a_row([(320, 320, 320)]), whole=True)
    assert layout.orientations.tolist() == [0]


def test_limits_of_mass_and_volume_bind() -> None:
    """Limits allow two of three units, and all three are refused."""
    units = units_of([(10, 10, 10)] * 3)
    for limits in ({"mass_limit_mg": 2_000}, {"volume_limit_um3": 2_000}):
        space = in_a_row([(10, 10, 10)] * 3, **limits)
        part = ask(units, space, whole=False)
        assert isinstance(part, Layout)
        assert len(part) == 2
        assert isinstance(ask(units, space, whole=True), Refused)
        assert isinstance(Packer().ask(Question(units, space, RULES, whole=True)), Open)  # proofs are off


def test_nothing_is_fixed_in_compartments() -> None:
    """A parcel already started has no compartments."""
    units, nothing = units_of([(10, 10, 10)]), np.empty(0, dtype=np.int64)
    fixed = Layout(nothing, nothing, nothing.reshape(0, 6))
    with pytest.raises(ValueError, match="fixed"):
        Packer().ask(Question(units, in_a_row([(10, 10, 10)]), RULES, whole=False, fixed=fixed))
