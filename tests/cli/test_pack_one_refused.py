"""``boxwright pack ORDER.json``: input and options that are refused, by field and rule."""

import pytest
from click.testing import CliRunner

from boxwright.cli import main

from .one_order import GOOD, OFFICE, run, write


def test_a_catalog_is_named_or_nothing_is_packed():
    """Boxes that nobody chose are not used: without a catalog the command ends with the option's name."""
    result = CliRunner().invoke(main, ["pack", OFFICE])
    assert result.exit_code == 2
    assert "Missing option '--catalog'. `boxwright catalog list` lists those that are shipped." in result.stderr


@pytest.mark.parametrize(
    ("change", "options", "errors"),
    [
        ({"mass_g": "5 g"}, [], ["order.json: lines[0].mass_g: must be a number of g, got '5 g'"]),
        ({"colour": "red"}, [], ["order.json: lines[0].colour: is not a field of an order line"]),
        ({}, ["--support-ratio", "3", "--max-parcels", "0"], ["--support-ratio: must be", "--max-parcels: must be"]),
        ({}, ["--catalog", "nowhere"], ["--catalog: must be one of"]),
        ({}, ["--catalog", "nowhere.toml"], ["nowhere.toml: "]),
        ({}, ["--profile", "uk-desnz@1850"], ["--profile: must be one of"]),
        ({}, ["--carrier-service", "pigeon"], ["--carrier-service: must be one of"]),
        ({}, ["--zone", "5", "--ship-date", "2026-01-15"], ["--zone: goes with --carrier", "--ship-date: goes with"]),
        ({}, ["--leg", "road:5", "--zone", "5"], ["--zone: goes with --carrier-service only"]),
        ({}, ["--leg", "road", "--leg", "moon:5"], ["--leg road: must be MODE:KM", "--leg moon:5: must be one of"]),
        ({}, ["--leg", "air:-1"], ["--leg air:-1: must be at least 0.001"]),
        ({}, ["--leg", "road:1e9:van"], ["--leg road:1e9:van: must be at least 0.001 and at most"]),
        ({}, ["--void-fill", "feathers"], ["--void-fill: must be one of"]),
        ({}, ["--property-cap", "wh"], ["--property-cap: must be NAME=MOST, such as lithium_wh=100, got 'wh'"]),
        ({}, ["--property-cap", "=5"], ["--property-cap =5: property must be a non-empty text"]),
        ({}, ["--property-cap", "wh=1", "--property-cap", "wh=2"], ["--property-cap: must not repeat, 'wh' does"]),
        ({}, ["--require", "green"], ["--require: must be one of plastic_free"]),
        ({}, ["--objective", "chargeable_weight"], ["--objective: chargeable_weight needs lane.carrier_service"]),
        ({}, ["--alternatives", "11"], ["--alternatives: must be a whole number from 0 to 10, got 11"]),
        ({"mass_g": 0}, ["--plausibility", "refuse"], ["lines[0].mass_g: must be plausible (IMPLAUSIBLE_DENSITY)"]),
        ({}, ["--picture", "/nowhere/plan.svg"], ["/nowhere/"]),
    ],
)
def test_bad_input_names_field_and_rule(tmp_path, change, options, errors):
    """A mistake ends with exit code 2 and one line per broken rule on standard error, and prints no plan."""
    result = run(write(tmp_path / "order.json", {**GOOD, **change}), *options)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.removeprefix("Error: ").splitlines()
    assert len(lines) == len(errors)
    for line, error in zip(lines, errors, strict=True):
        assert error in line


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [OFFICE, "--orders", "orders.csv"],
        [OFFICE, "--out", "plans.jsonl"],
        ["--orders", "orders.csv", "--json"],
        ["--orders", "orders.csv", "--picture", "plan.svg"],
        [OFFICE, "--objective", "cheapest"],
        [OFFICE, "--ship-date", "15.1.2026"],
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments):
    """A command that cannot mean what it says ends with exit code 2."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_a_missing_factor_is_bad_input():
    """Emissions that cannot be compared are told with the factor that is missing, and exit code 2."""
    result = run(OFFICE, "--objective", "emissions", "--profile", "us-epa", "--leg", "road:500")
    assert result.exit_code == 2
    assert "--objective: emissions cannot be compared, profile us-epa@2025 has no factor for" in result.stderr


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("layers=5", "days must be given"),
        ("layers=five,safety_factor=3", "layers must be a whole number, got 'five'"),
        ("layers=5.0,safety_factor=3", "layers must be a whole number, got '5.0'"),
        ("layers=nan,safety_factor=3", "layers must be a whole number, got 'nan'"),
        ("layers=5,safety_factor=three", "safety_factor must be a number, got 'three'"),
        ("height=5", "must name each of layers"),
        ("layers=5,layers=6,safety_factor=3", "at most once"),
        ("layers=5,safety_factor=3,overhang", "overhang must be left out"),
        ("layers=5,days=1,humidity_percent=50,pattern=brick", "pattern must be one of"),
        ("layers=5,days=400,humidity_percent=50,pattern=column", "--stack days: must be at most 180"),
    ],
)
def test_a_broken_pile_is_named(text, rule):
    """The option and the rule are named."""
    result = run(OFFICE, "--stack", text)
    assert result.exit_code == 2
    assert rule in " ".join(result.output.split())
    assert "--stack" in result.output


def test_a_pack_is_no_rule_to_ask_for():
    """Packs with compartments are boxes of the catalog: the option offers the other two rules only."""
    result = run(OFFICE, "--protection", "tested_pack")
    assert result.exit_code == 2
    assert "'tested_pack' is not one of 'practice', 'physics'." in " ".join(result.output.split())


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (("--by", "air"), "--by: goes with --from and --to only"),
        (("--leg", "road:500:corrugated-board"), "--leg: must be known to a profile, none has 'corrugated-board'"),
        (("--emissions-basis", "uk-desnz"), "--emissions-basis: must be absent without emissions among the objectives"),
        (
            ("--unverified-factors", "central"),
            "--unverified-factors: goes with --objective emissions or --carbon-price",
        ),
        (("--accept-incomplete-footprint",), "--accept-incomplete-footprint: goes with --objective emissions"),
        (("--hubs",), "--hubs: goes with --leg, or with --from and --to, only"),
        (("--no-hubs",), "--no-hubs: goes with --leg, or with --from and --to, only"),
        (("--radiative-forcing",), "--radiative-forcing: goes with --leg, or with --from and --to, only"),
        (("--volume-share", "--destination-country", "DE"), "--volume-share: goes with --leg, or with --from and"),
        (("--from", "CN", "--to", "DE", "--leg", "road:5"), "--leg: must not be given with --from or --to"),
        (("--tape", "none", "--tape-rule", "h-seal"), "--tape-rule: must not be given with --tape none"),
        (
            ("--void-fill", "none", "--void-fill-share", "1"),
            "--void-fill-share: must not be given with --void-fill none",
        ),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(options, rule):
    """A main mode without places, a material as a vehicle, a basis of an objective that is not there and so on."""
    result = run(OFFICE, "--catalog", "us-stock", *options)
    assert result.exit_code == 2
    assert rule in result.stderr


def test_options_of_grams_go_with_a_choice_by_grams():
    """With the objective they are taken."""
    by_grams = ("--objective", "emissions", "--unverified-factors", "central", "--accept-incomplete-footprint")
    assert run(OFFICE, "--catalog", "us-stock", *by_grams, "--leg", "road:5").exit_code == 0
