"""What ``boxwright orders convert`` reads, shows and writes."""

import csv
import dataclasses
import glob
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from boxwright.catalog import load_materials
from boxwright.cli.failures import refusal
from boxwright.cli.files import (
    FileName,
    each_fetched,
    fetched,
    here,
    is_address,
    said,
    shown,
    tell_of,
    whole_binary_file,
    whole_file,
    write_whole,
)
from boxwright.cli.options import headers_named
from boxwright.domain.order import Order
from boxwright.domain.rounded import visible
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError
from boxwright.orders import ColumnMap, Conversion, Finding, GuessOptions, convert_orders
from boxwright.orders.column_map import FRAGILE, UNITS_IN_DOUBT, unit_words
from boxwright.orders.convert import WITH_ITS_ORDER
from boxwright.orders.write import write_csv, write_parquet
from boxwright.planning.rules.plausible import implausible
from boxwright.tabular import SUFFIXES, header_parts, map_text, neutral, plain_header, read_maps

SHOWN = 5
"""Rows of each finding that the terminal names; --report and --rejects have all."""


_ITEMS = "items."
"""Before a field of the item master alone."""


def read(
    files: Sequence[str],
    items: str | None,
    map_file: Path | None,
    given: Sequence[str],
    written: Sequence[Path | None],
    *,
    keep: Sequence[str],
    length_unit: str,
    mass_unit: str,
    decimal: str,
    encoding: str,
    sheet: str,
) -> Conversion:
    """Return what the files come to; see ``convert_orders`` for what is raised."""
    if "-" in (items, *files) and [items, *files].count("-") > 1:
        raise refusal("FILE", "must be - once: standard input can be read once")
    named, named_items = _given(given)
    if named_items and items is None:
        raise refusal("--column", "must not name items without --items")
    how = GuessOptions(named, keep, length_unit, mass_unit, decimal, named_items)
    maps = {} if map_file is None else read_maps(map_file, ("orders", "items"))
    if maps and (given or keep):
        raise refusal("--column" if given else "--keep", "must not be given with --map, which says that")
    sources = list(_sources(files, {path.resolve() for path in written if path is not None}))
    materials = load_materials()

    def slips(order: Order) -> Iterator[FieldViolation]:
        return (FieldViolation(each.field, each.text) for each in implausible(order, materials))

    return convert_orders(
        sources,
        items=_source(items) if items is not None else None,
        maps=maps,
        how=how,
        encoding=encoding,
        sheet=sheet,
        implausible=slips,
    )


def show(found: Conversion) -> None:
    """Print how the columns are read and what the data looks like."""
    for name, form, rows in found.forms:
        click.echo(visible(f"{name}: {form}; {rows:,} rows"))
    for title, mapping in (("orders", found.orders_map), ("items", found.items_map)):
        if mapping is not None:
            _show_map(title, mapping)
    report = found.report
    for each in report.unlike_units:
        click.echo(f"\n{visible(each)}")
    click.echo(f"\nrows {report.rows:,}, orders {report.orders:,}, SKUs {report.skus:,}")
    for what, findings in (
        ("without a size that can be read", report.without_size),
        ("without a mass that can be read", report.without_mass),
        ("repeat a row of their order", report.duplicates),
        ("outliers", report.outliers),
        ("implausible", report.implausible),
    ):
        _show_findings(what, findings, report.rows)
    if report.without_date:
        _show_findings("ship dates that cannot be read", report.without_date, report.rows)
    if report.unmatched_skus:
        named = ", ".join(list(report.unmatched_skus)[:SHOWN]) + (", ..." if len(report.unmatched_skus) > SHOWN else "")
        click.echo(visible(f"SKUs that the item master lacks: {len(report.unmatched_skus):,} ({named})"))
    if report.without_order:
        click.echo(f"rejected rows that name no order: {report.without_order:,}; a written order may lack them")
    for each in report.mix.sentences[1:]:
        click.echo(visible(f"rejected orders: {each}"))


def write(found: Conversion, out_file: Path, rejects_file: Path) -> None:
    """Write rejected rows and orders, each file whole or not at all, and print the sum."""
    with whole_file(rejects_file) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("file", "row", "field", "rule"))
        table.writerows(
            (neutral(each.file), each.row, neutral(each.field), neutral(each.text)) for each in found.rejections
        )
    broken = [each for each in found.rejections if not each.text.startswith(WITH_ITS_ORDER)]
    rules, first = Counter(each.field for each in broken), {each.field: each for each in reversed(broken)}
    with_order = len(found.rejections) - rules.total()
    click.echo(
        f"\n{found.rows_in:,} rows in = {len(found.rows):,} written + {found.rows_rejected:,} rejected"
        f" ({shown(rejects_file)})"
    )
    for name, count in rules.most_common():
        said = f"  {name or 'the row as a whole'}: {count:,} {'rule' if count == 1 else 'rules'} broken"
        click.echo(visible(f"{said}; {first[name].file}, row {first[name].row}: {first[name].text}"))
    if with_order:
        click.echo(f"  rejected with another row of their order: {with_order:,} {'row' if with_order == 1 else 'rows'}")
    if not found.rows:
        click.echo("Error: no row is good, nothing is written", err=True)
        return
    if out_file.suffix.lower() == ".csv":
        with whole_file(out_file) as text:
            write_csv(found.rows, found.columns, text)
    else:
        with whole_binary_file(out_file) as raw:
            write_parquet(found.rows, found.columns, raw, found.report.mix.sentences)
    tell_of(out_file, f"wrote {shown(out_file)}: {found.orders:,} of {found.report.orders:,} orders")


def write_report(found: Conversion, path: Path) -> None:
    """Write the data report whole, with every row of each finding, as JSON."""
    content = {
        **dataclasses.asdict(found.report),
        "mix_in_words": found.report.mix.sentences,
        "rows_written": len(found.rows),
        "rows_rejected": found.rows_rejected,
        "rejections": [dataclasses.asdict(each) for each in found.rejections],
    }
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def save_map(found: Conversion, path: Path) -> None:
    """Write how the columns were read, for ``--map``."""
    maps = {"orders": found.orders_map} | ({} if found.items_map is None else {"items": found.items_map})
    write_whole(path, map_text(maps))
    tell_of(path, f"wrote {shown(path)}")


def stop(found: Conversion) -> None:
    """Refuse the run for its rejected rows.

    Raises
    ------
    InvalidInputError
        With the rules broken.
    """
    raise InvalidInputError(
        FieldViolation(f"{each.file}, row {each.row}" + (f", {each.field}" if each.field else ""), each.text)
        for each in found.rejections
    )


def _given(texts: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return headers by field, of all files and of the item master alone."""
    given = headers_named(texts, "FIELD=HEADER or items.FIELD=HEADER, each field once")
    of_items = {name.removeprefix(_ITEMS): header for name, header in given.items() if name.startswith(_ITEMS)}
    return {name: header for name, header in given.items() if not name.startswith(_ITEMS)}, of_items


def _sources(files: Sequence[str], written: set[Path]) -> Iterator[Any]:
    """Yield each file once; those of a folder or a pattern are sorted, and without what this run writes."""
    seen: set[Path | str] = set()
    for name in files:
        if name == "-":
            yield _source(name)
            continue
        found: list[tuple[Path | str, Path]] = []
        if is_address(name):
            found += each_fetched(name, SUFFIXES)
            what = f"no file is called so, or it holds none that ends in {', '.join(SUFFIXES)}"
        else:
            paths, what = _paths(here(name))
            found += ((each.resolve(), each) for each in paths if not what or each.resolve() not in written)
        if not found:
            raise DataFileError(said(name), [FieldViolation("file", what)])
        for place, each in found:
            if place in seen:
                raise DataFileError(said(name), [FieldViolation("file", f"must be given once, {each.name} repeats")])
            seen.add(place)
            yield each


def _paths(name: str) -> tuple[list[Path], str]:
    """Return the files of a folder or a pattern, and what is wrong if none is left; or a file as it is."""
    path = Path(name)
    if path.is_dir():
        found = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file())
        return found, f"holds no file that ends in {', '.join(SUFFIXES)}"
    if not path.exists() and glob.has_magic(name):
        found = [Path(each) for each in sorted(glob.glob(name, recursive=True)) if Path(each).is_file()]  # noqa: PTH207  # the pattern may be absolute
        return found, "no file is called so"
    return [path], ""


def _source(name: str) -> Any:
    if name == "-":
        return "standard input", sys.stdin.buffer.read()
    return fetched(FileName().convert(name, None, None))


def _show_map(title: str, mapping: ColumnMap) -> None:
    click.echo(f"\ncolumns of {title}:")
    present = [each.field for each in mapping.columns]
    for each in mapping.columns:
        if each.field:
            unit = unit_words(each, present)
            click.echo(visible(f"  {each.header} -> {each.field}" + (f", in {unit}" if unit else "")))
    left = [each.header for each in mapping.columns if not each.field]
    if left:
        click.echo(visible(f"  left out: {', '.join(left)}"))
    if any(each.unit and not header_parts(each.header)[1] for each in mapping.columns):
        for header in (each for each in left if plain_header(each) in UNITS_IN_DOUBT):
            rule = "every row is taken in the units above; if it names the unit of sizes, give --column length_unit="
            click.echo(visible(f"  {header!r} is not read: {rule}{header}"))
    if not any(each.field == "fragility_class" for each in mapping.columns):
        for header in (each for each in left if _means_fragile(each)):
            click.echo(visible(f"  {header!r} looks like fragility and is not used: goods are packed as not fragile"))


def _means_fragile(header: str) -> bool:
    """Whether a column's header has a word for fragile goods."""
    return any(word in header.casefold() for word in FRAGILE)


def _show_findings(what: str, findings: Sequence[Finding], rows: int) -> None:
    share = f"{100 * len(findings) / rows:.1f} %" if rows else "0 %"
    click.echo(f"{what}: {len(findings):,} ({share} of rows)")
    for each in findings[:SHOWN]:
        click.echo(visible(f"  {each.file}, row {each.row}, {each.field}: {each.text}"))
    if len(findings) > SHOWN:
        click.echo(f"  and {len(findings) - SHOWN:,} more")
