"""Warnings about unverified figures."""

from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.domain.order import Fragility, FragilityClass, Item
from boxwright.protection import cushion_warnings, dunnage_warnings

SIZE = {"length_mm": 100, "width_mm": 100, "height_mm": 100}
BY_LEVEL = Item("lamp", fragility=Fragility(g_level=50), **SIZE)
BY_CLASS = Item("mug", fragility=Fragility(FragilityClass.DELICATE), **SIZE)
STURDY = Item("book", **SIZE)


def test_verified_figures_need_no_warning(materials, cushioning):
    """Verified cushioning, a G-level and a verified height leave nothing to warn of."""
    assert cushion_warnings([BY_LEVEL], 1_000_000, cushioning("2.6"), materials) == ()


def test_parcel_without_fragile_unit_needs_no_warning(materials, cushioning):
    """What is not used is not warned of."""
    assert cushion_warnings([STURDY], 1, cushioning("2.6", verified=False), materials, "open-ended") == ()


@pytest.mark.parametrize(
    ("items", "goods_kg", "fields", "profile", "words"),
    [
        ([BY_LEVEL], 1, {"verified": False}, None, "cushion factor 2.6, which is unverified"),
        ([BY_CLASS], 1, {}, None, "fragility class 'delicate': its lowest G-level 40 is unverified"),
        ([BY_LEVEL], 1, {}, "open-ended", "handling profile 'open-ended': its drop height 800 mm is unverified"),
        ([BY_LEVEL], 69, {}, None, "'ista-1a' ends at 68 kg; its last height 200 mm"),
        ([BY_LEVEL], 1, {"max_thickness_mm": Decimal("39.519")}, None, "line 'lamp' needs 39.52 mm"),
    ],
)
def test_each_doubt_has_its_warning(materials, cushioning, items, goods_kg, fields, profile, words):
    """One doubtful figure gives one warning, with the figure in it."""
    found = cushion_warnings(items, goods_kg * 1_000_000, cushioning("2.6", **fields), materials, profile)
    assert len(found) == 1
    assert words in found[0]


def test_thickness_at_its_limit_is_in_range(materials, cushioning):
    """Exactly the greatest thickness is not past it."""
    pad = cushioning("2.6", max_thickness_mm=Decimal("39.52"))
    assert cushion_warnings([BY_LEVEL], 1_000_000, pad, materials) == ()


def test_warnings_do_not_repeat(materials, cushioning):
    """Two lines of one class share a warning."""
    twice = [BY_CLASS, replace(BY_CLASS, line_id="other")]
    assert len(cushion_warnings(twice, 1, cushioning("2.6"), materials)) == 1


def test_unverified_dunnage_is_named_once(void_fill, tape, cushioning):
    """Each unverified piece is named once; a verified one is not."""
    found = dunnage_warnings([void_fill("18"), tape, tape, cushioning("2.6")])
    assert found == ("void_fill 'fill': its figures are unverified", "tape 'tape': its figures are unverified")
