"""``boxwright pack --orders``: one line per order, whole files only, sums that a person can read."""

import io
import json
import os
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from click.testing import CliRunner
from rich.console import Console

from boxwright import load_catalog, plan
from boxwright.cli import main
from boxwright.cli.batch import batch_parts, records_of
from boxwright.cli.plan_file import profiles_file
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine
from boxwright.evaluation.record import record_of
from boxwright.orders import read_orders

from .one_order import sized

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g"
ROWS = ["first,1,2,100,80,60,200", "second,1,1,5000,80,60,200", "third,1,3,200,150,20,300", "third,2,1,50,50,50,10"]


def run(*arguments):
    """Run the command in a terminal of 80 columns, with a catalog of many sizes."""
    named = [] if "--catalog" in arguments else ["--catalog", "china-post"]
    return CliRunner(env={"COLUMNS": "80"}).invoke(main, ["pack", "--orders", *map(str, arguments), *named])


@pytest.fixture
def orders(tmp_path):
    """Three orders, of which the second fits no box."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *ROWS]))
    return path


def test_each_order_has_its_line(orders, tmp_path):
    """Lines stand in the order of the file; an order without a plan has its reason and does not end the run."""
    out = tmp_path / "plans.jsonl"
    result = run(orders, "--out", out)
    assert result.exit_code == 3, result.output
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["order_id"] for line in lines] == ["first", "second", "third"]
    assert statuses(out) == ["COMPLETE", "", "COMPLETE"]
    error = lines[1]["error"]
    assert "--allow-partial" in error["message"]
    assert error["details"][0]["lines"][0]["reason"] == "UNPACKED_REASON_DOES_NOT_FIT_ANY_BOX"
    assert sum(len(parcel["placements"]) for parcel in lines[2]["response"]["plan"]["parcels"]) == 4


def test_a_ship_date_needs_no_carrier(orders, tmp_path):
    """Every plan states it, for what counts plans by their day."""
    out = tmp_path / "plans.jsonl"
    assert run(orders, "--out", out, "--ship-date", "2026-08-01").exit_code == 3
    dates = [plan["ship_date"] for plan in plans_in(out) if plan]
    assert dates == [{"year": 2026, "month": 8, "day": 1}] * 2


def plans_in(out):
    """Return the plan of each line, None where it has none."""
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [line["response"]["plan"] if "response" in line else None for line in lines]


def statuses(out):
    """Return the status of each line's plan, empty where it has none."""
    return [plan["status"].removeprefix("PLAN_STATUS_") if plan else "" for plan in plans_in(out)]


def test_profiles_stand_once_beside_the_lines(orders, tmp_path):
    """No line repeats what they cover; the file beside has it, with the data that all are of."""
    out = tmp_path / "plans.jsonl"
    assert run(orders, "--out", out, "--allow-partial", "--leg", "road:500", "--alternatives", "1").exit_code == 0
    beside = profiles_file(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "plans.jsonl", beside.name]
    assert '"coverage"' not in out.read_text(encoding="utf-8")
    stated = json.loads(beside.read_text(encoding="utf-8"))
    named = {each["accounting_profile"] for plan in plans_in(out) for each in plan.get("footprints", ())}
    assert {each["name"] for each in stated["accounting_profiles"]} == named
    assert all(each["coverage"] for each in stated["accounting_profiles"])
    assert {plan["versions"]["data_hash"] for plan in plans_in(out)} == {stated["versions"]["data_hash"]}


def test_a_pipe_has_lines_with_their_profiles(orders, tmp_path):
    """No file can stand beside a pipe, so each plan states its own."""
    orders.write_text("\n".join([HEADER, ROWS[0]]))  # a pipe that nobody reads holds 64 KiB
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    run(orders, "--out", pipe)
    with os.fdopen(reader, encoding="utf-8") as lines:
        first = json.loads(lines.readline())
    assert first["response"]["plan"]["footprints"][0]["coverage"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "pipe"]


def test_partial_plans_are_lines_of_their_own_kind(orders, tmp_path):
    """With --allow-partial an order of which some fits is a partial plan, one of which nothing does is not packed."""
    out = tmp_path / "plans.jsonl"
    orders.write_text(f"{orders.read_text()}\nfourth,1,1,50,50,50,10\nfourth,2,1,5000,50,50,10\n")
    result = run(orders, "--out", out, "--allow-partial")
    assert result.exit_code == 0, result.output
    assert statuses(out) == ["COMPLETE", "NONE", "COMPLETE", "PARTIAL"]


def test_the_sums_are_those_of_the_lines(orders, tmp_path):
    """Parcels and grams in the summary are those of the plans written."""
    out = tmp_path / "plans.jsonl"
    result = run(orders, "--out", out, "--leg", "road:500")
    plans = plans_in(out)
    parcels = sum(len(plan["parcels"]) for plan in plans if plan)
    assert f"6 of 7 units in {parcels} parcels" in result.stdout
    grams = sum(plan["footprints"][0]["total_co2e_mg"] / 1_000 for plan in plans if plan)
    (row,) = [line for line in result.stdout.splitlines() if line.startswith("uk-desnz@2026  mass")]
    assert float(row.split()[-1]) == pytest.approx(grams / 2, abs=0.051)


def test_every_unit_is_on_screen_and_every_order_that_ships_less_is_named(orders, tmp_path):
    """Units that fit, of an order that cannot be packed whole, have a line, and the order is named with its reason."""
    orders.write_text(f"{orders.read_text()}\nfourth,1,4,50,50,50,10\nfourth,2,1,5000,50,50,10\n")
    result = run(orders, "--out", tmp_path / "plans.jsonl")
    assert "6 of 12 units in" in result.stdout
    shown = result.stdout
    assert re.search(r"^ *2 +\D+$", shown, re.MULTILINE)
    assert re.search(r"^ *4 +\D+$", shown, re.MULTILINE)
    for name in ("second", "fourth"):
        assert re.search(rf"^{name} +line ", shown, re.MULTILINE)


def test_sums_of_grams_say_what_they_lack_and_rest_on(orders, tmp_path):
    """Each profile and allocation has its range and unverified share; grams per order are marked as the total is."""
    lane = ("--profile", "uk-desnz", "--profile", "cn-cpcd", "--leg", "rail:500")
    service = (*lane, "--carrier-service", "ups/us-daily", "--ship-date", "2026-06-01")
    out = tmp_path / "plans.jsonl"
    said = " ".join(run(orders, "--out", out, *service).stdout.split())
    for profile in ("uk-desnz@2026", "cn-cpcd@2024"):
        for basis in ("mass", "chargeable weight"):
            mark = r" \+ \?" if profile.startswith("cn") else ""
            assert re.search(rf"{profile}, [\w ]+ {basis}: [\d.]+ % [^%]+ [\d.,]+ to [\d.,]+{mark} ", said)
    assert re.search(r"cn-cpcd@2024 mass [\d.,]+ \? [\d.,]+ \+ \? [\d.,]+ \+ \? ", said)
    plans = plans_in(out)
    billed = sum(
        parcel["chargeable_weights"][0]["chargeable_g"] for plan in plans if plan for parcel in plan["parcels"]
    )
    assert f"chargeable weight {billed:,.0f} g" in said or f"chargeable weight {billed / 1_000:,.1f} kg" in said


def test_without_an_output_file_some_orders_are_shown(orders):
    """A few orders are shown one by one, and the reason of those that have no plan."""
    result = run(orders)
    assert result.exit_code == 3, result.output
    for name in ("first", "second", "third"):
        assert f"\n{name} " in result.stdout
    assert "1 not packed" in result.stdout


def test_a_bad_row_stops_before_anything_is_written(orders, tmp_path):
    """A mistake in the last row is told by row and field, and the former output file stays as it was."""
    orders.write_text(orders.read_text() + "\nfourth,1,1,10,10,10,heavy")
    out = tmp_path / "plans.jsonl"
    out.write_text("former")
    result = run(orders, "--out", out)
    assert result.exit_code == 2
    assert "orders.csv: row 6, mass_g:" in result.stderr
    assert out.read_text() == "former"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "plans.jsonl"]


@pytest.mark.parametrize("options", [["--profile", "nobody"], ["--catalog", "nowhere"], ["--fill-limit", "0"]])
def test_a_bad_option_is_no_order_s_fault(orders, tmp_path, options):
    """An option that is wrong for every order is an error of the command, and nothing is written."""
    result = run(orders, "--out", tmp_path / "plans.jsonl", *options)
    assert result.exit_code == 2
    assert options[0] in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_a_folder_that_is_not_there_is_an_error(orders, tmp_path):
    """An output file in no folder is told before any order is packed."""
    result = run(orders, "--out", tmp_path / "nowhere" / "plans.jsonl")
    assert result.exit_code == 2
    assert str(tmp_path / "nowhere" / "plans.jsonl") in result.stderr


def test_the_orders_are_not_overwritten(orders):
    """An output file that is the file of orders is refused, and the orders stay."""
    before = orders.read_text()
    result = run(orders, "--out", orders.parent / "." / "orders.csv")
    assert result.exit_code == 2
    assert "--out" in result.stderr
    assert orders.read_text() == before


def test_units_without_a_box_are_counted_as_such(tmp_path):
    """An own container has a row of its own among the boxes, no fill, no litres and no packaging."""
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEADER},ships_in_own_container\nfirst,1,2,1200,800,60,9000,true")
    result = run(path)
    assert result.exit_code == 0, result.output
    assert "2 × own container" in result.stdout
    assert "18.0 kg" in result.stdout


@pytest.mark.parametrize("option", [["--explain"], ["--empty-spaces"], ["--alternatives", "2"]])
def test_what_only_a_whole_plan_shows_needs_a_file(orders, tmp_path, option):
    """Totals over orders have no room for it: without a file for the plans the option is an error."""
    refused = run(orders, "--catalog", "us-stock", *option)
    assert refused.exit_code == 2
    assert option[0] in refused.output
    assert run(orders, "--catalog", "us-stock", *option, "--out", tmp_path / "plans.jsonl").exit_code == 3


def test_an_order_that_cannot_be_planned_is_an_error_and_one_that_does_not_fit_is_not(tmp_path):
    """Not packed is what fits no box; an error is what no plan can be made of: fragile, and no cushioning."""
    catalog = tmp_path / "bare.toml"
    catalog.write_text(
        'catalog_id = "bare"\ndunnage = []\n[[box_types]]\nbox_type_id = "b"\ntare_g = 9\n'
        "inner_length_mm = 100\ninner_width_mm = 100\ninner_height_mm = 100\n"
    )
    path = tmp_path / "orders.jsonl"
    line = {"line_id": "a", "quantity": 1, **sized(50, 50, 50), "mass_g": 9}
    lines = [line, {**line, **sized(500, 50, 50)}, {**line, "fragility": {"g_level": 40}}]
    orders = [{"order_id": name, "lines": [each]} for name, each in zip("xyz", lines, strict=True)]
    path.write_text("\n".join(map(json.dumps, orders)))
    out = tmp_path / "plans.jsonl"
    result = run(path, "--catalog", catalog, "--out", out)
    assert result.exit_code == 3, result.output
    assert statuses(out) == ["COMPLETE", "", ""]
    assert ["details" in json.loads(line)["error"] for line in out.read_text().splitlines()[1:]] == [True, False]


@pytest.mark.parametrize("command", [["pack"], ["evaluate", "--workers", "1"]])
def test_a_cap_that_limits_nothing_is_told(tmp_path, command):
    """A cap that no line of all orders has an amount of is warned of; one that some line has is not."""
    line = {"line_id": "cell", "quantity": 1, **sized(90, 60, 50), "mass_g": 300}
    plain = {"order_id": "o", "lines": [line]}
    celled = {"order_id": "p", "lines": [{**line, "property_amounts": [{"property": "lithium_wh", "amount": 20}]}]}
    orders = tmp_path / "orders.jsonl"
    orders.write_text("".join(json.dumps(each) + "\n" for each in (plain, celled)))
    caps = ["--property-cap", "lithium_wh=100", "--property-cap", "lithum_wh=100"]
    result = CliRunner().invoke(main, [*command, "--catalog", "us-stock", "--orders", str(orders), *caps])
    assert result.exit_code == 0, result.output
    assert len(result.stderr.splitlines()) == 1
    assert "--property-cap lithum_wh " in result.stderr


def test_warnings_and_marks_are_summed(tmp_path):
    """Each kind of warning is a row with its orders and the first example; marked parcels are counted."""
    path = tmp_path / "orders.csv"
    heavy = [f"{name},1,1,150,120,100,28000" for name in ("oven", "safe")]
    path.write_text("\n".join([HEADER, "plain,1,1,100,80,60,200", *heavy]))
    for arguments in ([path], [path, "--out", tmp_path / "plans.jsonl"]):
        said = " ".join(run(*arguments, "--catalog", "eu-stock", "--leg", "road:500").output.split())
        assert "2 parcels marked HEAVY" in said
        assert "2 parcels marked TEAM LIFT" in said
        assert "TEAM_LIFT 2 oven: parcel" in said


def printed(order, *lines):
    """Print a batch of one order whose footprint has lines of component, stage, mg CO2e and whether it is verified."""
    read = [
        FootprintLine(component, stage, "subject", Decimal(1), "kg", "f", Decimal(1), mg, "source", verified)
        for component, stage, mg, verified in lines
    ]
    footprint = Footprint("own@1", Allocation.MASS, tuple(read))
    catalog, console = load_catalog("china-post"), Console(file=io.StringIO(), width=80)
    made = replace(plan(order, catalog), footprints=(footprint,))
    records = records_of(catalog, [[record_of(made, catalog, order.unit_count) | {"variant": 0}]])
    (totals,) = records.totals(common=False)
    ranges = {("own@1", Allocation.MASS): footprint.interval_co2e_mg}
    console.print(*batch_parts(records, totals, ranges, "china-post"))
    return footprint, console.file.getvalue()


def test_a_credit_does_not_raise_the_share_that_is_unverified(orders):
    """Of 30 g unverified and a credit of 20 g, 60 % of 50 g are unverified, as for one order; not 30 of 10 g."""
    footprint, text = printed(
        next(read_orders(orders)),
        (Component.BOX, Stage.PRODUCTION, 30_000, False),
        (Component.BOX, Stage.END_OF_LIFE, -20_000, True),
    )
    assert footprint.unverified_share == 0.6
    assert "60.0 %" in text


def test_hubs_are_a_part_of_transport_and_of_the_total(orders):
    """1 kg of a box, 2 kg of a leg and 4 kg of a hub are 1 kg of packaging, 6 kg of transport and 7 kg in all."""
    footprint, text = printed(
        next(read_orders(orders)),
        (Component.BOX, Stage.PRODUCTION, 1_000_000, True),
        (Component.TRANSPORT, Stage.TRANSPORT_TTW, 2_000_000, True),
        (Component.HUB, Stage.TRANSPORT_TTW, 4_000_000, True),
    )
    assert footprint.total_co2e_mg == 7_000_000
    row = next(line for line in text.splitlines() if line.startswith("own@1  "))
    assert row.split()[2:] == ["1.0", "6.0", "7.0", "7,000.0"]
    assert "range" not in text  # no factor has one


def test_workers_change_nothing(tmp_path):
    """Two processes write the lines and profiles of one and print the same sums; --workers goes with --orders."""
    path = tmp_path / "orders.csv"
    rows = [f"o{n},1,{n % 3 + 1},{100 + n},80,{400 if n % 9 == 4 else 60},{20 * n + 50}" for n in range(20)]
    path.write_text("\n".join([HEADER, *rows]))
    said = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.jsonl"
        options = ["--catalog", "eu-stock", "--leg", "road:500", "--workers", workers]
        written = CliRunner().invoke(main, ["pack", "--orders", str(path), *options, "--out", str(out)])
        assert written.exit_code == 0, written.output
        said.append((written.stdout.replace(f"{workers}.jsonl", ""), out.read_text(), profiles_file(out).read_text()))
    assert said[0] == said[1]
    assert [json.loads(line)["order_id"] for line in said[0][1].splitlines()] == [f"o{n}" for n in range(20)]
    for file, named in ((path.with_suffix(".json"), "--workers"), (path, "--orders")):
        refused = CliRunner().invoke(main, ["pack", str(file), "--catalog", "eu-stock", "--workers", "2"])
        assert (refused.exit_code, named in refused.stderr) == (2, True)
