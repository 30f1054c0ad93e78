"""Blanks and walls against worked examples."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.catalog import Materials, load_catalog
from boxwright.catalog.blank import WALL_LAYERS, blank_of, inner_of, outer_of
from boxwright.catalog.boxes import read_box
from boxwright.catalog.faults import Faults
from boxwright.domain.box import BoxStyle, Opening
from boxwright.units import UM_PER_INCH


def size(*edges_mm: float) -> tuple[Decimal, Decimal, Decimal]:
    """Return three edges in mm."""
    length, width, height = (Decimal(str(edge)) for edge in edges_mm)
    return length, width, height


def test_slotted_box_of_c_flute(materials: Materials) -> None:
    """A 300 x 200 x 150 mm slotted box of 3.6 mm board and 464 g/m2 needs 0.37485 m2 and weighs 173.9 g."""
    blank = blank_of(BoxStyle.RSC_0201, size(300, 200, 150), Decimal("3.6"), materials.blank_allowances)
    assert blank is not None
    assert (blank.length_mm, blank.width_mm) == (Decimal("1049.4"), Decimal("357.2"))
    assert float(blank.net_mm2) == pytest.approx(374_850, rel=1e-4)
    assert float(blank.mass_g(Decimal(464))) == pytest.approx(173.9, abs=0.05)


@pytest.mark.parametrize(
    ("inner", "blank_mm", "short_form_m2", "panel_sum_m2"),
    [
        pytest.param(size(300, 200, 100), (722.93, 711.73), 0.3582, 0.3693, id="300 x 200 x 100"),
        pytest.param(size(250, 180, 60), (512.93, 551.73), 0.2185, 0.2273, id="250 x 180 x 60"),
    ],
)
def test_roll_end_mailer(
    materials: Materials,
    inner: tuple[Decimal, Decimal, Decimal],
    blank_mm: tuple[float, float],
    short_form_m2: float,
    panel_sum_m2: float,
) -> None:
    """A 0427 of 1.6 mm board has the blank of its parametric drawing, and a net area 3 to 5 % below the panel sum."""
    blank = blank_of(BoxStyle.MAILER_0427, inner, Decimal("1.6"), materials.blank_allowances)
    assert blank is not None
    assert (float(blank.length_mm), float(blank.width_mm)) == pytest.approx(blank_mm, abs=0.01)
    net_m2 = float(blank.net_mm2) / 1e6
    assert net_m2 == pytest.approx(short_form_m2, abs=1e-4)
    assert 0.95 < net_m2 / panel_sum_m2 < 1


def test_flat_mailer(materials: Materials) -> None:
    """One of 355 x 305 mm flat, for 300 x 250 x 40 mm and an ease of 15 mm, needs 375 x (2 x 305 + 50) mm = 0.2475 m2.

    That is 13.74 g of 60 um film, or 29.7 g of paper of 120 g/m2. One that opens at its width has the flap there.
    """
    allowances = materials.blank_allowances
    blank = blank_of(BoxStyle.FLAT_MAILER, size(355, 305, 40), Decimal(0), allowances)
    assert blank is not None
    assert blank == blank_of(BoxStyle.FLAT_MAILER, size(305, 355, 40), Decimal(0), allowances, Opening.END)
    assert blank.net_mm2 == 247_500
    assert float(blank.mass_g(Decimal("55.5"))) == pytest.approx(13.74, abs=0.005)
    assert blank.mass_g(Decimal(120)) == Decimal("29.7")


def test_outer_size_of_a_slotted_box() -> None:
    """Walls of 3.6 mm add 7.2, 7.2 and 14.4 mm to a slotted box."""
    assert outer_of(BoxStyle.RSC_0201, size(218.8, 198.8, 208.8), Decimal("3.6")) == size(226, 206, 223.2)


@pytest.mark.parametrize("box_type_id", ["usps-medium-1", "usps-large"])
def test_published_walls_of_top_loading_boxes_follow_the_rule(box_type_id: str) -> None:
    """Boxes of which both sizes are published have 2, 2 and 4 layers of 1/8 inch board: the rule for 0201."""
    box = load_catalog("usps-flat-rate").box_type(box_type_id)
    walls = tuple(outer - inner for inner, outer in zip(box.inner_um, box.outer_um, strict=True))
    assert walls == tuple(layers * UM_PER_INCH // 8 for layers in WALL_LAYERS[BoxStyle.RSC_0201])


def test_an_opening_end_turns_the_flaps(materials: Materials) -> None:
    """A box that opens at its end has its flaps along the length, and the blank of the same box stood up."""
    lying = size(400, 100, 200)
    standing = size(200, 100, 400)
    allowances = materials.blank_allowances
    assert blank_of(BoxStyle.RSC_0201, lying, Decimal(3), allowances, Opening.END) == blank_of(
        BoxStyle.RSC_0201, standing, Decimal(3), allowances
    )
    assert outer_of(BoxStyle.RSC_0201, lying, Decimal(3), Opening.END) == size(412, 106, 206)


def test_styles_without_a_known_blank_have_none(materials: Materials) -> None:
    """Totes, bags, padded mailers and telescope boxes get no invented tare."""
    for style in (BoxStyle.TOTE, BoxStyle.BAG, BoxStyle.PADDED_MAILER, BoxStyle.TELESCOPE_0300):
        assert blank_of(style, size(300, 200, 100), Decimal(3), materials.blank_allowances) is None


edges = st.decimals("10", "1000", places=1)


@given(st.tuples(edges, edges, edges), st.decimals("0.1", "8", places=1), st.sampled_from(sorted(WALL_LAYERS)))
def test_inner_and_outer_undo_each_other(
    inner: tuple[Decimal, Decimal, Decimal], caliper: Decimal, style: BoxStyle
) -> None:
    """The inner size of the outer size of a box is its inner size, for every style and opening."""
    for opening in Opening:
        outer = outer_of(style, inner, caliper, opening)
        assert outer is not None
        assert min(outer[axis] - inner[axis] for axis in range(3)) > 0
        assert inner_of(style, outer, caliper, opening) == inner


@pytest.mark.parametrize(
    ("style", "inner", "board", "tare_mg", "blank_mg"),
    [
        # T6: 1049.4 x 357.2 mm = 374,845.68 mm2; x 464 g/m2 = 173.92839552 g. No trim counts.
        pytest.param("rsc_0201", size(300, 200, 150), (3.6, 464), 173_928, 173_928, id="slotted, C flute"),
        # T7: net 2 x 300 x 200 + 3 x 300 x 100 + 6 x 200 x 100 + 100 x 167 + 1.22 x 97^2 = 358,178.98 mm2, x 375 =
        # 134.3171175 g; blank 722.9333... x 711.7333... = 514,535.75111 mm2, x 375 = 192.9509067 g.
        pytest.param("mailer_0427", size(300, 200, 100), (1.6, 375), 134_317, 192_951, id="roll-end, 300 x 200 x 100"),
        # T8: net 90,000 + 45,000 + 64,800 + 14,700 + 1.22 x 57^2 = 218,463.78 mm2, x 375 = 81.9239175 g;
        # blank 512.9333... x 551.7333... = 283,002.41778 mm2, x 375 = 106.1259067 g.
        pytest.param("mailer_0427", size(250, 180, 60), (1.6, 375), 81_924, 106_126, id="roll-end, 250 x 180 x 60"),
        # T13: 375 x 660 mm = 247,500 mm2; x 55.5 g/m2 (60 um of 0.925 g/cm3) = 13.73625 g, x 120 g/m2 = 29.7 g.
        pytest.param("flat_mailer", size(355, 305, 40), (0.06, 55.5), 13_736, 13_736, id="flat mailer, film"),
        pytest.param("flat_mailer", size(355, 305, 40), (0.2, 120), 29_700, 29_700, id="flat mailer, kraft"),
        # across 2 x 500 + 20 + 4 x 1.6 = 1026.4, along 100 + 2 x 225 + 3 x 1.6 = 554.8: 569,446.72 mm2; trimmed
        # 1020 x 100 + 600 x 225 + 2 x 200^2 = 317,000 mm2; x 375 = 213.54252 and 118.875 g.
        pytest.param("tuck_0210", size(300, 200, 100), (1.6, 375), 118_875, 213_543, id="tuck-end tube"),
    ],
)
def test_golden_tares_and_blanks(
    materials: Materials,
    style: str,
    inner: tuple[Decimal, Decimal, Decimal],
    board: tuple[float, float],
    tare_mg: int,
    blank_mg: int,
) -> None:
    """What is shipped and what is cut, to the mg. Grammages and allowances are unverified: this tests arithmetic.

    The short formula of the 0427 is used; the sum of its panels is 0.3693 and 0.2273 m2, 3 and 4 % more.
    """
    edges = dict(zip(("inner_length_mm", "inner_width_mm", "inner_height_mm"), map(float, inner), strict=True))
    given = {"box_type_id": "b", "style": style, **edges, "caliper_mm": board[0], "grammage_g_per_m2": board[1]}
    faults = Faults(Path("case"))
    box = read_box(given, str, materials, faults)
    assert faults.violations == []
    assert box is not None
    assert (box.tare_mg, box.blank_mg) == (tare_mg, blank_mg)
