"""Imports of an operator's own factors."""

from pathlib import Path

import pytest

from boxwright.catalog import Materials, import_materials, load_materials
from boxwright.catalog.profiles import FACTOR_COLUMNS
from boxwright.domain.factor import Stage
from boxwright.errors import DataFileError

ROW = {
    "factor_id": "mill/bagasse/production",
    "profile_id": "us-epa@2025",
    "subject": "bagasse",
    "stage": "production",
    "value": "0.9",
    "unit": "kg",
    "low": "0.7",
    "high": "1.2",
    "year": "2026",
    "region": "IN",
    "boundary": "cradle to gate",
    "gwp_basis": "IPCC AR4 GWP100",
    "source": "Declaration of our mill",
    "table": "",
    "url": "https://example.com/declaration.pdf",
    "licence": "supplied under contract 12",
    "data_quality": "supplier",
    "read_in_source": "yes",
    "source_grade": "own",
    "note": "",
}


def table(tmp_path: Path, *rows: dict[str, str], name: str = "mill.csv") -> Path:
    """Write a factor table."""
    columns = [*FACTOR_COLUMNS, *("mode" for row in rows[:1] if "mode" in row)]
    lines = [",".join(columns)]
    lines += [",".join(row[column] for column in columns) for row in rows]
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_new_folder_is_the_shipped_data_and_the_rows(tmp_path: Path, materials: Materials) -> None:
    """An import into a new folder copies the shipped data and adds the rows, marked as the operator's."""
    target = tmp_path / "own"
    assert import_materials(table(tmp_path, ROW), target) == ("mill/bagasse/production",)
    own = load_materials(target)
    factor = own.profile("us-epa").factor("bagasse", Stage.PRODUCTION)
    assert factor is not None
    assert str(factor.value) == "0.9"
    assert factor.licence.startswith("operator:")
    assert materials.profile("us-epa").factor("bagasse", Stage.PRODUCTION) is None
    assert own.content_hash != materials.content_hash


def test_a_second_import_adds_to_the_folder(tmp_path: Path) -> None:
    """Rows of several files are kept; importing a file again replaces only its own rows."""
    target = tmp_path / "own"
    import_materials(table(tmp_path, ROW), target)
    other = {**ROW, "factor_id": "mill/pla/production", "subject": "pla", "licence": "MIT"}
    import_materials(table(tmp_path, other, name="resin.csv"), target)
    import_materials(table(tmp_path, {**ROW, "value": "0.8"}), target)
    profile = load_materials(target).profile("us-epa")
    bagasse, pla = (profile.factor(material, Stage.PRODUCTION) for material in ("bagasse", "pla"))
    assert bagasse is not None
    assert pla is not None
    assert (str(bagasse.value), pla.licence) == ("0.8", "MIT")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param({"value": "x"}, "row 2, value", id="not a number"),
        pytest.param({"profile_id": "mine@1"}, "row 2, profile_id", id="unknown profile"),
        pytest.param({"subject": "corrugated-board"}, "row 2, subject", id="already there"),
        pytest.param(
            {"subject": "barge", "stage": "transport_ttw", "unit": "tkm"},
            "row 2, mode",
            id="no mode",
        ),
    ],
)
def test_a_bad_file_changes_nothing(tmp_path: Path, change: dict[str, str], fault: str) -> None:
    """A file with a fault is refused by name; a new folder is not created, an existing folder stays unchanged."""
    new, target = tmp_path / "new", tmp_path / "own"
    import_materials(table(tmp_path, ROW), target)
    before = {path: path.read_bytes() for path in target.rglob("*.*")}
    for folder in (new, target):
        with pytest.raises(DataFileError) as caught:
            import_materials(table(tmp_path, {**ROW, **change}), folder)
        assert fault in [violation.field for violation in caught.value.violations]
    assert not new.exists()
    assert {path: path.read_bytes() for path in target.rglob("*.*")} == before
