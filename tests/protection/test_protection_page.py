"""The page on protection lists classes, profiles and cushionings as the data has them."""

from pathlib import Path

import pytest

from boxwright.catalog import load_materials
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.order import FragilityClass

PAGE = (Path(__file__).parents[2] / "docs" / "protection.md").read_text(encoding="utf-8")
SHIPPED = load_materials()


def number(value):
    """Return a figure as the page writes it; empty where there is none."""
    return "" if value is None else f"{value.normalize():f}"


def test_the_fragility_classes_are_on_the_page():
    """Each class has its row: example goods, clearances, wrap, fill, mailers, what it carries, and what was read."""
    for each in SHIPPED.fragility_classes.values():
        cells = (
            f"`{each.fragility_class.value}`",
            each.note,
            f"{number(2 * each.half_gap_mm)} mm",
            f"{number(each.half_gap_mm + each.wall_margin_mm)} mm",
            f"{each.wrap_layers} layers" if each.wrap_layers else "",
            "cushions" if each.cushion_fill else "",
            "yes" if each.mailer else "no",
            "nothing" if each.max_load_g == 0 else number(each.max_load_g),
            "yes" if each.read_in_source else "no",
        )
        assert f"| {' | '.join(cells)} |" in PAGE


def test_the_bounds_and_margins_are_on_the_page():
    """The page has the G-levels below which classes count, and what DHL Express asks for."""
    by_name = SHIPPED.fragility_classes
    fragile, boxed = by_name[FragilityClass.FRAGILE], by_name[FragilityClass.BOXED]
    words = " ".join(PAGE.split())
    assert f"below {fragile.g_below} is `fragile`" in words
    assert f"below {boxed.g_below} `boxed`" in words
    dhl = SHIPPED.carrier_margins["dhl-express", FragilityClass.FRAGILE].wall_margin_mm
    assert f"DHL Express {fragile.half_gap_mm + dhl} mm" in words


def test_the_articles_are_on_the_page():
    """Each article has its row: class, tested pack, upright, why, and whether it was read."""
    for each in SHIPPED.articles.values():
        flags = ("yes" if each.needs_tested_pack else "", "yes" if each.upright else "")
        read = "yes" if each.read_in_source else "no"
        cells = (f"`{each.article}`", f"`{each.fragility_class.value}`", *flags, each.reason, read)
        assert f"| {' | '.join(cells)} |" in PAGE


def test_own_rules_and_sourced_ones_are_told_apart():
    """Each class, margin of a carrier and figure of a rule says whose it is."""
    for each in SHIPPED.fragility_classes.values():
        assert each.source in PAGE or each.source.startswith("unsourced")
    for each in SHIPPED.carrier_margins.values():
        assert f"`{each.carrier}`" in PAGE
    for each in SHIPPED.protection_rules.values():
        assert f"`{each.rule_id}`" in PAGE


def test_the_handling_profiles_are_on_the_page():
    """Each profile has its row: heights, bands, drops and whether the heights are verified."""
    for each in SHIPPED.handling_profiles.values():
        bands = SHIPPED.drop_heights[each.profile]
        cells = (
            f"`{each.profile_id}`",
            each.name,
            " / ".join(number(band.height_mm) for band in bands),
            " / ".join(number(band.up_to_kg) for band in bands if band.up_to_kg is not None),
            str(each.drops or "not known"),
            "yes" if all(band.read_in_source for band in bands) else "no",
        )
        assert f"| {' | '.join(cells)} |" in PAGE


@pytest.mark.parametrize("cushion", [each for each in SHIPPED.dunnage if each.kind is DunnageKind.CUSHIONING])
def test_the_cushionings_are_on_the_page(cushion):
    """Each wrap has its row with its grammage, and what makes pads with its curve."""
    cells = (f"`{cushion.dunnage_id}`", number(cushion.grammage_g_per_m2))
    if cushion.has_curve:
        stress = f"{number(cushion.min_static_stress_kpa)} to {number(cushion.max_static_stress_kpa)}"
        cells = (cells[0], number(cushion.cushion_factor), stress, number(cushion.density_kg_per_m3))
    assert f"| {' | '.join(cells)} |" in PAGE
