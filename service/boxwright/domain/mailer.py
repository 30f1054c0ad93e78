"""Mailers, bags and book wraps: how much goes in where the height is that of the content.

Mailers and bags are two flat sheets joined at the edges.

A cuboid of l x w x h goes into a mailer of flat inner length L and width W, lying flat, iff

    l + h <= L    and    w + h <= W    (and h is at most the greatest thickness to which it still closes).

Both follow from girth: the sheets make closed loops of 2 L and 2 W, and a loop round the cuboid along an axis is at
least the girth of its section, 2 (l + h) or 2 (w + h). They are enough, too: a tube of girth 2 (w + h) closed flat at
both ends folds into that cuboid, each end taking h / 2, with its corners folded away, as beverage cartons show.
``docs/mailers.md`` names the sources. A book wrap (``wraps``) is one board folded round the content: its length and
width stay as they are, and it closes at any height up to its greatest. All lengths are in um.
"""

import math

Cuboid = tuple[int, int, int]


def inside_at(flat_um: Cuboid, height_um: int, *, wraps: bool = False) -> Cuboid:
    """Return length, width and height of the cuboid that a mailer or wrap is when it is filled to a height, in um.

    Parameters
    ----------
    flat_um : tuple of int
        Flat inner length and width, and the greatest thickness.
    height_um : int
        Filled height; edges are 0 where the mailer cannot be so thick.
    wraps : bool, optional
        Whether it is a book wrap. Default a mailer or bag.
    """
    length, width, thickest = flat_um
    if wraps:
        return (length, width, height_um) if 0 < height_um <= thickest else (0, 0, 0)
    if not 0 < height_um <= min(thickest, length - 1, width - 1):
        return 0, 0, 0
    return length - height_um, width - height_um, height_um


def capacity_um3(flat_um: Cuboid, *, wraps: bool = False) -> int:
    """Return the volume of the largest cuboid that goes into a mailer or wrap, in cubic um.

    (L - h)(W - h) h grows up to h = (L + W - sqrt(L^2 - L W + W^2)) / 3, the smaller root of its derivative.
    """
    length, width, thickest = flat_um
    if wraps:
        return length * width * thickest
    best = (length + width - math.isqrt(length * length - length * width + width * width)) // 3
    heights = [min(max(near, 1), thickest) for near in (best - 1, best, best + 1)]
    return max(math.prod(inside_at(flat_um, height)) for height in heights)


def reach_um(flat_um: int, content_um: int, height_um: int) -> int:
    """Return how long a mailer of a flat length is along an axis with content of this extent and height in it, in um.

    What the content does not use, ``flat - content``, is pulled straight to the seams at half height: no way to lay
    it makes the mailer longer, so that a carrier never measures more. Rounded up; corners are folded away.
    """
    surplus = flat_um - content_um
    squared = surplus * surplus - height_um * height_um
    return content_um + (math.isqrt(squared - 1) + 1 if squared > 0 else 0)


def outside_um(flat_um: Cuboid, outer_um: Cuboid, content_um: Cuboid, *, wraps: bool = False) -> Cuboid:
    """Return the outer size of a filled mailer or wrap.

    Parameters
    ----------
    flat_um, outer_um : tuple of int
        Inner and outer size of the mailer as the catalog has them. What the outer is more along length and width is
        seams, along height both walls.
    content_um : tuple of int
        Extents of what is in it, from the corner where both coordinates are 0.
    wraps : bool, optional
        Whether it is a book wrap, whose outer length and width do not change. Default a mailer or bag.
    """
    length, width, height = content_um
    if wraps:
        return outer_um[0], outer_um[1], height + outer_um[2] - flat_um[2]
    return (
        reach_um(flat_um[0], length, height) + outer_um[0] - flat_um[0],
        reach_um(flat_um[1], width, height) + outer_um[1] - flat_um[1],
        height + outer_um[2] - flat_um[2],
    )
