"""Links from a page to the files that have its rows."""

import os
from pathlib import Path
from urllib.parse import quote

from boxwright.cli.files import address_of

_MOST = 20
"""Most parts of a folder that are linked one by one."""


def row_links(page: Path, rows: Path | None) -> list[tuple[str, str]]:
    """Return address, as seen from the page, and name of a file of rows, or of a folder and the first parts in it."""
    if rows is None:
        return []
    if address := address_of(rows):
        return [(quote(address, safe=":/"), rows.name)]
    found = [rows]
    if rows.is_dir():
        parts = sorted(each for each in rows.iterdir() if each.suffix.lower() in (".parquet", ".csv"))
        found += parts[:_MOST]
    here = page.resolve().parent
    return [(quote(Path(os.path.relpath(each.resolve(), here)).as_posix()), each.name) for each in found]
