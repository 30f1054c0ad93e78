"""Where the difference comes from: orders from box to box, each box type before and after, and what each is worth."""

from __future__ import annotations

from typing import Any

from boxwright.domain.box import Catalog
from boxwright.evaluation import wording
from boxwright.evaluation.as_shipped import AsShipped
from boxwright.evaluation.comparison import Comparison
from boxwright.evaluation.measure import Change
from boxwright.evaluation.report_change import BAD, GOOD, MARKS, SAME, Scale
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.study import BoxWorth

View = dict[str, Any]

MAX_FLOWS = 12
MAX_BOXES = 40
"""Most rows; the rest is one row of its own."""
_CONFIDENCE = 0.95


def scale_of(evaluation: Evaluation, comparison: Comparison | None) -> Scale:
    """Return how sums over orders are shown: in the unit of the headline, of a year where it is known."""
    currency = comparison.headline.currency if comparison is not None else ""
    yearly, orders = evaluation.yearly, evaluation.order_count
    return Scale(currency, 1.0 if yearly is None or not orders else yearly.orders / orders)


def flow_view(evaluation: Evaluation, comparison: Comparison) -> View:
    """Return the orders by the box they go into with either catalog: those that change most, and the rest."""
    scale = scale_of(evaluation, comparison)
    cells = evaluation.records.flow(comparison.second)
    ranked = sorted(cells.items(), key=lambda each: (-abs(each[1].difference(money=scale.money)), each[0]))
    shown, rest = ranked[:MAX_FLOWS], ranked[MAX_FLOWS:]
    rows = [_change_row(scale, {"before": way[0], "after": way[1]}, change) for way, change in shown]
    if rest:
        rows.append(_change_row(scale, {"before": f"{len(rest):,} other ways", "after": ""}, _summed(rest)))
    return {"rows": rows, "unit": _unit(evaluation, scale), "moved": _moved(cells)}


def box_saving_view(evaluation: Evaluation, comparison: Comparison) -> View:
    """Return what becomes of the orders of each box type of the first catalog."""
    scale = scale_of(evaluation, comparison)
    by_box: dict[str, Change] = {}
    for (before, _), change in evaluation.records.flow(comparison.second).items():
        by_box.setdefault(before, Change()).add_sums(change)
    ranked = sorted(by_box.items(), key=lambda each: (each[1].difference(money=scale.money), each[0]))
    sizes = _sizes(evaluation.results[comparison.first].catalog)
    rows = [_change_row(scale, {"box": box, "size": sizes.get(box, "")}, change) for box, change in ranked[:MAX_BOXES]]
    if rest := ranked[MAX_BOXES:]:
        rows.append(_change_row(scale, {"box": f"{len(rest):,} others", "size": ""}, _summed(rest)))
    return {"rows": rows, "unit": _unit(evaluation, scale)}


def _change_row(scale: Scale, names: View, change: Change) -> View:
    orders, first, second = scale.sums(change)
    difference = second - first
    kind = SAME if not difference else GOOD if difference < 0 else BAD
    return {
        **names,
        "orders": change.orders,
        "first": scale.amount(first / orders) if orders else "–",
        "second": scale.amount(second / orders) if orders else "–",
        "first_value": first / orders if orders else 0,
        "second_value": second / orders if orders else 0,
        "total": scale.total(difference),
        "value": difference,
        "kind": kind,
        "mark": MARKS[kind],
    }


def _summed(rest: list[tuple[Any, Change]]) -> Change:
    total = Change()
    for _, each in rest:
        total.add_sums(each)
    return total


def _moved(cells: dict[tuple[str, str], Change]) -> int:
    return sum(each.orders for way, each in cells.items() if way[0] != way[1])


def _sizes(catalog: Catalog) -> dict[str, str]:
    return {
        box.box_type_id: f"{box.inner_length_mm:g} × {box.inner_width_mm:g} × {box.inner_height_mm:g}"
        for box in catalog.box_types
    }


def _unit(evaluation: Evaluation, scale: Scale) -> str:
    over = "a year" if evaluation.yearly is not None else "over the orders compared"
    return f"{scale.currency or 'outer volume'} {over}"


def worth_views(evaluation: Evaluation, comparison: Comparison | None) -> list[View]:
    """Return what each box type is worth, a table a catalog: that of the main one first."""
    study = evaluation.study
    if study is None:
        return []
    order = sorted(study.worths, key=lambda index: (index != study.main, index))
    return [_worth_view(evaluation, comparison, index, study.worths[index]) for index in order]


def _worth_view(
    evaluation: Evaluation, comparison: Comparison | None, index: int, worths: tuple[BoxWorth, ...]
) -> View:
    scale = scale_of(evaluation, comparison)
    sizes = _sizes(evaluation.results[index].catalog)
    unused = [each.box_type_id for each in worths if not each.orders]
    used = [each for each in worths if each.orders]
    return {
        "letter": wording.catalog_letter(index),
        "series": index,
        "id": evaluation.results[index].variant.name,
        "unused": unused,
        "rows": [_worth_row(scale, each, sizes) for each in used],
        "unit": _unit(evaluation, scale),
        "asked": sum(each.asked for each in used),
    }


def _worth_row(scale: Scale, each: BoxWorth, sizes: dict[str, str]) -> View:
    value = each.scaled(money=scale.money)
    # Plans without it may be worse by what they minimise and yet cost less.
    total = None if value is None else value if each.worse else max(value, 0.0)
    if each.lost:
        verdict, kind = f"needed: {each.lost:,} of {each.asked:,} orders asked go into no other box", BAD
    elif total is None:
        verdict, kind = "no price known without it", SAME
    else:
        verdict, kind = _more(scale, each, total) if each.worse else (_no_need(scale, each), GOOD)
    return {
        "box": each.box_type_id,
        "size": sizes[each.box_type_id],
        "orders": each.orders,
        "asked": each.asked,
        "worth": "–" if total is None else scale.total(total),
        "value": total or 0.0,
        "lost": each.lost,
        "verdict": verdict,
        "kind": kind,
    }


def _more(scale: Scale, each: BoxWorth, total: float) -> tuple[str, str]:
    counted, _, _ = scale.sums(each.change)
    of_them = f"{each.worse:,} of {wording.counted(counted, 'order')} asked"
    if total < 0:
        return f"costs less without it in all, though more for {of_them}", SAME
    return f"costs more without it: {of_them}", BAD


def _no_need(scale: Scale, each: BoxWorth) -> str:
    """Return that no order asked needs a box, and how many of all may: the exact bound at 95 % where none of n does."""
    counted, _, _ = scale.sums(each.change)
    if counted == each.orders:
        return f"can go: none of its {wording.counted(counted, 'order')} needs it"
    most = 1 - (1 - _CONFIDENCE) ** (1 / counted)
    return f"none of {wording.counted(counted, 'order')} asked needs it; up to {most * 100:.0f} % of its orders may"


def audit_rows(evaluation: Evaluation) -> list[tuple[str, int, str]]:
    """Return how many orders each answer of the audit has, with their share; none without the baseline."""
    counts = evaluation.records.audit()
    total = counts.total()
    return [(each.words, count, wording.share(count / total)) for each, count in counts.most_common()]


def baseline_line(evaluation: Evaluation) -> str:
    """Return what the catalogs are compared with, in a sentence."""
    if not evaluation.comparisons:
        return ""
    first = evaluation.results[0].variant
    if isinstance(first.catalog, AsShipped):
        parts = f" ({', '.join(first.parts)})" if first.parts else ""
        return f"The baseline is the box that each order really left in, as its record says{parts}."
    return f"The baseline is {first.title}, not the boxes that orders really left in."
