"""The page on lifting lists the profiles as the data has them."""

from pathlib import Path

from boxwright.catalog import load_materials

PAGE = (Path(__file__).parents[2] / "docs" / "lifting.md").read_text(encoding="utf-8")


def test_the_lifting_profiles_are_on_the_page():
    """Each profile has its row with limit and marks; the default is named, and figures that nobody read are marked."""
    data = load_materials()
    for each in data.lifting_profiles.values():
        name = f"`{each.profile}`" + (", the default" if each.profile == data.default_lifting_profile else "")
        limit = "no limit" if each.several_at_most_kg is None else f"{each.several_at_most_kg:f} kg"
        marks = ("never" if kg is None else f"above {kg:f} kg" for kg in (each.heavy_above_kg, each.team_lift_above_kg))
        assert f"| {' | '.join((name, limit, *marks))} |" in PAGE
        assert each.read_in_source or "marked unverified" in PAGE
    assert data.lifting_profile() is data.lifting_profile("manual@1")
