"""``boxwright ileap``: writes transport emissions of plans as iLEAP 1.0."""

import json
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import Command, warn
from boxwright.cli.files import is_device, shown, whole_file
from boxwright.cli.options import file_option, with_options
from boxwright.cli.plan_records import RECORDS, take_records


@click.command("ileap", cls=Command)
@with_options(*RECORDS)
@click.option("--profile", default="", metavar="ID", help="Accounting profile.  [default: the first of each plan]")
@file_option("--out", "out", "FILE.jsonl", "File to write.", required=True)
def command(out: Path, profile: str, **given: Any) -> None:
    """Write the transport emissions of plans as iLEAP 1.0.

    Each line of the file is the ShipmentFootprint of a plan, with a TCE per leg and hub. Distances are not adjusted by
    ISO 14083. Factors are default data, so the share of primary data is 0. A plan without a lane, or without a factor
    for its transport, is refused. A plan that was not shipped as planned is left out, since its emissions are unknown.
    """
    from boxwright.domain.rounded import count
    from boxwright.exchange.ileap import shipment
    from boxwright.exchange.shipped import is_as_planned

    number = other = 0
    with whole_file(out, private=True) as file:
        for record in take_records(given):
            if not is_as_planned(record["plan"]):
                other += 1
                continue
            number += 1
            file.write(json.dumps(shipment(record, profile), ensure_ascii=False) + "\n")
    warn([f"left out: {count(other, 'plan')} not shipped as planned"] if other else [])
    click.echo(f"{count(number, 'shipment')} in {shown(out)}", err=is_device(out))
