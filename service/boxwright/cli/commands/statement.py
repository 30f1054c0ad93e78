"""``boxwright statement``: writes greenhouse gas statements of plans."""

import datetime
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import Command, warn
from boxwright.cli.files import is_device, shown, whole_file
from boxwright.cli.options import choice_option, file_option, with_options
from boxwright.cli.plan_records import RECORDS, take_records


@click.command("statement", cls=Command)
@with_options(*RECORDS)
@click.option("--profile", default="", metavar="ID", help="Accounting profile.  [default: the first of the plans]")
@choice_option("--per", "per", ("plan", "month"), "One statement per plan, or per month of shipment (UTC).")
@click.option("--prepared-by", default="", metavar="NAME", help="Author of the statement.")
@file_option("--out", "out", "FILE.md", "File to write.", required=True)
def command(out: Path, profile: str, per: str, prepared_by: str, **given: Any) -> None:
    """Write greenhouse gas statements of plans.

    The statements are in Markdown. They state transport activity before and after the adjustment of distances, its
    emissions tank to wheel and well to wheel, and separately those of packaging, with method, range, exclusions and the
    source of each figure. They do not claim conformity with a standard.
    """
    from boxwright.domain.rounded import count
    from boxwright.exchange.shipped import is_as_planned
    from boxwright.exchange.statement import Statement, day_of

    made, other = dict[str, Statement](), 0
    for record in take_records(given):
        plan = record["plan"]
        if per == "plan" and not is_as_planned(plan):
            other += 1
            continue
        month = day_of(plan)[:7] or "no day stated"
        title = month if per == "month" else plan.get("name") or plan["order_id"]
        made.setdefault(title, Statement(title, profile)).add(record)
    with whole_file(out, private=True) as file:
        file.write(
            "\n---\n\n".join(statement.markdown(prepared_by, datetime.date.today()) for statement in made.values())
        )
    warn([f"left out: {count(other, 'plan')} not shipped as planned"] if other else [])
    click.echo(f"{count(len(made), 'statement')} in {shown(out)}", err=is_device(out))
