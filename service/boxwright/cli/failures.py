"""Turns errors into exit codes and messages without traceback."""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from boxwright.cli.files import address_of, check_outputs, send_written, shown, tell_of, write_whole
from boxwright.cli.option_rows import option_of
from boxwright.domain.incomplete import IncompletePlanError, by_cause
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.order import FragilityClass
from boxwright.domain.plan import UnpackedReason
from boxwright.domain.rounded import visible
from boxwright.errors import BoxwrightError, DataFileError, FieldViolation, InvalidInputError

FOUND_WANTING = 1
"""A plan breaks rules, or an engine's answer failed the independent check."""
BAD_INPUT = 2
"""A file, field or option breaks a rule; click uses the same code."""
NOT_WHOLE = 3
"""An order cannot be packed whole."""
INTERRUPTED = 130
"""Interrupted from the keyboard: 128 and the signal number, as in shells."""

PARTIAL_HINT = "(--allow-partial accepts a plan without them)"
OWN_HINT = "(a unit whose own packaging is made to travel needs no box: ships_in_own_container of its line)"
_NO_BOX = (UnpackedReason.DOES_NOT_FIT_ANY_BOX, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX)


@contextlib.contextmanager
def told_to_users() -> Iterator[None]:
    """Run a command: its errors become messages on standard error and exit codes.

    Outputs must not be inputs; outputs at addresses are uploaded at the end.
    """
    try:
        check_outputs()
        try:
            yield
        except SystemExit:  # an exit code is no error: outputs so far are uploaded
            send_written()
            raise
        send_written()
    except IncompletePlanError as error:
        reasons = [words for words, _ in by_cause(error.unpacked)]
        # Very fragile goods cannot ship unboxed; for others the reason states a remedy.
        told = ("it needs a box of", FragilityClass.VERY_FRAGILE)
        no_box = (unit for unit in error.unpacked if unit.reason in _NO_BOX)
        hints = [OWN_HINT] if any(not any(word in unit.message for word in told) for unit in no_box) else []
        more = "".join(f"\n  {line}" for line in (*reasons, *hints, PARTIAL_HINT))
        _leave(NOT_WHOLE, f"{str(error).split(':', 1)[0]}:{more}")
    except DataFileError as error:
        _leave(BAD_INPUT, str(error))
    except InvalidInputError as error:
        _leave(BAD_INPUT, "\n".join(f"{option_of(broken.field)}: {broken.rule}" for broken in error.violations))
    except MissingFactorError as error:
        _leave(BAD_INPUT, f"--objective: emissions cannot be compared, {error}")
    except BoxwrightError as error:
        _leave(FOUND_WANTING, str(error))
    except OSError as error:
        # Named outputs appear in their errors; these two streams have no name.
        where = error.filename or f"standard output, or a temporary file in {tempfile.gettempdir()}"
        _leave(BAD_INPUT, f"{where}: {(error.strerror or str(error)).lower()}")


class Command(click.Command):
    """A command that runs within ``told_to_users``."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with told_to_users():
            return super().invoke(ctx)


class CommandGroup(click.Group):
    """A group of such commands."""

    command_class = Command


def warn(texts: Iterable[object]) -> None:
    """Print warnings to standard error, each on a line."""
    for text in texts:
        click.echo(visible(f"warning: {text}"), err=True)


def say_error(text: str) -> None:
    """Print an error to standard error, line by line, and go on."""
    first, *others = text.splitlines()
    for line in (f"Error: {first}", *others):
        click.echo(visible(line), err=True)


def refusal(field: str, rule: str) -> InvalidInputError:
    """Return the error for a broken rule of a field."""
    return InvalidInputError([FieldViolation(field, rule)])


def _leave(code: int, text: str) -> NoReturn:
    """Print an error and exit with a code."""
    say_error(text)
    raise SystemExit(code)


class Outputs:
    """Writes several output files: a failure is reported at once and does not stop the others.

    Attributes
    ----------
    said : bool
        Whether standard output names the files written; else standard error does.
    failed : bool
        Whether any file was not written.
    """

    def __init__(self, *, said: bool) -> None:
        self.said, self.failed = said, False
        self._written: list[Path] = []

    def write(self, path: Path, make: Callable[[], str]) -> None:
        """Make the text of a file, write it and upload it if it has an address; print the result.

        An unexpected error is raised with the name of the file.
        """
        try:
            write_whole(path, make())
            self._written.append(path)
            tell_of(path, f"wrote {shown(path)}", err=not self.said)
        except (OSError, BoxwrightError) as error:
            self.failed = True
            reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
            if isinstance(error, OSError) and error.filename not in (None, str(path)):
                reason = f"{error.filename}: {reason}"
            say_error(f"{shown(path)}: not written: {reason}")
        except Exception as error:
            error.add_note(f"{shown(path)} is not written")
            raise
        self.send()

    def send(self) -> None:
        """Upload files to their addresses."""
        try:
            send_written()
        except DataFileError as error:
            self.failed = True
            say_error(str(error))

    @property
    def there(self) -> list[str]:
        """Names of the files written, as the user gave them."""
        # The local copy of an address is gone after the upload.
        return [shown(path) for path in self._written if not address_of(path) or not path.exists()]
