"""What holds for the repository as a whole."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SKIPPED = {".git", ".venv", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache"}
SKIPPED |= {"__pycache__", "build", "dist", "node_modules", "third_party"}
FILES = [
    path
    for path in sorted(ROOT.rglob("*"))
    if path.is_file()
    and not SKIPPED & set(path.relative_to(ROOT).parts)
    and not re.search(r"_pb2|_pb\.ts$", path.name)
    and path.suffix not in {".png", ".parquet", ".code"}
]
# In pieces, so that this file passes its own test.
STRANGE = ["pypi" + ".org", "python" + "hosted", "npmjs" + ".", "debian" + ".org/debian", "proxy.golang" + "."]
STRANGE += ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]


def test_no_file_depends_on_the_place_it_was_written_at() -> None:
    """No file names a package registry's host or a folder of somebody's machine."""
    found = [
        (str(path.relative_to(ROOT)), word)
        for path in FILES
        for word in STRANGE
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []
