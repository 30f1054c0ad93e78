"""Smallest changes: with the change the refused box takes the order; with one unit of measure less it does not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

import strategies
from boxwright import (
    BoxType,
    Catalog,
    IncompletePlanError,
    InvalidInputError,
    Item,
    Order,
    Orientation,
    Plan,
    Policy,
    Task,
    check,
    load_catalog,
    plan,
    plans,
    verify_certificate,
)
from boxwright.contract.canonical import canonical_json
from boxwright.domain.order import UPRIGHT
from boxwright.domain.plan import SmallestChange
from boxwright.planning.finishing import explain
from through_file import through_file


def one_box_takes(order: Order, catalog: Catalog, box_type_id: str, policy: Policy) -> bool:
    """Return whether a plan in that box alone exists, by the engine and the check."""
    only = replace(catalog, box_types=(catalog.box_type(box_type_id),))
    order = replace(order, lines=tuple(replace(line, ships_in_own_container=False) for line in order.lines))
    policy = replace(policy, allow_partial=False, max_parcels=None)
    try:
        answer = plan(order, only, policy, profiles=())
    except IncompletePlanError:
        return False
    assert check(answer, order, only, policy) == []
    return len(answer.parcels) == 1


def hold(answer: Plan, order: Order, catalog: Catalog, policy: Policy) -> None:
    """Assert both sides of every change that a plan states."""
    for each in answer.certificate.refused_candidates:
        change = each.smallest_change
        if change is None:
            continue
        assert one_box_takes(change.applied(order), catalog, each.box_type_id, policy)
        for less in change.one_less():
            smaller = order if less is None else less.applied(order)
            assert not one_box_takes(smaller, catalog, each.box_type_id, policy)


@given(strategies.orders(), strategies.catalogs(), strategies.policies)
@settings(max_examples=20, deadline=None)
def test_with_the_change_it_fits_and_with_less_it_does_not(order: Order, catalog: Catalog, policy: Policy) -> None:
    """Of generated orders, each stated change is enough, and none of it can be spared; the replay says so too."""
    answer = plan(order, catalog, policy, profiles=(), explain=True)
    hold(answer, order, catalog, policy)
    assert verify_certificate(answer, order, catalog, policy, profiles=()) == []
    read = through_file(answer, order, catalog, policy, None, ())
    assert read.certificate.refused_candidates == answer.certificate.refused_candidates
    assert canonical_json(answer) == canonical_json(plan(order, catalog, policy, profiles=()))


@given(strategies.orders(fragile=True))
@settings(max_examples=6, deadline=None)
def test_changes_of_cushioned_orders_hold(order: Order) -> None:
    """Cushioning and void fill, which change with the goods, are part of both sides."""
    catalog = replace(load_catalog("china-post"), box_types=load_catalog("china-post").box_types[:5])
    policy = Policy(mode="fast", allow_partial=True)
    hold(plan(order, catalog, policy, explain=True), order, catalog, policy)


BOX = BoxType("box", 200, 150, 100, max_net_g=3_000)
SHELF = Catalog("shelf", [BOX, BoxType("large", 900, 800, 700)])
TALL = Orientation.HWL

CASES = {
    # only this edge is too long, by 0.25 mm
    "one edge": ([Item("a", 1, 200.25, 140, 90, 100)], SmallestChange("a", shorten_um=(250, 0, 0))),
    # a cube of 160 mm in 200 x 150 x 100 mm: 10 mm too wide, 60 mm too high
    "two edges": ([Item("a", 1, 160, 160, 160, 100)], SmallestChange("a", shorten_um=(0, 10_000, 60_000))),
    # side by side they need 202 mm of 200 mm; either line could be shortened, and the first by name is stated
    "a pair": (
        [
            Item("a", 1, 101, 150, 100, 100, orientations=["LWH"]),
            Item("b", 1, 101, 150, 100, 100, orientations=["LWH"]),
        ],
        SmallestChange("a", shorten_um=(2_000, 0, 0)),
    ),
    # each of the two units of a line is shortened by half of it
    "two of a line": (
        [Item("a", 2, 101, 150, 100, 100, orientations=["LWH"])],
        SmallestChange("a", shorten_um=(1_000, 0, 0)),
    ),
    # three units of 70 mm in a row are 10 mm too long: 3.334 mm off each, rounded up to the um
    "three in a row": (
        [Item("a", 3, 70, 150, 100, 100, orientations=["LWH"])],
        SmallestChange("a", shorten_um=(3_334, 0, 0)),
    ),
    # upright it is too high; lying down it fits
    "upright": ([Item("a", 1, 90, 140, 190, 100, orientations=UPRIGHT)], SmallestChange("a", allow=TALL)),
    # 3.001 kg of at most 3 kg
    "a heavy unit": ([Item("a", 1, 100, 100, 90, 3_000.001)], SmallestChange("a", lighten_mg=1)),
    # 0.5 g too heavy: 0.25 g off each of two units is less than 0.5 g off the single unit
    "the line of more units": (
        [Item("a", 1, 50, 50, 50, 1_000.5), Item("b", 2, 50, 50, 50, 1_000)],
        SmallestChange("b", lighten_mg=250),
    ),
    # both lines are too long: no change of one line is enough
    "two lines": ([Item("a", 1, 210, 20, 20, 1), Item("b", 1, 220, 20, 20, 1)], None),
    # too heavy and too long
    "weight and length": ([Item("a", 1, 300, 20, 20, 5_000)], None),
}


@pytest.mark.parametrize("name", CASES)
def test_changes_worked_out_by_hand(name: str) -> None:
    """The change is the one computed by hand, and None if no change of a single line is enough."""
    lines, expected = CASES[name]
    order = Order("order", lines)
    policy = Policy(support_ratio=0)
    answer = plan(order, SHELF, policy, profiles=(), explain=True)
    (refused,) = answer.certificate.refused_candidates
    assert refused.smallest_change == expected
    hold(answer, order, SHELF, policy)


def test_the_tests_of_a_plan_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes come one by one: those that the bound leaves no tests for state nothing, the others what they did."""
    order = Order("order", [Item("a", 2, 90, 140, 190, 100, orientations=UPRIGHT), Item("b", 1, 60, 50, 40, 100)])

    def changes() -> list[SmallestChange | None]:
        answer = plan(order, load_catalog("eu-stock"), profiles=(), explain=True)
        return [each.smallest_change for each in answer.certificate.refused_candidates]

    whole = changes()
    known = [at for at, each in enumerate(whole) if each is not None]
    assert len(known) > 1
    monkeypatch.setattr(explain, "MOST_TESTS_IN_ALL", 0)
    assert not any(changes())
    for most in range(1, 400):
        monkeypatch.setattr(explain, "MOST_TESTS_IN_ALL", most)
        bounded = changes()
        if bounded[known[0]] is not None:
            break
    assert bounded[: known[0] + 1] == whole[: known[0] + 1]
    assert bounded[known[-1]] is None


def test_nothing_is_explained_unless_asked_for() -> None:
    """A plan states no changes by default, and the best of ranked plans does on request."""
    order = Order("order", CASES["one edge"][0])
    assert plan(order, SHELF, profiles=()).certificate.refused_candidates[0].smallest_change is None
    best, *_ = plans(Task(order, SHELF, profiles=()), alternatives=1, explain=True)
    assert best.certificate.refused_candidates[0].smallest_change == CASES["one edge"][1]


@pytest.mark.parametrize(
    "change",
    [
        SmallestChange("a", shorten_um=(251, 0, 0)),  # too much
        SmallestChange("a", shorten_um=(249, 0, 0)),  # too little
        SmallestChange("a", shorten_um=(250, 1, 0)),  # the second edge needs no change
        SmallestChange("a", lighten_mg=1),  # weight is not the problem
        SmallestChange("a", shorten_um=(10**9, 0, 0)),  # longer than the edge
        SmallestChange("b", shorten_um=(250, 0, 0)),  # no such line
        SmallestChange("a", allow=Orientation.LWH),  # allowed already
    ],
)
def test_a_change_that_does_not_hold_is_rejected(change: SmallestChange) -> None:
    """The replay of a certificate proves both sides of every change it states."""
    order = Order("order", CASES["one edge"][0])
    answer = plan(order, SHELF, profiles=(), explain=True)
    (refused,) = answer.certificate.refused_candidates
    forged = replace(answer.certificate, refused_candidates=(replace(refused, smallest_change=change),))
    found = verify_certificate(replace(answer, certificate=forged), order, SHELF, profiles=())
    assert found
    assert all(each.field.startswith("certificate.refused_candidates[0].smallest_change") for each in found)


@pytest.mark.parametrize(
    "kinds", [{}, {"lighten_mg": 1, "allow": Orientation.LWH}, {"lighten_mg": 0}, {"shorten_um": (0, 0, 0)}]
)
def test_a_change_is_exactly_one(kinds: dict) -> None:
    """Two kinds at once, none, or a change of nothing is refused."""
    with pytest.raises(InvalidInputError):
        SmallestChange("a", **kinds)
