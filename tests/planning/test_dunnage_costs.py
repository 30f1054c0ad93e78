"""Labels, tape rules and prices of dunnage in plans: masses, limits, costs; the blank in the footprint."""

from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright import BoxType, Catalog, InvalidInputError, Item, Order, Policy, check, load_catalog, plan
from boxwright.catalog import load_materials
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component, Stage
from boxwright.domain.plan import UnpackedReason
from boxwright.shipping.objective_figures import price_minor

MATERIALS = load_materials()
LABEL = Dunnage("sticker", DunnageKind.LABEL, "kraft-paper", piece_g=Decimal("4.5"), read_in_source=True)
FILL = Dunnage("fill", DunnageKind.VOID_FILL, "kraft-paper", density_kg_per_m3=Decimal(10), read_in_source=True)
TAPE = replace(MATERIALS.dunnage_of("kraft-paper-tape"), price_per_kg_minor=Decimal("250.5"))
CUBE = Order("order", [Item("cube", 1, 100, 100, 100, 1_000)])


def packed(*boxes, order=CUBE, dunnage=(), **policy):
    """Return the checked plan of an order and its catalog."""
    catalog, chosen = Catalog("catalog", boxes, dunnage=dunnage, currency="EUR"), Policy(**policy)
    made = plan(order, catalog, chosen, profiles=("uk-desnz@2025",))
    assert check(made, order, catalog, chosen) == []
    return made, catalog


def test_each_parcel_in_a_box_has_one_label():
    """A label of 4.5 g counts in the gross mass and as paper in the footprint; the policy can leave it out."""
    box = BoxType("box", 100, 100, 100, tare_g=50, material_id="corrugated-board")
    two = Order("order", [Item("cube", 2, 100, 100, 100, 1_000)])
    made, _ = packed(box, order=two, dunnage=[LABEL])
    assert [each.packaging_mg(Component.LABEL) for each in made.parcels] == [4_500, 4_500]
    assert made.parcels[0].gross_mg == 1_054_500
    assert Component.LABEL in {line.component for line in made.footprints[0].lines}
    without, _ = packed(box, dunnage=[LABEL], label_id="none")
    assert without.parcels[0].gross_mg == 1_050_000
    shipped, _ = packed(box, label_id="paper-waybill")
    assert shipped.parcels[0].packaging_mg(Component.LABEL) == 4_500


def test_a_label_counts_to_gross_and_not_to_net():
    """A gross limit met to the mg by goods and box is exceeded by the label; a net limit does not include it."""
    box = BoxType("box", 100, 100, 100, tare_g=50, max_gross_g=1_054.5, max_net_g=1_000)
    assert packed(box, dunnage=[LABEL])[0].parcels
    tight = replace(box, max_gross_g=1_054.499)
    made, _ = packed(tight, dunnage=[LABEL], allow_partial=True)
    assert made.unpacked[0].reason is UnpackedReason.TOO_HEAVY_FOR_ANY_BOX


def test_a_tape_rule_is_chosen_by_the_policy():
    """A 300 x 200 x 150 mm box takes 7.056 g along its seams, 17.136 g as an H; an unknown rule is an error."""
    box = BoxType("box", 300, 200, 150, tare_g=50)
    assert packed(box, dunnage=[TAPE])[0].parcels[0].packaging_mg(Component.TAPE) == 7_056
    made, _ = packed(box, dunnage=[TAPE], tape_rule="h-seal")
    assert made.parcels[0].packaging_mg(Component.TAPE) == 17_136
    assert any("'h-seal'" in each.message for each in made.warnings)
    with pytest.raises(InvalidInputError, match=r"policy\.tape_rule.*centre-seams, h-seal"):
        packed(box, dunnage=[TAPE], tape_rule="x")


def test_priced_dunnage_counts_in_the_cost():
    """The cheaper box has 5 L of void: 50 g of fill at 60 cents per kilogram cost 3, so the other box costs less.

    Box 10 + fill round(3.0) + tape round(7.056 g x 0.2505 cents/g = 1.77) = 15; box 12 + fill round(0.5 L x 10 g/L x
    0.06 = 0.3) + tape 2 = 14.
    """
    fill = replace(FILL, price_per_kg_minor=Decimal(60))
    roomy = BoxType("a-roomy", 300, 200, 100, tare_g=50, price_minor=10)
    snug = BoxType("b-snug", 300, 50, 100, tare_g=50, price_minor=12)
    rod = Order("order", [Item("rod", 1, 200, 50, 100, 100)])
    costly = {"objectives": ["packaging_cost"]}
    assert packed(roomy, snug, order=rod, dunnage=[FILL], **costly)[0].parcels[0].box_type_id == "a-roomy"
    made, catalog = packed(roomy, snug, order=rod, dunnage=[fill, TAPE], **costly)
    assert made.parcels[0].box_type_id == "b-snug"
    assert made.certificate.value == price_minor(made.parcels[0], catalog) == 14


def test_a_catalog_file_prices_its_dunnage(tmp_path):
    """An entry of dunnage may be a table with an exact price per kilogram; each fault has its path."""
    head = 'catalog_id = "mine"\n{currency}dunnage = [{dunnage}]\n[[box_types]]\nbox_type_id = "b"\ntare_g = 1\n'
    edges = "".join(f"inner_{edge}_mm = 100\n" for edge in ("length", "width", "height"))
    priced = '{ dunnage_id = "pp-tape", price_per_kg_minor = 312.5 }, "paper-waybill"'
    path = tmp_path / "mine.toml"
    path.write_text(head.format(currency='currency = "EUR"\n', dunnage=priced) + edges)
    tape, label = load_catalog(path).dunnage
    assert (tape.price_per_kg_minor, label.price_per_kg_minor) == (Decimal("312.5"), None)
    for dunnage, field in (
        (priced, "currency"),
        ('{ dunnage_id = "pp-tape", price = 3 }', r"dunnage\[0\]\.price"),
        ('{ dunnage_id = "pp-tape", price_per_kg_minor = -1 }', r"dunnage\[0\]\.price_per_kg_minor"),
        ("{ price_per_kg_minor = 1 }", r"dunnage\[0\]"),
    ):
        path.write_text(head.format(currency="", dunnage=dunnage) + edges)
        with pytest.raises(Exception, match=field):
            load_catalog(path)


def test_production_counts_the_blank_and_the_end_what_is_shipped():
    """A box of 100 g cut from 140 g of board: production counts 0.14 kg, end of life 0.1 kg, the gross mass 1.1 kg."""
    box = BoxType("box", 100, 100, 100, tare_g=100, blank_g=140, style="mailer_0427", material_id="corrugated-board")
    made, _ = packed(box)
    lines = {line.stage: line.amount for line in made.parcels[0].footprints[0].lines if line.component is Component.BOX}
    assert lines == {Stage.PRODUCTION: Decimal("0.14"), Stage.END_OF_LIFE: Decimal("0.1")}
    assert made.parcels[0].gross_mg == 1_100_000


def test_shipped_dunnage_with_other_figures_gives_a_warning():
    """A catalog made in Python may have dunnage with a shipped id; the plan names the figures that differ."""
    tape, box = MATERIALS.dunnage_of("pp-tape"), BoxType("box", 200, 200, 200, tare_g=100)
    for stocked, warned in ((tape, False), (replace(tape, width_mm=Decimal(50)), True)):
        warnings = [str(warning) for warning in packed(box, dunnage=[stocked])[0].warnings]
        assert any("'pp-tape'" in warning and "width_mm" in warning for warning in warnings) is warned
