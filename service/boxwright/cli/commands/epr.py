"""``boxwright epr``: writes packaging returns for shipped plans."""

import csv
from typing import Any

import click

from boxwright.cli.failures import Command, refusal, warn
from boxwright.cli.files import is_device, shown, whole_file
from boxwright.cli.options import choice_option, file_option, with_options
from boxwright.cli.plan_records import RECORDS, take_records


@click.command("epr", cls=Command)
@choice_option("--format", "scheme", ("uk-pepr",), "Form of the return: packaging data for large UK organisations.")
@with_options(*RECORDS)
@click.option("--organisation-id", required=True, metavar="ID", help="Organisation id, six digits.")
@click.option("--subsidiary-id", default="", metavar="ID", help="Subsidiary id, letters and digits.  [default: none]")
@click.option(
    "--submission-period",
    required=True,
    metavar="YEAR-H1|H2",
    help="Half-year, such as 2026-H2; other plans are left out.",
)
@click.option(
    "--packaging-activity",
    required=True,
    metavar="CODE",
    help="Packaging activity by the guidance: SO, PF, IM, SE, HL or OM.",
)
@choice_option("--packaging-type", "packaging_type", ("HH", "NH"), "Household (HH) or non-household (NH) packaging.")
@click.option(
    "--rating",
    "ratings",
    multiple=True,
    metavar="CODE=RATING",
    help="Recyclability rating of a material: PC=G, 'PL Flexible=R'; repeatable. Required for HH since 2025-H2.",
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    metavar="MATERIAL=CODE",
    help="Code of a material for which the data have none, such as starch-foam=OT:starch or eps=PL:Rigid; repeatable.",
)
@click.option(
    "--with-missing", is_flag=True, help="Write an incomplete return, and list missing data.  [default: refuse it]"
)
@file_option("--out", "out", "FILE.csv", "File to write.", required=True)
def command(
    scheme: str, out: Any, with_missing: bool, ratings: tuple[str, ...], codes: tuple[str, ...], **given: Any
) -> None:
    """Write the packaging return of a period.

    The return has masses in whole kg by material and rating, in 15 columns: boxes, wrap, fill and tape, as shipment
    packaging. For plans with a recorded outcome it counts what was shipped, for others what was planned. Sales
    packaging of the goods is not included. Every row follows the rules that DEFRA publishes with its validator; the
    regulator may have others.

    Exit codes: 0 written; 2 bad input, or missing data.
    """
    from boxwright.catalog import load_materials
    from boxwright.domain.rounded import count
    from boxwright.errors import FieldViolation, InvalidInputError
    from boxwright.exchange.epr import COLUMNS, Terms, uk_return

    pairs = {
        name: [pair.partition("=") for pair in texts] for name, texts in (("--rating", ratings), ("--code", codes))
    }
    for option, parts in pairs.items():
        if any(not (name and value) for name, _, value in parts):
            raise refusal(option, "must be NAME=VALUE")
    records = take_records(given)
    stated = {name: given[name] for name in Terms.__dataclass_fields__ if name in given}
    coded = {name: (value.partition(":")[0], value.partition(":")[2]) for name, _, value in pairs["--code"]}
    terms = Terms(**stated, ratings={name: value for name, _, value in pairs["--rating"]}, codes=coded)
    made = uk_return(records, terms, load_materials())
    if made.missing and not with_missing:
        lacks = [
            FieldViolation("plans", f"lack {what}, {count(number, 'time')}") for what, number in made.missing.items()
        ]
        raise InvalidInputError(lacks)
    with whole_file(out, private=True) as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(made.rows)
    warn(f"missing: {what}, {count(number, 'time')}" for what, number in made.missing.items())
    warn(f"counted: {what} ({number:,})" for what, number in made.remarks.items())
    warn(f"left out: {what} ({number:,})" for what, number in made.left_out.items())
    kg = sum(int(row["packaging_material_weight"]) for row in made.rows)
    exact = f"{made.mass_mg / 1e6:,.3f} before rounding"
    click.echo(f"{count(len(made.rows), 'row')} of {kg:,} kg ({exact}) in {shown(out)}", err=is_device(out))
