"""Densities that a site has weighed, in its own data folder."""

from decimal import Decimal
from pathlib import Path

import pytest

from boxwright.catalog import Materials, load_materials, weigh_dunnage
from boxwright.errors import DataFileError, InvalidInputError


def test_one_weighed_box_is_the_density_of_a_fill(tmp_path: Path, materials: Materials) -> None:
    """850 g in 50 litres give 17 kg/m3, verified and without a range; no other data change."""
    own = tmp_path / "own"
    weighed = weigh_dunnage("crumpled-kraft-fill", Decimal(50), Decimal(850), 2026, own)
    assert (weighed.density_kg_per_m3, weighed.before_kg_per_m3, weighed.assumed) == (17, 18, (10, 30))
    loaded = load_materials(own)
    fill = loaded.dunnage_of("crumpled-kraft-fill")
    assert (fill.density_kg_per_m3, fill.read_in_source) == (17, True)
    assert "850 g" in fill.source
    assert "50 litres" in fill.source
    assert ("dunnage", fill.dunnage_id) in materials.mass_ranges
    assert ("dunnage", fill.dunnage_id) not in loaded.mass_ranges
    others = [dunnage for dunnage in materials.dunnage if dunnage.dunnage_id != fill.dunnage_id]
    assert [dunnage for dunnage in loaded.dunnage if dunnage.dunnage_id != fill.dunnage_id] == others
    assert loaded.boards == materials.boards


def test_cushioning_stays_unverified_and_its_range_encloses_it(tmp_path: Path) -> None:
    """The cushion factor of the row was not measured, so the row stays unverified, and its range grows."""
    own = tmp_path / "own"
    weighed = weigh_dunnage("pe-foam-pad", Decimal(10), Decimal(900), 2026, own)
    loaded = load_materials(own)
    pads = loaded.dunnage_of("pe-foam-pad")
    assert (weighed.density_kg_per_m3, weighed.assumed, pads.read_in_source) == (90, (28, 40), False)
    assert loaded.mass_ranges["dunnage", pads.dunnage_id][1] == 1


def test_weighing_again_replaces_and_blocking_can_be_weighed(tmp_path: Path) -> None:
    """A folder keeps earlier weighings of both tables; weighing a material again replaces its figure."""
    own = tmp_path / "own"
    for name, grams in (("crumpled-kraft-fill", 850), ("corrugated-block", 6000), ("crumpled-kraft-fill", 900)):
        weigh_dunnage(name, Decimal(50), Decimal(grams), 2026, own)
    loaded = load_materials(own)
    assert loaded.dunnage_of("crumpled-kraft-fill").density_kg_per_m3 == 18
    assert loaded.dunnage_of("corrugated-block").density_kg_per_m3 == 120


@pytest.mark.parametrize(
    ("name", "litres", "grams", "field"),
    [
        ("nobody", "1", "1", "dunnage_id"),
        ("kraft-paper-tape", "1", "1", "dunnage_id"),
        ("crumpled-kraft-fill", "0", "1", "litres"),
        ("crumpled-kraft-fill", "1", "-3", "grams"),
        ("crumpled-kraft-fill", "NaN", "1", "litres"),
        ("crumpled-kraft-fill", "1000", "1", "grams"),
    ],
)
def test_an_impossible_weighing_is_refused(tmp_path: Path, name: str, litres: str, grams: str, field: str) -> None:
    """Unknown dunnage, dunnage without a density and figures not above 0 are refused, and nothing is written."""
    with pytest.raises(InvalidInputError) as refused:
        weigh_dunnage(name, Decimal(litres), Decimal(grams), 2026, tmp_path / "own")
    (violation,) = refused.value.violations
    assert violation.field == field
    assert not (tmp_path / "own").exists()


def test_a_folder_that_does_not_load_is_left_alone(tmp_path: Path) -> None:
    """A fault of the folder refuses the weighing, and the folder stays as it was."""
    own = tmp_path / "own"
    weigh_dunnage("crumpled-kraft-fill", Decimal(50), Decimal(850), 2026, own)
    boards = own / "boards.csv"
    boards.write_text(boards.read_text(encoding="utf-8").replace("b-flute,", "b-flute;", 1), encoding="utf-8")
    before = {path: path.read_bytes() for path in own.rglob("*.csv")}
    with pytest.raises(DataFileError):
        weigh_dunnage("crumpled-kraft-fill", Decimal(50), Decimal(900), 2026, own)
    assert {path: path.read_bytes() for path in own.rglob("*.csv")} == before
