"""A constraint model for CP-SAT of the question whether units fit into a box.

Every two units lie one before the other along some axis. With support, a unit off the floor has enough of its base on
tops at exactly its height. Stability and load bearing are left out: a model without a solution has none with them.

Lengths are whole steps that divide every edge and margin. Without support this loses nothing: units pushed left, front
and down lie at sums of edges. With support, heights still do, but x and y may be any number. Rounded down to steps they
keep units apart and inside, and an overlap in plan loses less than one step along either axis. So with ``slack = 1``,
where each overlap counts one step more than it has, the model has a solution wherever the true question has one, and no
solution is a proof. With ``slack = 0`` every solution is supported.

A unit on the floor stands at its margin; with ``slack = 0`` nothing lies under it.
"""

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from ortools.sat.python import cp_model

from boxwright.packing.kernels import ORIENTATIONS
from boxwright.packing.problem import Ints, Layout, Space, Units
from boxwright.stop import NEVER, Stop

WANTED_STEPS = 1_000
"""With support, steps in plan are the longest that cut the longest edge of the box into at least this many."""
MILLION = 1_000_000
SEED = 1

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Solved:
    """Result of one run of the solver.

    Attributes
    ----------
    feasible : bool or None
        Whether the model has a solution; None: the time limit ended first.
    layout : Layout or None
        The solution, in pack sequence.
    spent : float
        Deterministic seconds used.
    """

    feasible: bool | None
    layout: Layout | None
    spent: float


class Arrangement:
    """The model: all units in the space, apart, and supported if ``support_millionths`` is above 0.

    Parameters
    ----------
    units : Units
        Sorted by kind.
    space : Space
        Usable inside of the box.
    support_millionths : int
        Support ratio in millionths; 0 leaves support out.
    slack : int
        Steps by which each overlap in plan counts more than it has. At 1 units may also lie under one on the floor.
    """

    def __init__(self, units: Units, space: Space, support_millionths: int, slack: int) -> None:
        self._units = units
        self._steps = _steps(units, space, fine=support_millionths > 0)
        self._box = [edge // step for edge, step in zip(space.edges_um, self._steps, strict=True)]
        self._slack = slack
        margins = units.margins_in(space).tolist()
        self._near = [[near // step for step in self._steps] for near, _ in margins]
        self._far = [[far // step for step in self._steps] for _, far in margins]
        self._ratio = Fraction(support_millionths, MILLION)
        self._model = cp_model.CpModel()
        self._turns: list[list[cp_model.IntVar]] = []
        self._extent: list[list[cp_model.LinearExpr]] = []
        self._corner: list[list[cp_model.IntVar]] = []
        self._extents = [self._lying(unit) for unit in range(len(units))]
        self._possible = all(self._extents)
        if self._possible:
            self._build()

    @property
    def supported(self) -> bool:
        """Whether the model has support."""
        return self._ratio > 0

    def _lying(self, unit: int) -> dict[int, tuple[int, ...]]:
        """Return the distinct extents in steps of a unit, by an orientation that has them and fits."""
        found: dict[tuple[int, ...], int] = {}
        for turn, row in enumerate(ORIENTATIONS.tolist()):
            edges = self._units.edges_um[unit, row].tolist()
            extent = tuple(edge // step for edge, step in zip(edges, self._steps, strict=True))
            if (int(self._units.masks[unit]) >> turn) & 1 and all(
                edge + near + far <= inside
                for edge, near, far, inside in zip(extent, self._near[unit], self._far[unit], self._box, strict=True)
            ):
                found.setdefault(extent, turn)
        return {turn: extent for extent, turn in found.items()}

    def _build(self) -> None:
        count = len(self._units)
        for unit in range(count):
            self._place(unit)
        self._before = [self._order(axis) for axis in range(3)]
        for one, two in itertools.combinations(range(count), 2):
            apart = [axis[key] for axis in self._before for key in ((one, two), (two, one)) if key in axis]
            self._model.add_bool_or(apart)
        self._keep_feet_free()
        self._break_symmetry()
        if self._ratio:
            patches = {pair: self._patch(*pair) for pair in itertools.combinations(range(count), 2)}
            for unit in range(count):
                self._support(unit, patches)

    def _place(self, unit: int) -> None:
        extents = self._extents[unit]
        literals = [self._model.new_bool_var("") for _ in extents]
        self._model.add_exactly_one(literals)
        corner, reach = [], []
        for axis, inside in enumerate(self._box):
            along = cp_model.LinearExpr.weighted_sum(literals, [extent[axis] for extent in extents.values()])
            most = inside - self._far[unit][axis]
            start = self._model.new_int_var(self._near[unit][axis], most - self._least(unit, axis), "")
            self._model.add(start + along <= most)
            corner.append(start)
            reach.append(along)
        self._turns.append(literals)
        self._extent.append(reach)
        self._corner.append(corner)

    def _least(self, unit: int, axis: int) -> int:
        return min(extent[axis] for extent in self._extents[unit].values())

    def _order(self, axis: int) -> dict[Pair, cp_model.IntVar]:
        """Return literals that one unit lies before another along an axis, where the box has room for both."""
        found = {}
        least = [self._least(unit, axis) for unit in range(len(self._units))]
        for one, two in itertools.permutations(range(len(self._units)), 2):
            if self._near[one][axis] + least[one] + least[two] + self._far[two][axis] <= self._box[axis]:
                found[one, two] = literal = self._model.new_bool_var("")
                end = self._corner[one][axis] + self._extent[one][axis]
                self._model.add(end <= self._corner[two][axis]).only_enforce_if(literal)
        return found

    def _keep_feet_free(self) -> None:
        """Require a unit that lies over another to be higher than its floor margin, under which nothing may lie."""
        for (_, upper), above in self._before[2].items():
            if self._feet_are_free and (margin := self._near[upper][2]):
                self._model.add(self._corner[upper][2] > margin).only_enforce_if(above)

    @property
    def _feet_are_free(self) -> bool:
        return self._slack == 0 and self._units.most_margin_um > 0

    def _break_symmetry(self) -> None:
        """Keep one mirror image along each axis whose two sides are alike, and one sequence of equal units.

        Equal units ascend by the height of their centres. A mirror image along z reverses that sequence, so the first
        of some kind can always lie in the lower half.
        """
        kinds = self._units.kinds.tolist()
        volumes = self._units.volumes_um3
        firsts = [unit for unit, kind in enumerate(kinds) if unit == 0 or kinds[unit - 1] != kind]
        lead = max(firsts, key=lambda unit: volumes[unit])
        mirrored = 2 if self._ratio or self._feet_are_free else 3
        for axis in range(mirrored if self._near == self._far else 0):
            self._model.add(2 * self._corner[lead][axis] + self._extent[lead][axis] <= self._box[axis])
        for one, two in itertools.pairwise(range(len(kinds))):
            if kinds[one] == kinds[two]:
                lower, upper = (2 * self._corner[unit][2] + self._extent[unit][2] for unit in (one, two))
                self._model.add(lower <= upper)

    def _support(self, unit: int, patches: dict[Pair, tuple[cp_model.IntVar, cp_model.IntVar]]) -> None:
        """Require a unit to lie on the floor, or with enough of its base on others."""
        model = self._model
        floor = model.new_bool_var("")
        model.add(self._corner[unit][2] == self._near[unit][2]).only_enforce_if(floor)
        carriers, shares = [], []
        for other in range(len(self._units)):
            if (other, unit) not in self._before[2]:
                continue
            area, over = patches[min(unit, other), max(unit, other)]
            on = model.new_bool_var("")
            model.add_implication(on, self._before[2][other, unit])
            model.add_implication(on, over)
            top = self._corner[other][2] + self._extent[other][2]
            model.add(top == self._corner[unit][2]).only_enforce_if(on)
            share = model.new_int_var(0, min(self._most_base(unit), self._most_base(other)), "")
            model.add(share <= area).only_enforce_if(on)
            model.add(share == 0).only_enforce_if(~on)
            carriers.append(on)
            shares.append(share)
        model.add_bool_or([floor, *carriers])
        bases = [self._ratio.numerator * math.prod(extent[:2]) for extent in self._extents[unit].values()]
        needed = cp_model.LinearExpr.weighted_sum(self._turns[unit], bases)
        borne = cp_model.LinearExpr.weighted_sum(shares, [self._ratio.denominator] * len(shares))
        model.add(borne >= needed).only_enforce_if(~floor)

    def _most_base(self, unit: int) -> int:
        return max(math.prod(extent[:2]) for extent in self._extents[unit].values())

    def _patch(self, one: int, two: int) -> tuple[cp_model.IntVar, cp_model.IntVar]:
        """Return an area, at most the overlap of two units in plan, and the literal under which it counts."""
        model = self._model
        over = model.new_bool_var("")
        sides, mosts = [], []
        for axis in range(2):
            most = min(max(extent[axis] for extent in self._extents[unit].values()) for unit in (one, two))
            side = model.new_int_var(0, most, "")
            for low, high in ((one, two), (two, one)):
                model.add(side <= self._extent[low][axis])
                overlap = self._corner[low][axis] + self._extent[low][axis] - self._corner[high][axis]
                model.add(side <= overlap + self._slack).only_enforce_if(over)
            sides.append(side)
            mosts.append(most)
        area = model.new_int_var(0, math.prod(mosts), "")
        model.add_multiplication_equality(area, sides)
        return area, over

    def run(self, seconds: float, stop: Stop = NEVER) -> Solved:
        """Search for a solution within a limit of CP-SAT's deterministic seconds."""
        if not self._possible:
            return Solved(False, None, 0.0)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = SEED
        solver.parameters.max_deterministic_time = seconds
        # The linear relaxation works in floats, and costs more here than it prunes.
        solver.parameters.linearization_level = 0
        with stop.timed(solver.stop_search):
            stop.look()
            status = solver.solve(self._model)
        stop.look()
        spent = solver.deterministic_time
        if status == cp_model.INFEASIBLE:
            return Solved(False, None, spent)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Solved(None, None, spent)
        return Solved(True, self._layout(solver), spent)

    def _layout(self, solver: cp_model.CpSolver) -> Layout:
        rows = []
        for unit, literals in enumerate(self._turns):
            turn = next(
                turn for turn, chosen in zip(self._extents[unit], literals, strict=True) if solver.value(chosen)
            )
            low = [solver.value(start) * step for start, step in zip(self._corner[unit], self._steps, strict=True)]
            rows.append((low[::-1], unit, turn))
        # Upwards, as the kernels sort: then each unit is set down from above.
        rows.sort()
        units: Ints = np.array([unit for _, unit, _ in rows], dtype=np.int64)
        turned: Ints = np.array([turn for _, _, turn in rows], dtype=np.int64)
        lows: Ints = np.array([low[::-1] for low, _, _ in rows], dtype=np.int64)
        edges = np.take_along_axis(self._units.edges_um[units], ORIENTATIONS[turned], axis=1)
        return Layout(units, turned, np.hstack([lows, lows + edges]))

    def forbid(self, piles: list[Pair]) -> None:
        """Exclude solutions in which the first unit of every pair rests on the second."""
        self._model.add_bool_or([self._off(unit, other) for unit, other in piles])

    def _off(self, unit: int, other: int) -> cp_model.IntVar:
        """Return a literal under which a unit does not rest on another."""
        model = self._model
        off, under, over = (model.new_bool_var("") for _ in range(3))
        top = self._corner[other][2] + self._extent[other][2]
        model.add(top < self._corner[unit][2]).only_enforce_if(under)
        model.add(top > self._corner[unit][2]).only_enforce_if(over)
        beside = [axis[key] for axis in self._before[:2] for key in ((unit, other), (other, unit)) if key in axis]
        model.add_bool_or([under, over, *beside]).only_enforce_if(off)
        return off


def _steps(units: Units, space: Space, *, fine: bool) -> tuple[int, int, int]:
    """Return the length of a step along each axis, in um: the longest that divides every margin and edge along it.

    With ``fine`` steps in plan are shorter; see ``WANTED_STEPS``.
    """
    found = []
    for axis in range(3):
        step = 0
        for edges, mask, margins in zip(
            units.edges_um.tolist(), units.masks.tolist(), units.margins_in(space).tolist(), strict=True
        ):
            lying = (edges[row[axis]] for turn, row in enumerate(ORIENTATIONS) if (mask >> turn) & 1)
            step = math.gcd(step, *margins, *lying)
        found.append(step)
    if fine:
        for axis in range(2):
            parts = -(-WANTED_STEPS * found[axis] // max(space.edges_um[0], space.edges_um[1], 1))
            found[axis] //= next((part for part in range(max(parts, 1), found[axis]) if found[axis] % part == 0), 1)
    return found[0], found[1], found[2]
