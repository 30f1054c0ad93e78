"""Plans the example orders with the kernels of the package, generic ones and native ones: plans must be equal.

    python -m benchmarks.cpu_targets [--orders N] [--mode fast]

Each target is a process with its own kernel cache. Prints the number of orders and a hash of all canonical plans per
target. Ends with status 1 if they differ, and names the orders, or if the installed package has no suitable kernels.
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

from llvmlite.binding import get_host_cpu_name

from boxwright import Policy, load_catalog, plan
from boxwright.contract.canonical import canonical_json
from boxwright.orders import read_orders
from boxwright.packing.parts import ENTRIES

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
TARGETS = {name: {"NUMBA_CPU_NAME": cpu} for name, cpu in (("generic", "generic"), ("native", get_host_cpu_name()))}
"""Environment of numba by target; with a CPU name numba ignores the kernels of the package."""
PACKAGE = "package"


def hashes(mode: str, orders: int | None) -> dict[str, str]:
    """Return the SHA-256 of the canonical plan of each example order."""
    catalog = load_catalog(EXAMPLES / "boxpacker-catalog.toml")
    policy = Policy(lifting_profile="freight", mode=mode, allow_partial=True)
    found = {}
    for order in list(read_orders(EXAMPLES / "orders.csv"))[:orders]:
        text = canonical_json(plan(order, catalog, policy, profiles=()))
        found[order.order_id] = hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()
    return found


def of_target(name: str, mode: str, orders: int | None) -> tuple[dict[str, str], list[str]]:
    """Return ``hashes`` from a process for a target, and the kernels that it compiled."""
    with tempfile.TemporaryDirectory() as cache:
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.cpu_targets", "--here", "--mode", mode]
            + (["--orders", str(orders)] if orders else []),
            cwd=ROOT,
            env={**os.environ, **TARGETS.get(name, {}), "NUMBA_CACHE_DIR": cache},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found, compiled = json.loads(run.stdout)
    return found, compiled


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Compare the targets; see the module. Returns the number of faults."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cpu_targets", description=__doc__.split("\n")[0])
    parser.add_argument("--orders", type=int, default=None, help="first N example orders; default: all")
    parser.add_argument("--mode", default="fast", help="default: fast")
    parser.add_argument("--here", action="store_true", help="print the hashes of this process only")
    chosen = parser.parse_args(arguments)
    if chosen.here:
        found = hashes(chosen.mode, chosen.orders)
        say(json.dumps([found, [each.py_func.__name__ for each in ENTRIES if each.stats.cache_misses]]))
        return 0
    package, compiled = of_target(PACKAGE, chosen.mode, chosen.orders)
    faults = [f"the package has no code that suits for {', '.join(compiled)}"] if compiled else []
    for name in (PACKAGE, *TARGETS):
        found = package if name == PACKAGE else of_target(name, chosen.mode, chosen.orders)[0]
        whole = hashlib.sha256("".join(found.values()).encode()).hexdigest()
        say(f"{name}: {len(found)} orders, {whole}")
        differ = [order_id for order_id, digest in package.items() if found.get(order_id) != digest]
        faults += [f"{name} differs: {', '.join(differ)}"] if differ else []
    say("\n".join(faults) or "all the same")
    return len(faults)


if __name__ == "__main__":
    sys.exit(bool(main()))
