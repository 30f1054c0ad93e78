"""After warm-up no order waits for the compiler."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SIGNATURES = """
import importlib, json, pkgutil
from numba.core.dispatcher import Dispatcher
import boxwright.packing

found = {}
for each in pkgutil.walk_packages(boxwright.packing.__path__, "boxwright.packing."):
    for name, kernel in vars(importlib.import_module(each.name)).items():
        if isinstance(kernel, Dispatcher) and not kernel.targetoptions.get("no_cpython_wrapper"):
            found[f"{each.name}.{name}"] = sorted(str(signature) for signature in kernel.signatures)
print(json.dumps(found))
"""
WARM_UP = "from boxwright.packing.own import warm_up; warm_up()\n"
ORDERS = """
import random
import sys
from dataclasses import replace
from outcomes import outcome
from random_orders import case, changed

for seed in range(100):
    asked = case(random.Random(seed))
    mode = ("fast", "balanced", "balanced", "thorough")[seed % 4] if asked.order.unit_count <= 12 else "fast"
    outcome(replace(asked, policy=changed(asked.policy, mode=mode)))

sys.path.append("..")
from benchmarks.tilings import order_of
from boxwright import plan

for seed in range(6):  # parts of blocks are turned until all units obey the rules
    plan(*order_of(seed, 13, 20))
"""


@pytest.mark.long
def test_warm_up_reaches_every_kernel() -> None:
    """Orders of all kinds need exactly the kernels that warm-up compiles."""
    warm, used = (
        json.loads(
            subprocess.run(
                [sys.executable, "-c", first + SIGNATURES], cwd=TESTS, capture_output=True, check=True
            ).stdout
        )
        for first in (WARM_UP, ORDERS)
    )
    assert len(warm) >= 16
    assert [name for name, signatures in used.items() if not signatures] == [], "the orders do not reach it"
    assert warm == used
