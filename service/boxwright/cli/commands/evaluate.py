"""``boxwright evaluate``: compares catalogs over many orders."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import BAD_INPUT, Command, Outputs, refusal, warn
from boxwright.cli.files import address_of, check_folder, fetched, shown
from boxwright.cli.options import (
    CATALOG_NAME,
    EVALUATED_LANE,
    EVALUATED_POLICY,
    MARKETS,
    OF_A_YEAR,
    choice_option,
    file_option,
    refuse_bad_options,
    take_catalog,
    take_lanes,
    take_markets,
    take_policies,
    with_options,
    yearly_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from boxwright.domain.box import Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.order import Order
    from boxwright.domain.policy import Policy
    from boxwright.evaluation import Evaluation
    from boxwright.evaluation.run import Run
    from boxwright.evaluation.trial import Trials

MOST_UNITS = 2_000
"""Default maximum number of units of an order; larger orders are rejected."""
_LOOKED_AT = 2_000
"""Number of orders, from the start of a file, that are searched for recorded boxes."""


@click.command("evaluate", cls=Command)
@file_option(
    "--orders", "orders_file", "FILE", "Orders in a .csv, .jsonl or .parquet file.", written=False, required=True
)
@click.option(
    "--catalog",
    "catalogs",
    type=CATALOG_NAME,
    multiple=True,
    required=True,
    metavar="NAME|FILE",
    help="Catalog to compare; repeatable. Others are compared with the first.",
)
@file_option("--html", "html_file", "FILE.html", "Also write a self-contained page with plots.")
@file_option(
    *("--out", "out_file", "FILE.csv|FILE.parquet|FOLDER"),
    "Also write a row per order and catalog. In a folder the rows are written in parts; if the run is"
    " interrupted, the same command continues after the finished parts.",
)
@choice_option("--format", "row_format", ("parquet", "csv"), "Format of the parts in a folder.")
@choice_option(
    *("--on-bad-rows", "on_bad_rows", ("reject", "stop")),
    "Treatment of orders that cannot be read or exceed --most-units: reject them and go on, or read all orders first"
    " and stop.",
)
@file_option(
    *("--rejects", "rejects_file", "FILE.csv"),
    "File of rejected orders, with row, field and rule.  [default: next to the file --out, or in the folder --out]",
)
@click.option(
    "--most-units",
    type=click.IntRange(min=1),
    default=MOST_UNITS,
    show_default=True,
    metavar="N",
    help="Reject orders with more units, since they would delay all others.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print totals as JSON, over the orders that all catalogs pack completely."
)
@click.option(
    "--baseline",
    type=click.Choice(["used", "first"]),
    help="Compare with the boxes that orders were shipped in (column extra_box_used), or with the first catalog."
    "  [default: used if they are known]",
)
@click.option(
    "--used-boxes",
    metavar="NAME|FILE",
    help="Catalog of the boxes that orders were shipped in.  [default: the first --catalog]",
)
@OF_A_YEAR
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes.  [default: one per core]")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Dask scheduler whose workers plan the orders, such as tcp://10.0.0.5:8786. The workers need this version of"
    " Boxwright.",
)
@with_options(*MARKETS, *EVALUATED_POLICY, *EVALUATED_LANE)
def command(
    orders_file: Path,
    catalogs: tuple[str, ...],
    html_file: Path | None,
    out_file: Path | None,
    as_json: bool,
    orders_per_year: float | None,
    **given: Any,
) -> None:
    """Compare catalogs, policies and carriers over many orders.

    Packs every order with each catalog, by each --carrier-service and under each --policy. Prints boxes used, fill,
    masses, grams of CO2e and orders not packed completely for each catalog. Then it compares each catalog with the
    first, over the orders that both pack completely, with 95 % confidence intervals for orders like these. Orders with
    the same units are planned once.

    Without --objective, plans minimise the price of packaging and carriage if both are known, the price of packaging if
    only that is known, and otherwise outer volume.

    Rows are written first, then the figures, then the page. A file that cannot be written does not stop the others.

    Exit codes: 0 every order has a row, failed ones too; 2 bad input, or an output that cannot be written; 130
    interrupted from the keyboard.
    """
    from boxwright.cli.evaluation_out import is_file, row_links
    from boxwright.orders import count_orders

    loaded = [take_catalog(name) for name in catalogs]
    boxes = take_catalog(given["used_boxes"]) if given["used_boxes"] else None
    policies, unsettled = take_policies(given, given["policy_files"])
    lanes, profiles, markets = take_lanes(given), given["profiles"] or None, take_markets(given)
    if out_file and address_of(out_file) and not is_file(out_file):
        rule = "must end in .csv or .parquet at an address: only a local folder can hold the parts of a run"
        raise refusal("--out", f"{rule}, got {shown(out_file)!r}")
    fetched(orders_file)
    if given["workers"] is not None and given["cluster"]:
        raise refusal("--workers", "must not be given with --cluster, whose workers plan the orders")
    if given["on_bad_rows"] == "stop":
        count_orders(orders_file)
    # The slowest imports come after all checks that do not need them.
    from boxwright.cli.order_remarks import order_remarks, remarks_on_designs
    from boxwright.cli.output import show
    from boxwright.evaluation import (
        MAX_WORST,
        StudyOptions,
        check_row_file,
        default_objectives,
        page_template,
        report,
        summary,
        totals_dict,
        with_study,
    )
    from boxwright.orders.batches import good_orders, order_batches

    if html_file:
        check_folder("--html", html_file)
        page_template()  # reports a missing package before the first order, not after the last
    if out_file:
        check_row_file(out_file if is_file(out_file) else out_file.with_suffix(f".{given['row_format']}"))
    loaded = _with_baseline(loaded, good_orders(order_batches(orders_file)), given["baseline"], boxes)
    default = default_objectives(loaded, lanes)
    policies |= {name: policies[name].with_objectives(*default) for name in unsettled}
    settled = any(lane.ship_date is None for lane in lanes)
    trials = replace(
        _trials(orders_file, out_file, loaded, policies, lanes, profiles),
        markets=markets,
        reuse_system=given["reuse_system"],
    )
    yearly = yearly_of(orders_file, orders_per_year)
    drawn = MAX_WORST if html_file else 0
    options = StudyOptions(drawn, True, yearly, len(unsettled) == len(policies))
    outputs = Outputs(quiet=as_json)
    with contextlib.ExitStack() as processes:
        evaluation, run = _run(orders_file, out_file, trials, given, processes, outputs, settled=settled)
        evaluation = with_study(evaluation, trials, options, run)
    remarks = remarks_on_designs(orders_file, loaded) + order_remarks(orders_file, *evaluation.lanes.values())
    evaluation = replace(evaluation, remarks=remarks)
    if as_json:
        click.echo(json.dumps(totals_dict(evaluation), indent=2))
    else:
        show(summary(evaluation))
    if html_file:
        outputs.write(html_file, lambda: report(evaluation, row_links(html_file, out_file)))
    if outputs.failed:
        raise SystemExit(BAD_INPUT)


def _with_baseline(
    catalogs: Sequence[Catalog], orders: Iterable[Order], chosen: str | None, boxes: Catalog | None
) -> list[Catalog]:
    """Return the catalogs to evaluate; if the boxes that orders were shipped in are known, they are the first.

    ``chosen`` is the value of ``--baseline``. The boxes are taken from ``boxes``, by default from the first catalog.
    """
    import itertools

    from boxwright.evaluation.as_shipped import as_shipped

    if chosen == "first":
        return list(catalogs)
    baseline = as_shipped(boxes or catalogs[0])
    names = list(dict.fromkeys(name for order in itertools.islice(orders, _LOOKED_AT) for name in order.boxes_used))
    if baseline.knows(names):
        return [baseline, *catalogs]
    source = (boxes or catalogs[0]).catalog_id
    rule = (
        f"{source} lacks the boxes that orders were shipped in, such as {names[0]!r}" if names else "no box is recorded"
    )
    if chosen == "used" or boxes is not None:
        raise refusal("--baseline used" if chosen else "--used-boxes", f"{rule} in extra_box_used")
    if names:
        remedy = f"so the baseline is {catalogs[0].catalog_id}; name the catalog of those boxes by --used-boxes"
        warn([f"{rule} (extra_box_used), {remedy}"])
    return list(catalogs)


def _trials(
    orders_file: Path,
    out_file: Path | None,
    catalogs: list[Catalog],
    policies: dict[str, Policy],
    lanes: tuple[Lane, ...],
    profiles: tuple[str, ...] | None,
) -> Trials:
    """Return the settings of all trials; refuse options that are invalid for every order.

    A resumed run keeps the ship date of its first start.
    """
    import datetime

    from boxwright.cli.evaluation_out import SHIP_DATE, is_file
    from boxwright.evaluation.destinations import lanes_in
    from boxwright.evaluation.evaluate import trials_of
    from boxwright.evaluation.folder import begun_with
    from boxwright.orders.batches import first_order, order_batches
    from boxwright.planning import Task

    if out_file is not None and not is_file(out_file) and (began := begun_with(out_file).get(SHIP_DATE)):
        day = datetime.date.fromisoformat(began)
        lanes = tuple(replace(lane, ship_date=lane.ship_date or day) for lane in lanes)
    ids = [catalog.catalog_id for catalog in catalogs]
    if repeated := next((name for name in ids if ids.count(name) > 1), None):
        raise refusal("--catalog", f"must have different ids, since rows name catalogs by id, got {repeated!r} twice")
    first = first_order(order_batches(orders_file), orders_file.name)
    trials = trials_of(catalogs, policies, lanes, profiles)
    refuse_bad_options(
        [
            (
                ", ".join(filter(None, (*way.parts, where and f"destination {where}"))),
                Task(first, way.catalog, way.policy, lane, profiles),
            )
            for way in trials.variants
            for where, lane in lanes_in(way.lane).items()
        ]
    )
    if len(lanes) > 1 and not any(lane.price_tables for lane in lanes):
        warn(["--carrier-service: without --prices, carriers differ only in limits and billed weight"])
    return trials


def _run(
    orders_file: Path,
    out_file: Path | None,
    trials: Trials,
    given: dict[str, Any],
    processes: contextlib.ExitStack,
    outputs: Outputs,
    *,
    settled: bool,
) -> tuple[Evaluation, Run]:
    """Plan the orders of a file, and write rows and rejected orders; return the evaluation and the run.

    The processes of the run end with ``processes``. ``settled`` is as in ``made_of``.
    """
    from boxwright.cli.evaluation_out import made_of, rejected_lines, rejects_of, sink_of, write_rejects
    from boxwright.cli.output import counting
    from boxwright.evaluation.rows import form_of_file
    from boxwright.evaluation.run import Run
    from boxwright.orders.batches import order_batches, rows_of

    form = None if out_file is None else form_of_file(out_file, given["row_format"], trials)
    given_too = {"--most-units": str(given["most_units"])}
    if trials.markets:
        given_too |= {"--market": " ".join(trials.markets), "--reuse-system": str(trials.reuse_system)}
    made = {} if form is None else made_of(orders_file, trials, form, given_too, settled=settled)
    with (
        outputs.uploading(),  # after a failed upload, figures and page are still made
        sink_of(out_file, form, made) as sink,
        counting("Packing", rows_of(orders_file), "rows") as progress,
    ):
        run = Run(
            trials,
            lambda: order_batches(orders_file),
            workers=given["workers"],
            form=form,
            sink=sink,
            most_units=given["most_units"],
            progress=progress,
            lost=lambda text: warn([text]),
            cluster=given["cluster"] or "",
        )
        processes.enter_context(run)
        evaluation = run.evaluation()
    rejects = rejects_of(out_file, given["rejects_file"])
    if rejects is not None and (run.rejected or rejects.exists() or given["rejects_file"] is not None):
        with outputs.uploading():
            write_rejects(run.rejected, rejects)
    counts = f"{run.rows_in:,} rows: {evaluation.order_count:,} orders planned, {len(run.rejected):,} rejected"
    if run.rejected and rejects is not None:
        click.echo(f"{counts}, listed in {shown(rejects)}", err=outputs.quiet)
    elif run.rejected:
        warn([counts, *rejected_lines(run.rejected)])
    if out_file is not None:
        rows = evaluation.order_count * len(trials.variants)
        click.echo(f"{rows:,} rows in {shown(out_file)}", err=outputs.quiet)
    return evaluation, run
