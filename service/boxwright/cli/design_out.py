"""The catalogs that ``boxwright design`` writes, each called as its file."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxwright.design import Design, Suite


def called_as_files(made: Design, out_file: Path | None) -> Design:
    """Return the design with each catalog called as its file, so that the page and the files name it alike."""
    if out_file is None:
        return made
    called = [dataclasses.replace(each.catalog, catalog_id=_path_of(made, each, out_file).stem) for each in made.suites]
    suites = tuple(
        dataclasses.replace(each, catalog=catalog) for each, catalog in zip(made.suites, called, strict=True)
    )
    return dataclasses.replace(made, suites=suites)


def _path_of(made: Design, suite: Suite, out_file: Path) -> Path:
    """Return where a catalog is written: of several, the file's name with the number of sizes."""
    return out_file if len(made.suites) == 1 else out_file.with_stem(f"{out_file.stem}-{suite.sizes}")


def catalog_files(made: Design, out_file: Path | None) -> Iterator[tuple[Path, str]]:
    """Yield each catalog file with what it holds."""
    from boxwright.catalog import load_materials
    from boxwright.design import catalog_toml, premises

    if out_file is None:
        return
    for suite in made.suites:
        text = catalog_toml(suite.catalog, load_materials(), ("Made by boxwright design.", *premises(made)))
        yield _path_of(made, suite, out_file), text
