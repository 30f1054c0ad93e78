"""The page on protection names the classes, articles, rules and wraps of the data."""

from pathlib import Path

from boxwright.catalog import load_materials
from boxwright.domain.dunnage import DunnageKind

PAGE = (Path(__file__).parents[2] / "docs" / "protection.md").read_text(encoding="utf-8")
SHIPPED = load_materials()


def number(value):
    """Return a figure as the page writes it; empty if there is none."""
    return "" if value is None else f"{value.normalize():f}"


def test_the_fragility_classes_are_on_the_page():
    """Each class has its row: example goods, clearances, wrap, fill, mailers, load and what was read."""
    for rule in SHIPPED.fragility_classes.values():
        cells = (
            f"`{rule.fragility_class.value}`",
            rule.note,
            f"{number(2 * rule.half_gap_mm)} mm",
            f"{number(rule.half_gap_mm + rule.wall_margin_mm)} mm",
            f"{rule.wrap_layers} layers" if rule.wrap_layers else "",
            "cushions" if rule.cushion_fill else "",
            "yes" if rule.mailer else "no",
            "nothing" if rule.max_load_g == 0 else number(rule.max_load_g),
            "yes" if rule.read_in_source else "no",
        )
        assert f"| {' | '.join(cells)} |" in PAGE


def test_each_article_is_in_the_row_of_its_class():
    """The page names each article beside its class; those that need a pack with compartments have their own row."""
    for article in SHIPPED.articles.values():
        row = next(line for line in PAGE.splitlines() if line.startswith("| `") and f"`{article.article}`" in line)
        assert row.startswith(f"| `{article.fragility_class.value}`"), article.article
        assert "pack with compartments" in row or article.pack_from != 1 or article.refused, article.article


def test_each_rule_and_lifting_profile_has_its_figure():
    """Each rule of protection is named, and each lifting profile has its row."""
    for rule in SHIPPED.protection_rules.values():
        assert f"`{rule.rule_id}`" in PAGE
    for carrier, _ in SHIPPED.carrier_margins:
        assert f"`{carrier}`" in PAGE
    for profile in SHIPPED.lifting_profiles.values():
        name = f"`{profile.profile}`" + (", the default" * (profile.profile == SHIPPED.default_lifting_profile))
        limit = "no limit" if profile.several_at_most_kg is None else f"{profile.several_at_most_kg:f} kg"
        marks = (
            "never" if kg is None else f"above {kg:f} kg" for kg in (profile.heavy_above_kg, profile.team_lift_above_kg)
        )
        assert f"| {' | '.join((name, limit, *marks))} |" in PAGE


def test_the_cushionings_are_on_the_page():
    """Each wrap is named with its grammage, and each pad material with its cushion curve."""
    words = " ".join(PAGE.split())
    for cushion in SHIPPED.dunnage:
        if cushion.kind is DunnageKind.CUSHIONING and cushion.has_curve:
            stress = f"{number(cushion.min_static_stress_kpa)} to {number(cushion.max_static_stress_kpa)}"
            cells = (number(cushion.cushion_factor), stress, number(cushion.density_kg_per_m3))
            assert f"| `{cushion.dunnage_id}` | {' | '.join(cells)} |" in words
        elif cushion.kind is DunnageKind.CUSHIONING:
            assert f"`{cushion.dunnage_id}` {number(cushion.grammage_g_per_m2)}" in words
