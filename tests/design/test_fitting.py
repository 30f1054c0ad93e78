"""The questions to the engine, and the conclusions from its answers."""

import itertools
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Catalog, Item, Order, SoftGoods
from boxwright.catalog import load_catalog, load_materials
from boxwright.design.fitting import Fitter
from boxwright.design.question import Question, Rules
from boxwright.design.search import Table
from boxwright.design.sizes import sizes_of
from boxwright.domain.policy import Objective, Policy
from boxwright.packing.question import Refused
from boxwright.selection.outcome import Outcome
from boxwright.selection.single import lowest_first

DUNNAGE = load_catalog("eu-stock").dunnage
SLIM = (250, 100, 250)
"""A slim box that stands takes flat units only."""
EDGES = [each for each in itertools.product((100, 160, 250), repeat=3) if each[0] >= each[1] and each != SLIM]
CATALOG = Catalog("grid", [BoxType("x".join(map(str, each)), *each) for each in EDGES], dunnage=DUNNAGE)
RULES = Rules(Policy(objectives=(Objective.OUTER_VOLUME,)), None, ("uk-desnz",), load_materials())


@st.composite
def orders(draw):
    """Return an order of up to three lines, some upright, some that carry nothing."""
    lines = []
    for number in range(draw(st.integers(1, 3))):
        upright = draw(st.booleans())
        lines.append(
            Item(
                f"{number}",
                draw(st.integers(1, 3)),
                *(draw(st.sampled_from([40, 60, 80, 120, 155])) for _ in range(3)),
                draw(st.sampled_from([50, 400, 3_000])),
                max_load_g=draw(st.none() | st.just(0)),
                **({"orientations": ("LWH", "WLH")} if upright else {}),
            )
        )
    return Order("o", lines)


@settings(max_examples=12)
@given(orders(), st.integers(0, 40))
def test_a_yes_has_a_layout_and_a_no_has_a_proof_whatever_is_asked(order, tests):
    """Answers agree with separate questions to the engine about every box."""
    fitter = Fitter(CATALOG, RULES)
    found = fitter.of(order, tests=tests)
    if found.outside:
        return
    question = Question(order, CATALOG, RULES)
    for column, box in enumerate(CATALOG.box_types):
        (candidate,) = lowest_first(question.model, question.members, [box])
        answer = question.model.packer.ask(candidate.question(question.effort))
        assert not (found.fits[column] and isinstance(answer, Refused))
        if not found.possible[column]:
            assert answer.layout is None
        if found.fits[column]:
            assert (
                any((each <= fitter.edges_um[column]).all() for each in found.layouts_um) or answer.layout is not None
            )
            assert found.price[column] == candidate.price[0]


def test_asking_of_all_settles_more_than_asking_of_none():
    """Without tests no layout of several units is known; with enough of them, no candidate is untested."""
    order, fitter = Order("o", (Item("a", 4, 90, 60, 40, 100),)), Fitter(CATALOG, RULES)
    none, some = fitter.of(order, tests=0), fitter.of(order, tests=1_000)
    assert none.untested.any()
    assert not none.fits.any()
    assert not some.untested.any()
    assert some.fits.any()
    fitter.test(none, range(len(CATALOG.box_types)))
    assert not none.untested.any()
    assert np.array_equal(none.fits, some.fits)


def test_a_single_unit_needs_no_question(order_of):
    """A single unit fits exactly the boxes that one of its orientations fits."""
    found = Fitter(CATALOG, RULES).of(order_of("o", (240, 150, 90)), tests=0)
    named = {box.box_type_id for box, fits in zip(CATALOG.box_types, found.fits, strict=True) if fits}
    holds = [each for each in EDGES if all(np.array(sorted(each)) >= (90, 150, 240))]
    assert named == {"x".join(map(str, each)) for each in holds}
    assert not found.untested.any()


def test_a_box_that_does_not_bear_the_mass_is_refused_and_the_larger_one_by_itself(order_of):
    """Each box has its own limit, and a refusal by mass does not extend to smaller boxes."""
    boxes = [
        BoxType("S", 200, 200, 200, max_net_g=5_000),
        BoxType("M", 260, 260, 260, max_net_g=500),
        BoxType("L", 250, 250, 250),
    ]
    found = Fitter(Catalog("c", boxes, dunnage=DUNNAGE), RULES).of(order_of("o", (90, 90, 90), 2, 1_000))
    assert found.fits.tolist() == [True, False, True]
    assert np.isinf(found.price[1])


def test_soft_goods_and_mailers_are_asked_in_every_form():
    """A garment may be folded into a shorter box, and a mailer takes goods around which it closes."""
    mailer = BoxType("bag", 300, 200, 40, style="bag", tare_g=20)
    catalog = Catalog("c", [BoxType("box", 160, 210, 60), mailer, BoxType("small", 100, 100, 100)], dunnage=DUNNAGE)
    order = Order("o", (Item("shirt", 1, 290, 190, 20, 200, soft_goods=SoftGoods(10, 1)),))
    found = Fitter(catalog, RULES).of(order, tests=100)
    assert found.fits.tolist() == [True, True, False]
    assert not found.untested.any()


@pytest.mark.parametrize(
    "line", [Item("a", 1, 900, 80, 80, 100), Item("a", 1, 90, 80, 80, 100, ships_in_own_container=True)]
)
def test_orders_that_no_single_box_decides_stand_outside(line):
    """Such orders are outside, with a reason."""
    found = Fitter(CATALOG, RULES).of(Order("o", (line,)))
    assert found.outside
    assert not found.possible.any()


@settings(max_examples=10)
@given(orders())
def test_the_sizes_that_an_order_needs_take_it(order):
    """Each size has at least the volume of the goods, length first."""
    sizes = sizes_of(order, RULES, DUNNAGE)
    assert sizes
    boxes = [BoxType(f"{index}", *(edge / 1000 for edge in each)) for index, each in enumerate(sizes)]
    goods = sum(line.quantity * line.length_mm * line.width_mm * line.height_mm for line in order.lines)
    assert all(box.inner_volume_um3 >= goods * 1e9 * (1 - 1e-9) for box in boxes)
    assert all(length >= width for length, width, _ in sizes)


def test_four_equal_units_need_their_own_volume():
    """The first size has the volume of the four units."""
    tight = replace(RULES, policy=replace(RULES.policy, fit_clearance_mm=0.0))
    (first, *_) = sizes_of(Order("o", (Item("a", 4, 200, 100, 50, 100),)), tight, DUNNAGE)
    assert first[0] * first[1] * first[2] == 4 * 200_000 * 100_000 * 50_000


def test_a_pile_of_books_wants_a_compact_size():
    """Forty books need no size longer than 1 m."""
    sizes = sizes_of(Order("o", (Item("a", 40, 200, 150, 20, 300),)), RULES, DUNNAGE)
    assert all(max(size) <= 1_000_000 for size in sizes)


def test_a_unit_that_may_lie_needs_its_flattest_size_and_one_that_may_not_stands():
    """A unit lies flat unless it must stay upright; each edge has the slack of a slotted box."""
    free = Order("o", (Item("a", 1, 50, 300, 200, 100),))
    upright = Order("o", (Item("a", 1, 50, 50, 300, 100, orientations=("LWH", "WLH")),))
    assert sizes_of(free, RULES, DUNNAGE) == [(303_000, 203_000, 53_000)]
    assert sizes_of(upright, RULES, DUNNAGE) == [(53_000, 53_000, 303_000)]


def test_a_cheaper_form_that_is_open_counts_in_the_bound_alone(monkeypatch):
    """The price is that of the form found; the bound uses the cheaper open form."""
    fitter = Fitter(CATALOG, RULES)
    found = fitter.of(Order("o", (Item("a", 4, 90, 60, 40, 100),)), tests=0)
    column = int(np.flatnonzero(found.untested)[0])
    floor = found.price[column]
    outcome = Outcome((SimpleNamespace(price=(floor * 3,)),), left_open=(((floor * 2,), ()),))
    monkeypatch.setattr("boxwright.design.fitting.try_candidate", lambda *_: outcome)
    fitter._test_any(Question(found.order, CATALOG, RULES), found, column)
    table = Table(fitter, [found])
    assert table.likely.price[0, column] == floor * 3
    assert table.possible.price[0, column] == floor * 2
    assert table.undecided(np.array([column])) >= 1
