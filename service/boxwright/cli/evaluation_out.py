"""Writes the rows of ``boxwright evaluate`` to a file, or in parts to a folder, so that a run can resume."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

import click

from boxwright.cli.files import address_of, digest_of, shown, whole_binary_file, whole_file
from boxwright.cli.option_rows import option_of

if TYPE_CHECKING:
    from boxwright.evaluation.batch import Part, Rejected
    from boxwright.evaluation.folder import Folder
    from boxwright.evaluation.rows import RowForm
    from boxwright.evaluation.trial import Trials
    from boxwright.orders.spool import Spool
from boxwright.tabular import neutral

SHIP_DATE = "settled ship date"
"""Key, in the manifest of a folder, of the ship date that the run set."""
SHOWN = 10
"""Maximum number of rejected orders that are printed."""


class OneFile:
    """A ``run.Sink`` that writes all rows to one file."""

    state: Path | None = None

    def __init__(self, form: RowForm, file: BinaryIO) -> None:
        from boxwright.evaluation.rows import RowWriter

        self.writer = RowWriter(form, file)

    def done(self) -> Iterator[tuple[Path, Part]]:
        """Yield nothing: a single file cannot be resumed."""
        return iter(())

    def save(self, part: Part) -> None:
        """Write the rows of a part."""
        for rows in part.rows:
            self.writer.write(rows)


@contextmanager
def sink_of(out: Path | None, form: RowForm | None, made_of: Mapping[str, str]) -> Iterator[OneFile | Folder | None]:
    """Yield the sink of the rows, None without ``out``; finish it unless the run fails."""
    if out is None or form is None:
        yield None
    elif is_file(out):
        with whole_binary_file(out) as raw:
            sink = OneFile(form, raw)
            try:
                yield sink
            except BaseException:
                with suppress(Exception):  # otherwise pyarrow writes to the closed file on garbage collection
                    sink.writer.close()
                raise
            sink.writer.close()
    else:
        from boxwright.evaluation.folder import Folder

        folder = Folder(out, form, made_of)
        try:
            yield folder
            folder.finish()
        except KeyboardInterrupt:
            kept = f"{folder.orders:,} orders are kept in {shown(out)}"
            click.echo(f"{kept}: the same command resumes after them", err=True)
            raise
        finally:
            folder.close()


def is_file(out: Path) -> bool:
    """Return whether ``--out`` names a file, not a folder."""
    return bool(out.suffix) and not out.is_dir()


def rejects_of(out: Path | None, chosen: Path | None) -> Path | None:
    """Return the file of rejected orders: ``chosen`` or, by default, one next to or inside ``--out``."""
    if chosen is not None or out is None:
        return chosen
    return out.with_name(f"{out.stem}.rejected.csv") if is_file(out) else out / "rejected.csv"


def write_rejects(rejected: Spool[Rejected], path: Path) -> None:
    """Write a row per rule that a rejected order breaks."""
    with whole_file(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["order_id", "where", "field", "rule"])
        for order in rejected:
            for broken in order.broken:
                where, _, field = broken.field.partition(", ")
                writer.writerow(map(neutral, (order.order_id, where, field, broken.rule)))


def rejected_lines(rejected: Spool[Rejected]) -> Iterator[str]:
    """Yield the first rejected orders with a rule that they break, and the number of the others."""
    for index in range(min(len(rejected), SHOWN)):
        order = rejected[index]
        yield ": ".join(filter(None, [order.order_id, str(order.broken[0])]))
    if len(rejected) > SHOWN:
        yield f"and {len(rejected) - SHOWN:,} more; --rejects FILE.csv lists all"


def made_of(
    orders_file: Path, trials: Trials, form: RowForm, given: Mapping[str, str], *, settled: bool
) -> dict[str, str]:
    """Return, by option, a string or hash of all that determines the rows of a run, for the manifest of a folder.

    ``given`` are the other options. If ``settled``, the run set the ship date, and a resumed run uses it again.
    """
    from importlib.metadata import version

    import boxwright
    from boxwright.catalog import load_materials
    from boxwright.packing.machine_code import sources_digest
    from boxwright.packing.solver import installed as solver_installed
    from boxwright.planning.engine import version as engine_version

    materials = load_materials()
    found = {"--orders": f"{orders_file.name} {digest_of(orders_file)}", "--format": form.kind}
    catalogs = list({id(catalog): catalog for catalog in trials.catalogs}.values())
    for number, catalog in enumerate(catalogs, start=1):
        found[f"--catalog {number}"] = f"{catalog.catalog_id} {type(catalog).__name__} {catalog.content_hash}"
    found["--profile"] = repr(trials.profiles)
    policies = {variant.policy_name: variant.policy for variant in trials.variants}
    lanes = {variant.carrier_service: variant.lane for variant in trials.variants}
    # Parts store sums by the position of the variant.
    if len({variant.parts for variant in trials.variants}) > 1:
        names = "; ".join(dict.fromkeys(", ".join(variant.parts) for variant in trials.variants))
        found["order of --carrier-service and --policy"] = _words(names)
    for above, several in (("policy", policies), ("lane", lanes)):
        for name, options in several.items():
            of = f" of {name}" if len(several) > 1 else ""
            for field in dataclasses.fields(options) if options is not None else ():
                found[option_of(f"{above}.{field.name}") + of] = _words(getattr(options, field.name))
    for lane in lanes.values():
        if settled and lane is not None and lane.ship_date is not None:
            found[SHIP_DATE] = lane.ship_date.isoformat()
    found |= given
    return found | {
        "version of boxwright": f"{version('boxwright')} {sources_digest(Path(boxwright.__file__).parent).hex()}",
        "version of OR-Tools": version("ortools") if solver_installed() else "not installed",
        "version of the engine": engine_version(),
        "version of the data": f"{materials.version} {materials.content_hash}",
    }


def _words(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def row_links(page: Path, rows: Path | None) -> list[tuple[str, str]]:
    """Return the URL, relative to the page, and the name of the file or folder of rows, if there is one."""
    if rows is None:
        return []
    there = address_of(rows) or Path(os.path.relpath(rows.resolve(), page.resolve().parent)).as_posix()
    return [(quote(there, safe=":/"), rows.name)]
