"""``boxwright pack --orders``: one line per order, complete files, and a readable summary."""

import json
import os
import re

import pytest

from boxwright.cli.plan_file import profiles_file

from . import running
from .one_order import sized

HEADER = "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g"
ROWS = ["first,1,2,100,80,60,200", "second,1,1,5000,80,60,200", "third,1,3,200,150,20,300", "third,2,1,50,50,50,10"]


def run(*arguments, code=0):
    """Run the command in a terminal of 80 columns, with a catalog of many sizes."""
    named = [] if "--catalog" in arguments else ["--catalog", "china-post"]
    return running.run("pack", "--orders", *arguments, *named, columns=80, code=code)


@pytest.fixture
def orders(tmp_path):
    """Three orders, of which the second fits no box."""
    path = tmp_path / "orders.csv"
    path.write_text("\n".join([HEADER, *ROWS]))
    return path


def test_each_order_has_its_line(orders, tmp_path):
    """Lines follow the file; an order without a plan has a reason and does not end the run."""
    out = tmp_path / "plans.jsonl"
    run(orders, "--out", out, code=3)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["order_id"] for line in lines] == ["first", "second", "third"]
    assert statuses(out) == ["COMPLETE", "", "COMPLETE"]
    error = lines[1]["error"]
    assert "--allow-partial" in error["message"]
    assert error["details"][0]["lines"][0]["reason"] == "UNPACKED_REASON_DOES_NOT_FIT_ANY_BOX"
    assert sum(len(parcel["placements"]) for parcel in lines[2]["response"]["plan"]["parcels"]) == 4


def plans_in(out):
    """Return the plan of each line, or None."""
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [line["response"]["plan"] if "response" in line else None for line in lines]


def statuses(out):
    """Return the status of each line's plan, or an empty text."""
    return [plan["status"].removeprefix("PLAN_STATUS_") if plan else "" for plan in plans_in(out)]


def test_profiles_stand_once_beside_the_lines(orders, tmp_path):
    """Lines leave out the data of profiles, which a second file holds once."""
    out = tmp_path / "plans.jsonl"
    run(orders, "--out", out, "--allow-partial", "--leg", "road:500", "--alternatives", "1")
    beside = profiles_file(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "plans.jsonl", beside.name]
    assert '"coverage"' not in out.read_text(encoding="utf-8")
    stated = json.loads(beside.read_text(encoding="utf-8"))
    named = {footprint["accounting_profile"] for plan in plans_in(out) for footprint in plan.get("footprints", ())}
    assert {profile["name"] for profile in stated["accounting_profiles"]} == named
    assert all(profile["coverage"] for profile in stated["accounting_profiles"])
    assert {plan["versions"]["data_hash"] for plan in plans_in(out)} == {stated["versions"]["data_hash"]}


def test_a_line_can_be_explained(orders, tmp_path):
    """The masses of a line keep the data from which range and unverified share follow."""
    out, plan = tmp_path / "plans.jsonl", tmp_path / "plan.json"
    run(orders, "--out", out, code=3)
    plan.write_text(json.dumps({"plan": plans_in(out)[0]}))
    running.run("footprint", "explain", plan)


def test_a_pipe_has_lines_with_their_profiles(orders, tmp_path):
    """Beside a pipe no second file can be written, so each plan holds its profiles."""
    orders.write_text("\n".join([HEADER, ROWS[0]]))  # a pipe without a reader holds 64 KiB
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    run(orders, "--out", pipe)
    with os.fdopen(reader, encoding="utf-8") as lines:
        first = json.loads(lines.readline())
    assert first["response"]["plan"]["footprints"][0]["coverage"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "pipe"]


def test_partial_plans_are_lines_of_their_own_kind(orders, tmp_path):
    """With --allow-partial, a line holds a partial plan, or an empty one if no unit fits."""
    out = tmp_path / "plans.jsonl"
    orders.write_text(f"{orders.read_text()}\nfourth,1,1,50,50,50,10\nfourth,2,1,5000,50,50,10\n")
    run(orders, "--out", out, "--allow-partial")
    assert statuses(out) == ["COMPLETE", "NONE", "COMPLETE", "PARTIAL"]


def test_the_summary_names_boxes_and_every_order_that_ships_less(orders):
    """Own containers count as a box type; incomplete orders have their reason; figures cover all plans."""
    rows = [f"{row}," for row in ROWS] + ["last,1,2,1200,800,60,9000,true"]
    orders.write_text("\n".join([f"{HEADER},ships_in_own_container", *rows]))
    result = run(orders, code=3)
    assert re.search(r"^own container +2 ", result.stdout, re.MULTILINE)
    assert re.search(r"^second +line 1", result.stdout, re.MULTILINE)
    assert "8 of 9" in result.stdout


def test_a_bad_row_stops_before_anything_is_written(orders, tmp_path):
    """A mistake in the last row is reported by row and field, and an earlier output file stays."""
    orders.write_text(orders.read_text() + "\nfourth,1,1,10,10,10,heavy")
    out = tmp_path / "plans.jsonl"
    out.write_text("former")
    assert "orders.csv: row 6, mass_g:" in run(orders, "--out", out, code=2).stderr
    assert out.read_text() == "former"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv", "plans.jsonl"]


@pytest.mark.parametrize("options", [["--profile", "nobody"], ["--catalog", "nowhere"], ["--fill-limit", "0"]])
def test_a_bad_option_is_an_error_of_the_command(orders, tmp_path, options):
    """An option that is wrong for every order is an error of the command, and nothing is written."""
    assert options[0] in run(orders, "--out", tmp_path / "plans.jsonl", *options, code=2).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


@pytest.mark.parametrize("option", [["--explain"], ["--alternatives", "2"]])
def test_options_of_whole_plans_need_a_file(orders, tmp_path, option):
    """Options that change only whole plans are refused without --out."""
    assert option[0] in run(orders, "--catalog", "us-stock", *option, code=2).output
    run(orders, "--catalog", "us-stock", *option, "--out", tmp_path / "plans.jsonl", code=3)


def test_an_order_that_cannot_be_planned_is_an_error_and_one_that_does_not_fit_is_not(tmp_path):
    """An order that fits no box has details in its error; a fragile order without cushioning has none."""
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
    run(path, "--catalog", catalog, "--out", out, code=3)
    assert statuses(out) == ["COMPLETE", "", ""]
    assert ["details" in json.loads(line)["error"] for line in out.read_text().splitlines()[1:]] == [True, False]


def test_workers_change_nothing(tmp_path):
    """Two processes write the same lines and profiles as one; --workers requires --orders."""
    path = tmp_path / "orders.csv"
    rows = [f"o{n},1,{n % 3 + 1},{100 + n},80,{400 if n % 9 == 4 else 60},{20 * n + 50}" for n in range(20)]
    path.write_text("\n".join([HEADER, *rows]))
    written = []
    for workers in ("1", "2"):
        out = tmp_path / f"{workers}.jsonl"
        run(path, "--catalog", "eu-stock", "--leg", "road:500", "--workers", workers, "--out", out)
        written.append((out.read_text(), profiles_file(out).read_text()))
    assert written[0] == written[1]
    assert [json.loads(line)["order_id"] for line in written[0][0].splitlines()] == [f"o{n}" for n in range(20)]
    for file, named in ((path.with_suffix(".json"), "--workers"), (path, "--orders")):
        assert named in running.run("pack", file, "--catalog", "eu-stock", "--workers", "2", code=2).stderr
