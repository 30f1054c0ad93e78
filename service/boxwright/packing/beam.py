"""Beam search over blocks: a block is rated by a greedy completion of the packing.

States are packings under construction. One level of the search places one block: every state tries its best blocks,
every try is completed greedily, and the tries with the most volume are kept (Araya and Riff, A beam search approach to
the container loading problem, Computers & Operations Research 43, 2014). The beam starts with one state and widens
while effort is left.

Blocks are placed on *plateaus*, rectangles on which their whole base is supported. Every base rests wholly on the floor
or on tops, so nothing overhangs, and the space above a plateau is empty up to the lid. So two dimensions are enough:
``spaces``, int64 (count, 6), has the maximal rectangles of equal height as x1, y1, x2, y2, z, and 1 if a plateau is
dead. Nothing more fits on a dead plateau, but it may still merge with a neighbour.
"""

import numpy as np

from boxwright.packing.block_ranks import State, gather, next_space, rank, work_out_reach
from boxwright.packing.compiled import entry, inner, maker

WIDER = 1.4142
"""Factor by which a beam is wider than the beam before, which about doubles the effort."""


@inner
def _add(x1, y1, x2, y2, z, edge, spaces, count):
    """Add a plateau unless another covers it, and drop the plateaus that it covers; return the new count.

    It is dead if it is thinner than the shortest ``edge``.
    """
    for i in range(count):
        if (
            spaces[i, 4] == z
            and spaces[i, 0] <= x1
            and spaces[i, 1] <= y1
            and spaces[i, 2] >= x2
            and spaces[i, 3] >= y2
        ):
            return count
    kept = 0
    for i in range(count):
        if (
            spaces[i, 4] == z
            and spaces[i, 0] >= x1
            and spaces[i, 1] >= y1
            and spaces[i, 2] <= x2
            and spaces[i, 3] <= y2
        ):
            continue
        if kept < i:
            for column in range(6):
                spaces[kept, column] = spaces[i, column]
        kept += 1
    if kept == spaces.shape[0]:
        return kept
    spaces[kept, 0], spaces[kept, 1], spaces[kept, 2], spaces[kept, 3], spaces[kept, 4] = x1, y1, x2, y2, z
    spaces[kept, 5] = 1 if x2 - x1 < edge or y2 - y1 < edge else 0
    return kept + 1


@inner
def _take_out(x1, y1, x2, y2, z, edge, spaces, count, old):
    """Cut a base at height ``z`` out of the plateaus; return the new count. ``old`` is a work array."""
    kept = np.int64(0)
    cut = 0
    for i in range(count):
        if spaces[i, 4] == z and spaces[i, 0] < x2 and spaces[i, 2] > x1 and spaces[i, 1] < y2 and spaces[i, 3] > y1:
            for column in range(6):
                old[cut, column] = spaces[i, column]
            cut += 1
            continue
        if kept < i:
            for column in range(6):
                spaces[kept, column] = spaces[i, column]
        kept += 1
    count = kept
    for i in range(cut):
        ax1, ay1, ax2, ay2 = old[i, 0], old[i, 1], old[i, 2], old[i, 3]
        if ax1 < x1:
            count = _add(ax1, ay1, x1, ay2, z, edge, spaces, count)
        if ax2 > x2:
            count = _add(x2, ay1, ax2, ay2, z, edge, spaces, count)
        if ay1 < y1:
            count = _add(ax1, ay1, ax2, y1, z, edge, spaces, count)
        if ay2 > y2:
            count = _add(ax1, y2, ax2, ay2, z, edge, spaces, count)
    return count


@inner
def _add_top(x1, y1, x2, y2, z, edge, spaces, count, queue):
    """Add a solid top at height ``z``, merged with neighbours of the same height; return the new count.

    Two touching rectangles of equal height give a third across their common side (the consensus of two implicants).
    Repeated until no rectangle is new, this yields all maximal rectangles. ``queue``, int64 (q, 4), is a work array.
    """
    queue[0, 0], queue[0, 1], queue[0, 2], queue[0, 3] = x1, y1, x2, y2
    waiting = 1
    done = 0
    while done < waiting:
        x1, y1, x2, y2 = queue[done, 0], queue[done, 1], queue[done, 2], queue[done, 3]
        done += 1
        before = count
        for i in range(count):
            if spaces[i, 4] != z:
                continue
            ax1, ay1, ax2, ay2 = spaces[i, 0], spaces[i, 1], spaces[i, 2], spaces[i, 3]
            low_x, high_x, low_y, high_y = max(ax1, x1), min(ax2, x2), max(ay1, y1), min(ay2, y2)
            if low_x > high_x or low_y > high_y:
                continue
            for axis in range(2):
                if axis == 0:
                    nx1, ny1, nx2, ny2 = min(ax1, x1), low_y, max(ax2, x2), high_y
                else:
                    nx1, ny1, nx2, ny2 = low_x, min(ay1, y1), high_x, max(ay2, y2)
                if nx1 >= nx2 or ny1 >= ny2 or waiting == queue.shape[0]:
                    continue
                known = (nx1 >= x1 and ny1 >= y1 and nx2 <= x2 and ny2 <= y2) or (
                    nx1 >= ax1 and ny1 >= ay1 and nx2 <= ax2 and ny2 <= ay2
                )
                j = 0
                while not known and j < waiting:
                    known = nx1 >= queue[j, 0] and ny1 >= queue[j, 1] and nx2 <= queue[j, 2] and ny2 <= queue[j, 3]
                    j += 1
                if not known:
                    queue[waiting, 0], queue[waiting, 1], queue[waiting, 2], queue[waiting, 3] = nx1, ny1, nx2, ny2
                    waiting += 1
        count = _add(x1, y1, x2, y2, z, edge, spaces, before)
    return count


@maker
def _state(states, i):
    return State(states.spaces[i], states.left[i], states.placed[i], states.live[i], states.totals[i])


@inner
def _copy_state(states, source, target):
    totals = states.totals
    for i in range(4):
        totals[target, i] = totals[source, i]
    for i in range(int(totals[source, 2])):
        for column in range(6):
            states.spaces[target, i, column] = states.spaces[source, i, column]
    for i in range(int(totals[source, 3])):
        for column in range(9):
            states.placed[target, i, column] = states.placed[source, i, column]
    for k in range(states.left.shape[1]):
        states.left[target, k] = states.left[source, k]
    for b in range(states.live.shape[1]):
        states.live[target, b] = states.live[source, b]


@inner
def _set(b, at, blocks, supply, box, state, work):
    """Place block ``b`` on plateau ``at``, in its corner that is nearest to a corner of the box."""
    spaces, placed = state.spaces, state.placed
    x1, y1, x2, y2, z = spaces[at, 0], spaces[at, 1], spaces[at, 2], spaces[at, 3], spaces[at, 4]
    right, back = box[0] - x2 < x1, box[1] - y2 < y1
    l, w, h = blocks.size[b, 0], blocks.size[b, 1], blocks.size[b, 2]
    bx1, by1 = x2 - l if right else x1, y2 - w if back else y1
    slot = int(state.totals[3])
    placed[slot, 0], placed[slot, 1], placed[slot, 2] = b, 1 if right else 0, 1 if back else 0
    placed[slot, 3], placed[slot, 4], placed[slot, 5] = bx1, by1, z
    placed[slot, 6], placed[slot, 7], placed[slot, 8] = bx1 + l, by1 + w, z + h
    state.totals[0] += blocks.volume[b]
    state.totals[1] += blocks.weight[b]
    state.totals[3] += 1.0
    for i in range(blocks.kind.shape[1]):
        k = blocks.kind[b, i]
        if k < 0:
            break
        state.left[k] -= blocks.units[b, i]
    edge, height = _shortest(supply, state.left)
    count = int(state.totals[2])
    work.effort[0] += 8 * (count + slot) + state.left.shape[0]
    count = _take_out(bx1, by1, bx1 + l, by1 + w, z, edge, spaces, count, work.old)
    tl, tw = blocks.top[b, 0], blocks.top[b, 1]
    if tl > 0 and z + h + height <= box[2]:
        tx, ty = bx1 + l - tl if right else bx1, by1 + w - tw if back else by1
        count = _add_top(tx, ty, tx + tl, ty + tw, z + h, edge, spaces, count, work.queue)
    state.totals[2] = float(count)


@inner
def _shortest(supply, left):
    """Return, over the units left, the shortest edge that can be horizontal and the shortest that can be vertical."""
    flat, upright = np.int64(1) << 60, np.int64(1) << 60
    for k in range(left.shape[0]):
        if left[k] > 0:
            flat = min(flat, supply.flat[k])
            upright = min(upright, supply.upright[k])
    return flat, upright


@inner
def _choose(width, blocks, box, limits, state, work, stop):
    """Rank blocks for the next plateau that takes any; return the plateau, or -1, and the number of ranked blocks."""
    while True:
        if stop[0]:
            return -1, 0
        at = next_space(state, box)
        if at < 0:
            return -1, 0
        gather(state.spaces[at], box, state, work)
        found = rank(state.spaces[at], width, blocks, box, limits, state, work)
        if found > 0:
            return at, found
        state.spaces[at, 5] = 1


@inner
def _finish(blocks, supply, box, limits, state, work, stop):
    """Complete a state greedily, with the best block for each plateau."""
    while True:
        at, _found = _choose(np.int64(1), blocks, box, limits, state, work, stop)
        if at < 0:
            return
        _set(work.best[0], at, blocks, supply, box, state, work)


@inner
def _write_empty(supply, box, states, start):
    for k in range(supply.count.shape[0]):
        states.left[start, k] = supply.count[k]
    end = states.live.shape[1] - 1
    for b in range(end):
        states.live[start, b] = b + 1
    states.live[start, end] = 0
    for column in range(6):
        states.spaces[start, 0, column] = 0
    states.spaces[start, 0, 2], states.spaces[start, 0, 3] = box[0], box[1]
    for i in range(4):
        states.totals[start, i] = 0.0
    states.totals[start, 2] = 1.0


@inner
def _write(states, i, answer):
    """Copy the blocks of a state into ``answer``; return their number."""
    count = np.int64(states.totals[i, 3])
    for slot in range(count):
        for column in range(9):
            answer[slot, column] = states.placed[i, slot, column]
    return count


@inner
def _keep(volume, width, states, trial, pool, value, kept):
    """Keep a state for the next level if it is among the best; return the number of states kept.

    Of the states that have equal volume, now and when completed, only one is kept.
    """
    for i in range(kept):
        if value[i] == volume and states.totals[pool[i], 0] == states.totals[trial, 0]:
            return kept
    if kept == width and volume <= value[kept - 1]:
        return kept
    into = kept if kept < width else width - 1
    slot = pool[into]
    while into > 0 and value[into - 1] < volume:
        pool[into], value[into] = pool[into - 1], value[into - 1]
        into -= 1
    pool[into], value[into] = slot, volume
    _copy_state(states, trial, slot)
    return min(kept + 1, width)


@entry
def search_blocks(blocks, supply, box, limits, whole_volume, budget, most_wide, states, work, stop, answer):
    """Search for the state with the most volume; write its blocks to ``answer`` and return their number.

    ``box`` is int64 (3,), um. ``limits``, float64 (2,), are the maximum volume, um3, and the maximum weight, mg. A
    state with ``whole_volume``, that of all units, ends the search. ``budget`` is counted effort, about one per block
    examined; the first construction is always finished. No beam is wider than ``most_wide``. ``states`` and ``work``
    are from ``new_states`` and ``new_work``. ``stop``, int64 (1,), ends the search once it is not 0. ``answer``, int64
    (m, 9), is as ``State.placed``.
    """
    start, trial, finished = 2 * most_wide, 2 * most_wide + 1, 2 * most_wide + 2
    _write_empty(supply, box, states, start)
    # ``beam`` has the states of this level, ``pool`` those of the next, best first, and ``value`` their final volumes.
    beam, pool = np.empty(most_wide, dtype=np.int64), np.empty(most_wide, dtype=np.int64)
    for i in range(most_wide):
        beam[i], pool[i] = i, most_wide + i
    value = np.zeros(most_wide)
    chosen = np.empty(most_wide, dtype=np.int64)
    best_volume, best_count = 0.0, 0
    wide = 1.0
    while True:
        width = min(int(wide), most_wide)
        _copy_state(states, start, beam[0])
        level = 1
        while level > 0:
            kept = np.int64(0)
            work_out_reach(supply, states.left[beam[0]], box, work)
            for s in range(level):
                at, found = _choose(width, blocks, box, limits, _state(states, beam[s]), work, stop)
                chosen[:found] = work.best[:found]
                for c in range(found):
                    _copy_state(states, beam[s], trial)
                    _set(chosen[c], at, blocks, supply, box, _state(states, trial), work)
                    _copy_state(states, trial, finished)
                    _finish(blocks, supply, box, limits, _state(states, finished), work, stop)
                    work.effort[0] += blocks.worth.shape[0] // 4
                    volume = states.totals[finished, 0]
                    if volume > best_volume:
                        best_volume, best_count = volume, _write(states, finished, answer)
                    if best_volume >= whole_volume or work.effort[0] > budget or stop[0]:
                        return best_count
                    kept = _keep(volume, width, states, trial, pool, value, kept)
            beam, pool = pool, beam
            level = kept
        if width == most_wide or stop[0]:
            return best_count
        wide = max(wide * WIDER, wide + 1.0)
