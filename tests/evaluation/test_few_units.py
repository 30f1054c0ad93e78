"""The short way for orders of a few units: what it says is what a plan says, figure by figure, for any catalogs."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from tests.evaluation.test_one_unit import BARE, CARRIED, UPRIGHT, WEAK

from boxwright.catalog import load_catalog
from boxwright.checking import ViolationKind, wrong_layout
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Placement
from boxwright.domain.policy import Engine, Objective, Policy
from boxwright.evaluation import few_units
from boxwright.evaluation.batch import BatchJob
from boxwright.evaluation.plain import plain_order
from boxwright.evaluation.trial import Trials
from boxwright.evaluation.variant import variants_of
from boxwright.packing.question import Packed, Refused
from boxwright.planning import plan
from boxwright.planning.engine import PACKERS

PRICED = Catalog(
    "priced", [replace(box, price_minor=40 + n * n) for n, box in enumerate(BARE.box_types)], currency="CNY"
)
FEW = Catalog("few", [replace(box, available=1) for box in BARE.box_types], currency="USD")
COST = Policy(objectives=(Objective.SHIPPING_COST,))


def orders_of(count: int, seed: int) -> list[Order]:
    """Return orders of two to five units of few masses: of one kind or several, heavy ones, ones that fit nowhere."""
    rng = random.Random(seed)
    masses = [200, 900, 2_500, 11_000, 16_000]
    made = []
    for number in range(count):
        lines = []
        for name in "abc"[: rng.choice((1, 1, 1, 2, 2, 3))]:
            edges = [round(rng.choice((60, 150, 300)) * rng.uniform(0.4, 1.0), 1) for _ in range(3)]
            turns = {"orientations": UPRIGHT} if rng.random() < 0.2 else {}
            lines.append(Item(name, 1, *edges, rng.choice(masses), **turns))
        if len(lines) == 1 or rng.random() < 0.3:
            lines[0] = replace(lines[0], quantity=rng.choice((2, 2, 2, 3, 4)))
        if rng.random() < 0.01:
            lines[0] = replace(lines[0], length_mm=3_000)
        made.append(Order(f"o{number}", tuple(lines)))
    return made


@pytest.mark.parametrize(
    ("catalog", "policy", "lane", "count"),
    [
        (BARE, Policy(), None, 40),
        (PRICED, COST, CARRIED, 50),
        (WEAK, Policy(objectives=(Objective.OUTER_VOLUME,)), None, 30),
        (PRICED, replace(COST, max_parcels=1, support_ratio=0, fit_clearance_mm=3, fill_limit=0.9), CARRIED, 30),
        (FEW, Policy(objectives=(Objective.OUTER_VOLUME,)), None, 30),
        (load_catalog("eu-stock"), Policy(), None, 6),
    ],
    ids=["plain", "billed", "weak boxes", "one parcel", "few boxes", "with dunnage"],
)
def test_the_short_way_says_what_a_plan_says(catalog: Catalog, policy: Policy, lane: Lane | None, count: int) -> None:
    """Every figure, status, reason, proof and warning of each order is that of its own plan."""
    trials = Trials(variants_of([catalog], policy, lane), ("uk-desnz",), plan)
    job = BatchJob(trials)
    orders = orders_of(count, 11)
    found = [job._outcome(plain_order(order), 0) for order in orders]
    assert found == [trials.outcome(order, 0) for order in orders]
    assert job._ways[0].few.open is not any(catalog.dunnage)  # boxes that a plan does not choose would have closed it


def test_the_short_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many orders few are planned: those in one box and those in two are known once their masses are."""
    planned: list[str] = []
    made = Trials.outcome
    monkeypatch.setattr(
        Trials, "outcome", lambda self, order, index: planned.append(order.order_id) or made(self, order, index)
    )
    trials = Trials(variants_of([PRICED], COST, CARRIED), ("uk-desnz",), plan)
    job = BatchJob(trials)
    pair = Item("a", 2, 100, 80, 60, 300)
    other = Item("b", 1, 50, 40, 30, 200)
    orders = [
        Order(f"o{number}", (replace(pair, length_mm=100 + number / 10), other)[: 1 + number % 2])
        for number in range(40)
    ]
    edges = {"length_mm": 600, "width_mm": 290, "height_mm": 290, "mass_g": 12_000}
    orders += [
        Order(f"p{number}", (replace(pair, **(edges | {"width_mm": 290 - number / 10})),)) for number in range(20)
    ]
    found = [job._outcome(plain_order(order), 0) for order in orders]
    assert len(planned) < 15
    assert {len(each.parcels) for each in found} == {1, 2}


def test_a_layout_that_the_check_faults_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine's layout is judged before a row rests on it: an order with a wrong one goes the long way."""
    job = BatchJob(Trials(variants_of([BARE], Policy(), None), ("uk-desnz",), plan))
    orders = [plain_order(Order(f"o{n}", (Item("a", 3, 100 + n, 80, 60, 300),))) for n in range(4)]
    for order in orders:
        job._outcome(order, 0)
    way = job._ways[0].few
    assert way.outcome(orders[-1]) is not None
    monkeypatch.setattr(few_units, "wrong_layout", lambda *_: ["fault"])
    assert way.outcome(orders[-1]) is None


def test_the_check_of_a_layout_finds_each_fault() -> None:
    """Units that overlap, hang in mid-air, reach out, are turned as they may not lie or resized are all found."""
    box = BARE.box_types[0]
    order = Order("o", (Item("a", 2, 40, 30, 20, 100, orientations=UPRIGHT),))

    def kinds(*seconds: Placement) -> set[ViolationKind]:
        first = Placement("a", 0, 0, 0, 0, 40_000, 30_000, 20_000)
        return {each.kind for each in wrong_layout([first, *seconds], box, order, BARE, Policy())}

    good = Placement("a", 1, 0, 0, 20_000, 40_000, 30_000, 20_000)
    assert kinds(good) == set()
    assert ViolationKind.OVERLAP in kinds(replace(good, z_um=10_000))
    assert ViolationKind.UNSUPPORTED in kinds(replace(good, z_um=30_000))
    assert ViolationKind.OUTSIDE_BOX in kinds(replace(good, x_um=-1))
    assert ViolationKind.UNSUPPORTED in kinds(replace(good, x_um=30_000))
    assert kinds(replace(good, length_um=39_000)) != set()
    assert ViolationKind.DUPLICATE_UNIT in kinds(replace(good, unit_index=0, x_um=40_000, z_um=0))


@pytest.mark.parametrize("support_ratio", [0, 0.75])
def test_what_is_settled_early_is_what_the_engine_says(support_ratio: float) -> None:
    """A proof that is asked before the others, and little effort before all of it, change no answer and no layout."""
    policy = replace(COST, support_ratio=support_ratio)
    job = BatchJob(Trials(variants_of([PRICED], policy, CARRIED), ("uk-desnz",), plan))
    way, found = job._ways[0].few, Counter()
    for order in orders_of(60, 5):
        asked = plain_order(order)
        if asked.count < 3:
            continue
        way._shelf.rank(order, {asked.whole.load: asked.members(asked.whole)})
        for effort in (way._effort, way._part_effort):
            for room in asked.fitting(asked.whole, way._shelf.rooms(asked.whole.load)):
                answer = way._ask(asked, asked.whole, room, effort)
                question = effort.question(asked.units, room.space, way._rules)
                engine = PACKERS[Engine.BOXWRIGHT].ask(question)
                found[type(answer)] += 1
                assert type(answer) is type(engine)
                for name in ("units", "orientations", "corners_um") if answer.layout else ():
                    assert getattr(answer.layout, name).tolist() == getattr(engine.layout, name).tolist()
    assert found[Packed] > 5
    assert found[Refused] > 5
