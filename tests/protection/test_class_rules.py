"""Load and orientation by fragility class or article, unless the line states them."""

from dataclasses import replace

import pytest

from boxwright.catalog import load_materials
from boxwright.checking.needs import with_fragility_rules
from boxwright.domain.order import (
    ALL_ORIENTATIONS,
    UPRIGHT,
    Fragility,
    FragilityClass,
    Item,
    Order,
    Orientation,
    SoftGoods,
)
from boxwright.protection import article_warnings, class_warnings, ruled, upright_words, with_class_rules

SHIPPED = load_materials()
GLASS = Item("glass", 1, 100, 80, 60, 200, fragility=Fragility("fragile"))
BOTTLE = replace(GLASS, line_id="bottle", fragility=None, article="wine_bottle")


@pytest.mark.parametrize(
    ("fields", "max_load_g", "orientations"),
    [
        ({"fragility": Fragility("very_fragile")}, 0, ALL_ORIENTATIONS),
        ({"fragility": Fragility("fragile")}, 0, ALL_ORIENTATIONS),
        ({"fragility": Fragility("boxed")}, 200, ALL_ORIENTATIONS),
        ({"fragility": Fragility("easy")}, None, ALL_ORIENTATIONS),
        ({"fragility": Fragility("ship_ready")}, None, ALL_ORIENTATIONS),
        ({"fragility": Fragility(g_level=1)}, 0, ALL_ORIENTATIONS),
        ({"fragility": Fragility(g_level=59.999)}, 0, ALL_ORIENTATIONS),
        ({"fragility": Fragility(g_level=60)}, 200, ALL_ORIENTATIONS),
        ({"fragility": Fragility(g_level=1000)}, None, ALL_ORIENTATIONS),
        ({"fragility": Fragility("boxed", 30)}, 200, ALL_ORIENTATIONS),
        ({"article": "mug"}, 0, tuple(way for way in ALL_ORIENTATIONS if way.value[2] != "L")),
        (
            {"article": "mug", "length_mm": 80, "width_mm": 100},
            0,
            tuple(w for w in ALL_ORIENTATIONS if w.value[2] != "W"),
        ),
        ({"article": "mug", "length_mm": 80}, 0, ALL_ORIENTATIONS),
        ({"article": "wine_bottle"}, 0, UPRIGHT),
        ({"article": "monitor"}, 200, UPRIGHT),
        ({"article": "monitor", "mass_g": 0}, None, UPRIGHT),
        ({"article": "wine_bottle", "fragility": Fragility("boxed")}, 200, UPRIGHT),
        ({"article": "book"}, None, ALL_ORIENTATIONS),
        ({}, None, ALL_ORIENTATIONS),
    ],
)
def test_fragile_units_carry_nothing_boxed_ones_their_own_mass_and_some_articles_stand(
    fields, max_load_g, orientations
):
    """By class, G-level and article; the check computes it by its own code."""
    given = replace(GLASS, **{"fragility": None, **fields})
    line = ruled(given, SHIPPED)
    assert (line.max_load_g, line.orientations) == (max_load_g, orientations)
    assert with_fragility_rules(Order("order", [given]), SHIPPED).lines == (line,)


CRISPS = Item("crisps", 1, 300, 200, 80, 175)


@pytest.mark.parametrize(
    ("line", "beside_g", "max_load_g"),
    [
        pytest.param(CRISPS, 350.001, 350, id="two of its like at least"),
        pytest.param(replace(CRISPS, article="shoes"), 350.001, 350, id="of a class that says nothing"),
        pytest.param(Item("shirt", 1, 20, 350, 250, 180), 900_000, 3_702.857, id="a pile of its like"),
        pytest.param(Item("carton", 1, 400, 300, 300, 10_000), 900_000, 37_037.037, id="a higher pile of denser ones"),
        pytest.param(CRISPS, 350, None, id="nothing else weighs more"),
        pytest.param(Item("anvil", 1, 300, 200, 180, 60_000), 900_000, None, id="above a tonne"),
        pytest.param(replace(CRISPS, mass_g=0), 900_000, None, id="unknown mass"),
        pytest.param(replace(CRISPS, quantity=3, soft_goods=SoftGoods()), 900_000, 525, id="all soft goods at least"),
        pytest.param(replace(CRISPS, max_load_g=400), 900_000, 400, id="of its own"),
        pytest.param(replace(CRISPS, article="laptop"), 900_000, 175, id="of its class"),
    ],
)
def test_undescribed_goods_carry_what_mass_and_density_make_plausible(line, beside_g, max_load_g):
    """Our own rule gives the same result if the edges are turned; the check has its own code for it."""
    order = Order("order", [line, Item("other", 1, 2_000, 2_000, 2_000, beside_g)])
    ruled_order = with_class_rules(order, SHIPPED)
    assert ruled_order.lines[0].max_load_g == max_load_g
    assert with_fragility_rules(order, SHIPPED) == ruled_order


@pytest.mark.parametrize(
    ("line", "beside_g", "max_load_g"),
    [
        pytest.param(CRISPS, 560, 262.5, id="a heavier jar beside it"),
        pytest.param(CRISPS, 170, None, id="a lighter one"),
        pytest.param(replace(CRISPS, quantity=3, article="shoes"), 560, 350, id="of an article"),
        pytest.param(replace(CRISPS, quantity=4, mass_g=1_500), 2_000, None, id="as hard"),
    ],
)
def test_light_goods_carry_less_beside_heavier_hard_ones(line, beside_g, max_load_g):
    """Light goods do not carry a heavier jar; the check has its own code for the rule."""
    order = Order("order", [line, Item("jar", 1, 75, 75, 95, beside_g)])
    ruled_order = with_class_rules(order, SHIPPED)
    assert ruled_order.lines[0].max_load_g == max_load_g
    assert with_fragility_rules(order, SHIPPED) == ruled_order


def test_the_own_fields_of_a_line_take_precedence():
    """A load limit or orientations of the line are kept; class and article add only what the line does not state."""
    strong = ruled(replace(BOTTLE, max_load_g=500), SHIPPED)
    assert (strong.max_load_g, strong.orientations) == (500, UPRIGHT)
    flat = ruled(replace(BOTTLE, orientations=(Orientation.LHW,)), SHIPPED)
    assert (flat.max_load_g, flat.orientations) == (0, (Orientation.LHW,))
    both = replace(BOTTLE, max_load_g=0, orientations=UPRIGHT)
    assert ruled(both, SHIPPED) is both


def test_an_order_without_such_classes_is_the_same_object():
    """Orders without such classes are returned unchanged; applying the rules twice changes nothing."""
    plain = Order("order", [replace(GLASS, fragility=None), replace(GLASS, line_id="b", fragility=Fragility("easy"))])
    assert with_class_rules(plain, SHIPPED) is plain
    once = with_class_rules(Order("order", [GLASS]), SHIPPED)
    assert with_class_rules(once, SHIPPED) is once


@pytest.mark.parametrize(
    ("line", "field", "parts"),
    [
        (GLASS, "fragility", ("'glass'", "fragile", "max_load_g")),
        (replace(GLASS, fragility=Fragility(g_level=30.5)), "fragility", ("fragile", "max_load_g")),
        (replace(GLASS, fragility=Fragility("boxed")), "fragility", ("boxed", "200 g", "max_load_g")),
        (BOTTLE, "article", ("'bottle'", "fragile", "wine_bottle", "max_load_g", "orientations")),
        (replace(BOTTLE, fragility=Fragility("easy")), "fragility", ("easy", "wine_bottle", "orientations")),
    ],
)
def test_the_warning_names_what_class_or_article_add(line, field, parts):
    """The warning names line, class or article, and the fields that override it."""
    (found,) = class_warnings(Order("order", [line, replace(GLASS, line_id="b", fragility=None)]), SHIPPED)
    assert (found.code, found.field) == ("CLASS_RULE_ADDED", f"lines[0].{field}")
    assert all(part in found.message for part in parts)
    own = replace(line, max_load_g=0, orientations=UPRIGHT)
    assert class_warnings(Order("order", [own]), SHIPPED) == ()


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        (
            {"article": "vase", "fragility": Fragility("easy")},
            "fragility.fragility_class",
            "easy by its fragility_class",
        ),
        ({"article": "camera", "fragility": Fragility("ship_ready")}, "fragility.fragility_class", "'camera' is boxed"),
        ({"article": "vase", "fragility": Fragility(g_level=60)}, "fragility.g_level", "boxed by its g_level"),
        ({"article": "eggs", "fragility": Fragility("easy")}, "fragility.fragility_class", "still goes into a pack"),
        ({"article": "eggs", "fragility": Fragility("ship_ready")}, "fragility.fragility_class", "no pack with"),
        ({"orientations": list(Orientation)[:5], "fragility": None, "article": "jar"}, "orientations", "may lie"),
        ({"orientations": UPRIGHT, "fragility": None, "article": "jar"}, "", ""),
        ({"orientations": list(Orientation)[:5], "fragility": None, "article": "vase"}, "", ""),
        ({"article": "vase", "fragility": Fragility("fragile")}, "", ""),
        ({"article": "vase", "fragility": Fragility(g_level=59)}, "", ""),
        ({"article": "book", "fragility": Fragility("fragile")}, "", ""),
        ({"article": "vase", "fragility": None}, "", ""),
        ({"fragility": Fragility("easy")}, "", ""),
    ],
)
def test_a_line_that_contradicts_its_article_gives_a_warning(fields, field, said):
    """The warning names the field; a line as fragile as its article or more so, or one that stands, has none."""
    order = Order("order", [replace(BOTTLE, article=""), replace(GLASS, **fields)])
    found = list(article_warnings(order, SHIPPED))
    assert [(each.code, each.field) for each in found] == (
        [("ARTICLE_OVERRIDDEN", f"lines[1].{field}")] if field else []
    )
    for each in found:
        assert said in each.message
        assert "the line counts" in each.message


def test_the_text_on_why_a_unit_stays_upright():
    """The reason is given only if class or article keep it upright, not if the line states orientations."""
    assert "'wine_bottle'" in upright_words(BOTTLE, SHIPPED)
    assert upright_words(replace(BOTTLE, orientations=UPRIGHT), SHIPPED) == ""
    assert upright_words(GLASS, SHIPPED) == ""
    row = SHIPPED.fragility_classes[FragilityClass.FRAGILE]
    data = replace(
        SHIPPED, fragility_classes={**SHIPPED.fragility_classes, row.fragility_class: replace(row, upright=True)}
    )
    assert "'fragile'" in upright_words(GLASS, data)


def test_the_rules_of_a_class_are_overridden_as_the_warning_describes():
    """A load limit and fewer than six orientations replace the rules of class and article; all six count as none."""
    own = replace(BOTTLE, max_load_g=500, orientations=list(Orientation)[:5])
    assert ruled(own, SHIPPED) is own
    assert ruled(replace(BOTTLE, orientations=list(Orientation)), SHIPPED).orientations == UPRIGHT
