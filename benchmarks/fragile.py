"""Compares orders with and without fragile goods: CPU, proofs, litres, parcels and packaging.

    python -m benchmarks.fragile --data DIR [--mode fast ...] [--orders N]

The orders are the first of ``olist_mix``; the fragility class of each line is drawn with a seed (``SHARES``). The
catalog is ``eu-webshop``. Prints one Markdown table with two rows per mode, without and with the classes; the second
has ratios to the first. Litres, parcels and packaging are those of orders packed whole; in the second row, of orders
that both rows pack whole.
"""

import argparse
import dataclasses
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks import markdown
from benchmarks.cpu import cpu_seconds
from benchmarks.datasets import load
from boxwright import Catalog, Fragility, IncompletePlanError, Order, Plan, Policy, load_catalog, plan
from boxwright.domain.order import FragilityClass
from boxwright.domain.plan import ProofStatus
from boxwright.packing.own import warm_up

SEED = 12
SHARES = {FragilityClass.FRAGILE: 0.3, FragilityClass.BOXED: 0.3, FragilityClass.EASY: 0.4}
"""Share of the order lines by class."""
COLUMNS = (
    "goods",
    "mode",
    "orders",
    "packed whole",
    "PROVED %",
    "CPU ms p50 / p99 / mean",
    "packed whole by both",
    "parcels an order",
    "litres an order",
    "packaging g an order",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """The result for an order."""

    cpu_ms: float
    plan: Plan | None

    @property
    def whole(self) -> bool:
        """Whether every unit is in a parcel."""
        return self.plan is not None and not self.plan.unpacked

    @property
    def proved(self) -> bool:
        """Whether the certificate is PROVED."""
        return self.plan is not None and self.plan.certificate.status is ProofStatus.PROVED


def with_classes(orders: Sequence[Order]) -> list[Order]:
    """Return the orders with a fragility class for each line, drawn with a fixed seed."""
    draw = random.Random(SEED)
    return [
        dataclasses.replace(
            order,
            lines=tuple(
                dataclasses.replace(line, fragility=Fragility(draw.choices([*SHARES], [*SHARES.values()])[0]))
                for line in order.lines
            ),
        )
        for order in orders
    ]


def run(orders: Sequence[Order], catalog: Catalog, mode: str) -> list[Outcome]:
    """Plan some orders."""
    policy = Policy(mode=mode, lifting_profile="freight", allow_partial=True)
    return [_outcome(order, catalog, policy) for order in orders]


def _outcome(order: Order, catalog: Catalog, policy: Policy) -> Outcome:
    started = cpu_seconds()
    try:
        made = plan(order, catalog, policy, profiles=())
    except IncompletePlanError:
        made = None
    return Outcome((cpu_seconds() - started) * 1_000, made)


def row(goods: str, mode: str, outcomes: Sequence[Outcome], bare: Sequence[Outcome]) -> str:
    """Return a row of the table, with ratios to the outcomes ``bare`` without fragility."""
    both = [(one, other) for one, other in zip(outcomes, bare, strict=True) if one.whole and other.whole]
    count = max(len(both), 1)
    sizes = [
        _to(sum(of(one) for one, _ in both) / count, sum(of(other) for _, other in both) / count)
        for of in (_parcels, _litres, _packaging_g)
    ]
    times, bare_times = ([outcome.cpu_ms for outcome in some] for some in (outcomes, bare))
    cpu = [_to(float(of(times)), float(of(bare_times))) for of in (np.median, _p99, np.mean)]
    cells = (
        goods,
        mode,
        str(len(outcomes)),
        str(sum(outcome.whole for outcome in outcomes)),
        f"{100 * sum(outcome.proved for outcome in outcomes) / max(len(outcomes), 1):.1f}",
        " / ".join(cpu),
        str(len(both)),
        *sizes,
    )
    return markdown.row(cells)


def _to(figure: float, bare: float) -> str:
    return f"{figure:.2f} ({figure / bare:.2f})" if bare and figure != bare else f"{figure:.2f}"


def _p99(times: Sequence[float]) -> float:
    return float(np.quantile(times, 0.99))


def _parcels(outcome: Outcome) -> float:
    return len(outcome.plan.parcels) if outcome.plan else 0


def _litres(outcome: Outcome) -> float:
    return outcome.plan.inner_litres if outcome.plan else 0.0


def _packaging_g(outcome: Outcome) -> float:
    return sum(parcel.tare_mg for parcel in outcome.plan.parcels) / 1_000 if outcome.plan else 0.0


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fragile", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument(
        "--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: fast and balanced"
    )
    parser.add_argument("--orders", type=int, default=200, help="first N orders; default 200")
    chosen = parser.parse_args(arguments)
    warm_up()
    bare = load(chosen.data, "olist_mix").orders[: chosen.orders]
    catalog, fragile = load_catalog("eu-webshop"), with_classes(bare)
    run(fragile[:2], catalog, "fast")  # compiles kernels for mixed margins
    say(markdown.head(COLUMNS))
    for mode in chosen.mode or ("fast", "balanced"):
        without, having = run(bare, catalog, mode), run(fragile, catalog, mode)
        say(row("without fragility", mode, without, without))
        say(row("with fragility", mode, having, without))


if __name__ == "__main__":
    main()
