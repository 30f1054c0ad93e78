"""What a fragility class says beside its G-level: load and orientation, unless the line does."""

from dataclasses import replace

import pytest

from boxwright.catalog import load_materials
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


def test_what_a_line_says_itself_wins():
    """A load limit or orientations of the line's own stay; the class adds what the line leaves open."""
    strong = ruled(replace(GLASS, max_load_g=500), SHIPPED)
    assert (strong.max_load_g, strong.orientations) == (500, UPRIGHT)
    flat = ruled(replace(GLASS, orientations=(Orientation.LHW,)), SHIPPED)
    assert (flat.max_load_g, flat.orientations) == (0, (Orientation.LHW,))
    both = replace(GLASS, max_load_g=0, orientations=UPRIGHT)
    assert ruled(both, SHIPPED) is both
    level = replace(GLASS, fragility=Fragility(g_level=15))
    assert ruled(level, SHIPPED) is level


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
    for words in ("line 'glass' carries nothing and keeps its height upright", "'extremely_fragile'", "own rule"):
        assert words in found
    assert class_warnings(Order("order", [replace(GLASS, max_load_g=0, orientations=UPRIGHT)]), SHIPPED) == ()


def test_rules_of_classes_have_a_source():
    """Each class with a rule says whose it is, and the more fragile class is never the freer one."""
    rules = [SHIPPED.fragility_classes[each] for each in FragilityClass]
    for each in rules:
        assert bool(each.rule_source) == (each.max_load_g is not None or each.upright)
    assert [each.max_load_g == 0 for each in rules] == sorted((each.max_load_g == 0 for each in rules), reverse=True)
