"""The invariants of a plan, over generated orders, catalogs and policies."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import Catalog, IncompletePlanError, Order, Policy, check, load_catalog, plan
from boxwright.domain.plan import PlanStatus
from boxwright.export import canonical_json

SETTINGS = settings(max_examples=150, deadline=None)


@given(strategies.orders(), strategies.catalogs(), strategies.policies)
@SETTINGS
def test_nothing_is_lost_and_every_plan_is_valid(order: Order, catalog: Catalog, policy: Policy) -> None:
    """Every unit is in exactly one parcel or unpacked with a reason, and the independent check finds nothing."""
    answer = plan(order, catalog, policy, profiles=())
    packed = [(each.line_id, each.unit_index) for parcel in answer.parcels for each in parcel.placements]
    out = [(each.line_id, each.unit_index) for each in answer.unpacked]
    ordered = [(line.line_id, index) for line in order.lines for index in range(line.quantity)]
    assert sorted(packed + out) == sorted(ordered)
    assert all(each.rule for each in answer.unpacked)
    assert check(answer, order, catalog, policy) == []
    expected = PlanStatus.NONE if not packed else PlanStatus.PARTIAL if out else PlanStatus.COMPLETE
    assert answer.status is expected


@given(strategies.orders(fragile=True))
@settings(max_examples=40, deadline=None)
def test_fragile_orders_are_cushioned_and_valid(order: Order) -> None:
    """With fragile units and a stocked catalog the plan holds by the independent check, cushioning included."""
    catalog = load_catalog("china-post")
    policy = Policy(allow_partial=True, mode="fast")
    answer = plan(order, catalog, policy)
    assert check(answer, order, catalog, policy) == []
    fragile = {line.line_id for line in order.lines if line.fragility is not None}
    for parcel in answer.parcels:
        for placement in parcel.placements:
            boxed = not parcel.ships_in_own_container
            assert (placement.cushion_mm > 0) == (placement.line_id in fragile and boxed)


@given(strategies.orders(), strategies.catalogs(), st.randoms(use_true_random=False))
@SETTINGS
def test_the_order_of_lines_and_boxes_changes_nothing(order: Order, catalog: Catalog, shuffler: random.Random) -> None:
    """Shuffled lines and box types give the same canonical plan."""
    policy = Policy(allow_partial=True, mode="fast")
    lines, boxes = list(order.lines), list(catalog.box_types)
    shuffler.shuffle(lines)
    shuffler.shuffle(boxes)
    shuffled = plan(Order("order", lines), Catalog("catalog", boxes), policy, profiles=())
    same_catalog = replace(shuffled, catalog_hash=catalog.content_hash)
    assert canonical_json(same_catalog) == canonical_json(plan(order, catalog, policy, profiles=()))


@given(strategies.orders(), strategies.catalogs(), strategies.box_types("extra"))
@SETTINGS
def test_one_more_box_type_never_worsens_a_plan(order: Order, catalog: Catalog, extra) -> None:
    """A catalog with one more box type gives no more parcels, and with as many no more litres."""
    policy = Policy(mode="fast")
    try:
        before = plan(order, catalog, policy, profiles=())
    except IncompletePlanError:
        return
    after = plan(order, Catalog("catalog", [*catalog.box_types, extra]), policy, profiles=())
    assert (len(after.parcels), after.inner_litres) <= (len(before.parcels), before.inner_litres)


@given(strategies.orders(), strategies.catalogs())
@SETTINGS
def test_a_proved_plan_is_not_beaten_with_more_effort(order: Order, catalog: Catalog) -> None:
    """What fast mode proves, thorough mode does not improve."""
    try:
        fast = plan(order, catalog, Policy(mode="fast"), profiles=())
        if fast.certificate.status.value != "proved":
            return
        thorough = plan(order, catalog, Policy(mode="balanced"), profiles=())
    except IncompletePlanError:
        return
    assert (len(thorough.parcels), thorough.inner_litres) == (len(fast.parcels), fast.inner_litres)
