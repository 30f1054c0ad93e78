"""Protection of goods in plans: gaps and margins by class, wrap, fill, mailers, heavy beside fragile."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    BoxType,
    Catalog,
    Fragility,
    IncompletePlanError,
    InvalidInputError,
    Item,
    Order,
    Placement,
    Policy,
    SalesPackaging,
    StartedParcel,
    check,
    load_catalog,
    plan,
)
from boxwright.contract.canonical import canonical_json
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.order import UPRIGHT, FragilityClass
from boxwright.domain.plan import PlanStatus, ProofStatus, UnpackedReason
from boxwright.domain.protection import ProtectionRule
from through_file import through_file
from verified import verified

from .protected_goods import BOOK, KRAFT, LOOSE, MUG, PADS, PILLOW, WRAP, codes, cubes, shelf


def wrap(name: str, grammage: int) -> Dunnage:
    """Return a wrap by its grammage in g/m2."""
    return Dunnage(name, DunnageKind.CUSHIONING, "kraft-paper", grammage_g_per_m2=Decimal(grammage))


@pytest.mark.parametrize(
    ("line", "least_mm"),
    [
        (replace(MUG, article=""), (120, 85, 100)),
        (replace(MUG, article="", fragility=Fragility("ship_ready")), (120, 85, 100)),
        (replace(MUG, article="", fragility=Fragility("boxed")), (170, 135, 150)),
        (replace(MUG, article="", fragility=Fragility(g_level=80)), (170, 135, 150)),
        (MUG, (220, 185, 200)),
        (replace(MUG, article="", fragility=Fragility(g_level=30)), (220, 185, 200)),
        (replace(MUG, sales_packaging=SalesPackaging(cushion_mm=30)), (160, 125, 140)),
    ],
)
def test_a_unit_needs_a_box_as_large_as_its_class_asks_for(line: Item, least_mm: tuple[int, int, int]) -> None:
    """The box that exactly holds the unit is used; one that is 1 um smaller along an edge is refused with a proof."""
    just = BoxType("just", *least_mm, tare_g=50)
    order = Order("1", [replace(line, orientations=UPRIGHT)])
    for at in range(3):
        smaller = BoxType("smaller", *(edge - (0.001 if at == axis else 0) for axis, edge in enumerate(least_mm)))
        with pytest.raises(IncompletePlanError):
            plan(order, shelf(smaller), profiles=())
        both = shelf(smaller, just)
        chosen = verified(order, both, profiles=())
        assert [each.box_type_id for each in chosen.parcels] == ["just"]
        assert chosen.certificate.status is ProofStatus.PROVED


def test_wrap_counts_by_its_area_and_fill_by_what_the_goods_leave() -> None:
    """Two layers of 90 g/m2 on 0.0614 m2, and 18 g/L in 10 L less the mug's 1.02 L: its gap is also filled."""
    answer = plan(Order("1", [MUG]), shelf(BoxType("box", 250, 200, 200, tare_g=50)), profiles=())
    masses = {part.component: (part.dunnage_id, part.mass_mg) for part in answer.parcels[0].packaging}
    assert masses[Component.CUSHIONING] == ("honeycomb-paper-wrap", 11_052)
    assert masses[Component.VOID_FILL] == ("crumpled-kraft-fill", round((10 - 1.02) * 18_000))
    assert answer.parcels[0].cushioning_id == "honeycomb-paper-wrap"


def test_the_plan_states_the_protection_of_each_line() -> None:
    """Protection is stated with rule, class, gaps, layers, reason and source, by line id; sturdy lines have none."""
    boxed = Item("camera", 1, 100, 100, 100, 500, article="camera")
    answer = plan(Order("1", [MUG, BOOK, boxed]), shelf(*cubes(400)), profiles=())
    camera, mug = answer.parcels[0].protection
    assert (camera.line_id, camera.fragility_class, camera.wrap_layers) == ("camera", FragilityClass.BOXED, 0)
    assert (mug.rule, mug.half_gap_mm, mug.wall_margin_mm, mug.wrap_layers) == (ProtectionRule.PRACTICE, 25, 25, 2)
    assert "50 mm" in str(mug)
    assert "article 'mug'" in mug.message
    assert plan(Order("1", [BOOK]), shelf(*cubes(400)), profiles=()).parcels[0].protection == ()


def test_a_fill_that_does_not_cushion_is_not_used_beside_fragile_goods() -> None:
    """The policy's air pillows fill a parcel of books; beside a mug the catalog's first fill that cushions does."""
    catalog, policy = shelf(*cubes(250), dunnage=(WRAP, PILLOW, LOOSE, KRAFT)), Policy(void_fill_id="ldpe-air-pillow")
    for line, fill in ((BOOK, "ldpe-air-pillow"), (MUG, "crumpled-kraft-fill")):
        answer = plan(Order("1", [line]), catalog, policy, profiles=())
        assert [each.dunnage_id for each in answer.parcels[0].packaging if each.component == "void_fill"] == [fill]
        assert "FILL_DOES_NOT_CUSHION" not in codes(answer)


@pytest.mark.parametrize(("dunnage", "fill"), [((WRAP, PILLOW), ""), ((WRAP,), ""), ((WRAP, KRAFT), "none")])
def test_a_plan_warns_where_no_fill_cushions(dunnage: tuple[Dunnage, ...], fill: str) -> None:
    """With only air pillows, no fill, or none by the policy, the mug is planned and the plan warns."""
    answer = plan(Order("1", [MUG]), shelf(*cubes(250), dunnage=dunnage), Policy(void_fill_id=fill), profiles=())
    assert "FILL_DOES_NOT_CUSHION" in codes(answer)
    boxed = replace(MUG, article="", fragility=Fragility("boxed"))
    other = plan(Order("1", [boxed]), shelf(*cubes(250), dunnage=dunnage), Policy(void_fill_id=fill), profiles=())
    assert "FILL_DOES_NOT_CUSHION" not in codes(other)


def test_fragile_and_boxed_goods_are_not_put_into_a_mailer() -> None:
    """A phone in its box fits the mailer and gets a carton; without a carton it is unpacked with the rule."""
    mailer = BoxType("mailer", 400, 300, 120, tare_g=20, style="padded_mailer", outer_length_mm=410, outer_width_mm=310)
    phone = Item("phone", 1, 160, 90, 50, 450, article="phone")
    sturdy = plan(Order("1", [replace(phone, article="")]), shelf(mailer, *cubes(300)), profiles=())
    assert sturdy.parcels[0].box_type_id == "mailer"
    answer = plan(Order("1", [phone]), shelf(mailer, *cubes(300)), profiles=())
    assert answer.parcels[0].box_type_id == "cube-300"
    refused = [each for each in answer.certificate.refused_candidates if each.box_type_id == "mailer"]
    assert [each.proof.value for each in refused] == ["policy"]
    with pytest.raises(IncompletePlanError) as caught:
        plan(Order("1", [phone]), shelf(mailer), profiles=())
    (unit,) = caught.value.unpacked
    assert unit.reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    assert "mailer" in unit.message


PHONE = Item("phone", 1, 160, 90, 50, 450, article="phone")
CAN = Item("can", 1, 65, 65, 240, 480, article="aerosol_can")
OIL = Item("oil", 1, 100, 60, 220, 900, special_handling=["liquid"])


@pytest.mark.parametrize(
    ("delicate", "most_g"),
    [(MUG, 2_000), (replace(MUG, mass_g=2_600), 2_600), (PHONE, 5_000), (CAN, 5_000), (OIL, 5_000)],
)
def test_a_heavy_unit_does_not_share_a_parcel_with_a_delicate_one(delicate: Item, most_g: float) -> None:
    """Beside a mug 2 kg are allowed, or its own mass; beside a phone, a can or a bottle 5 kg; and not a mg more."""
    boxes = shelf(*cubes(250, 400))
    for mass_g, parcels in ((most_g, 1), (most_g + 0.001, 2)):
        order = Order("1", [delicate, Item("heavy", 1, 100, 100, 100, mass_g)])
        answer = verified(order, boxes, profiles=())
        assert len(answer.parcels) == parcels
    group = Order("1", [replace(line, keep_together_group="set") for line in order.lines])
    with pytest.raises(IncompletePlanError, match=rf"{most_g}\.001 g.* {most_g} g"):
        plan(group, shelf(*cubes(400)), profiles=())


def test_many_heavy_and_fragile_units_are_kept_apart() -> None:
    """Mugs and heavy units never share a parcel; two boxes are enough if each holds all units of one kind."""
    order = Order("1", [replace(MUG, quantity=30), Item("heavy", 20, 100, 100, 100, 4_000)])
    answer = plan(order, shelf(*cubes(400, 900)), Policy(lifting_profile="freight", mode="fast"), profiles=())
    sorts = [{each.line_id for each in parcel.placements} for parcel in answer.parcels]
    assert sorted(map(sorted, sorts)) == [["heavy"], ["mug"]]


@pytest.mark.parametrize(
    ("inside_mm", "layers", "to_walls_mm"),
    [
        (50, 0, 0),
        (40, 2, 10),
        (0, 2, 50),
    ],
)
def test_the_plan_says_that_a_cushion_inside_counts(inside_mm: float, layers: int, to_walls_mm: float) -> None:
    """A cushion inside the packaging replaces gaps, then wrap; the plan says why there is less around the unit."""
    packaging = SalesPackaging(cushion_mm=inside_mm) if inside_mm else None
    vase = Item("vase", 1, 200, 200, 200, 2_000, article="vase", sales_packaging=packaging)
    answer = plan(Order("1", [vase]), shelf(*cubes(300)), profiles=())
    (line,) = answer.parcels[0].protection
    assert (line.wrap_layers, line.to_walls_um) == (layers, 1_000 * to_walls_mm)
    assert inside_mm == 0 or f"{inside_mm} mm" in str(line)


def test_a_class_without_wrap_needs_no_wrap() -> None:
    """A catalog without cushioning takes boxed goods; fragile ones are an error that names the line."""
    bare = shelf(*cubes(300), dunnage=(KRAFT,))
    boxed = Item("camera", 1, 100, 100, 100, 500, article="camera")
    assert plan(Order("1", [boxed]), bare, profiles=()).status is PlanStatus.COMPLETE
    with pytest.raises(InvalidInputError, match=r"lines\[0\]\.article"):
        plan(Order("1", [MUG]), bare, profiles=())


def test_of_several_wraps_the_objective_picks_one() -> None:
    """Of wraps of 90 and 280 g/m2, the lighter is used if mass counts, otherwise the first; both are verified."""
    order = Order("1", [MUG])
    catalog = shelf(*cubes(250), dunnage=(wrap("heavy", 280), wrap("light", 90), KRAFT))
    for goals, chosen in ((("packaging_mass",), "light"), (("inner_volume",), "heavy")):
        policy = Policy(objectives=goals, cushioning_ids=("heavy", "light"))
        answer = verified(order, catalog, policy, profiles=())
        assert answer.parcels[0].cushioning_id == chosen


def test_of_many_units_in_several_parcels_each_parcel_has_the_wrap_that_serves_it() -> None:
    """For many units the plan is complete and valid, and costs no more than with either wrap alone."""
    boxes = [BoxType(f"box-{side}", side, side, side, tare_g=side) for side in (280, 340, 400)]
    lines = [
        Item(f"line-{n}", 3, 90 + 12 * n, 80 + 9 * n, 70 + 8 * n, 300 + 40 * n, fragility=Fragility("fragile"))
        for n in range(8)
    ]
    order, both = Order("o", lines), (wrap("heavy", 90), wrap("light", 40))
    catalog = Catalog("wraps", boxes, dunnage=both)

    def mass_of(*names: str) -> int:
        policy = Policy(objectives=["packaging_mass"], cushioning_ids=names, mode="fast", lifting_profile="freight")
        answer = plan(order, catalog, policy, profiles=())
        assert len(answer.parcels) > 1
        return sum(part.mass_mg for parcel in answer.parcels for part in parcel.packaging)

    assert mass_of("heavy", "light") <= min(mass_of("heavy"), mass_of("light"))


def test_a_begun_parcel_keeps_its_units_and_new_ones_their_gaps() -> None:
    """A mug that lies in a started parcel stays where it is; the second lies a gap from it and from the walls."""
    order = Order("1", [replace(MUG, quantity=2)])
    lying = Placement(
        "mug", 0, 25_000, 25_000, 25_000, 170_000, 135_000, 150_000, half_gap_um=25_000, wall_margin_um=25_000
    )
    catalog = shelf(BoxType("long", 400, 190, 210, tare_g=90))
    answer = plan(order, catalog, started_parcels=[StartedParcel("P", "long", (lying,))], profiles=())
    (parcel,) = answer.parcels
    assert lying in parcel.placements
    assert len(parcel.placements) == 2


@given(strategies.orders(fragile=True), st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True), st.data())
@settings(max_examples=15, deadline=None)
def test_plans_with_a_choice_of_wraps_hold(order: Order, names: list[int], data: st.DataObject) -> None:
    """With any wraps and either rule, the plan is valid and verified, and the same from files and shuffled lines."""
    dunnage = tuple(data.draw(strategies.cushionings(f"c{each}")) for each in names)
    catalog = shelf(*cubes(150, 300, 600, max_gross_g=20_000), dunnage=(*dunnage, PADS, PILLOW, KRAFT))
    ids = tuple(each.dunnage_id for each in dunnage)
    goals = data.draw(st.sampled_from([("parcel_count", "inner_volume"), ("packaging_mass",)]))
    rule = data.draw(st.sampled_from(["practice", "physics"]))
    policy = Policy(objectives=goals, cushioning_ids=ids, allow_partial=True, mode="fast", protection=rule)
    answer = verified(order, catalog, policy, profiles=())
    assert check(answer, order, catalog, policy) == []
    assert through_file(answer, order, catalog, policy, None, ())
    turned = plan(replace(order, lines=order.lines[::-1]), catalog, policy, profiles=())
    assert canonical_json(turned) == canonical_json(answer)


@pytest.mark.parametrize(("mass_g", "apart_mm"), [(1_300, 25), (210, 25), (200, 5)])
def test_hard_goods_keep_clear_of_wrapped_plates(mass_g, apart_mm):
    """Beside a heavy block plates have the half-gap of their class, beside a light one that of the article."""
    plates = Item("plate", 4, 260, 260, 25, 700, article="plate")
    made = plan(Order("o", [plates, Item("block", 1, 150, 100, 100, mass_g)]), load_catalog("eu-webshop"), profiles=())
    gaps = {line.half_gap_mm for parcel in made.parcels for line in parcel.protection if line.line_id == "plate"}
    assert gaps == {apart_mm}
