"""Plans the example orders with kernels compiled for this CPU and for a generic one: the plans must be the same.

    python -m benchmarks.cpu_targets [--orders N] [--mode fast]

Each target is a process of its own with its own kernel cache. Prints the number of orders and one hash of all their
canonical plans per target; ends with status 1 if they differ, and names the orders that do.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from boxwright import Policy, load_catalog, plan
from boxwright.export import canonical_json
from boxwright.orders import read_orders

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
TARGETS = {"native": {}, "generic": {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}}
"""Environment of numba by target."""


def hashes(mode: str, orders: int | None) -> dict[str, str]:
    """Return the SHA-256 of the canonical plan of each example order."""
    catalog = load_catalog(EXAMPLES / "boxpacker-catalog.toml")
    policy = Policy(lifting_profile="freight", mode=mode, allow_partial=True)
    found = {}
    for order in list(read_orders(EXAMPLES / "orders.csv"))[:orders]:
        text = canonical_json(plan(order, catalog, policy, profiles=()))
        found[order.order_id] = hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
    return found


def of_target(name: str, mode: str, orders: int | None) -> dict[str, str]:
    """Return ``hashes`` of a process that compiles for a target."""
    with tempfile.TemporaryDirectory() as cache:
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.cpu_targets", "--here", "--mode", mode]
            + (["--orders", str(orders)] if orders else []),
            cwd=ROOT,
            env={**os.environ, **TARGETS[name], "NUMBA_CACHE_DIR": cache},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    answer: dict[str, str] = json.loads(run.stdout)
    return answer


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Compare the targets; see the module. Returns how many orders differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cpu_targets", description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=None, help="first N example orders; default: all")
    parser.add_argument("--mode", default="fast", help="default: fast")
    parser.add_argument("--here", action="store_true", help="print the hashes of this process and compare nothing")
    chosen = parser.parse_args(arguments)
    if chosen.here:
        say(json.dumps(hashes(chosen.mode, chosen.orders)))
        return 0
    found = {name: of_target(name, chosen.mode, chosen.orders) for name in TARGETS}
    native, generic = found["native"], found["generic"]
    for name, each in found.items():
        whole = hashlib.sha256("".join(each.values()).encode()).hexdigest()
        say(f"{name}: {len(each)} orders, {whole}")
    differ = [order_id for order_id, digest in native.items() if generic.get(order_id) != digest]
    if differ:
        say(f"different: {', '.join(differ)}")
    return len(differ)


if __name__ == "__main__":
    sys.exit(bool(main()))
