"""The reasons for more than one parcel, stated for each parcel after the first from rules and certificate."""

import re
from dataclasses import replace

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, PropertyAmount, PropertyCap, load_catalog, plan
from boxwright.domain.order import Fragility
from boxwright.domain.plan import Placement, PlanStatus, StartedParcel
from boxwright.domain.policy import Objective
from boxwright.planning import Task, bench_words, plans, why_apart

CATALOG = load_catalog("eu-webshop")
WINE = Item("wine", 1, 80, 80, 310, mass_g=1250, article="wine_bottle", description="Riesling")
BOOK = Item("book", 1, 210, 148, 30, mass_g=400, article="book", description="Paperback")
SHIRT = Item("shirt", 2, 400, 300, 20, mass_g=250, article="clothing")
MUG = Item("mug", 13, 120, 85, 100, mass_g=350, article="mug")
PAN = Item("pan", 1, 300, 260, 60, mass_g=2600, article="tool", description="Iron pan")
GLASS = Item("glass", 4, 80, 80, 100, mass_g=250, article="tumbler")
OWN = Item("tv", 1, 900, 600, 400, mass_g=9000, ships_in_own_container=True)
ACID = Item("acid", 3, 100, 100, 100, mass_g=300, property_amounts=(PropertyAmount("acid_l", 0.8),))
FRAGILE = replace(GLASS, article="", fragility=Fragility("fragile"))
PLAIN, CAPPED = Policy(), Policy(property_caps=(PropertyCap("acid_l", 1.6),))


def said(*lines: Item, policy: Policy = PLAIN, catalog: Catalog = CATALOG) -> tuple[str, ...]:
    """Return the reason why each parcel of the plan of an order is separate."""
    task = Task(Order("o", lines), catalog, policy)
    made = plan(task.order, catalog, policy, profiles=())
    words = bench_words(made, task)
    assert tuple(each.apart for each in words) == why_apart(made, task)
    assert all(str(each).startswith(each.apart) for each in words)
    return why_apart(made, task)


@pytest.mark.parametrize(
    ("lines", "policy", "parts"),
    [
        pytest.param([WINE, BOOK], PLAIN, ("wine_bottle", "compartments"), id="pack"),
        pytest.param([SHIRT, WINE], PLAIN, ("wine_bottle", "compartments"), id="pack beside a mailer"),
        pytest.param([MUG], PLAIN, ("compartment",), id="full pack"),
        pytest.param([WINE, replace(GLASS, mass_g=300)], PLAIN, ("compartments",), id="two packs"),
        pytest.param([replace(PAN, article=""), FRAGILE], PLAIN, ("2600 g", "2000 g"), id="heavy"),
        pytest.param(
            [replace(BOOK, keep_apart_group="paper"), replace(PAN, keep_apart_group="iron")],
            *(PLAIN, ("paper", "iron")),
            id="keep-apart",
        ),
        pytest.param([OWN, BOOK], PLAIN, ("tv",), id="own container"),
        pytest.param([ACID], CAPPED, ("2.4", "acid_l", "1.6"), id="capped"),
    ],
)
def test_a_second_parcel_names_the_rule_that_parts_it(
    lines: list[Item], policy: Policy, parts: tuple[str, ...]
) -> None:
    """The first parcel has no reason, the second the rule that keeps its goods out of the first."""
    first, second = said(*lines, policy=policy)
    assert first == ""
    assert all(part in second for part in ("parcel 1", *parts))


def test_where_no_rule_parts_two_the_certificate_has_the_reason() -> None:
    """Of two parcels the largest box and its figures; of more, that fewer are proved impossible, or were not found."""
    box = BoxType("box", 300, 200, 200, tare_g=200, max_net_g=5_000)
    catalog = Catalog("one", [box])
    block = Item("block", 2, 150, 200, 100, mass_g=3_000)
    assert all(part in said(block, catalog=catalog)[1] for part in ("parcel 1", "box", "6000 g"))
    reasons = said(replace(block, quantity=3), catalog=catalog)
    assert reasons[0] == ""
    assert "3 parcels" in reasons[1]
    assert not reasons[2]  # the reason is stated once
    task = Task(Order("o", [replace(block, quantity=3)]), catalog)
    made = plan(task.order, catalog, profiles=())
    certificate = replace(made.certificate, bounded_objective="parcel_count", lower_bound=2, value=3)
    open_bound = replace(made, certificate=certificate)
    unproved = why_apart(open_bound, task)[1]
    assert "3 parcels" in unproved
    assert unproved != reasons[1]


def test_a_box_too_narrow_for_one_unit_does_not_explain_two_parcels() -> None:
    """The largest box of the catalog by volume is flat, which is no reason for two lamps; the proof is."""
    catalog = Catalog("flat", [*CATALOG.box_types, BoxType("flat", 1140, 840, 140)], dunnage=CATALOG.dunnage)
    shade = Item("shade", 1, 300, 300, 220, mass_g=350, article="lampshade")
    assert max(catalog.box_types, key=lambda each: each.inner_volume_um3).box_type_id == "flat"
    reasons = said(replace(shade, line_id="foot", length_mm=180, width_mm=180, height_mm=420), shade, catalog=catalog)
    assert reasons[0] == ""
    assert all(part in reasons[1] for part in ("parcel 1", "proved"))
    assert "'flat'" not in reasons[1]


def test_a_proof_by_argument_is_stated_without_its_figures() -> None:
    """A packer reads that the largest box has no room for all units, not the values of dual functions."""
    catalog = Catalog("one", [BoxType("box", 300, 200, 200, tare_g=200)])
    cube = Item("cube", 3, 140, 140, 140, mass_g=100)
    task = Task(Order("o", [cube]), catalog)
    made = plan(task.order, catalog, profiles=())
    (refused,) = made.certificate.refused_candidates
    (_, reason) = why_apart(made, task)
    assert "box" in reason
    assert refused.message not in reason
    assert not any(figure in reason for figure in re.findall(r"\d\S+", refused.message))
    open_bound = replace(made.certificate, bounded_objective="parcel_count", lower_bound=1, value=2)
    assert why_apart(replace(made, certificate=open_bound), task)[1] != reason


def test_a_mug_in_a_pack_is_not_parted_by_it_from_one_in_an_open_box() -> None:
    """The pack is only cheaper for the second mug, so no sentence claims that mugs must go into packs."""
    mugs, book = replace(MUG, quantity=2), replace(BOOK, height_mm=25, max_load_g=0)
    lies = Placement("book", 0, 0, 0, 0, 210_000, 148_000, 25_000)
    begun = (StartedParcel("tote", "eu-400x300x300", (lies,)),)
    task = Task(Order("o", (mugs, book)), CATALOG, started_parcels=begun)
    made = plans(task, 0)[0]
    assert [len(each.placements) for each in made.parcels] == [2, 1]
    assert "compartments" not in why_apart(made, task)[1]


def test_a_started_box_that_takes_no_more_is_the_reason() -> None:
    """Mugs have no room beside a teapot in the middle, and their pack is not the reason; for wine its pack still is."""
    lies = Placement(
        "pot", 0, 55_000, 100_000, 25_000, 290_000, 200_000, 200_000, half_gap_um=25_000, wall_margin_um=25_000
    )
    pot = Item("pot", 1, 240, 150, 150, mass_g=900, article="teapot")
    begun = (StartedParcel("tote", "eu-400x400x300", (lies,)),)
    task = Task(Order("o", (pot, replace(MUG, quantity=2))), CATALOG, started_parcels=begun)
    _, reason = why_apart(plans(task, 0)[0], task)
    assert reason
    assert "compartments" not in reason
    task = Task(Order("o", (pot, WINE)), CATALOG, started_parcels=begun)
    assert "compartments" in why_apart(plans(task, 0)[0], task)[1]


def test_several_reasons_name_the_parcels_that_they_are_of() -> None:
    """A book is with neither mugs nor wine, which are in packs: the reasons name those packs by number."""
    *_, last = said(replace(MUG, quantity=12), WINE, BOOK)
    assert "parcel 1" in last
    assert "parcel 2" in last


def test_where_another_objective_comes_first_it_is_named() -> None:
    """More parcels may then be the better plan, and fewer are not mentioned."""
    shelf = Catalog("two", [BoxType("small", 100, 100, 100, tare_g=10), BoxType("large", 300, 300, 300, tare_g=900)])
    policy = Policy(objectives=(Objective.PACKAGING_MASS,), void_fill_id="")
    reasons = said(Item("cube", 2, 100, 100, 100, mass_g=100), policy=policy, catalog=shelf)
    assert reasons[0] == ""
    assert all(part in reasons[1] for part in ("parcel 1", "packaging mass"))


def test_an_unknown_reason_is_not_guessed() -> None:
    """Of an alternative, an order in part and very fragile goods: no rule and no figure is guessed."""
    figurine = Item("figurine", 3, 60, 40, 40, mass_g=70, fragility=Fragility("very_fragile"))
    assert "not known" in said(figurine, catalog=load_catalog("us-webshop"))[1]
    box = BoxType("box", 300, 200, 200, tare_g=200, available=2)
    task = Task(
        Order("o", [Item("block", 3, 300, 200, 150, mass_g=3_000)]), Catalog("one", [box]), Policy(allow_partial=True)
    )
    made = plan(task.order, task.catalog, task.policy, profiles=())
    assert made.status is PlanStatus.PARTIAL
    first, second = why_apart(made, task)
    assert first == ""
    assert second
    assert "proved" not in second
    shelf = Catalog("two", [BoxType("small", 100, 100, 100, tare_g=10), BoxType("large", 300, 300, 300, tare_g=900)])
    task = Task(Order("o", [Item("cube", 2, 100, 100, 100, mass_g=100)]), shelf)
    _, *others = plans(task, 3)
    reasons = [reason for made in others for reason in why_apart(made, task)[1:]]
    assert reasons
    assert all("alternative" in reason for reason in reasons)


def test_a_rule_on_heavy_goods_is_named_where_it_leaves_boxes_out() -> None:
    """Iron and a shirt would lie too loose in each box that takes both, which the reason states, but not for a book."""
    bells = Item("bell", 2, 200, 90, 90, 5_000, article="dumbbell")
    shirt = Item("shirt", 1, 350, 250, 20, 180, article="clothing")
    _, apart = said(bells, shirt)
    assert "heavy goods" in apart
    _, apart = said(WINE, BOOK)
    assert "heavy goods" not in apart
