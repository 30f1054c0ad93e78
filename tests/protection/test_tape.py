"""Tape by style, opening and size. The overlap tests arithmetic only: it is a convention."""

from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.catalog import load_materials
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.errors import InvalidInputError
from boxwright.protection import tape_mg, tape_mm

CENTRE, H_SEAL = (load_materials().tape_rule(each) for each in ("", "h-seal"))


def box(style=BoxStyle.RSC_0201, opening=Opening.TOP, outer=(300, 200, 150)):
    """Return a box of some outer size in mm; its inner size is 8 mm less."""
    inner = [edge - 8 for edge in outer]
    return BoxType("box", *inner, *outer, style=style, opening=opening)


def test_golden_centre_seams(tape):
    """300 x 200 x 150 mm outside: two strips of 420 mm at 8.4 g/m weigh 7.056 g."""
    assert tape_mm(box(), tape, CENTRE) == 840
    assert tape_mg(box(), tape, CENTRE) == 7_056


def test_seam_runs_along_the_longer_side_of_the_opening(tape):
    """Length and width may be declared either way round; height does not count for a top opening."""
    assert tape_mg(box(outer=(200, 300, 700)), tape, CENTRE) == tape_mg(box(), tape, CENTRE)


def test_end_opening_is_taped_across_its_end(tape):
    """A box that opens at its end has its seams along the longer side of that end: two strips of 320 mm."""
    assert tape_mg(box(opening=Opening.END), tape, CENTRE) == 5_376
    assert tape_mg(box(opening=Opening.END, outer=(300, 150, 200)), tape, CENTRE) == 5_376


@pytest.mark.parametrize("style", [style for style in BoxStyle if style.value not in ("rsc_0201", "telescope_0300")])
def test_self_closing_styles_take_none(tape, style):
    """Styles that lock or seal by themselves take no tape."""
    assert tape_mm(box(style=style), tape, CENTRE) == 0
    assert tape_mg(box(style=style), tape, CENTRE) == 0


def test_telescope_is_taped_like_a_slotted_box(tape):
    """The lid of a telescope box does not hold by itself."""
    assert tape_mg(box(style=BoxStyle.TELESCOPE_0300), tape, CENTRE) == 7_056


def test_mass_is_rounded_half_to_even(tape):
    """Strips of 2 x 420 mm, 1 mm wide, at 12.5 g/m2 are 10.5 mg and become 10."""
    assert tape_mg(box(), replace(tape, width_mm=Decimal(1), grammage_g_per_m2=Decimal("12.5")), CENTRE) == 10


@pytest.mark.parametrize("field", ["width_mm", "grammage_g_per_m2", "seam_overlap_mm"])
def test_tape_without_a_figure_is_refused(tape, field):
    """Each figure that the rule needs must be there; a missing one is an error, never zero."""
    with pytest.raises(InvalidInputError, match=field):
        tape_mg(box(), replace(tape, **{field: None}), CENTRE)


def test_golden_h_seal():
    """300 x 200 x 150 mm outside: two strips of 420 mm, and four of 200 + 2 x 50 = 300 mm across the edges: 2,040 mm.

    At 8.4 g/m they weigh 17.136 g.
    """
    assert tape_mm(box(), tape_of_shipped_width(), H_SEAL) == 2_040
    assert tape_mg(box(), tape_of_shipped_width(), H_SEAL) == 17_136
    # An end of 200 x 150: two of 320 and four of 250 mm, 1,640 mm.
    assert tape_mg(box(opening=Opening.END), tape_of_shipped_width(), H_SEAL) == 13_776


def tape_of_shipped_width():
    """Return the default tape that is shipped: 70 mm of 120 g/m2, 60 mm past each end."""
    return load_materials().dunnage_of("kraft-paper-tape")


def test_the_default_rule_is_two_centre_seams():
    """Without a name the rule is two strips, as reinforced tape needs."""
    assert (CENTRE.rule_id, CENTRE.seam_strips, CENTRE.edge_strips) == ("centre-seams", 2, 0)
