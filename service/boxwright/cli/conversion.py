"""Reads, shows and writes what ``boxwright orders convert`` converts."""

import csv
import dataclasses
import glob
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from boxwright.catalog import load_materials
from boxwright.cli import files as places
from boxwright.cli.failures import refusal
from boxwright.cli.files import shown
from boxwright.cli.options import headers_named
from boxwright.domain.order import Order
from boxwright.domain.rounded import count, visible
from boxwright.errors import DataFileError, FieldViolation
from boxwright.orders import ColumnMap, Conversion, Finding, GuessOptions, RowRules, convert_orders
from boxwright.orders.column_map import FRAGILE, UNITS_IN_DOUBT, unit_words
from boxwright.orders.convert import WITH_ITS_ORDER
from boxwright.orders.write import write_csv, write_parquet
from boxwright.planning.rules.plausible import implausible
from boxwright.tabular import SUFFIXES, header_parts, map_text, neutral, plain_header, read_maps

SHOWN = 5
"""Maximum number of rows shown per kind of finding; --report and --rejects list all."""
_REMEDIES = {
    "quantity": " (--skip-nonpositive leaves out rows of 0 or less)",
    "line_id": " (--drop-repeated leaves out repeated rows)",
}
"""Remedies for broken rules of a field."""
_ITEMS = "items."
"""Prefix of fields that only the item master gives."""


def read(
    row_rules: RowRules,
    written: Sequence[Path | None],
    *,
    files: Sequence[str],
    items: str | None,
    map_file: Path | None,
    given: Sequence[str],
    keep: Sequence[str],
    length_unit: str,
    mass_unit: str,
    decimal: str,
    **how: str,
) -> Conversion:
    """Convert the input files of a command, except its outputs ``written``; errors as for ``convert_orders``."""
    if [items, *files].count("-") > 1:
        raise refusal("FILE", "must be - at most once: standard input can be read once")
    named = headers_named(given, "FIELD=HEADER or items.FIELD=HEADER, each field once")
    of_items = {name.removeprefix(_ITEMS): named.pop(name) for name in list(named) if name.startswith(_ITEMS)}
    if of_items and items is None:
        raise refusal("--column", "needs --items for a header of the item master")
    maps = {} if map_file is None else read_maps(map_file, ("orders", "items"))
    if maps and (given or keep):
        raise refusal("--column" if given else "--keep", "must not be given with --map, which describes all columns")
    materials = load_materials()

    def doubtful(order: Order) -> Iterator[FieldViolation]:
        return (FieldViolation(violation.field, violation.message) for violation in implausible(order, materials))

    return convert_orders(
        list(_sources(files, {path.resolve() for path in written if path is not None})),
        items=_source(items) if items is not None else None,
        maps=maps,
        how=GuessOptions(named, keep, length_unit, mass_unit, decimal, of_items),
        row_rules=row_rules,
        implausible=doubtful,
        **how,
    )


def _source(name: str) -> Any:
    return ("standard input", sys.stdin.buffer.read()) if name == "-" else Path(places.fetched_name(name))


def _sources(files: Sequence[str], written: set[Path]) -> Iterator[Any]:
    """Yield the sources of ``convert_orders``, without output files; those of a folder or pattern are sorted."""
    seen: set[Path | str] = set()
    for name in files:
        if name == "-":
            yield _source(name)
            continue
        if places.is_address(name):
            found: list[tuple[Path | str, Path]] = [*places.each_fetched(name, SUFFIXES)]
        else:
            found = [(path.resolve(), path) for path in _paths(places.local_path(name), written)]
        if not found:
            rule = f"must be a file, or a folder or pattern with files that end in {', '.join(SUFFIXES)}"
            raise DataFileError(places.without_secrets(name), [FieldViolation("file", rule)])
        for place, path in found:
            if place in seen:
                rule = f"must be given once, got {path.name} twice"
                raise DataFileError(places.without_secrets(name), [FieldViolation("file", rule)])
            seen.add(place)
            yield path


def _paths(name: str, written: set[Path]) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        found = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES]
    elif not path.exists() and glob.has_magic(name):
        found = [Path(name) for name in glob.glob(name, recursive=True)]  # noqa: PTH207  # the pattern may be absolute
    else:
        return [path]
    return sorted(file for file in found if file.is_file() and file.resolve() not in written)


def show(found: Conversion) -> None:
    """Print the meaning of the columns, and the doubtful values of the data."""
    for name, form, rows in found.forms:
        _say(f"{name}: {form}; {rows:,} rows")
    for title, mapping in (("orders", found.orders_map), ("items", found.items_map)):
        if mapping is not None:
            _show_map(title, mapping)
    report = found.report
    for unlike in report.unlike_units:
        _say(f"{unlike}", apart=True)
    for header, counts in report.statuses.items():
        values = ", ".join(f"{value or 'empty'} {number:,}" for value, number in counts.items())
        _say(
            f"{header!r} is not read. Its values: {values}. Rows are packed as goods whatever their value;", apart=True
        )
        _say(f"  --where '{header}={next(iter(counts))}' takes only rows with this value")
    _say(f"rows {report.rows:,}, orders {report.orders:,}, SKUs {report.skus:,}", apart=True)
    for what, findings in (
        ("without a readable size", report.without_size),
        ("without a readable mass", report.without_mass),
        ("repeat a row of their order", report.duplicates),
        ("outliers", report.outliers),
        ("implausible", report.implausible),
        *([("unreadable ship dates", report.without_date)] if report.without_date else []),
    ):
        _show_findings(what, findings, report.rows)
    if skus := report.unmatched_skus:
        named = ", ".join(list(skus)[:SHOWN]) + (", ..." if len(skus) > SHOWN else "")
        _say(f"SKUs that the item master lacks: {len(skus):,} ({named})")
    if report.without_order:
        _say(f"rejected rows without an order id: {report.without_order:,}; written orders may lack their lines")
    for sentence in report.mix.sentences[1:]:
        _say(f"rejected orders: {sentence}")


def _say(text: str, *, apart: bool = False) -> None:
    click.echo(("\n" if apart else "") + visible(text))


def show_columns(title: str, mapping: ColumnMap, *, err: bool = False) -> list[str]:
    """Print field and unit of each column; return the headers of the columns that are left out."""
    click.echo(f"columns of {visible(title)}:", err=err)
    fields = [column.field for column in mapping.columns]
    for column in mapping.columns:
        if column.field:
            unit = unit_words(column, fields)
            click.echo(visible(f"  {column.header} -> {column.field}" + (f", in {unit}" if unit else "")), err=err)
    left = [column.header for column in mapping.columns if not column.field]
    if left:
        click.echo(visible(f"  left out: {', '.join(left)}"), err=err)
    return left


def _show_map(title: str, mapping: ColumnMap) -> None:
    click.echo()
    left, fields = show_columns(title, mapping), [column.field for column in mapping.columns]
    in_doubt = any(column.unit and not header_parts(column.header)[1] for column in mapping.columns)
    for header in left:
        if in_doubt and plain_header(header) in UNITS_IN_DOUBT:
            rule = "all rows are read in the units above. If it holds the unit of sizes, give"
            _say(f"  {header!r} is not read: {rule} --column length_unit={header}")
        if "fragility_class" not in fields and any(word in header.casefold() for word in FRAGILE):
            _say(f"  {header!r} looks like fragility and is not read: goods are packed as not fragile")


def _show_findings(what: str, findings: Sequence[Finding], rows: int) -> None:
    share = f"{100 * len(findings) / rows:.1f} %" if rows else "0 %"
    _say(f"{what}: {len(findings):,} ({share} of rows)")
    for finding in findings[:SHOWN]:
        _say(f"  {finding.file}, row {finding.row}, {finding.field}: {finding.text}")
    if len(findings) > SHOWN:
        _say(f"  and {len(findings) - SHOWN:,} more")


def write(found: Conversion, out_file: Path, rejects_file: Path) -> None:
    """Write the rejected rows and the order file, each atomically, and print the totals."""
    with places.whole_file(rejects_file) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("file", "row", "field", "rule"))
        for broken in found.rejections:
            table.writerow((neutral(broken.file), broken.row, neutral(broken.field), neutral(broken.text)))
    own = [broken for broken in found.rejections if not broken.text.startswith(WITH_ITS_ORDER)]
    rules, first = Counter(broken.field for broken in own), {broken.field: broken for broken in reversed(own)}
    left_out = found.rows_left_out.total()
    rows = f"{found.rows_in:,} rows in = {len(found.rows):,} written + {found.rows_rejected:,} rejected"
    _say(f"{rows}{f' + {left_out:,} left out' if left_out else ''} ({shown(rejects_file)})", apart=True)
    for rule, number in found.rows_left_out.most_common():
        _say(f"  left out, {rule}: {number:,}")
    if found.orders_left_out:
        _say(f"  orders without any row left: {found.orders_left_out:,}; they are not counted below")
    for name, number in rules.most_common():
        rule = f"  {name or 'the row as a whole'}: {count(number, 'rule')} broken"
        _say(f"{rule}; {first[name].file}, row {first[name].row}: {first[name].text}{_REMEDIES.get(name, '')}")
    if with_order := len(found.rejections) - len(own):
        _say(f"  rejected because of another row of their order: {count(with_order, 'row')}")
    if not found.rows:
        click.echo("Error: every row is rejected or left out; no order file is written", err=True)
        return
    write_orders(out_file, found.rows, found.columns, found.report.mix.sentences)
    click.echo(f"wrote {shown(out_file)}: {found.orders:,} of {found.report.orders:,} orders")


def write_orders(
    path: Path, rows: Iterable[Any], columns: Sequence[str], remarks: Sequence[str] = (), **how: bool
) -> None:
    """Write an order file in CSV or, by the suffix of its name, in Parquet, which keeps ``remarks``."""
    if path.suffix.lower() == ".csv":
        with places.whole_file(path, **how) as text:
            write_csv(rows, columns, text)
    else:
        with places.whole_binary_file(path, **how) as raw:
            write_parquet(rows, columns, raw, remarks)


def write_report(found: Conversion, path: Path) -> None:
    """Write the data report as JSON, with all findings."""
    content = {
        **dataclasses.asdict(found.report),
        "mix_in_words": found.report.mix.sentences,
        "rows_written": len(found.rows),
        "rows_rejected": found.rows_rejected,
        "rows_left_out": found.rows_left_out,
        "orders_left_out": found.orders_left_out,
        "rejections": [dataclasses.asdict(broken) for broken in found.rejections],
    }
    places.write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def save_map(found: Conversion, path: Path) -> None:
    """Write the column maps, for ``--map``."""
    maps = {"orders": found.orders_map} | ({} if found.items_map is None else {"items": found.items_map})
    places.write_whole(path, map_text(maps))
    click.echo(f"wrote {shown(path)}")
