"""Statements: sums of plans, with planned and adjusted distances, and their gaps."""

import copy
import datetime
import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from tests.exchange.conftest import planned

from boxwright.cli import main
from boxwright.domain.lane import Lane, Leg, TransportMode
from boxwright.errors import InvalidInputError
from boxwright.exchange.statement import Statement, figure


def stated(plans, profile):
    """Return the statement of plans over a lane."""
    statement = Statement("December", profile)
    for plan in plans:
        statement.add({"plan": plan})
    return statement


def footprints(plans, profile):
    """Return the footprints by mass of plans under a profile."""
    of = f"accountingProfiles/{profile}"
    return [found for plan in plans for found in plan["footprints"] if found["accounting_profile"].startswith(of)]


@pytest.mark.parametrize("profile", ["uk-desnz", "us-epa", "fr-ademe", "cn-cpcd"])
def test_sums_are_those_of_the_plans(made, profile):
    """Every line is in one sum: packaging by part, transport by class, and the total is theirs."""
    statement, found = stated(made, profile), footprints(made, profile)
    lines = [line for footprint in found for line in footprint["lines"]]
    parts = sum(stages.total() for stages in statement.packaging.values())
    carried = sum(sums.stages.total() for sums in statement.activities.values())
    assert parts + carried == statement.total_mg == sum(line["co2e_mg"] for line in lines)
    assert (statement.low_mg, statement.high_mg) == (
        sum(footprint["interval"]["low_co2e_mg"] for footprint in found),
        sum(footprint["interval"]["high_co2e_mg"] for footprint in found),
    )
    counted = {(line["leg_index"], line["amount"]) for line in lines if "leg_index" in line}
    assert sum(sums.counted for sums in statement.activities.values() if sums.stages) == pytest.approx(
        sum(Decimal(str(amount)) for _, amount in counted)
    )


def test_activity_is_known_before_the_adjustment_too(made):
    """Gross mass times the planned distance; roads are adjusted by a twentieth, flights by 95 km, actual ones not."""
    activities = stated(made, "uk-desnz").activities
    tonnes = sum(Decimal(str(parcel["gross_g"])) for plan in made for parcel in plan["parcels"]) / 1_000_000
    flight = activities["TRANSPORT", "air_longhaul"]
    assert flight.planned == tonnes * 9_000
    assert flight.counted == pytest.approx(tonnes * 9_095)
    assert activities["TRANSPORT", "van_diesel_avg"].counted == pytest.approx(tonnes * Decimal("26.25"))
    assert activities["TRANSPORT", "hgv_avg"].counted == pytest.approx(tonnes * Decimal("300.5"))
    elsewhere = [{name: value for name, value in plan.items() if name != "legs"} for plan in made]
    assert all(sums.planned is None for sums in stated(elsewhere, "uk-desnz").activities.values())


def test_a_profile_that_lacks_factors_states_no_well_to_wheel(made):
    """The sums of a profile without well to tank are marked, and no intensity is stated."""
    statement = stated(made, "us-epa")
    assert any(sums.incomplete for sums in statement.activities.values())
    assert statement.lacks
    assert "+ ?" in statement.markdown()
    assert "+ ?" not in stated(made, "uk-desnz").markdown()


def test_activity_without_any_factor_is_that_of_the_lane():
    """A van that a profile lacks, and a hub, are named as missing; the sum is not complete."""
    legs = (Leg(TransportMode.ROAD, 300), Leg(TransportMode.ROAD, 12, vehicle="van_bev_avg"))
    plan = planned("six-mugs", lane=Lane(legs=legs, include_hubs=True), profiles=("uk-desnz", "us-epa"))
    statement = stated([plan], "us-epa")
    tonnes = sum(Decimal(str(parcel["gross_g"])) for parcel in plan["parcels"]) / 1_000_000
    van, (hub,) = (
        statement.activities["TRANSPORT", "van_bev_avg"],
        [sums for (kind, _), sums in statement.activities.items() if kind == "HUB"],
    )
    assert (van.planned, van.counted, hub.counted) == (12 * tonnes, None, tonnes)
    assert van.incomplete
    assert hub.incomplete
    assert "| van_bev_avg | 0 |" not in statement.markdown()


def test_hubs_that_nobody_stated_leave_the_total_complete():
    """Hubs that were not stated are named as not counted; the total is still complete."""
    plan = planned("six-mugs", lane=Lane(legs=(Leg(TransportMode.ROAD, 300),)))
    statement = stated([plan], "uk-desnz")
    assert statement.lacks
    assert not statement.incomplete
    assert "missing below" not in statement.markdown()


def test_radiative_forcing_is_in_no_sum():
    """The total includes only the effects of the fuel."""
    legs = (Leg(TransportMode.AIR, 9_000),)
    lanes = [Lane(legs=legs, include_radiative_forcing=included) for included in (False, True)]
    without, included = (stated([planned("six-mugs", lane=lane)], "uk-desnz") for lane in lanes)
    assert without.total_mg == included.total_mg
    assert included.forcing_mg > without.forcing_mg == 0


def shipped_as(plan, *boxes):
    """Return a plan whose outcome has its first parcels in these boxes."""
    sent = [{"parcel_index": index, "box_type_id": box} for index, box in enumerate(boxes)]
    return {**plan, "outcome": {"parcels": sent}}


def test_a_plan_that_was_shipped_otherwise_is_missing_from_the_sums(made):
    """A plan shipped in other boxes is not summed, since their masses differ; one shipped as planned is."""
    plan = made[0]
    boxes = [parcel["box_type_id"] for parcel in plan["parcels"]]
    assert stated([shipped_as(plan, *boxes)], "uk-desnz").total_mg == stated([plan], "uk-desnz").total_mg
    moved = shipped_as(plan, *boxes)
    moved["outcome"]["parcels"][0]["units"] = [{"line_id": "other", "unit_index": 0}]
    for other in (shipped_as(plan), shipped_as(plan, "another box", *boxes[1:]), moved):
        statement = stated([other, made[1]], "uk-desnz")
        assert statement.incomplete
        assert statement.total_mg == stated([made[1]], "uk-desnz").total_mg


def test_the_days_of_shipment_are_stated(made):
    """From the first to the last."""
    later = {**made[1], "ship_date": {"year": 2026, "month": 12, "day": 24}}
    assert stated([later, made[0]], "uk-desnz").shipped_words == "2026-12-01 to 2026-12-24"


def test_lines_without_their_mass_data_are_refused(made):
    """Shares by grade would be false."""
    (footprint,) = footprints(made[:1], "uk-desnz")
    for part in ("mass_data", "lines"):
        bare = copy.deepcopy(footprint)
        if part == "lines":
            for line in bare["lines"]:
                line.pop("mass_parts", None)
        else:
            del bare["mass_data"]
        with pytest.raises(InvalidInputError, match="mass_data"):
            stated([{**made[0], "footprints": [bare]}], "uk-desnz")


def test_a_plan_without_the_profile_is_refused(made):
    """Figures of two profiles are never summed."""
    with pytest.raises(InvalidInputError, match="footprints"):
        stated(made, "none")
    other = {**made[1], "footprints": footprints(made[1:], "fr-ademe")}
    with pytest.raises(InvalidInputError, match="footprints"):
        stated([{**made[0], "footprints": footprints(made[:1], "uk-desnz")}, other], "")


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (1_234_567, "1,230,000"), (12.345, "12.3"), (0.012345, "0.0123"), (-0.5, "-0.500")],
)
def test_figures_have_three_digits(number, shown):
    """Thousands separated, no scientific notation."""
    assert figure(number) == shown


def test_emissions_have_fewer_digits_where_their_range_is_wide():
    """A range of more than a fifth of the total, or an unknown range, leaves two digits."""
    narrow = Statement("x", total_mg=1_234_567, low_mg=1_200_000, high_mg=1_300_000)
    wide = Statement("x", total_mg=1_234_567, low_mg=1_000_000, high_mg=2_000_000)
    unknown = Statement("x", total_mg=1_234_567, without_range=1)
    assert [each.kg(1_234_567) for each in (narrow, wide, unknown)] == ["1.23", "1.2", "1.2"]


def test_text_of_others_stays_a_cell(made):
    """A name with table characters does not break a row."""
    text = stated(made, "uk-desnz").markdown("A | B\nC")
    assert "| Prepared by | A \\| B C |" in text


@pytest.mark.parametrize("profile", ["uk-desnz", "us-epa", "fr-ademe"])
def test_shares_by_grade_are_those_that_explain_shows(tmp_path, made, profile):
    """A statement of one plan has the same shares by grade as the command footprint explain."""
    (tmp_path / "plan.json").write_text(json.dumps({"plan": made[0]}))
    told = CliRunner(env={"COLUMNS": "400"}).invoke(main, ["footprint", "explain", str(tmp_path / "plan.json")])
    assert told.exit_code == 0, told.output
    assert f"By source grade: {stated(made[:1], profile).graded_words}" in told.output


def test_exclusions_of_a_row_are_repeated():
    """Boundaries of factors are stated, such as those without the grid losses of a battery van."""
    lane = Lane(legs=(Leg(TransportMode.ROAD, 25, vehicle="van_bev_avg"),))
    assert "grid losses are not counted" in stated([planned("six-mugs", lane=lane)], "uk-desnz").markdown()


def test_a_statement_a_plan_or_a_month(url, tmp_path, made):
    """Stored plans have the same sums alone, together and in a file."""
    out = tmp_path / "statement.md"
    for per, number in (("plan", 2), ("month", 1)):
        done = CliRunner().invoke(main, ["statement", "--store", url, "--per", per, "--out", str(out)])
        assert done.exit_code == 0, done.output
        assert out.read_text().count("# Greenhouse gas statement") == number
    assert "2026-11" in out.read_text()
    plans = tmp_path / "plan.json"
    plans.write_text(json.dumps({"plan": made[0]}))
    done = CliRunner().invoke(main, ["statement", "--plans", str(plans), "--profile", "uk-desnz", "--out", str(out)])
    assert done.exit_code == 0, done.output
    text = stated(made[:1], "uk-desnz").markdown("", datetime.date.today())
    assert text == out.read_text().replace("six-mugs", "December")
