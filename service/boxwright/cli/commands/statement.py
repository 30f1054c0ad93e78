"""``boxwright statement``: writes greenhouse gas statements of plans."""

from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import Command
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

    The statements are in Markdown. They give transport before and after the adjustment of distances, tank to wheel and
    well to wheel, and packaging separately, with method, range, exclusions and the source of each figure. They claim no
    conformity.
    """
    from boxwright.domain.rounded import count
    from boxwright.exchange.statement import Statement

    made = dict[str, Statement]()
    for record in take_records(given):
        plan = record["plan"]
        day = plan.get("ship_date")
        month = f"{day['year']}-{day['month']:02}" if day else plan.get("create_time", "")[:7] or "no day stated"
        title = month if per == "month" else plan.get("name") or plan["order_id"]
        made.setdefault(title, Statement(title, profile)).add(record)
    with whole_file(out, private=True) as file:
        file.write("\n---\n\n".join(statement.markdown(prepared_by) for statement in made.values()))
    click.echo(f"{count(len(made), 'statement')} in {shown(out)}", err=is_device(out))
