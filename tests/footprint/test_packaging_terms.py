"""Recycled content, biogenic carbon and reuse: golden lines, and properties of all."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.factor import Component, RecyclingRule, Stage
from boxwright.domain.footprint import Allocation, PackagingComponent, Reuse
from boxwright.errors import InvalidInputError
from boxwright.footprint import BreakEvenOutcome, break_even, estimate, total, trips_to_break_even

BOX = PackagingComponent(Component.BOX, "corrugated-board", 173_900)


def lines_of(shipped, part, profile_id="uk-desnz@2025", profile=None):
    """Return the footprint of one packaging component without transport."""
    return estimate([part], 1_000_000, None, None, profile or shipped.profile(profile_id), Allocation.MASS, shipped)


def production(found):
    """Return factor id and mg CO2e of the lines of production."""
    return [(line.factor_id.rpartition("/")[2], line.co2e_mg) for line in found.lines if line.stage is Stage.PRODUCTION]


@pytest.mark.parametrize(
    ("profile_id", "content", "expected"),
    [
        # 0.1739 kg x 0.25 x 1.19972542 = 0.0521580626; x 0.75 x 1.09811442 = 0.1432215732
        ("uk-desnz@2025", "0.75", [("production_virgin", 52_158), ("production_recycled", 143_222)]),
        # 0.1739 x 0.12 x 0.91138 = 0.01901867786; x 0.88 x 0.98311 = 0.15044728952
        ("us-epa", "0.88", [("production_virgin", 19_019), ("production_recycled", 150_447)]),
        # 0.1739 x 0.39 = 0.067821, and x 0.67 = 0.116513
        ("fr-ademe", "0", [("production_virgin", 67_821)]),
        ("fr-ademe", "1", [("production_recycled", 116_513)]),
        # No rows by content: the one row, 0.1739 x 1.137 = 0.1977243
        ("cn-cpcd", "0.5", [("production", 197_724)]),
    ],
)
def test_recycled_content_takes_its_shares_of_both_rows(shipped, profile_id, content, expected):
    """Under cut-off each share of the mass is a line of its row; without such rows the average counts, and says so."""
    found = lines_of(shipped, replace(BOX, recycled_content=Decimal(content)), profile_id)
    assert production(found) == expected
    assert all(line.rule for line in found.lines if line.stage is Stage.PRODUCTION)


@pytest.mark.parametrize("profile_id", ["uk-desnz@2025", "us-epa", "fr-ademe"])
@pytest.mark.parametrize(("grade", "content"), [("virgin", 0), ("recycled", 1)])
def test_a_grade_of_board_counts_as_its_content(shipped, profile_id, grade, content):
    """Board sold as virgin or recycled has the grams of board of that content, at both stages."""
    by_grade = lines_of(shipped, replace(BOX, material_id=f"corrugated-board-{grade}"), profile_id)
    by_content = lines_of(shipped, replace(BOX, recycled_content=Decimal(content)), profile_id)
    told = [
        [(line.stage, line.co2e_mg, line.biogenic_co2_mg) for line in each.lines] for each in (by_grade, by_content)
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 2


def test_under_avoided_burden_recycled_content_earns_nothing(shipped):
    """A profile that credits at the end of life takes the virgin row, whatever the content."""
    crediting = replace(shipped.profile("uk-desnz@2025"), recycling_rule=RecyclingRule.AVOIDED_BURDEN)
    for content in (None, Decimal(0), Decimal(1)):
        found = lines_of(shipped, replace(BOX, recycled_content=content), profile=crediting)
        assert production(found) == [("production_virgin", 208_632)]


@settings(max_examples=30)
@given(millionths=st.integers(0, 1_000_000), mass_mg=st.integers(1, 10**8))
def test_shares_sum_to_the_mass(shipped, millionths, mass_mg):
    """However the content splits it, the amounts of production sum to the mass, and grams lie between both rows'."""
    part = replace(BOX, mass_mg=mass_mg, recycled_content=Decimal(millionths) / 1_000_000)
    made = [line for line in lines_of(shipped, part).lines if line.stage is Stage.PRODUCTION]
    assert sum(line.amount for line in made) == Decimal(mass_mg) / 1_000_000
    pure = [round(mass_mg * Fraction(value)) for value in ("1.09811442", "1.19972542")]
    assert pure[0] - 1 <= sum(line.co2e_mg for line in made) <= pure[1] + 1


def test_biogenic_carbon_stands_apart(shipped):
    """173.9 g of board: 0.414 x 0.99 carbon x 44/12 = 1.50282 kg CO2/kg, 261,340 mg stored and released, not summed."""
    found = lines_of(shipped, BOX)
    assert [line.biogenic_co2_mg for line in found.lines] == [-261_340, 261_340]
    assert (found.biogenic_stored_mg, found.biogenic_released_mg) == (261_340, 261_340)
    assert found.total_co2e_mg == 208_632 + 815
    assert total([found, found]).biogenic_stored_mg == 2 * 261_340


def test_unknown_carbon_is_missing_not_zero(shipped):
    """Bagasse has no carbon content in the data: its lines say nothing, and the footprint names it."""
    found = lines_of(shipped, replace(BOX, material_id="bagasse"))
    assert [line.biogenic_co2_mg for line in found.lines] == [None, None]
    assert found.biogenic_missing == ("bagasse",)
    plastic = lines_of(shipped, replace(BOX, material_id="pp-tote"))
    assert plastic.biogenic_missing == ()
    assert plastic.biogenic_stored_mg == 0


def test_trim_is_made_but_not_thrown_away_by_the_user(shipped):
    """100 g of box cut from 120 g of board, UK: 0.12 x 1.19972542 made, 0.1 x 0.00468568 at its end of life."""
    found = lines_of(shipped, replace(BOX, mass_mg=100_000, trim_mg=20_000))
    assert [line.co2e_mg for line in found.lines] == [143_967, 469]
    assert "20 g" in found.lines[0].rule
    assert found.biogenic_stored_mg == found.biogenic_released_mg


TOTE = PackagingComponent(
    Component.BOX, "pp-tote", 1_600_000, trips=50, reuse=Reuse(idle_share=0.1, return_distance_km=300)
)


def test_a_reused_tote_over_its_trips(shipped):
    """1.6 kg, 50 trips, 10 % idle, 300 km back by lorry: each line to the mg.

    Life per use: 1.6 x 1.1 / 50 = 0.0352 kg; x 2.57757172 = 0.0907305245; x 0.00468568 = 0.0001649359.
    Return: 0.0016 t x 300 km = 0.48 tkm; x 0.10163 = 0.0487824; x 0.02359 = 0.0113232. Mass, trips, idle share and
    distance are chosen: they test arithmetic only. The factors are verified.
    """
    found = lines_of(shipped, TOTE)
    assert [(line.stage.value, line.unit, line.co2e_mg) for line in found.lines] == [
        ("production", "kg", 90_731),
        ("end_of_life", "kg", 165),
        ("reuse", "tkm", 48_782),
        ("reuse", "tkm", 11_323),
    ]
    assert {line.component for line in found.lines} == {Component.BOX}
    assert all(line.read_in_source for line in found.lines)


def test_washing_is_one_piece_per_use_and_missing_by_name(shipped):
    """A profile without the factor names it; one that has it under the id or as a subject counts one piece."""
    washed = replace(TOTE, reuse=Reuse(washing_factor_id="wash-tote"))
    assert "box/reuse: washing by wash-tote" in lines_of(shipped, washed).missing
    uk = shipped.profile("uk-desnz@2025")
    row = replace(
        uk.factor("pp-tote", Stage.PRODUCTION),
        factor_id="site/wash",
        subject="wash-tote",
        stage=Stage.REUSE,
        unit="piece",
        value=Decimal("0.0203"),
        recycled_content=None,
    )
    own = replace(uk, factors=(*uk.factors, row))
    for name in ("wash-tote", "site/wash"):
        found = lines_of(shipped, replace(TOTE, reuse=Reuse(washing_factor_id=name)), profile=own)
        assert [(line.unit, line.amount, line.co2e_mg) for line in found.lines if line.stage is Stage.REUSE] == [
            ("piece", 1, 20_300)
        ]
    # A production factor is not a washing factor.
    wrong = replace(TOTE, reuse=Reuse(washing_factor_id="uk-desnz-2025/pp-tote/production", return_distance_km=1))
    assert lines_of(shipped, wrong, profile=own).missing[0].startswith("box/reuse: washing by")


@settings(max_examples=30)
@given(life=st.integers(0, 10**9), use=st.integers(0, 10**6), single=st.integers(0, 10**6))
def test_break_even_is_the_least_number_of_trips(life, use, single):
    """At the trips found a use emits no more than the box used once, with one trip less it emits more."""
    trips = trips_to_break_even(life, use, single)
    if trips is None:
        assert use >= single
        return
    assert life + use * trips <= single * trips
    fewer = trips - 1
    assert fewer == 0 or life + use * fewer > single * fewer


def test_break_even_of_boxes(shipped):
    """UK: the tote's life 4.544777 kg over 0.209447 - 0.060105 kg per use is 31 trips: within 50, not within 30."""
    found = break_even(TOTE, BOX, shipped.profile("uk-desnz@2025"), shipped)
    # 1.76 kg x 2.57757172 = 4.536526 and x 0.00468568 = 0.008247; 0.048782 + 0.011323 = 0.060105
    assert (found.life_mg, found.use_mg, found.single_mg) == (4_544_773, 60_105, 209_447)
    assert (found.outcome, found.trips) == (BreakEvenOutcome.REACHED, 31)
    short = break_even(replace(TOTE, trips=30), BOX, shipped.profile("uk-desnz@2025"), shipped)
    assert (short.outcome, short.trips) == (BreakEvenOutcome.NOT_WITHIN_LIFE, 31)
    far = replace(TOTE, reuse=Reuse(return_distance_km=3_000))
    assert break_even(far, BOX, shipped.profile("uk-desnz@2025"), shipped).outcome is BreakEvenOutcome.NEVER


def test_break_even_without_a_factor_is_unknown(shipped):
    """Without upstream emissions of the return trip no number of trips is stated, and the reason is named."""
    profile = shipped.profile("us-epa")
    known = tuple(factor for factor in profile.factors if factor.stage is not Stage.TRANSPORT_WTT)
    found = break_even(TOTE, BOX, replace(profile, factors=known), shipped)
    assert (found.outcome, found.trips) == (BreakEvenOutcome.UNKNOWN, None)
    assert found.missing == ("box/reuse: return by truck, transport_wtt",)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"idle_share": -0.1}, "idle_share"),
        ({"idle_share": float("nan")}, "idle_share"),
        ({"return_distance_km": 50_001}, "return_distance_km"),
        ({"return_distance_km": True}, "return_distance_km"),
        ({"washing_factor_id": 3}, "washing_factor_id"),
    ],
)
def test_broken_terms_of_reuse_are_named(terms, field):
    """Each broken rule names its field."""
    with pytest.raises(InvalidInputError) as caught:
        Reuse(**terms)
    assert [each.field for each in caught.value.violations] == [field]


def test_a_figure_that_counts_biogenic_carbon_states_none_apart(shipped):
    """European board has it inside its one figure; kraft paper of that profile is stored and has no end of life."""
    found = lines_of(shipped, BOX, profile=shipped.profile("eu-industry"))
    assert [line.biogenic_co2_mg for line in found.lines] == [None]
    assert (found.biogenic_stored_mg, found.biogenic_missing) == (0, ("corrugated-board",))
    paper = lines_of(
        shipped, PackagingComponent(Component.VOID_FILL, "kraft-paper", 1_000), profile=shipped.profile("eu-industry")
    )
    assert paper.biogenic_stored_mg > 0
    assert paper.biogenic_released_mg == 0
    assert paper.biogenic_missing == ("kraft-paper (end of life)",)
    included = {each.factor_id for p in shipped.profiles for each in p.factors if each.biogenic_included}
    assert included == {"eu-industry-2022/corrugated-board/cradle_to_grave"}
