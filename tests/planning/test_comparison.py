"""Comparison of plans: the better one, the deciding objective, and the baseline."""

import dataclasses

import pytest

import boxwright
from boxwright import BoxType, Catalog, EmissionsBasis, InvalidInputError, Item, Lane, Leg, Order, Policy
from boxwright.domain.comparison import ComparisonOutcome

LANE = Lane((Leg("road", 500),))
ORDER = Order("o", (Item("a", 2, 90, 90, 90, mass_g=500),))
SMALL = BoxType("small", 180, 90, 90, tare_g=150, material_id="corrugated-board", tare_weighed=True)
LIGHT = BoxType("light", 200, 100, 100, tare_g=80, material_id="corrugated-board", tare_weighed=True)
HUGE = BoxType("huge", 400, 400, 400, tare_g=700, material_id="corrugated-board", tare_weighed=True)
CATALOG = Catalog("c", (SMALL, LIGHT, HUGE))
HONEY = BoxType("honey", 200, 100, 100, tare_g=100, material_id="honeycomb-paper")
BOARD = BoxType("board", 180, 90, 90, tare_g=113, material_id="corrugated-board")
BARE = Policy("emissions", void_fill_id="none", tape_id="none")


def planned(policy=BARE, order=ORDER):
    """Return a plan over the lane in UK figures."""
    return boxwright.plan(order, CATALOG, policy, LANE, ("uk-desnz",))


def test_against_the_smallest_standard_carton():
    """The lighter of two boxes beats the smaller one by emissions; the baseline is described."""
    plan = planned()
    baseline, words = boxwright.baseline_plan(boxwright.Task(ORDER, CATALOG, BARE, LANE, ("uk-desnz",)))
    assert (plan.parcels[0].box_type_id, baseline.parcels[0].box_type_id) == ("light", "small")
    found = boxwright.compare(plan, baseline, CATALOG, BARE, baseline=words)
    assert found.outcome is ComparisonOutcome.BETTER
    assert found.baseline == words
    assert found.objectives[0].difference == plan.footprints[0].total_co2e_mg - baseline.footprints[0].total_co2e_mg
    assert (
        found.footprints[0].low_co2e_mg
        <= found.footprints[0].difference_co2e_mg
        <= found.footprints[0].high_co2e_mg
        < 0
    )


def test_against_a_named_box_type():
    """The baseline has all units in the named huge box; an unknown box is refused by name."""
    baseline, words = boxwright.baseline_plan(
        boxwright.Task(ORDER, CATALOG, BARE, LANE, ("uk-desnz",)), box_type_id="huge"
    )
    assert {parcel.box_type_id for parcel in baseline.parcels} == {"huge"}
    assert "huge" in words
    assert boxwright.compare(planned(), baseline, CATALOG, BARE).outcome is ComparisonOutcome.BETTER
    with pytest.raises(InvalidInputError, match="box_type_id"):
        boxwright.baseline_plan(boxwright.Task(ORDER, CATALOG, BARE, LANE), box_type_id="none")


def test_grams_that_cost_money_cost_the_baseline_too():
    """Under a carbon price the baseline is still the smallest carton, and its cost includes the price of emissions."""
    boxes = tuple(dataclasses.replace(box, price_minor=50) for box in CATALOG.box_types)
    catalog, carbon = Catalog("c", boxes, currency="EUR"), {"carbon_price_per_tonne_minor": 10_000_000}
    policy = Policy("packaging_cost", emissions_basis=EmissionsBasis("uk-desnz"), **carbon)
    task = boxwright.Task(ORDER, catalog, policy, LANE, ("uk-desnz",))
    baseline, _ = boxwright.baseline_plan(task)
    (parcel,) = baseline.parcels
    assert (parcel.box_type_id, parcel.carbon_cost_minor > 0) == ("small", True)
    found = boxwright.compare(boxwright.plans(task, 0)[0], baseline, catalog, policy)
    assert found.objectives[0].second == 50 + parcel.carbon_cost_minor


def test_emissions_inside_the_uncertainty_leave_it_to_the_next_objective():
    """Honeycomb paper and board differ by less than the uncertainty of their factors, so volume decides."""
    policy = dataclasses.replace(BARE, objectives=("emissions", "inner_volume"))
    one, other = (boxwright.plan(ORDER, Catalog("c", (box,)), policy, LANE, ("uk-desnz",)) for box in (HONEY, BOARD))
    catalog = Catalog("c", (HONEY, BOARD))
    found = boxwright.compare(one, other, catalog, policy)
    assert found.outcome is ComparisonOutcome.WORSE
    assert all(part in found.message for part in ("2.000", "1.458"))
    assert boxwright.compare(one, other, catalog, BARE).outcome is ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE


def test_a_plan_equals_itself_and_a_swap_mirrors():
    """A plan equals itself; if plans are swapped, better becomes worse and each difference changes sign."""
    plan, other = planned(), planned(dataclasses.replace(BARE, objectives=("inner_volume",)))
    same = boxwright.compare(plan, plan, CATALOG, BARE)
    assert same.outcome is ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE
    assert [(each.difference_co2e_mg, each.low_co2e_mg, each.high_co2e_mg) for each in same.footprints] == [(0, 0, 0)]
    there, back = (boxwright.compare(*pair, CATALOG, BARE) for pair in ((plan, other), (other, plan)))
    assert (there.outcome, back.outcome) == (ComparisonOutcome.BETTER, ComparisonOutcome.WORSE)
    assert [each.difference for each in there.objectives] == [-each.difference for each in back.objectives]


def test_the_basis_of_the_policy_is_what_decides():
    """With two profiles stated, the emissions compared are those of the basis."""
    french = {"emissions_basis": EmissionsBasis("fr-ademe"), "accept_incomplete_footprint": True}
    policy = dataclasses.replace(BARE, **french)
    plan = boxwright.plan(ORDER, CATALOG, policy, LANE, ("uk-desnz",))
    baseline, _ = boxwright.baseline_plan(boxwright.Task(ORDER, CATALOG, policy, LANE, ("uk-desnz", "fr-ademe")))
    found = boxwright.compare(plan, baseline, CATALOG, policy)
    assert [each.profile_id for each in found.footprints] == ["uk-desnz@2026", "fr-ademe@2024"]
    assert found.objectives[0].difference == found.footprints[1].difference_co2e_mg


def test_plans_of_other_orders_or_other_units_are_not_compared():
    """Another order is refused; plans that leave out different units have no outcome."""
    with pytest.raises(InvalidInputError, match="order_id"):
        boxwright.compare(planned(), planned(order=dataclasses.replace(ORDER, order_id="p")), CATALOG)
    plan = planned()
    part = boxwright.plan(
        Order("o", (*ORDER.lines, Item("big", 1, 900, 900, 900, mass_g=1))),
        CATALOG,
        dataclasses.replace(BARE, allow_partial=True),
        LANE,
        ("uk-desnz",),
    )
    found = boxwright.compare(plan, part, CATALOG, BARE)
    assert found.outcome is ComparisonOutcome.UNKNOWN


@pytest.mark.parametrize("side", [0, 1])
def test_an_unknown_figure_is_not_equality(side):
    """A plan without footprints cannot be compared by emissions; an earlier objective that differs still decides."""
    plans = [planned(), planned()]
    plans[side] = dataclasses.replace(plans[side], footprints=())
    found = boxwright.compare(*plans, CATALOG, BARE)
    assert found.outcome is ComparisonOutcome.UNKNOWN
    huge, _ = boxwright.baseline_plan(boxwright.Task(ORDER, CATALOG, BARE, LANE, ()), box_type_id="huge")
    by_volume = dataclasses.replace(BARE, objectives=("inner_volume", "emissions"))
    assert boxwright.compare(planned(), huge, CATALOG, by_volume).outcome is ComparisonOutcome.BETTER
    by_price = dataclasses.replace(BARE, objectives=("packaging_cost", "inner_volume"))
    assert boxwright.compare(planned(), huge, CATALOG, by_price).outcome is ComparisonOutcome.UNKNOWN


def test_an_unknown_figure_behind_grams_that_are_too_close_is_not_skipped():
    """If emissions differ only within the uncertainty and a price is unknown, a later objective does not decide."""
    one, other = (boxwright.plan(ORDER, Catalog("c", (box,)), BARE, LANE, ("uk-desnz",)) for box in (HONEY, BOARD))
    policy = dataclasses.replace(BARE, objectives=("emissions", "packaging_cost", "inner_volume"))
    found = boxwright.compare(one, other, Catalog("c", (HONEY, BOARD)), policy)
    assert found.outcome is ComparisonOutcome.UNKNOWN


def test_grams_of_two_profiles_are_not_compared():
    """Plans without a common profile, or without the requested one, have no outcome by emissions."""
    plan = planned()
    french = boxwright.plan(
        ORDER, CATALOG, dataclasses.replace(BARE, objectives=("inner_volume",)), LANE, ("fr-ademe",)
    )
    assert boxwright.compare(plan, french, CATALOG, BARE).outcome is ComparisonOutcome.UNKNOWN
    by_french = dataclasses.replace(BARE, emissions_basis=EmissionsBasis("fr-ademe"))
    huge, _ = boxwright.baseline_plan(boxwright.Task(ORDER, CATALOG, BARE, LANE, ("uk-desnz",)), box_type_id="huge")
    assert boxwright.compare(plan, huge, CATALOG, by_french).outcome is ComparisonOutcome.UNKNOWN


@pytest.mark.parametrize("side", [0, 1])
def test_a_plan_that_loses_units_is_not_better(side):
    """A plan with fewer units is not comparable, even if it does not list the missing units."""
    plans = [planned(), planned()]
    plans[side] = dataclasses.replace(plans[side], parcels=())
    found = boxwright.compare(*plans, CATALOG, Policy())
    assert found.outcome is ComparisonOutcome.UNKNOWN
