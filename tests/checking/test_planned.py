"""Damage to plans as the engine makes them, of orders with all that an order line can ask for."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from boxwright.catalog import load_catalog
from boxwright.checking import ViolationKind as K
from boxwright.checking import check
from boxwright.domain.box import Catalog
from boxwright.domain.factor import Component
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, Fragility, FragilityClass, Item, Order
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus
from boxwright.planning import plan

Planned = tuple[Plan, Order, Catalog]
CATALOGS = ("china-post", "us-stock", "eu-stock")
LANE = Lane((Leg(TransportMode.ROAD, 500.0),))


def _order(seed: int) -> Order:
    rng = random.Random(seed)
    lines = []
    for number in range(rng.randint(1, 6)):
        edges = (rng.randint(20, 220), 25.4 * rng.randint(1, 8) / 8, round(rng.uniform(15, 200), 3))
        lines.append(
            Item(
                f"line-{number}",
                rng.choice([1, 2, 5]),
                *rng.sample(edges, 3),
                mass_g=rng.choice([5.0, 50.0, 333.333, 1200.0]),
                orientations=rng.choice([ALL_ORIENTATIONS, UPRIGHT]),
                max_load_g=rng.choice([None, None, 0.0, 1500.0]),
                fragility=rng.choice([None, None, Fragility(g_level=90.0), Fragility(FragilityClass.FRAGILE)]),
            )
        )
    return Order(f"order-{seed}", tuple(lines))


@pytest.fixture(scope="module")
def planned() -> list[Planned]:
    """Plans of nine orders out of three shipped catalogs, some of several parcels, all on a lane."""
    catalogs = [load_catalog(name) for name in CATALOGS]
    orders = [_order(seed) for seed in range(9)]
    return [
        (plan(order, catalogs[number % 3], lane=LANE), order, catalogs[number % 3])
        for number, order in enumerate(orders)
    ]


def test_plans_of_the_engine_have_no_violation(planned: list[Planned]) -> None:
    """What the engine returns passes, and the orders exercise cushions, piles and several units."""
    assert all(check(*each) == [] for each in planned)
    placements = [placement for each, *_ in planned for parcel in each.parcels for placement in parcel.placements]
    assert any(placement.half_gap_mm for placement in placements)
    assert any(placement.z_mm for placement in placements)


def _change_parcel(change: Callable[[Parcel], Parcel]) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, parcels=(*plan.parcels[:-1], change(plan.parcels[-1])))


def _change_last(change: Callable[[Placement], Placement]) -> Callable[[Plan], Plan]:
    return _change_parcel(
        lambda parcel: replace(parcel, placements=(*parcel.placements[:-1], change(parcel.placements[-1])))
    )


def _lighter_box(parcel: Parcel) -> Parcel:
    parts = tuple(
        replace(part, mass_mg=part.mass_mg - 1) if part.component is Component.BOX else part
        for part in parcel.packaging
    )
    return replace(parcel, packaging=parts)


def _fewer_grams(plan: Plan) -> Plan:
    first = plan.footprints[0]
    line = replace(first.lines[0], co2e_mg=first.lines[0].co2e_mg - 1)
    return replace(plan, footprints=(replace(first, lines=(line, *first.lines[1:])), *plan.footprints[1:]))


LIFTED = {K.UNSUPPORTED, K.OUTSIDE_BOX}
SUNK = {K.OUTSIDE_BOX, K.OVERLAP, K.NO_CLEARANCE}


@pytest.mark.parametrize(
    ("damage", "kinds"),
    [
        pytest.param(_change_last(lambda p: replace(p, z_um=p.z_um + 1)), LIFTED, id="a unit is lifted by 1 um"),
        pytest.param(_change_last(lambda p: replace(p, z_um=p.z_um - 1)), SUNK, id="a unit sinks by 1 um"),
        pytest.param(
            _change_last(lambda p: replace(p, length_um=p.length_um - 1)), {K.WRONG_EXTENTS}, id="a unit shrinks"
        ),
        pytest.param(
            _change_last(lambda p: replace(p, x_um=-p.length_um)), {K.OUTSIDE_BOX}, id="a unit leaves the box"
        ),
        pytest.param(_change_last(lambda p: replace(p, line_id="none")), {K.UNKNOWN_LINE}, id="a line is unknown"),
        pytest.param(
            _change_parcel(lambda p: replace(p, placements=p.placements[:-1])), {K.LOST_UNIT}, id="a unit is lost"
        ),
        pytest.param(
            _change_parcel(lambda p: replace(p, placements=p.placements + p.placements[:1])),
            {K.DUPLICATE_UNIT},
            id="a unit is placed twice",
        ),
        pytest.param(
            _change_parcel(lambda p: replace(p, net_mg=p.net_mg + 1)), {K.WRONG_NET_MASS}, id="the net mass is off"
        ),
        pytest.param(
            _change_parcel(lambda p: replace(p, goods_volume_um3=p.goods_volume_um3 - 1)),
            {K.WRONG_GOODS_VOLUME},
            id="the goods' volume is off",
        ),
        pytest.param(_change_parcel(_lighter_box), {K.WRONG_PACKAGING}, id="the box is 1 mg lighter"),
        pytest.param(_fewer_grams, {K.WRONG_FOOTPRINT}, id="a gram line is 1 mg short"),
        pytest.param(lambda p: replace(p, status=PlanStatus.PARTIAL), {K.WRONG_STATUS}, id="the status is wrong"),
        pytest.param(lambda p: replace(p, catalog_hash="sha256:0"), {K.WRONG_CATALOG}, id="the catalog is another"),
    ],
)
def test_damage_to_any_plan_of_the_engine_is_found(
    planned: list[Planned], damage: Callable[[Plan], Plan], kinds: set[K]
) -> None:
    """The same damage, done to every plan, is found in every plan as what it is."""
    for found, order, catalog in planned:
        assert kinds & {violation.kind for violation in check(damage(found), order, catalog)}
