"""Blanks: how much board a style needs, and how much its walls take from the outer size.

Sizes are in mm and areas in mm2, as Decimal. A box is described from its opening: ``length >= width`` are the sides
of the opening and ``height`` is the depth, whichever way the box stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from boxwright.catalog.roll_end import roll_end_mm2
from boxwright.domain.box import BoxStyle, Opening

Size = tuple[Decimal, Decimal, Decimal]
Allowances = Mapping[str, Decimal]

WALL_LAYERS = {
    BoxStyle.RSC_0201: (2, 2, 4),
    BoxStyle.TUCK_0210: (2, 2, 4),
    BoxStyle.TELESCOPE_0300: (4, 4, 2),
    BoxStyle.MAILER_0427: (6, 3, 2),
    BoxStyle.BOOK_WRAP: (2, 2, 3),
}
"""Layers of board crossed along length, width and height, both ends together, by style.

0201: one wall each side, and two layers of flaps at top and bottom. Tuck-end: the same, closing panel and dust
flaps. 0300: base and lid side by side, and one on top of the other. 0427: outer wall, corner flap and rolled-over
wall at each end; back wall, front wall and lid flap; base and lid. Book wrap: one
wall each side; base, cover and the strip that closes it.
"""


@dataclass(frozen=True, slots=True)
class Blank:
    """The flat board of a box: its rectangle and, of that, what is left after trimming."""

    length_mm: Decimal
    width_mm: Decimal
    net_mm2: Decimal

    def mass_g(self, grammage_g_per_m2: Decimal) -> Decimal:
        """Return the mass of the trimmed blank in g, which is what is shipped."""
        return self.net_mm2 * grammage_g_per_m2 / 1_000_000

    def untrimmed_g(self, grammage_g_per_m2: Decimal) -> Decimal:
        """Return the mass of the whole rectangle in g: what goes into the box with the trim that it leaves."""
        return self.length_mm * self.width_mm * grammage_g_per_m2 / 1_000_000


def blank_of(
    style: BoxStyle, inner_mm: Size, caliper_mm: Decimal, allowances: Allowances, opening: Opening = Opening.TOP
) -> Blank | None:
    """Return the blank of a box, or None for a style whose blank is not known.

    Parameters
    ----------
    style : BoxStyle
        How it is made.
    inner_mm : tuple of Decimal
        Inner length, width, height in mm. Of a flat mailer length and width are those of the flat inside.
    caliper_mm : Decimal
        Thickness of the board in mm.
    allowances : mapping of str to Decimal
        Glue tabs, flaps and seams in mm, by the ids of ``blank_allowances.csv``.
    opening : Opening, optional
        Default top. An end that opens is the face of width and height, of a flat mailer the edge of its width.
    """
    length, width, height = _from_opening(inner_mm, opening)
    if style is BoxStyle.RSC_0201:
        return _slotted(length, width, height, caliper_mm, allowances["rsc_glue_tab"])
    if style is BoxStyle.TUCK_0210:
        tab, tuck = allowances["tuck_glue_tab"], allowances["tuck_flap"]
        return _tuck_end(length, width, height, caliper_mm, tab, tuck)
    if style is BoxStyle.MAILER_0427:
        return _roll_end_mailer(*inner_mm, caliper_mm, allowances)
    if style is BoxStyle.FLAT_MAILER:
        return _flat_mailer(*inner_mm[:2], opening, allowances)
    if style is BoxStyle.BOOK_WRAP:
        return _book_wrap(*inner_mm, caliper_mm, allowances)
    return None


def outer_of(style: BoxStyle, inner_mm: Size, caliper_mm: Decimal, opening: Opening = Opening.TOP) -> Size | None:
    """Return the outer size of a box with this inner size, or None for a style whose walls are not known."""
    walls = _walls(style, caliper_mm, opening)
    if walls is None:
        return None
    return inner_mm[0] + walls[0], inner_mm[1] + walls[1], inner_mm[2] + walls[2]


def inner_of(style: BoxStyle, outer_mm: Size, caliper_mm: Decimal, opening: Opening = Opening.TOP) -> Size | None:
    """Return the inner size of a box with this outer size, or None for a style whose walls are not known."""
    walls = _walls(style, caliper_mm, opening)
    if walls is None:
        return None
    return outer_mm[0] - walls[0], outer_mm[1] - walls[1], outer_mm[2] - walls[2]


def _walls(style: BoxStyle, caliper_mm: Decimal, opening: Opening) -> Size | None:
    layers = WALL_LAYERS.get(style)
    if layers is None:
        return None
    length, width, height = (count * caliper_mm for count in layers)
    return (height, length, width) if opening is Opening.END else (length, width, height)


def _from_opening(inner_mm: Size, opening: Opening) -> Size:
    length, width, height = inner_mm
    if opening is Opening.END:
        length, width, height = width, height, length
    return max(length, width), min(length, width), height


def _slotted(length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, tab: Decimal) -> Blank:
    """FEFCO 0201: four panels and a tab; flaps of half the width at both ends. Slots (below 1 %) are neglected."""
    across = 2 * (length + caliper) + 2 * (width + caliper) + tab
    along = height + width + 2 * caliper
    return Blank(across, along, across * along)


def _tuck_end(length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, tab: Decimal, tuck: Decimal) -> Blank:
    """Tuck-end tube (FEFCO 0210 family): four panels and a tab; two closing panels with tuck, four dust flaps."""
    across = 2 * (length + width) + tab + 4 * caliper
    along = height + 2 * (width + tuck) + 3 * caliper
    net = (2 * (length + width) + tab) * height + 2 * length * (width + tuck) + 2 * width * width
    return Blank(across, along, net)


def _roll_end_mailer(
    length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, allowances: Allowances
) -> Blank:
    """FEFCO 0427 in the parametric geometry of PLMPackLib; the net area is the sum of its panels."""
    across = max(length + 4 * height + 43 * caliper / 3, length + width + 16 * caliper / 3)
    along = 2 * width + 3 * height + 22 * caliper / 3
    return Blank(across, along, roll_end_mm2(length, width, height, caliper, allowances))


def _flat_mailer(length: Decimal, width: Decimal, opening: Opening, allowances: Allowances) -> Blank:
    """One sheet folded over: two faces with a seam at either side, and a flap that closes the edge that opens."""
    seam, flap = allowances["mailer_seam"], allowances["mailer_flap"]
    edge, deep = (width, length) if opening is Opening.END else (length, width)
    across = edge + 2 * seam
    along = 2 * deep + flap
    return Blank(across, along, across * along)


def _book_wrap(length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, allowances: Allowances) -> Blank:
    """One sheet: base, two walls, a cover and the strip that closes it; at either end a wall and what turns in."""
    across = length + 2 * (height + allowances["wrap_turn_in"]) + 2 * caliper
    along = 2 * (width + height) + allowances["wrap_strip"] + 4 * caliper
    return Blank(across, along, across * along)
