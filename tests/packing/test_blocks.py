"""Blocks of units: every plan made of them passes the independent check, and they fill a box well."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import tilings
from boxwright import BoxType, Catalog, Order, Policy, check, plan
from boxwright.errors import SearchEndedError
from boxwright.packing import blocks, own
from boxwright.packing.own import pack_blocks, supply_of, worth_blocks
from boxwright.packing.problem import Rules, Space
from boxwright.packing.question import Question
from boxwright.packing.state import Problem
from boxwright.stop import Stop
from strategies import repetitive_orders, units_of


def problem_of(
    counts: dict[tuple[int, int, int], int], box: tuple[int, int, int], rules: Rules | None = None, **changed: float
) -> Problem:
    """Return a problem with numbers of units by size in mm, all of one mass and load limit."""
    units = units_of([tuple(1_000 * edge for edge in edges) for edges, count in counts.items() for _ in range(count)])
    given_values = {name: np.full(len(units), float(value)) for name, value in changed.items()}
    space = Space(tuple(1_000 * edge for edge in box))
    return own.problem_of(replace(units, **given_values), space, rules or Rules(1_000_000), None)


def filled(problem: Problem, effort: int) -> float:
    """Return the share of the box that blocks fill within an effort."""
    packing = pack_blocks(problem, whole=False, effort=effort)
    volume = (packing.at[:, 3:] - packing.at[:, :3]).astype(np.float64).prod(axis=1).sum()
    return float(volume / problem.box.astype(np.float64).prod())


@given(repetitive_orders(), st.sampled_from([0.0, 0.75, 1.0]), st.booleans(), st.booleans())
@settings(max_examples=20, deadline=None)
def test_plans_of_repetitive_orders_pass_the_check(order: Order, ratio: float, bearing: bool, alone: bool) -> None:
    """Plans of blocks, ``alone`` or with single units beside them, break no rule and account for every unit."""
    catalog = Catalog("two", [BoxType("s", 200, 150, 120, 200, 150, 120), BoxType("l", 400, 300, 250, 400, 300, 250)])
    most = 1 if alone else 3
    policy = Policy(allow_partial=True, mode="fast", support_ratio=ratio, load_bearing=bearing, max_parcels=most)
    with pytest.MonkeyPatch.context() as patch:
        if alone:
            patch.setattr(own, "worth_blocks", lambda units: True)
            patch.setattr(own, "MOST_ADDED", 0)
            patch.setattr(own, "MOST_SINGLE", 0)
        answer = plan(order, catalog, policy, profiles=())
    assert not check(answer, order, catalog, policy)
    assert sum(len(parcel.placements) for parcel in answer.parcels) + len(answer.unpacked) == order.unit_count


def test_equal_units_fill_a_box_without_slack() -> None:
    """A thousand units of 60 x 40 x 30 go into a box of just their volume."""
    packing = pack_blocks(problem_of({(60, 40, 30): 1_000}, (600, 400, 300)), whole=True, effort=1_000)
    assert sorted(packing.unit.tolist()) == list(range(1_000))


def test_a_small_container_stays_as_full_as_it_was() -> None:
    """Ninety units of three sizes fill 93.9 % of their box: fewer would be a loss of quality."""
    problem = problem_of({(60, 40, 30): 40, (50, 50, 20): 30, (70, 20, 20): 20}, (240, 180, 110))
    assert filled(problem, 4_000_000) >= 0.939


def test_more_effort_fills_no_less() -> None:
    """The answer of a longer search is never worse."""
    problem = problem_of({(108, 76, 30): 40, (110, 43, 25): 33, (92, 81, 55): 39}, (587, 233, 220))
    shares = [filled(problem, effort) for effort in (1, 30_000, 300_000, 3_000_000)]
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]


def test_a_pile_is_as_high_as_the_load_limit_allows() -> None:
    """Units of 1 kg that bear 2 kg are piled three high, and nothing lies on them."""
    problem = problem_of({(100, 100, 10): 40}, (200, 200, 100), mass_mg=1_000.0, max_load_mg=2_000.0)
    packing = pack_blocks(problem._replace(masks=np.ones(40, dtype=np.int64)), whole=False, effort=10_000)
    assert len(packing.unit) == 12
    assert packing.at[:, 5].max() == 30_000
    unlimited = supply_of(problem._replace(bearing=False))
    assert unlimited.stack.tolist() == [40]
    assert unlimited.bears.tolist() == [1]


@pytest.mark.parametrize(("edge", "limit", "packed"), [(10, 30_000.0, 30), (60, np.inf, 0)])
def test_as_many_units_as_fit_and_may_be_weighed(edge: int, limit: float, packed: int) -> None:
    """A box for 30 kg takes thirty of a hundred units of 1 kg, and none where they are too large."""
    problem = problem_of({(edge, edge, edge): 100}, (50, 50, 50), mass_mg=1_000.0)._replace(weight_limit=limit)
    packing = pack_blocks(problem, whole=False, effort=1_000)
    assert (0 if packing is None else len(packing.unit)) == packed


def test_a_heavy_unit_across_two_light_ones_is_left_out() -> None:
    """A unit that is fully supported is left out if its mass would tip the units below."""
    problem = problem_of({(60, 40, 30): 30, (50, 50, 20): 30}, (200, 150, 120))
    heavy = problem._replace(mass=np.where(problem.kinds == 0, 1e9, 1.0))
    packing = pack_blocks(heavy, whole=False, effort=200_000)
    light = pack_blocks(problem, whole=False, effort=200_000)
    assert 0 < len(packing.unit) <= len(light.unit)


@pytest.mark.parametrize(
    ("units", "kinds", "answer"), [(24, 1, False), (25, 12, True), (25, 13, False), (500, 500, False)]
)
def test_small_and_mixed_orders_are_not_packed_in_blocks(units: int, kinds: int, answer: bool) -> None:
    """Blocks are tried from 25 units on, where two are alike on average."""
    edges = [(10, 10, 10 + min(number, kinds - 1)) for number in range(units)]
    assert worth_blocks(units_of(edges)) is answer


def test_a_given_box_is_filled_with_blocks_of_mixed_units() -> None:
    """Sixty units of forty kinds, more than the box holds, fill 84 % of it in blocks, and 74 % one by one."""
    draw = random.Random(4)
    kinds = [tuple(1_000 * draw.randint(25, 100) for _ in range(3)) for _ in range(40)]
    units = units_of(kinds + draw.sample(kinds, 20))
    space = Space((300_000, 230_000, 220_000))
    layout = own.lay(Question(units, space, Rules(1_000_000), whole=False, effort=1_500_000))
    volume = sum(units.volumes_um3[unit] for unit in layout.units.tolist())
    assert volume >= 0.83 * 300_000 * 230_000 * 220_000


@pytest.mark.parametrize("seed", range(8))
def test_units_that_a_box_was_cut_into_go_into_it(seed: int) -> None:
    """Up to forty different units go back into the box that was cut into them."""
    order, catalog = tilings.order_of(seed, 13, 40)
    policy = Policy(mode="fast", lifting_profile="freight")
    answer = plan(order, catalog, policy, profiles=())
    assert [parcel.box_type_id for parcel in answer.parcels] == [catalog.box_types[0].box_type_id]
    assert not check(answer, order, catalog, policy)


def test_parts_of_blocks_are_turned_until_all_units_obey_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks in which a unit tips become stable once some of their parts are mirrored or swapped."""
    order, catalog = tilings.order_of(1, 13, 20)
    units = units_of([line.edges_um for line in order.lines], mass=[line.mass_mg for line in order.lines])
    problem = own.problem_of(units, Space(catalog.box_types[0].inner_um), Rules(750_000), None)
    packing = pack_blocks(problem, whole=True, effort=200_000)
    assert len(packing.unit) == len(units)
    monkeypatch.setattr(own, "MOST_TRIES", 0)
    assert pack_blocks(problem, whole=True, effort=200_000) is None


def test_no_kind_is_lost_among_many() -> None:
    """Seventy different units in a box with room for all: every one of them has a block of its own."""
    sizes = {(20 + i % 7, 30 + i % 11, 10 + i % 13): 1 for i in range(70)}
    packing = pack_blocks(problem_of(sizes, (300, 300, 300)), whole=True, effort=1_000)
    assert len(packing.unit) == len(sizes) == 70


def test_making_blocks_ends_with_the_search() -> None:
    """A stopped search makes no blocks, which for thousands of kinds takes most of a second."""
    supply = supply_of(problem_of({(20 + n % 17, 15 + n % 11, 10 + n % 7): 1 for n in range(1_309)}, (600, 400, 600)))
    box = np.array([600_000, 400_000, 600_000])
    stop, effort = Stop(), np.zeros(1, dtype=np.int64)
    stop.end()
    with pytest.raises(SearchEndedError):
        blocks.build(supply, box, 10_000, 0.9, effort, stop)
    assert effort[0] == 0
