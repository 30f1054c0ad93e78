"""Known plans of a caller: candidates if they keep the rules of the call, otherwise ignored."""

from dataclasses import replace

import pytest

from boxwright import BoxType, Catalog, InvalidInputError, Item, Lane, Order, Placement, Policy, StartedParcel, plan
from boxwright import verify_certificate as verify
from boxwright.domain.plan import ProofStatus
from boxwright.selection.outcome import Outcome
from boxwright.selection.single import try_candidate

CUBES = Order("o", [Item("cube", 4, 100, 100, 100, 500)])
SMALL = BoxType("small", 200, 100, 100, tare_g=40, price_minor=60)
FLAT = BoxType("flat", 200, 200, 100, tare_g=70, price_minor=100)
LARGE = BoxType("large", 300, 300, 300, tare_g=300, price_minor=90)


def boxes(answer) -> list[str]:
    """Return the box types of a plan."""
    return [each.box_type_id for each in answer.parcels]


@pytest.fixture
def lucky(monkeypatch):
    """Return a plan in a box that the search does not find: the engine is made to fail in it."""
    before = plan(CUBES, Catalog("c", [FLAT]), profiles=())
    monkeypatch.setattr("boxwright.selection.single.try_candidate", _without_flat)
    return before


def _without_flat(candidate, effort, below):
    if candidate.box.box_type_id == "flat" and len(candidate.members) == 4:
        return Outcome(left_open=((candidate.price, candidate.key),))
    return try_candidate(candidate, effort, below)


def test_a_known_plan_beats_what_the_search_finds(lucky) -> None:
    """The cheaper box that stays open is used once a packing in it is known; its certificate can be replayed."""
    catalog = Catalog("c", [FLAT, LARGE])
    alone = plan(CUBES, catalog, profiles=())
    assert (boxes(alone), alone.certificate.open_candidates) == (["large"], (("flat", ""),))
    answer = plan(CUBES, catalog, profiles=(), known_plans=[lucky])
    assert (boxes(answer), answer.certificate.status) == (["flat"], ProofStatus.PROVED)
    assert answer.parcels[0].placements == lucky.parcels[0].placements
    assert verify(answer, CUBES, catalog, profiles=()) == []


def test_a_known_plan_is_checked_for_its_destination(lucky) -> None:
    """Board is collected in Germany, so that the rule on the destination keeps no known plan out."""
    catalog = Catalog("c", [replace(each, material_id="corrugated-board") for each in (FLAT, LARGE)])
    policy = Policy(material_requirements=["recyclable_at_destination"])
    lane = Lane(destination_country="DE")
    assert boxes(plan(CUBES, catalog, policy, lane=lane, profiles=())) == ["large"]
    assert boxes(plan(CUBES, catalog, policy, lane=lane, profiles=(), known_plans=[lucky])) == ["flat"]


def test_a_known_plan_stands_on_a_lane_with_a_carrier(lucky) -> None:
    """Bills of the day are the request's own, so that a service without a ship date keeps no known plan out."""
    lane = Lane(carrier_service="dhl-paket/de")
    answer = plan(CUBES, Catalog("c", [FLAT, LARGE]), lane=lane, profiles=(), known_plans=[lucky])
    assert (boxes(answer), answer.parcels[0].chargeable is None) == (["flat"], False)


def test_what_is_found_beats_a_dearer_known_plan() -> None:
    """A candidate is no more than that; the answer is that of the call without it."""
    before = plan(CUBES, Catalog("c", [LARGE]), profiles=())
    catalog = Catalog("c", [FLAT, LARGE])
    assert plan(CUBES, catalog, profiles=(), known_plans=[before]) == plan(CUBES, catalog, profiles=())


@pytest.mark.parametrize(
    ("catalog", "policy"),
    [
        (Catalog("c", [LARGE]), Policy()),  # its box is not offered
        (Catalog("c", [replace(FLAT, available=0), LARGE]), Policy()),  # its box is not in stock
        (Catalog("c", [BoxType("flat", 190, 200, 100), LARGE]), Policy()),  # the box has changed size
        (Catalog("c", [BoxType("flat", 200, 200, 100, max_net_g=1_999), LARGE]), Policy()),  # too weak
        (Catalog("c", [FLAT, LARGE]), Policy(fill_limit=0.9)),
        (Catalog("c", [FLAT, LARGE]), Policy(fit_clearance_mm=1)),
    ],
)
def test_a_known_plan_that_breaks_a_rule_is_passed_over(lucky, catalog, policy) -> None:
    """It is checked under the rules of this call, whatever it states about itself."""
    assert boxes(plan(CUBES, catalog, policy, profiles=(), known_plans=[lucky])) == ["large"]


def test_a_known_plan_of_more_parcels_than_allowed_is_passed_over() -> None:
    """Two small boxes are cheaper than the large one under the objective, and one parcel is allowed."""
    catalog = Catalog("c", [SMALL, LARGE])
    before = plan(CUBES, catalog, Policy("inner_volume"), profiles=())
    assert boxes(before) == ["small", "small"]
    policy = Policy("inner_volume", max_parcels=1)
    assert boxes(plan(CUBES, catalog, policy, profiles=(), known_plans=[before])) == ["large"]


def test_a_known_plan_of_other_units_is_passed_over() -> None:
    """It packs three of four cubes."""
    fewer = replace(CUBES, lines=(replace(CUBES.lines[0], quantity=3),))
    catalog = Catalog("c", [FLAT, LARGE])
    before = plan(fewer, catalog, profiles=())
    assert plan(CUBES, catalog, profiles=(), known_plans=[before]) == plan(CUBES, catalog, profiles=())


def test_an_impossible_known_plan_is_an_error() -> None:
    """Another order's plan, something else than a plan, and any beside started parcels: each by its field."""
    catalog = Catalog("c", [FLAT])
    other = plan(Order("other", CUBES.lines), catalog, profiles=())
    started = StartedParcel("P", "flat", [Placement("cube", 0, 0, 0, 0, 100_000, 100_000, 100_000)])
    with pytest.raises(InvalidInputError) as raised:
        plan(CUBES, catalog, profiles=(), known_plans=[other, "plan"], started_parcels=[started])
    assert [each.field for each in raised.value.violations] == [
        "known_plans[0].order_id",
        "known_plans[1]",
        "known_plans",
    ]
