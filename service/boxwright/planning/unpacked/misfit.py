"""A unit that fits no box type: which comes nearest, and the words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.units import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.domain.mailer import Cuboid
    from boxwright.packing.problem import Ints


def extents_of(edges_um: Ints, mask: int) -> list[Cuboid]:
    """Return how far a unit reaches along x, y and z in each allowed orientation.

    Parameters
    ----------
    edges_um : int64, (3,)
        Its length, width and height, in um.
    mask : int
        Bit ``o`` allows orientation ``o``.
    """
    edges, mask = edges_um.tolist(), int(mask)
    return [orientation.rotate(*edges) for bit, orientation in enumerate(ALL_ORIENTATIONS) if mask >> bit & 1]


def nearest(extents_um: Sequence[Cuboid], insides_um: Sequence[Cuboid]) -> tuple[int, Cuboid]:
    """Return the place of the inside that lacks least for a unit, and what it lacks along each edge, in um.

    Parameters
    ----------
    extents_um, insides_um : sequence of (int, int, int)
        The unit in each orientation, and insides; of equals the first is taken. All are 0 where the unit fits.
    """
    unit = np.array(extents_um, dtype=np.int64)[:, np.newaxis]
    lacking = np.maximum(unit - np.array(insides_um, dtype=np.int64), 0)
    turn, place = divmod(int(lacking.sum(axis=2).argmin()), len(insides_um))
    along_x, along_y, along_z = lacking[turn, place].tolist()
    return place, (along_x, along_y, along_z)


def misfit_words(what: str, boxes: int) -> str:
    """Return that something fits none of so many box types, in words."""
    return f"{what} does not fit the only box type" if boxes == 1 else f"{what} fits none of {boxes} box types"


def size_words(edges_um: Sequence[int]) -> str:
    """Return the edges of a unit in words."""
    return " x ".join(f"{edge / 1_000:g}" for edge in edges_um) + " mm"


def turned_words(edges_um: Sequence[int]) -> str:
    """Return the edges of a unit that may be turned, in words."""
    return f"{size_words(edges_um)} in its allowed orientations"


def lacks_words(box_type_id: str, lack_um: Cuboid, *, only: bool) -> str:
    """Return what the nearest box type lacks, in words; ``only`` says that there is no other."""
    edges = zip(("length", "width", "height"), lack_um, strict=True)
    named = f"{box_type_id!r}" if only else f"the nearest, {box_type_id!r},"
    return f"{named} lacks {listed([f'{exact(lack)} mm of {edge}' for edge, lack in edges if lack])}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list: commas, and "and" before the last."""
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]])
