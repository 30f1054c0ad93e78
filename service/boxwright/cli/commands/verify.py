"""``boxwright verify``: the certificates of plans, replayed."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.failures import FOUND_WANTING, told_to_users
from boxwright.cli.options import CATALOG, LANE, POLICY, STARTED, take_lane, take_policy, take_profiles, with_options
from boxwright.errors import FieldViolation

if TYPE_CHECKING:
    from boxwright.domain.order import Order

MOST_LISTED = 5
"""Of the rules that parcels break, so many are listed: with the order of another plan there is one per unit."""


@click.command("verify")
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.argument("order_file", metavar="[ORDER.json]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--orders",
    "orders_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The orders of PLAN, where it is what `pack --orders FILE --out` wrote.",
)
@STARTED
@with_options(CATALOG, *POLICY, *LANE)
def command(plan_file: Path, order_file: Path | None, orders_file: Path | None, **given: Any) -> None:
    """Replay what a plan claims to be proved.

    PLAN is what `boxwright pack --json` prints, with ORDER.json; or the lines of `boxwright pack --orders FILE --out`,
    with --orders FILE. Give the catalog and the options that the plan was made with.

    Each refused box is refused again by the proof that the certificate names, from the order and the catalog alone; no
    cheaper box may be missing from the certificate; value, bound, scope and status must follow.

    Exit codes: 0 every claim holds; 1 some do not, and are listed by their field; 2 bad input.
    """
    if (order_file is None) == (orders_file is None):
        raise click.UsageError("give either ORDER.json or --orders FILE")
    with told_to_users():
        from boxwright.catalog import load_catalog

        policy, lane, profiles = take_policy(given), take_lane(given), take_profiles(given)
        catalog = load_catalog(given["catalog"])
        pairs = _one(plan_file, order_file) if order_file else _many(plan_file, orders_file)
        from boxwright.cli.judge import judge_message
        from boxwright.cli.plan_file import read_started_file
        from boxwright.domain.rounded import count, visible
        from boxwright.planning import Task, verify_certificate

        counted: Counter[str] = Counter()
        for stated, order in pairs:
            if stated is None:
                counted["without a plan"] += 1
                continue
            started = read_started_file(given["started_file"], order)
            task = Task(order, catalog, policy, lane, profiles, started)
            plan, violations = judge_message(stated, task, plan_file.name)
            broken: list[FieldViolation] = []
            if plan is not None:
                broken = verify_certificate(plan, order, catalog, policy, lane, profiles, started_parcels=started)
            broken = broken or [FieldViolation("plan", str(violation)) for violation in violations]
            for text in _listed(broken):
                click.echo(visible(text if order_file else f"{order.order_id}: {text}"))
            if plan is None or broken:
                counted["broken"] += 1
                continue
            counted[plan.certificate.status.value] += 1
            if order_file:
                refused = count(len(plan.certificate.refused_candidates), "box type")
                stay = len(plan.certificate.open_candidates)
                words = f"holds: order {order.order_id}, {plan.certificate.status.value}; {refused} refused again"
                click.echo(visible(f"{words}, {stay:,} open"))
        if orders_file:
            held = counted["proved"] + counted["open"]
            words = f"{count(held, 'certificate')} hold{'s' * (held == 1)}, {counted['proved']:,} proved"
            click.echo(f"{words}; {count(counted['without a plan'], 'order')} without a plan")
        if counted["broken"]:
            rejected = count(counted["broken"], "certificate")
            click.echo(f"rejected: {rejected}", err=True)
            raise SystemExit(FOUND_WANTING)


def _listed(broken: list[FieldViolation]) -> Iterator[str]:
    """Yield what does not hold; of parcels that cannot be, a few rules and how to see the rest."""
    parcels = [str(violation) for violation in broken if violation.field == "plan"]
    yield from (str(violation) for violation in broken if violation.field != "plan")
    yield from parcels[:MOST_LISTED]
    if len(parcels) > MOST_LISTED:
        yield f"plan: breaks {len(parcels) - MOST_LISTED:,} more rules, which `boxwright check` lists"


def _one(plan_file: Path, order_file: Path) -> "Iterator[tuple[Any, Order]]":
    from boxwright.cli.plan_file import read_plan
    from boxwright.orders import read_order

    yield read_plan(plan_file), read_order(order_file)


def _many(plan_file: Path, orders_file: Path | None) -> "Iterator[tuple[Any, Order]]":
    """Yield plans with their orders, which the two files hold in the same sequence."""
    from boxwright.cli.plan_file import read_plan_lines
    from boxwright.orders import read_orders

    assert orders_file is not None  # the caller has looked
    yield from read_plan_lines(plan_file, read_orders(orders_file))
