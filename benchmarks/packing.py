"""Boxes, litres, violations and CPU per order over whole sets of real orders, py3dbp beside Boxwright.

    python -m benchmarks.packing --data DIR [--set NAME ...] [--mode balanced] [--orders N] [--peer-orders N]

Prints one Markdown table. CPU is process time of one thread, kernels compiled before the clock starts.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.datasets import SETS, DataSet, load
from boxwright import IncompletePlanError, Order, Plan, Policy, check, plan
from boxwright.errors import EngineError
from boxwright.packing.own import warm_up

MM3_PER_LITRE = 1_000_000
UM3_PER_MM3 = 10**9


@dataclass
class Tally:
    """What one engine did over one set."""

    engine: str
    boxes: int = 0
    litres: float = 0.0
    best_boxes: int = 0
    best_litres: float = 0.0
    orders: int = 0
    violations: int = 0
    lost: int = 0
    unpacked: int = 0
    unpacked_known: int = 0
    refused: int = 0
    proved: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    worse: list[str] = field(default_factory=list)

    def add(self, data: DataSet, order: Order, policy: Policy) -> None:
        """Plan one order and count what comes out."""
        started = time.process_time()
        try:
            answer = plan(order, data.catalog, policy, profiles=())
        except (EngineError, IncompletePlanError):
            self.refused += 1
            return
        finally:
            self.cpu_ms.append((time.process_time() - started) * 1_000)
            self.orders += 1
        self.violations += len(check(answer, order, data.catalog, policy))
        placed = sum(len(parcel.placements) for parcel in answer.parcels)
        self.lost += order.unit_count - placed - len(answer.unpacked)
        self.proved += answer.certificate.status.value == "proved"
        best = data.best_known.get(order.order_id)
        if answer.unpacked:
            self.unpacked += 1
            self.unpacked_known += best is not None
            return
        volume_mm3 = sum(parcel.inner_volume_um3 for parcel in answer.parcels) // UM3_PER_MM3
        if best is not None:
            self._compare(answer, volume_mm3, best)

    def _compare(self, answer: Plan, volume_mm3: int, best: tuple[int, int]) -> None:
        self.boxes += len(answer.parcels)
        self.litres += volume_mm3 / MM3_PER_LITRE
        self.best_boxes += best[0]
        self.best_litres += best[1] / MM3_PER_LITRE
        if (len(answer.parcels), volume_mm3) > best:
            self.worse.append(answer.order_id)

    def row(self, name: str) -> str:
        """Return one row of the table."""
        share = f"{self.boxes / self.best_boxes:.4f}" if self.best_boxes else "-"
        volume = f"{self.litres / self.best_litres:.4f}" if self.best_litres else "-"
        p50, p99 = np.quantile(self.cpu_ms, [0.5, 0.99])
        cells = [
            name,
            self.engine,
            str(self.orders),
            f"{self.boxes} / {self.best_boxes}",
            share,
            f"{self.litres:.0f} / {self.best_litres:.0f}",
            volume,
            str(len(self.worse)),
            str(self.violations),
            str(self.lost),
            f"{self.unpacked} ({self.unpacked_known})",
            str(self.refused),
            f"{100 * self.proved / max(self.orders, 1):.1f}",
            f"{p50:.2f} / {p99:.1f} / {max(self.cpu_ms):.0f}",
        ]
        return "| " + " | ".join(cells) + " |"


HEAD = (
    "| set | engine | orders | boxes / best known | ratio | litres / best known | ratio | orders worse | violations"
    " | units lost | orders unpacked (known to fit) | refused by the check | PROVED % | CPU ms p50 / p99 / max |"
)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.packing", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=SETS, help="default: all")
    parser.add_argument("--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: balanced")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    parser.add_argument("--peer-orders", type=int, default=100, help="first N orders for py3dbp; default 100, 0: none")
    parser.add_argument("--list-worse", action="store_true", help="name the orders that are worse than the best known")
    chosen = parser.parse_args(arguments)
    warm_up()
    say(HEAD)
    say("|---" * HEAD.count(" | ") + "|---|")
    for name in chosen.set or SETS:
        data = load(chosen.data, name)
        for mode in chosen.mode or ["balanced"]:
            ours = Tally(f"boxwright {mode}")
            for order in data.orders[: chosen.orders]:
                ours.add(data, order, Policy(allow_partial=True, mode=mode))
            say(ours.row(name))
            if chosen.list_worse:
                say("worse: " + ", ".join(ours.worse))
        if chosen.peer_orders:
            peer = Tally("py3dbp, no support")
            for order in data.orders[: chosen.peer_orders]:
                peer.add(data, order, Policy(allow_partial=True, engine="py3dbp", support_ratio=0, mode="fast"))
            say(peer.row(name))


if __name__ == "__main__":
    main()
