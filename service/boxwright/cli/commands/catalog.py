"""``boxwright catalog``: box catalogs listed, shown, checked, made and written to a server."""

from pathlib import Path

import click

from boxwright.cli.failures import BAD_INPUT, FOUND_WANTING, refusal, told_to_users, warn
from boxwright.cli.files import FileName, shown, tell_of
from boxwright.cli.options import ENCODING, MAP, SAVE_MAP, FiniteRange


@click.group("catalog")
def command() -> None:
    """List, show, check and make box catalogs, and write them to a server."""


@command.command("list")
def list_catalogs() -> None:
    """List the catalogs that are shipped."""
    from boxwright.catalog import catalog_names, load_catalog
    from boxwright.cli.console import output
    from boxwright.cli.tables import plain_table

    with told_to_users():
        table = plain_table("Catalog", "Version", "Box types", "Unverified", "Name")
        for name in catalog_names():
            catalog = load_catalog(name)
            unverified = sum(not box.read_in_source for box in catalog.box_types)
            table.row(name, catalog.version, str(len(catalog.box_types)), str(unverified), catalog.name)
        output().print(table)


@command.command("show")
@click.argument("catalog", metavar="NAME|FILE")
def show(catalog: str) -> None:
    """Show a catalog: box types with sizes, tare and limits, and its dunnage."""
    from boxwright.catalog import describe, load_catalog

    with told_to_users():
        click.echo(describe(load_catalog(catalog)))


@command.command("check")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """List the faults of a catalog file (.toml or .csv), or what it leaves open.

    A fault names row and field.

    Exit codes: 0 it loads; 2 it has faults.
    """
    from boxwright.catalog import catalog_warnings, load_catalog, validate_catalog_file
    from boxwright.domain.warning import gathered

    with told_to_users():
        faults = validate_catalog_file(file)
        for fault in faults:
            click.echo(f"{file.name}: {fault}", err=True)
        if faults:
            raise SystemExit(BAD_INPUT)
        catalog = load_catalog(file)
        click.echo(f"valid: {catalog.catalog_id}, {len(catalog.box_types)} box types, {catalog.content_hash}")
        warn(each.text for each in gathered(catalog_warnings(catalog)))


@command.command("push")
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
@click.option("--server", "target", default="127.0.0.1:50051", show_default=True, metavar="ADDRESS", help="Where to.")
@click.option("--etag", default="", metavar="ETAG", help="Replace this version only.  [default: whichever there is]")
@click.option("--token-file", type=click.Path(path_type=Path), metavar="FILE", help="Holds the token to call with.")
@click.option("--ca", type=click.Path(path_type=Path), metavar="FILE", help="Authorities of the server's certificate.")
@click.option(
    "--timeout-s",
    type=FiniteRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="How long it may take, in seconds.",
)
def push(file: Path, target: str, etag: str, token_file: Path | None, ca: Path | None, timeout_s: float) -> None:
    """Write a catalog file to a server that has a store: as a new catalog, or in place of the one of its identifier.

    ADDRESS is host:port for gRPC, or an address such as https://boxwright.example. The server's next order is planned
    with the catalog. Exit codes: 0 it is served; 1 the server does not take it; 2 it has faults.
    """
    from boxwright_client import Client, InvalidRequestError, ServiceError

    with told_to_users():
        if file.suffix.lower() != ".toml":
            raise refusal("file", f"must end in .toml, got {file.name!r}: `boxwright catalog convert` makes one")
        text = file.read_text(encoding="utf-8-sig")
        token = token_file.read_text(encoding="utf-8").strip() if token_file else ""
    try:
        # few attempts: a wrong address is reported within a second, not when the deadline ends
        with Client(target, attempts=4, token=token, ca=ca, timeout_s=timeout_s) as client:
            made = client.update_catalog(text, etag=etag, allow_missing=True, timeout_s=timeout_s)
    except InvalidRequestError as error:
        for each in error.violations:
            click.echo(f"{file.name}: {str(each).removeprefix('toml.')}", err=True)
        raise SystemExit(BAD_INPUT) from None
    except ServiceError as error:
        click.echo(f"Error: {error.message}", err=True)
        raise SystemExit(FOUND_WANTING) from None
    click.echo(f"{made.name}@{made.revision}: {len(made.box_types)} box types, {made.hash}, etag {made.etag}")


@command.command("convert")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--catalog-id", default="", help="Name of the catalog.  [default: the file's name]")
@click.option(
    "--basis",
    type=click.Choice(["inner", "outer"]),
    default="inner",
    show_default=True,
    help="What the sizes are; the other is derived from --board.",
)
@click.option("--length-unit", default="mm", show_default=True, help="Of columns that name none: mm, cm, m, in.")
@click.option("--mass-unit", default="g", show_default=True, help="Of columns that name none: g, kg, oz, lb.")
@click.option("--board", "board_id", default="", metavar="ID", help="Board from which tare and outer size follow.")
@click.option("--style", default="rsc_0201", show_default=True, help="How the boxes are made.")
@click.option("--opening", default="top", show_default=True, help="Which side opens: top, end.")
@click.option(
    "--currency", default="", metavar="CODE", help="ISO 4217 code of the prices.  [default: of their headers]"
)
@click.option(
    "--dunnage",
    multiple=True,
    metavar="ID",
    help="Dunnage stocked with the boxes (see `boxwright materials list`); may be repeated.",
)
@ENCODING
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook.  [default: the only one in use]")
@MAP
@SAVE_MAP
@click.option(
    "--column",
    "named",
    multiple=True,
    metavar="FIELD=HEADER",
    help="Which column a field is, such as box_type_id, length or price; repeatable.",
)
@click.option("--out", "out_file", type=FileName(written=True), metavar="FILE.toml", help="[default: print it]")
def convert(
    file: Path,
    out_file: Path | None,
    dunnage: tuple[str, ...],
    map_file: Path | None,
    save_map: Path | None,
    named: tuple[str, ...],
    **how: str,
) -> None:
    """Make a catalog from a spreadsheet with one box per row: CSV of any usual form, Excel (.xlsx), Parquet.

    Shows which column is taken for which field; where the catalog is printed, on standard error.
    """
    from boxwright.catalog import convert_sizes, load_materials
    from boxwright.cli.size_map import save, settled, show

    with told_to_users():
        known = [each.dunnage_id for each in load_materials().dunnage] if dunnage else []
        for each in dunnage:
            if each not in known:
                raise refusal("--dunnage", f"must be one of {', '.join(known)}, got {each!r}")
        mapping = settled(file, map_file, named, how)
        show(file, mapping, aside=out_file is None)
        text = convert_sizes(file, dunnage=dunnage, mapping=mapping, **how)
        if save_map is not None:
            save(mapping, save_map, aside=out_file is None)
        if out_file is None:
            click.echo(text, nl=False)
            return
        from boxwright.cli.files import write_whole

        write_whole(out_file, text)
        tell_of(out_file, f"wrote {shown(out_file)}")
