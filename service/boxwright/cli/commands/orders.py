"""``boxwright orders``: converts exports to order files."""

from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import BAD_INPUT, errors_reported, refusal
from boxwright.cli.files import shown
from boxwright.cli.options import ENCODING, MAP, SAVE_MAP, choice_option, file_option
from boxwright.errors import FieldViolation, InvalidInputError


@click.group("orders")
def command() -> None:
    """Convert exports to order files."""


@command.command("convert")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--items", metavar="FILE", help="Item master: sizes and masses by SKU for rows that lack them.")
@file_option("--out", "out_file", "PATH", "Order file to write, .parquet or .csv.", required=True)
@MAP
@SAVE_MAP
@click.option(
    "--column",
    "given",
    multiple=True,
    metavar="FIELD=HEADER",
    help="Column that holds a field; items.FIELD names a column of the item master. Repeatable.",
)
@click.option("--keep", multiple=True, metavar="HEADER", help="Keep a column that is not a field; '*' keeps all.")
@click.option("--length-unit", default="", metavar="UNIT", help="Length unit of columns that name none: mm, cm, m, in.")
@click.option("--mass-unit", default="", metavar="UNIT", help="Mass unit of columns that name none: g, kg, oz, lb.")
@click.option(
    "--decimal", default="", metavar="MARK", help="Decimal mark, '.' or ','; if absent, 1,200 is refused as ambiguous."
)
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Take only rows with this value, such as Status=shipped; repeat it for more values of a column.",
)
@click.option(
    "--where-not",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Leave out rows with this value, such as SKU=POSTAGE or Status=cancelled; repeatable.",
)
@click.option("--skip-nonpositive", is_flag=True, help="Leave out rows with a quantity of 0 or less, such as returns.")
@click.option("--drop-repeated", is_flag=True, help="Leave out rows that equal an earlier row of their order.")
@ENCODING
@click.option("--sheet", default="", metavar="NAME", help="Sheet of workbooks.  [default: the only one with data]")
@choice_option(
    "--on-bad-rows", "on_bad_rows", ("reject", "stop"), "Reject bad rows and go on, or stop and write nothing."
)
@file_option(
    *("--rejects", "rejects_file", "FILE.csv"),
    "File of rejected rows, with the field and rule that each breaks.  [default: OUT.rejected.csv]",
)
@file_option("--report", "report_file", "FILE.json", "Write the full report as JSON.")
def convert(
    out_file: Path,
    save_map: Path | None,
    where: tuple[str, ...],
    where_not: tuple[str, ...],
    skip_nonpositive: bool,
    drop_repeated: bool,
    rejects_file: Path | None,
    report_file: Path | None,
    on_bad_rows: str,
    **options: Any,
) -> None:
    """Make an order file from exports of a shop or ERP.

    FILE is CSV in any common dialect, Excel or Parquet; a folder, a pattern, or - for standard input. With the extra
    'remote' it may be an address, such as s3://bucket/exports/*.csv.

    Every row is written, left out by --where, --where-not, --skip-nonpositive or --drop-repeated, or rejected with the
    rule that it breaks. If a row is rejected, so are all rows of its order.

    Exit codes: 0 at least one order is written; 2 none is, or --on-bad-rows stop met a bad row.
    """
    from boxwright.cli import conversion
    from boxwright.orders import RowRules

    rejects_file = rejects_file or out_file.with_name(f"{out_file.stem}.rejected.csv")
    click.get_current_context().params["rejects_file"] = rejects_file  # check_outputs() checks this path
    with errors_reported():
        written = (out_file, rejects_file, report_file, save_map)
        if out_file.suffix.lower() not in (".csv", ".parquet"):
            raise refusal("--out", f"must end in .csv or .parquet, got {shown(out_file)!r}")
        rules = RowRules(_stated("--where", where), _stated("--where-not", where_not), skip_nonpositive, drop_repeated)
        found = conversion.read(rules, written, **options)
        conversion.show(found)
        if report_file is not None:
            conversion.write_report(found, report_file)
        if on_bad_rows == "stop" and found.rejections:
            raise InvalidInputError(
                FieldViolation(", ".join(filter(None, (f"{row.file}, row {row.row}", row.field))), row.text)
                for row in found.rejections
            )
        if save_map is not None:
            conversion.save_map(found, save_map)
        conversion.write(found, out_file, rejects_file)
        if not found.rows:
            raise SystemExit(BAD_INPUT)


def _stated(option: str, texts: tuple[str, ...]) -> dict[str, list[str]]:
    stated: dict[str, list[str]] = {}
    for text in texts:
        header, equals, value = text.partition("=")
        if not equals:
            raise refusal(option, f"must be COLUMN=VALUE, got {text!r}")
        stated.setdefault(header, []).append(value)
    return stated
