"""Dunnage that a TOML catalog defines."""

from decimal import Decimal
from pathlib import Path

import pytest

from boxwright import load_catalog
from boxwright.domain.dunnage import DunnageKind
from boxwright.errors import DataFileError

BOX = """
[[box_types]]
box_type_id = "S"
inner_length_mm = 300
inner_width_mm = 200
inner_height_mm = 150
board_id = "c-flute"
"""
FOAM = """
[[dunnage]]
dunnage_id = "foam-25"
kind = "cushioning"
material_id = "epe-foam"
density_kg_per_m3 = 25
cushion_factor = 2.9
min_static_stress_kpa = 2
max_static_stress_kpa = 7.5
"""


def catalog(path: Path, dunnage: str):
    """Return the catalog of a file with some dunnage."""
    file = path / "mine.toml"
    file.write_text(f'catalog_id = "mine"\n{dunnage}{BOX}')
    return load_catalog(file)


def test_a_catalog_brings_its_own_cushioning(tmp_path: Path) -> None:
    """Figures are read exactly and count as verified, unless the table says otherwise."""
    (foam,) = catalog(tmp_path, FOAM).dunnage
    assert (foam.dunnage_id, foam.kind, foam.material_id) == ("foam-25", DunnageKind.CUSHIONING, "epe-foam")
    assert (foam.density_kg_per_m3, foam.cushion_factor) == (Decimal(25), Decimal("2.9"))
    assert (foam.min_static_stress_kpa, foam.max_static_stress_kpa) == (Decimal(2), Decimal("7.5"))
    assert foam.read_in_source
    (doubtful,) = catalog(tmp_path, FOAM + "read_in_source = false\n").dunnage
    assert (doubtful.read_in_source, doubtful.source_grade) == (False, "own")
    (copied,) = catalog(tmp_path, FOAM + 'source_grade = "copy"\n').dunnage
    assert copied.source_grade == "copy"


def test_known_and_own_dunnage_may_be_mixed(tmp_path: Path) -> None:
    """A list of ids and tables keeps its sequence."""
    tape = '{dunnage_id = "t", kind = "tape", grammage_g_per_m2 = 60, width_mm = 50, seam_overlap_mm = 60}'
    found = catalog(tmp_path, f'dunnage = [{tape}, "honeycomb-paper-wrap"]\n').dunnage
    assert [dunnage.dunnage_id for dunnage in found] == ["t", "honeycomb-paper-wrap"]
    assert found[0].material_id == ""


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("cushion_factor = 2.9", ""), "dunnage[0].grammage_g_per_m2"),
        (("kind =", "cushions = true\nkind ="), "dunnage[0].cushions"),
        (("cushion_factor = 2.9", "cushion_factor = 0"), "dunnage[0].cushion_factor"),
        (("= 2.9", "= 0.9"), "dunnage[0].cushion_factor"),
        (("= 25", '= "much"'), "dunnage[0].density_kg_per_m3"),
        (
            ("stress_kpa = 2\n", "stress_kpa = 8\n"),
            "dunnage[0].min_static_stress_kpa",
        ),
        (('"cushioning"', '"foam"'), "dunnage[0].kind"),
        (('"epe-foam"', '"feathers"'), "dunnage[0].material_id"),
        (('dunnage_id = "foam-25"', ""), "dunnage[0].dunnage_id"),
        (("cushion_factor", "cushon_factor"), "dunnage[0].cushon_factor"),
        (("kind =", 'source_grade = "memory"\nkind ='), "dunnage[0].source_grade"),
        ((FOAM, FOAM + FOAM), "dunnage[1].dunnage_id"),
        (
            ('"foam-25"', '"pe-foam-pad"'),
            "dunnage[0].dunnage_id",
        ),
    ],
)
def test_each_fault_is_named(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    """Missing, unknown and impossible fields are reported with path and rule."""
    with pytest.raises(DataFileError) as caught:
        catalog(tmp_path, FOAM.replace(*change, 1))
    assert fault in [violation.field for violation in caught.value.violations]


def test_known_dunnage_may_be_repeated_but_not_called_verified(tmp_path: Path) -> None:
    """A table with all figures of shipped dunnage equals that dunnage; copied figures do not count as verified."""
    same = """[[dunnage]]
dunnage_id = "pp-tape"
kind = "tape"
material_id = "pp-tape"
grammage_g_per_m2 = 55
width_mm = 48
seam_overlap_mm = 60
price_per_kg_minor = 312.5
"""
    (tape,) = catalog(tmp_path, f'currency = "EUR"\n{same}read_in_source = false\n').dunnage
    assert (tape.dunnage_id, tape.price_per_kg_minor) == ("pp-tape", Decimal("312.5"))
    with pytest.raises(DataFileError, match=r"dunnage\[0\]\.dunnage_id"):
        catalog(tmp_path, f'currency = "EUR"\n{same}')
