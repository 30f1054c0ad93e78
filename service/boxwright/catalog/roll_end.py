"""Board of a roll-end mailer (FEFCO 0427), panel by panel, in the parametric geometry of PLMPackLib.

Each panel is as much larger than the inside as the layers of board ask that it must reach round: multiples of the
caliper, which the drawing states in sixths. Source and commit of the drawing stand with the ``roll_end_`` rows of
``blank_allowances.csv``; its angles are here, as part of the formula.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

HALF_EAR_SECTOR = Decimal("0.6108652381980153")
"""Half of 70 degrees in radians: a sector of that angle has this times the square of its radius."""
COS_20, TAN_15 = Decimal("0.9396926207859084"), Decimal("0.2679491924311227")


def roll_end_mm2(
    length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, allowances: Mapping[str, Decimal]
) -> Decimal:
    """Return the area of the trimmed blank in mm2; ``length`` runs from one rolled-over end to the other.

    Rounded corners and the thumb notch of the front flap, about 3 cm2 in all, are neglected.

    Parameters
    ----------
    length, width, height : Decimal
        Inner size in mm.
    caliper : Decimal
        Thickness of the board in mm.
    allowances : mapping of str to Decimal
        The ``roll_end_`` rows of ``blank_allowances.csv``.
    """
    own = {name.removeprefix("roll_end_"): value for name, value in allowances.items()}
    return sum((*_tray(length, width, height, caliper, own), *_lid(length, width, height, caliper, own)), Decimal(0))


def _tray(
    length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, own: Mapping[str, Decimal]
) -> Iterator[Decimal]:
    sixth = caliper / 6
    yield (length + 18 * sixth) * (width + 14 * sixth)  # base, as wide as front and back
    yield 20 * sixth * (width + 17 * sixth)  # base, at both ends: it widens to the end walls
    yield -4 * own["tab"] * 20 * sixth  # slots
    yield 2 * (height + 2 * sixth) * (width + 20 * sixth)  # end walls, outside
    yield 2 * 16 * sixth * (width + 10 * sixth)  # their tops, which taper
    yield 2 * (height - 2 * sixth) * width  # end walls, inside
    yield 4 * 8 * sixth * (own["tab"] - 8 * sixth * TAN_15)  # tabs
    yield 2 * (length + 18 * sixth) * (height + 4 * sixth)  # front and back
    reach = width / 2 - 3 * sixth
    longer = max(reach - height - 2 * sixth, Decimal(0))
    flap = 10 * sixth * (height + sixth * 5 / 2) + reach * (height + sixth) - longer * own["corner_cut"]
    yield 4 * flap  # corner flaps


def _lid(
    length: Decimal, width: Decimal, height: Decimal, caliper: Decimal, own: Mapping[str, Decimal]
) -> Iterator[Decimal]:
    sixth = caliper / 6
    yield (length - 2 * sixth) * (width + 20 * sixth)
    yield 2 * sixth * (length + 8 * sixth)  # strip at its hinge
    depth = min(own["lid_flap"], height)
    yield max(2 * depth * (width + 20 * sixth - 2 * own["lid_flap_gap"] - depth * TAN_15), Decimal(0))  # side flaps
    slit = min(own["front_slit"], height)
    yield slit * (length - 2 * sixth) + (height - slit) * (length + 26 * sixth)  # front flap
    radius = max(height - own["ear_gap"], Decimal(0))
    yield max(2 * radius * (radius * HALF_EAR_SECTOR - slit * COS_20), Decimal(0))  # ears
