"""Warnings about cushioning that is used past its figures."""

from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.domain.order import Fragility, Item
from boxwright.protection import cushion_warnings

SIZE = {"length_mm": 100, "width_mm": 100, "height_mm": 100}
BY_LEVEL = Item("lamp", fragility=Fragility(g_level=50), **SIZE)
BY_CLASS = Item("mug", fragility=Fragility("fragile"), **SIZE)
STURDY = Item("book", **SIZE)


@pytest.mark.parametrize("read_in_source", [True, False])
@pytest.mark.parametrize("item", [BY_LEVEL, BY_CLASS])
@pytest.mark.parametrize("profile", [None, "open-ended"])
def test_what_is_unverified_for_every_order_is_no_warning(materials, cushioning, read_in_source, item, profile):
    """Cushion factor, G-level of a class and drop height: the pages say once what of them nobody verified."""
    assert (
        cushion_warnings([item], 1_000_000, cushioning("2.6", read_in_source=read_in_source), materials, profile) == ()
    )


def test_parcel_without_fragile_unit_needs_no_warning(materials, cushioning):
    """What is not used is not warned of."""
    assert cushion_warnings([STURDY], 1, cushioning("2.6", read_in_source=False), materials, "open-ended") == ()


@pytest.mark.parametrize(
    ("items", "goods_kg", "fields", "profile", "words"),
    [
        ([BY_LEVEL], 69, {}, None, "'ista-1a' ends at 68 kg; its last height 200 mm"),
        ([BY_LEVEL], 1, {"max_thickness_mm": Decimal("39.519")}, None, "line 'lamp' needs 39.52 mm"),
    ],
)
def test_each_doubt_has_its_warning(materials, cushioning, items, goods_kg, fields, profile, words):
    """One doubtful figure gives one warning, with the figure in it."""
    found = cushion_warnings(items, goods_kg * 1_000_000, cushioning("2.6", **fields), materials, profile)
    assert len(found) == 1
    assert words in found[0].text


def test_thickness_at_its_limit_is_in_range(materials, cushioning):
    """Exactly the greatest thickness is not past it."""
    pad = cushioning("2.6", max_thickness_mm=Decimal("39.52"))
    assert cushion_warnings([BY_LEVEL], 1_000_000, pad, materials) == ()


def test_warnings_do_not_repeat(materials, cushioning):
    """Two lines share the warning of their parcel's mass."""
    twice = [BY_CLASS, replace(BY_CLASS, line_id="other")]
    (found,) = cushion_warnings(twice, 69_000_000, cushioning("2.6"), materials)
    assert (found.code, found.field) == ("DROP_HEIGHT_OUT_OF_RANGE", "policy.handling_profile")


def test_a_warning_has_the_path_of_its_line(materials, cushioning):
    """The caller says where its lines stand."""
    pad = cushioning("2.6", max_thickness_mm=Decimal(1))
    (found,) = cushion_warnings([BY_LEVEL], 1_000_000, pad, materials, paths={"lamp": "lines[3]"})
    assert (found.code, found.field) == ("CUSHION_OUT_OF_RANGE", "lines[3]")
