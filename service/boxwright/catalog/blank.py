"""Computes the blank of a box by style, and its outer size from the inner size or the reverse.

Sizes are in mm and areas in mm2, as Decimal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

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
"""Layers of board along length, width and height, at both ends together, by style.

0201: a wall at each side; two layers of flaps at top and bottom. Tuck-end: a wall at each side; closing panel and dust
flaps at both ends. 0300: base and lid at each side; base at the bottom, lid at the top. 0427: outer wall, corner flap
and rolled-over wall at each end; back wall, front wall and lid flap; base and lid. Book wrap: a wall at each side;
base, cover and closing strip.
"""


@dataclass(frozen=True, slots=True)
class Blank:
    """The flat board of a box: length and width before trimming in mm, and area after trimming in mm2."""

    length_mm: Decimal
    width_mm: Decimal
    net_mm2: Decimal

    def mass_g(self, grammage_g_per_m2: Decimal) -> Decimal:
        """Return the mass of the trimmed blank in g."""
        return self.net_mm2 * grammage_g_per_m2 / 1_000_000

    def untrimmed_g(self, grammage_g_per_m2: Decimal) -> Decimal:
        """Return the mass of the untrimmed rectangle in g."""
        return self.length_mm * self.width_mm * grammage_g_per_m2 / 1_000_000


def blank_of(
    style: BoxStyle, inner_mm: Size, caliper_mm: Decimal, allowances: Allowances, opening: Opening = Opening.TOP
) -> Blank | None:
    """Return the blank of a box; None for a style whose blank is unknown.

    Inner edges and caliper are in mm; length and width of a flat mailer are those of its inside when flat. Allowances
    are glue tabs, flaps and seams in mm, by the ids of ``blank_allowances.csv``. An end opening is the face of width
    and height; for a flat mailer, the edge of its width.
    """
    length, width, depth = inner_mm
    if opening is Opening.END:
        length, width, depth = width, depth, length
    length, width = max(length, width), min(length, width)
    caliper = caliper_mm
    if style is BoxStyle.RSC_0201:
        # Four panels and a tab, with flaps of half the width at both ends. Slots, below 1 % of the area, are neglected.
        across = 2 * (length + caliper) + 2 * (width + caliper) + allowances["rsc_glue_tab"]
        return _rectangle(across, depth + width + 2 * caliper)
    if style is BoxStyle.TUCK_0210:
        # A tube (FEFCO 0210): four panels and a tab; two closing panels with tuck flaps, four dust flaps.
        tab, tuck = allowances["tuck_glue_tab"], allowances["tuck_flap"]
        net = (2 * (length + width) + tab) * depth + 2 * length * (width + tuck) + 2 * width * width
        across = 2 * (length + width) + tab + 4 * caliper
        return Blank(across, depth + 2 * (width + tuck) + 3 * caliper, net)
    length, width, height = inner_mm
    if style is BoxStyle.MAILER_0427:
        across = max(length + 4 * height + 43 * caliper / 3, length + width + 16 * caliper / 3)
        along = 2 * width + 3 * height + 22 * caliper / 3
        return Blank(across, along, _roll_end_mm2(length, width, height, caliper, allowances))
    if style in (BoxStyle.FLAT_MAILER, BoxStyle.BAG):
        # A folded sheet: two faces with a seam at either side, and a flap that closes the open edge.
        edge, deep = (width, length) if opening is Opening.END else (length, width)
        return _rectangle(edge + 2 * allowances["mailer_seam"], 2 * deep + allowances["mailer_flap"])
    if style is BoxStyle.BOOK_WRAP:
        # A sheet with base, two walls, cover and closing strip; at both ends a wall with a turn-in.
        across = length + 2 * (height + allowances["wrap_turn_in"]) + 2 * caliper
        return _rectangle(across, 2 * (width + height) + allowances["wrap_strip"] + 4 * caliper)
    return None


def _rectangle(length_mm: Decimal, width_mm: Decimal) -> Blank:
    return Blank(length_mm, width_mm, length_mm * width_mm)


def outer_of(style: BoxStyle, inner_mm: Size, caliper_mm: Decimal, opening: Opening = Opening.TOP) -> Size | None:
    """Return the outer size in mm of a box with an inner size; None for a style whose walls are unknown."""
    return _beyond_walls(inner_mm, style, caliper_mm, opening)


def inner_of(style: BoxStyle, outer_mm: Size, caliper_mm: Decimal, opening: Opening = Opening.TOP) -> Size | None:
    """Return the inner size in mm of a box with an outer size; None for a style whose walls are unknown."""
    return _beyond_walls(outer_mm, style, -caliper_mm, opening)


def _beyond_walls(size_mm: Size, style: BoxStyle, caliper_mm: Decimal, opening: Opening) -> Size | None:
    if (layers := WALL_LAYERS.get(style)) is None:
        return None
    if opening is Opening.END:
        layers = layers[2], layers[0], layers[1]
    length, width, height = (edge + count * caliper_mm for edge, count in zip(size_mm, layers, strict=True))
    return length, width, height


HALF_EAR_SECTOR = Decimal("0.6108652381980153")
"""Area of a sector of 70 degrees over its squared radius: half the angle in radians."""
COS_20, TAN_15 = Decimal("0.9396926207859084"), Decimal("0.2679491924311227")


def _roll_end_mm2(length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, own: Allowances) -> Decimal:
    """Return the area of the trimmed blank of a roll-end mailer (FEFCO 0427) in mm2, as the sum of its panels.

    The panels are those of the parametric drawing of PLMPackLib, whose source and commit are in the ``roll_end_`` rows
    of ``blank_allowances.csv``. Panels exceed the inner edges by the layers of board that they cover, in sixths of the
    caliper. ``length`` is the distance between the rolled-over ends. Rounded corners and the thumb notch of the front
    flap, about 3 cm2, are neglected.
    """
    sixth = caliper / 6
    tab, reach = own["roll_end_tab"], width / 2 - 3 * sixth
    longer = max(reach - height - 2 * sixth, Decimal(0))
    cut = longer * own["roll_end_corner_cut"]
    depth, slit = min(own["roll_end_lid_flap"], height), min(own["roll_end_front_slit"], height)
    gap, radius = own["roll_end_lid_flap_gap"], max(height - own["roll_end_ear_gap"], Decimal(0))
    areas = (
        (length + 18 * sixth) * (width + 14 * sixth),  # base, as wide as front and back
        20 * sixth * (width + 17 * sixth),  # base, at both ends: it widens to the end walls
        -4 * tab * 20 * sixth,  # slots
        2 * (height + 2 * sixth) * (width + 20 * sixth),  # end walls, outside
        2 * 16 * sixth * (width + 10 * sixth),  # their tops, which taper
        2 * (height - 2 * sixth) * width,  # end walls, inside
        4 * 8 * sixth * (tab - 8 * sixth * TAN_15),  # tabs
        2 * (length + 18 * sixth) * (height + 4 * sixth),  # front and back
        4 * (10 * sixth * (height + sixth * 5 / 2) + reach * (height + sixth) - cut),  # corner flaps
        (length - 2 * sixth) * (width + 20 * sixth),  # lid
        2 * sixth * (length + 8 * sixth),  # strip at its hinge
        max(2 * depth * (width + 20 * sixth - 2 * gap - depth * TAN_15), Decimal(0)),  # its side flaps
        slit * (length - 2 * sixth) + (height - slit) * (length + 26 * sixth),  # its front flap
        max(2 * radius * (radius * HALF_EAR_SECTOR - slit * COS_20), Decimal(0)),  # its ears
    )
    return sum(areas, Decimal(0))
