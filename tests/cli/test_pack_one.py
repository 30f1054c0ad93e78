"""``boxwright pack ORDER.json``: a plan as text, JSON, picture and page."""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest

from boxwright.orders import read_order

from . import running
from .one_order import EXAMPLES, GOOD, OFFICE, run, sized, write

LANE = ["--leg", "road:500", "--carrier-service", "ups/us-daily", "--ship-date", "2026-01-15"]


def test_the_plan_is_readable():
    """The output has every unit with its step, and the profiles of the emissions."""
    result = run(OFFICE, "--catalog", "us-stock", *LANE)
    steps = Counter(re.findall(r" (\w+) \d+/\d+ ", result.stdout))
    assert steps == {line.line_id: line.quantity for line in read_order(OFFICE).lines}
    for profile in ("uk-desnz@2026", "us-epa@2025"):
        assert profile in result.stdout


def checked(text, tmp_path, *options, code=0):
    """Return the result of the check of a plan of the office order."""
    (tmp_path / "plan.json").write_text(text)
    arguments = ["check", tmp_path / "plan.json", OFFICE, "--catalog", "us-stock", *options]
    return running.run(*arguments, columns=80, code=code)


def test_json_is_a_valid_plan(tmp_path):
    """`boxwright check` finds the JSON valid."""
    result = run(OFFICE, "--catalog", "us-stock", "--json", *LANE)
    plan = json.loads(result.stdout)["plan"]
    checked(result.stdout, tmp_path, *LANE)
    profiles = {footprint["accounting_profile"] for footprint in plan["footprints"]}
    assert profiles == {"accountingProfiles/uk-desnz@2026", "accountingProfiles/us-epa@2025"}


def test_verdicts_on_a_requested_market_are_in_text_and_json(tmp_path):
    """Text, JSON and check have the same verdicts; a plan without --market has none."""
    asked = ["--catalog", "us-stock", "--market", "eu", "--ship-date", "2030-01-15"]
    shown, made = run(OFFICE, *asked), run(OFFICE, *asked, "--json")
    assert "Art. 24(1), parcel 1" in shown.stdout
    articles = {verdict["rule"]["provision"] for verdict in json.loads(made.stdout)["plan"]["verdicts"]}
    assert {"Art. 24(1)", "Art. 29(1)"} < articles
    checked(made.stdout, tmp_path)
    judged = checked(made.stdout, tmp_path, "--market", "eu", "--ship-date", "2030-01-15")
    assert judged.stdout.partition("Verdicts")[2] == shown.stdout.partition("Verdicts")[2]
    checked(made.stdout, tmp_path, "--market", "atlantis", code=2)
    assert "verdicts" not in json.loads(run(OFFICE, "--catalog", "us-stock", "--json").stdout)["plan"]


def test_forged_verdicts_and_omissions_are_found(tmp_path):
    """A changed verdict and a removed missing_scope are found."""
    asked = ["--market", "eu", "--ship-date", "2030-01-15"]
    plan = json.loads(run(OFFICE, "--catalog", "us-stock", "--json", *asked, *LANE).stdout)
    checked(json.dumps(plan), tmp_path, *asked, *LANE)
    verdict = plan["plan"]["verdicts"][0]
    was, verdict["status"] = verdict["status"], "VERDICT_STATUS_EXEMPT"
    assert was != verdict["status"]
    assert "the plan states exempt" in checked(json.dumps(plan), tmp_path, *asked, *LANE, code=1).stdout
    verdict["status"] = was
    assert plan["plan"]["footprints"][0].pop("missing_scope")
    assert "missing_scope" in checked(json.dumps(plan), tmp_path, *asked, *LANE, code=1).stdout


def test_alternatives_are_ranked_beside_the_plan(tmp_path):
    """The table names the boxes of every alternative; in JSON each is a valid plan."""
    result = run(OFFICE, "--catalog", "us-stock", "--alternatives", 2)
    data = json.loads(run(OFFICE, "--catalog", "us-stock", "--alternatives", 2, "--json").stdout)
    assert [plan["certificate"]["rank"] for plan in (data["plan"], *data["alternatives"])] == [0, 1, 2]
    for alternative in data["alternatives"]:
        checked(json.dumps({"plan": alternative}), tmp_path)
        assert all(parcel["box_type_id"] in result.stdout for parcel in alternative["parcels"])


def test_refusals_are_explained_on_request(tmp_path):
    """Each refused box has the rule and, to the micrometre, the change that would make the goods fit."""
    path = write(tmp_path / "order.json", {**GOOD, **sized(221.125, 140, 60)})
    assert "0.125 mm" not in run(path).stdout
    result = run(path, "--explain")
    data = json.loads(run(path, "--explain", "--json").stdout)
    changes = [refusal.get("smallest_change") for refusal in data["plan"]["certificate"]["refused_candidates"]]
    assert {"line_id": "a", "shorten": {"length_mm": 0.125}} in changes
    assert "0.125 mm" in result.stdout


def test_the_picture_is_an_svg_file(tmp_path):
    """The picture is well-formed SVG, and no other file is left."""
    picture = tmp_path / "plan.svg"
    run(EXAMPLES / "mug.json", "--catalog", "us-stock", "--picture", picture)
    assert ET.parse(picture).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert list(tmp_path.iterdir()) == [picture]


def test_text_from_an_order_is_printed_unchanged(tmp_path):
    """Brackets in an order's text are not markup; escape sequences are refused and do not reach the terminal."""
    line = {"line_id": "[red]a", "quantity": 1, **sized(50, 50, 50), "mass_g": 5}
    path = write(tmp_path / "order.json", {**line, "description": "[bold]mug[/bold]"})
    result = run(path)
    assert "[red]a" in result.stdout
    assert "[bold]mug[/bold]" in result.stdout
    result = run(write(tmp_path / "order.json", {**line, "description": "mug\x1b[31m"}), code=2)
    assert "lines[0].description:" in result.output
    assert "\x1b" not in result.output


def test_an_order_that_cannot_be_packed_whole_says_why(tmp_path):
    """The exit code is 3; the output has the reason of each unit and the option that accepts a partial plan."""
    result = run(write(tmp_path / "order.json", {**GOOD, **sized(5_000, 50, 50), "quantity": 2}), code=3)
    assert result.stdout == ""
    assert result.stderr.count("does_not_fit_any_box") == 1
    assert "--allow-partial" in result.stderr
    assert result.stderr.count("ships_in_own_container of its line") == 1


@pytest.mark.parametrize(
    "given", [{"article": "monitor_bare"}, {"fragility": {"fragility_class": "FRAGILITY_CLASS_VERY_FRAGILE"}}]
)
def test_delicate_goods_are_not_advised_to_ship_without_a_box(tmp_path, given):
    """A bare monitor gets the inner size that it needs; very fragile goods are never advised to ship unboxed."""
    result = run(write(tmp_path / "order.json", {**GOOD, **sized(5_000, 50, 50), **given}), code=3)
    assert "ships_in_own_container" not in result.stderr


def test_a_partial_plan_shows_the_unpacked_units(tmp_path):
    """With --allow-partial the plan is printed with the units that are not packed."""
    data = {"order_id": "o", "lines": [GOOD, {**GOOD, "line_id": "pole", **sized(5_000, 50, 50)}]}
    path = tmp_path / "order.json"
    path.write_text(json.dumps(data))
    result = run(path, "--allow-partial")
    assert "partial" in result.stdout
    assert "pole" in result.stdout


def test_a_box_that_is_not_available_is_not_planned(tmp_path):
    """The order goes into another box; check uses the same stock; an unknown box is refused."""
    order, plan = write(tmp_path / "order.json", GOOD), tmp_path / "plan.json"
    first = json.loads(run(order, "--json").stdout)["plan"]["parcels"][0]["box_type_id"]
    plan.write_text(run(order, "--json", "--without-box", first).stdout)
    assert json.loads(plan.read_text())["plan"]["parcels"][0]["box_type_id"] != first
    options = ["--catalog", "china-post", "--without-box", first]
    running.run("check", plan, order, *options)
    assert "--without-box" in run(order, "--without-box", "no such box", code=2).output


def test_a_started_parcel_is_finished(tmp_path):
    """The plan keeps the units of a half-packed parcel; check and verify accept the plan."""
    order = write(tmp_path / "order.json", {**GOOD, "quantity": 4})
    whole = json.loads(run(order, "--json").stdout)["plan"]
    packed = whole["parcels"][0]
    parcel = {
        "started_parcel_id": "P-7",
        "box_type_id": packed["box_type_id"],
        "placements": packed["placements"][:2],
    }
    started = tmp_path / "started.json"
    started.write_text(json.dumps({"started_parcels": [parcel]}))
    result = run(order, "--json", "--started", started)
    answer = json.loads(result.stdout)["plan"]
    assert answer["parcels"][0]["started_parcel_id"] == "P-7"
    assert answer["parcels"][0]["placements"][:2] == parcel["placements"]
    (tmp_path / "plan.json").write_text(result.stdout)
    for command in ("check", "verify"):
        arguments = [command, str(tmp_path / "plan.json"), str(order), "--catalog", "china-post"]
        running.run(*arguments, "--started", started)
        running.run(*arguments, code=1)
    alone = [{"line_id": packed["placements"][0]["line_id"], "unit_index": index} for index in range(2)]
    started.write_text(json.dumps({"started_parcels": [{**parcel, "placements": alone}]}))
    named = json.loads(run(order, "--json", "--started", started).stdout)["plan"]
    assert [placement["unit_index"] for placement in named["parcels"][0]["placements"][:2]] == [0, 1]
    started.write_text(json.dumps({"started_parcels": [{**parcel, "box_type_id": "hat"}]}))
    assert "started_parcels[0].box_type_id:" in run(order, "--started", started, code=2).stderr
    started.write_text('{"order": {"order_id": "o"}}')
    assert "started.json: order:" in run(order, "--started", started, code=2).stderr
    assert "nowhere.json" in run(order, "--started", tmp_path / "nowhere.json", code=2).stderr
    run("--orders", "orders.csv", "--started", started, code=2)


def test_a_bill_in_pounds_shows_its_minimum_weight(tmp_path):
    """A long light parcel shows its billed weight in pounds and the surcharge that sets this weight."""
    order = {"order_id": "pole", "lines": [{"line_id": "pole", "quantity": 1}]}
    order["lines"][0] |= {**sized(1230, 140, 140), "mass_g": 2500}
    order["lines"][0] |= {"ships_in_own_container": True}
    (tmp_path / "pole.json").write_text(json.dumps(order))
    result = run(tmp_path / "pole.json", "--catalog", "us-stock", "--carrier-service", "ups/us-daily")
    assert "18.1 kg (40 lb)" in " ".join(result.stdout.split()), result.output
    assert "additional_handling" in result.stdout


def test_a_parcel_shows_the_cost_of_its_packaging_and_parts_without_a_price(tmp_path):
    """The cost is marked as partial if dunnage has no price, and is not shown if the box has no price."""
    box = 'box_type_id = "b"\nstyle = "rsc_0201"\ntare_g = 200\nmaterial_id = "corrugated-board"\n'
    sizes = "".join(f"inner_{edge}_mm = 400\n" for edge in ("length", "width", "height"))
    text = f'catalog_id = "own"\nversion = "1"\ncurrency = "EUR"\n[[box_types]]\n{box}{sizes}'
    for price, said in (("price_minor = 58\n", "0.58 EUR + ?"), ("", "")):
        (tmp_path / "own.toml").write_text(text + price)
        argv = ["pack", str(EXAMPLES / "six-mugs.json"), "--catalog", str(tmp_path / "own.toml")]
        result = running.run(*argv, columns=150)
        assert ("EUR" in result.stdout) == bool(said)
        assert said in result.stdout


def test_the_steps_are_printed_as_sentences():
    """Each sentence of the JSON is on screen; the JSON has the codes of each placement."""
    shown = run(EXAMPLES / "mug.json", "--catalog", "eu-webshop", "--steps-in-words")
    result = run(EXAMPLES / "mug.json", "--catalog", "eu-webshop", "--steps-in-words", "--json")
    data = json.loads(result.stdout)["plan"]
    (parcel,) = data["parcels"]
    told = " ".join(shown.output.split())
    assert all(line["sentence"] in told for line in parcel["bench"]["lines"])
    assert parcel["placements"][0]["description"] == "Mug, tempered glass"
    assert parcel["gross_g"] == parcel["bench"]["gross_g"]
    plain = json.loads(run(EXAMPLES / "mug.json", "--catalog", "eu-webshop", "--json").stdout)["plan"]
    assert data["canonical_hash"] == plain["canonical_hash"]
    assert "bench" not in plain["parcels"][0]
    assert "description" not in plain["parcels"][0]["placements"][0]


def test_a_plan_is_written_as_a_page(tmp_path):
    """The page has the requested paper size."""
    page = tmp_path / "plan.html"
    run(EXAMPLES / "mug.json", "--catalog", "eu-webshop", "--html", page, "--sheet", "a6")
    assert "105mm 148mm" in page.read_text()
