"""``boxwright pack ORDER.json``: refused input and options, by field and rule."""

import pytest

from .one_order import GOOD, OFFICE, run, write


@pytest.mark.parametrize(
    ("change", "options", "errors"),
    [
        ({"mass_g": "5 g"}, [], ["order.json: lines[0].mass_g:"]),
        ({}, ["--support-ratio", "3", "--max-parcels", "0"], ["--support-ratio:", "--max-parcels:"]),
        ({}, ["--catalog", "nowhere"], ["--catalog:"]),
        ({}, ["--catalog", "nowhere.toml"], ["nowhere.toml: "]),
        ({}, ["--profile", "uk-desnz@1850"], ["--profile:"]),
        ({}, ["--carrier-service", "pigeon"], ["--carrier-service:"]),
        ({}, ["--market", "atlantis"], ["--market:"]),
        ({}, ["--leg", "road", "--leg", "moon:5"], ["--leg road:", "--leg moon:5:"]),
        ({}, ["--property-cap", "wh"], ["--property-cap:"]),
        ({}, ["--property-cap", "=5"], ["--property-cap =5:"]),
        ({"mass_g": 0}, ["--plausibility", "refuse"], ["lines[0].mass_g:"]),
        ({}, ["--picture", "/nowhere/plan.svg"], ["/nowhere/"]),
    ],
)
def test_bad_input_names_its_field(tmp_path, change, options, errors):
    """A mistake ends with exit code 2 and one line per broken rule on standard error, and prints no plan."""
    result = run(write(tmp_path / "order.json", {**GOOD, **change}), *options, code=2)
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
        ["--orders", "orders.csv", "--market", "eu"],
        [OFFICE, "--reuse-system"],
        [OFFICE, "--objective", "cheapest"],
        [OFFICE, "--ship-date", "15.1.2026"],
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments):
    """Contradicting options end with exit code 2."""
    assert "Error: " in run(*arguments, code=2).stderr


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--objective", "emissions", "--profile", "cn-cpcd", "--leg", "rail:500"), "--objective:"),
        (("--by", "air"), "--by:"),
        (("--leg", "road:500:corrugated-board"), "--leg:"),
        (("--emissions-basis", "uk-desnz"), "--emissions-basis:"),
        (("--hubs",), "--hubs:"),
        (("--stack", "layers=5"), "days"),
        (("--stack", "layers=five,safety_factor=3"), "layers"),
        (("--stack", "layers=5.0,safety_factor=3"), "layers"),
        (("--stack", "height=5"), "layers"),
        (("--stack", "layers=5,layers=6,safety_factor=3"), "layers"),
        (("--stack", "layers=5,days=1,humidity_percent=50,pattern=brick"), "pattern"),
    ],
)
def test_a_broken_rule_is_named_by_its_option(options, named):
    """The error names the option that sets the field, and the wrong part of the value."""
    said = run(OFFICE, *options, code=2).output
    assert all(part in said for part in (options[0], named))
