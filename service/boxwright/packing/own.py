"""Boxwright's own way of packing: many units in blocks, few units one by one."""

import dataclasses

import numpy as np

from boxwright.packing import bars, blocks, bounds, dual, exact, reach, unstack
from boxwright.packing.beam import search_blocks
from boxwright.packing.block_ranks import new_states, new_work
from boxwright.packing.kernels import MANY_UNITS, ORIENTATIONS, SEVERAL_UNITS, search
from boxwright.packing.problem import Ints, Layout, Rules, Space, Units
from boxwright.packing.question import Question
from boxwright.packing.shares import Shares
from boxwright.packing.state import Packing, Problem
from boxwright.stop import NEVER, Stop

ALIKE = 2
"""Blocks are tried for many units if a kind has at least this number of units on average."""
MOST_SINGLE = 150
"""Up to this number, units are also packed one by one."""
MOST_ADDED = 400
"""Up to this number of units, units that are in no block are packed one by one beside the blocks."""
ADDING_SHARE = 8
"""Divisor of the effort of the question for units beside blocks, since most of the box is already full."""
LEAST_FOR_BLOCKS = 20_000
"""Minimum effort at which blocks are tried for up to ``MOST_SINGLE`` units, since making blocks takes that much."""
LEAST_FOR_MIXED = 1_000_000
"""Minimum effort at which a box is filled with blocks of mixed units."""
TIGHT = 0.85
"""Blocks are tried first if all units must go in and take at least this share of the inside."""
RACE = 5
"""Divisor of the effort for the method that seems worse: for the blocks of ``TIGHT`` units, or for single units if
blocks fill more of the box by then."""
BLOCKS_PER_PLACE = 4
"""Number of blocks examined in the time of one place."""
FEW_KINDS = 16
"""Up to this number of kinds, or if all units must go in, joined blocks fill their hull completely."""
LOOSE = 0.98
"""Minimum share of its hull that a joined block of more kinds fills."""
WIDEST, WIDEST_OF_MANY = 256, 64
"""Widest beam for up to 250 units, and for 1,000 units or more; in between, width times units is constant."""
MOST_OF_WHOLE, KINDS_OF_WHOLE = 3_000, 16
"""Approximate number of blocks made, and maximum number of kinds in a block, if all units must go in."""
LEAST_OF_WHOLE, EFFORT_TO_SHOW = 0.8, 100_000
"""If all units must go in and less than this share of their volume is packed after this effort, the search ends."""
EFFORT_PER_TRY, MOST_TRIES = 400, 5_000
"""Effort per try to arrange the blocks so that all units obey the rules, and maximum number of tries."""
NO_ORDERS = np.empty((0, 0), dtype=np.int64)
NOTHING = Packing(np.empty((0, 6), dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def lay(question: Question) -> Layout | None:
    """Return a layout that obeys the rules at every step of the pack sequence.

    None if no unit goes in, or if all units must go in and some do not.
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
    """Return a layout without the units that have no orientation, because no cushioning protects them."""
    units, fixed = question.units, question.fixed
    lies = units.masks != 0
    if fixed is not None:
        lies[fixed.units] = True  # fixed units stay as they lie
    index = np.flatnonzero(lies)
    if not len(index) or (question.whole and len(index) < len(units)):
        return None
    if fixed is not None:
        fixed = Layout(np.searchsorted(index, fixed.units), fixed.orientations, fixed.corners_um)
    some = units.take(index)
    # Fixed units are never turned, so a fixed unit without an orientation may have any mask.
    some = dataclasses.replace(some, masks=np.where(some.masks == 0, 1, some.masks))
    layout = lay(dataclasses.replace(question, units=some, fixed=fixed))
    return None if layout is None else Layout(index[layout.units], layout.orientations, layout.corners_um)


def problem_of(units: Units, space: Space, rules: Rules, fixed: Layout | None) -> Problem:
    """Return units and rules as input of the kernels, whose constructions obey the support ratio."""
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
    """Return the corners of fixed units; a unit that stands at its margin is extended down to the floor."""
    if units.margins_um is None:
        return fixed.corners_um
    corners = fixed.corners_um.copy()
    corners[corners[:, 2] == units.margins_um[fixed.units], 2] = 0
    return corners


def layout_of(problem: Problem, packing: Packing) -> Layout:
    """Return a packing as a layout, without the feet that kernels add to units in their margins."""
    corners = packing.at
    if problem.margin.any():
        corners = corners.copy()
        corners[:, 2] = np.maximum(corners[:, 2], problem.margin[packing.unit, 0])
    return Layout(packing.unit, packing.turn, corners)


def worth_blocks(units: Units) -> bool:
    """Whether blocks are worth a try, as they are for many units of few kinds."""
    count = len(units)
    return count >= MANY_UNITS and count >= ALIKE * (int(units.kinds[-1]) + 1) and _stand_level(units)


def _stand_level(units: Units) -> bool:
    """Whether all units have the same margin, so that their bases on the floor are level, as blocks require."""
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
    """Return the fullest packing of blocks, of blocks and single units, or (with ``singly``) of single units."""
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
        # More effort does not change the beginning of a search, so this search shows whether more is worth it.
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


def pack_blocks(problem: Problem, *, whole: bool, effort: int, stop: Stop = NEVER) -> Packing | None:
    """Pack all units (``whole``) or as much volume as possible, by beam search over blocks.

    Bases lie wholly on the floor or on tops, whatever the support ratio, and the other rules hold at every step. If all
    units must go in, the blocks do not depend on the effort, so more effort finds everything that less effort finds.

    ``orders`` and ``fixed`` of the problem are ignored; units of one kind must be adjacent. Effort is about one per
    block examined, and the first construction is always finished. None if no unit goes in, or if ``whole`` and some
    unit does not.
    """
    supply = supply_of(problem)
    wide = max(WIDEST_OF_MANY, min(WIDEST, 1_000 * WIDEST_OF_MANY // len(problem.kinds)))
    work = new_work(wide, problem.box)
    least = 1.0 if whole or len(supply.count) <= FEW_KINDS else LOOSE
    most, kinds = min(10_000, max(300, effort // 1_000)), blocks.MOST_KINDS_IN_BLOCK
    if whole:
        most, kinds = MOST_OF_WHOLE, KINDS_OF_WHOLE
    made = blocks.build(supply, problem.box, most, least, work.effort, stop, kinds)
    if not len(made.worth):
        return None
    limits = np.array([problem.volume_limit, problem.weight_limit])
    volume = float((supply.count * supply.edges.astype(np.float64).prod(axis=1)).sum())
    placed = np.empty((len(problem.kinds), 9), dtype=np.int64)
    states = new_states(wide, len(supply.count), len(made.worth), len(placed))
    for budget in (EFFORT_TO_SHOW, effort) if whole and effort > EFFORT_TO_SHOW else (effort,):
        found = search_blocks(made, supply, problem.box, limits, volume, budget, wide, states, work, stop.flag, placed)
        stop.look()
        if budget < effort and made.volume[placed[:found, 0]].sum() < LEAST_OF_WHOLE * volume:
            return None
    placed = placed[:found]
    wanted = len(problem.kinds) if whole else 1
    if int(made.units[placed[:, 0]].sum()) < wanted:
        return None
    tries = min(effort // EFFORT_PER_TRY, MOST_TRIES) if whole else 0
    standing = unstack.stand(problem, placed, made, supply, tries, stop)
    return standing if len(standing.unit) >= wanted else None


def supply_of(problem: Problem) -> blocks.Supply:
    """Return the kinds of units of a problem, with their numbers.

    Some units cannot bear a column of goods of mean density, on their largest face and up to the lid. They are piled
    only with units of their kind, as high as their load limit allows. ``unstack`` checks the other loads at the end.
    """
    _, firsts, counts = np.unique(problem.kinds, return_index=True, return_counts=True)
    mass, limit = problem.mass[firsts], problem.max_load[firsts]
    edges = problem.edges[firsts].astype(np.float64)
    density = problem.mass.sum() / (edges.prod(axis=1) * counts).sum()
    column = density * np.sort(edges, axis=1)[:, 1:].prod(axis=1) * problem.box[2]
    free = (limit >= np.minimum(column, problem.mass.sum())) | (not problem.bearing)
    carried = np.divide(limit, mass, out=np.full(len(mass), np.inf), where=mass > 0)
    stack = np.where(free, np.inf, np.floor(carried) + 1)
    return blocks.Supply(
        problem.edges[firsts],
        problem.masks[firsts],
        counts.astype(np.int64),
        problem.weight[firsts],
        np.minimum(stack, len(problem.kinds)).astype(np.int64),
        free.astype(np.int64),
        *_shortest_edges(problem.edges[firsts], problem.masks[firsts]),
    )


def _shortest_edges(edges: Ints, masks: Ints) -> tuple[Ints, Ints]:
    """Return, by kind, the shortest edge that can be horizontal and the shortest that can be vertical."""
    flat, upright = np.full((2, len(masks)), np.iinfo(np.int64).max)
    for bit, (x, y, z) in enumerate(ORIENTATIONS.tolist()):
        allowed = (masks >> bit) & 1 == 1
        flat[allowed] = np.minimum(flat, np.minimum(edges[:, x], edges[:, y]))[allowed]
        upright[allowed] = np.minimum(upright, edges[:, z])[allowed]
    return flat, upright


def warm_up() -> None:
    """Compile all kernels, or load them from a cache, by packing three small units into a box."""
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
    # No pile reaches this support ratio, so ``unstack`` turns parts of blocks too.
    flat = dataclasses.replace(units, masks=np.ones(3, dtype=np.int64))
    pack_blocks(problem_of(flat, Space((30, 20, 30)), Rules(2_000_000), None), whole=True, effort=1_000)
