"""Colours of order lines, which people with the common kinds of colour blindness can tell apart.

The eight hues are those of Okabe and Ito, Color Universal Design (2008), https://jfly.uni-koeln.de/color/. The ninth
and later lines repeat them in another tone; numbers on the units also identify their lines.
"""

import functools

from boxwright.drawing.isometric import Face

_HUES = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999")
_TONES = (("#ffffff", 0.0), ("#ffffff", 0.45), ("#000000", 0.35))
_SHADE = {Face.TOP: ("#ffffff", 0.32), Face.FRONT: ("#ffffff", 0.0), Face.RIGHT: ("#000000", 0.22)}


@functools.lru_cache(4_096)
def mix(colour: str, other: str, share: float) -> str:
    """Return a mix of two colours, ``#rrggbb``; ``share``, 0 to 1, is the part of the other colour."""
    parts = (round((1 - share) * int(colour[k : k + 2], 16) + share * int(other[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{part:02x}" for part in parts)


def line_colour(index: int) -> str:
    """Return the colour of the order line at a position, from 0."""
    towards, share = _TONES[index // len(_HUES) % len(_TONES)]
    return mix(_HUES[index % len(_HUES)], towards, share)


@functools.lru_cache(4_096)
def shaded(colour: str, face: Face) -> str:
    """Return a colour as it appears on a face in light from above."""
    return mix(colour, *_SHADE[face])


def pale(colour: str) -> str:
    """Return the colour of a unit placed in an earlier step."""
    return mix(colour, "#ffffff", 0.72)


def greyed(colour: str) -> str:
    """Return the colour of a unit packed before the first step."""
    return mix(colour, "#8c959f", 0.6)


def ink_on(colour: str) -> str:
    """Return black or white, whichever contrasts better with a colour (relative luminance of WCAG 2.2)."""
    channels = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#ffffff"
