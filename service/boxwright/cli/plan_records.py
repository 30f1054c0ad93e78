"""Options that name the plans to export, and the reader of these plans from a server's store or a file."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from boxwright.cli.failures import errors_reported, refusal
from boxwright.cli.files import fetched
from boxwright.cli.options import file_option
from boxwright.errors import DataFileError, FieldViolation

RECORDS = (
    file_option(
        *("--plans", "plans_file", "FILE"),
        "File of plans, as `plans export`, `pack --orders --out` or `pack --json` writes it.",
        written=False,
    ),
    click.option(
        "--store",
        metavar="URL",
        help="Store of the plans, in place of --plans.  [default: BOXWRIGHT_STORE, or the file that"
        " BOXWRIGHT_STORE_FILE names]",
    ),
    click.option(
        "--filter", "where", default="", metavar="FILTER", help="Filter of stored plans, as for `plans list`."
    ),
)


def take_records(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a dict for each plan, the oldest first, with ``plan`` and, if known, ``request`` and ``catalog``.

    Raises DataFileError at the first line of a file that has neither a plan nor an error.
    """
    if given["plans_file"] is not None:
        yield from _of_file(fetched(given["plans_file"]))
        return
    from boxwright.server.settings.sources import read_secret
    from boxwright.server.stored.plan_archive import evidence_of, found
    from boxwright.store import opened

    with errors_reported():
        url = read_secret("store", os.environ, {"store": given["store"]})
    if not url:
        raise refusal("--plans", "or --store is required")
    with opened(url) as kept:
        for stored in found(kept, given["where"], "create_time", ""):
            yield evidence_of(stored, kept.read.catalog(stored.plan.catalog_hash))


def _of_file(path: Path) -> Iterator[dict[str, Any]]:
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines() if path.suffix.lower() == ".jsonl" else [text], start=1):
        try:
            content = json.loads(line)
            record = content.get("response", content)
            if "error" not in content:
                yield {"plan": record["plan"], "request": content.get("request", {})}
        except (ValueError, KeyError, AttributeError):
            raise DataFileError(path.name, [FieldViolation(f"line {number}", "must hold a plan")]) from None
