"""The invariants of a plan, over generated orders, catalogs and policies."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    Catalog,
    IncompletePlanError,
    InvalidInputError,
    Order,
    Plan,
    Policy,
    StartedParcel,
    check,
    plan,
)
from boxwright.contract.canonical import canonical_json
from boxwright.domain.plan import PlanStatus

SETTINGS = settings(max_examples=40, deadline=None)


@given(strategies.orders(), strategies.catalogs(), strategies.policies)
@SETTINGS
def test_nothing_is_lost_and_every_plan_is_valid(order: Order, catalog: Catalog, policy: Policy) -> None:
    """Every unit is in exactly one parcel or unpacked with a reason, and the independent check finds no violation."""
    answer = plan(order, catalog, policy, profiles=())
    packed = [(each.line_id, each.unit_index) for parcel in answer.parcels for each in parcel.placements]
    out = [(each.line_id, each.unit_index) for each in answer.unpacked]
    ordered = [(line.line_id, index) for line in order.lines for index in range(line.quantity)]
    assert sorted(packed + out) == sorted(ordered)
    assert all(each.message for each in answer.unpacked)
    assert check(answer, order, catalog, policy) == []
    expected = PlanStatus.NONE if not packed else PlanStatus.PARTIAL if out else PlanStatus.COMPLETE
    assert answer.status is expected


def _shuffled(order: Order, catalog: Catalog, shuffler: random.Random) -> tuple[Order, Catalog]:
    lines, boxes = list(order.lines), list(catalog.box_types)
    shuffler.shuffle(lines)
    shuffler.shuffle(boxes)
    return Order(order.order_id, lines), Catalog(catalog.catalog_id, boxes, dunnage=catalog.dunnage)


def _same(shuffled: Plan, answer: Plan) -> bool:
    """Whether two plans are the same in canonical form; the catalogs are listed in another order."""
    return canonical_json(replace(shuffled, catalog_hash=answer.catalog_hash)) == canonical_json(answer)


@given(strategies.orders(), strategies.catalogs(), strategies.policies, st.randoms(use_true_random=False))
@SETTINGS
def test_the_order_of_lines_and_boxes_changes_nothing(order, catalog, policy, shuffler: random.Random) -> None:
    """Shuffled lines and box types give the same canonical plan: with groups, caps, mailers, soft goods, containers."""
    again = _shuffled(order, catalog, shuffler)
    assert _same(plan(*again, policy, profiles=()), plan(order, catalog, policy, profiles=()))


@given(strategies.orders(), strategies.catalogs(), strategies.policies, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_begun_parcels_changes_nothing(order, catalog, policy, shuffler: random.Random) -> None:
    """The order of started parcels, each with one unit of a plan, does not matter either."""
    policy = replace(policy, max_parcels=None)
    before = plan(order, catalog, policy, profiles=())
    rigid = {box.box_type_id for box in catalog.box_types if not box.flexible}
    started = [
        StartedParcel(f"started-{at}", parcel.box_type_id, parcel.placements[:1])
        for at, parcel in enumerate(before.parcels)
        if parcel.box_type_id in rigid
    ]
    try:
        answer = plan(order, catalog, policy, profiles=(), started_parcels=started)
    except InvalidInputError:  # a keep-together group would be split
        return
    shuffler.shuffle(started)
    again = _shuffled(order, catalog, shuffler)
    assert _same(plan(*again, policy, profiles=(), started_parcels=started), answer)


@given(strategies.orders(), strategies.catalogs(), strategies.box_types("extra"))
@SETTINGS
def test_one_more_box_type_never_worsens_a_plan(order: Order, catalog: Catalog, extra) -> None:
    """A catalog with one more box type leads to no more parcels, and with as many parcels to no more litres."""
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
    """Thorough mode does not improve a plan that fast mode proves."""
    try:
        fast = plan(order, catalog, Policy(mode="fast"), profiles=())
        if fast.certificate.status.value != "proved":
            return
        thorough = plan(order, catalog, Policy(mode="balanced"), profiles=())
    except IncompletePlanError:
        return
    assert (len(thorough.parcels), thorough.inner_litres) == (len(fast.parcels), fast.inner_litres)
