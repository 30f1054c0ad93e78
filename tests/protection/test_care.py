"""Protection of the units of a line: by its class, its G-level, its article or none of them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import load_materials
from boxwright.domain.order import Fragility, FragilityClass, Item, SalesPackaging, SoftGoods
from boxwright.errors import InvalidInputError
from boxwright.protection import care_of

SHIPPED = load_materials()
LINE = Item("line", 1, 200, 150, 150, 900)


def care(carrier="", **fields):
    """Return the protection of a line with some fields, by the shipped data."""
    return care_of(replace(LINE, **fields), SHIPPED, carrier)


def refused(**fields):
    """Return the only rule that a line breaks, with its field."""
    with pytest.raises(InvalidInputError) as caught:
        care(**fields)
    (violation,) = caught.value.violations
    return violation.field, violation.rule


@pytest.mark.parametrize(
    ("name", "half_gap_um", "wall_margin_um", "wrap_layers", "cushion_fill", "mailer", "max_load_mg"),
    [
        ("ship_ready", 0, 0, 0, False, True, None),
        ("easy", 0, 0, 0, False, True, None),
        ("boxed", 0, 25_000, 0, False, False, None),
        ("fragile", 25_000, 25_000, 2, True, False, 0),
        ("very_fragile", 25_000, 25_000, 2, True, False, 0),
    ],
)
def test_golden_care_of_each_class(name, half_gap_um, wall_margin_um, wrap_layers, cushion_fill, mailer, max_load_mg):
    """The clearances of the rule practice: 50 mm to walls and between two fragile units, 25 mm around a boxed one."""
    found = care(fragility=Fragility(name))
    assert (found.fragility_class, found.half_gap_um, found.wall_margin_um) == (name, half_gap_um, wall_margin_um)
    assert (found.wrap_layers, found.cushion_fill, found.mailer) == (wrap_layers, cushion_fill, mailer)
    assert (found.max_load_mg, found.upright, found.pack_from) == (max_load_mg, False, 0)
    gaps = SHIPPED.fragility_classes[FragilityClass(name)].source
    inner = f"{SHIPPED.protection_rules['box_in_box_gap_mm'].source}; " if name == "very_fragile" else ""
    assert (found.rule_source, found.inner_gap_um) == (inner + gaps, 50_000 if inner else 0)


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (1, "fragile"),
        (30, "fragile"),
        (59.999, "fragile"),
        (60, "boxed"),
        (114.9, "boxed"),
        (115, "easy"),
        (1000, "easy"),
    ],
)
def test_a_g_level_falls_in_a_class(level, name):
    """Goods below 60 G are fragile, below 115 G boxed, otherwise easy; a limit belongs to the sturdier class."""
    found = care(fragility=Fragility(g_level=level))
    assert found.fragility_class == name
    assert f"G-level of {level:g}" in found.reason


def test_the_fields_of_the_line_take_precedence():
    """A class counts before a G-level, and both before the article; without any a line is easy."""
    assert care().fragility_class == "easy"
    assert care(article="mug").fragility_class == "fragile"
    assert care(article="mug", fragility=Fragility(g_level=200)).fragility_class == "easy"
    assert care(article="mug", fragility=Fragility("boxed", 200)).fragility_class == "boxed"
    assert care(fragility=Fragility("fragile", 500)).fragility_class == "fragile"
    assert care(fragility=Fragility("boxed", 20)).fragility_class == "boxed"


@pytest.mark.parametrize("name", ["ship_ready", "easy"])
def test_a_sturdy_class_contradicts_a_low_g_level(name):
    """Goods of these classes get no protection, so a G-level below 60 is an error; 60 is allowed."""
    field, rule = refused(fragility=Fragility(name, 59.9))
    assert field == "fragility.fragility_class"
    assert all(part in rule for part in (name, "59.9", "60", "fragile"))
    assert care(fragility=Fragility(name, 60)).fragility_class == name


def test_articles_set_class_pack_and_orientation():
    """Bare crockery is fragile, electronics in a retail box are boxed; bottles need a pack, mugs only from six on."""
    mug, laptop, bottle = care(article="mug"), care(article="laptop"), care(article="wine_bottle")
    assert (mug.fragility_class, mug.pack_from, mug.upright) == ("fragile", 6, False)
    assert care(article="mug", fragility=Fragility("boxed")).pack_from == 0
    assert (laptop.fragility_class, care(article="laptop_bare").fragility_class) == ("boxed", "fragile")
    assert (bottle.fragility_class, bottle.pack_from, bottle.upright) == ("fragile", 1, True)
    assert "'mug'" in mug.reason
    for sturdier, pack_from in (("boxed", 1), ("easy", 1), ("ship_ready", 0)):
        in_its_carton = care(article="wine_bottle", fragility=Fragility(sturdier))
        assert (in_its_carton.pack_from, in_its_carton.upright) == (pack_from, True)

    plate = care(article="plate")
    assert (plate.half_gap_um, plate.wall_margin_um) == (5_000, 45_000)


def test_every_article_has_a_care_or_a_reason_to_be_refused():
    """Each row works or has a reason; an article that is refused is planned if the line states its class."""
    for name, row in SHIPPED.articles.items():
        if row.refused:
            field, rule = refused(article=name)
            assert (field, row.refused in rule) == ("article", True)
            assert care(article=name, fragility=Fragility("very_fragile")).fragility_class == "very_fragile"
        else:
            assert care(article=name).fragility_class is row.fragility_class
    assert SHIPPED.articles["eggs"].refused


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("wine bottle", "wine_bottle"),
        ("Mugg", "mug"),
        ("bottle", "wine_bottle"),
        ("qqqq", "articles.csv"),
        ("wineglass", "stemware"),
        ("Wine_Glass", "stemware"),
        ("cup", "mug"),
        ("TV", "monitor_bare"),
        ("shoe", "shoes"),
    ],
)
def test_an_unknown_article_is_refused_with_near_ones(name, near):
    """The error names the field, the value and the articles with similar names, or all if there are none."""
    field, rule = refused(article=name)
    assert field == "article"
    assert repr(name) in rule
    assert near in rule


def test_soft_goods_have_no_gap():
    """A garment is easy; soft goods of an article that needs a gap are an error."""
    soft = {"soft_goods": SoftGoods(10)}
    assert care(article="clothing", **soft).fragility_class == "easy"
    field, rule = refused(article="vase", **soft)
    assert field == "article"
    assert "soft goods" in rule


def test_dhl_express_asks_for_more_margin():
    """60 mm from the goods to all walls, by the carrier's own guide; other carriers and classes are not affected."""
    fragile = Fragility("fragile")
    for carrier in ("dhl-express", "dhl-express/international"):
        found = care(carrier, fragility=fragile)
        assert (found.half_gap_um, found.wall_margin_um) == (25_000, 35_000)
        assert "DHL Express" in found.rule_source
    assert care("ups/ground", fragility=fragile) == care(fragility=fragile)
    assert care("dhl-express", fragility=Fragility("boxed")).wall_margin_um == 25_000


@pytest.mark.parametrize(
    ("own_mm", "half_gap_um", "wall_margin_um", "wrap_layers"),
    [
        (0, 25_000, 25_000, 2),
        (10, 25_000, 15_000, 2),
        (25, 25_000, 0, 2),
        (40.5, 9_500, 0, 2),
        (50, 0, 0, 0),
        (60, 0, 0, 0),
    ],
)
def test_the_cushion_of_the_sales_packaging_counts(own_mm, half_gap_um, wall_margin_um, wrap_layers):
    """The cushion reduces the margin first, then the half-gap; if nothing is left, there is no wrap."""
    found = care(fragility=Fragility("fragile"), sales_packaging=SalesPackaging(cushion_mm=own_mm))
    assert (found.half_gap_um, found.wall_margin_um) == (half_gap_um, wall_margin_um)
    assert (found.wrap_layers, found.cushion_fill) == (wrap_layers, wrap_layers > 0)
    assert (found.max_load_mg, found.mailer) == (0, False)


@given(
    own_um=st.integers(0, 74_000),
    name=st.sampled_from(FragilityClass),
    carrier=st.sampled_from(["", "dhl-express", "ups"]),
)
@settings(max_examples=30)
def test_own_cushion_and_clearance_make_the_rule(own_um, name, carrier):
    """The cushion inside the sales packaging and the clearance are together at least the distance of the class."""
    whole = care(carrier, fragility=Fragility(name))
    asked = whole.half_gap_um + whole.wall_margin_um
    found = care(carrier, fragility=Fragility(name), sales_packaging=SalesPackaging(cushion_mm=own_um / 1_000))
    if name is FragilityClass.VERY_FRAGILE:  # the cushion inside the sales packaging counts only in the inner box
        assert found.inner_gap_um == max(50_000 - own_um, 0)
        assert (found.wrap_layers > 0) == (found.inner_gap_um > 0)
        own_um = 0
    assert found.half_gap_um + found.wall_margin_um == max(asked - own_um, 0)
    assert found.half_gap_um <= whole.half_gap_um
    assert found.wall_margin_um == 0 or found.half_gap_um == whole.half_gap_um


def test_half_gaps_round_up_to_the_micrometre():
    """A half-gap of the data that is not a whole number of um is never rounded down."""
    row = SHIPPED.fragility_classes[FragilityClass.FRAGILE]
    half = type(row.half_gap_mm)("12.70005")
    data = replace(
        SHIPPED, fragility_classes={**SHIPPED.fragility_classes, row.fragility_class: replace(row, half_gap_mm=half)}
    )
    assert care_of(replace(LINE, fragility=Fragility("fragile")), data).half_gap_um == 12_701
