"""The short way for three or more units in several parcels: the split that a plan takes, or none where that is open."""

import random
from dataclasses import replace

import pytest
from tests.evaluation.test_few_units import COST, PRICED
from tests.evaluation.test_one_unit import BARE, CARRIED, UPRIGHT, WEAK

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.warning import WarningCode
from boxwright.evaluation import few_units
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.few_units import FewUnits
from boxwright.evaluation.outcome import OrderOutcome
from boxwright.evaluation.plain import plain_order
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import variants_of
from boxwright.packing.packer import Packer
from boxwright.packing.question import Answer, Open, Question
from boxwright.planning import plan

INNER = Policy(objectives=(Objective.INNER_VOLUME,))
ONE_PRICE = Catalog("one price", [replace(box, price_minor=100) for box in BARE.box_types], currency="CNY")
TWINS = Catalog(
    "twins",
    [
        replace(box, box_type_id=f"{box.box_type_id}{name}", price_minor=60 + n * n)
        for n, box in enumerate(BARE.box_types[::3])
        for name in ("", "-twin")
    ],
    currency="CNY",
)


def boxes(*edges_mm: tuple[int, int, int]) -> Catalog:
    """Return a catalog of boxes of some inner edges, called A, B and so on."""
    named = zip("ABCDEF", edges_mm, strict=False)
    return Catalog("own", [BoxType(name, *edges, tare_g=50, material_id="board") for name, edges in named])


def orders_of(count: int, seed: int) -> list[Order]:
    """Return orders of three to six units of one to three kinds and few masses; many need a box each, or two boxes."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        size, quantities = rng.choice((200, 350, 500)), rng.choice(((3,), (4,), (6,), (2, 1), (2, 2), (1, 1, 1)))
        lines = []
        for name, quantity in zip("abc", quantities, strict=False):
            edges = [round(size * rng.uniform(0.3, 1.0), 1) for _ in range(3)]
            turns = {"orientations": UPRIGHT} if rng.random() < 0.2 else {}
            lines.append(Item(name, quantity, *edges, rng.choice((900, 2_500, 13_000)), **turns))
        made.append(Order(f"o{number}", tuple(lines)))
    return made


def both(
    catalog: Catalog, policy: Policy, lane: Lane | None, orders: list[Order]
) -> tuple[FewUnits, list[tuple[OrderOutcome, OrderOutcome]]]:
    """Return the short way after some orders, and of each what it or a plan says of it and what its own plan says."""
    trials = Trials(variants_of([catalog], policy, lane), ("uk-desnz",), plan)
    job = BatchJob(trials)
    way = job._ways[0].few
    planned = [trials.outcome(order, 0) for order in orders]
    for order, outcome in zip(orders, planned, strict=True):
        way.learn(plain_order(order), outcome)
    return way, [(way.outcome(plain_order(order)) or own, own) for order, own in zip(orders, planned, strict=True)]


@pytest.mark.parametrize(
    ("catalog", "policy", "lane", "count"),
    [
        (PRICED, COST, CARRIED, 60),
        (ONE_PRICE, COST, CARRIED, 40),
        (TWINS, COST, CARRIED, 40),
        (WEAK, Policy(objectives=(Objective.OUTER_VOLUME,)), None, 40),
        (BARE, Policy(), None, 40),
    ],
    ids=["billed", "one price", "twins", "weak boxes", "plain"],
)
def test_a_split_is_that_of_a_plan(catalog: Catalog, policy: Policy, lane: Lane | None, count: int) -> None:
    """Boxes, what goes into each, every figure and warning are those of the plan; splits are among them."""
    way, found = both(catalog, policy, lane, orders_of(count, 5))
    assert [short for short, _ in found] == [own for _, own in found]
    assert way.open
    taken = [short for short, own in found if short is not own]
    assert {1, 2, 3} <= {len(each.parcels) for each in taken}
    assert any(
        warning.code == WarningCode.NOT_BLOCKED for each in taken if len(each.parcels) > 1 for warning in each.warnings
    )


def cubes(count: int, edge_mm: float = 100) -> list[Order]:
    """Return like orders of so many cubes, each a little smaller than the one before."""
    return [Order(f"o{n}", (Item("a", count, *[edge_mm - n / 10] * 3, 300),)) for n in range(4)]


APART = boxes((200, 100, 100), (131, 131, 131))


def two_and_one() -> list[Order]:
    """Return like orders of two units for one box and a third one for another."""
    third = Item("b", 1, 130, 130, 130, 200)
    return [Order(f"o{n}", (Item("a", 2, 100 - n / 10, 90, 80, 300), third)) for n in range(4)]


def test_of_one_price_one_parcel_is_taken() -> None:
    """Where a split comes to the same as one box, a plan takes the box: so does the short way."""
    way, found = both(boxes((300, 100, 100), (100, 100, 100), (200, 100, 100)), INNER, None, cubes(3))
    assert way.open
    assert [len(short.parcels) for short, _ in found] == [1] * 4
    assert all(short == own and short is not own for short, own in found)


def test_parcels_of_alike_units_in_other_boxes_are_known() -> None:
    """Two of three alike units in the larger box, which a plan lists first, and one in the smaller."""
    way, found = both(boxes((101, 101, 101), (200, 100, 100)), INNER, None, cubes(3))
    assert way.open
    assert [each.box_type_id for each in found[0][0].parcels] == ["B", "A"]
    assert all(short == own and short is not own for short, own in found)


def test_a_box_that_refuses_a_part_is_passed_over() -> None:
    """Three units that the comparing proofs leave a box, and the others refuse, go into the next one."""
    catalog = boxes((200, 200, 200), (240, 200, 200), (400, 400, 240))
    orders = [Order(f"o{n}", (Item("a", 6, 119 - n / 10, 119, 119, 300),)) for n in range(4)]
    way, found = both(catalog, INNER, None, orders)
    assert way.open
    assert all(short == own and short is not own for short, own in found)
    assert [each.box_type_id for each in found[0][0].parcels] == ["B"] * 3


@pytest.mark.parametrize(
    ("catalog", "orders"),
    [
        (boxes((100, 100, 100), (200, 100, 100)), cubes(3)),
        (
            boxes((200, 100, 100)),
            [
                Order(
                    f"o{n}", tuple(Item(name, 1, 100 - n / 10, 90 - place, 80, 300) for place, name in enumerate("abc"))
                )
                for n in range(4)
            ],
        ),
        (boxes((200, 100, 100)), cubes(3)),
    ],
    ids=["splits into two and three", "splits of other units", "parcels of alike units"],
)
def test_what_a_plan_decides_by_its_search_is_planned(catalog: Catalog, orders: list[Order]) -> None:
    """Which of equal splits is taken, and which of two parcels comes first where both have units of the first kind."""
    way, found = both(catalog, INNER, None, orders)
    assert way.open
    assert all(short is own for short, own in found)
    assert all(len(own.parcels) > 1 for _, own in found)


def test_a_part_that_nothing_proves_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine leaves a part open, or its layout is wrong, the order goes the long way."""
    orders = two_and_one()
    way, found = both(APART, INNER, None, orders)
    assert all(short == own and short is not own for short, own in found)
    asked = plain_order(orders[0])
    with monkeypatch.context() as patch:
        patch.setattr(few_units, "wrong_layout", lambda *_: ["fault"])
        assert way.outcome(asked) is None
    with monkeypatch.context() as patch:
        patch.setattr(Packer, "ask", lambda *_: Open())
        assert way.outcome(asked) is None
    assert way.outcome(asked) is not None


def left_open(monkeypatch: pytest.MonkeyPatch, edges_mm: tuple[int, int, int], count: int = 3) -> None:
    """Have the engine leave open whether so many units go into a box."""
    ask, lay = Packer.ask, few_units.lay
    edges_um = tuple(edge * 1_000 for edge in edges_mm)

    def left(question: Question) -> bool:
        return len(question.units) == count and question.space.edges_um == edges_um

    def leave(self: Packer, question: Question) -> Answer:
        return Open() if left(question) else ask(self, question)

    monkeypatch.setattr(Packer, "ask", leave)
    monkeypatch.setattr(few_units, "lay", lambda question: None if left(question) else lay(question))


def test_a_box_past_one_that_stays_open_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine leaves a cheaper box open, the next one is taken as in a plan, and nothing is proved."""
    left_open(monkeypatch, (220, 110, 110))
    way, found = both(boxes((220, 110, 110), (300, 110, 110)), INNER, None, cubes(3, 50))
    assert way.open
    assert all(short == own and short is not own for short, own in found)
    assert {each.proof for each, _ in found} == {ProofStatus.OPEN}


def test_of_a_new_mass_past_an_open_box_nothing_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rest of a plan is made of says so too: it is what the plan says, so that few are planned."""
    left_open(monkeypatch, (220, 110, 110))
    monkeypatch.setattr(FewUnits, "_repeats", True)
    trials = Trials(variants_of([boxes((220, 110, 110), (300, 110, 110))], INNER, None), ("uk-desnz",), plan)
    way, planned = BatchJob(trials)._ways[0].few, 0
    for n in range(6):
        order = Order(f"o{n}", (Item("a", 3, 50, 50, 50, 300 + n),))
        own = trials.outcome(order, 0)
        short = way.outcome(plain_order(order))
        assert own.proof is ProofStatus.OPEN
        if short is None:
            way.learn(plain_order(order), own)
            planned += 1
        assert short in (None, own)
    assert planned < 3


def test_an_order_with_an_open_box_is_not_split(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where parcels cost less than the next box, a plan asks again of the open one: such an order is planned."""
    left_open(monkeypatch, (220, 110, 110))
    way, found = both(boxes((220, 110, 110), (131, 131, 131)), INNER, None, cubes(3, 70))
    assert all(short is own for short, own in found)
    assert way.open


def test_an_order_with_an_open_part_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine leaves a part of the cheapest split open, the parcels of a plan are not proved."""
    left_open(monkeypatch, (200, 100, 100), 2)
    way, found = both(APART, INNER, None, two_and_one())
    assert all(short is own for short, own in found)
    assert way.open


def test_orders_of_hundreds_of_parts_are_known() -> None:
    """A plan weighs the partitions of up to 511 parts: so does the short way, of one box and of several."""
    small = [Item("a", 10, 30, 20, 10, 5), Item("b", 10, 25, 20, 15, 6), Item("c", 1, 40, 30, 20, 9)]
    large = [Item(name, 1, 130 - place / 10, 125, 120, 300 + place) for place, name in enumerate("abcdefgh")]
    orders = [
        Order(f"o{n}", tuple(replace(line, length_mm=line.length_mm - n / 10) for line in lines))
        for lines in (small, large)
        for n in range(4)
    ]
    assert {plain_order(order).lot_count for order in orders} == {241, 255}
    way, found = both(boxes((131, 131, 131), (200, 150, 100)), INNER, None, orders)
    assert way.open
    assert all(short == own and short is not own for short, own in found)
    assert {len(own.parcels) for _, own in found} == {1, 8}


def test_orders_of_more_parts_are_planned() -> None:
    """Of more than 511 parts a plan does not weigh all partitions."""
    lines = tuple(Item(name, 1, 40 + place, 30, 20, 20 + place) for place, name in enumerate("abcdefghi"))
    orders = [Order(f"o{n}", (*lines, Item("j", 1, 35, 25, 15 - n / 10, 10))) for n in range(3)]
    assert {plain_order(order).lot_count for order in orders} == {1023}
    way, found = both(boxes((131, 131, 131), (200, 150, 100)), INNER, None, orders)
    assert all(short is own for short, own in found)
    assert way.open


def test_many_units_are_planned() -> None:
    """A plan of many units spends more effort and packs blocks: it is made."""
    unjudged = replace(INNER, plausibility="off")
    way, found = both(boxes((201, 121, 81), (300, 200, 100)), unjudged, None, cubes(30, 40))
    assert all(short is own for short, own in found)
    assert way.open


def test_a_plan_with_other_goods_in_its_boxes_closes_the_way() -> None:
    """Once a plan puts other units into the boxes of the split than the short way, all orders are planned."""
    orders = two_and_one()
    way, found = both(APART, INNER, None, orders)
    own = found[0][1]
    way.learn(plain_order(orders[0]), own)
    assert way.open
    first, second = own.parcels
    swapped = replace(first, goods_um3=second.goods_um3), replace(second, goods_um3=first.goods_um3)
    way.learn(plain_order(orders[0]), replace(own, parcels=swapped))
    assert not way.open


def test_under_a_bound_on_effort_all_orders_are_planned() -> None:
    """A plan that may be cut is made, and not told from others that were not."""
    way, found = both(boxes((200, 100, 100), (101, 101, 101)), replace(INNER, max_effort=10_000), None, cubes(2))
    assert not way.open
    assert [own.proof for _, own in found] == [ProofStatus.PROVED] * 4
