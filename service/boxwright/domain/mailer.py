"""Shells of box types, which give the size of a box with its content: rigid boxes, mailers and bags, book wraps.

Mailers and bags (``Pouch``) are two flat sheets joined at the edges.

A cuboid of l x w x h goes into a mailer of flat inner length L and width W, lying flat, if and only if

    l + h <= L    and    w + h <= W    (and h is at most the greatest thickness to which it still closes).

Both conditions are necessary: the sheets form closed loops of 2 L and 2 W, and a loop round the cuboid along an axis is
at least as long as the girth of its section, 2 (l + h) or 2 (w + h). Together they are sufficient: a tube of girth 2 (w
+ h) that is closed flat at both ends folds into that cuboid like a beverage carton, where each end takes h / 2 and its
corners are folded away. ``docs/packing.md`` names the sources. A book wrap (``Wrap``) is one board folded round the
content: its length and width stay as they are, and it closes at any height up to its greatest. All lengths are in um.
"""

import math

Cuboid = tuple[int, int, int]


def reach_um(flat_um: int, content_um: int, height_um: int) -> int:
    """Return the length of a filled mailer along an axis, in um, rounded up; corners are folded away.

    The surplus ``flat - content`` is taken to lie straight between content and seams, at half height. The mailer is
    then as long as it can be, so that no carrier measures more.
    """
    surplus = flat_um - content_um
    squared = surplus * surplus - height_um * height_um
    return content_um + (math.isqrt(squared - 1) + 1 if squared > 0 else 0)


class Shell:
    """The shell of a rigid box, whose size does not depend on its content; other shells override it.

    ``inner_um`` and ``outer_um`` are length, width and height in the catalog; for a mailer those of the flat sheets,
    and its greatest thickness. The outer size adds seams along length and width, and both walls along height.
    """

    def thickest_um(self, inner_um: Cuboid) -> int:
        """Return the greatest height at which it closes."""
        return inner_um[2]

    def inside_at(self, inner_um: Cuboid, height_um: int) -> Cuboid:
        """Return its inner size when filled to a height; the edges are 0 if that is impossible."""
        return inner_um

    def capacity_um3(self, inner_um: Cuboid) -> int:
        """Return the volume of the largest cuboid that fits, in cubic um."""
        return math.prod(inner_um)

    def outside_um(self, inner_um: Cuboid, outer_um: Cuboid, content_um: Cuboid) -> Cuboid:
        """Return its outer size with content of these extents, measured from the inner corner."""
        return outer_um

    def enclosing_um(self, inner_um: Cuboid, lowest_um: int) -> Cuboid:
        """Return a cuboid that encloses any content of height ``lowest_um`` or more."""
        return inner_um

    def least_um(self, inner_um: Cuboid, outer_um: Cuboid, lowest_um: int) -> tuple[Cuboid, Cuboid]:
        """Return the inner size of least volume and the least outer edges when filled to ``lowest_um`` or more."""
        return inner_um, outer_um


class Pouch(Shell):
    """The shell of a mailer or bag, which gets shorter and narrower as it is filled higher."""

    def thickest_um(self, inner_um: Cuboid) -> int:
        """Return the greatest height at which it closes with a length and width above 0."""
        return min(inner_um[2], inner_um[0] - 1, inner_um[1] - 1)

    def inside_at(self, inner_um: Cuboid, height_um: int) -> Cuboid:
        """Return the cuboid of this height whose girths are those of the sheets."""
        if not 0 < height_um <= self.thickest_um(inner_um):
            return 0, 0, 0
        return inner_um[0] - height_um, inner_um[1] - height_um, height_um

    def capacity_um3(self, inner_um: Cuboid) -> int:
        """Return the volume at the height where it is largest.

        (L - h)(W - h) h grows up to h = (L + W - sqrt(L^2 - L W + W^2)) / 3, the smaller root of its derivative.
        """
        length, width, thickest = inner_um
        best = (length + width - math.isqrt(length * length - length * width + width * width)) // 3
        heights = [min(max(near, 1), thickest) for near in (best - 1, best, best + 1)]
        return max(math.prod(self.inside_at(inner_um, height)) for height in heights)

    def outside_um(self, inner_um: Cuboid, outer_um: Cuboid, content_um: Cuboid) -> Cuboid:
        """Return the extents of the filled sheets plus seams and walls."""
        length, width, height = content_um
        return (
            reach_um(inner_um[0], length, height) + outer_um[0] - inner_um[0],
            reach_um(inner_um[1], width, height) + outer_um[1] - inner_um[1],
            height + outer_um[2] - inner_um[2],
        )

    def enclosing_um(self, inner_um: Cuboid, lowest_um: int) -> Cuboid:
        """Return length and width at the least height, and the greatest height."""
        length, width, height = inner_um
        return max(length - lowest_um, 0), max(width - lowest_um, 0), height

    def least_um(self, inner_um: Cuboid, outer_um: Cuboid, lowest_um: int) -> tuple[Cuboid, Cuboid]:
        """Return the inner size of least volume and the least outer edges.

        The inner volume has a single maximum over the height, so its minimum is at an end of the range. A mailer is
        never shorter than its flat length less its height.
        """
        highest = self.thickest_um(inner_um)
        lowest = min(lowest_um, highest)
        return (
            min((self.inside_at(inner_um, height) for height in (lowest, highest)), key=math.prod),
            (outer_um[0] - highest, outer_um[1] - highest, lowest + outer_um[2] - inner_um[2]),
        )


class Wrap(Shell):
    """The shell of a book wrap, which keeps its length and width at any height."""

    def inside_at(self, inner_um: Cuboid, height_um: int) -> Cuboid:
        """Return its length and width, and the height."""
        length, width, thickest = inner_um
        return (length, width, height_um) if 0 < height_um <= thickest else (0, 0, 0)

    def outside_um(self, inner_um: Cuboid, outer_um: Cuboid, content_um: Cuboid) -> Cuboid:
        """Return its outer length and width, and the height with both walls."""
        return outer_um[0], outer_um[1], content_um[2] + outer_um[2] - inner_um[2]

    def least_um(self, inner_um: Cuboid, outer_um: Cuboid, lowest_um: int) -> tuple[Cuboid, Cuboid]:
        """Return its sizes at the least height."""
        lowest = min(lowest_um, inner_um[2])
        return self.inside_at(inner_um, lowest), self.outside_um(inner_um, outer_um, (0, 0, lowest))


RIGID, POUCH, WRAP = Shell(), Pouch(), Wrap()
