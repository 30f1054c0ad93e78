"""Every unverified figure is listed, with the document that would verify it."""

import json

from click.testing import CliRunner

from boxwright.catalog import unverified_rows
from boxwright.cli.main import main


def rows_of(folder, file, text):
    """Return the unverified rows of a folder that holds one file."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text, encoding="utf-8")
    return [(row.row, row.figures, row.grade, row.source) for row in unverified_rows(folder)]


def test_every_unverified_row_says_what_would_verify_it():
    """Every row of the shipped folder has a remedy; the command prints the rows as JSON."""
    rows = unverified_rows()
    assert rows
    assert all(row.verified_by and row.grade and row.source for row in rows)
    printed = json.loads(CliRunner().invoke(main, ["materials", "unverified", "--json"]).output)
    assert [(row["file"], row["row"]) for row in printed] == [(row.file, row.row) for row in rows]


def test_rows_that_were_read_are_not_listed(tmp_path):
    """Figures keep the names of their columns."""
    text = "board_id,caliper_mm,source,read_in_source,source_grade\na,3.0,A,yes,copy\nb,4.0,B,no,memory\n"
    assert rows_of(tmp_path, "boards.csv", text) == [("b", "caliper_mm 4.0", "memory", "B")]


def test_limits_inherit_the_grade_of_their_rule(tmp_path):
    """A verified limit of an unverified rule is not listed."""
    text = """
[[services]]
id = "mail"
[[services.rules]]
from = 2026-01-01
source = "S"
read_in_source = false
source_grade = "own"
weight_unit = "kg"
limits = [{ refused = "actual > 22 kg" }, { refused = "longest > 1 m", read_in_source = true }]
"""
    assert rows_of(tmp_path, "carriers/mail.toml", text) == [
        ("mail from 2026-01-01", "weight_unit kg", "own", "S"),
        ("mail from 2026-01-01 actual > 22 kg", "refused actual > 22 kg", "own", "S"),
    ]


def test_box_types_inherit_the_defaults_of_their_catalog(tmp_path):
    """A catalog may state once, in [defaults], that its figures are unverified."""
    text = """
[defaults]
source = "S"
read_in_source = false
source_grade = "own"
[[box_types]]
box_type_id = "a"
tare_g = 120
"""
    assert rows_of(tmp_path, "catalogs/mine.toml", text) == [("a", "tare_g 120", "own", "S")]
