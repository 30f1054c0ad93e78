"""The other commands, each as a user runs it."""

import json
from pathlib import Path

import pytest

from boxwright.catalog import catalog_names, load_materials
from boxwright.domain.factor import Stage

from .running import run

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def plan_file(tmp_path):
    """A plan of six mugs as the pack command prints it."""
    result = run("pack", EXAMPLES / "six-mugs.json", "--catalog", "us-stock", "--json")
    path = tmp_path / "plan.json"
    path.write_text(result.stdout)
    return path


def test_check_lists_violations(plan_file):
    """An overlap and a wrong mass are listed by kind, with exit code 1."""
    plan = json.loads(plan_file.read_text())
    first, second = plan["plan"]["parcels"][0]["placements"][:2]
    for edge in ("x_mm", "y_mm", "z_mm"):
        second[edge] = first[edge]
    plan["plan"]["parcels"][0]["net_g"] -= 1
    plan_file.write_text(json.dumps(plan))
    result = run("check", plan_file, EXAMPLES / "six-mugs.json", "--catalog", "us-stock", code=1)
    kinds = {line.split(" ")[0] for line in result.stdout.splitlines()}
    assert {"overlap", "wrong_figure"} <= kinds


def bare(plan_file):
    """Reduce a plan to box types and placements, which is what packings from elsewhere state."""
    plan = json.loads(plan_file.read_text())["plan"]
    parcels = [{"box_type_id": parcel["box_type_id"], "placements": parcel["placements"]} for parcel in plan["parcels"]]
    return {"plan": {"order_id": plan["order_id"], "parcels": parcels}}


def test_check_weighs_a_packing_without_figures(plan_file, tmp_path):
    """The weight limit is checked with computed packaging; masses are not checked beside a broken placement."""
    plan = bare(plan_file)
    plan_file.write_text(json.dumps(plan))
    order = json.loads((EXAMPLES / "six-mugs.json").read_text())
    order["lines"][0] |= {"mass_g": 9_000, "fragility": {"fragility_class": "FRAGILITY_CLASS_EASY"}}
    heavy = tmp_path / "heavy.json"
    heavy.write_text(json.dumps(order))
    assert "over_gross_limit" in run("check", plan_file, heavy, "--catalog", "us-stock", code=1).stdout
    plan["plan"]["parcels"][0]["placements"][0]["x_mm"] = -1
    plan_file.write_text(json.dumps(plan))
    result = run("check", plan_file, EXAMPLES / "six-mugs.json", "--catalog", "us-stock", code=1)
    assert "wrong_net_mass" not in result.stdout


@pytest.mark.parametrize("fields", [["line_id", "unit_index"], None], ids=["units alone", "placements"])
def test_check_accepts_a_packing_without_figures(plan_file, fields):
    """Boxes and placements are enough, or boxes and units that have a layout; missing figures are not reported."""
    plan = bare(plan_file)
    for parcel in plan["plan"]["parcels"] if fields else ():
        parcel["placements"] = [{name: placed[name] for name in fields} for placed in parcel["placements"]]
    plan_file.write_text(json.dumps(plan))
    run("check", plan_file, EXAMPLES / "six-mugs.json", "--catalog", "us-stock")


def test_check_names_what_it_cannot_read(plan_file):
    """A plan file with a wrong field is bad input, named by path."""
    plan_file.write_text(plan_file.read_text().replace('"x_mm": ', '"x_mm": "left", "was_mm": ', 1))
    result = run("check", plan_file, EXAMPLES / "six-mugs.json", "--catalog", "us-stock", code=2)
    assert "Error: plan.json: plan.parcels[0].placements[" in result.stderr


DERIVED = ("--from", "CN:518000", "--to", "DE@DEHAM", "--by", "sea", "--profile", "uk-desnz")


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (("catalog", "list"), [f"\n{name} " for name in catalog_names()]),
        (("catalog", "show", EXAMPLES / "boxpacker-catalog.toml"), ["option-1", "374 x 364 x 40"]),
        (("materials", "list"), ["corrugated-board", "crumpled-kraft-fill", "uk-desnz@2026", "ups/us-daily"]),
        (("footprint", "estimate", "--net-g", 1000, *DERIVED), ["CNYTN", "uk-desnz@2026"]),
    ],
    ids=["catalogs", "box types", "materials", "derived legs"],
)
def test_a_command_prints_what_it_is_for(command, parts):
    """Lists are complete, a catalog shows its boxes, and a footprint the ports of derived legs."""
    said = run(*command).output
    assert [part for part in parts if part not in said] == []


def test_a_catalog_file_is_checked(tmp_path):
    """A good file is valid; a broken one has every fault listed with exit code 2."""
    assert " 4 box types" in run("catalog", "check", EXAMPLES / "boxpacker-catalog.toml").stdout
    text = (EXAMPLES / "boxpacker-catalog.toml").read_text()
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace("tare_g = 160", "tare_g = -1").replace("inner_height_mm = 40", ""))
    result = run("catalog", "check", broken, code=2)
    assert len(result.stderr.splitlines()) == 2
    assert all(line.startswith("broken.toml: ") for line in result.stderr.splitlines())


def test_missing_values_of_a_catalog_give_warnings(tmp_path):
    """The check warns of missing outer size, material and price; a plan warns only of values that change it."""
    table = tmp_path / "sparse.csv"
    table.write_text("box_type_id,inner_length_mm,inner_width_mm,inner_height_mm,tare_g\ns,400,300,260,300\n")
    assert run("catalog", "check", table).stderr.count("'s'") == 4
    assert run("pack", EXAMPLES / "six-mugs.json", "--json", "--catalog", table).stderr.count("catalog sparse:") == 2


def test_a_spreadsheet_becomes_a_catalog(tmp_path):
    """A table of sizes is converted to a catalog file that loads."""
    table, catalog = tmp_path / "boxes.csv", tmp_path / "boxes.toml"
    table.write_text("id,length (cm),width (cm),height (cm),tare\nA,30,20,10,120\nB,40,30,20,250\n")
    run("catalog", "convert", table, "--out", catalog)
    run("catalog", "check", catalog)
    printed = run("catalog", "convert", table)
    assert printed.stdout == catalog.read_text()
    table.write_text("id,length (cm),width (cm),height (cm),tare,Lieferant\nA,30,20,10,120,Kern\n")
    assert "Lieferant" in run("catalog", "convert", table, "--out", tmp_path / "more.toml").stdout
    table.write_text("id,length,width\nA,30,20\n")
    prices = tmp_path / "prices.csv"
    prices.write_text("id,length (cm),width (cm),height (cm),price 500+\nA,20,20,20,0.4\n")
    priced = run(
        "catalog", "convert", prices, "--board", "b-flute", "--currency", "EUR", "--out", tmp_path / "priced.toml"
    )
    assert "purchase_quantity" in priced.stderr
    run("catalog", "convert", table, "--out", catalog, code=2)
    assert catalog.read_text() == printed.stdout


def test_columns_of_a_spreadsheet_can_be_named(tmp_path):
    """``--column`` names what no guess finds; a printed catalog is alone on standard output."""
    table = tmp_path / "boxes.csv"
    table.write_text("Kiste,l (cm),w (cm),h (cm),tare\nA,30,20,10,120\n")
    run("catalog", "convert", table, code=2)
    named = ("--column", "box_type_id=Kiste")
    assert "Kiste -> box_type_id" in run("catalog", "convert", table, *named).stderr
    for options in (("--column", "Kiste"), (*named, "--column", "name=Kiste")):
        assert "--column:" in run("catalog", "convert", table, *options, code=2).stderr


def test_profiles_say_what_they_follow_and_lack():
    """Each profile names its standard, and the materials, stages and hubs without a factor."""
    lacks = run("materials", "list", columns=2_000).stdout.split("What they follow")[1].split("Carrier services")[0]
    for profile in load_materials().profiles:
        (row,) = [line for line in lacks.splitlines() if line.startswith(profile.profile_id)]
        assert profile.standard in row
        lacking = row.partition("production of ")[2].partition("; ")[0].split(", ")
        for material in load_materials().materials:
            stages = (Stage.PRODUCTION, Stage.CRADLE_TO_GRAVE)
            known = any(profile.factor(material.material_id, stage) for stage in stages)
            assert (material.material_id in lacking) != known, (profile.profile_id, material.material_id)
        assert "washing" in row
        assert ("hub " in row) == (not any(factor.unit == "t" for factor in profile.factors))


def test_broken_factors_are_not_imported(tmp_path):
    """A file of factors with a fault is refused by row and field, and no folder appears."""
    table = tmp_path / "factors.csv"
    table.write_text("factor_id,value\nmine,heavy\n")
    result = run("materials", "import", table, "--into", tmp_path / "mine", code=2)
    assert result.stderr.startswith("Error: factors.csv: ")
    assert not (tmp_path / "mine").exists()


def test_the_version_names_software_and_data():
    """The versions of both are printed."""
    assert [line.split()[0] for line in run("--version").stdout.splitlines()] == ["boxwright", "data"]


ESTIMATE, WEIGH = ("footprint", "estimate", "--net-g", "1000"), ("materials", "weigh", "crumpled-kraft-fill", "--grams")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ((*ESTIMATE, "--from", "de:1", "--to", "FR"), "--from de:1:"),
        ((*ESTIMATE, "--from", "DE:00012", "--to", "FR"), "--from:"),
        ((*ESTIMATE, "--from", "DE"), "--to:"),
        ((*ESTIMATE, "--from", "JP", "--to", "FR", "--by", "road"), "--by:"),
        ((*ESTIMATE, "--from", "JP", "--to", "FR", "--volume-share"), "--leg:"),
        ((*ESTIMATE, "--leg", "road:5::200", "--volume-share"), "--outer-mm:"),
        ((*ESTIMATE, "--leg", "road:5::much"), "--leg road:5::much"),
        ((*WEIGH, "5"), "--litres:"),
        ((*WEIGH, "5", "--litres", "1", "--box-mm", "1", "1", "1"), "--litres:"),
        ((*WEIGH, "5", "--box-mm", "1", "0", "1"), "--box-mm:"),
        ((*WEIGH, "5", "--empty-grams", "5", "--litres", "1"), "--empty-grams:"),
        ((*WEIGH, "much", "--litres", "1"), "'much'"),
        ((*WEIGH, "5", "--litres", "0"), "litres:"),
        (("serve", "--max-units-per-order", "0"), "--max-units-per-order:"),
        (("serve", "--log-format", "xml"), "--log-format:"),
    ],
)
def test_an_error_names_its_option(command, message):
    """The exit code is 2; a server listens to nothing by then."""
    assert message in run(*command, code=2).stderr


def test_weighing_prints_a_row_or_puts_it_into_a_folder(tmp_path):
    """The row of data is printed, or written to the folder of --into; an unusual density gives a remark."""
    printed = run("materials", "weigh", "crumpled-kraft-fill", "--litres", "50", "--grams", "850")
    assert "17.00 kg/m3" in printed.output
    assert "crumpled-kraft-fill,void_fill,kraft-paper,17," in printed.output
    own = tmp_path / "own"
    size = ("--box-mm", "400", "300", "200", "--grams", "705", "--empty-grams", "297", "--into", str(own))
    assert f"BOXWRIGHT_MATERIALS={own}" in run("materials", "weigh", "crumpled-kraft-fill", *size).output
    assert "408 g in 24 litres" in (own / "dunnage.csv").read_text(encoding="utf-8")
    heavy = run("materials", "weigh", "crumpled-kraft-fill", "--litres", "1", "--grams", "500")
    assert "10 to 30 kg/m3" in heavy.output


def test_old_data_are_named():
    """Rows of 2024 are named from 1 July 2026 on, 18 months after their year; rows of 2025 are not yet named."""
    before, after = (run("materials", "age", "--on", day).stdout for day in ("2026-06-30", "2026-07-01"))
    assert "cn-cpcd-2024/rail_freight/ttw" not in before
    assert "cn-cpcd-2024/rail_freight/ttw" in after
    assert "fr-ademe-2024/corrugated-board/production" in before
    assert "uk-desnz-2025/hgv_avg/ttw" not in after
