"""Files that a command writes one by one, each whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from boxwright.cli.atomic import write_whole
from boxwright.cli.failures import say_error
from boxwright.cli.remote import address_of, send_written, shown, tell_of
from boxwright.errors import BoxwrightError, DataFileError


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
        """Send what is written to the addresses that were given, if any, and say what is there and what is not."""
        for path in self._untold:
            tell_of(path, f"wrote {shown(path)}", err=not self.said)
        self._untold.clear()
        try:
            send_written()
        except DataFileError as error:
            self.failed = True
            say_error(str(error))

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
