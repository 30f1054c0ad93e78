"""An evaluation as tables for a terminal."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from boxwright.domain.factor import CARRIED
from boxwright.domain.rounded import count as counted
from boxwright.domain.rounded import percent
from boxwright.evaluation import wording
from boxwright.evaluation.comparison import Comparison, Metric
from boxwright.evaluation.outcome import OrderStatus
from boxwright.evaluation.records import Warned
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.evaluation.verdict import (
    baseline_line,
    known_first,
    objective_line,
    verdict_of,
)

_AT_ONCE = 4
"""Maximum number of variants in one table."""


def summary(evaluation: Evaluation) -> Group:
    """Return the figures of an evaluation for a ``rich`` console.

    It has a table of all orders with a column per variant, a table per comparison over the orders that both pack fully,
    and the kinds of warnings.
    """
    lines = [*known_first(evaluation), objective_line(evaluation), baseline_line(evaluation)]
    lines += [*evaluation.remarks]
    return Group(
        *_totals(evaluation),
        *(Text(line) for line in lines if line),
        *(part for comparison in evaluation.comparisons for part in _comparison(evaluation, comparison)),
        *_warnings(evaluation.records.warnings(), several=len(evaluation.results) > 1),
    )


def _totals(evaluation: Evaluation) -> Iterator[Text | Table]:
    """Yield one table. Many variants, or variants with long names, get a list of names and then several tables."""
    title, lines = totals_title(evaluation), totals_lines(evaluation)
    letters = [wording.catalog_letter(index) for index in range(len(evaluation.results))]
    names = [f"{letter}: {result.variant.name}" for letter, result in zip(letters, evaluation.results, strict=True)]
    if len(letters) <= _AT_ONCE and not evaluation.results[0].variant.parts:
        yield _columns(title, names, lines)
        return
    yield Text("\n".join(names))
    for start in range(0, len(letters), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        yield _columns(title, letters[some], [(name, values[some]) for name, values in lines])


def _columns(title: str, headings: Sequence[str], lines: Sequence[tuple[str, list[str]]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("", overflow="fold")
    for heading in headings:
        table.add_column(Text(heading), justify="right", overflow="fold")
    for name, values in lines:
        table.add_row(name, *(Text(value) for value in values))
    return table


def totals_title(evaluation: Evaluation) -> str:
    """Return a title that names the orders of ``totals_lines``."""
    if not evaluation.comparisons:
        return f"All orders: {evaluation.order_count:,}"
    noun = evaluation.results[0].variant.noun
    return (
        f"The {evaluation.compared:,} of {evaluation.order_count:,} orders that every {noun} packs completely; orders"
        " and units in no parcel are counted over all orders"
    )


def totals_lines(evaluation: Evaluation) -> list[tuple[str, list[str]]]:
    """Return the figures by name, those of each catalog in turn, with a dash where a catalog lacks one.

    For several catalogs they cover the orders that all pack fully, except for numbers of orders and of unpacked units.
    """
    columns = [totals_rows(result, common=bool(evaluation.comparisons)) for result in evaluation.results]
    names: list[str] = []
    for column in columns:
        place = 0
        for name in column:
            if name not in names:
                names.insert(place, name)
            place = names.index(name) + 1
    return [(name, [column.get(name, "–") for column in columns]) for name in names]


def totals_rows(result: CatalogResult, *, common: bool) -> dict[str, str]:
    """Return the figures of one catalog by name, in the order of tables; coverage as in ``totals_lines``."""
    totals = result.common if common else result.totals
    rows = {f"orders, {wording.STATUS_NAMES[status]}": f"{count:,}" for status, count in result.totals.orders}
    rows["units packed"] = f"{totals.packed_units:,} of {totals.unit_count:,}"
    rows["parcels"] = f"{totals.parcels:,}"
    for mark, count in totals.handling_marks:
        rows[f"  marked {mark.words}"] = f"{count:,}"
    rows["inner volume of boxes"] = wording.litres(totals.inner_um3)
    rows["empty space of boxes"] = percent(totals.empty_space_ratio)
    rows["packaging"] = wording.weight(totals.packaging_total_mg)
    for kind, mass in totals.packaging_mg:
        rows[f"  {wording.COMPONENT_NAMES[kind]}"] = wording.weight(mass, of=[totals.packaging_total_mg])
    rows["gross weight"] = wording.weight(totals.gross_mg)
    if totals.chargeable_mg is not None:
        rows["chargeable weight"] = wording.weight(totals.chargeable_mg)
    for name, price in (("packaging", totals.packaging_price), ("carriage", totals.carriage_price)):
        if price is not None:
            lacking = " + ?" if name == "packaging" and totals.unpriced else ""
            rows[f"price of {name}"] = wording.exact_money(price.minor, price.currency) + lacking
    for figures in totals.footprints:
        name = f"CO2e, {wording.basis(*figures.key)}"
        incomplete = " (not complete)" if figures.missing else ""
        rows[name] = wording.weight(figures.total_mg) + incomplete
        basis = f"{figures.profile_id}, {figures.allocation.words}"
        stated = {kind in CARRIED for kind, _ in figures.co2e_mg}
        if False in stated:  # the same for all allocations of a profile
            rows[f"  packaging, {figures.profile_id}"] = wording.weight(figures.packaging_mg, of=[figures.total_mg])
        if True in stated:
            rows[f"  transport, {basis}"] = wording.weight(figures.transport_mg, of=[figures.total_mg])
        rows[f"  on unverified figures, {basis}"] = percent(figures.unverified_share)
        if figures.graded_words:
            rows[f"  by source, {basis}"] = figures.graded_words
    for why, count in wording.unpacked_counts(result):
        rows[f"units unpacked: {why}"] = f"{count:,}"
    for rule, outcomes in totals.verdicts:
        orders = sum(count for *_, count in outcomes)
        keeping = sum(count for _, keeps, count in outcomes if keeps)
        rows[f"orders that comply with {rule}"] = f"{keeping:,} of {orders:,}, {percent(keeping / orders)}"
        rows |= {f"  others, {rule}: {outcome}": f"{count:,}" for outcome, keeps, count in outcomes if not keeps}
    rows["choice of boxes proved"] = f"{totals.proved:,} of {totals.certificates:,} plans"
    return rows


def _narrow(title: str) -> Table:
    """Return a table for 80 characters: names wrap, and figures and profiles are never cut."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.pad_edge = table.show_edge = False
    return table


def _warnings(kinds: Sequence[Warned], *, several: bool) -> Iterator[Table]:
    if not kinds:
        return
    table = _narrow("Warnings")
    table.add_column("warning", overflow="fold")
    table.add_column("orders", justify="right", no_wrap=True)
    table.add_column("first example", overflow="fold")
    for kind in kinds:
        whose = f"{wording.catalog_letter(kind.variant)}, " if several else ""
        table.add_row(kind.code, f"{kind.orders:,}", Text(f"{whose}{kind.order_id!r}: {kind.text}"))
    yield table


def _comparison(evaluation: Evaluation, comparison: Comparison) -> Iterator[Text | Table]:
    one, other = (wording.catalog_letter(index) for index in (comparison.first, comparison.second))
    verdict = verdict_of(evaluation, comparison)
    yield Text(f"{verdict.mark} {verdict.text}", style="bold")
    planned = [result.totals.count(OrderStatus.PLANNED) for result in evaluation.results]
    title = (
        f"{other} against {one}, on the {counted(comparison.orders, 'order')} that both pack completely"
        f" ({one} packs {planned[comparison.first]:,}, {other} {planned[comparison.second]:,})"
    )
    table = _narrow(title)
    # All columns but the share may wrap; otherwise large figures would be cut, or leave no space for the names.
    table.add_column("", overflow="fold")
    for heading in (one, other, "difference"):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(f"{other} lower / same / higher", justify="right", overflow="fold")
    for figure in comparison.metrics:
        if figure.metric in (Metric.CO2E_PACKAGING, Metric.CO2E_TRANSPORT):
            continue
        name = wording.METRIC_NAMES[figure.metric]
        if figure.allocation:
            name += f", {wording.basis(figure.profile_id, figure.allocation)}"
        if figure.orders != comparison.orders:
            name += f", of {counted(figure.orders, 'order')}"
        both = [figure.first, figure.second]
        table.add_row(
            name,
            wording.measure(figure, figure.first, of=both),
            wording.measure(figure, figure.second, of=both),
            wording.signed(wording.measure(figure, figure.difference, of=both)),
            "–" if figure.relative is None else wording.signed(percent(figure.relative)),
            f"{figure.lower:,} / {figure.equal:,} / {figure.higher:,}",
        )
    yield table
