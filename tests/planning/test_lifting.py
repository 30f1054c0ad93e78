"""Lifting: several units of a parcel weigh no more than the profile allows; heavier units are alone and marked."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import (
    BoxType,
    Catalog,
    Item,
    Order,
    Policy,
    StartedParcel,
    Task,
    load_catalog,
    plan,
    verify_certificate,
)
from boxwright.contract.canonical import canonical_json
from boxwright.domain.plan import HandlingMark, Plan, PlanStatus, ProofStatus, UnpackedReason
from boxwright.domain.proof import Proof
from boxwright.errors import InvalidInputError
from boxwright.planning.planner import solve
from boxwright.planning.request import Request
from brute_force import partitions
from verified import verified

HEAVY, TEAM_LIFT = HandlingMark
STOCK = load_catalog("eu-stock")
EU = dataclasses.replace(STOCK, box_types=[dataclasses.replace(box, max_net_g=None) for box in STOCK.box_types])
"""Boxes that bear any mass, so that only the lifting limit binds."""
IRONS = Order("o", [Item("iron", 3, 150, 150, 150, 30_000)])
CRATE = Catalog("crate", [BoxType("crate", 600, 400, 400, tare_g=1_000)])
"""One box with room for all that follows, and no dunnage: 22 kg of several units may go in."""


def block(name: str, quantity: int, kg: float, **fields: object) -> Item:
    """Return a line of cubes of 100 mm."""
    return Item(name, quantity, 100, 100, 100, kg * 1_000, **fields)


def gross_kg(answer: Plan) -> list[float]:
    """Return the masses of the parcels, lightest first."""
    return sorted(parcel.gross_mg / 1e6 for parcel in answer.parcels)


def test_three_irons_of_30_kg_are_three_parcels() -> None:
    """90.6 kg in one box is nothing to lift: each goes alone, is marked, and that no fewer serve is proved."""
    answer = verified(IRONS, EU)
    assert [len(each.placements) for each in answer.parcels] == [1, 1, 1]
    assert all(each.handling_marks == (HEAVY, TEAM_LIFT) for each in answer.parcels)
    assert answer.certificate.status is ProofStatus.PROVED
    refused = {each.box_type_id: each for each in answer.certificate.refused_candidates}["eu-400x300x200"]
    assert refused.proof is Proof.WEIGHT
    assert all(part in refused.message for part in ("23", "manual@1"))
    (team,) = (each for each in answer.warnings if each.code == "TEAM_LIFT")
    assert team.count == 3
    assert "30.7" in str(team)
    assert "UNVERIFIED_LIFTING_PROFILE" in {each.code for each in answer.warnings}
    (parcel,) = plan(IRONS, EU, Policy(lifting_profile="freight")).parcels  # a machine lifts it
    assert (len(parcel.placements), parcel.handling_marks) == (3, ())


@pytest.mark.parametrize(
    ("kg", "marks"),
    [(14.0, ()), (14.000001, (HEAVY,)), (22.0, (HEAVY,)), (22.000001, (HEAVY, TEAM_LIFT)), (400.0, (HEAVY, TEAM_LIFT))],
)
def test_marks_begin_above_15_and_23_kg_gross(kg: float, marks: tuple[HandlingMark, ...]) -> None:
    """The box counts: it weighs 1 kg here."""
    (parcel,) = plan(Order("o", [block("a", 1, kg)]), CRATE).parcels
    assert parcel.handling_marks == marks


def test_two_units_of_just_23_kg_gross_share_a_parcel() -> None:
    """A milligram more and they do not."""
    assert len(plan(Order("o", [block("a", 2, 11)]), CRATE).parcels) == 1
    assert len(plan(Order("o", [block("a", 2, 11), block("b", 1, 0)]), CRATE).parcels) == 1
    assert len(plan(Order("o", [block("a", 2, 11), block("b", 1, 0.000001)]), CRATE).parcels) == 2


def test_dunnage_counts() -> None:
    """Void fill, tape and label are lifted too: what just went in without them is split."""
    dunnage = EU.dunnage
    filled = dataclasses.replace(CRATE, dunnage=dunnage)
    order = Order("o", [block("a", 2, 10.9)])
    assert len(plan(order, filled, Policy(void_fill_id="none", tape_id="none", label_id="none")).parcels) == 1
    assert len(plan(order, filled).parcels) == 2
    assert all(kg <= 23 for kg in gross_kg(plan(Order("o", [block("a", 20, 2.1)]), filled)))


def test_a_group_that_must_stay_together_does_so_and_is_marked() -> None:
    """A heavy keep-together group is one parcel, alone: what could go elsewhere does."""
    order = Order("o", [block("kit", 3, 12, keep_together_group="kit"), block("a", 1, 1)])
    answer = verified(order, CRATE)
    kit, other = sorted(answer.parcels, key=lambda each: -len(each.placements))
    assert ([each.line_id for each in kit.placements], kit.handling_marks) == (["kit"] * 3, (HEAVY, TEAM_LIFT))
    assert [each.line_id for each in other.placements] == ["a"]
    assert answer.certificate.status is ProofStatus.PROVED


@settings(deadline=None, max_examples=15)
@given(masses=st.lists(st.sampled_from([0.5, 2, 6, 7.5, 11, 11.5, 15, 22, 22.5, 30]), min_size=1, max_size=7))
def test_no_parcel_too_many_and_none_too_heavy(masses: list[float]) -> None:
    """Over every split of a few units: the plan has as few parcels as may be, says so, and its proof holds again."""
    order = Order("o", [block(f"line-{at}", 1, kg) for at, kg in enumerate(masses)])
    answer = verified(order, CRATE, Policy(mode="fast"))
    fewest = min(len(parts) for parts in partitions(masses) if all(len(each) < 2 or sum(each) <= 22 for each in parts))
    assert len(answer.parcels) == fewest
    assert answer.certificate.status is ProofStatus.PROVED


@settings(deadline=None, max_examples=20)
@given(
    lines=st.lists(
        st.tuples(
            st.integers(1, 30),
            st.sampled_from([0.1, 1, 2.5, 7, 11.4, 19, 24, 40]),
            st.sampled_from(["", "", "", "kit"]),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ),
    dunnage=st.booleans(),
    max_parcels=st.sampled_from([None, None, 1, 3]),
)
def test_no_parcel_of_several_units_is_too_heavy(
    lines: list[tuple[int, float, str, bool]], dunnage: bool, max_parcels: int | None
) -> None:
    """In any order, above 23 kg gross a parcel holds one unit, or one whole keep-together group."""
    order = Order(
        "o",
        [
            block(f"line-{at}", quantity, kg, keep_together_group=group, ships_in_own_container=own)
            for at, (quantity, kg, group, own) in enumerate(lines)
        ],
    )
    catalog = dataclasses.replace(CRATE, dunnage=EU.dunnage if dunnage else ())
    policy = Policy(mode="fast", allow_partial=True, max_parcels=max_parcels)
    answer = verified(order, catalog, policy)
    groups = {line.line_id: line.keep_together_group for line in order.lines}
    for parcel in answer.parcels:
        inside = {groups[each.line_id] for each in parcel.placements}
        if parcel.gross_mg > 23_000_000:
            assert len(parcel.placements) == 1 or inside == {"kit"}


def test_many_units_beside_heavy_ones() -> None:
    """An order too large for every split: the heavy ones are alone, no box is over the limit, few boxes are used."""
    order = Order("o", [block("iron", 4, 30), block("tin", 90, 2.9), block("bar", 20, 12)])
    answer = verified(order, CRATE)
    weights = gross_kg(answer)
    assert weights[-4:] == [31.0] * 4
    assert all(kg <= 23 for kg in weights[:-4])
    # The 4 irons are alone. No two bars fit one parcel: each ships with 3 tins. The other 30 tins go 7 to a box.
    assert len(answer.parcels) == 4 + 20 + 5
    assert answer.certificate.value == 29


def test_the_one_parcel_of_many_lines_may_be_the_unit_that_is_too_heavy_for_company() -> None:
    """It is larger than all others together, which are too many for every part of them to be tried."""
    tins = [Item(f"tin-{number}", 1, 60 + number, 50, 40, mass_g=2_900) for number in range(8)]
    order = Order("o", [Item("iron", 1, 300, 280, 260, mass_g=30_000), *tins])
    answer = plan(order, CRATE, Policy(max_parcels=1, allow_partial=True))
    (parcel,) = answer.parcels
    assert [each.line_id for each in parcel.placements] == ["iron"]


@pytest.mark.parametrize("count", [1, 2])
def test_where_parcels_are_limited_the_rule_names_the_lifting_limit(count: int) -> None:
    """With fewer parcels allowed than irons some are left out, for both limits; the others are packed."""
    answer = plan(IRONS, EU, Policy(max_parcels=count, allow_partial=True))
    assert (answer.status, len(answer.parcels), len(answer.unpacked)) == (PlanStatus.PARTIAL, count, 3 - count)
    (out, *_) = answer.unpacked
    assert out.reason is UnpackedReason.MAX_PARCELS_REACHED
    assert all(part in out.message for part in (f"max_parcels is {count}", "23 kg", "manual@1"))


@pytest.mark.parametrize(
    ("lines", "lying", "held"),
    [
        ([block("a", 4, 7)], 2, [1, 3]),  # as many units as may be lifted
        ([block("a", 2, 15), block("b", 1, 0.1)], 2, [1, 2]),  # units in the started parcel stay, however heavy
        ([block("iron", 1, 30), block("b", 2, 0.1)], 1, [1, 2]),  # a heavy unit ships alone
    ],
)
def test_a_begun_parcel_is_filled_up_to_the_limit(lines: list[Item], lying: int, held: list[int]) -> None:
    """Units in it stay, and further ones join them as far as the parcel may be lifted."""
    order = Order("o", lines)
    answer = plan(order, CRATE, started_parcels=[_started(order, lying)])
    assert sorted(len(parcel.placements) for parcel in answer.parcels) == held
    first = next(parcel for parcel in answer.parcels if parcel.started_parcel_id)
    assert {placed.line_id for placed in first.placements} == {lines[0].line_id}


def test_a_begun_group_is_completed_or_refused() -> None:
    """The rest of a started group goes in where it is alone; beside other units above the limit it is an error."""
    kit = block("kit", 2, 15, keep_together_group="kit")
    alone = Order("o", [kit])
    (parcel,) = plan(alone, CRATE, started_parcels=[_started(alone, 1)]).parcels
    assert len(parcel.placements) == 2
    beside = Order("o", [block("a", 1, 1), kit])
    with pytest.raises(InvalidInputError, match=r"started_parcels\[0\].*31000 g.*23 kg"):
        plan(beside, CRATE, started_parcels=[_started(beside, 2)])


def _started(order: Order, count: int) -> StartedParcel:
    """Return a parcel with the first units of an order, as the planner lays them where nothing limits them."""
    first, left = [], count
    for line in order.lines:
        if left:
            taken = min(left, line.quantity)
            first.append(dataclasses.replace(line, quantity=taken, keep_together_group=""))
            left -= taken
    (parcel,) = plan(Order("o", first), CRATE, Policy(lifting_profile="freight")).parcels
    return StartedParcel("p", "crate", parcel.placements)


def test_a_unit_in_its_own_container_is_marked() -> None:
    """A parcel can be heavy without a catalog box."""
    (parcel,) = plan(Order("o", [block("a", 1, 24, ships_in_own_container=True)]), CRATE).parcels
    assert (parcel.gross_mg, parcel.handling_marks) == (24_000_000, (HEAVY, TEAM_LIFT))


def test_the_baseline_engine_keeps_to_the_limit() -> None:
    """py3dbp is asked under the same limits."""
    answer = plan(IRONS, EU, Policy(engine="py3dbp", support_ratio=0))
    assert [len(each.placements) for each in answer.parcels] == [1, 1, 1]


def test_the_change_that_would_make_a_box_usable_is_stated() -> None:
    """For a box refused by the limit the needed reduction of mass is stated, and the claim is replayed."""
    order = Order("o", [block("a", 2, 11.002)])
    answer = plan(order, CRATE, explain=True)
    (refused,) = answer.certificate.refused_candidates
    assert refused.smallest_change.lighten_mg == 2_000  # each of the two units is lighter by this
    assert verify_certificate(answer, order, CRATE) == []


def test_a_light_order_has_the_plan_of_freight() -> None:
    """If all units together may be lifted, the profile changes nothing and is not used."""
    order = Order("o", [block("a", 5, 1.5), block("b", 3, 0.7)])
    made = [plan(order, EU, Policy(lifting_profile=name)) for name in ("manual", "freight")]
    assert canonical_json(made[0]) == canonical_json(made[1])
    model = solve(Request.resolve(Task(order, EU))).model
    assert all(model.for_several(box) is box for box in EU.box_types)


@pytest.mark.parametrize("name", ["crane", "manual@2", "manual@"])
def test_an_unknown_profile_is_an_error(name: str) -> None:
    """The error names the field and the profiles that there are."""
    with pytest.raises(InvalidInputError, match=r"policy\.lifting_profile.*freight@1, manual@1"):
        plan(IRONS, EU, Policy(lifting_profile=name))
