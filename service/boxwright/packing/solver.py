"""Exact packing of a few units by the constraint solver CP-SAT.

The same question gets the same answer, since the solver has one worker, a fixed seed, a limit in its deterministic
time, and integers only. It is imported at its first use, because the import takes most of a second.
"""

from __future__ import annotations

import dataclasses
import importlib.util
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from boxwright.domain.proof import Proof
from boxwright.packing.own import lay
from boxwright.packing.problem import Layout
from boxwright.packing.proofs import margin_words
from boxwright.packing.question import Question, Refused
from boxwright.packing.stricter import stricter

if TYPE_CHECKING:
    from collections.abc import Callable

    from boxwright.packing.arrangement import Arrangement, Pair, Solved

FEWEST_UNITS, MOST_UNITS = 2, 16
"""Minimum and maximum number of units for which the solver is used; with more it rarely ends in time."""
MOST_FOUND = 20
"""Maximum number of solutions that are examined, until one obeys the rules outside the model too."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of the solver.

    Attributes
    ----------
    feasible : bool or None
        False: the units provably do not fit. True: the model has a solution, which may break rules outside the model.
        None: the time limit ended the search, or the units are too many or too few.
    layout : Layout or None
        A packing that obeys all rules.
    """

    feasible: bool | None
    layout: Layout | None = None


def installed() -> bool:
    """Whether the package's extra ``solver`` is installed."""
    return importlib.util.find_spec("ortools") is not None


def decide(question: Question, *, support: bool) -> Verdict:
    """Return whether all units fit into the space; limits of mass and volume are left out.

    With ``support``, the model includes the support ratio. Without it, a refusal holds under any rules.
    """
    seconds = question.solver_seconds
    few = FEWEST_UNITS <= len(question.units) <= MOST_UNITS
    if not few or seconds <= 0 or question.space.cells:  # compartments have their own proof
        return Verdict(None)
    from boxwright.packing.arrangement import Arrangement

    question = question.within_margins
    margins = question.units.most_margin_um > 0
    ratio = question.rules.support_millionths if support else 0
    for slack in (0, 1) if ratio or margins else (0,):
        model = Arrangement(question.units, question.space, ratio, slack)
        solved = model.run(seconds, question.stop)
        if solved.layout is not None:
            # With slack, the model lets units lie in the margin under a unit on the floor.
            return Verdict(True, None if slack and margins else _obeying_all(model, solved, question))
        if solved.feasible is None:
            return Verdict(None)
    return Verdict(False)


def refuse_exactly(question: Question) -> Refused | None:
    """Return a proof that the units do not all fit, with or without support, or None."""
    found, _ = _under_rules(question)
    return found if isinstance(found, Refused) else None


def lay_exactly(question: Question) -> Layout | Refused | None:
    """Return a packing that obeys all rules, or a proof that there is none, or None.

    If neither is found, stricter rules are tried, as in other ways of packing.
    """
    found, still_open = _under_rules(question)
    for rules in stricter(question.rules, question.units) if still_open else ():
        found = decide(dataclasses.replace(question, rules=rules), support=rules.support_millionths > 0).layout
        if found is not None:
            break
    return found


def _under_rules(question: Question) -> tuple[Layout | Refused | None, bool]:
    """Return the answer under the rules of the question, and whether stricter rules are worth a try."""
    verdict = decide(question, support=False)
    if verdict.feasible is False:
        return Refused(Proof.EXACT_RELAXED, _words(question, support=False)), False
    if verdict.layout is not None or verdict.feasible is None:
        return verdict.layout, False
    if not question.rules.support_millionths:
        return None, True
    verdict = decide(question, support=True)
    if verdict.feasible is False:
        return Refused(Proof.EXACT, _words(question, support=True)), False
    return verdict.layout, verdict.layout is None


def _words(question: Question, *, support: bool) -> str:
    ratio = question.rules.support_millionths / 1e6
    where = f" in which each unit has a support ratio of {ratio:g}" if support else ", even without support"
    return f"no arrangement of the {len(question.units)} units exists{where} (CP-SAT)"


def _proof(question: Question, *, support: bool) -> str | None:
    if support and not question.rules.support_millionths:
        return None
    refused = decide(question, support=support).feasible is False
    return _words(question, support=support) + margin_words(question.units) if refused else None


SOLVED: dict[Proof, Callable[[Question], str | None]] = {
    Proof.EXACT_RELAXED: partial(_proof, support=False),
    Proof.EXACT: partial(_proof, support=True),
}
"""The solver's proofs, as in ``proofs.PROOFS``."""


def _obeying_all(model: Arrangement, solved: Solved, question: Question) -> Layout | None:
    """Return the first solution that also obeys the rules outside the model; None if the limits end the search."""
    seconds = question.solver_seconds
    for _ in range(MOST_FOUND):
        if solved.layout is None:
            break
        broken = _broken(question, solved.layout)
        if broken == len(question.units):
            return solved.layout
        seconds -= solved.spent
        if seconds <= 0 or not model.supported:
            break
        # A pile that is moved a little might be stable, so the model without the pile proves nothing.
        model.forbid(_pile(solved.layout, broken))
        solved = model.run(seconds, question.stop)
    return None


def _broken(question: Question, layout: Layout) -> int:
    """Return the number of units that can be set down in turn before one breaks a rule."""
    for count in range(len(layout), 0, -1):
        inside = np.sort(layout.units[:count])
        lying = Layout(
            np.searchsorted(inside, layout.units[:count]), layout.orientations[:count], layout.corners_um[:count]
        )
        units = question.units.take(inside)
        if (
            lay(Question(units, question.space, question.rules, whole=True, fixed=lying, stop=question.stop))
            is not None
        ):
            return count
    return 0


def _pile(layout: Layout, slot: int) -> list[Pair]:
    """Return the pairs of upper and lower unit in contact, among the unit of a slot and all units that carry it."""
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
