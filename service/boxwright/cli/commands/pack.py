"""``boxwright pack``: packs one order, or a file of orders."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import NOT_WHOLE, Command, refusal
from boxwright.cli.files import fetched, is_device, shown, whole_file, write_whole
from boxwright.cli.options import (
    MARKETS,
    PATH,
    TASK,
    choice_option,
    file_option,
    refuse_bad_options,
    take_markets,
    take_task_options,
    with_options,
)
from boxwright.domain.plan import IncompletePlanError

WORTH_A_POOL = 200
"""Minimum number of orders for which worker processes save time."""
AT_ONCE = 64
"""Number of orders per task of a worker."""
_PLANS_WHOLE = ("alternatives", "explain")
"""Options of ``plans`` that summaries of many orders do not show."""


@click.command("pack", cls=Command)
@click.argument("order_file", metavar="[ORDER.json]", required=False, type=PATH)
@file_option("--orders", "orders_file", "FILE", "Pack each order of a .csv, .jsonl or .parquet file.", written=False)
@file_option(
    *("--out", "out_file", "FILE.jsonl"),
    "With --orders: write one JSON line per order; the file appears when all are done. The accounting profiles of all"
    " plans are in FILE.jsonl.profiles.json.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@file_option("--picture", "picture", "FILE.svg", "Draw parcels and steps as SVG.")
@file_option("--html", "page", "FILE.html", "Write a page to print: steps, weights, bill, emissions and certificate.")
@choice_option(
    *("--sheet", "sheet", ("a4", "a6", "4x6")),
    "With --html: paper size; the two small ones hold only what the packer needs.",
)
@click.option(
    "--steps-in-words",
    is_flag=True,
    help="Add packing instructions: a sentence per step, and filling, tape, marks and weight of each parcel. With"
    " --json, parcels hold them as `bench`, and placements hold the SKU, description and barcode of their line.",
)
@click.option(
    "--alternatives", type=int, default=0, metavar="K", help="Also rank up to K plans in other boxes, 0 to 10."
)
@click.option(
    "--explain",
    is_flag=True,
    help="State why the order does not fit each smaller box, and the smallest change that would make it fit.",
)
@click.option(
    "--compare-with",
    default="",
    metavar="smallest|BOX_TYPE",
    help="Compare the plan with the smallest standard cartons by volume, or with one box type for all units.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes for --orders.  [default: one per core for 200 orders or more]",
)
@with_options(*MARKETS, *TASK)
def command(
    order_file: Path | None,
    orders_file: Path | None,
    out_file: Path | None,
    as_json: bool,
    picture: Path | None,
    page: Path | None,
    **given: Any,
) -> None:
    """Pack one order, or a file of orders.

    Prints the place of each unit, masses, chargeable weight, grams of CO2e per accounting profile and the certificate.
    Without --leg or --from and --to, transport is not counted, and the plan says so.

    JSON holds other plans in `alternatives`, next to `plan`; with --out, both are in the `response` of a line.

    With --orders it prints boxes used, orders not packed completely, and the figures of `boxwright evaluate` over all
    orders; --out writes every plan.

    Exit codes: 0 packed; 2 bad input; 3 an order cannot be packed completely. With --orders, 2 means that the file
    cannot be read or an option is wrong for every order, and 3 that at least one order is not packed completely or is
    refused.
    """
    if (order_file is None) == (orders_file is None):
        raise click.UsageError("give either ORDER.json or --orders FILE")
    one = order_file is not None
    if order_file is not None and order_file.suffix.lower() in (".csv", ".jsonl", ".parquet"):
        raise click.UsageError(f"{order_file.name} may hold many orders: pack it with --orders {order_file.name}")
    whole = {f"--{name.replace('_', '-')}": given[name] for name in _PLANS_WHOLE}
    for goes, options, where in (
        (one, {"--json": as_json, "--picture": picture, "--html": page}, "ORDER.json; with --orders, give --out"),
        (one, {"--started": given["started_file"], "--compare-with": given["compare_with"]}, "ORDER.json"),
        (one, {"--steps-in-words": given["steps_in_words"]}, "ORDER.json"),
        (one, {"--market": given["markets"]}, "ORDER.json; `boxwright evaluate` compares many orders"),
        (not given["started_file"], {"--compare-with": given["compare_with"]}, "a plan without --started"),
        (not one, {"--out": out_file}, "--orders; --json prints a single plan"),
        (not one, {"--workers": given["workers"]}, "--orders"),
        (one or out_file, whole, "ORDER.json, or --out, which writes whole plans"),
    ):
        for option, value in options.items():
            if value and not goes:
                raise click.UsageError(f"{option} needs {where}")
    if order_file is not None:
        _pack_one(order_file, as_json, picture, page, given)
    elif orders_file is not None:
        _pack_many(orders_file, out_file, given)


def _pack_one(order_file: Path, as_json: bool, picture: Path | None, page: Path | None, given: dict[str, Any]) -> None:
    import json
    from dataclasses import replace

    from boxwright.orders import read_order

    order = read_order(order_file)
    options, markets = take_task_options(given), take_markets(given)
    # The slowest imports come after all checks that do not need them.
    from boxwright.cli import plan_view
    from boxwright.cli.emissions_view import comparison_view
    from boxwright.cli.output import show
    from boxwright.cli.plan_file import read_started_file, verdicts_by, view_of
    from boxwright.contract.faults import order_path
    from boxwright.contract.json import plain
    from boxwright.contract.pack_answer import answer_to_wire
    from boxwright.findings import Findings
    from boxwright.planning import Task, plans

    task = Task(order, *options, read_started_file(given["started_file"], order))
    with (found := Findings()).at("", lambda field: order_path(field, order)):
        answer, *others = plans(task, **{name: given[name] for name in _PLANS_WHOLE})
    found.raise_any()
    comparison = _compare(answer, task, given["compare_with"]) if given["compare_with"] else None
    decide = verdicts_by(task, markets, given)
    if picture:
        from boxwright.drawing import plan_svg
        from boxwright.planning import bench_words

        words = bench_words(answer, task)
        write_whole(picture, plan_svg(answer, order, task.catalog, words, task.started_parcels))
    if page:
        from boxwright.pages import Sheet, plan_page

        write_whole(
            page, plan_page(answer, task, sheet=Sheet(given["sheet"]), verdicts=decide(answer) if decide else ())
        )
    if as_json:
        message = answer_to_wire(
            (answer, *others), replace(view_of(task, in_words=given["steps_in_words"]), verdicts=decide), comparison
        )
        click.echo(json.dumps(plain(message), indent=2, ensure_ascii=False))
        return
    parts = [*plan_view.plan_parts(answer, order, task.catalog)]
    parts += (plan_view.steps_parts if given["steps_in_words"] else plan_view.apart_parts)(answer, task)
    parts += [plan_view.verdicts(decide(answer))] if decide else []
    parts += [plan_view.refusals(answer)] if given["explain"] else []
    parts += [plan_view.alternatives(answer, others)] if given["alternatives"] else []
    show(*parts, *([comparison_view(comparison)] if comparison is not None else []))


def _compare(answer: Any, task: Any, baseline: str) -> Any:
    from boxwright.findings import Findings
    from boxwright.planning import baseline_plan, compare

    found = Findings()
    try:
        with found.at("", {"box_type_id": "--compare-with"}):
            other, words = baseline_plan(task, "" if baseline == "smallest" else baseline)
    except IncompletePlanError:
        raise refusal("--compare-with", f"must name boxes that hold the whole order, got {baseline!r}") from None
    found.raise_any()
    return compare(answer, other, task.catalog, task.policy, baseline=words)


def _pack_many(orders_file: Path, out_file: Path | None, given: dict[str, Any]) -> None:
    import contextlib
    import functools
    import itertools
    import json

    from boxwright.catalog import load_materials
    from boxwright.cli.batch import batch_parts, evaluation_of, pack_some
    from boxwright.cli.emissions_view import legs_text
    from boxwright.cli.failures import warn
    from boxwright.cli.output import counting, show
    from boxwright.cli.plan_file import profiles_file
    from boxwright.contract.json import plain
    from boxwright.contract.pack_answer import profiles_to_wire
    from boxwright.evaluation.outcome import OrderStatus
    from boxwright.evaluation.pool import cores, in_order
    from boxwright.orders import count_orders, read_orders
    from boxwright.planning import Task
    from boxwright.routing import derive

    options = catalog, policy, lane, _ = take_task_options(given)
    # Counting checks all orders, so that a faulty last row is found before planning.
    total = count_orders(fetched(orders_file))
    refuse_bad_options([("", Task(next(read_orders(orders_file)), *options))])
    apart = out_file is not None and not is_device(out_file)
    how, written = {name: given[name] for name in _PLANS_WHOLE}, out_file is not None
    job = functools.partial(pack_some, options=options, how=how, written=written, with_data=not apart)
    workers = given["workers"] or (cores() if total >= WORTH_A_POOL else 1)
    with whole_file(out_file) if out_file else contextlib.nullcontext() as out, counting("Packing", total) as progress:
        orders = read_orders(orders_file)
        tasks = iter(lambda: tuple(itertools.islice(orders, AT_ONCE)), ())

        def packed() -> Iterator[list[Any]]:
            for rows, results in in_order(job, tasks, workers, lambda text: warn([text])):
                if out:
                    out.writelines(f"{line}\n" for line in results)
                progress(len(rows))
                yield rows

        evaluation = evaluation_of(catalog, policy, lane, packed())
    totals = evaluation.results[0].totals
    if out_file and apart:
        content = plain(profiles_to_wire({sums.profile_id for sums in totals.footprints}, load_materials()))
        write_whole(profiles_file(out_file), json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    way = [legs_text(derive(lane, load_materials()).legs)] if lane.derive_legs else []
    show(*batch_parts(evaluation), *way)
    if out_file:
        where = f", their profiles in {shown(profiles_file(out_file))}" if apart else ""
        click.echo(f"{total:,} lines in {shown(out_file)}{where}")
    if totals.count(OrderStatus.ERROR) or (totals.count(OrderStatus.NOT_PACKED) and not policy.allow_partial):
        raise SystemExit(NOT_WHOLE)
