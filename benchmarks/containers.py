"""Compares engines on the fill of one container: the Bischoff-Ratcliff classes.

    python -m benchmarks.containers --data DIR [--class N ...] [--instances N] [--mode balanced ...] [--peer ...]

Classes 1 to 7 are read from the folder; 8 to 15 are drawn with a seed (``bischoff_ratcliff``) and have no published
results. In Boxwright units have their whole base supported (support ratio 1) and are stable at every step; in
packingsolver3d and packvium they need no support. Prints one Markdown table. A row "at the CPU of ..." is the best
result of packingsolver3d's anytime mode after the CPU time of Boxwright on the same instance.
"""

import argparse
import dataclasses
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import markdown
from benchmarks.bischoff_ratcliff import CONTAINER_CM, KINDS, drawn
from benchmarks.cpu import cpu_seconds
from benchmarks.engine import Boxwright, Engine
from benchmarks.outcome import UM3_PER_MM3
from boxwright import BoxType, Catalog, Item, Order, Plan, Policy, check
from boxwright.packing.own import warm_up

FULL_BASE = Policy(lifting_profile="freight", allow_partial=True, max_parcels=1, support_ratio=1.0, load_bearing=False)
CLASSES = (*range(1, 8), *KINDS)
COLUMNS = (
    "class",
    "engine",
    "instances",
    "volume %",
    "least %",
    "points to best known",
    "units without whole base %",
    "other violations",
    "CPU s mean",
)
_TURNS = (("HWL", "WHL"), ("LHW", "HLW"), ("LWH", "WLH"))
"""Orientations with length, width and height vertical."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result for a container: filled share, units, unsupported units, other violations, CPU seconds."""

    share: float
    units: int = 0
    shaky: int = 0
    broken: int = 0
    cpu_s: float = 0.0


def instances(folder: Path, number: int, count: int | None) -> Iterator[tuple[Order, Catalog, float | None]]:
    """Yield order, one-box catalog and best known share of the instances of a class; their cm are read as mm."""
    if number in KINDS:
        for place, kinds in enumerate(drawn(number, count), 1):
            lines = [
                Item(f"{kind}", quantity, *edges, 0, orientations=_turns(vertical))
                for kind, (edges, vertical, quantity) in enumerate(kinds, 1)
            ]
            yield Order(f"br{number}-{place}", lines), _container(CONTAINER_CM), None
        return
    best = json.loads((folder / "br_best_known.json").read_text())[f"BR{number}"]
    for each in json.loads((folder / f"br{number}.json").read_text())[:count]:
        lines = [
            Item(*(item[name] for name in ("id", "qty", "l", "w", "h", "g")), orientations=_turns(item["vert"]))
            for item in each["items"]
        ]
        yield Order(f"br{number}-{each['id']}", lines), _container(each["bin"]), best[str(each["id"])]


def _turns(vertical: Sequence[bool]) -> list[str]:
    """Return the orientations by whether length, width and height may be vertical."""
    return [turn for upright, pair in zip(vertical, _TURNS, strict=True) if upright for turn in pair]


def _container(edges_mm: Sequence[int]) -> Catalog:
    return Catalog("container", [BoxType("container", *edges_mm, available=1)])


def load(engine: Engine, order: Order, catalog: Catalog) -> Loaded:
    """Fill a container with an engine and check the plan."""
    started = cpu_seconds()
    answer = engine.pack(order, catalog)
    return dataclasses.replace(checked(answer.plan, order, catalog), cpu_s=cpu_seconds() - started)


def checked(plan: Plan, order: Order, catalog: Catalog) -> Loaded:
    """Return the result of the independent check of a plan."""
    found = check(plan, order, catalog, FULL_BASE)
    shaky = {(each.line_id, each.unit_index) for each in found if each.kind.constraint == "support"}
    return Loaded(
        share=sum(parcel.goods_volume_um3 for parcel in plan.parcels) / catalog.box_types[0].inner_volume_um3,
        units=sum(len(parcel.placements) for parcel in plan.parcels),
        shaky=len(shaky),
        broken=sum(each.kind.constraint != "support" for each in found),
    )


def rows(folder: Path, number: int, chosen: argparse.Namespace) -> Iterator[str]:
    """Yield the rows of one class."""
    cases = list(instances(folder, number, chosen.instances))
    best = [share for _, _, share in cases]
    ours = {
        mode: [
            load(Boxwright(mode, dataclasses.replace(FULL_BASE, mode=mode)), order, catalog)
            for order, catalog, _ in cases
        ]
        for mode in chosen.mode or ["balanced"]
    }
    for mode, loaded in ours.items():
        yield _row(number, f"boxwright {mode}, full base", loaded, best)
    if "packingsolver3d" in (chosen.peer or ()):
        from benchmarks.peers.packingsolver_engine import OneBoxSolver

        sequential = OneBoxSolver()
        yield _row(number, sequential.name, [load(sequential, order, catalog) for order, catalog, _ in cases], best)
        traces = [OneBoxSolver(chosen.seconds).traced(order, catalog)[1] for order, catalog, _ in cases]
        for mode, loaded in ours.items():
            reached = []
            for trace, each, (_, catalog, share) in zip(traces, loaded, cases, strict=True):
                volumes = [volume for at, volume in trace if at <= each.cpu_s]
                if volumes:
                    inside = catalog.box_types[0].inner_volume_um3 / UM3_PER_MM3
                    reached.append((Loaded(max(volumes) / inside, cpu_s=each.cpu_s), share))
            name = f"packingsolver3d anytime at the CPU of {mode}: {len(reached)} answered"
            yield _row(number, name, [each for each, _ in reached], [share for _, share in reached])
    if "packvium" in (chosen.peer or ()):
        from benchmarks.peers.packvium_engine import Packvium

        engine = Packvium(0.0, chosen.seconds)
        loaded = [load(engine, order, catalog) for order, catalog, _ in cases]
        yield _row(number, f"packvium balanced {chosen.seconds:g} s", loaded, best)


def _row(number: int, name: str, loaded: Sequence[Loaded], best: Sequence[float | None]) -> str:
    if not loaded:
        return f"| BR{number} | {name} | 0 |" + " - |" * (len(COLUMNS) - 3)
    shares = [each.share for each in loaded]
    units = sum(each.units for each in loaded)
    known = [share for share in best if share is not None]
    cells = [
        f"BR{number}",
        name,
        str(len(loaded)),
        f"{100 * statistics.mean(shares):.2f}",
        f"{100 * min(shares):.2f}",
        f"{100 * (statistics.mean(shares) - statistics.mean(known)):+.2f}" if known else "-",
        f"{100 * sum(each.shaky for each in loaded) / units:.1f}" if units else "-",
        str(sum(each.broken for each in loaded)) if units else "-",
        f"{statistics.mean(each.cpu_s for each in loaded):.2f}",
    ]
    return markdown.row(cells)


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.containers", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the instances")
    parser.add_argument("--class", dest="classes", type=int, action="append", choices=CLASSES, help="default: all")
    parser.add_argument("--instances", type=int, default=None, help="first N of each class; default: all there are")
    parser.add_argument("--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: balanced")
    parser.add_argument("--peer", action="append", choices=["packingsolver3d", "packvium"], help="default: none")
    parser.add_argument("--seconds", type=float, default=10.0, help="limit of engines that stop by a clock; default 10")
    chosen = parser.parse_args(arguments)
    warm_up()
    say(markdown.head(COLUMNS))
    for number in chosen.classes or CLASSES:
        for line in rows(chosen.data, number, chosen):
            say(line)


if __name__ == "__main__":
    main()
