"""Describes the place of each step: its support, the units beside it or its corner, its distance from the walls."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from boxwright import units
from boxwright.domain.box import BoxType, Opening
from boxwright.domain.plan import EmptySpace, Parcel, Placement
from boxwright.domain.steps import Step, numbers
from boxwright.planning.words import listed

Int64s = npt.NDArray[np.int64]

_MOST_NAMED = 4
"""Maximum number of steps that are named one by one."""
_MOST_SIDES = 2
"""Maximum number of sides to block that are named one by one; with more, only the steps are named."""
_CLEARLY_UM, _CLEARLY_SHARE = 10 * units.UM_PER_MM, 20
"""Minimum difference of the distances to two opposite walls for a unit to count as nearer to one: this length and,
unless the unit touches a wall, the inner edge of the box divided by this number."""
_NEAR_UM = 100 * units.UM_PER_MM
"""Distance, about a hand's width, up to which a neighbour describes the place of a unit better than the walls do."""
_LEAST_FILL_UM = 10 * units.UM_PER_MM
"""Minimum depth of a layer of fill that is stated; packers cannot lay a thinner one to measure."""
_LEAST_GAP_UM = 3 * units.UM_PER_MM
"""Minimum width of a gap that is mentioned; packers do not measure narrower ones."""
_BESIDE = {
    (0, -1): "left of",
    (0, 1): "right of",
    (1, -1): "in front of",
    (1, 1): "behind",
    (2, -1): "below",
    (2, 1): "above",
}
"""Words for a place, by axis and side of the neighbour."""
_WALLS = {(0, -1): "the left", (0, 1): "the right", (1, -1): "the front", (1, 1): "the back"}
"""Words for a wall, by axis and side."""
_CLOSE_UM = 50 * units.UM_PER_MM
"""Maximum distance of goods from the nearest place to a wall that their margins allow, for them to count as at that
wall."""
_OFF_CENTRE = (("left of", "right of"), ("in front of", "behind"))
_ALONG = Fraction(5, 4)
"""Minimum ratio of the edge along a row to both other edges for goods that touch to lie end to end."""
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def whole_mm(length_um: int) -> str:
    """Return a length in whole mm as text, without the unit."""
    return f"{round(length_um / units.UM_PER_MM)}"


class Places:
    """The places of the steps of a parcel; ``filled`` states whether the parcel has void fill."""

    def __init__(self, parcel: Parcel, steps: Sequence[Step], box: BoxType, *, filled: bool) -> None:
        self._steps, self._placed, self._box, self._filled = steps, [step.placed[0] for step in steps], box, filled
        # Pads take the place of fill.
        self._padded = {rule.line_id for rule in parcel.protection if rule.pad_edge_um}
        self._low = np.array([step.corner_um for step in steps], np.int64).reshape(-1, 3)
        self._high = self._low + np.array([step.extent_um for step in steps], np.int64).reshape(-1, 3)
        half_gaps = np.array([placed.half_gap_um for placed in self._placed], np.int64)[:, None]
        self._goods_low, self._goods_high = self._low + half_gaps, self._high - half_gaps
        # Wall that each step is clearly nearer to: -1 for the low one, 1 for the high one, 0 for neither; int64 (n, 2).
        self._inner_um = parcel.inner_um
        edges_um = np.array(parcel.inner_um[:2], np.int64)
        low, high = self._goods_low[:, :2], edges_um - self._goods_high[:, :2]
        touches = np.minimum(low, high) < units.UM_PER_MM
        clearly_um = np.where(touches, _CLEARLY_UM, np.maximum(_CLEARLY_UM, edges_um // _CLEARLY_SHARE))
        self._walls: Int64s = np.where(np.abs(low - high) >= clearly_um, np.sign(low - high), 0)
        # Whether a step reaches nearly from wall to wall along an axis; bool (n, 2).
        self._fills: npt.NDArray[np.bool_] = low + high < _CLEARLY_UM
        self._under = [self._support(at) for at in range(len(self._placed))]
        lifts_um = [depth_um for depth_um, below in self._under if below is None]
        begun = any(step.already_in_box for step in steps)
        self.bottom_um = min(lifts_um, default=0) if filled and box.has_fill and not begun else 0
        """Depth of the layer of fill under all units, in um: the smallest distance of a unit from the floor."""

    def of(self, index: int) -> Iterator[str]:
        """Yield phrases on the place of a step; ``index`` counts from 0."""
        step, placed = self._steps[index], self._placed[index]
        if placed.compartment:
            yield self._compartments(step)
            return
        yield from self._row(step)
        yield from self._level(index)
        beside = self._beside(index)
        # The nearer side: -1 left or front, 0 neither, 1 right or back; None if a neighbour gives the place or the step
        # reaches from wall to wall.
        said = [axis in beside or full for axis, full in enumerate(self._fills[index].tolist())]
        x, y = (None if said[axis] else side for axis, side in enumerate(self._walls[index].tolist()))
        # The only step in a mailer needs no corner.
        if len(self._steps) > 1 or not self._box.flexible:
            kept_um = placed.wall_margin_um + placed.half_gap_um + _CLOSE_UM
            at_wall, off = list[str](), list[str]()
            for axis, side, names in ((1, y, ("front", "back")), (0, x, ("left", "right"))):
                if not side:
                    continue
                ends_um = self._goods_low[index, axis], self._inner_um[axis] - self._goods_high[index, axis]
                if ends_um[side > 0] <= kept_um:
                    at_wall.append(names[side > 0])
                else:
                    off.append(f"{_OFF_CENTRE[axis][side > 0]} the middle")
            if at_wall and 0 in (x, y):
                yield f"at the middle of the {at_wall[0]} side"
            elif at_wall:
                yield f"at the {' '.join(at_wall)}"
            elif 0 in (x, y) and not off:
                yield "in the middle"
            yield from off
        _, below = self._under[index]
        if below and len(below) == 1 and self._steps[index].extent_um[:2] == self._steps[below[0]].extent_um[:2]:
            # Unless told otherwise, a packer lays a unit flush on another of the same size.
            shift_um = (self._low[index] - self._low[below[0]]).tolist()
            for axis, words in enumerate((("left", "right"), ("to the front", "to the back"))):
                if abs(shift_um[axis]) >= _CLEARLY_UM:
                    far = f"{whole_mm(abs(shift_um[axis]))} mm further {words[shift_um[axis] > 0]}"
                    yield f"{far} than {self._steps[below[0]].label}"
        for axis, (other, side) in beside.items():
            gap_um = int(self._gaps_um(index, axis)[other])
            gap = f"{whole_mm(gap_um)} mm " if gap_um >= _LEAST_GAP_UM else ""
            yield f"{gap}{_BESIDE[axis, side]} {self._steps[other].label}"
        if placed.wall_margin_um:
            yield f"at least {whole_mm(placed.half_gap_um + placed.wall_margin_um)} mm from the walls"

    def _row(self, step: Step) -> Iterator[str]:
        """Yield how the units of a step stand together and how far apart; nothing for a single unit."""
        along_x, along_y, high = step.counts
        if len(step.placed) == 1:
            return
        stacks = along_x * along_y
        if high > 1:
            yield (
                f"in {stacks} stacks of {high}"
                if stacks > 1
                else "in one stack"
                if high > 2
                else "one on top of the other"
            )
        if stacks > 1:
            edges = [edge - 2 * step.placed[0].half_gap_um for edge in step.placed[0].extent_um]
            along = edges.pop(along_x == 1)
            beside = "side by side" if along_y == 1 else "one behind the other"
            if along >= _ALONG * max(edges) and not step.placed[0].half_gap_um:
                beside = "end to end"
            yield f"in {along_y} rows of {along_x}" if along_x > 1 < along_y else beside
        if gap_um := 2 * step.placed[0].half_gap_um:
            fill = " with fill between" if self._filled and self._gap_um(step.placed[0]) else ""
            yield f"{whole_mm(gap_um)} mm apart{fill}"

    def blocked(self, spaces: Sequence[EmptySpace]) -> tuple[str, int]:
        """Return a phrase that locates spaces to be blocked, and the index of the last step that it names.

        It names the steps beside the spaces, since their units could move into them.
        """
        found, open_sides = dict[tuple[str, int], None](), set[tuple[int, int]]()
        boxes = list(zip(self._low.tolist(), self._high.tolist(), strict=True))
        for space in spaces:
            low = space.corner_um
            high = tuple(start + edge for start, edge in zip(low, space.extent_um, strict=True))
            for at, (step_low, step_high) in enumerate(boxes):
                meets = [low[axis] < step_high[axis] and step_low[axis] < high[axis] for axis in range(3)]
                for axis in range(3):
                    if not meets[axis - 1] or not meets[axis - 2]:
                        continue
                    side = 1 if low[axis] >= step_high[axis] else -1
                    if step_high[axis] == low[axis] or high[axis] == step_low[axis]:
                        found[_BESIDE[axis, side], at] = None
                    # A space at a wall is a gap there only if it or the goods lie mostly beside the other.
                    mostly = all(
                        2 * (min(high[other], step_high[other]) - max(low[other], step_low[other]))
                        > min(high[other] - low[other], step_high[other] - step_low[other])
                        for other in range(3)
                        if other != axis
                    )
                    if mostly and (high[axis] == self._inner_um[axis] if side > 0 else low[axis] == 0):
                        open_sides.add((axis, side))
        # Goods with gaps are held by fill, so only the others are named.
        found = {at: None for at in found if not self._placed[at[1]].half_gap_um} or found
        beside = sorted({at for _, at in found})
        if len(found) <= _MOST_SIDES:
            return f"the space {listed(f'{side} {self._steps[at].label}' for side, at in found)}", beside[-1]
        many = len(beside) == len(boxes) or len(beside) > _MOST_NAMED
        named = "the goods" if many else listed(self._steps[at].label for at in beside)
        walls = [wall for side, wall in _WALLS.items() if side in open_sides]
        where = f", at {listed(walls)}" if 0 < len(walls) < 4 else ", on all sides" * bool(walls)
        if any(side == _BESIDE[2, 1] for side, _ in found):
            top = "on top once the gaps are filled" if self._filled else "on top"
            where += f" and {top}" if len(walls) == 4 else f", and {top}" if walls else f", {top}"
        return f"the space round {named}{where}", beside[-1]

    def fill_under_um(self, index: int, placed: Placement) -> int:
        """Return the depth of fill under a unit in um, without the layer of fill under all units."""
        depth_um, below = self._under[index]
        if not self._filled or placed.compartment:
            return 0
        if placed.z_um > self._low[index, 2]:
            return 2 * self._gap_um(placed)
        return depth_um - self.bottom_um if below is None else depth_um

    def fill_before(self, index: int) -> tuple[int, str]:
        """Return the height in um to which gaps are filled before a step, and the names of the steps of that height.

        If fill lies between a step and the steps under it, the gaps beside the lower steps cannot be reached later. The
        height is 0 if no gaps are filled first, as in a box that opens at its end.
        """
        depth_um, below = self._under[index]
        if not (below and depth_um and self._filled) or self._box.opening is Opening.END:
            return 0, ""
        height_um = int(self._high[below, 2].max()) - max(self._gap_um(self._placed[other]) for other in below)
        return height_um, listed(self._steps[other].label for other in below)

    def _support(self, index: int) -> tuple[int, list[int] | None]:
        """Return the depth of fill under a step in um, and the indices of the steps below it.

        The indices are None if the step is on the floor and nothing below it. They are empty, with a depth of 0, if the
        steps are too many to be named.
        """
        placed = self._placed[index]
        low_um, tops_um = int(self._low[index, 2]), self._high[:index, 2]
        on_floor = low_um <= placed.wall_margin_um
        on_top = tops_um <= low_um if on_floor else tops_um == low_um
        below = np.flatnonzero(on_top & (self._shared(index)[:, :2] > 0).all(axis=1)).tolist()
        if not 0 < len(below) <= _MOST_NAMED:
            return (low_um + self._gap_um(placed), None) if on_floor else (0, [])
        gaps_um = self._gap_um(placed) + max(self._gap_um(self._placed[other]) for other in below)
        return low_um - int(tops_um[below].max()) + gaps_um, below

    def _gap_um(self, placed: Placement) -> int:
        """Return the half-gap of a unit in um if fill goes into it; 0 if pads do."""
        return 0 if placed.line_id in self._padded else placed.half_gap_um

    def _level(self, index: int) -> Iterator[str]:
        """Yield what a step rests on; nothing if it rests on the bottom of a mailer."""
        padded, (depth_um, below) = self._placed[index].line_id in self._padded, self._under[index]
        filled = f"{whole_mm(depth_um)} mm of fill" if depth_um and self._filled else ""
        if filled and depth_um < _LEAST_FILL_UM:
            filled = "a thin layer of fill"
        if padded:
            yield "on its pads"
        if below:
            yield f"on {filled and f'{filled} over '}{listed(self._steps[other].label for other in below)}"
        elif below is not None:
            yield "on the goods below"
        elif filled:
            yield "on the fill" if depth_um == self.bottom_um else f"on {filled}"
        elif not self._box.flexible and not padded:
            raised = f"{whole_mm(depth_um)} mm above the floor, for which the plan has no fill"
            yield raised if depth_um else "on the floor"

    def _beside(self, index: int) -> dict[int, tuple[int, int]]:
        """Return, by axis, the earlier step that describes the place of a step, and the side of it.

        A step that touches others is described by the one with the largest contact along each axis. Otherwise it is
        described by the nearest step if no wall is clearly nearer, if that step lies between it and the wall, or if the
        walls describe both steps alike. Otherwise it is described by the last step that meets it edge to edge and that
        the walls describe alike.
        """
        low, high, shared = self._low[:index, :2], self._high[:index, :2], self._shared(index)
        behind, before = high == self._low[index, :2], low == self._high[index, :2]
        found: dict[int, tuple[int, int]] = {}
        for axis in (0, 1):
            area = np.where(behind[:, axis] | before[:, axis], shared[:, 1 - axis] * shared[:, 2], 0)
            if area.any():
                other = int(np.flatnonzero(area == area.max())[-1])
                found[axis] = other, 1 if behind[other, axis] else -1
        if found:
            return found
        alike = (self._walls[:index] == self._walls[index]).all(axis=1)
        floor = np.array([below is None for _, below in self._under[: index + 1]], np.bool_)
        level = (shared[:, 2] > 0) | (floor[:index] & floor[index])
        near: list[tuple[int, int, int, int]] = []
        for axis in (0, 1):
            gaps, across = self._gaps_um(index, axis), self._gaps_um(index, 1 - axis)
            sides = np.where(self._goods_low[index, axis] >= self._goods_high[:index, axis], 1, -1)
            unsaid = alike | (sides != self._walls[index, axis])
            fits = level & (across < 0) & (gaps >= 0) & (gaps <= _NEAR_UM) & unsaid
            near += [(int(gaps[at]), -at, axis, int(sides[at])) for at in np.flatnonzero(fits).tolist()]
        if near:
            _, other, axis, side = min(near)
            return {axis: (-other, side)}
        met = np.flatnonzero((behind | before).all(axis=1) & (shared[:, 2] > 0) & alike).tolist()
        return {axis: (met[-1], 1 if behind[met[-1], axis] else -1) for axis in (0, 1)} if met else {}

    def _gaps_um(self, index: int, axis: int) -> Int64s:
        """Return the distance in um of each earlier step from a step along an axis; below 0 if they overlap."""
        gaps: Int64s = np.maximum(
            self._goods_low[index, axis] - self._goods_high[:index, axis],
            self._goods_low[:index, axis] - self._goods_high[index, axis],
        )
        return gaps

    def _shared(self, index: int) -> Int64s:
        """Return the overlap in um of a step with each earlier step along x, y and z, int64 (index, 3)."""
        high = np.minimum(self._high[:index], self._high[index])
        shared: Int64s = np.maximum(high - np.maximum(self._low[:index], self._low[index]), 0)
        return shared

    def _compartments(self, step: Step) -> str:
        cells, said = self._box.cells_um[: len(self._box.compartments or ())], []
        inside = [placed.compartment or 0 for placed in step.placed]
        if inside[0] > len(cells):
            return "between inserts and wall"
        if len(inside) == len(cells):
            return "one in each compartment" if len(cells) > 1 else "in its compartment"
        if len(inside) > 1:
            runs = [numbers(run[0], len(run)) for run in np.split(inside, np.flatnonzero(np.diff(inside) != 1) + 1)]
            start = "row by row from the front left" if len({cell[1] for cell in cells}) > 1 else "from the left"
            return f"one each in compartments {listed(runs)}, counted {start}"
        rows, columns = ("front row", "back row", "row from the front"), ("left", "right", "from the left")
        for axis, (first, last, nth) in ((1, rows), (0, columns)):
            starts = sorted({cell[axis] for cell in cells})
            at = starts.index(cells[inside[0] - 1][axis])
            if len(starts) == 2:
                said.append((first, last)[at])
            elif len(starts) > 2:
                said.append(f"{_ORDINALS[at] if at < len(_ORDINALS) else f'{at + 1}.'} {nth}")
        return f"in compartment {inside[0]} ({', '.join(said)})"
