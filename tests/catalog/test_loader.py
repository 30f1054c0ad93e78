"""Loading a data folder: caching, the hash, the environment, and the names of faults."""

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import Materials, load_materials
from boxwright.catalog.columns import columns_of, stated
from boxwright.catalog.files import read_table
from boxwright.domain.material import Board
from boxwright.errors import DataFileError, InvalidInputError
from boxwright.findings import Findings

Rows = list[list[str]]


def edit(path: Path, change: Callable[[Rows], None]) -> None:
    """Change the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def cell(row: int, column: str, value: str) -> Callable[[Rows], None]:
    """Return a change that sets one cell; rows count as in a spreadsheet, so the header is row 1."""

    def change(rows: Rows) -> None:
        rows[row - 1][rows[0].index(column)] = value

    return change


def column_of(rows: Rows, name: str) -> int:
    """Return the index of a column."""
    return rows[0].index(name)


def test_a_folder_is_read_once() -> None:
    """A second load of a folder returns the same object."""
    assert load_materials() is load_materials()


def test_the_hash_does_not_depend_on_the_order_of_rows_and_columns(materials: Materials, folder: Path) -> None:
    """The data do not depend on it either. Regions are read by position, so their columns stay."""

    def reverse_columns(rows: Rows) -> None:
        rows[:] = [row[::-1] for row in rows]

    for path in folder.rglob("*.csv"):
        edit(path, lambda rows: rows.__setitem__(slice(1, None), rows[:0:-1]))
        if path.name != "postal_regions.csv":
            edit(path, reverse_columns)
    reordered = load_materials(folder)
    assert reordered.content_hash == materials.content_hash
    assert reordered.materials == materials.materials
    assert reordered.profiles == materials.profiles


@pytest.mark.parametrize(
    ("column", "value"), [("source", "no source of any row"), ("copy_sha256", "abc"), ("read_on", "")]
)
def test_a_document_is_that_of_a_row_with_its_hash_and_day(folder: Path, column: str, value: str) -> None:
    """A document that no factor cites would be lost silently."""
    edit(folder / "documents.csv", cell(2, column, value))
    with pytest.raises(DataFileError) as error:
        load_materials(folder)
    assert [violation.field for violation in error.value.violations] == [f"row 2, {column}"]


def test_factors_know_the_copy_that_they_were_read_in(materials: Materials) -> None:
    """Factors from a recorded document have its hash and day; other factors have none."""
    profile = materials.profile("us-epa@2025")
    board = profile.factor_of_id("us-epa-2025/corrugated-board/production")
    assert board is not None
    assert len(board.copy_sha256) == 64
    assert board.read_on == "2026-12-01"
    other = [factor for factor in profile.factors if not factor.copy_sha256]
    assert other
    assert not any(factor.source == board.source for factor in other)


@pytest.mark.parametrize("name", ["blocking_rules.csv", "plausibility_rules.csv"])
def test_a_missing_rule_of_the_data_is_named(folder: Path, name: str) -> None:
    """Code reads these rules by id."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rule_id = list(csv.DictReader(file))[-1]["rule_id"]
    edit(folder / name, lambda rows: rows.pop())
    with pytest.raises(DataFileError, match=rule_id):
        load_materials(folder)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("factors/uk-desnz-2025.csv", cell(2, "note", "another note")),
        ("boards.csv", cell(2, "caliper_mm", "1.7")),
        ("road_networks.csv", cell(2, "road_network", "moon")),
        ("port_positions.csv", cell(2, "latitude", "1.5")),
        ("postal_regions.csv", cell(2, "latitude", "1.5")),
    ],
)
def test_the_hash_changes_with_the_content(
    materials: Materials, folder: Path, file: str, change: Callable[[Rows], None]
) -> None:
    """A change of any cell changes the hash."""
    edit(folder / file, change)
    assert load_materials(folder).content_hash != materials.content_hash


def test_the_environment_names_another_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BOXWRIGHT_MATERIALS is used instead of the shipped data."""
    settings = folder / "data.toml"
    settings.write_text(settings.read_text().replace('version = "', 'version = "mine-'))
    monkeypatch.setenv("BOXWRIGHT_MATERIALS", str(folder))
    assert load_materials().version.startswith("mine-")


def test_an_environment_that_names_no_folder_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that does not exist is refused, never replaced by the shipped one."""
    monkeypatch.setenv("BOXWRIGHT_MATERIALS", "/nowhere/at/all")
    with pytest.raises(InvalidInputError, match=r"BOXWRIGHT_MATERIALS"):
        load_materials()


@pytest.mark.parametrize("name", ["boards.csv", "postal_regions.csv", "carriers/dhl-paket.toml"])
def test_files_of_data_are_regular(folder: Path, name: str) -> None:
    """A pipe is reported as a fault, instead of waiting for its writer."""
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(DataFileError, match=f"{Path(name).name}: file"):
        load_materials(folder)


UK = "factors/uk-desnz-2025.csv"


def drop_column(name: str) -> Callable[[Rows], None]:
    """Return a change that removes a column."""

    def change(rows: Rows) -> None:
        index = column_of(rows, name)
        for row in rows:
            del row[index]

    return change


def add_column(name: str) -> Callable[[Rows], None]:
    """Return a change that adds a column of empty cells."""

    def change(rows: Rows) -> None:
        rows[0].append(name)
        for row in rows[1:]:
            row.append("")

    return change


def repeat(row: int) -> Callable[[Rows], None]:
    """Return a change that appends a copy of a row."""

    def change(rows: Rows) -> None:
        rows.append(list(rows[row - 1]))

    return change


def keep_header(rows: Rows) -> None:
    """Remove all rows except the header."""
    del rows[1:]


@pytest.mark.parametrize(
    ("file", "change", "fault"),
    [
        pytest.param(UK, add_column("colour"), "row 1, colour", id="unknown column"),
        pytest.param(UK, drop_column("licence"), "row 1, licence", id="missing column"),
        pytest.param(UK, add_column("year"), "row 1, year", id="column twice"),
        pytest.param(UK, cell(3, "value", "much"), "row 3, value", id="not a number"),
        pytest.param(UK, cell(2, "low", "9"), "row 2, low", id="low above value"),
        pytest.param(UK, cell(2, "high", "0.1"), "row 2, high", id="high below value"),
        pytest.param(UK, repeat(2), "row 126, factor_id", id="duplicate id"),
        pytest.param(
            UK,
            lambda rows: (repeat(2)(rows), cell(126, "factor_id", "other")(rows)),
            "row 126, subject",
            id="two factors for one thing",
        ),
        pytest.param(UK, cell(2, "subject", "gold"), "row 2, subject", id="unknown material"),
        pytest.param(UK, cell(2, "unit", "tkm"), "row 2, unit", id="unit of stage"),
        pytest.param(UK, cell(2, "profile_id", "uk@1"), "row 2, profile_id", id="profile"),
        pytest.param(UK, cell(2, "licence", "GPL-3.0"), "row 2, licence", id="licence"),
        pytest.param(
            UK,
            cell(2, "source_grade", "secondary"),
            "row 2, source_grade",
            id="read",
        ),
        pytest.param(UK, cell(2, "read_in_source", "maybe"), "row 2, read_in_source", id="flag"),
        pytest.param(
            UK,
            cell(2, "url", ""),
            "row 2, url",
            id="verified, no address",
        ),
        pytest.param(UK, lambda rows: rows[4].pop(), "row 5", id="short"),
        pytest.param(UK, keep_header, "file", id="header only"),
        pytest.param("boards.csv", cell(2, "material_id", "tin"), "row 2, material_id", id="board"),
        pytest.param(
            "boards.csv",
            cell(2, "composition", "120 + 120"),
            "row 2, composition",
            id="layers",
        ),
        pytest.param(
            "dunnage.csv",
            cell(2, "grammage_g_per_m2", ""),
            "row 2, grammage_g_per_m2",
            id="cushion",
        ),
        pytest.param("drop_heights.csv", cell(3, "above_kg", "11"), "row 3, above_kg", id="gap"),
        pytest.param("lifting_profiles.csv", cell(2, "profile", "crane"), "profile", id="lifting"),
        pytest.param("lifting_profiles.csv", cell(2, "heavy_above_kg", "24"), "row 2, heavy_above_kg", id="marks"),
        pytest.param("fragility_classes.csv", cell(3, "half_gap_mm", "5"), "row 3, half_gap_mm", id="easy with a gap"),
        pytest.param("fragility_classes.csv", cell(5, "g_below", "115"), "row 5, g_below", id="same bound"),
        pytest.param(
            "fragility_classes.csv", cell(5, "rule_source", ""), "row 5, rule_source", id="a rule without origin"
        ),
        pytest.param("carrier_margins.csv", cell(2, "carrier", "pony"), "row 2, carrier", id="carrier"),
        pytest.param("protection_rules.csv", lambda rows: rows.pop(), "rule_id", id="protection rule"),
        pytest.param("blank_allowances.csv", lambda rows: rows.pop(), "allowance_id", id="allowance missing"),
    ],
)
def test_a_malformed_table_is_refused(folder: Path, file: str, change: Callable[[Rows], None], fault: str) -> None:
    """A damaged table is refused with its name, row and field."""
    edit(folder / file, change)
    with pytest.raises(DataFileError) as caught:
        load_materials(folder)
    assert caught.value.file == Path(file).name
    assert fault in [violation.field for violation in caught.value.violations]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", "file", id="empty"),
        pytest.param(b"board_id,flute\nb\xe9,B\n", "row 2", id="Latin 1"),
        pytest.param(b'board_id,"flute\n', "row 1", id="open quote"),
        pytest.param(None, "file", id="no file"),
    ],
)
def test_an_unreadable_file_is_refused(folder: Path, content: bytes | None, fault: str) -> None:
    """A file that is empty, absent, in another encoding or not CSV is refused by name."""
    path = folder / "boards.csv"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DataFileError, match=r"boards\.csv") as caught:
        load_materials(folder)
    assert fault in [violation.field for violation in caught.value.violations]
    assert (f", got {str(path)!r}" in str(caught.value)) == (content is None)


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("profiles/uk-desnz-2025.toml", 'year = "2025"\n', "", "year"),
        ("profiles/uk-desnz-2025.toml", 'year = "2025"', 'yaer = "2025"', "yaer"),
        ("profiles/uk-desnz-2025.toml", '"uk-desnz@2025"', '"uk-desnz"', "profile_id"),
        ("profiles/uk-desnz-2025.toml", '"OGL-3.0"', '"CC-BY-NC"', "licence"),
        ("profiles/uk-desnz-2025.toml", '"hgv_avg"', '"horse"', "default_vehicles.road"),
        (
            "profiles/uk-desnz-2025.toml",
            '"hgv_avg"',
            '"air_longhaul"',
            "default_vehicles.road",
        ),
        (
            "profiles/uk-desnz-2025.toml",
            '"van_diesel_avg"\nelectric',
            '"rail_freight"\nelectric',
            "default_vans.diesel",
        ),
        ("profiles/uk-desnz-2025.toml", "[coverage.packaging]", "[coverage.glue]", "coverage.glue"),
        (
            "profiles/uk-desnz-2025.toml",
            'transport_wtt = "factor"',
            'transport_wtt = "missing: none"',
            "coverage.transport.transport_wtt",
        ),
        (
            "profiles/us-epa-2025.toml",
            'transport_wtt = "missing:',
            'transport_wtt = "factor:',
            "coverage.hub.transport_wtt",
        ),
        ("profiles/us-epa-2025.toml", '"factor: landfilling"', '"some"', "coverage.sales_packaging.end_of_life"),
        (
            "factors/eu-industry-2022.csv",
            "paper-tape,production",
            "corrugated-board,production",
            "factor eu-industry-2022/paper-tape/production.stage",
        ),
        ("factors/fr-ademe-2024.csv", "production,0,0.39,", "production,0.5,0.39,", "row 3, recycled_content"),
        ("factors/fr-ademe-2024.csv", "end_of_life,,0.737,", "end_of_life,1,0.737,", "row 5, recycled_content"),
        (
            "factors/fr-ademe-2024.csv",
            "wood,production,,0.7,kg,,0,",
            "wood,production,,-0.7,kg,,-1,",
            "factor fr-ademe-2024/wood/production",
        ),
        ("recycling_streams.csv", "glassine,eu,", "glassine,xx,", "row 18, market_id"),
        ("recycling_streams.csv", "glassine,eu,collected", "glassine,eu,not_collected", "row 18, stream"),
        ("recycling_streams.csv", "glassine,gb,", "glassine,eu,", "row 19, material_id"),
        ("markets.csv", "eu,European Union,", "eu,Europe,", "row 3, market_name"),
        (
            "profiles/us-epa-2025.toml",
            "IPCC AR5 GWP100 for transport",
            "and no other",
            "factor us-epa-2025/truck/ttw, gwp_basis",
        ),
        (
            "factors/us-epa-2025.csv",
            ",US,cradle to gate: process and transport; forest carbon and biogenic CO2 excluded,",
            ",US,,",
            "row 2, boundary",
        ),
        ("markets.csv", "the whole,GB", "the whole,GB FR", "row 7, country_codes"),
        ("market_rules.csv", ",Art. 24(5),", ",Art. 24(1),", "row 4, provision"),
        (
            "market_rules.csv",
            ",2030-01-01,together with Art. 24(1)",
            ",,together with Art. 24(1)",
            "row 4, in_force_from",
        ),
        ("materials.csv", "recycling composting combustion", "recycling recycling", "row 2, disposal"),
        ("profiles/us-epa-2025.toml", "us-epa@2025", "uk-desnz@2025", "profile_id"),
        ("data.toml", 'default_dunnage = ["', 'default_dunnage = ["moss", "', "default_dunnage[0]"),
        ("data.toml", '"ista-1a"', '"free-fall"', "profile"),
    ],
)
def test_a_malformed_document_is_refused(folder: Path, file: str, old: str, new: str, fault: str) -> None:
    """A damaged profile or settings document is refused with its name and key."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as caught:
        load_materials(folder)
    assert fault in [violation.field for violation in caught.value.violations]


@settings(max_examples=40)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_content_makes_the_reader_fail(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """Reading any file returns rows or faults, never another error."""
    path = tmp_path_factory.mktemp("fuzz") / "boards.csv"
    path.write_bytes(content)
    faults = Findings(file=path.name)
    records = read_table(path, columns_of(Board, defaults=stated(Board)), faults)
    assert records or faults.violations
