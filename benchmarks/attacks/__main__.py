"""Attack a server and print what that costs it.

    python -m benchmarks.attacks
    python -m benchmarks.attacks --only streams

Each attack meets a new server in a process of its own, warm and idle, with two planning threads. Two probes in
processes of their own, as another caller, ask for health every 10 ms and for the plan of a small order every 50 ms.
The columns: CPU seconds of the server until it is idle again, probes included; its greatest memory above the idle
server, in MiB; answers to health checks, in ms, and how many were not SERVING; the same for the small order.
"""

import argparse
from collections.abc import Sequence

from benchmarks.attacks.attack import Attack
from benchmarks.attacks.bodies import BODIES
from benchmarks.attacks.connections import CONNECTIONS
from benchmarks.attacks.given_up import GIVEN_UP
from benchmarks.attacks.measure import Cost, cost_of
from benchmarks.attacks.open_calls import OPEN_CALLS
from benchmarks.attacks.over_http import OVER_HTTP

ATTACKS: Sequence[Attack] = (*GIVEN_UP, *OPEN_CALLS, *BODIES, *CONNECTIONS, *OVER_HTTP)
"""All attacks, in the order of the table."""

COLUMNS = (
    "attack",
    "CPU s",
    "memory MiB",
    "health p50 / max ms",
    "not serving",
    "small order p50 / max ms",
    "refused",
    "what came",
)


def row(attack: Attack, cost: Cost) -> str:
    """Return the row of an attack."""
    health, order = cost.health, cost.order
    return (
        f"| {attack.name} | {cost.cpu_s:.1f} | {cost.memory_mib:.0f} | {health.p50_ms:.1f} / {health.max_ms:.0f} |"
        f" {health.failed} of {health.count} | {order.p50_ms:.1f} / {order.max_ms:.0f} |"
        f" {order.failed} of {order.count} | {cost.outcome} |"
    )


def main() -> None:
    """Run the attacks; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attacks")
    parser.add_argument("--only", default="", metavar="TEXT", help="only attacks whose name has this in it")
    only = parser.parse_args().only
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for attack in ATTACKS:
        if only in attack.name:
            print(row(attack, cost_of(attack)), flush=True)


if __name__ == "__main__":
    main()
