"""The objective ``emissions``: the profile, the allocation and the rule for unverified factors."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import boxwright
from boxwright import BoxType, Catalog, EmissionsBasis, InvalidInputError, Item, Lane, Leg, Order, Policy
from boxwright.catalog import load_materials
from boxwright.domain.factor import RecyclingRule
from boxwright.domain.footprint import Allocation
from boxwright.domain.lack import MissingFactorError
from models import model_of

STREET = Lane((Leg("road", 1),))
"""A leg so short that 100 g of box change its emissions by only 13 mg CO2e."""

ORDER = Order("o", (Item("a", 1, 80, 80, 80, mass_g=500),))


def box(name, material, tare_g, edge_mm=100):
    """Return a cubic box type of a material."""
    return BoxType(name, edge_mm, edge_mm, edge_mm, tare_g=tare_g, material_id=material)


def chosen(*boxes, lane=STREET, profiles=("uk-desnz",), **policy):
    """Return the plan of the least emissions, without dunnage."""
    bare = Policy(objectives=("emissions",), void_fill_id="none", tape_id="none", **policy)
    return boxwright.plan(ORDER, Catalog("c", boxes), bare, lane, profiles)


def name(plan):
    """Return the box that a plan uses."""
    return plan.parcels[0].box_type_id


BOARD, FILM = box("board", "corrugated-board", 100), box("film", "ldpe-film", 40)


def test_the_profile_of_the_basis_decides():
    """In the UK 40 g of film (2.96976 kg/kg) beat 100 g of board (1.20441); in France (3.997, 1.407) board wins."""
    uk, fr = EmissionsBasis("uk-desnz"), EmissionsBasis("fr-ademe@2024")
    both = ("uk-desnz", "fr-ademe")
    # 0.04 x 2.96976 = 0.118790 < 0.1 x 1.20441 = 0.120441, but 0.04 x 3.997 = 0.15988 > 0.1 x 1.407 = 0.1407
    for rule in ("central", "upper_end"):
        options = {"unverified_factor_rule": rule, "profiles": both}
        assert name(chosen(BOARD, FILM, emissions_basis=uk, **options)) == "film"
        assert name(chosen(BOARD, FILM, emissions_basis=fr, **options)) == "board"
    assert name(chosen(BOARD, FILM, profiles=both)) == "film"


def test_the_certificate_names_profile_and_allocation():
    """The compared basis is also stated among the footprints, beside the requested profiles."""
    plan = chosen(BOARD, FILM, emissions_basis=EmissionsBasis("fr-ademe"))
    assert (plan.certificate.profile_id, plan.certificate.allocation) == ("fr-ademe@2024", "mass")
    assert [each.profile_id for each in plan.footprints] == ["uk-desnz@2026", "fr-ademe@2024"]
    by_volume = boxwright.plan(ORDER, Catalog("c", (BOARD,)))
    assert (by_volume.certificate.profile_id, by_volume.certificate.allocation) == ("", "")


def test_the_allocation_of_the_basis_decides():
    """By air a large light box beats a small heavy one by mass; by chargeable weight the small one does."""
    large, small = box("large", "corrugated-board", 100, 400), box("small", "corrugated-board", 160, 120)
    lane = Lane((Leg("air", 5_000),), carrier_service="dhl-express/international")
    for allocation, expected in ((Allocation.MASS, "large"), (Allocation.DIMENSIONAL_WEIGHT, "small")):
        plan = chosen(large, small, lane=lane, emissions_basis=EmissionsBasis("uk-desnz", allocation))
        assert name(plan) == expected
        assert plan.certificate.allocation == allocation
        totals = {each.allocation: each.total_co2e_mg for each in plan.footprints}
        assert plan.certificate.value >= totals[allocation]


def test_an_unverified_factor_counts_at_its_upper_end_by_default():
    """95 g of honeycomb paper at 1.34976 kg/kg emit less than 110 g of board, but not at the upper end."""
    honeycomb, board = box("honeycomb", "honeycomb-paper", 95), box("board", "corrugated-board", 110)
    assert name(chosen(honeycomb, board)) == "board"
    plan = chosen(honeycomb, board, unverified_factor_rule="central")
    assert name(plan) == "honeycomb"
    assert plan.certificate.value == plan.footprints[0].total_co2e_mg


def test_a_missing_factor_is_refused_by_name_unless_accepted():
    """France has no factor for glassine: the error names the line; if accepted, the plan names it as missing."""
    paper = box("paper", "glassine", 50)
    with pytest.raises(MissingFactorError, match="box/production: glassine"):
        chosen(paper, emissions_basis=EmissionsBasis("fr-ademe"), lane=Lane((Leg("road", 100),)))
    plan = chosen(paper, profiles=("fr-ademe",), accept_incomplete_footprint=True, lane=Lane((Leg("road", 100),)))
    assert "box/production: glassine" in plan.footprints[0].missing


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"emissions_basis": EmissionsBasis("nobody")}, "policy.emissions_basis.profile_id"),
        (
            {"emissions_basis": EmissionsBasis("uk-desnz", "dimensional_weight")},
            "policy.emissions_basis.allocation",
        ),
    ],
)
def test_a_basis_that_cannot_be_served_is_refused(policy, field):
    """For an unknown profile, and for chargeable weight without a carrier, the error names the field."""
    with pytest.raises(InvalidInputError) as caught:
        chosen(BOARD, **policy)
    assert [each.field for each in caught.value.violations] == [field]


def test_a_profile_that_credits_cannot_be_an_objective():
    """Under a profile that credits recycling, more board could mean fewer emissions, so it cannot be minimised."""
    materials = load_materials()
    uk = materials.profile("uk-desnz")
    crediting = dataclasses.replace(uk, recycling_rule=RecyclingRule.AVOIDED_BURDEN)
    others = tuple(each for each in materials.profiles if each is not uk)
    changed = dataclasses.replace(materials, profiles=(*others, crediting))
    with pytest.raises(InvalidInputError, match=r"policy\.objectives\[0\].*credits"):
        boxwright.plan(ORDER, Catalog("c", (BOARD,)), Policy("emissions"), None, ("uk-desnz",), materials=changed)


@pytest.mark.parametrize("allocation", ["mass", "dimensional_weight"])
@pytest.mark.parametrize("rule", ["upper_end", "central"])
@given(
    edges=st.lists(st.tuples(*[st.integers(10, 90)] * 3), min_size=1, max_size=3),
    tare_g=st.integers(1, 400),
    profile=st.sampled_from(["uk-desnz", "fr-ademe", "cn-cpcd"]),
    material=st.sampled_from(["corrugated-board", "pp-tote", "solid-board"]),
)
@settings(max_examples=30)
def test_the_bound_never_exceeds_the_price(allocation, rule, edges, tare_g, profile, material):
    """For any basis, an empty box emits no more than the same box packed, filled and taped."""
    order = Order("o", tuple(Item(f"l{n}", 1, *each, mass_g=100) for n, each in enumerate(edges)))
    reusable = {"trips": 20, "idle_share": 0.1, "return_distance_km": 50} if material == "pp-tote" else {}
    chosen_box = BoxType("b", 300, 300, 300, tare_g=tare_g, material_id=material, **reusable)
    policy = Policy(
        "emissions",
        emissions_basis=EmissionsBasis(profile, allocation),
        unverified_factor_rule=rule,
        accept_incomplete_footprint=True,
    )
    lane = Lane((Leg("road", 300),), carrier_service="dhl-express/international")
    model = model_of(order, Catalog("c", (chosen_box,)), policy, lane=lane, profiles=(profile,))
    price = model.price(chosen_box, np.arange(len(edges)))
    assert all(low <= high for low, high in zip(model.lower_bound(chosen_box), price, strict=True))
