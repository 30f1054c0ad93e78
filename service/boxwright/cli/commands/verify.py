"""``boxwright verify``: replays the certificates of plans."""

from collections import Counter
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import FOUND_WANTING, Command
from boxwright.cli.options import CATALOG, PATH, TASK, take_task_options, with_options
from boxwright.errors import FieldViolation

_CATALOG = click.option(
    "--catalog",
    metavar="NAME|FILE",
    help="Boxes that PLAN was made with: name of a shipped catalog, or a file. Required unless PLAN is a bundle.",
)
MOST_LISTED = 5
"""Maximum number of broken rules listed per plan; a plan of another order breaks a rule per unit."""


@click.command("verify", cls=Command)
@click.argument("plan_file", metavar="PLAN", type=PATH)
@click.argument("order_file", metavar="[ORDER.json]", required=False, type=PATH)
@click.option(
    "--orders",
    "orders_file",
    metavar="FILE",
    type=PATH,
    help="Orders of PLAN, if it is the output of `pack --orders FILE --out`.",
)
@with_options(*(_CATALOG if option is CATALOG else option for option in TASK))
def command(
    plan_file: Path, order_file: Path | None, orders_file: Path | None, started_file: Path | None, **given: Any
) -> None:
    """Check what the certificate of a plan claims to prove.

    PLAN is the output of `boxwright pack --json`, with ORDER.json; or of `boxwright pack --orders FILE --out`, with
    --orders FILE. Give the catalog and the options that the plan was made with.

    PLAN may also be an evidence bundle of `boxwright plans evidence`, without other options. The command then checks
    the hashes of all files, and the sums, packing, figures and certificate of each plan.

    Every proof is repeated from order and catalog alone. The certificate must list every cheaper box, and its value,
    bound, scope and status must follow from the proofs.

    Exit codes: 0 every claim holds; 1 some do not, which are listed by field; 2 bad input.
    """
    if plan_file.suffix.lower() == ".zip":
        _verify_bundle(plan_file)
        return
    if given["catalog"] is None:
        raise click.UsageError("Missing option '--catalog'.")
    if (order_file is None) == (orders_file is None):
        raise click.UsageError("give either ORDER.json or --orders FILE")
    from boxwright.cli.plan_file import judge_message, read_plan, read_plan_lines, read_started_file
    from boxwright.domain.rounded import count, visible
    from boxwright.orders import read_order, read_orders
    from boxwright.planning import Task, verify_certificate

    options, tally = take_task_options(given), Counter[str]()
    one = [(read_plan(plan_file), read_order(order_file))] if order_file else []
    for stated, order in one or read_plan_lines(plan_file, read_orders(orders_file)):  # type: ignore[arg-type]  # one is given
        if stated is None:
            tally["without a plan"] += 1
            continue
        started = read_started_file(started_file, order)
        plan, violations = judge_message(stated, Task(order, *options, started), plan_file.name)
        claims = [] if plan is None else verify_certificate(plan, order, *options, started_parcels=started)
        claims = claims or [FieldViolation("plan", str(violation)) for violation in violations]
        broken = [str(claim) for claim in claims if claim.field != "plan"]
        rules = [str(claim) for claim in claims if claim.field == "plan"]
        broken += rules[:MOST_LISTED]
        if (more := len(rules) - MOST_LISTED) > 0:
            broken.append(f"plan: breaks {more:,} more rules, which `boxwright check` lists")
        for text in broken:
            click.echo(visible(text if order_file else f"{order.order_id}: {text}"))
        if plan is None or broken:
            tally["broken"] += 1
            continue
        certificate = plan.certificate
        tally[certificate.status.value] += 1
        if order_file:
            refused = count(len(certificate.refused_candidates), "box type")
            words = f"holds: order {order.order_id}, {certificate.status.value}; {refused} refused again"
            click.echo(visible(f"{words}, {len(certificate.open_candidates):,} open"))
    if orders_file:
        held = tally["proved"] + tally["open"]
        words = f"{count(held, 'certificate')} hold{'s' * (held == 1)}, {tally['proved']:,} proved"
        click.echo(f"{words}; {count(tally['without a plan'], 'order')} without a plan")
    if tally["broken"]:
        click.echo(f"rejected: {count(tally['broken'], 'certificate')}", err=True)
        raise SystemExit(FOUND_WANTING)


def _verify_bundle(file: Path) -> None:
    from functools import partial

    from boxwright.catalog import load_materials
    from boxwright.domain.rounded import count, visible
    from boxwright.exchange.bundle import verify_bundle
    from boxwright.server.answers.recheck import faults_of

    tally = Counter[bool]()
    with file.open("rb") as content:
        for name, faults in verify_bundle(content, partial(faults_of, materials=load_materials())):
            tally[bool(faults)] += 1
            for fault in faults[:MOST_LISTED]:
                click.echo(visible(f"{name}: {fault}"))
            if (more := len(faults) - MOST_LISTED) > 0:
                click.echo(visible(f"{name}: {more:,} more"))
    click.echo(f"{count(tally[False], 'plan')} as stated, {tally[True]:,} not")
    if tally[True]:
        raise SystemExit(FOUND_WANTING)
