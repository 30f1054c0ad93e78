"""``boxwright evaluate``: many orders against several catalogs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import refusal, told_to_users
from boxwright.cli.options import LANE, POLICY, take_lane, take_policy, take_profiles, with_options

if TYPE_CHECKING:
    from boxwright.domain.box import Catalog
    from boxwright.evaluation import Evaluation, StudyOptions, Yearly


@click.command("evaluate")
@click.option(
    "--orders",
    "orders_file",
    required=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Orders in a .csv, .jsonl or .parquet file.",
)
@click.option(
    "--catalog",
    "catalogs",
    multiple=True,
    required=True,
    metavar="NAME|FILE",
    help="Catalog to compare; repeat it. The others are compared with the first.",
)
@click.option(
    "--html",
    "html_file",
    metavar="FILE.html",
    type=click.Path(path_type=Path),
    help="Also write a self-contained page with plots.",
)
@click.option(
    "--out",
    "out_file",
    metavar="FILE.csv|FILE.parquet",
    type=click.Path(path_type=Path),
    help="Also write a row for each order with each catalog.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the totals as JSON, over the orders that all catalogs pack."
)
@click.option(
    "--baseline",
    type=click.Choice(["used", "first"]),
    help="Compare with the boxes that orders really left in (column extra_box_used), or with the first catalog."
    "  [default: used where they are known]",
)
@click.option(
    "--used-boxes",
    metavar="NAME|FILE",
    help="Catalog of the boxes that orders really left in.  [default: the first --catalog]",
)
@click.option(
    "--orders-per-year",
    type=float,
    metavar="N",
    help="For figures of a year.  [default: by the dates in extra_ship_date, if they span four weeks]",
)
@click.option(
    "--regret",
    "regret_orders",
    type=int,
    default=0,
    metavar="N",
    help="Also plan N orders, drawn by chance, by the longest search, and say how much better it is.",
)
@click.option("--workers", type=int, metavar="N", help="Processes.  [default: one per core]")
@with_options(*POLICY, *LANE)
def command(
    orders_file: Path,
    catalogs: tuple[str, ...],
    html_file: Path | None,
    out_file: Path | None,
    as_json: bool,
    workers: int | None,
    **given: Any,
) -> None:
    """Compare catalogs over many orders.

    Packs every order with each catalog and prints boxes used, fill, masses, grams of CO2e and orders not packed
    whole, catalog by catalog; then the differences, over the orders that both catalogs pack whole, with the interval in
    which 95 % of other sets of orders like these would lie. Orders whose units are alike are planned once.

    Without --objective it minimises packaging and carriage where their prices are known, else packaging where that has
    prices, else outer volume.
    """
    with told_to_users():
        from boxwright.cli.console import counting, output
        from boxwright.orders import count_orders, read_orders

        asked = _take_asked(given, catalogs, pictures=html_file is not None)
        policy, lane, profiles = take_policy(given), take_lane(given), take_profiles(given)
        total = count_orders(orders_file)
        # The heaviest imports, after what can be refused without them.
        from boxwright.cli.baseline import with_baseline
        from boxwright.cli.preflight import refuse_bad_options, warn_of_idle_caps
        from boxwright.evaluation import check_row_file, default_objectives, evaluate, page_template, summary

        if html_file:
            page_template()  # what it lacks is said now, not after the last order
        if out_file:
            check_row_file(out_file)

        loaded = with_baseline(asked.catalogs, read_orders(orders_file), asked.baseline, asked.boxes)
        if asked.settles:
            policy = replace(policy, objectives=default_objectives(loaded, lane))
        refuse_bad_options(next(read_orders(orders_file)), loaded, policy, lane, profiles)
        warn_of_idle_caps(policy, read_orders(orders_file))
        options = asked.options(_yearly(orders_file, asked.orders_per_year))
        with counting("Packing", total) as progress:
            ways = (policy, lane, profiles)
            evaluation = evaluate(
                read_orders(orders_file), loaded, *ways, workers=workers, progress=progress, options=options
            )
        if as_json:
            from boxwright.evaluation import totals_dict

            click.echo(json.dumps(totals_dict(evaluation), indent=2))
        else:
            output().print(summary(evaluation))
        _write_files(evaluation, html_file, out_file, said=not as_json)


@dataclass(frozen=True)
class _Asked:
    """What of the options is neither policy nor lane."""

    catalogs: list[Catalog]
    baseline: str | None
    boxes: Catalog | None
    orders_per_year: float | None
    regret_orders: int
    settles: bool
    pictures: bool

    def options(self, yearly: Yearly | None) -> StudyOptions:
        """Return them as the evaluation takes them."""
        from boxwright.evaluation import MAX_WORST, StudyOptions

        shown = MAX_WORST if self.pictures else 0
        return StudyOptions(shown, True, self.regret_orders, yearly, self.settles)


def _take_asked(given: dict[str, Any], names: tuple[str, ...], *, pictures: bool) -> _Asked:
    """Take these options out of a command's parameters; load the catalogs."""
    from boxwright.catalog import load_catalog

    for index, name in enumerate(names):
        if name in names[:index]:
            raise refusal("--catalog", f"must not repeat, {name!r} does")
    per_year, regret, used = (given.pop(each) for each in ("orders_per_year", "regret_orders", "used_boxes"))
    if per_year is not None and not per_year > 0:
        raise refusal("--orders-per-year", f"must be above 0, got {per_year:g}")
    if regret < 0:
        raise refusal("--regret", f"must be 0 or more, got {regret}")
    loaded, boxes = [load_catalog(each) for each in names], load_catalog(used) if used else None
    return _Asked(loaded, given.pop("baseline"), boxes, per_year, regret, not given["objectives"], pictures)


def _yearly(orders_file: Path, orders_per_year: float | None) -> Yearly | None:
    """Return how many orders a year has: as asked, else by the dates of the file."""
    from boxwright.evaluation import Yearly, yearly_of_dates
    from boxwright.orders import date_span

    if orders_per_year is not None:
        return Yearly(orders_per_year, f"{orders_per_year:,.0f} orders a year, as stated")
    span = date_span(orders_file)
    return None if span is None else yearly_of_dates(*span)


def _write_files(evaluation: Evaluation, html_file: Path | None, out_file: Path | None, *, said: bool) -> None:
    """Write the page and the rows that were asked for, each whole or not at all, and say so."""
    from boxwright.cli.atomic import whole_binary_file, whole_file, write_whole
    from boxwright.evaluation import report, write_csv_rows, write_parquet_rows

    if html_file:
        write_whole(html_file, report(evaluation))
        click.echo(f"wrote {html_file}", err=not said)
    if out_file:
        if out_file.suffix.lower() == ".csv":
            with whole_file(out_file) as text:
                count = write_csv_rows(evaluation, text)
        else:
            with whole_binary_file(out_file) as raw:
                count = write_parquet_rows(evaluation, raw)
        click.echo(f"{count:,} rows in {out_file}", err=not said)
