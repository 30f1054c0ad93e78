"""Rules for the repository as a whole."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SKIPPED = {".git", ".venv", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache"}
SKIPPED |= {"__pycache__", "build", "dist", "node_modules", "site", "third_party"}


def files() -> Iterator[Path]:
    """Yield the files that are written by hand or by our own commands."""
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [each for each in inside if each not in SKIPPED]
        for path in (Path(folder) / each for each in names):
            if not re.search(r"_pb2|_pb\.ts$", path.name) and path.suffix not in {".png", ".parquet", ".code", ".gz"}:
                yield path


# In pieces, so that this file passes its own test.
STRANGE = ["pypi" + ".org", "python" + "hosted", "npmjs" + ".", "debian" + ".org/debian", "proxy.golang" + "."]
STRANGE += ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]


def test_no_file_depends_on_the_place_it_was_written_at() -> None:
    """No file names a package registry's host or a folder of a developer's machine."""
    found = [
        (str(path.relative_to(ROOT)), word)
        for path in files()
        for text in [path.read_text(encoding="utf-8")]
        for word in STRANGE
        if word in text
    ]
    assert found == []
