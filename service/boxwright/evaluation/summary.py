"""An evaluation as tables for a terminal."""

from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from boxwright.domain.factor import CARRIED
from boxwright.evaluation import wording
from boxwright.evaluation.comparison import Comparison, Metric
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.report_boxes import audit_rows, baseline_line
from boxwright.evaluation.report_notes import lacking_notes, warning_views
from boxwright.evaluation.report_regret import regret_views
from boxwright.evaluation.report_verdict import objective_line, verdict_view
from boxwright.evaluation.result import CatalogResult, Evaluation

_AT_ONCE = 4
"""Variants that a table of a terminal has room for."""


def summary(evaluation: Evaluation) -> Group:
    """Return the figures of an evaluation for a terminal, to be printed by a ``rich`` console.

    Parameters
    ----------
    evaluation : Evaluation
        The evaluation.

    Returns
    -------
    rich.console.Group
        One table of all orders with a column per variant, then one per comparison on the orders both pack whole,
        then the kinds of warnings. The report has more.
    """
    comparisons = [part for each in evaluation.comparisons for part in _compared(evaluation, each)]
    warnings = warning_views(evaluation)
    return Group(
        *_totals(evaluation),
        *(
            [Text(f"{wording.counted(evaluation.copied, 'order')} alike an earlier one, with its plan")]
            if evaluation.copied
            else []
        ),
        *map(Text, lacking_notes(evaluation)),
        *_basis(evaluation),
        *comparisons,
        *([_warnings(warnings)] if warnings else []),
    )


def _basis(evaluation: Evaluation) -> list[Text]:
    """Return what every plan minimises, what is compared with, and what was found of boxes really used."""
    lines = [objective_line(evaluation), baseline_line(evaluation)]
    lines += [f"  {words}: {count:,} ({share})" for words, count, share in audit_rows(evaluation)]
    if evaluation.comparisons:
        verdict = verdict_view(evaluation)
        lines.append(f"{verdict['mark']} {verdict['text']}")
    return [Text(each) for each in (*lines, *evaluation.remarks, *regret_views(evaluation)) if each]


def _totals(evaluation: Evaluation) -> Iterator[Text | Table]:
    """Yield one table of all orders; of variants, whose names are long, their names first and a table for each few."""
    title, lines = f"All orders: {evaluation.order_count:,}", totals_lines(evaluation)
    letters = [wording.catalog_letter(index) for index in range(len(evaluation.results))]
    names = [f"{letter}: {each.variant.name}" for letter, each in zip(letters, evaluation.results, strict=True)]
    if not evaluation.results[0].variant.parts:
        yield _columns(title, names, lines)
        return
    yield Text("\n".join(names))
    for start in range(0, len(letters), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        yield _columns(title, letters[some], [(name, values[some]) for name, values in lines])


def _columns(title: str, headings: Sequence[str], lines: Sequence[tuple[str, list[str]]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    for heading in headings:
        table.add_column(Text(heading), justify="right", overflow="fold")
    for name, values in lines:
        table.add_row(name, *(Text(value) for value in values))
    return table


def totals_lines(evaluation: Evaluation) -> list[tuple[str, list[str]]]:
    """Return every figure of any catalog over all orders, by name, with a dash where a catalog has none."""
    columns = [totals_rows(result) for result in evaluation.results]
    names: list[str] = []
    for column in columns:
        place = 0
        for name in column:
            if name not in names:
                names.insert(place, name)
            place = names.index(name) + 1
    return [(name, [column.get(name, "–") for column in columns]) for name in names]


def totals_rows(result: CatalogResult) -> dict[str, str]:
    """Return the figures of one catalog over all orders, by name, in the order in which tables show them."""
    totals = result.totals
    rows = {f"orders, {wording.STATUS_NAMES[status]}": f"{count:,}" for status, count in totals.orders}
    rows["units packed"] = f"{totals.packed_units:,} of {totals.unit_count:,}"
    rows["parcels"] = f"{totals.parcels:,}"
    for mark, count in totals.handling_marks:
        rows[f"  marked {mark.words}"] = f"{count:,}"
    rows["inner volume of boxes"] = wording.litres(totals.inner_um3)
    rows["empty space, mean by volume"] = wording.share(totals.empty_space_ratio)
    rows["empty space, median parcel"] = wording.share(totals.median_empty_space_ratio)
    rows["packaging"] = wording.weight(totals.packaging_total_mg)
    for kind, mass in totals.packaging_mg:
        rows[f"  {wording.COMPONENT_NAMES[kind]}"] = wording.weight(mass, of=[totals.packaging_total_mg])
    rows["gross weight"] = wording.weight(totals.gross_mg)
    if totals.chargeable_mg is not None:
        rows["chargeable weight"] = wording.weight(totals.chargeable_mg)
    for name, price in (("packaging", totals.packaging_price), ("carriage", totals.carriage_price)):
        if price is not None:
            lacking = " + ?" if name == "packaging" and totals.unpriced else ""
            rows[f"price of {name}"] = wording.money(price) + lacking
    for figures in totals.footprints:
        name = f"CO2e, {wording.basis(*figures.key)}"
        incomplete = " (not complete)" if figures.missing else ""
        rows[name] = wording.weight(figures.total_mg) + incomplete
        which = f"{figures.profile_id}, {figures.allocation.words}"
        stated = {kind in CARRIED for kind, _ in figures.co2e_mg}
        if False in stated:
            rows[f"  packaging, {which}"] = wording.weight(figures.packaging_mg, of=[figures.total_mg])
        if True in stated:
            rows[f"  transport, {which}"] = wording.weight(figures.transport_mg, of=[figures.total_mg])
        rows[f"  on unverified figures, {which}"] = wording.share(figures.unverified_share)
    for reason, count in totals.unpacked:
        rows[f"units unpacked: {reason.value.replace('_', ' ')}"] = f"{count:,}"
    for status, count in totals.held:
        rows[f"units unpacked: {wording.HELD_NAMES[status]}"] = f"{count:,}"
    rows["choice of boxes proved"] = f"{totals.proved:,} of {totals.certificates:,} plans"
    rows["CPU per order, p50 / p99"] = f"{totals.cpu_p50_s * 1_000:.1f} / {totals.cpu_p99_s * 1_000:.1f} ms"
    return rows


def _narrow(title: str) -> Table:
    """Return a table that 80 columns hold: names fold, and no figure or profile is cut short."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.pad_edge = table.show_edge = False
    return table


def _warnings(views: list[dict[str, Any]]) -> Table:
    table = _narrow("Warnings")
    table.add_column("warning", overflow="fold")
    table.add_column("orders", justify="right", no_wrap=True)
    table.add_column("first example", overflow="fold")
    for each in views:
        table.add_row(each["code"], f"{each['orders']:,}", Text(f"{each['order_id']!r}: {each['text']}"))
    return table


def _compared(evaluation: Evaluation, comparison: Comparison) -> tuple[Text, Table]:
    first, second = (wording.catalog_letter(index) for index in (comparison.first, comparison.second))
    said = wording.verdict(comparison.headline, first, second, comparison.orders)
    return Text(said, style="bold"), _comparison(evaluation, comparison)


def _comparison(evaluation: Evaluation, comparison: Comparison) -> Table:
    one, other = (wording.catalog_letter(index) for index in (comparison.first, comparison.second))
    planned = [each.totals.count(OrderStatus.PLANNED) for each in evaluation.results]
    title = (
        f"{other} against {one}, on the {wording.counted(comparison.orders, 'order')} that both pack whole"
        f" ({one} packs {planned[comparison.first]:,} whole, {other} {planned[comparison.second]:,})"
    )
    table = _narrow(title)
    tallies = [f"{each.lower:,} / {each.equal:,} / {each.higher:,}" for each in comparison.metrics]
    # All but the share may fold: large figures that do not would leave no room for what they are of, or be cut off.
    table.add_column("", overflow="fold")
    for heading in (one, other, "difference"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(f"{other} lower / same / higher", justify="right", overflow="fold")
    for each, tally in zip(comparison.metrics, tallies, strict=True):
        if each.metric in (Metric.CO2E_PACKAGING, Metric.CO2E_TRANSPORT):
            continue
        name = wording.METRIC_NAMES[each.metric]
        if each.allocation:
            name += f", {wording.basis(each.profile_id, each.allocation)}"
        if each.orders != comparison.orders:
            name += f", of {wording.counted(each.orders, 'order')}"
        both = [each.first, each.second]
        table.add_row(
            name,
            wording.measure(each, each.first, of=both),
            wording.measure(each, each.second, of=both),
            wording.signed(wording.measure(each, each.difference, of=both)),
            wording.relative_difference(each),
            tally,
        )
    return table
