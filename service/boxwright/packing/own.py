"""Boxwright's own way of packing: blocks of units for many units, single units for few."""

import dataclasses

import numpy as np

from boxwright.packing import bars, bounds, dual, exact, reach
from boxwright.packing.block_packer import pack_blocks
from boxwright.packing.kernels import MANY_UNITS, SEVERAL_UNITS, search
from boxwright.packing.problem import Ints, Layout, Rules, Space, Units
from boxwright.packing.question import Question
from boxwright.packing.shares import Shares
from boxwright.packing.state import Packing, Problem

ALIKE = 2
"""Blocks are tried for many units if a kind has this number of units on average."""
MOST_SINGLE = 150
"""Up to this number, units are also set down one by one."""
MOST_ADDED = 400
"""Up to this number of units, those in no block are set down one by one beside the blocks."""
ADDING_SHARE = 8
"""The effort for that is the effort of the question divided by this: most of the box is already full."""
LEAST_FOR_BLOCKS = 20_000
"""Minimum effort at which blocks are tried for up to ``MOST_SINGLE`` units: making the blocks takes that much."""
LEAST_FOR_MIXED = 1_000_000
"""Minimum effort at which a box is filled with blocks of mixed units."""
TIGHT = 0.85
"""Blocks are tried first if all units must go in and take at least this share of the inside."""
RACE = 5
"""The effort divided by this goes to the method that seems worse: to such blocks, or to single units if blocks fill
more by then."""
BLOCKS_PER_PLACE = 4
"""Number of blocks examined in the time of one place."""
NO_ORDERS = np.empty((0, 0), dtype=np.int64)
NOTHING = Packing(np.empty((0, 6), dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def lay(question: Question) -> Layout | None:
    """Return a layout of units in maximal empty spaces, supported at every step; see ``kernels``.

    None if no unit goes in, or if all must go in and some unit does not.
    """
    question.stop.look()
    units = question.units
    if not units.masks.all():
        return _without_unplaceable(question)
    n, effort = len(units), question.effort
    problem = problem_of(units, question.space, question.rules, question.fixed)
    possible = question.fixed is None and (effort >= LEAST_FOR_BLOCKS or n > MOST_SINGLE) and _stand_level(units)
    alike = worth_blocks(units)
    mixed = not question.whole and n >= MANY_UNITS and effort >= LEAST_FOR_MIXED
    tight = n >= SEVERAL_UNITS and units.volume_um3 >= TIGHT * problem.box.astype(np.float64).prod()
    if possible and tight and question.whole and question.blocks and not alike:
        built = pack_blocks(problem, whole=True, effort=effort * BLOCKS_PER_PLACE // RACE, stop=question.stop)
        if built is not None:
            return layout_of(problem, built)
    if possible and (alike or mixed):
        packing = _with_blocks(problem, question, singly=n <= MOST_SINGLE or not alike)
    else:
        packing = one_by_one(problem, question)
    return None if packing is None else layout_of(problem, packing)


def _without_unplaceable(question: Question) -> Layout | None:
    """Return a layout without the units that have no orientation, since no cushioning protects them."""
    units, fixed = question.units, question.fixed
    lies = units.masks != 0
    if fixed is not None:
        lies[fixed.units] = True  # they stay as they lie
    index = np.flatnonzero(lies)
    if not len(index) or (question.whole and len(index) < len(units)):
        return None
    if fixed is not None:
        fixed = Layout(np.searchsorted(index, fixed.units), fixed.orientations, fixed.corners_um)
    some = units.take(index)
    # Fixed units are never turned, so any mask will do for one whose orientation is not allowed.
    some = dataclasses.replace(some, masks=np.where(some.masks == 0, 1, some.masks))
    layout = lay(dataclasses.replace(question, units=some, fixed=fixed))
    return None if layout is None else Layout(index[layout.units], layout.orientations, layout.corners_um)


def problem_of(units: Units, space: Space, rules: Rules, fixed: Layout | None) -> Problem:
    """Return units and rules as input of the kernels; constructions obey the support ratio."""
    return Problem(
        units.edges_um,
        units.masks,
        units.kinds,
        units.mass_mg,
        units.weights_mg(space.displaced_mg_per_um3),
        units.max_load_mg,
        _margins(units, space, fixed),
        units.orders if len(units) > 2 else NO_ORDERS,
        np.array(space.edges_um, dtype=np.int64),
        space.mass_limit_mg,
        space.volume_limit_um3,
        rules.support_millionths,
        rules.bearing,
        NOTHING if fixed is None else Packing(_on_feet(units, fixed), fixed.units, fixed.orientations),
        rules.support_millionths,
    )


def _margins(units: Units, space: Space, fixed: Layout | None) -> Ints:
    """Return the wall margins, int64 (n, 2); 0 for fixed units that do not stand at their margin."""
    margins = units.margins_in(space)
    if fixed is not None:
        margins[fixed.units] *= fixed.corners_um[:, 2:3] == margins[fixed.units, :1]
    return margins


def _on_feet(units: Units, fixed: Layout) -> Ints:
    """Return the corners of fixed units, those that stand at their margin extended down to the floor."""
    if units.margins_um is None:
        return fixed.corners_um
    corners = fixed.corners_um.copy()
    corners[corners[:, 2] == units.margins_um[fixed.units], 2] = 0
    return corners


def layout_of(problem: Problem, packing: Packing) -> Layout:
    """Return a packing as a layout, without the feet that kernels add to units on the floor."""
    corners = packing.at
    if problem.margin.any():
        corners = corners.copy()
        corners[:, 2] += np.where(corners[:, 2] == 0, problem.margin[packing.unit, 0], 0)
    return Layout(packing.unit, packing.turn, corners)


def worth_blocks(units: Units) -> bool:
    """Whether blocks are worth trying: for many units of few kinds."""
    count = len(units)
    return count >= MANY_UNITS and count >= ALIKE * (int(units.kinds[-1]) + 1) and _stand_level(units)


def _stand_level(units: Units) -> bool:
    """Whether all units stand at the same height on the floor, as blocks require."""
    return units.least_margin_um == units.most_margin_um


def one_by_one(problem: Problem, question: Question, spent: Ints | None = None) -> Packing | None:
    """Return a packing of single units within the effort of a question; ``spent``, int64 (1,), receives the effort."""
    n = len(problem.masks)
    out = Packing(np.empty((n, 6), np.int64), np.empty(n, np.int64), np.empty(n, np.int64))
    spent = np.zeros(1, dtype=np.int64) if spent is None else spent
    stop = question.stop
    placed = search.search(problem, question.whole, question.effort, question.seed, out, spent, stop.flag)
    stop.look()
    return Packing(out.at[:placed], out.unit[:placed], out.turn[:placed]) if placed else None


def _with_blocks(problem: Problem, question: Question, *, singly: bool) -> Packing | None:
    """Return the fullest packing: of blocks, of blocks and single units beside them, or ``singly`` of single units."""
    n = len(problem.masks)
    effort = question.effort
    built = pack_blocks(problem, whole=False, effort=effort * BLOCKS_PER_PLACE, stop=question.stop)
    if built is not None and len(built.unit) == n:
        return built
    answers: list[Packing | None] = [] if question.whole else [built]
    if built is not None and n <= MOST_ADDED:
        beside = dataclasses.replace(question, effort=effort // ADDING_SHARE)
        answers.append(one_by_one(problem._replace(fixed=built), beside))
    if singly and not question.whole and built is not None:
        # With more effort a search continues from where it ends here.
        begun = one_by_one(problem, dataclasses.replace(question, effort=effort // RACE))
        singly = begun is not None and _volume(begun) >= max(
            _volume(answer) for answer in answers if answer is not None
        )
    if singly:
        answers.append(one_by_one(problem, question))
    found = [answer for answer in answers if answer is not None]
    return max(found, key=_volume, default=None)


def _volume(packing: Packing) -> float:
    return float((packing.at[:, 3:] - packing.at[:, :3]).astype(np.float64).prod(axis=1).sum())


def warm_up() -> None:
    """Compile every kernel, or load it from the cache, by packing three small units into a box."""
    units = Units(
        np.array([[30, 20, 10]] * 3, dtype=np.int64),
        np.array([63] * 3, dtype=np.int64),
        np.array([0, 0, 1], dtype=np.int64),
        np.ones(3),
        np.full(3, np.inf),
        np.zeros(3),
    )
    space = Space((60, 40, 20))
    bounds.misfit(units, space)
    bounds.conflict(units, space)
    lengths = reach.grown(units, space)
    reach.overfull(lengths)
    dual.overfull(lengths)
    bars.too_many(units, space)
    exact.feasible(units, space, 100)
    box = np.array([space.edges_um], dtype=np.int64)
    Shares(units.edges_um, units.masks, np.ones(3, dtype=np.int64), box, 1_000).least_cost(np.ones(1))
    lay(Question(units, space, Rules(), whole=True, effort=1_000))
    # A support ratio that no pile reaches, so that ``unstack`` turns parts of blocks too.
    flat = dataclasses.replace(units, masks=np.ones(3, dtype=np.int64))
    pack_blocks(problem_of(flat, Space((30, 20, 30)), Rules(2_000_000), None), whole=True, effort=1_000)
