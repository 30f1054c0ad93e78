"""``boxwright evaluate``: many orders against several catalogs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import refusal, told_to_users
from boxwright.cli.options import LANE, POLICY, take_lane, take_policy, take_profiles, with_options

if TYPE_CHECKING:
    from boxwright.evaluation import Evaluation


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
    """
    with told_to_users():
        from boxwright.catalog import load_catalog
        from boxwright.cli.console import counting, output
        from boxwright.orders import count_orders, read_orders

        policy, lane, profiles = take_policy(given), take_lane(given), take_profiles(given)
        for index, name in enumerate(catalogs):
            if name in catalogs[:index]:
                raise refusal("--catalog", f"must not repeat, {name!r} does")
        loaded = [load_catalog(name) for name in catalogs]
        total = count_orders(orders_file)
        # The heaviest imports, after what can be refused without them.
        from boxwright.cli.preflight import refuse_bad_options, warn_of_idle_caps
        from boxwright.evaluation import check_row_file, evaluate, page_template, summary

        if html_file:
            page_template()  # what it lacks is said now, not after the last order
        if out_file:
            check_row_file(out_file)

        refuse_bad_options(next(read_orders(orders_file)), loaded, policy, lane, profiles)
        warn_of_idle_caps(policy, read_orders(orders_file))
        with counting("Packing", total) as progress:
            evaluation = evaluate(
                read_orders(orders_file), loaded, policy, lane, profiles, workers=workers, progress=progress
            )
        if as_json:
            from boxwright.evaluation import totals_dict

            click.echo(json.dumps(totals_dict(evaluation), indent=2))
        else:
            output().print(summary(evaluation))
        _write_files(evaluation, html_file, out_file, said=not as_json)


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
