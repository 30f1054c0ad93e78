"""Bounds of plans in several parcels: never above a plan, and met where a plan is the best."""

import pytest
from hypothesis import given, settings

import strategies
from boxwright import BoxType, Catalog, IncompletePlanError, Item, Order, Orientation, Policy, plan, verify_certificate
from boxwright.domain.plan import ProofScope, ProofStatus
from boxwright.selection.reduction import Reduction
from boxwright.selection.regrouping import Regrouping

CUBE = Catalog("cubes", [BoxType("cube", 100, 100, 100)])


def test_many_units_of_which_no_two_share_a_box_are_proved() -> None:
    """Forty different units, each more than half a box along each edge: forty boxes are proved to be the least."""
    lines = [Item(f"u{edge}", 1, edge, edge, edge, 1) for edge in range(51, 91)]
    answer = plan(Order("o", lines), CUBE, Policy(mode="fast"), profiles=())
    assert len(answer.parcels) == 40
    assert answer.certificate.status is ProofStatus.PROVED
    assert answer.certificate.scope is ProofScope.ALL_PLANS
    assert verify_certificate(answer, Order("o", lines), CUBE, Policy(mode="fast"), profiles=()) == []


def test_a_large_order_states_its_gap() -> None:
    """Sixty units of three sizes in more boxes than are proved: the bound is stated, and verified."""
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
    """What a fast plan states as its bound, no plan of more effort undercuts."""
    try:
        fast = plan(order, catalog, Policy(mode="fast", objectives=objectives), profiles=()).certificate
        more = plan(order, catalog, Policy(mode="balanced", objectives=objectives), profiles=()).certificate
    except IncompletePlanError:
        return
    assert fast.lower_bound <= fast.value
    if fast.bounded_objective == more.bounded_objective == objectives[0] and fast.scope is ProofScope.ALL_PLANS:
        assert fast.lower_bound <= more.value


def test_a_plan_that_meets_its_bound_is_not_improved(monkeypatch: pytest.MonkeyPatch) -> None:
    """979 equal units fill 11 boxes to the last um: no fewer hold them, and the first plan ends it."""
    for better in (Reduction, Regrouping):
        monkeypatch.setattr(better, "run", lambda *_, **__: pytest.fail("a plan that none can beat was improved"))
    order = Order("o", [Item("a", 979, 10, 10, 10, 10)])
    catalog = Catalog("c", [BoxType("bar", 890, 10, 10), BoxType("short", 445, 10, 10)])

    answer = plan(order, catalog, Policy("inner_volume", mode="balanced"), profiles=())

    assert len(answer.parcels) == 11
    assert answer.certificate.status is ProofStatus.PROVED
