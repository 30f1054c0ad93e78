"""Kernels run as plain Python: they equal compiled ones, and drop only useless spaces and packings."""

import json
import os
import subprocess
import sys
from typing import Any

CUTS = """
import json
import random
import numpy as np
from boxwright.packing.kernels.spaces import cut

draw = random.Random(7)
spaces, fresh = np.empty((600, 6), dtype=np.int64), np.empty((600, 7), dtype=np.int64)
answers = []
for _box in range(30):
    spaces[0] = [0, 0, 0, 30, 24, 18]
    count, listed = 1, {(0, 0, 0, 30, 24, 18)}
    for _unit in range(14):
        low = [draw.randrange(edge) for edge in (30, 24, 18)]
        high = [at + draw.randint(1, 7) for at in low]
        count = cut(spaces, count, (*low, *high), 2, fresh)
        parts = set()
        for space in listed:
            if any(low[axis] >= space[axis + 3] or high[axis] <= space[axis] for axis in range(3)):
                parts.add(space)
                continue
            for axis in range(3):
                parts.add((*space[: axis + 3], min(space[axis + 3], low[axis]), *space[axis + 4 :]))
                parts.add((*space[:axis], max(space[axis], high[axis]), *space[axis + 1 :]))
        parts = {part for part in parts if all(part[axis + 3] - part[axis] >= 2 for axis in range(3))}
        listed = {
            part
            for part in parts
            if not any(
                other != part and all(other[i] <= part[i] and other[i + 3] >= part[i + 3] for i in range(3))
                for other in parts
            )
        }
        answers.append([sorted(map(list, listed)), sorted(spaces[:count].tolist())])
print(json.dumps(answers))
"""
"""Units cut out of boxes, with the maximal empty spaces by definition and by the kernel."""

FLOORS = """
import json
import numpy as np
from boxwright.packing.kernels.construct import construct
from boxwright.packing.kernels.packings import new_packing, new_work
from boxwright.packing.own import problem_of
from boxwright.packing.problem import Rules, Space, Units

edges = np.array([[60, 40, 30], [50, 50, 20], [50, 50, 20], [70, 20, 20], [30, 30, 30], [45, 35, 25]], dtype=np.int64)
free, none = np.full(6, np.inf), np.zeros(6)
units = Units(edges, np.full(6, 63), np.array([0, 1, 1, 2, 3, 4]), np.full(6, 9.0), free, none)
problem = problem_of(units, Space((70, 60, 50)), Rules(), None)
work = new_work(problem, new_packing(6), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
answers = []
for ordering in problem.orders:
    for rule in range(5):
        def placed(floor):
            return int(construct(ordering, rule, 1 << 60, floor, work, work.packing, 0))
        finished = placed(-1.0)
        volume = sum(int(edges[unit].prod()) for unit in work.packing.unit[:finished])
        answers.append([finished, placed(volume - 1.0), placed(float(volume))])
print(json.dumps(answers))
"""
"""Constructions in a box that holds some of six units: with no floor, a floor just below their volume, and at it."""


SEARCH = """
import json
import numpy as np
from boxwright.packing.own import lay
from boxwright.packing.problem import Rules, Space, Units
from boxwright.packing.question import Question

edges = np.array([[60, 40, 30], [50, 50, 20], [50, 50, 20], [70, 20, 20], [30, 30, 30], [45, 35, 25]], dtype=np.int64)
masks, kinds = np.array([63, 3, 3, 63, 63, 63]), np.array([0, 1, 1, 2, 3, 4])
mass, load = np.array([900.0, 300.0, 300.0, 200.0, 500.0, 100.0]), np.array([np.inf, 400.0, 400.0, np.inf, 0.0, np.inf])
units = Units(edges, masks, kinds, mass, load, np.zeros(6))
layout = lay(Question(units, Space((100, 80, 60)), Rules(), whole=False, effort=2_000))
print(json.dumps([layout.units.tolist(), layout.orientations.tolist(), layout.corners_um.tolist()]))
"""


def answered(script: str, disable_jit: str) -> list[Any]:
    """Run a script with compiled kernels, or with the kernels as plain Python."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": disable_jit}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    answers: list[Any] = json.loads(run.stdout)
    return answers


def test_compiled_and_plain_kernels_agree() -> None:
    """One search, compiled and with NUMBA_DISABLE_JIT=1, gives the same placements."""
    compiled, plain = (answered(SEARCH, disable_jit) for disable_jit in "01")
    assert compiled == plain
    assert len(compiled[0]) >= 5


def test_a_cut_lists_the_maximal_empty_spaces() -> None:
    """Exactly the maximal spaces are kept, though only spaces that touch the same face are compared."""
    answers = answered(CUTS, "1")
    assert len(answers) == 420
    assert [each for each in answers if each[0] != each[1]] == []


def test_a_construction_is_left_only_where_it_cannot_pass_the_floor() -> None:
    """A construction ends early exactly if it cannot have more volume than the floor."""
    answers = answered(FLOORS, "1")
    assert len(answers) == 50
    assert all(isinstance(placed, int) and 0 < placed < 6 for placed, _, _ in answers)
    assert [each for each in answers if each[1] != each[0] or each[2] != -1] == []
