"""Where a unit goes, in words: what it stands on, next to which unit or in which corner, how far from the walls."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from boxwright import units
from boxwright.domain.box import BoxType
from boxwright.domain.plan import Parcel, Placement
from boxwright.planning.answers.bench_phrases import Phrases, listed

Int64s = npt.NDArray[np.int64]

_MOST_NAMED = 4
"""Units that are named one by one; of more, the layer is."""
_CLEARLY_UM, _CLEARLY_SHARE = 10 * units.UM_PER_MM, 20
"""A unit is seen to be nearer to one wall where it is by so much, and by this part of the box's edge or touches it."""
_NEAR_UM = 100 * units.UM_PER_MM
"""Within about a hand's width of a unit, that unit says better where another goes than the walls do."""


def whole_mm(length_um: int) -> str:
    """Return a length to the whole mm, as a person measures it."""
    return f"{round(length_um / units.UM_PER_MM)}"


class Places:
    """Says where the units of a parcel go.

    Parameters
    ----------
    parcel : Parcel
        The parcel.
    box : BoxType
        Its box type.
    padded : collection of str
        Lines whose units lie on pads, which take the place of fill.
    filled : bool
        Whether void fill goes into it.
    begun : bool
        Whether units lie in it already.
    phrases : Phrases
        The language.
    """

    def __init__(
        self, parcel: Parcel, box: BoxType, padded: Collection[str], phrases: Phrases, *, filled: bool, begun: bool
    ) -> None:
        self._placed, self._inner_um = parcel.placements, parcel.inner_um
        self._box, self._padded, self._filled, self._phrases = box, padded, filled, phrases
        self._low = np.array([each.corner_um for each in self._placed], np.int64).reshape(-1, 3)
        self._high = self._low + np.array([each.extent_um for each in self._placed], np.int64).reshape(-1, 3)
        half_gaps = np.array([each.half_gap_um for each in self._placed], np.int64)[:, None]
        self._goods_low, self._goods_high = self._low + half_gaps, self._high - half_gaps
        self._walls = self._nearer_walls()
        self._lifts_um = [self._lift_um(each) for each in self._placed]
        lifts = [lift for lift in self._lifts_um if lift is not None]
        self.bottom_um = min(lifts, default=0) if filled and box.has_fill and not begun else 0
        """Depth of the layer of fill under all units, in um: the least of those on the floor; 0 where one is on it."""

    def of(self, index: int) -> Iterator[str]:
        """Yield the parts of where the unit of a placement goes, counted from 0."""
        placed, phrases = self._placed[index], self._phrases
        if placed.compartment:
            yield self._compartment(placed.compartment)
            return
        yield from self._level(index)
        neighbours = {axis: found for axis in (0, 1) if (found := self._neighbour(index, axis)) is not None}
        neighbours = neighbours or self._near(index) or self._at_an_edge(index)
        sides = tuple(None if axis in neighbours else side for axis, side in enumerate(self._walls[index].tolist()))
        if (corner := phrases.corners.get((sides[0], sides[1]))) is not None and self._has_corners:
            yield corner
        for axis, (other, side) in neighbours.items():
            words = phrases.neighbours[axis, side].format(unit=other + 1)
            gap_um = int(self._gaps_um(index, axis)[other])
            yield phrases.apart.format(gap=whole_mm(gap_um), side=words) if gap_um else words
        if placed.wall_margin_um:
            yield phrases.walls.format(walls=whole_mm(placed.half_gap_um + placed.wall_margin_um))

    @property
    def _has_corners(self) -> bool:
        """Whether a corner says more than the box: in a mailer with one unit it does not."""
        return not self._box.flexible or len(self._placed) > 1

    def _level(self, index: int) -> Iterator[str]:
        """Yield what a unit stands on; nothing in a mailer, where there is only one thing to stand on."""
        placed, phrases = self._placed[index], self._phrases
        lift = self._lifts_um[index]
        if placed.line_id in self._padded:
            yield phrases.on_pads
        if lift is not None:
            if lift and self._filled:
                same = lift == self.bottom_um
                yield phrases.bottom_layer if same else phrases.on_fill.format(depth=whole_mm(lift))
            elif not self._box.flexible and placed.line_id not in self._padded:
                yield phrases.raised.format(depth=whole_mm(lift)) if lift else phrases.floor
            return
        below = self._below(index)
        if not 0 < len(below) <= _MOST_NAMED:
            yield phrases.above
            return
        gap_um = self._gap_over_um(index, below)
        template = phrases.fill_over if gap_um and self._filled else phrases.on
        yield template.format(depth=whole_mm(gap_um), units=listed((str(each + 1) for each in below), phrases.last))

    def fill_under_um(self, index: int) -> int:
        """Return how deep the fill is that a unit is put down on, beyond what is under all units, in um."""
        if not self._filled or self._placed[index].compartment:
            return 0
        lift = self._lifts_um[index]
        if lift is not None:
            return lift - self.bottom_um
        below = self._below(index)
        return self._gap_over_um(index, below) if 0 < len(below) <= _MOST_NAMED else 0

    def _lift_um(self, placed: Placement) -> int | None:
        """Return how far a unit that stands on the floor is above it, in um; None of one on other units."""
        on_floor = placed.z_um <= placed.wall_margin_um
        return placed.z_um + self._fill_gap_um(placed) if on_floor else None

    def _fill_gap_um(self, placed: Placement) -> int:
        """Return the half-gap of a unit where fill goes into it, in um: not where pads do."""
        return 0 if placed.line_id in self._padded else placed.half_gap_um

    def _below(self, index: int) -> list[int]:
        """Return the earlier units that a unit stands on."""
        on_top = self._high[:index, 2] == self._low[index, 2]
        shared = self._shared(index)
        found: list[int] = np.flatnonzero(on_top & (shared[:, 0] > 0) & (shared[:, 1] > 0)).tolist()
        return found

    def _gap_over_um(self, index: int, below: Sequence[int]) -> int:
        """Return how deep the fill is between a unit and those that it stands on, in um."""
        return self._fill_gap_um(self._placed[index]) + max(self._fill_gap_um(self._placed[each]) for each in below)

    def _neighbour(self, index: int, axis: int) -> tuple[int, int] | None:
        """Return the earlier unit that a unit touches most along an axis, and on which side of it it is."""
        behind = self._high[:index, axis] == self._low[index, axis]
        before = self._low[:index, axis] == self._high[index, axis]
        shared = self._shared(index)
        area = np.where(behind | before, shared[:, 1 - axis] * shared[:, 2], 0)
        if not area.any():
            return None
        other = int(np.flatnonzero(area == area.max())[-1])
        return other, 1 if behind[other] else -1

    def _near(self, index: int) -> dict[int, tuple[int, int]]:
        """Return the nearest earlier unit next to a unit, by axis, where the walls do not say where it goes.

        They do not where none is clearly nearer, where the other unit lies before the nearer one, and where both have
        the same words. Empty where there is none.
        """
        alike = (self._walls[:index] == self._walls[index]).all(axis=1)
        floor = np.array([lift is not None for lift in self._lifts_um[:index]], np.bool_)
        level = (self._shared(index)[:, 2] > 0) | (floor & (self._lifts_um[index] is not None))
        found: list[tuple[int, int, int, int]] = []
        for axis in (0, 1):
            low, high = self._goods_low[:, 1 - axis], self._goods_high[:, 1 - axis]
            next_to = (low[:index] < high[index]) & (low[index] < high[:index])
            gaps = self._gaps_um(index, axis)
            other_side = np.where(self._goods_low[index, axis] >= self._goods_high[:index, axis], 1, -1)
            unsaid = alike | (other_side != self._walls[index, axis])
            fits = level & next_to & (gaps >= 0) & (gaps <= _NEAR_UM) & unsaid
            found += [(int(gaps[at]), -at, axis, int(other_side[at])) for at in np.flatnonzero(fits).tolist()]
        if not found:
            return {}
        _, other, axis, side = min(found)
        return {axis: (-other, side)}

    def _gaps_um(self, index: int, axis: int) -> Int64s:
        """Return how far each earlier unit is from a unit along an axis, in um; below 0 where they overlap along it."""
        gaps: Int64s = np.maximum(
            self._goods_low[index, axis] - self._goods_high[:index, axis],
            self._goods_low[:index, axis] - self._goods_high[index, axis],
        )
        return gaps

    def _at_an_edge(self, index: int) -> dict[int, tuple[int, int]]:
        """Return the last earlier unit that a unit meets edge to edge in the same corner of the box, by axis.

        The corner alone would name one place for both; empty where there is no such unit.
        """
        low, high = self._low[:index, :2], self._high[:index, :2]
        behind, before = high == self._low[index, :2], low == self._high[index, :2]
        met = (behind | before).all(axis=1) & (self._shared(index)[:, 2] > 0)
        alike = (self._walls[:index] == self._walls[index]).all(axis=1)
        found = np.flatnonzero(met & alike).tolist()
        return {axis: (found[-1], 1 if behind[found[-1], axis] else -1) for axis in (0, 1)} if found else {}

    def _nearer_walls(self) -> Int64s:
        """Return which wall each unit is clearly nearer to: -1 the low one, 1 the high one, 0 neither; int64 (n, 2)."""
        inner_um = np.array(self._inner_um[:2], np.int64)
        low, high = self._goods_low[:, :2], inner_um - self._goods_high[:, :2]
        off_um, touches = low - high, np.minimum(low, high) < units.UM_PER_MM
        clear = np.abs(off_um) >= np.where(touches, _CLEARLY_UM, np.maximum(_CLEARLY_UM, inner_um // _CLEARLY_SHARE))
        walls: Int64s = np.where(clear, np.sign(off_um), 0)
        return walls

    def _shared(self, index: int) -> Int64s:
        """Return the lengths along x, y, z that a unit and each earlier one both take, int64 (index, 3), in um."""
        high = np.minimum(self._high[:index], self._high[index])
        shared: Int64s = np.maximum(high - np.maximum(self._low[:index], self._low[index]), 0)
        return shared

    def _compartment(self, number: int) -> str:
        phrases, cells = self._phrases, self._box.cells_um
        if len(cells) == 1:
            return phrases.only_compartment
        x, y, *_ = cells[number - 1]
        row = self._counted(y, sorted({cell[1] for cell in cells}), phrases.rows)
        column = self._counted(x, sorted({cell[0] for cell in cells}), phrases.columns)
        return phrases.compartment.format(number=number, place=", ".join(filter(None, (row, column))))

    def _counted(self, at: int, all_of: Sequence[int], words: tuple[str, str, str]) -> str:
        """Return the words for a row or column; empty where there is only one."""
        if len(all_of) < 2:
            return ""
        index, ordinals = all_of.index(at), self._phrases.ordinals
        if len(all_of) == 2:
            return words[index]
        return words[2].format(ordinal=ordinals[index] if index < len(ordinals) else f"{index + 1}.")
