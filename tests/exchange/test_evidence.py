"""Evidence: from grams to document, table and row."""

import random

import pytest

from boxwright.catalog import load_materials
from boxwright.contract.json import plain
from boxwright.contract.values import source_of
from boxwright.exchange.evidence import evidence, in_words, is_own, leads_to_its_row

SEED = 20261201


def test_ten_drawn_grams_lead_to_their_rows(made):
    """Each of ten grams drawn from the lines by weight leads, with all that its amount rests on."""
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
    """Document, table and row of the publisher, or how an own figure was found."""
    factors = [factor for profile in load_materials().profiles for factor in profile.factors]
    lost = [
        factor.factor_id
        for factor in factors
        if not leads_to_its_row({"figure": factor.factor_id, "source": plain(source_of(factor))})
    ]
    assert not lost


def test_each_figure_is_shown_once(made):
    """Factors and data of all profiles, a publisher's with the hash of the copy that it was read in."""
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
    ("source", "leads"),
    [
        ({}, False),
        ({"citation": "a book", "source_grade": "SOURCE_GRADE_COPY"}, False),
        ({"citation": "a book", "table": "p. 3", "source_grade": "SOURCE_GRADE_COPY"}, True),
        ({"derivation": "weighed", "source_grade": "SOURCE_GRADE_OWN"}, True),
    ],
)
def test_what_lacks_a_row_is_found(source, leads):
    """A citation alone is not enough; an own figure needs its derivation."""
    assert leads_to_its_row({"figure": "x", "source": source}) is leads
