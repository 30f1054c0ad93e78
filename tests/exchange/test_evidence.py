"""Evidence: from grams to document, table and row."""

import random

from boxwright.catalog import load_materials
from boxwright.contract.json import plain
from boxwright.contract.values import source_of
from boxwright.exchange.evidence import evidence, in_words, is_own

SEED = 20261201


def leads_to_its_row(row):
    """Whether a figure leads to document, table and row, or is said to be an own one and how it was found."""
    source = row["source"]
    own = is_own(row) and (source.get("derivation") or source.get("citation"))
    return bool(own or (source.get("citation") and source.get("table")))


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
