"""``boxwright check``: somebody's plan, judged."""

from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import FOUND_WANTING, told_to_users
from boxwright.cli.options import CATALOG, LANE, POLICY, STARTED, take_lane, take_policy, take_profiles, with_options


@click.command("check")
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.argument("order_file", metavar="ORDER.json", type=click.Path(path_type=Path))
@STARTED
@with_options(CATALOG, *POLICY, *LANE)
def command(plan_file: Path, order_file: Path, **given: Any) -> None:
    """Judge a plan against its order and catalog.

    PLAN.json is what `boxwright pack --json` prints. Nothing that it says about itself is trusted: every unit, size,
    rotation, overlap, support, load and weight is judged, at each step of the pack sequence. Masses, bills and
    footprints are computed by the options, those that the plan was made with: each stated figure must be the same.
    Not judged are the certificate (see `boxwright verify`) and words. A plan made elsewhere needs only box types and
    placements, and where these name units alone it is laid out.

    Exit codes: 0 the plan is valid; 1 it breaks rules, which are listed; 2 bad input.
    """
    with told_to_users():
        from boxwright.catalog import load_catalog
        from boxwright.cli.judge import judge_message
        from boxwright.cli.plan_file import read_plan, read_started_file
        from boxwright.domain.rounded import count, visible
        from boxwright.orders import read_order
        from boxwright.planning import Task

        stated, order = read_plan(plan_file), read_order(order_file)
        policy, lane, profiles = take_policy(given), take_lane(given), take_profiles(given)
        catalog, started = load_catalog(given["catalog"]), read_started_file(given["started_file"], order)
        _, violations = judge_message(stated, Task(order, catalog, policy, lane, profiles, started), plan_file.name)
        if not violations:
            units, parcels = count(order.unit_count, "unit"), count(len(stated.parcels), "parcel")
            click.echo(visible(f"valid: order {order.order_id}, {units} in {parcels}"))
            return
        for violation in violations:
            click.echo(visible(str(violation)))
        click.echo(f"invalid: {count(len(violations), 'violation')}", err=True)
        raise SystemExit(FOUND_WANTING)
