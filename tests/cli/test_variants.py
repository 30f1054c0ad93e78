"""Several policies and carrier services in one run of ``boxwright evaluate``."""

import csv
import json
from pathlib import Path

import pytest

from . import running

ORDERS = (
    "order_id,line_id,quantity,length_mm,width_mm,height_mm,mass_g\n"
    "a,1,1,190,140,40,200\nb,1,2,190,140,40,200\nb,2,1,90,40,40,200\nc,1,1,150,150,150,900\n"
)
TARIFF = """
[[price_tables]]
price_table_id = "{0}"
version = "1"
carrier_service = "{0}"
currency = "EUR"
weight_unit = "kg"
[[price_tables.zones]]
zone = "{1}"
steps = [{{ up_to = 70, price_minor = {2} }}]
"""
OWN = """
catalog_id = "mine"
version = "1"
[[box_types]]
box_type_id = "{0}"
style = "rsc_0201"
opening = "top"
size_basis = "inner"
material_id = "corrugated-board"
inner_length_mm = 300
inner_width_mm = 230
inner_height_mm = 240
outer_length_mm = 306
outer_width_mm = 236
outer_height_mm = 246
tare_g = 160
"""
SF, UPS = "sf/fast", "ups/us-daily"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with orders, a tariff of two carriers with different names of zones, and two policies."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    (tmp_path / "tariff.toml").write_text(TARIFF.format(SF, "near", 500) + TARIFF.format(UPS, "5", 450))
    (tmp_path / "plain.toml").write_text("# as the options say\n")
    (tmp_path / "bare.toml").write_text('void_fill_id = "none"\nsupport_ratio = 0\nobjectives = ["outer_volume"]\n')
    return tmp_path


def run(folder: Path, *options: object, code: int = 0):
    """Run the command on the orders with one catalog."""
    given = ["evaluate", "--orders", folder / "orders.csv", "--catalog", "eu-stock", "--workers", "1", *options]
    return running.run(*given, code=code)


def rows_in(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(path.read_text().splitlines()))


def policies(folder: Path) -> list[object]:
    """Return the options of both policies."""
    return ["--policy", folder / "plain.toml", "--policy", folder / "bare.toml"]


def test_carriers_and_policies_are_columns_of_one_run(files: Path) -> None:
    """Rows, totals and page name the variant, whose rows equal those of a run with this variant alone."""
    tariff = ["--prices", files / "tariff.toml"]
    both = [*tariff, "--carrier-service", f"{SF}:near", "--carrier-service", f"{UPS}:5", *policies(files)]
    out = ["--out", files / "rows.csv", "--html", files / "page.html"]
    run(files, *both, *out)
    rows = rows_in(files / "rows.csv")
    run(
        files,
        *tariff,
        "--carrier-service",
        UPS,
        "--zone",
        "5",
        "--void-fill",
        "none",
        "--support-ratio",
        "0",
        "--objective",
        "outer_volume",
        "--out",
        files / "alone.csv",
    )
    mine = [row for row in rows if (row.pop("policy"), row.pop("carrier_service")) == ("bare", UPS)]
    assert mine == rows_in(files / "alone.csv")
    assert f"({UPS}, bare)" in (files / "page.html").read_text()
    totals = json.loads(run(files, *both, "--json").stdout)["catalogs"]
    assert [(total["policy"], total["carrier_service"]) for total in totals] == [
        *(("plain", SF), ("bare", SF), ("plain", UPS), ("bare", UPS))
    ]
    assert [total["cost"]["carriage"] for total in totals] == [15.0, 15.0, 13.5, 13.5]


def test_without_prices_carriers_are_compared_by_their_bills(files: Path) -> None:
    """Each carrier has its billed weight, and a warning says that prices are missing."""
    out = files / "rows.csv"
    assert "--prices" in run(files, "--carrier-service", SF, "--carrier-service", UPS, "--out", out).stderr
    billed = [row["billed_g"] for row in rows_in(out) if row["order_id"] == "a"]
    assert len(set(billed)) == 2


def test_a_run_of_one_variant_has_no_columns_of_variants(files: Path) -> None:
    """Columns of policy and carrier are absent."""
    result = run(files, "--out", files / "rows")
    made = json.loads((files / "rows" / "manifest.json").read_text())
    assert (made["made_of"]["--carrier-service"], made["made_of"]["--mode"]) == (
        "''",
        "<SolvingMode.BALANCED: 'balanced'>",
    )
    assert "settled ship date" in made["made_of"]
    assert not {"policy", "carrier_service"} & set(made["columns"])
    assert "eu-stock" in result.stdout


def test_a_run_is_resumed_with_its_own_variants_only(files: Path) -> None:
    """Other policies or carriers, or another sequence of them, are refused by name."""
    given = ["--carrier-service", SF, "--carrier-service", UPS, "--out", files / "rows"]
    run(files, *given, *policies(files))
    run(files, *given, *policies(files))
    for turned in ([*given, *policies(files)[2:], *policies(files)[:2]], [*given[2:4], *given[:2], *given[4:]]):
        swapped = run(files, *turned, *(() if "--policy" in turned else policies(files)), code=2)
        assert "--carrier-service and --policy:" in swapped.stderr
    (files / "bare.toml").write_text('void_fill_id = "none"\nmode = "fast"\n')
    assert "--mode of bare:" in run(files, *given, *policies(files), code=2).stderr
    run(files, *given[:2], "--out", files / "rows", *policies(files), code=2)


def test_catalogs_of_one_id_are_refused(files: Path) -> None:
    """Rows name catalogs by id, so ids must differ."""
    for name in ("old", "new"):
        (files / name).mkdir()
        (files / name / "mine.toml").write_text(OWN.format(name))
    both = ["--catalog", files / "old" / "mine.toml", "--catalog", files / "new" / "mine.toml"]
    result = run(files, *both, "--out", files / "rows.csv", code=2)
    assert "--catalog:" in result.stderr
    assert "'mine'" in result.stderr
    assert not (files / "rows.csv").exists()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("support_ratios = 1", "bare.toml: support_ratios:"),
        ('support_ratio = "much"', "bare.toml: support_ratio:"),
        ("objectives = 3", "bare.toml: objectives:"),
        ('allow_partial = "no"', "bare.toml: allow_partial:"),
        ("stacking = 3", "bare.toml: stacking:"),
        ('property_caps = ["lithium"]', "bare.toml: property_caps:"),
        ('tape_id = "none"\ntape_rule = "h-seal"', "bare.toml: tape_rule:"),
        ("mode", "bare.toml: file:"),
        ("# the same", "--policy:"),
        ('tape_id = "gum"', "--tape:"),
    ],
)
def test_a_bad_policy_names_its_file_and_field(files: Path, content: str, error: str) -> None:
    """The error names file and field before anything is packed."""
    (files / "bare.toml").write_text(content)
    assert error in run(files, *policies(files), code=2).stderr


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--carrier-service", f"{SF}:"], "--carrier-service:"),
        (["--carrier-service", f"{SF}:a", "--zone", "b"], "--zone:"),
        (["--carrier-service", SF, "--carrier-service", SF], "--carrier-service:"),
        (["--carrier-service", SF, "--carrier-service", "x/y"], "--carrier-service:"),
        (["--out", "rows.xlsx"], "rows.xlsx:"),
        (["--policy", "x.json"], "--policy:"),
        (["--policy", "none.toml"], "none.toml: file:"),
        (["--policy", "plain.toml", "--policy", "a/plain.toml"], "--policy:"),
    ],
)
def test_bad_variants_are_refused(files: Path, options: list[str], error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the option."""
    monkeypatch.chdir(files)
    assert error in run(files, *options, code=2).stderr
