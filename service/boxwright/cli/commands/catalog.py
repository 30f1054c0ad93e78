"""``boxwright catalog``: lists, shows, checks, converts and uploads box catalogs."""

from pathlib import Path

import click

from boxwright.cli.failures import BAD_INPUT, FOUND_WANTING, CommandGroup, refusal, warn
from boxwright.cli.files import shown, write_whole
from boxwright.cli.options import ENCODING, PATH, choice_option, file_option, headers_named


@click.group("catalog", cls=CommandGroup)
def command() -> None:
    """List, show, check, convert and upload box catalogs."""


@command.command("list")
def list_catalogs() -> None:
    """List the shipped catalogs."""
    from boxwright.catalog import catalog_names, load_catalog
    from boxwright.cli.output import show, table_of

    rows = []
    for name in catalog_names():
        catalog = load_catalog(name)
        unverified = sum(not box.read_in_source for box in catalog.box_types)
        rows.append((name, catalog.version, str(len(catalog.box_types)), str(unverified), catalog.name))
    show(table_of(("Catalog", "Version", ">Box types", ">Unverified", "Name"), rows))


@command.command("show")
@click.argument("catalog", metavar="NAME|FILE")
def show(catalog: str) -> None:
    """Show the box types and dunnage of a catalog."""
    from boxwright.catalog import describe, load_catalog

    click.echo(describe(load_catalog(catalog)))


@command.command("check")
@click.argument("file", metavar="FILE", type=PATH)
def check(file: Path) -> None:
    """List the faults of a catalog file.

    FILE is .toml or .csv. Each fault names row and field. For a valid file, the command prints warnings about values
    that are not stated.

    Exit codes: 0 the file loads; 2 it has faults.
    """
    from boxwright.catalog import catalog_warnings, load_catalog, validate_catalog_file
    from boxwright.domain.warning import gathered

    faults = validate_catalog_file(file)
    for fault in faults:
        click.echo(f"{file.name}: {fault}", err=True)
    if faults:
        raise SystemExit(BAD_INPUT)
    catalog = load_catalog(file)
    click.echo(f"valid: {catalog.catalog_id}, {len(catalog.box_types)} box types, {catalog.content_hash}")
    warn(warning.message for warning in gathered(catalog_warnings(catalog)))


@command.command("push")
@click.argument("file", metavar="FILE.toml", type=PATH)
@click.option(
    "--server", "target", default="127.0.0.1:50051", show_default=True, metavar="ADDRESS", help="Server to upload to."
)
@click.option("--etag", default="", metavar="ETAG", help="Replace only this version of the catalog.  [default: any]")
@click.option("--token-file", type=PATH, metavar="FILE", help="File with the token to call with.")
@click.option("--ca", type=PATH, metavar="FILE", help="Certificate authorities to trust, in PEM.")
def push(file: Path, target: str, etag: str, token_file: Path | None, ca: Path | None) -> None:
    """Upload a catalog file to a server.

    The server needs a store. It replaces the catalog of this id, or adds a new catalog, and uses it for the next
    order. ADDRESS is host:port for gRPC, or a URL such as https://boxwright.example.

    Exit codes: 0 uploaded; 1 the server refused the catalog; 2 the file has faults.
    """
    from boxwright_client import Client, InvalidRequestError, ServiceError

    if file.suffix.lower() != ".toml":
        raise refusal("file", f"must end in .toml, got {file.name!r}: `boxwright catalog convert` makes one")
    text = file.read_text(encoding="utf-8-sig")
    token = token_file.read_text(encoding="utf-8").strip() if token_file else ""
    try:
        # With few attempts, a wrong address is reported within a second.
        with Client(target, attempts=4, token=token, ca=ca) as client:
            made = client.update_catalog(text, etag=etag, allow_missing=True, timeout_s=60)
    except InvalidRequestError as error:
        for broken in error.violations:
            click.echo(f"{file.name}: {str(broken).removeprefix('toml.')}", err=True)
        raise SystemExit(BAD_INPUT) from None
    except ServiceError as error:
        click.echo(f"Error: {error.message}", err=True)
        raise SystemExit(FOUND_WANTING) from None
    click.echo(f"{made.name}@{made.revision}: {len(made.box_types)} box types, {made.hash}, etag {made.etag}")


@command.command("convert")
@click.argument("file", metavar="FILE", type=PATH)
@click.option("--catalog-id", default="", help="Name of the catalog.  [default: the file's name]")
@choice_option("--basis", "basis", ("inner", "outer"), "Which sizes the file states; --board determines the others.")
@click.option(
    "--length-unit", default="mm", show_default=True, help="Length unit of columns that name none: mm, cm, m, in."
)
@click.option("--mass-unit", default="g", show_default=True, help="Mass unit of columns that name none: g, kg, oz, lb.")
@click.option("--board", "board_id", default="", metavar="ID", help="Board, which determines tare and outer size.")
@click.option("--style", default="rsc_0201", show_default=True, help="Style of the boxes.")
@click.option("--opening", default="top", show_default=True, help="Side that opens: top, end.")
@click.option(
    "--currency", default="", metavar="CODE", help="Currency of prices (ISO 4217).  [default: from the headers]"
)
@click.option("--dunnage", multiple=True, metavar="ID", help="Dunnage to stock with the boxes; repeatable.")
@ENCODING
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook.  [default: the only one with data]")
@click.option("--column", "named", multiple=True, metavar="FIELD=HEADER", help="Column that holds a field; repeatable.")
@file_option("--out", "out_file", "FILE.toml", "File to write.  [default: print the catalog]")
def convert(
    file: Path,
    out_file: Path | None,
    dunnage: tuple[str, ...],
    named: tuple[str, ...],
    **how: str,
) -> None:
    """Make a catalog from a spreadsheet of boxes.

    FILE holds one box per row: CSV in any common dialect, Excel (.xlsx) or Parquet. The command lists the field of each
    column, on standard error if the catalog is printed.
    """
    from boxwright.catalog import convert_sizes, load_materials, size_columns
    from boxwright.cli.conversion import show_columns

    known = [kind.dunnage_id for kind in load_materials().dunnage]
    for name in dunnage:
        if name not in known:
            raise refusal("--dunnage", f"must be one of {', '.join(known)}, got {name!r}")
    rule = "FIELD=HEADER, each field and each header once"
    fields = headers_named(named, rule)
    if len(set(fields.values())) < len(fields):
        raise refusal("--column", f"must be {rule}, got {', '.join(map(repr, named))}")
    options = {name: how[name] for name in ("basis", "length_unit", "mass_unit", "encoding", "sheet")}
    mapping = size_columns(file, given=fields, **options)
    show_columns(file.name, mapping, err=out_file is None)
    text = convert_sizes(file, dunnage=dunnage, mapping=mapping, **how)
    if "price_tiers" in text and "purchase_quantity" not in text:
        click.echo(
            "Prices by quantity: costs are for the purchase of one box until the catalog states purchase_quantity.",
            err=True,
        )
    if out_file is None:
        click.echo(text, nl=False)
    else:
        write_whole(out_file, text)
        click.echo(f"wrote {shown(out_file)}")
