"""The kernels run as plain Python too, which is how they are debugged and covered."""

import json
import os
import subprocess
import sys

SCRIPT = """
import json
import numpy as np
from boxwright.packing.own import lay
from boxwright.packing.problem import Rules, Space, Units
from boxwright.packing.question import Question

edges = np.array([[60, 40, 30], [50, 50, 20], [50, 50, 20], [70, 20, 20], [30, 30, 30], [45, 35, 25]], dtype=np.int64)
units = Units(
    edges,
    np.array([63, 3, 3, 63, 63, 63], dtype=np.int64),
    np.array([0, 1, 1, 2, 3, 4], dtype=np.int64),
    np.array([900.0, 300.0, 300.0, 200.0, 500.0, 100.0]),
    np.array([np.inf, 400.0, 400.0, np.inf, 0.0, np.inf]),
    np.zeros(6),
)
layout = lay(Question(units, Space((100, 80, 60)), Rules(), whole=False, effort=2_000))
print(json.dumps([layout.units.tolist(), layout.orientations.tolist(), layout.corners_um.tolist()]))
"""


def test_compiled_and_plain_kernels_agree() -> None:
    """One search, compiled and with NUMBA_DISABLE_JIT=1, gives the same placements."""
    answers = []
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        answers.append(json.loads(run.stdout))
    assert answers[0] == answers[1]
    assert len(answers[0][0]) >= 5
