"""The rows of the table that compares engines."""

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks import markdown
from benchmarks.datasets import MM3_PER_LITRE, Best, DataSet, goods_mm3
from benchmarks.engine import Engine
from benchmarks.outcome import Outcome
from boxwright import Order

COLUMNS = (
    "set",
    "engine",
    "orders",
    "boxes",
    "litres",
    "boxes, litres to best supported",
    "boxes, litres to best of any",
    "worse",
    "units badly supported (orders)",
    "other violations",
    "lost",
    "not whole (known to fit)",
    "no answer",
    "PROVED %",
    "CPU ms p50 / p99 / max",
    "CPU to py3dbp",
    "CPU to loop",
)


def row(
    data: DataSet, engine: Engine, outcomes: Sequence[Outcome], loop_ms: float, py3dbp_ms: Mapping[str, float]
) -> str:
    """Return one row of the table.

    Parameters
    ----------
    data, engine, outcomes
        The set, the engine and its outcomes.
    loop_ms : float
        CPU of the calibration loop.
    py3dbp_ms : mapping
        CPU of py3dbp by order of this set.
    """
    whole = [outcome for outcome in outcomes if outcome.whole]
    times = [outcome.cpu_ms for outcome in outcomes]
    p50, p99 = np.quantile(times, [0.5, 0.99])
    cells = [
        data.name,
        engine.name,
        str(len(outcomes)),
        str(sum(each.boxes for each in whole)),
        f"{sum(each.volume_mm3 for each in whole) / MM3_PER_LITRE:.1f}",
        _to_best(whole, data.best_known),
        _to_best(whole, data.best_any),
        str(len(worse(data, outcomes))) if data.best_known else "-",
        f"{sum(each.badly_supported for each in outcomes)} ({sum(each.badly_supported > 0 for each in outcomes)})",
        str(sum(each.broken for each in outcomes)),
        str(sum(each.lost for each in outcomes)),
        _not_whole(data, outcomes),
        str(sum(each.refused for each in outcomes)),
        f"{100 * sum(each.proved for each in outcomes) / len(outcomes):.1f}",
        f"{p50:.2f} / {p99:.1f} / {max(times):.0f}",
        _to_py3dbp(outcomes, py3dbp_ms),
        f"{sum(times) / len(times) / loop_ms:.3f}",
    ]
    return markdown.row(cells)


def worse(data: DataSet, outcomes: Sequence[Outcome]) -> list[str]:
    """Return the orders with more boxes than the best known supported packing, or as many of greater volume."""
    return [
        each.order_id
        for each in outcomes
        if each.whole
        and (each.boxes, each.volume_mm3) > data.best_known.get(each.order_id, (each.boxes, each.volume_mm3))
    ]


def published_row(data: DataSet, orders: Sequence[Order]) -> str:
    """Return the row of BoxPacker's published figures; the volume follows from its utilisation, rounded to 0.1 %."""
    outcomes = []
    for order in orders:
        boxes, percent = data.published[order.order_id]
        outcomes.append(Outcome(order.order_id, 0.0, boxes, round(goods_mm3(order) * 100 / percent), whole=True))
    cells = dict.fromkeys(COLUMNS, "-")
    cells["set"], cells["engine"], cells["orders"] = data.name, "BoxPacker, as published", str(len(orders))
    cells["boxes"] = str(sum(each.boxes for each in outcomes))
    cells["litres"] = f"{sum(each.volume_mm3 for each in outcomes) / MM3_PER_LITRE:.0f}"
    cells["boxes, litres to best supported"] = _to_best(outcomes, data.best_known)
    cells["boxes, litres to best of any"] = _to_best(outcomes, data.best_any)
    return markdown.row(cells.values())


def _to_best(whole: Sequence[Outcome], best: Best) -> str:
    """Return ratios to the best packings, over the orders that are packed whole and have one."""
    known = [(each, best[each.order_id]) for each in whole if each.order_id in best]
    if not known:
        return "-"
    boxes = sum(each.boxes for each, _ in known) / sum(count for _, (count, _) in known)
    volume = sum(each.volume_mm3 for each, _ in known) / sum(volume for _, (_, volume) in known)
    return f"{boxes:.4f}, {volume:.4f} ({len(known)})"


def _not_whole(data: DataSet, outcomes: Sequence[Outcome]) -> str:
    partial = [each.order_id for each in outcomes if not each.whole and not each.refused]
    return f"{len(partial)} ({sum(order_id in data.best_any for order_id in partial)})"


def _to_py3dbp(outcomes: Sequence[Outcome], py3dbp_ms: Mapping[str, float]) -> str:
    both = [(each.cpu_ms, py3dbp_ms[each.order_id]) for each in outcomes if each.order_id in py3dbp_ms]
    return f"{sum(ours for ours, _ in both) / sum(theirs for _, theirs in both):.2f}" if both else "-"
