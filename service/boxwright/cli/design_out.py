"""What ``boxwright design`` writes: its catalogs before all else, then the page, each whole or not at all."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.cli.atomic import write_whole
from boxwright.cli.failures import say_error
from boxwright.cli.remote import address_of, send_written, shown, tell_of
from boxwright.errors import BoxwrightError

if TYPE_CHECKING:
    from boxwright.design import Design, Suite


class Outputs:
    """Files that are written one by one: one that fails keeps no other from being written, and is said at once.

    Attributes
    ----------
    said : bool
        Whether standard output says what is written; else standard error does.
    failed : bool
        Whether any is not written.
    """

    def __init__(self, *, said: bool) -> None:
        self.said, self.failed = said, False
        self._written: list[Path] = []
        self._untold: list[Path] = []

    def write(self, path: Path, text: str) -> None:
        """Write a file; ``tell`` says so."""
        with self.attempt(path):
            write_whole(path, text)
            self._written.append(path)
            self._untold.append(path)

    @contextlib.contextmanager
    def attempt(self, path: Path) -> Iterator[None]:
        """Let the body make and write a file; say that it is not written where that fails.

        An error that nobody foresaw goes on, with the name of the file.
        """
        try:
            yield
        except (OSError, BoxwrightError) as error:
            self.failed = True
            say_error(f"{shown(path)}: is not written: {_reason(error, path)}")
        except Exception as error:
            error.add_note(f"{shown(path)} is not written")
            raise

    def tell(self) -> None:
        """Send what is written to the addresses that were given, if any, and say what is there."""
        for path in self._untold:
            tell_of(path, f"wrote {shown(path)}", err=not self.said)
        self._untold.clear()
        send_written()

    @property
    def there(self) -> list[str]:
        """Names of the files that are written, each where it was asked for."""
        # The file that stands in for an address is gone once it is sent.
        return [shown(path) for path in self._written if not address_of(path) or not path.exists()]


def _reason(error: Exception, path: Path) -> str:
    if not isinstance(error, OSError):
        return str(error)
    reason = (error.strerror or str(error)).lower()
    return reason if error.filename in (None, str(path)) else f"{error.filename}: {reason}"


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
