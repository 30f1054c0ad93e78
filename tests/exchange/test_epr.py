"""UK packaging returns: masses, rules and gaps."""

import csv
import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from boxwright.catalog import load_materials
from boxwright.cli import main
from boxwright.errors import InvalidInputError
from boxwright.exchange.epr import COLUMNS, Terms, broken_rules, uk_return

TERMS = Terms("123456", "2026-H2", "SO", ratings={"PC": "G", "PL Flexible": "R", "PL Rigid": "A", "WD": "G"})

GOOD = """\
111827,,L,2025-H1,SO,HH,P3,PL,Flexible,,,18281153,,,R
107770,,L,2025-H1,SO,HH,P3,PC,,,,34886624,,,
103957,,L,2025-H1,PF,HH,P3,PL,Rigid,,,37881934,,,
100531,,L,2025-H1,SE,HH,P3,OT,Glue,,,34893664,,,
105112,112593,L,2025-H1,SO,HH,P3,PC,,,,17743500,,,
107853,111055,L,2025-H1,IM,NH,P4,PC,,,,5986820,,,
"""
"""Rows that DEFRA's validator lets pass (csv_bulk_regression_valid_rows.csv in its repository, commit 49af0f6).

Contains public sector information licensed under the Open Government Licence v3.0.
"""


def part(material, mass_g, component="BOX", **given):
    """Return a part of the packaging of a parcel."""
    named = {"component": f"FOOTPRINT_COMPONENT_{component}", "material": f"materials/{material}", "mass_g": mass_g}
    return {**named, **given}


def record(*parts, **given):
    """Return the record of a plan with one parcel."""
    plan = {"order_id": "a", "parcels": [{"box_type_id": "box", "packaging": list(parts)}], **given}
    request = {"lane": {"destination": {"country_code": "GB"}}}
    return {"plan": {"ship_date": {"year": 2026, "month": 7, "day": 1}, **plan}, "request": request}


def returned(*records, terms=TERMS):
    """Return the return of records."""
    return uk_return(records, terms, load_materials())


def rows_of(text):
    """Return the rows of a CSV text without a header."""
    return list(csv.DictReader(text.splitlines(), COLUMNS))


def test_rows_that_the_validator_passes_pass_here():
    """The rules refuse nothing that DEFRA's own good rows have."""
    assert not list(broken_rules(rows_of(GOOD)))


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("01", {"organisation_id": "12345"}),
        ("02", {"packaging_activity": "XX"}),
        ("03", {"packaging_type": "XX"}),
        ("05", {"packaging_material": "XX"}),
        ("44", {"submission_period": "2026-Q1"}),
        ("45", {"packaging_material": "OT", "packaging_material_subtype": ""}),
        ("46", {"subsidiary_id": "a-b"}),
        ("47", {"packaging_material": "PC"}),
        ("51", {"packaging_material": "OT", "packaging_material_subtype": "HDPE"}),
        ("100", {"ram_rag_rating": "InvalidRating"}),
        ("101", {"packaging_material_subtype": "XX"}),
    ],
)
def test_each_published_rule_is_kept(code, changes):
    """A row that breaks a rule is found under the error code that DEFRA gives it."""
    row = rows_of(GOOD)[0] | changes
    assert any(f"(error {code})" in rule.rule or f"{code} and" in rule.rule for rule in broken_rules([row]))


@given(
    st.lists(
        st.tuples(st.sampled_from(["corrugated-board", "kraft-paper", "ldpe-film", "pp-box"]), st.integers(1, 900_000)),
        min_size=1,
        max_size=20,
    )
)
def test_masses_sum_to_those_of_the_plans(parts):
    """Each row is the whole kg nearest to the mass of its material; nothing of any plan is lost."""
    made = returned(*(record(part(material, mass_mg / 1_000)) for material, mass_mg in parts))
    assert made.mass_mg == sum(mass_mg for _, mass_mg in parts)
    exact = {"PC": 0, "PL": 0}
    for material, mass_mg in parts:
        exact["PC" if material in ("corrugated-board", "kraft-paper") else "PL"] += mass_mg
    for code, slack in (("PC", 1), ("PL", 2)):
        kg = sum(int(row["packaging_material_weight"]) for row in made.rows if row["packaging_material"] == code)
        assert abs(kg * 1_000_000 - exact[code]) <= slack * 500_000
    assert not list(broken_rules(made.rows))


def test_what_was_shipped_counts():
    """A parcel that was not shipped is not reported; of one in another box that box counts, if the catalog has it."""
    parts = [part("corrugated-board", 1_000), part("kraft-paper", 200, "VOID_FILL")]
    parcels = [{"box_type_id": "box", "packaging": parts}] * 4
    boxes = ("box", "other", "unknown")
    shipped = [{"parcel_index": index, "box_type_id": box} for index, box in enumerate(boxes)]
    other = {"box_type_id": "other", "material": "materials/corrugated-board", "tare_g": 1_500}
    packed = record(parcels=parcels, outcome={"parcels": shipped})
    made = returned({**packed, "catalog": {"box_types": [other]}})
    assert made.mass_mg == 1_200_000 + 1_700_000
    assert sum(made.missing.values()) == 1
    assert sum(returned(packed).missing.values()) == 2


def test_an_open_parcel_counts_with_the_plan_that_closes_it():
    """Its box is not counted twice."""
    sent = [{"parcel_index": 0, "box_type_id": "box", "open": True}]
    assert not returned(record(part("kraft-paper", 900), outcome={"parcels": sent})).rows


def test_plans_outside_the_return_are_left_out_and_reported():
    """They are plans shipped abroad or in another half-year, and boxes of several trips."""
    abroad = {**record(part("kraft-paper", 5_000)), "request": {"lane": {"destination": {"country_code": "FR"}}}}
    earlier = record(part("kraft-paper", 5_000), ship_date={"year": 2026, "month": 6, "day": 30})
    derived = {
        "plan": record(part("kraft-paper", 5_000), legs=[{"derivation": {"end": {"country_code": "DE"}}}])["plan"]
    }
    reused = record(part("pp-tote", 2_000, trips=50), part("kraft-paper", 700, "VOID_FILL"))
    made = returned(abroad, earlier, derived, reused)
    assert [row["packaging_material_weight"] for row in made.rows] == ["1"]
    assert sum(made.left_out.values()) == 4


def test_a_plan_without_a_country_counts_and_is_reported():
    """Neither request nor legs have the country of destination."""
    nowhere = {"plan": record(part("kraft-paper", 900))["plan"]}
    assert [*returned(nowhere).remarks.values()] == [1]
    assert returned(nowhere).mass_mg == 900_000


def test_undated_and_repeated_plans_count_and_are_reported():
    """A plan without a ship date counts on the day of planning, or on any; a repeated plan of an order counts twice."""
    whole = part("kraft-paper", 900)
    undated, made_then = (record(whole, ship_date=None, **given) for given in ({}, {"create_time": "2026-08-01T00"}))
    assert sorted(returned(undated, made_then, undated).remarks.values()) == [1, 2]
    one, other = (record(whole, canonical_hash="sha256:a", order_id=name) for name in "ab")
    assert [*returned(one, other, one, one).remarks.values()] == [2]
    assert not returned(one, other).remarks


@pytest.mark.parametrize(
    "lacking",
    [
        record(part("kraft-paper", 100, "VOID_FILL")),
        record(part("starch-foam", 100), part("kraft-paper", 900)),
        record({**part("", 900), "material": ""}),
    ],
    ids=["no mass of the box", "no code", "no material"],
)
def test_what_is_missing_is_named(lacking):
    """A box without a mass, a material without a code or without a name is never zero."""
    assert returned(lacking).missing


def test_a_rating_is_required_for_households_only():
    """From 2025-H2; packaging for businesses has neither rating nor subtype."""
    film = record(part("ldpe-film", 3_000), part("pp-box", 2_000, "INNER_BOX"))
    assert returned(film, terms=Terms("123456", "2026-H2", "SO")).missing
    (row,) = returned(film, terms=Terms("123456", "2026-H2", "SO", "NH", ratings={"PL": "G"})).rows
    assert (row["packaging_material_subtype"], row["ram_rag_rating"], row["packaging_material_weight"]) == ("", "", "5")


def test_false_terms_are_refused():
    """The error has the code of the rule."""
    with pytest.raises(InvalidInputError, match="error 01"):
        returned(record(part("kraft-paper", 900)), terms=Terms("1", "2026-H2", "SO", ratings={"PC": "G"}))


def test_the_command_writes_a_whole_file_or_none(tmp_path):
    """Golden: 15 columns, a row a material; without a rating nothing is written, unless asked for.

    Lines are those of `plans export` and of `pack --orders --out`, where an order without a plan has an error.
    """
    plans, out = tmp_path / "plans.jsonl", tmp_path / "out.csv"
    whole = record(part("corrugated-board", 1_400), part("ldpe-film", 800, "VOID_FILL"))
    lines = [whole, {"order_id": "b", "response": whole}, {"order_id": "c", "error": {"code": 3}}]
    plans.write_text("".join(json.dumps(line) + "\n" for line in lines))
    asked = ["epr", "--plans", str(plans), "--organisation-id", "123456", "--submission-period", "2026-H2"]
    asked += ["--packaging-activity", "SO", "--out", str(out), "--rating", "PC=G"]
    refused = CliRunner().invoke(main, asked)
    assert refused.exit_code == 2
    assert "PL Flexible" in refused.output
    assert not out.exists()
    done = CliRunner().invoke(main, [*asked, "--rating", "PL Flexible=R"])
    assert done.exit_code == 0, done.output
    assert out.read_text().splitlines() == [
        ",".join(COLUMNS),
        "123456,,L,2026-H2,SO,HH,P3,PC,,,,3,,,G",
        "123456,,L,2026-H2,SO,HH,P3,PL,Flexible,,,2,,,R",
    ]
    assert CliRunner().invoke(main, [*asked, "--with-missing"]).exit_code == 0
