"""Mass of wrap, void fill and tape. The densities and overlaps are unverified and only test arithmetic."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import catalog_names, load_catalog, load_materials
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import Item
from boxwright.errors import InvalidInputError
from boxwright.protection import tape_mg, tape_mm, void_fill_mg, wrap_mg

SHIPPED = load_materials()
MUG = Item("mug", 1, 120, 85, 100, mass_g=350)
"""Its surface is 2 (120 x 85 + 120 x 100 + 85 x 100) = 61,400 mm2."""
LITRE_UM3 = 10**15
TAPE = SHIPPED.dunnage_of("kraft-paper-tape")
"""70 mm wide, of 120 g/m2, 60 mm past each end of a seam."""
CENTRE, H_SEAL = (SHIPPED.tape_rule(name) for name in ("", "h-seal"))


def wrap(grammage: str) -> Dunnage:
    """Return a wrap by its grammage in g/m2."""
    return Dunnage("wrap", DunnageKind.CUSHIONING, "paper", grammage_g_per_m2=Decimal(grammage))


def void_fill(density: str | Decimal | None) -> Dunnage:
    """Return a void fill by its density in kg/m3."""
    return Dunnage("fill", DunnageKind.VOID_FILL, "paper", density_kg_per_m3=density and Decimal(density))


@pytest.mark.parametrize(
    ("grammage", "layers", "mass_mg"), [("90", 2, 11_052), ("90", 0, 0), ("0.01", 1, 1), ("25", 1, 1_535)]
)
def test_golden_mass_of_wrap(grammage: str, layers: int, mass_mg: int) -> None:
    """Two layers of 90 g/m2 on 0.0614 m2 are 11.052 g; 0.614 mg become 1 mg; turning the unit changes nothing."""
    assert wrap_mg(MUG, layers, wrap(grammage)) == mass_mg
    assert wrap_mg(replace(MUG, length_mm=100, height_mm=120), layers, wrap(grammage)) == mass_mg


@pytest.mark.parametrize(
    ("mm3", "share", "density", "mass_mg"),
    [
        (6_000_000, 1, "18", 108_000),
        (6_000_000, 0.5, "18", 54_000),
        (6_000_000, 1, "3", 18_000),
        # At 0.5 mg/cm3 an odd number of cubic centimetres has half a mg left over; halves are rounded to even.
        (1_000, 1, "0.5", 0),
        (3_000, 1, "0.5", 2),
        (5_000, 1, "0.5", 2),
        (5_000, 0.1, "1", 0),  # a share of 0.1 is one tenth, not the nearest binary fraction
        (0, 1, "18", 0),
        (1_000_000, 0, "18", 0),
    ],
)
def test_golden_mass_of_void_fill(mm3: int, share: float, density: str, mass_mg: int) -> None:
    """Six litres take 108 g of crumpled kraft or 18 g of air pillows; halves of a mg are rounded to even."""
    assert void_fill_mg(mm3 * 10**9, share, void_fill(density)) == mass_mg


@settings(max_examples=20)
@given(
    empty=st.integers(0, 10**18),
    more=st.integers(0, 10**17),
    share=st.floats(0, 1),
    density=st.decimals("0.1", "200", places=1),
)
def test_mass_grows_with_the_void(empty: int, more: int, share: float, density: Decimal) -> None:
    """A larger void never needs less fill, and the mass is within half a mg of share x volume x density."""
    fill = void_fill(density)
    mass = void_fill_mg(empty, share, fill)
    assert mass <= void_fill_mg(empty + more, share, fill)
    assert abs(mass - Decimal(str(share)) * empty * density / 10**12) <= Decimal("0.5000001")


def box(
    style: BoxStyle = BoxStyle.RSC_0201, opening: Opening = Opening.TOP, outer: tuple[int, ...] = (300, 200, 150)
) -> BoxType:
    """Return a box of some outer size in mm; its inner size is 8 mm less."""
    return BoxType("box", *(edge - 8 for edge in outer), *outer, style=style, opening=opening)


@pytest.mark.parametrize(
    ("case", "rule", "length_mm"),
    [
        (box(), CENTRE, 840),  # two strips of 420 mm
        (box(outer=(200, 300, 700)), CENTRE, 840),  # along the longer side, whatever the height
        (box(style=BoxStyle.TELESCOPE_0300), CENTRE, 840),
        (box(opening=Opening.END), CENTRE, 640),  # two strips of 320 mm across the end
        (box(opening=Opening.END, outer=(300, 150, 200)), CENTRE, 640),
        (box(), H_SEAL, 2_040),  # and four of 200 + 2 x 50 mm across the edges
        (box(opening=Opening.END), H_SEAL, 1_640),
        *((box(style=style), CENTRE, 0) for style in BoxStyle if style.value not in ("rsc_0201", "telescope_0300")),
    ],
)
def test_golden_tape(case: BoxType, rule, length_mm: int) -> None:
    """A box of 300 x 200 x 150 mm outside by style, opening and rule; the tape weighs 8.4 g per metre."""
    assert tape_mm(case, TAPE, rule) == length_mm
    assert tape_mg(case, TAPE, rule) == length_mm * 8.4


def test_tape_is_rounded_half_to_even() -> None:
    """Strips of 2 x 420 mm, 1 mm wide, at 12.5 g/m2 are 10.5 mg and become 10."""
    assert tape_mg(box(), replace(TAPE, width_mm=Decimal(1), grammage_g_per_m2=Decimal("12.5")), CENTRE) == 10


@pytest.mark.parametrize("field", ["width_mm", "grammage_g_per_m2", "seam_overlap_mm"])
def test_dunnage_without_a_figure_is_refused(field: str) -> None:
    """A missing figure is an error that names it, never zero."""
    with pytest.raises(InvalidInputError, match=field):
        tape_mg(box(), replace(TAPE, **{field: None}), CENTRE)
    with pytest.raises(InvalidInputError, match="density_kg_per_m3"):
        void_fill_mg(LITRE_UM3, 1, void_fill(None))
    (pads,) = [dunnage for dunnage in SHIPPED.dunnage if dunnage.has_curve]
    with pytest.raises(InvalidInputError, match=r"dunnage\.grammage_g_per_m2"):
        wrap_mg(MUG, 1, pads)


def test_every_shipped_piece_of_dunnage_can_be_used() -> None:
    """Wraps have a grammage, pads a cushion curve, void fill a mass per litre, and tape a mass on a box."""
    kinds = {kind: [piece for piece in SHIPPED.dunnage if piece.kind is kind] for kind in DunnageKind}
    assert all(kinds.values())
    assert all(piece.wraps != piece.has_curve for piece in kinds[DunnageKind.CUSHIONING])
    assert [piece.dunnage_id for piece in kinds[DunnageKind.CUSHIONING] if piece.has_curve] == ["pe-foam-pad"]
    assert all(piece.cushion_factor is None for piece in kinds[DunnageKind.CUSHIONING] if piece.wraps)
    assert all(void_fill_mg(LITRE_UM3, 1.0, fill) > 0 for fill in kinds[DunnageKind.VOID_FILL])
    assert all(1_000 < tape_mg(box(), tape, CENTRE) < 20_000 for tape in kinds[DunnageKind.TAPE])
    assert (CENTRE.rule_id, CENTRE.seam_strips, CENTRE.edge_strips) == ("centre-seams", 2, 0)


def test_every_shipped_catalog_has_wrap_and_a_fill_that_cushions() -> None:
    """A fragile order is planned with any of these catalogs without naming dunnage."""
    for name in catalog_names():
        first = {piece.kind: piece for piece in reversed(load_catalog(name).dunnage)}
        assert first[DunnageKind.CUSHIONING].wraps
        assert first[DunnageKind.VOID_FILL].cushions
