"""``boxwright footprint`` and ``pack --compare-with``: what is told of numbers, differences and reuse."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from boxwright.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
MUGS = (EXAMPLES / "six-mugs.json", "--catalog", "us-stock", "--leg", "road:500")
TOTE = """catalog_id = "totes"
version = "1"
currency = "EUR"

[[box_types]]
box_type_id = "tote"
style = "tote"
inner_length_mm = 380
inner_width_mm = 280
inner_height_mm = 220
tare_g = 1600
material_id = "pp-tote"
trips = 50
idle_share = 0.1
return_distance_km = 300
"""


def run(*arguments, columns="220"):
    """Run a command in a wide terminal."""
    return CliRunner(env={"COLUMNS": columns}).invoke(main, list(map(str, arguments)))


def pack(path, *options):
    """Write a plan of six mugs to a file and return it as data."""
    result = run("pack", *MUGS, *options, "--json")
    assert result.exit_code == 0, result.output
    path.write_text(result.stdout)
    return json.loads(result.stdout)


def test_explain_shows_every_line_with_its_source(tmp_path):
    """Each line of the plan is amount x factor = grams with a numbered source, which has an address; sums are told."""
    plan = pack(tmp_path / "plan.json", "--profile", "uk-desnz")
    result = run("footprint", "explain", tmp_path / "plan.json", columns="400")
    assert result.exit_code == 0, result.output
    footprint = plan["footprints"][0]
    for line in footprint["lines"]:
        assert f"= {line['co2e_g']:,.3f}" in result.stdout
        source = re.search(rf"\[\d+\] {re.escape(line['factor_id'])}: .*", result.stdout)
        assert source, line["factor_id"]
        assert "https://" in source[0]
    assert f"Total {footprint['total_co2e_g']:,.3f} g CO2e" in result.stdout
    assert "Biogenic CO2 apart, not in the total" in result.stdout


def test_explain_of_a_profile_that_the_plan_lacks_is_refused(tmp_path):
    """Only what the plan states can be explained."""
    pack(tmp_path / "plan.json", "--profile", "uk-desnz")
    result = run("footprint", "explain", tmp_path / "plan.json", "--profile", "fr-ademe")
    assert result.exit_code == 2
    assert "must be a profile that the plan states (uk-desnz@2025)" in result.stderr


def test_explain_names_what_is_missing(tmp_path):
    """A factor that the profile lacks is told, and is not zero."""
    pack(tmp_path / "plan.json", "--profile", "fr-ademe")
    result = run("footprint", "explain", tmp_path / "plan.json")
    assert "Missing, not zero: " in result.stdout
    assert "kraft-paper" in result.stdout


@pytest.mark.parametrize("baseline", ["smallest", "us-24x18x18"])
def test_a_plan_is_compared_with_a_baseline(tmp_path, baseline):
    """The table tells difference and range; as JSON the plan holds the comparison and is still read as a plan."""
    result = run("pack", *MUGS, "--compare-with", baseline, "--objective", "packaging_mass")
    assert result.exit_code == 0, result.output
    assert "95 % of paired draws" in result.stdout
    plan = pack(tmp_path / "plan.json", "--compare-with", baseline)
    assert plan["comparison"]["footprints"][0]["confidence"] in (0, 0.95)
    assert run("footprint", "explain", tmp_path / "plan.json").exit_code == 0


def test_a_baseline_that_is_no_box_is_refused():
    """The option is named, with the rule."""
    result = run("pack", *MUGS, "--compare-with", "shoebox")
    assert result.exit_code == 2
    assert "--compare-with: must be a box type of catalog 'us-stock', got 'shoebox'" in result.stderr


def test_two_plan_files_are_compared(tmp_path):
    """A plan against itself is no difference; without void fill it is better, by emissions and beyond the draws."""
    pack(tmp_path / "filled.json", "--profile", "uk-desnz")
    pack(tmp_path / "bare.json", "--profile", "uk-desnz", "--void-fill", "none")
    options = ("--catalog", "us-stock", "--objective", "emissions")
    same = run("footprint", "compare", tmp_path / "bare.json", tmp_path / "bare.json", *options)
    assert "Against bare.json: no meaningful difference" in same.stdout
    found = run("footprint", "compare", tmp_path / "bare.json", tmp_path / "filled.json", *options)
    assert "Against filled.json: better" in found.stdout
    assert "better by emissions" in found.stdout


def test_break_even_is_told_per_profile(tmp_path):
    """The tote never gets there against a small box in its 50 trips, and a missing factor is named."""
    (tmp_path / "totes.toml").write_text(TOTE)
    single = "us-stock:us-8x6x4"
    result = run("footprint", "break-even", "--reusable", tmp_path / "totes.toml:tote", "--single", single)
    assert result.exit_code == 0, result.output
    # Life 4,544.773 g; 122.5 g once less 60.1 g per use: 73 trips
    assert "no practical one: 73 trips, a life has 50" in result.stdout
    assert "unknown, no factor for box reuse (return by truck, transport_wtt)" in result.stdout


@pytest.mark.parametrize(
    ("reusable", "rule"),
    [
        ("tote", "--reusable: must be CATALOG:BOX_TYPE"),
        ("us-stock:none", "--reusable: must name a box type of catalog"),
    ],
)
def test_a_box_that_is_not_there_is_refused(reusable, rule):
    """The option is named, with the rule."""
    result = run("footprint", "break-even", "--reusable", reusable, "--single", "us-stock:us-8x6x4")
    assert result.exit_code == 2
    assert rule in result.stderr
