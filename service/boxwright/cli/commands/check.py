"""``boxwright check``: checks a plan from any source."""

from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import FOUND_WANTING, Command
from boxwright.cli.options import MARKETS, PATH, TASK, take_markets, take_task_options, with_options


@click.command("check", cls=Command)
@click.argument("plan_file", metavar="PLAN.json", type=PATH)
@click.argument("order_file", metavar="ORDER.json", type=PATH)
@with_options(*MARKETS, *TASK)
def command(plan_file: Path, order_file: Path, started_file: Path | None, **given: Any) -> None:
    """Check a plan against its order and catalog.

    PLAN.json is the output of `boxwright pack --json`, or a plan made elsewhere, which needs only box types and
    placements; a layout is searched if placements name only their unit. Give the options that the plan was made with.

    The check relies on no statement of the plan. It checks every unit, size, rotation, overlap, support, load and
    weight at each step of the pack sequence. It computes masses, bills and footprints again, which stated figures must
    equal. It does not check descriptions or the certificate (see `boxwright verify`).

    With --market it prints the verdicts on a valid plan, and lists those that the plan states differently. Verdicts on
    refused boxes use the certificate as stated.

    Exit codes: 0 the plan is valid; 1 it breaks rules or states other verdicts; 2 bad input.
    """
    from boxwright.cli import plan_view
    from boxwright.cli.output import show
    from boxwright.cli.plan_file import judge_message, other_verdicts, read_plan, read_started_file, verdicts_by
    from boxwright.domain.rounded import count, visible
    from boxwright.orders import read_order
    from boxwright.planning import Task

    stated, order, options = read_plan(plan_file), read_order(order_file), take_task_options(given)
    markets = take_markets(given)
    task = Task(order, *options, read_started_file(started_file, order))
    plan, violations = judge_message(stated, task, plan_file.name)
    for violation in violations:
        click.echo(visible(str(violation)))
    if violations:
        click.echo(f"invalid: {count(len(violations), 'violation')}", err=True)
        raise SystemExit(FOUND_WANTING)
    units, parcels = count(order.unit_count, "unit"), count(len(stated.parcels), "parcel")
    click.echo(visible(f"valid: order {order.order_id}, {units} in {parcels}"))
    if plan is not None and (decide := verdicts_by(task, markets, given)):
        true = decide(plan)
        show(plan_view.verdicts(true))
        if other := other_verdicts(stated, true):
            for words in other:
                click.echo(visible(words))
            click.echo(f"invalid: {count(len(other), 'verdict')}", err=True)
            raise SystemExit(FOUND_WANTING)
