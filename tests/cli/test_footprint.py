"""``boxwright footprint`` and ``pack --compare-with``: figures, differences and reuse."""

import functools
import json
import re
from pathlib import Path

import pytest

from boxwright.catalog import load_catalog

from . import running

run = functools.partial(running.run, columns=220)

EXAMPLES = Path(__file__).parents[2] / "examples"
MUGS = (EXAMPLES / "six-mugs.json", "--catalog", "us-stock", "--leg", "road:500")
TOTE = """catalog_id = "totes"
version = "1"
currency = "EUR"

[[box_types]]
box_type_id = "tote"
style = "tote"
inner_length_mm = 380
inner_width_mm = 280
inner_height_mm = 220
tare_g = 1600
material_id = "pp-tote"
trips = 50
idle_share = 0.1
return_distance_km = 300
"""


def pack(path, *options):
    """Write a plan of six mugs to a file and return it as data."""
    result = run("pack", *MUGS, *options, "--json")
    path.write_text(result.stdout)
    return json.loads(result.stdout)


def test_explain_shows_every_line_with_its_source(tmp_path):
    """Each line shows amount x factor = grams and a numbered source with its URL; the total is shown."""
    plan = pack(tmp_path / "plan.json", "--profile", "uk-desnz")
    result = run("footprint", "explain", tmp_path / "plan.json", columns=900)
    footprint = plan["plan"]["footprints"][0]
    for line in footprint["lines"]:
        (product,) = {text for text in result.stdout.splitlines() if f" = {line['co2e_mg'] / 1_000:,.3f} g" in text}
        assert (f" {line['unverified_amount']:.8g} {line['unit']} of the amount unverified" in product) == bool(
            line["unverified_amount"]
        )
        source = re.search(rf"\[\d+\] {re.escape(line['factor_id'])}: .*", result.stdout)
        assert source, line["factor_id"]
        assert "https://" in source[0]
        read = line["source"].get("read_in_source", False)
        assert line["source"]["source_grade"] == f"SOURCE_GRADE_{'COPY' if read else 'OWN'}"
    assert f"Total {footprint['total_co2e_mg'] / 1_000:,.3f} g CO2e" in result.stdout


def without_a_line(plan):
    """Cut the last line of the plan off."""
    plan["footprints"][0]["lines"].pop()


def of_another_factor(plan):
    """Make the plan, not its parcel, name an unknown factor."""
    plan["footprints"][0]["lines"][0]["factor_id"] = "nobody/knows"


def no_product(plan):
    """Add a gram to a line and to both totals, but not to the other figures that follow from it."""
    for footprint in (plan["footprints"][0], plan["parcels"][0]["footprints"][0]):
        footprint["lines"][0]["co2e_mg"] += 1_000
        footprint["total_co2e_mg"] += 1_000


def without_mass_data(plan):
    """Remove the data behind amounts, from which the unverified share follows."""
    for footprint in (*plan["footprints"], *(stated for parcel in plan["parcels"] for stated in parcel["footprints"])):
        footprint.pop("mass_data", None)
        for line in footprint["lines"]:
            line.pop("mass_parts", None)


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        (without_a_line, "footprints[0].total_co2e_mg:"),
        (of_another_factor, "plan.json: footprints: "),
        (no_product, "footprints[0].unverified_share:"),
        (without_mass_data, "unverified_share:"),
    ],
)
def test_a_plan_whose_grams_do_not_add_up_is_not_explained(tmp_path, damage, rule):
    """A missing line, an unknown factor and wrong products are refused."""
    plan = pack(tmp_path / "plan.json", "--profile", "uk-desnz")
    damage(plan["plan"])
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert rule in run("footprint", "explain", tmp_path / "plan.json", code=2).stderr


def test_explain_shows_where_the_present_data_have_another_value(tmp_path):
    """A plan made with other data keeps its figures; the source states the value of the present data."""
    plan = pack(tmp_path / "plan.json", "--profile", "uk-desnz")
    made = plan["plan"]
    for footprint in (made["footprints"][0], *(parcel["footprints"][0] for parcel in made["parcels"])):
        for line in footprint["lines"]:
            if line["factor_id"] == "uk-desnz-2026/corrugated-board/production":
                line |= {"factor_kg_per_unit": 0, "low_kg_per_unit": 0, "co2e_mg": 0}
        footprint["total_co2e_mg"] = sum(line["co2e_mg"] for line in footprint["lines"])
        del footprint["interval"], footprint["unverified_share"]  # they are computed from the lines
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert "1.1982387" in run("footprint", "explain", tmp_path / "plan.json").stdout


def test_plans_of_two_orders_are_not_compared(tmp_path):
    """The error names the file with the other order."""
    plan = pack(tmp_path / "plan.json", "--profile", "uk-desnz")
    (tmp_path / "other.json").write_text(json.dumps(plan | {"order_id": "other"}))
    result = run(
        "footprint", "compare", tmp_path / "plan.json", tmp_path / "other.json", "--catalog", "us-stock", code=2
    )
    assert "other.json: order_id:" in result.stderr


def test_prices_are_compared_by_the_catalog_of_the_plans(tmp_path):
    """A comparison of packaging cost refuses a catalog other than that of the plans."""
    pack(tmp_path / "plan.json", "--profile", "uk-desnz")
    files = (tmp_path / "plan.json", tmp_path / "plan.json")
    result = run("footprint", "compare", *files, "--catalog", "eu-stock", "--objective", "packaging_cost", code=2)
    assert "--catalog:" in result.stderr
    unpriced = run("footprint", "compare", *files, "--catalog", "us-stock", "--objective", "packaging_cost")
    assert "unknown" in unpriced.stdout


def test_the_country_of_origin_settles_the_class_of_a_flight():
    """The warning about the class of a flight goes away once both countries are given."""
    flight = ("footprint", "estimate", "--net-g", "1000", "--leg", "air:400", "--profile", "uk-desnz")
    assert "warning:" in run(*flight).output
    assert "warning:" not in run(*flight, "--origin-country", "GB", "--destination-country", "IE").output


BOXED = ("--net-g", "780", "--box", "eu-stock:eu-400x300x200", "--profile", "uk-desnz")


def test_an_estimate_counts_a_box_of_unverified_tare_as_unverified():
    """In estimate and modes the grams of the box and its share of transport count as unverified."""
    result = run("footprint", "estimate", *BOXED, "--leg", "road:500")
    pattern = r"mass +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+) %"
    box, way, total, unverified = map(float, re.findall(pattern, result.stdout)[0])
    (named,) = (box for box in load_catalog("eu-stock").box_types if box.box_type_id == "eu-400x300x200")
    share = (box + way * named.tare_mg / (780_000 + named.tare_mg)) / total
    assert unverified == pytest.approx(100 * share, abs=0.1)  # the printed figures are rounded
    bare = run("footprint", "estimate", "--net-g", "780", "--leg", "road:500", "--profile", "uk-desnz")
    assert " 0.0 %" in bare.stdout
    modes = run("footprint", "modes", *BOXED, "--from", "DE:20457", "--to", "DE:80331")
    same = run("footprint", "estimate", *BOXED, "--from", "DE:20457", "--to", "DE:80331", "--by", "road")
    ends = re.search(r"mass: ([\d.,]+ to [\d.,]+) g", same.stdout)
    assert ends[1] in re.search(r"^road .*$", modes.stdout, re.MULTILINE)[0]


def test_explain_names_each_leg_with_the_mass_and_distance_of_its_amount(tmp_path):
    """The amount of a line is mass times distance of its leg, also if two legs use one van."""
    places = ("--from", "CN:518000", "--to", "DE:20457", "--by", "air", "--profile", "uk-desnz")
    argv = ("pack", EXAMPLES / "six-mugs.json", "--catalog", "us-stock", *places)
    text = run(*argv, "--json").stdout
    (tmp_path / "plan.json").write_text(text)
    plan = json.loads(text)["plan"]
    shown = run(*argv).stdout
    said = run("footprint", "explain", tmp_path / "plan.json", columns=149).stdout.replace("\n", " ")
    carried = [line for line in plan["footprints"][0]["lines"] if line["component"] == "FOOTPRINT_COMPONENT_TRANSPORT"]
    pattern = r"([\d.]+) tkm x [^;]+; [^;]+? leg (\d), (.+?) to .+?: ([\d.,]+) kg x ([\d.,]+) km"
    found = re.findall(pattern, re.sub(r" +", " ", said))
    assert [int(line[1]) - 1 for line in found] == [line["leg_index"] for line in carried]
    for amount, number, start, mass, km in found:
        leg = plan["legs"][int(number) - 1]
        assert start == leg["derivation"]["start"]["name"]
        assert f"  {number}. {leg['mode'].removeprefix('TRANSPORT_MODE_').lower()} {leg['distance_km']:,g}" in shown
        tonne_km = float(mass.replace(",", "")) * float(km.replace(",", "")) / 1_000
        assert float(amount) == pytest.approx(tonne_km, rel=1e-6)


def test_ranges_of_incomplete_totals_are_marked():
    """Ranges of incomplete totals are marked as incomplete."""
    lacking = ("--net-g", "1000", "--profile", "cn-cpcd")
    estimate = run("footprint", "estimate", *lacking, "--leg", "rail:500").stdout
    assert re.search(r"[\d.,]+ to [\d.,]+ g \+ \?$", estimate, re.MULTILINE)
    modes = run("footprint", "modes", *lacking, "--from", "DE:20457", "--to", "DE:80331").stdout
    assert re.search(r"^rail .* [\d.,]+ \+ \? +[\d.,]+ to [\d.,]+ \+ \?$", modes, re.MULTILINE)
    whole = run("footprint", "estimate", *lacking[:2], "--profile", "uk-desnz", "--leg", "road:500").stdout
    assert "+ ?" not in whole


def test_the_columns_of_modes_add_up_to_the_total():
    """Packaging and stages sum to the total; empty columns are left out."""
    result = run("footprint", "modes", *BOXED, "--from", "CN:518000", "--to", "DE:20457")
    rows = re.findall(
        r"^(?:road|rail|sea|air|van \w+) +([\d.,]+) +([\d.,]+) +([\d.,]+) +([\d.,]+) ", result.stdout, re.M
    )
    assert len(rows) == 6
    for row in rows:
        packaging, ttw, wtt, total = (float(cell.replace(",", "")) for cell in row)
        assert packaging + ttw + wtt == pytest.approx(total, abs=0.15)


@pytest.mark.parametrize("baseline", ["smallest", "us-24x18x18"])
def test_a_plan_is_compared_with_a_baseline(tmp_path, baseline):
    """The table shows difference and range; JSON holds the comparison beside the plan."""
    assert "95 %" in run("pack", *MUGS, "--compare-with", baseline, "--objective", "packaging_mass").stdout
    plan = pack(tmp_path / "plan.json", "--compare-with", baseline)
    assert plan["comparison"]["footprints"]
    run("footprint", "explain", tmp_path / "plan.json")


def test_two_plan_files_are_compared(tmp_path):
    """A plan does not differ from itself, and is better without void fill."""
    pack(tmp_path / "filled.json", "--profile", "uk-desnz")
    pack(tmp_path / "bare.json", "--profile", "uk-desnz", "--void-fill", "none")
    options = ("--catalog", "us-stock", "--objective", "emissions")
    same = run("footprint", "compare", tmp_path / "bare.json", tmp_path / "bare.json", *options)
    assert "better" not in same.stdout
    found = run("footprint", "compare", tmp_path / "bare.json", tmp_path / "filled.json", *options)
    assert "better" in found.stdout


def test_break_even_is_shown_per_profile(tmp_path):
    """The tote needs more trips than its life has against a small box; a missing factor is named."""
    (tmp_path / "totes.toml").write_text(TOTE)
    single = "us-stock:us-8x6x4"
    result = run("footprint", "break-even", "--reusable", tmp_path / "totes.toml:tote", "--single", single)
    # Life 4,544.773 g; 122.5 g once less 60.1 g per use: 73 trips
    assert re.search(r"\b73\b.*\b50\b", result.stdout)
    assert "unknown" in result.stdout
    assert "transport_wtt" in result.stdout
    assert "warning: " in result.stdout
    (tmp_path / "unwashed.toml").write_text(TOTE + 'washing_factor_id = "none"\n')
    settled = run("footprint", "break-even", "--reusable", tmp_path / "unwashed.toml:tote", "--single", single)
    assert "warning" not in settled.stdout


BREAK_EVEN = ("footprint", "break-even", "--single", "us-stock:us-8x6x4", "--reusable")


@pytest.mark.parametrize(
    "command", [(*BREAK_EVEN, "tote"), (*BREAK_EVEN, "us-stock:none"), ("pack", *MUGS, "--compare-with", "shoebox")]
)
def test_an_unknown_box_is_refused(command):
    """The error names the option."""
    assert f"{command[-2]}:" in run(*command, code=2).stderr
