"""Drop heights by the goods' mass."""

from decimal import Decimal

import pytest

from boxwright.errors import InvalidInputError
from boxwright.protection import drop_height_mm


@pytest.mark.parametrize(
    ("goods_mg", "height_mm", "remark"),
    [
        (0, 760, "no mass at all: the lightest band"),
        (10_000_000, 760, "a border belongs to the lighter band, which falls further"),
        (10_000_001, 610, "one mg past it does not"),
        (28_000_000, 460, "the same at a later border"),
        (68_000_000, 200, "the end of the last band"),
        (500_000_000, 200, "past the last band its height still holds"),
    ],
)
def test_mass_picks_the_band(materials, goods_mg, height_mm, remark):
    """The goods' mass picks the band of the default profile, the lighter one on a border."""
    assert drop_height_mm(goods_mg, materials) == height_mm, remark


def test_profile_is_chosen_by_name(materials):
    """A named profile replaces the materials' default."""
    assert drop_height_mm(5_000_000, materials, "ista-2a") == 970


def test_band_without_upper_end_takes_every_mass(materials):
    """An open last band holds for any mass above it."""
    assert drop_height_mm(900_000_000, materials, "open-ended") == Decimal(600)


def test_heights_never_rise_with_mass(materials):
    """Heavier goods never fall from higher, so the goods' mass alone errs towards more cushioning."""
    heights = [drop_height_mm(kg * 1_000_000, materials) for kg in range(120)]
    assert heights == sorted(heights, reverse=True)


def test_unknown_profile_names_those_that_exist(materials):
    """An unknown profile is an error that lists the known ones."""
    with pytest.raises(InvalidInputError, match=r"handling_profile.*ista-1a, ista-2a, open-ended"):
        drop_height_mm(1, materials, "ista-9z")
