"""``boxwright evaluate``: many orders against several catalogs."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import BAD_INPUT, Outputs, refusal, told_to_users
from boxwright.cli.files import FileName, address_of, check_folder, fetched, shown, tell_of
from boxwright.cli.options import (
    EVALUATED_LANE,
    EVALUATED_POLICY,
    OF_A_YEAR,
    take_catalog,
    take_lanes,
    take_policies,
    take_profiles,
    with_options,
    yearly_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from boxwright.domain.box import Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.policy import Policy
    from boxwright.evaluation import Evaluation, StudyOptions, Yearly
    from boxwright.evaluation.run import Run
    from boxwright.evaluation.trial import Trials

MOST_UNITS = 2_000
"""Units of an order past which it is rejected, unless the caller says otherwise."""


@click.command("evaluate")
@click.option(
    "--orders",
    "orders_file",
    required=True,
    metavar="FILE",
    type=FileName(),
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
    type=FileName(written=True),
    help="Also write a self-contained page with plots.",
)
@click.option(
    "--out",
    "out_file",
    metavar="FILE.csv|FILE.parquet|FOLDER",
    type=FileName(written=True),
    help="Also write a row for each order with each catalog. A folder gets them in parts; after an interrupted run,"
    " the same command goes on from those that are finished.",
)
@click.option(
    "--format",
    "row_format",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="Of the parts in a folder.",
)
@click.option(
    "--on-bad-rows",
    type=click.Choice(["reject", "stop"]),
    default="reject",
    show_default=True,
    help="List orders that cannot be read or are past --most-units and go on, or read all orders first and stop.",
)
@click.option(
    "--rejects",
    "rejects_file",
    type=FileName(written=True),
    metavar="FILE.csv",
    help="Rejected orders by row, field and rule.  [default: in the same folder as --out, or in it]",
)
@click.option(
    "--most-units",
    type=click.IntRange(min=1),
    default=MOST_UNITS,
    show_default=True,
    metavar="N",
    help="Orders of more units are rejected: they would hold up all others.",
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
@OF_A_YEAR
@click.option(
    "--regret",
    "regret_orders",
    type=int,
    default=0,
    metavar="N",
    help="Also plan N orders, drawn by chance, by the longest search, and say how much better it is. It needs"
    " the extra 'solver'.",
)
@click.option("--workers", type=int, metavar="N", help="Processes.  [default: one per core]")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Dask scheduler whose workers plan instead, such as tcp://10.0.0.5:8786; they need this version.",
)
@with_options(*EVALUATED_POLICY, *EVALUATED_LANE)
def command(
    orders_file: Path,
    catalogs: tuple[str, ...],
    html_file: Path | None,
    out_file: Path | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Compare catalogs, policies and carriers over many orders.

    Packs every order with each catalog, by each --carrier-service and under each --policy, and prints boxes used, fill,
    masses, grams of CO2e and orders not packed whole, catalog by catalog; then the differences from the first, over the
    orders that both pack whole, each with the 95 % confidence interval for the change, if these orders are typical of
    yours. Orders whose units are alike are planned once.

    Without --objective it minimises packaging and carriage where their prices are known, else packaging where that has
    prices, else outer volume.

    Rows are written before figures are printed and the page is made, and a file that cannot be written keeps no other
    from being written.

    Exit codes: 0 there are rows, of planned orders or of such as cannot be; 2 bad input, or an output that cannot be
    written; 130 ended from the keyboard.
    """
    with told_to_users():
        from boxwright.orders.batches import good_orders, order_batches

        asked = _take_asked(given, catalogs, pictures=html_file is not None)
        policies, unsettled = take_policies(given, given.pop("policy_files"))
        lanes, profiles = take_lanes(given), take_profiles(given)
        _check(orders_file, out_file, html_file, given)
        # The heaviest imports, after what can be refused without them.
        from boxwright.cli.baseline import with_baseline
        from boxwright.cli.order_remarks import order_remarks
        from boxwright.evaluation import default_objectives, with_study

        orders = good_orders(order_batches(orders_file))
        loaded = with_baseline(asked.catalogs, orders, asked.baseline, asked.boxes)
        default = default_objectives(loaded, lanes)
        policies |= {name: replace(policies[name], objectives=default) for name in unsettled}
        asked = replace(asked, settles=len(unsettled) == len(policies))
        settled = any(each is not None and each.ship_date is None for each in lanes)
        trials = _trials(orders_file, out_file, loaded, policies, lanes, profiles)
        options = asked.options(yearly_of(orders_file, asked.orders_per_year))
        given["settled"] = settled
        outputs = Outputs(said=not as_json)
        with contextlib.ExitStack() as processes:
            evaluation, run = _run(orders_file, out_file, trials, given, processes, said=not as_json)
            outputs.tell()  # rows are where they belong, whatever becomes of the rest
            evaluation = with_study(evaluation, trials, options, run)
        evaluation = replace(evaluation, remarks=order_remarks(orders_file, *evaluation.lanes.values()))
        _tell(evaluation, html_file, out_file, outputs, as_json=as_json)
        if outputs.failed:
            raise SystemExit(BAD_INPUT)


def _tell(
    evaluation: Evaluation,
    html_file: Path | None,
    out_file: Path | None,
    outputs: Outputs,
    *,
    as_json: bool,
) -> None:
    """Print the figures, and write the page that is asked for."""
    if as_json:
        from boxwright.evaluation import totals_dict

        click.echo(json.dumps(totals_dict(evaluation), indent=2))
    else:
        from boxwright.cli.output import show
        from boxwright.evaluation import summary

        show(summary(evaluation))
    if html_file:
        from boxwright.cli.evaluation_out import row_links
        from boxwright.evaluation import report

        with outputs.attempt(html_file):
            outputs.write(html_file, report(evaluation, row_links(html_file, out_file)))
        outputs.tell()


@dataclass(frozen=True)
class _Asked:
    """What of the options is neither policy nor lane."""

    catalogs: list[Catalog]
    baseline: str | None
    boxes: Catalog | None
    orders_per_year: float | None
    regret_orders: int
    pictures: bool
    settles: bool = False

    def options(self, yearly: Yearly | None) -> StudyOptions:
        """Return them as the evaluation takes them."""
        from boxwright.evaluation import MAX_WORST, StudyOptions

        shown = MAX_WORST if self.pictures else 0
        return StudyOptions(shown, True, self.regret_orders, yearly, self.settles)


def _take_asked(given: dict[str, Any], names: tuple[str, ...], *, pictures: bool) -> _Asked:
    """Take these options out of a command's parameters; load the catalogs."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise refusal("--catalog", f"must not repeat, {name!r} does")
    per_year = given.pop("orders_per_year")
    regret, used = (given.pop(each) for each in ("regret_orders", "used_boxes"))
    if regret < 0:
        raise refusal("--regret", f"must be 0 or more, got {regret}")
    if regret:
        from boxwright.evaluation.study import check_regret

        check_regret(regret, "--regret")
    loaded, boxes = (
        [take_catalog(each) for each in names],
        take_catalog(used) if used else None,
    )
    return _Asked(loaded, given.pop("baseline"), boxes, per_year, regret, pictures)


def _check(
    orders_file: Path,
    out_file: Path | None,
    html_file: Path | None,
    given: dict[str, Any],
) -> None:
    """Refuse options that are wrong whatever the orders are, and, if that is asked for, orders that are."""
    from boxwright.cli.evaluation_out import is_file
    from boxwright.orders import count_orders

    if given["workers"] is not None and given["workers"] < 1:
        raise refusal("--workers", f"must be a whole number of 1 or more, got {given['workers']}")
    if out_file and address_of(out_file) and not is_file(out_file):
        rule = "must end in .csv or .parquet at an address: a run goes on from parts only in a folder of this machine"
        raise refusal("--out", f"{rule}, got {shown(out_file)!r}")
    fetched(orders_file)
    if given["workers"] is not None and given["cluster"]:
        raise refusal("--workers", "must not be given with --cluster: the workers of the scheduler plan")
    if given["on_bad_rows"] == "stop":
        count_orders(orders_file)
    from boxwright.evaluation import check_row_file, page_template

    if html_file:
        check_folder("--html", html_file)
        page_template()  # what it lacks is said now, not after the last order
    if out_file:
        check_row_file(out_file if is_file(out_file) else out_file.with_suffix(f".{given['row_format']}"))


def _trials(
    orders_file: Path,
    out_file: Path | None,
    catalogs: list[Catalog],
    policies: Mapping[str, Policy],
    lanes: tuple[Lane | None, ...],
    profiles: tuple[str, ...] | None,
) -> Trials:
    """Return how orders are planned, having refused options that would be wrong for every one.

    A run that goes on has the ship date with which it began.
    """
    import datetime

    from boxwright.cli.evaluation_out import SHIP_DATE, is_file
    from boxwright.cli.preflight import refuse_bad_options, refuse_like_ids, warn_of_idle_caps, warn_of_like_carriers
    from boxwright.evaluation.evaluate import trials_of
    from boxwright.evaluation.folder import begun_with
    from boxwright.orders.batches import first_order, good_orders, order_batches
    from boxwright.planning import Task

    if out_file is not None and not is_file(out_file) and (began := begun_with(out_file).get(SHIP_DATE)):
        day = datetime.date.fromisoformat(began)
        lanes = tuple(replace(each, ship_date=each.ship_date or day) if each is not None else None for each in lanes)
    refuse_like_ids(catalogs)
    first = first_order(order_batches(orders_file), orders_file.name)
    trials = trials_of(catalogs, policies, lanes, profiles)
    refuse_bad_options(
        [(", ".join(way.parts), Task(first, way.catalog, way.policy, way.lane, profiles)) for way in trials.variants]
    )
    for policy in policies.values():
        warn_of_idle_caps(policy, good_orders(order_batches(orders_file)))
    warn_of_like_carriers(lanes)
    return trials


def _run(
    orders_file: Path,
    out_file: Path | None,
    trials: Trials,
    given: dict[str, Any],
    processes: contextlib.ExitStack,
    *,
    said: bool,
) -> tuple[Evaluation, Run]:
    """Plan the orders of a file, and write the rows and rejected orders that are asked for.

    Returns the run, too, whose processes end with ``processes``.
    """
    from boxwright.cli.evaluation_out import made_of, sink_of
    from boxwright.cli.failures import warn
    from boxwright.cli.output import counting
    from boxwright.evaluation.rows import form_of_file
    from boxwright.evaluation.run import Run
    from boxwright.orders.batches import order_batches, rows_of

    form = None if out_file is None else form_of_file(out_file, given["row_format"], trials)
    asked = {"--most-units": str(given["most_units"])}
    made = {} if form is None else made_of(orders_file, trials, form, asked, settled=given["settled"])
    with sink_of(out_file, form, made) as sink, counting("Packing", rows_of(orders_file), "rows") as progress:
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
    _tell_rejected(run, evaluation, out_file, given["rejects_file"], said=said)
    if out_file is not None:
        rows = evaluation.order_count * len(trials.variants)
        tell_of(out_file, f"{rows:,} rows in {shown(out_file)}", err=not said)
    return evaluation, run


def _tell_rejected(
    run: Run, evaluation: Evaluation, out_file: Path | None, rejects_file: Path | None, *, said: bool
) -> None:
    """Write the rejected orders, or list the first of them, and say how many there are."""
    from boxwright.cli.evaluation_out import rejected_lines, rejects_of, write_rejects
    from boxwright.cli.failures import warn

    path = rejects_of(out_file, rejects_file)
    if path is not None and (run.rejected or path.exists() or rejects_file is not None):
        write_rejects(run.rejected, path)
    if not run.rejected:
        return
    counts = f"{run.rows_in:,} rows: {evaluation.order_count:,} orders planned, {len(run.rejected):,} rejected"
    if path is not None:
        tell_of(path, f"{counts}, listed in {shown(path)}", err=not said)
    else:
        warn([counts, *rejected_lines(run.rejected)])
