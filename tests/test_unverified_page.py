"""The page of unverified figures names each row."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "unverified.md"


def section(name):
    """Return the section of a file."""
    return PAGE.read_text().partition(f"## {name}\n")[2].partition("\n## ")[0]


def test_ranges_of_masses_are_named():
    """Each row says whose range it is: all read board or dunnage."""
    named = re.findall(r"^\| `([^`]+)` \|", section("mass_ranges.csv"), re.MULTILINE)
    assert "board b-flute" in named
    assert "dunnage crumpled-kraft-fill" in named
    assert len(set(named)) == len(named)
