"""Tested packs: box types with compartments, each for one unit, which compete with open boxes."""

import itertools
import random
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Compartments,
    InvalidInputError,
    Item,
    Order,
    Plan,
    Policy,
    StartedParcel,
    Task,
    check,
    load_catalog,
    plan,
    verify_certificate,
)
from boxwright.domain.factor import Component
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, Orientation
from boxwright.domain.plan import PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.request import Request
from boxwright.selection.bounds import floor_of

LEAST_PACKAGING = Policy(objectives=["packaging_mass"])
DUNNAGE = load_catalog("us-stock").dunnage


def shipper(name: str, columns: int, rows: int, **fields: Any) -> BoxType:
    """Return a bottle shipper with cells of 95 x 95 x 335 mm and walls of 5 mm around and between them."""
    inner = (100 * columns + 5, 100 * rows + 5, 345)
    given = {"tare_g": 150 + 120 * columns * rows, "material_id": "corrugated-board", **fields}
    return BoxType(name, *inner, compartments=Compartments([95] * columns, [95] * rows, 335), **given)


ONE, TWO, SIX = shipper("one", 1, 1), shipper("two", 2, 1), shipper("six", 3, 2)
OPEN = [
    BoxType(f"open-{side}", side, side, side, tare_g=side, material_id="corrugated-board") for side in (150, 250, 500)
]
CATALOG = Catalog("shop", [ONE, TWO, SIX, *OPEN], dunnage=DUNNAGE)
BOTTLE = Item("wine", 6, 80, 80, 320, 1_300, article="wine_bottle")


def bottles(count: int, *others: Item, **fields: Any) -> Order:
    """Return an order of bottles and other lines."""
    return Order("order", [replace(BOTTLE, quantity=count, **fields), *others])


def boxes_of(answer: Plan) -> list[str]:
    """Return the box types of a plan, sorted."""
    return sorted(parcel.box_type_id for parcel in answer.parcels)


def good(order: Order, catalog: Catalog = CATALOG, policy: Policy = LEAST_PACKAGING) -> Plan:
    """Return a plan that passes the check and whose certificate is verified."""
    answer = plan(order, catalog, policy)
    assert check(answer, order, catalog, policy) == []
    assert verify_certificate(answer, order, catalog, policy) == []
    return answer


def test_six_bottles_stand_in_a_six_bottle_shipper() -> None:
    """Golden plan: each bottle is in its own compartment, upright, on the floor, without dunnage."""
    answer = good(bottles(6))
    (parcel,) = answer.parcels
    assert (answer.certificate.status, answer.certificate.scope) == (ProofStatus.PROVED, ProofScope.ALL_PLANS)
    assert parcel.box_type_id == "six"
    assert [(each.compartment, each.orientation, each.corner_um, each.half_gap_um) for each in parcel.placements] == [
        (number, Orientation.LWH, (x, y, 5_000), 0)
        for number, (y, x) in enumerate(
            itertools.product((5_000, 105_000), (5_000, 105_000, 205_000)),
            start=1,
        )
    ]
    assert {part.component for part in parcel.packaging} == {Component.BOX, Component.TAPE}
    assert parcel.cushioning_id == ""
    assert parcel.packaging_mg(Component.BOX) == 870_000


def test_other_goods_go_beside_in_a_box_of_their_own() -> None:
    """Six bottles in the shipper and a folded shirt in a box: nothing is outside the compartments."""
    shirt = Item("shirt", 1, 240, 200, 30, 250)
    answer = good(bottles(6, shirt))
    assert boxes_of(answer) == ["open-250", "six"]
    assert answer.certificate.scope is ProofScope.ALL_PLANS


def test_several_cushionings_make_one_candidate_of_a_shipper() -> None:
    """Boxes are candidates with each cushioning, a shipper only once and without cushioning."""
    policy = replace(LEAST_PACKAGING, cushioning_ids=["honeycomb-paper-wrap", "epe-foam-wrap"])
    answer = good(bottles(7), policy=policy)
    assert boxes_of(answer) == ["one", "six"]
    refused = [each for each in answer.certificate.refused_candidates if each.box_type_id == "six"]
    assert [each.cushioning_id for each in refused] == [""]


def test_orientation_and_size_decide_which_compartment_takes_a_unit() -> None:
    """A bottle that must lie down, or is 1 um too wide, fits no compartment of a shipper."""
    shop = Catalog("shop", [SIX])
    lying = tuple(each for each in ALL_ORIENTATIONS if each not in UPRIGHT)
    for line in (
        replace(BOTTLE, quantity=1, article="", orientations=lying),
        replace(BOTTLE, quantity=1, article="", width_mm=95.001),
    ):
        answer = plan(Order("order", [line]), shop, Policy(allow_partial=True))
        assert [each.reason for each in answer.unpacked] == [UnpackedReason.DOES_NOT_FIT_ANY_BOX]
    widest = replace(BOTTLE, quantity=1, article="", width_mm=95)
    assert boxes_of(good(Order("order", [widest]), shop)) == ["six"]


def test_a_clearance_is_kept_in_each_compartment() -> None:
    """A bottle of 80 mm in a cell of 95 mm has 15 mm of play, and no more."""
    shop = Catalog("shop", [SIX], dunnage=DUNNAGE)
    assert boxes_of(good(bottles(6), shop, replace(LEAST_PACKAGING, fit_clearance_mm=15))) == ["six"]
    tight = replace(LEAST_PACKAGING, fit_clearance_mm=15.001, allow_partial=True)
    assert plan(bottles(6), shop, tight).status is PlanStatus.NONE


def test_groups_hold_in_compartments() -> None:
    """Seven that must stay together fit no shipper; two that must stay apart have a shipper each."""
    shop = Catalog("shop", [ONE, TWO, SIX], dunnage=DUNNAGE)
    together = plan(bottles(7, keep_together_group="set"), shop, Policy(allow_partial=True))
    assert together.status is PlanStatus.NONE
    apart = bottles(1, replace(BOTTLE, line_id="oil", quantity=1, keep_apart_group="oil"), keep_apart_group="wine")
    assert boxes_of(good(apart, shop)) == ["one", "one"]


def test_many_bottles_fill_shippers() -> None:
    """50 bottles and 30 cans, too many for the exact search, are all packed, some in shippers, and checked."""
    can = Item("can", 30, 66, 66, 115, 350)
    answer = plan(bottles(50, can), CATALOG, LEAST_PACKAGING)
    assert check(answer, bottles(50, can), CATALOG, LEAST_PACKAGING) == []
    assert answer.status is PlanStatus.COMPLETE
    shippers = plan(bottles(50, can), Catalog("shop", [ONE, TWO, SIX], dunnage=DUNNAGE), LEAST_PACKAGING)
    assert sum(each.tare_mg for each in answer.parcels) <= sum(each.tare_mg for each in shippers.parcels)
    assert boxes_of(answer).count("six") > 0


def test_no_box_of_a_shipper_is_left_open() -> None:
    """A matching is found or refused, so a plan of shippers alone is proved if all partitions are compared."""
    answer = good(bottles(5), Catalog("shop", [ONE, TWO, SIX], dunnage=DUNNAGE))
    assert answer.certificate.open_candidates == ()
    assert answer.certificate.status is ProofStatus.PROVED


def test_a_bound_counts_bottles_as_a_compartment_takes_them() -> None:
    """No bound on plans of twelve bottles is above what two full shippers cost, however much their cushioning takes."""
    shop = Catalog("shop", [ONE, TWO, SIX], dunnage=DUNNAGE)
    request = Request.resolve(Task(bottles(12), shop, LEAST_PACKAGING))
    model = OrderModel(request, Expansion.of(request.order))
    two_sixes = 2 * plan(bottles(6), CATALOG, LEAST_PACKAGING).parcels[0].tare_mg
    assert floor_of(model, model.expansion.everything).price <= (two_sixes,)


def test_the_baseline_leaves_shippers_out_and_reports_it() -> None:
    """The engine py3dbp does not support compartments: such box types are named as left out."""
    order = Order("order", [Item("mug", 1, 90, 90, 100, 350)])
    policy = Policy(engine="py3dbp", objectives=["packaging_mass"], support_ratio=0)
    light = Catalog("shop", [replace(ONE, tare_g=10), OPEN[0]])
    answer = plan(order, light, policy)
    assert boxes_of(answer) == ["open-150"]
    (refused,) = answer.certificate.refused_candidates
    assert (refused.box_type_id, refused.proof) == ("one", Proof.POLICY)


def test_a_started_parcel_has_no_compartments() -> None:
    """A started shipper is refused by name."""
    with pytest.raises(InvalidInputError) as caught:
        plan(bottles(1), CATALOG, LEAST_PACKAGING, started_parcels=[StartedParcel("p", "six", ())])
    (found,) = caught.value.violations
    assert found.field == "started_parcels[0].box_type_id"
    assert "without compartments" in found.rule


@cache
def tiny(seed: int) -> tuple[Order, Catalog, Policy, Plan]:
    """Return an order of up to four units of three sorts, open boxes and boxes with compartments, and its plan."""
    draw = random.Random(seed)
    lines = [
        Item(
            f"line-{number}",
            1,
            *(10 * draw.choice([3, 4, 6, 9]) for _ in range(3)),
            draw.choice([50, 300]),
            orientations=draw.choice([ALL_ORIENTATIONS, UPRIGHT]),
        )
        for number in range(draw.choice([2, 3, 4, 4]))
    ]
    packs = []
    for number in range(draw.choice([1, 2, 3])):
        columns, rows = ([10 * draw.choice([3, 4, 6, 9]) for _ in range(draw.choice([1, 2]))] for _ in range(2))
        grid = Compartments(columns, rows, 10 * draw.choice([3, 6, 9]))
        inner = (
            sum(columns) + draw.choice([0, 7]),
            sum(rows) + draw.choice([0, 7]),
            grid.height_mm + draw.choice([0, 7]),
        )
        tare, limit = draw.choice([20, 60, 110]), draw.choice([None, None, 400])
        available = draw.choice([None, None, 1])
        packs.append(
            BoxType(f"pack-{number}", *inner, tare_g=tare, max_net_g=limit, available=available, compartments=grid)
        )
    single = [BoxType("single", *[10 * draw.choice([6, 9])] * 3, tare_g=draw.choice([30, 90, 150]))]
    catalog = Catalog("tiny", [*packs, *single])
    policy = Policy(
        objectives=draw.choice([("packaging_mass",), ("parcel_count", "inner_volume"), ("inner_volume",)]),
        allow_partial=True,
        support_ratio=0,
        load_bearing=False,
    )
    order = Order("tiny", lines)
    return order, catalog, policy, plan(order, catalog, policy)


def pack_takes(lines: tuple[Item, ...], box: BoxType) -> bool:
    """Whether some assignment of compartments gives each unit one that takes it, by trying all."""
    assert box.compartments is not None
    if box.max_net_g is not None and sum(line.mass_g for line in lines) > box.max_net_g:
        return False

    def takes(line: Item, size: tuple[int, int, int]) -> bool:
        turned = (each.rotate(*line.edges_um) for each in line.orientations)
        return any(all(one <= two for one, two in zip(each, size, strict=True)) for each in turned)

    return any(
        all(takes(line, size) for line, size in zip(lines, chosen, strict=True))
        for chosen in itertools.permutations(box.cell_sizes_um, len(lines))
    )


def partitions(lines: tuple[Item, ...]) -> list[list[tuple[Item, ...]]]:
    """Return every way to divide units among parcels."""
    if not lines:
        return [[]]
    first, rest = lines[0], lines[1:]
    return [
        [(first, *company), *others]
        for count in range(len(rest) + 1)
        for company in itertools.combinations(rest, count)
        for others in partitions(tuple(line for line in rest if line not in company))
    ]


def price(box: BoxType, policy: Policy) -> tuple[int, ...]:
    """Return the price of a parcel in a box, which does not depend on its content without dunnage."""
    known = {"parcel_count": 1, "inner_volume": box.inner_volume_um3, "packaging_mass": box.tare_mg}
    return tuple(known[each.value] for each in policy.objectives)


SEEDS = range(50)


@pytest.mark.parametrize("seed", SEEDS)
def test_trying_every_matching_and_partition_contradicts_nothing(seed: int) -> None:
    """Refused packs have no matching, and no plan of packs and single units in the open box beats a proved one."""
    order, catalog, policy, answer = tiny(seed)
    assert check(answer, order, catalog, policy) == []
    for unit in answer.unpacked:
        (line,) = (line for line in order.lines if line.line_id == unit.line_id)
        if unit.reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX:
            assert not any(pack_takes((line,), box) for box in catalog.box_types if box.compartments)
    if answer.status is not PlanStatus.COMPLETE:
        return
    assert verify_certificate(answer, order, catalog, policy) == []
    for refused in answer.certificate.refused_candidates:
        box = catalog.box_type(refused.box_type_id)
        if box.compartments:
            assert not pack_takes(order.lines, box)
    open_box = catalog.box_type("single")
    if answer.certificate.status is ProofStatus.PROVED:
        mine = [price(catalog.box_type(parcel.box_type_id), policy) for parcel in answer.parcels]
        total = tuple(map(sum, zip(*mine, strict=True)))
        for parts in partitions(order.lines):
            if answer.certificate.scope is ProofScope.SINGLE_PARCEL and len(parts) > 1:
                continue
            options = [
                [
                    box
                    for box in catalog.box_types
                    if (box.compartments and pack_takes(part, box))
                    or (box is open_box and len(part) == 1 and max(part[0].edges_um) <= min(box.inner_um))
                ]
                for part in parts
            ]
            for chosen in itertools.product(*options):
                used = [box.box_type_id for box in chosen]
                if any(box.available is not None and used.count(box.box_type_id) > box.available for box in chosen):
                    continue
                assert total <= tuple(map(sum, zip(*(price(box, policy) for box in chosen), strict=True)))


def test_tiny_orders_are_of_every_kind() -> None:
    """The cases include packs alone and with other boxes, refusals by compartments, and proved plans."""
    answers = [tiny(seed) for seed in SEEDS]
    used = [
        [bool(catalog.box_type(each.box_type_id).compartments) for each in answer.parcels]
        for _, catalog, _, answer in answers
    ]
    complete = [answer for *_, answer in answers if answer.status is PlanStatus.COMPLETE]
    proofs = [each.proof for answer in complete for each in answer.certificate.refused_candidates]
    assert sum(answer.certificate.status is ProofStatus.PROVED for answer in complete) > 15
    assert sum(each == [True] for each in used) > 4
    assert sum(len(each) > 1 and any(each) for each in used) > 4
    assert sum(any(each) and not all(each) for each in used) > 1
    assert proofs.count(Proof.COMPARTMENTS) > 9


def test_packs_for_the_same_articles_share_one_array_of_those_kept_out() -> None:
    """With thousands of box types and units, memory does not grow with the product of both."""
    bottles_only = replace(ONE.compartments, articles=["wine_bottle"])
    packs = [
        replace(ONE, box_type_id=f"pack-{number}", compartments=bottles_only if number % 2 else ONE.compartments)
        for number in range(6)
    ]
    catalog = Catalog("shop", [*packs, *OPEN], dunnage=DUNNAGE)
    request = Request.resolve(Task(bottles(2, Item("cup", 1, 50, 50, 50, 100)), catalog))
    kept_out = OrderModel(request, Expansion.of(request.order)).admission.kept_out.copy()
    open_boxes = {box.box_type_id: kept_out.pop(box.box_type_id) for box in OPEN}
    assert {id(each) for each in open_boxes.values()} == {id(open_boxes["open-150"])}
    assert open_boxes["open-150"].which.tolist() == [True, True, False]
    assert sorted(kept_out) == ["pack-1", "pack-3", "pack-5"]
    assert len({id(each.which) for each in kept_out.values()}) == 1
    assert kept_out["pack-1"].which.tolist() == [False, False, True]
    assert all(name in each.rule and "wine_bottle" in each.rule for name, each in kept_out.items())
