"""Exact packing of a few units by the constraint solver CP-SAT: refuted, found, or not settled.

One worker, a fixed seed, a limit in the solver's own deterministic time, and integers only: the same question gets the
same answer. The solver is loaded when it is first asked, since that takes most of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from boxwright.packing.own import OwnPacker
from boxwright.packing.problem import Layout, Question, Rules, Space, Units

if TYPE_CHECKING:
    from boxwright.packing.arrangement import Arrangement, Pair, Solved

FEWEST_UNITS, MOST_UNITS = 2, 16
"""One unit is no question; of more than the most, few questions are settled within a limit worth waiting for."""
MOST_FOUND = 20
"""So many arrangements that break a rule outside the model are looked at before giving up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver says to one question.

    Attributes
    ----------
    feasible : bool or None
        False is a proof. True says that the model has a solution, which need not obey the rules outside it. None where
        the limit came first, or the units are too many.
    layout : Layout or None
        A packing that obeys all rules.
    """

    feasible: bool | None
    layout: Layout | None = None


def solve(units: Units, space: Space, rules: Rules, seconds: float, *, support: bool) -> Answer:
    """Ask whether all units go into the space.

    Parameters
    ----------
    units : Units
        Sorted by kind.
    space : Space
        Usable inside of the box. Its limits of mass and volume are no part of the question.
    rules : Rules
        Physical rules; a layout that is returned obeys them.
    seconds : float
        Limit in CP-SAT's deterministic time, roughly a second of CPU each; 0 asks nothing.
    support : bool
        Whether the support ratio is part of the question. Without it a refusal holds under any rules.
    """
    if not FEWEST_UNITS <= len(units) <= MOST_UNITS or seconds <= 0:
        return Answer(None)
    from boxwright.packing.arrangement import Arrangement

    ratio = rules.support_millionths if support else 0
    for slack in (0, 1) if ratio else (0,):
        question = Arrangement(units, space, ratio, slack)
        solved = question.run(seconds)
        if solved.layout is not None:
            return Answer(True, _obeying_all(question, solved, units, space, rules, seconds))
        if solved.feasible is None:
            return Answer(None)
    return Answer(False)


def _obeying_all(
    question: Arrangement, solved: Solved, units: Units, space: Space, rules: Rules, seconds: float
) -> Layout | None:
    """Return the first solution that obeys the rules outside the model too; None if the limit comes first."""
    for _ in range(MOST_FOUND):
        if solved.layout is None:
            break
        broken = _broken(units, space, rules, solved.layout)
        if broken == len(units):
            return solved.layout
        seconds -= solved.spent
        if seconds <= 0 or not question.supported:
            break
        # Moved a little it might stand, so from here on the solver can find, but proves nothing.
        question.forbid(_pile(solved.layout, broken))
        solved = question.run(seconds)
    return None


def _broken(units: Units, space: Space, rules: Rules, layout: Layout) -> int:
    """Return the number of the first slot that breaks a rule when it is set down; as many as there are where none."""
    packer = OwnPacker()
    for count in range(len(layout), 0, -1):
        inside = np.sort(layout.units[:count])
        some = units.take(inside)
        fixed = Layout(
            np.searchsorted(inside, layout.units[:count]), layout.orientations[:count], layout.corners_um[:count]
        )
        if packer.pack(Question(some, space, rules, whole=True, effort=0, fixed=fixed)) is not None:
            return count
    return 0


def _pile(layout: Layout, slot: int) -> list[Pair]:
    """Return which unit rests on which, upper first: the unit of a slot and all that carries it, tier by tier."""
    at = layout.corners_um
    pairs, reached, todo = [], {slot}, [slot]
    while todo:
        upper = todo.pop()
        for lower in range(len(layout)):
            meets = np.minimum(at[upper, 3:5], at[lower, 3:5]) > np.maximum(at[upper, :2], at[lower, :2])
            if at[lower, 5] == at[upper, 2] and meets.all():
                pairs.append((int(layout.units[upper]), int(layout.units[lower])))
                if lower not in reached:
                    reached.add(lower)
                    todo.append(lower)
    return pairs
