"""What a fragility class says beside its G-level: load and orientation, unless the line does."""

from dataclasses import replace

import pytest

from boxwright import BoxType, Catalog, Policy, plan
from boxwright.catalog import load_materials
from boxwright.checking.fragile_lines import with_fragility_rules
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, Fragility, FragilityClass, Item, Order, Orientation
from boxwright.protection import class_warnings, ruled, with_class_rules

SHIPPED = load_materials()
GLASS = Item("glass", 1, 100, 80, 60, 200, fragility=Fragility("extremely_fragile"))


@pytest.mark.parametrize(
    ("name", "max_load_g", "orientations"),
    [
        ("extremely_fragile", 0, UPRIGHT),
        ("very_delicate", 0, ALL_ORIENTATIONS),
        ("delicate", None, ALL_ORIENTATIONS),
        ("rugged", None, ALL_ORIENTATIONS),
    ],
)
def test_the_two_most_fragile_classes_carry_nothing(name, max_load_g, orientations):
    """The maintainers' own rule, by class; the most fragile stay upright as well."""
    line = ruled(replace(GLASS, fragility=Fragility(name)), SHIPPED)
    assert (line.max_load_g, line.orientations) == (max_load_g, orientations)


@pytest.mark.parametrize(
    ("level", "max_load_g", "orientations"),
    [
        (1, 0, UPRIGHT),
        (25, 0, UPRIGHT),
        (25.001, 0, ALL_ORIENTATIONS),
        (30, 0, ALL_ORIENTATIONS),
        (40, 0, ALL_ORIENTATIONS),
        (40.001, None, ALL_ORIENTATIONS),
        (60, None, ALL_ORIENTATIONS),
        (1000, None, ALL_ORIENTATIONS),
    ],
)
def test_a_g_level_has_the_rules_of_its_class(level, max_load_g, orientations):
    """At most 40 g carries nothing and at most 25 g stays upright, by the ranges of the classes; above all is none."""
    line = ruled(replace(GLASS, fragility=Fragility(g_level=level)), SHIPPED)
    assert (line.max_load_g, line.orientations) == (max_load_g, orientations)
    order = Order("order", [replace(GLASS, fragility=Fragility(g_level=level))])
    assert with_fragility_rules(order, SHIPPED).lines == (line,)  # the check works it out by code of its own


def test_a_dumbbell_never_lies_on_a_vase():
    """What survives 30 g is no support, as of class very_delicate: the two go apart where they fit no other way."""
    vase = Item("vase", 1, 150, 150, 250, 900, UPRIGHT, fragility=Fragility(g_level=30))
    order = Order("order", [vase, Item("dumbbell", 1, 200, 120, 120, 5_000)])
    boxes = Catalog("mine", [BoxType("tall", 320, 320, 600, tare_g=300)])
    found = plan(order, boxes, Policy(cushioning_ids="honeycomb-paper-wrap"))
    assert sorted([one.line_id for one in each.placements] for each in found.parcels) == [["dumbbell"], ["vase"]]
    assert any("line 'vase': a G-level of 30 falls in fragility class" in each.text for each in found.warnings)


def test_what_a_line_says_itself_wins():
    """A load limit or orientations of the line's own stay; the class adds what the line leaves open."""
    strong = ruled(replace(GLASS, max_load_g=500), SHIPPED)
    assert (strong.max_load_g, strong.orientations) == (500, UPRIGHT)
    flat = ruled(replace(GLASS, orientations=(Orientation.LHW,)), SHIPPED)
    assert (flat.max_load_g, flat.orientations) == (0, (Orientation.LHW,))
    both = replace(GLASS, max_load_g=0, orientations=UPRIGHT)
    assert ruled(both, SHIPPED) is both


def test_an_order_without_such_classes_is_the_same_object():
    """Orders that no class concerns pay nothing; and rules do not add up when they are asked twice."""
    plain = Order(
        "order", [replace(GLASS, fragility=None), replace(GLASS, line_id="b", fragility=Fragility("delicate"))]
    )
    assert with_class_rules(plain, SHIPPED) is plain
    once = with_class_rules(Order("order", [GLASS]), SHIPPED)
    assert with_class_rules(once, SHIPPED) is once


def test_what_a_class_adds_is_told():
    """The warning names line, rule, class and whose rule it is; a line that says all itself has none."""
    (found,) = class_warnings(Order("order", [GLASS, replace(GLASS, line_id="b", fragility=None)]), SHIPPED)
    for words in (
        "line 'glass': it is of fragility class 'extremely_fragile', so",
        "nothing is stacked on it and its height stays upright",
        "own rule",
        "set max_load_g or orientations (fewer than all six) to override",
    ):
        assert words in found.text
    assert (found.code, found.field) == ("CLASS_RULE_ADDED", "lines[0].fragility")
    assert class_warnings(Order("order", [replace(GLASS, max_load_g=0, orientations=UPRIGHT)]), SHIPPED) == ()
    (by_level,) = class_warnings(Order("order", [replace(GLASS, fragility=Fragility(g_level=30.5))]), SHIPPED)
    assert by_level.text.startswith(
        "line 'glass': a G-level of 30.5 falls in fragility class 'very_delicate' (up to 40 G), so nothing is"
    )
    assert by_level.text.endswith("; set max_load_g to override")


def test_what_a_class_adds_is_overridden_as_the_warning_says():
    """A load limit and fewer than six orientations leave nothing of the class; all six count as none."""
    own = replace(GLASS, max_load_g=500, orientations=list(Orientation)[:5])
    assert ruled(own, SHIPPED) is own
    assert ruled(replace(GLASS, orientations=list(Orientation)), SHIPPED).orientations == UPRIGHT


def test_rules_of_classes_have_a_source():
    """Each class with a rule says whose it is, and the more fragile class is never the freer one."""
    rules = [SHIPPED.fragility_classes[each] for each in FragilityClass]
    for each in rules:
        assert bool(each.rule_source) == (each.max_load_g is not None or each.upright)
    assert [each.max_load_g == 0 for each in rules] == sorted((each.max_load_g == 0 for each in rules), reverse=True)
