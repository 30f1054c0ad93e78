"""``boxwright evaluate``: many orders against several catalogs."""

from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import refusal, told_to_users
from boxwright.cli.options import LANE, POLICY, take_lane, take_policy, take_profiles, with_options


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
@click.option("--workers", type=int, metavar="N", help="Processes.  [default: one per core]")
@with_options(*POLICY, *LANE)
def command(
    orders_file: Path, catalogs: tuple[str, ...], html_file: Path | None, workers: int | None, **given: Any
) -> None:
    """Compare catalogs over many orders.

    Packs every order with each catalog and prints boxes used, fill, masses, grams of CO2e and orders not packed
    whole, catalog by catalog; then the differences, over the orders that both catalogs pack whole.
    """
    with told_to_users():
        from rich.progress import Progress

        from boxwright.catalog import load_catalog
        from boxwright.cli.console import output, progress_output
        from boxwright.orders import count_orders, read_orders

        policy, lane, profiles = take_policy(given), take_lane(given), take_profiles(given)
        for index, name in enumerate(catalogs):
            if name in catalogs[:index]:
                raise refusal("--catalog", f"must not repeat, {name!r} does")
        loaded = [load_catalog(name) for name in catalogs]
        total = count_orders(orders_file)
        # The heaviest imports, after what can be refused without them.
        from boxwright.cli.preflight import refuse_bad_options, warn_of_idle_caps
        from boxwright.evaluation import evaluate, page_template, report, summary

        if html_file:
            page_template()  # what it lacks is said now, not after the last order

        refuse_bad_options(next(read_orders(orders_file)), loaded, policy, lane, profiles)
        warn_of_idle_caps(policy, read_orders(orders_file))
        console = progress_output()
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Packing", total=total)
            evaluation = evaluate(
                read_orders(orders_file),
                loaded,
                policy,
                lane,
                profiles,
                workers=workers,
                progress=lambda done: bar.advance(task, done),
            )
        output().print(summary(evaluation))
        if html_file:
            from boxwright.cli.atomic import write_whole

            write_whole(html_file, report(evaluation))
            click.echo(f"wrote {html_file}")
