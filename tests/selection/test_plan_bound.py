"""Bounds on plans of several parcels are never above a plan, and are met by some of the best."""

import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    Item,
    Order,
    Orientation,
    Policy,
    plan,
    verify_certificate,
)
from boxwright.domain.plan import ProofScope, ProofStatus
from boxwright.selection.admission import NO_GROUP, Admission
from boxwright.selection.bounds import floor_of
from boxwright.selection.reduction import Reduction
from boxwright.selection.regrouping import Regrouping
from models import model_of

CUBE = Catalog("cubes", [BoxType("cube", 100, 100, 100)])


def test_many_units_of_which_no_two_share_a_box_are_proved() -> None:
    """Forty units that are longer than half the box along each edge need forty boxes."""
    lines = [Item(f"u{edge}", 1, edge, edge, edge, 1) for edge in range(51, 91)]
    answer = plan(Order("o", lines), CUBE, Policy(mode="fast"), profiles=())
    assert len(answer.parcels) == 40
    assert answer.certificate.status is ProofStatus.PROVED
    assert answer.certificate.scope is ProofScope.ALL_PLANS
    assert verify_certificate(answer, Order("o", lines), CUBE, Policy(mode="fast"), profiles=()) == []


def test_a_large_order_states_its_gap() -> None:
    """The bound of a plan with more boxes than proved is stated, and verified."""
    lines = [Item(f"u{edge}", 20, edge, 60, 35, 1, orientations=[Orientation.LWH]) for edge in (30, 40, 45)]
    order, policy = Order("o", lines), Policy(mode="fast", support_ratio=0)
    answer = plan(order, CUBE, policy, profiles=())
    certificate = answer.certificate
    assert certificate.bounded_objective in ("parcel_count", "inner_volume")
    assert 0 < certificate.lower_bound <= certificate.value
    assert verify_certificate(answer, order, CUBE, policy, profiles=()) == []


@pytest.mark.parametrize("objectives", [("parcel_count", "inner_volume"), ("inner_volume",), ("packaging_mass",)])
@given(order=strategies.orders(), catalog=strategies.catalogs())
@settings(max_examples=15, deadline=None)
def test_a_bound_is_at_most_the_price_of_any_plan(objectives: tuple[str, ...], order: Order, catalog: Catalog) -> None:
    """No plan with more effort undercuts the bound of a fast plan."""
    try:
        fast = plan(order, catalog, Policy(mode="fast", objectives=objectives), profiles=()).certificate
        more = plan(order, catalog, Policy(mode="balanced", objectives=objectives), profiles=()).certificate
    except IncompletePlanError:
        return
    assert fast.lower_bound <= fast.value
    if fast.bounded_objective == more.bounded_objective == objectives[0] and fast.scope is ProofScope.ALL_PLANS:
        assert fast.lower_bound <= more.value


def test_a_plan_that_meets_its_bound_is_not_improved(monkeypatch: pytest.MonkeyPatch) -> None:
    """979 equal units fill 11 boxes exactly, so the first plan ends the search."""
    for better in (Reduction, Regrouping):
        monkeypatch.setattr(better, "run", lambda *_, **__: pytest.fail("a plan that none can beat was improved"))
    order = Order("o", [Item("a", 979, 10, 10, 10, 10)])
    catalog = Catalog("c", [BoxType("bar", 890, 10, 10), BoxType("short", 445, 10, 10)])

    answer = plan(order, catalog, Policy("inner_volume", mode="balanced"), profiles=())

    assert len(answer.parcels) == 11
    assert answer.certificate.status is ProofStatus.PROVED


LARGE_OR_STRONG = Catalog(
    "c",
    [
        BoxType("large", 1_000, 100, 100, max_net_g=1_000),
        BoxType("middle", 400, 100, 100, max_net_g=4_000),
        BoxType("strong", 100, 100, 100, max_net_g=10_000),
    ],
)
"""Boxes of which the larger bear the less."""


def floor_of_lines(lines, objectives):
    """Return the lower bounds on plans of some lines."""
    order, policy = Order("o", lines), Policy(objectives, lifting_profile="freight")
    model = model_of(order, LARGE_OR_STRONG, policy)
    return floor_of(model, model.expansion.everything)


@pytest.mark.parametrize("objectives", [("parcel_count", "inner_volume"), ("inner_volume",)])
@given(
    cut=st.lists(
        st.tuples(st.sampled_from(LARGE_OR_STRONG.box_types), st.lists(st.integers(1, 9), max_size=3, unique=True)),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=40, deadline=None)
def test_boxes_cut_into_units_cost_no_less_than_the_bound(objectives, cut):
    """Units cut across the length of boxes, with shares of their mass limits, fit back into these boxes."""
    lines = []
    for at, (box, places) in enumerate(cut):
        ends = [0, *(place * box.inner_um[0] // 10_000 for place in sorted(places)), box.inner_um[0] // 1_000]
        for end, start in zip(ends[1:], ends, strict=False):
            lines.append(Item(f"{at}-{end}", 1, end - start, 100, 100, box.max_net_mg // 1_000 / (len(ends) - 1)))
    least = {"parcel_count": len(cut), "inner_volume": sum(box.counted_um3(box.inner_volume_um3) for box, _ in cut)}
    assert floor_of_lines(lines, objectives).price[0] <= least[objectives[0]]


def test_the_volume_of_one_box_and_the_mass_of_another_are_two_boxes():
    """No single box has both the volume and the mass limit for ten units."""
    assert floor_of_lines([Item("u", 10, 100, 100, 100, 1_000)], ("parcel_count",)).parcels == 2


PARCELS = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from([NO_GROUP, 0, 1, 2]),
        st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.booleans()), min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=4,
)


@given(parcels=PARCELS)
@example(parcels=[(1, 0, [(0, 0, True)]), (1, 1, [(0, 0, True), (0, 0, False)])])
@settings(deadline=None)
def test_units_kept_apart_are_in_different_parcels_of_every_plan(parcels):
    """The bound holds for splits by keep-apart groups and by the mass allowed beside each unit."""
    units = [
        (parcel, level * (8 - less) / 8, level + more, value if grouped else NO_GROUP)
        for parcel, (level, value, inside) in enumerate(parcels)
        for less, more, grouped in inside
    ]
    where, mass, bears, apart = (np.array(column) for column in zip(*units, strict=True))
    count, nothing = len(units), np.zeros(0, dtype=np.int64)
    admission = Admission(
        together=np.full(count, NO_GROUP),
        apart=apart,
        amounts=np.zeros((count, 0), dtype=np.int64),
        caps=nothing,
        own=np.zeros(count, dtype=np.bool_),
        apart_names=("a", "b", "c"),
        mass_mg=mass.astype(np.float64),
        most_beside_mg=bears.astype(np.float64),
    )
    members = np.arange(count)
    assert all(admission.refusal(members[where == parcel]) is None for parcel in range(len(parcels)))
    found = [set(where[some].tolist()) for some in admission.kept_apart(members, len(parcels))]
    assert all(len(parcel) == 1 for parcel in found)
    assert len(set().union(*found)) == len(found)
    assert admission.fewest_parcels(members) <= len(parcels)


def test_a_box_of_no_volume_does_not_blur_the_bound():
    """The fill limit of a tiny box rounds to 0: the bound ignores it and divides nothing by it."""
    speck = BoxType("speck", 0.05, 0.05, 0.05, tare_g=0, price_minor=0)
    crate = BoxType("crate", 100, 100, 100, tare_g=0, price_minor=100)
    order = Order("o", [Item(str(number), 1, 1, 1 + number / 1_000, 0.5, 1) for number in range(15)])
    policy = Policy(objectives=("packaging_cost",), fill_limit=0.000001)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = plan(order, Catalog("c", [speck, crate], currency="EUR"), policy, profiles=())
    assert {parcel.box_type_id for parcel in made.parcels} == {"crate"}
    assert 0 < made.certificate.lower_bound <= made.certificate.value == 100 * len(made.parcels)
