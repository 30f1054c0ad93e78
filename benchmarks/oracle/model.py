"""The question as a constraint model for CP-SAT.

Every two units lie one before the other along some axis. With support, a unit off the floor has enough of its base on
tops at exactly its height. Stability is not in the model: a relaxation, so that its refusals hold.

Whole steps lose nothing without support: units pushed left, front and down lie at sums of edges. With support heights
still do; x and y may be anything. Rounded down to steps they keep units apart and inside, and of an overlap in plan
less than one step is lost along either axis. So with ``slack = 1``, where each overlap counts one step more, the model
has a solution wherever the true problem has one, and no solution is a proof. With ``slack = 0`` a solution is
supported.
"""

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from benchmarks.answers import Triple
from benchmarks.oracle.question import Question

MILLION = 1_000_000
Pair = tuple[int, int]
Found = list[tuple[Triple, Triple]]
"""Corner and extents of each unit, in steps."""


@dataclass
class Arrangement:
    """Units of a question somewhere in its box, not overlapping; supported if ``support_millionths`` is above 0.

    The first unit of the question is the one whose mirror images are cut off.
    """

    question: Question
    support_millionths: int = 0
    slack: int = 0
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    turns: list[list[cp_model.IntVar]] = field(default_factory=list)
    extent: list[list[cp_model.LinearExprT]] = field(default_factory=list)
    corner: list[list[cp_model.IntVar]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for unit in self.question.units:
            self._place(unit.extents)
        self.before = [self._order(axis) for axis in range(3)]
        for j in range(len(self.corner)):
            for i in range(j):
                self.model.add_bool_or([axis[key] for axis in self.before for key in ((i, j), (j, i)) if key in axis])
        self._break_symmetry()
        if self.support_millionths:
            patches = {(i, j): self._patch(i, j) for j in range(len(self.corner)) for i in range(j)}
            for i in range(len(self.corner)):
                self._support(i, patches)

    def _place(self, extents: tuple[Triple, ...]) -> None:
        turns = [self.model.new_bool_var("") for _ in extents]
        self.model.add_exactly_one(turns)
        corner, extent = [], []
        for axis, room in enumerate(self.question.box):
            reach = sum(turn * each[axis] for turn, each in zip(turns, extents, strict=True))
            start = self.model.new_int_var(0, room - min(each[axis] for each in extents), "")
            self.model.add(start + reach <= room)
            corner.append(start)
            extent.append(reach)
        self.turns.append(turns)
        self.extent.append(extent)
        self.corner.append(corner)

    def _order(self, axis: int) -> dict[Pair, cp_model.IntVar]:
        """Return literals that one unit lies before another along an axis, where the box has room for both."""
        found = {}
        least = [min(each[axis] for each in unit.extents) for unit in self.question.units]
        for i in range(len(least)):
            for j in range(len(least)):
                if i != j and least[i] + least[j] <= self.question.box[axis]:
                    found[i, j] = literal = self.model.new_bool_var("")
                    end = self.corner[i][axis] + self.extent[i][axis]
                    self.model.add(end <= self.corner[j][axis]).only_enforce_if(literal)
        return found

    def _break_symmetry(self) -> None:
        """Keep one mirror image along each axis (along z only without support) and one sequence of equal units.

        Equal units ascend by the height of their centres: a sequence that a mirror image along z reverses as a whole,
        and that others leave as it is.
        """
        for axis in range(2 if self.support_millionths else 3):
            self.model.add(2 * self.corner[0][axis] + self.extent[0][axis] <= self.question.box[axis])
        units = self.question.units
        for i in range(1, len(units)):
            if units[i - 1].kind == units[i].kind:
                lower, upper = (2 * self.corner[k][2] + self.extent[k][2] for k in (i - 1, i))
                self.model.add(lower <= upper)

    def _support(self, i: int, patches: dict[Pair, tuple[cp_model.IntVar, cp_model.IntVar]]) -> None:
        """State that a unit lies on the floor, or with enough of its base on others."""
        units, model = self.question.units, self.model
        floor = model.new_bool_var("")
        model.add(self.corner[i][2] == 0).only_enforce_if(floor)
        carriers, shares = [], []
        for j in range(len(units)):
            if (j, i) not in self.before[2]:
                continue
            area, over = patches[min(i, j), max(i, j)]
            on = model.new_bool_var("")
            model.add_implication(on, self.before[2][j, i])
            model.add_implication(on, over)
            model.add(self.corner[j][2] + self.extent[j][2] == self.corner[i][2]).only_enforce_if(on)
            share = model.new_int_var(0, min(self._most_base(i), self._most_base(j)), "")
            model.add(share <= area).only_enforce_if(on)
            model.add(share == 0).only_enforce_if(~on)
            carriers.append(on)
            shares.append(share)
        model.add_bool_or([floor, *carriers])
        base = sum(turn * each[0] * each[1] for turn, each in zip(self.turns[i], units[i].extents, strict=True))
        model.add(MILLION * sum(shares) >= self.support_millionths * base).only_enforce_if(~floor)

    def _most_base(self, i: int) -> int:
        return max(each[0] * each[1] for each in self.question.units[i].extents)

    def _patch(self, i: int, j: int) -> tuple[cp_model.IntVar, cp_model.IntVar]:
        """Return an area that is at most the overlap of two units in plan, and a literal that it counts."""
        model = self.model
        over = model.new_bool_var("")
        sides, mosts = [], []
        for axis in range(2):
            most = min(max(each[axis] for each in self.question.units[k].extents) for k in (i, j))
            side = model.new_int_var(0, most, "")
            for one, two in ((i, j), (j, i)):
                model.add(side <= self.extent[one][axis])
                reach = self.corner[one][axis] + self.extent[one][axis] - self.corner[two][axis]
                model.add(side <= reach + self.slack).only_enforce_if(over)
            sides.append(side)
            mosts.append(most)
        area = model.new_int_var(0, mosts[0] * mosts[1], "")
        model.add_multiplication_equality(area, sides)
        return area, over

    def forbid_pile(self, found: Found, unit: int) -> None:
        """Allow no arrangement any more in which a unit and all that it carries rest on each other as in this one."""
        rests = [(i, j) for i in range(len(found)) for j in range(len(found)) if _rests(found[i], found[j])]
        pile = {unit}
        while grown := {i for i, j in rests if j in pile} - pile:
            pile |= grown
        self.model.add_bool_or([self._off(i, j) for i, j in rests if i in pile])

    def _off(self, i: int, j: int) -> cp_model.IntVar:
        """Return a literal that a unit does not rest on another."""
        off, under, over = (self.model.new_bool_var("") for _ in range(3))
        top = self.corner[j][2] + self.extent[j][2]
        self.model.add(top < self.corner[i][2]).only_enforce_if(under)
        self.model.add(top > self.corner[i][2]).only_enforce_if(over)
        beside = [axis[key] for axis in self.before[:2] for key in ((i, j), (j, i)) if key in axis]
        self.model.add_bool_or([under, over, *beside]).only_enforce_if(off)
        return off

    def solve(self, seconds: float, seed: int) -> tuple[bool | None, Found, float]:
        """Search for an arrangement with one worker.

        Parameters
        ----------
        seconds : float
            Limit in CP-SAT's deterministic time, about a second of CPU each.
        seed : int
            Of the search.

        Returns
        -------
        answer : bool or None
            Whether there is one; None where the limit came first.
        found : list
            The arrangement, if there is one.
        spent : float
            Deterministic seconds.
        """
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = seconds
        status = solver.solve(self.model)
        spent = solver.deterministic_time
        if status == cp_model.INFEASIBLE:
            return False, [], spent
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, [], spent
        return True, [self._values(solver, unit) for unit in range(len(self.corner))], spent

    def _values(self, solver: cp_model.CpSolver, unit: int) -> tuple[Triple, Triple]:
        x, y, z = (solver.value(each) for each in self.corner[unit])
        length, width, height = (solver.value(each) for each in self.extent[unit])
        return (x, y, z), (length, width, height)


def _rests(upper: tuple[Triple, Triple], lower: tuple[Triple, Triple]) -> bool:
    """Whether one unit, given by corner and extents, rests on another."""
    (corner, extent), (below, size) = upper, lower
    return corner[2] == below[2] + size[2] and all(
        max(corner[axis], below[axis]) < min(corner[axis] + extent[axis], below[axis] + size[axis]) for axis in (0, 1)
    )
