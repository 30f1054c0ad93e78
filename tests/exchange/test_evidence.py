"""Evidence links emissions to document, table and row."""

import json
import random

import pytest
from click.testing import CliRunner
from tests.exchange.conftest import planned

from boxwright.catalog import load_materials
from boxwright.cli import main
from boxwright.contract.json import plain
from boxwright.contract.values import source_of
from boxwright.exchange.evidence import evidence, in_words, is_own, unnamed_scope

SEED = 20261201


def leads_to_its_row(row):
    """Return whether a figure has document and table, or is our own with a derivation."""
    source = row["source"]
    own = is_own(row) and (source.get("derivation") or source.get("citation"))
    return bool(own or (source.get("citation") and source.get("table")))


def test_ten_drawn_grams_lead_to_their_rows(made):
    """Ten grams, drawn from the lines by weight, have evidence for their factor and their amount."""
    lines = [
        ({datum["datum_id"]: datum for datum in footprint["mass_data"]}, line)
        for plan in made
        for footprint in plan["footprints"]
        for line in footprint["lines"]
    ]
    drawn = random.Random(SEED).choices(lines, weights=[abs(line["co2e_mg"]) for _, line in lines], k=10)
    for data, line in drawn:
        of_line = {"footprints": [{"lines": [line], "mass_data": list(data.values())}]}
        for row in evidence(of_line):
            assert leads_to_its_row(row), in_words(row)


def test_every_factor_leads_to_its_row():
    """The evidence names document, table and row of the publisher, or the derivation of an own figure."""
    factors = [factor for profile in load_materials().profiles for factor in profile.factors]
    lost = [
        factor.factor_id
        for factor in factors
        if not leads_to_its_row({"figure": factor.factor_id, "source": plain(source_of(factor))})
    ]
    assert not lost


def test_each_figure_is_shown_once(made):
    """Factors and data of all profiles have evidence; published ones have the hash of the copy that was read."""
    rows = evidence(made[0])
    names = [row["figure"] for row in rows]
    assert len(names) == len(set(names))
    factors = {line["factor_id"] for footprint in made[0]["footprints"] for line in footprint["lines"]}
    data = {datum["datum_id"] for footprint in made[0]["footprints"] for datum in footprint["mass_data"]}
    assert set(names) == factors | data
    board = next(row for row in rows if row["figure"] == "us-epa-2025/corrugated-board/production")
    assert board["source"]["copy_sha256"].startswith("a4901fa6")
    assert not is_own(board)


@pytest.mark.parametrize(
    ("order", "catalog", "silent"),
    [("six-mugs", "eu-webshop", {"transport"}), ("ice-hockey", "reusable-totes", {"transport", "box"})],
)
def test_a_plan_that_leaves_out_scope_silently_is_refused(tmp_path, order, catalog, silent):
    """Without ``missing_scope`` neither explanation nor statement treats a total as complete."""
    plan, file = planned(order, catalog, lane=None), tmp_path / "plan.json"
    assert not list(unnamed_scope(plan, load_materials()))
    for footprint in (*plan["footprints"], *(of for parcel in plan["parcels"] for of in parcel["footprints"])):
        del footprint["missing_scope"]
    rules = [violation.rule for violation in unnamed_scope(plan, load_materials())]
    assert {name for name in ("transport", "box") if any(f"lines of {name}," in rule for rule in rules)} == silent
    file.write_text(json.dumps({"plan": plan}))
    for command in (["footprint", "explain", file], ["statement", "--plans", file, "--out", tmp_path / "out.md"]):
        done = CliRunner().invoke(main, list(map(str, command)))
        assert done.exit_code == 2, done.output
        assert "missing_scope" in done.output


@pytest.mark.parametrize(("unit", "silent"), [("piece", 1), ("tkm", 0)])
def test_washing_does_not_replace_return_transport(unit, silent):
    """A tote whose return transport is neither a line nor named is incomplete, although its washing is a line."""
    lines = [
        {"component": f"FOOTPRINT_COMPONENT_{component}", "stage": f"LIFE_CYCLE_STAGE_{stage}", "unit": unit}
        for component, stage, unit in (("BOX", "REUSE", unit), ("TRANSPORT", "TRANSPORT_WTW", "tkm"))
    ]
    packaging = [{"component": "FOOTPRINT_COMPONENT_BOX", "trips": 50}]
    footprint = {"accounting_profile": "accountingProfiles/uk-desnz@2026", "lines": lines}
    plan = {"parcels": [{"packaging": packaging}], "footprints": [footprint]}
    assert len(list(unnamed_scope(plan, load_materials()))) == silent
