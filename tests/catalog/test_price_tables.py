"""Price tables from files: TOML and CSV give the same table, and every fault names its place."""

from pathlib import Path

import pytest

from boxwright.catalog.price_tables import load_price_tables
from boxwright.errors import DataFileError

TOML = """
[[price_tables]]
price_table_id = "sf-own"
version = "2026"
carrier_service = "sf/fast"
currency = "CNY"
weight_unit = "kg"
effective_from = 2026-01-01
fuel_percent = "12.5"
round_to_minor = 100

[[price_tables.zones]]
zone = "near"
steps = [{ up_to = 1, price_minor = 1200 }, { up_to = "2.5", price_minor = 1500 }]
additional = [{ per = "0.5", price_minor = 100, up_to = 10 }, { per = 1, price_minor = 150 }]

[[price_tables.zones]]
zone = "far"
steps = [{ up_to = 1, price_minor = 2000 }]

[[price_tables.surcharges]]
surcharge_id = "bulky"
per_weight_minor = 100
minimum_minor = 2000
zones = ["near"]
"""
HEAD = "sf-own,2026,sf/fast,CNY,kg,2026-01-01"
COLUMNS = "price_table_id,version,carrier_service,currency,weight_unit,effective_from"
CSV = f"""{COLUMNS},kind,zone,up_to,per,price_minor,surcharge_id,per_weight_minor,minimum_minor,percent
{HEAD},step,near,1,,1200,,,,
{HEAD},step,near,2.5,,1500,,,,
{HEAD},step,far,1,,2000,,,,
{HEAD},additional,near,10,0.5,100,,,,
{HEAD},additional,near,,1,150,,,,
{HEAD},surcharge,near,,,,bulky,100,2000,
{HEAD},fuel,,,,,,,,12.5
{HEAD},rounding,,,,100,,,,
"""


def written(folder: Path, name: str, text: str) -> Path:
    """Return a file with a text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_toml_and_csv_say_the_same(tmp_path: Path) -> None:
    """Both forms give one table with the same hash."""
    (toml,) = load_price_tables(written(tmp_path, "a.toml", TOML))
    (csv,) = load_price_tables(written(tmp_path, "a.csv", CSV))
    assert csv == toml
    assert csv.content_hash == toml.content_hash


def test_the_hash_depends_on_the_content_alone(tmp_path: Path) -> None:
    """The order of zones changes nothing, a price does."""
    (table,) = load_price_tables(written(tmp_path, "a.csv", CSV))
    rows = CSV.splitlines()
    reordered = "\n".join([rows[0], rows[3], *rows[1:3], *rows[4:]])
    (same,) = load_price_tables(written(tmp_path, "b.csv", reordered))
    (other,) = load_price_tables(written(tmp_path, "c.csv", CSV.replace("2000,,,,", "2001,,,,")))
    assert same.content_hash == table.content_hash != other.content_hash


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("a.toml", "price_table_id = ", "id = ", "price_tables[0].price_table_id"),
        ("a.toml", '"CNY"', '"yuan"', "price_tables[0].currency"),
        ("a.toml", "up_to = 1, ", "", "price_tables[0].zones[0].steps[0].up_to"),
        ("a.toml", '"2.5"', "1", "price_tables[0].zones[0].steps[1].up_to"),
        ("a.toml", ", up_to = 10 }", " }", "price_tables[0].zones[0].additional[0].up_to"),
        ("a.toml", 'zone = "far"', 'zone = "near"', "price_tables[0].zones[1].zone"),
        ("a.toml", "minimum_minor", "least", "price_tables[0].surcharges[0].least"),
        ("a.toml", "per_weight_minor = 100\nminimum_minor = 2000\n", "", "price_tables[0].surcharges[0].amount_minor"),
        ("a.csv", "bulky,100,2000", "bulky,,", "row 7, price_minor"),
        ("a.csv", "additional,near,10,0.5", "additional,near,10,", "row 5, per"),
        ("a.csv", "step,near,1,", "stop,near,1,", "row 2, kind"),
        ("a.csv", f"{HEAD},fuel", f"{HEAD.replace('CNY', 'EUR')},fuel", "row 8, currency"),
        ("a.csv", "step,near,2.5", "step,near,0.5", "row 2.zones[0].steps[1].up_to"),
        ("a.txt", "", "", "file"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, name: str, old: str, new: str, fault: str) -> None:
    """A damaged file names place and rule."""
    text = CSV if name.endswith("csv") else TOML
    with pytest.raises(DataFileError) as caught:
        load_price_tables(written(tmp_path, name, text.replace(old, new, 1)))
    assert caught.value.file == name
    assert fault in [violation.field for violation in caught.value.violations]


def test_tables_of_one_service_may_not_overlap(tmp_path: Path) -> None:
    """Two tables may not price one service on the same day."""
    again = TOML.replace('"2026"', '"2027"').replace("2026-01-01", "2027-01-01")
    with pytest.raises(DataFileError, match=r"price_tables\[1\]"):
        load_price_tables(written(tmp_path, "a.toml", TOML + again))
    ended = TOML.replace("round_to_minor", "effective_to = 2026-12-31\nround_to_minor")
    assert len(load_price_tables(written(tmp_path, "b.toml", ended + again))) == 2
