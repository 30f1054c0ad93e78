"""Ends commands with an exit code and a message, not a traceback."""

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import click

from boxwright.cli.files import NotUploadedError, check_outputs, shown, write_whole
from boxwright.cli.option_rows import option_of
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.order import FragilityClass
from boxwright.domain.plan import IncompletePlanError, UnpackedReason, by_cause
from boxwright.domain.rounded import visible
from boxwright.errors import BoxwrightError, DataFileError, FieldViolation, InvalidInputError

FOUND_WANTING = 1
"""A plan breaks rules, or an engine's answer failed the independent check."""
BAD_INPUT = 2
"""A file, field or option breaks a rule; click uses the same code."""
NOT_WHOLE = 3
"""An order cannot be packed completely."""
INTERRUPTED = 130
"""Interrupted from the keyboard: 128 plus the number of the signal, as in shells."""

PARTIAL_HINT = "(--allow-partial accepts a plan without them)"
OWN_HINT = "(a unit that can ship in its own packaging needs no box: set ships_in_own_container of its line)"
_NO_BOX = (UnpackedReason.DOES_NOT_FIT_ANY_BOX, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX)


@contextlib.contextmanager
def errors_reported() -> Iterator[None]:
    """Check the output options of a command, then turn its errors into messages and exit codes."""
    try:
        check_outputs()
        yield
    except IncompletePlanError as error:
        reasons = [words for words, _ in by_cause(error.unpacked)]
        # Very fragile goods cannot ship unboxed, and some reasons already state a remedy.
        remedied = ("it needs a box of", FragilityClass.VERY_FRAGILE)
        no_box = (unit for unit in error.unpacked if unit.reason in _NO_BOX)
        hints = [OWN_HINT] if any(not any(word in unit.message for word in remedied) for unit in no_box) else []
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
        # An error without a file name comes from one of these two.
        where = error.filename or f"standard output, or a temporary file in {tempfile.gettempdir()}"
        _leave(BAD_INPUT, f"{where}: {(error.strerror or str(error)).lower()}")


class Command(click.Command):
    """A command whose errors ``errors_reported`` reports."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with errors_reported():
            return super().invoke(ctx)


class CommandGroup(click.Group):
    """A group of commands whose errors ``errors_reported`` reports."""

    command_class = Command


def warn(texts: Iterable[object]) -> None:
    """Print warnings to standard error, one per line."""
    for text in texts:
        click.echo(visible(f"warning: {text}"), err=True)


def say_error(text: str) -> None:
    """Print an error to standard error."""
    first, *others = text.splitlines()
    for line in (f"Error: {first}", *others):
        click.echo(visible(line), err=True)


def refusal(field: str, rule: str) -> InvalidInputError:
    """Return the error for a broken rule of a field."""
    return InvalidInputError([FieldViolation(field, rule)])


def _leave(code: int, text: str) -> NoReturn:
    say_error(text)
    raise SystemExit(code)


class Outputs:
    """Writes several output files. A file that cannot be written is reported and does not stop the others.

    ``failed`` is then true; ``written`` holds the names of written files. If ``quiet``, messages about files go to
    standard error, since standard output holds JSON.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.quiet, self.failed, self.written = quiet, False, list[str]()

    @contextlib.contextmanager
    def going_on(self, path: Path) -> Iterator[None]:
        """Report a failure of the body to write a file, and go on; add the file's name to unexpected errors."""
        name = shown(path)
        try:
            with self.uploading():
                yield
                self.written.append(name)
        except (OSError, BoxwrightError) as error:
            self.failed = True
            reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)
            if isinstance(error, OSError) and error.filename not in (None, str(path)):
                reason = f"{error.filename}: {reason}"
            say_error(f"{name}: not written: {reason}")
        except Exception as error:
            error.add_note(f"{name} is not written")
            raise

    @contextlib.contextmanager
    def uploading(self) -> Iterator[None]:
        """Report a failed upload in the body, and go on."""
        try:
            yield
        except NotUploadedError as error:
            self.failed = True
            say_error(str(error))

    def write(self, path: Path, make: Callable[[], str]) -> None:
        """Make the text of a file, write it, and print its name."""
        with self.going_on(path):
            write_whole(path, make())
            click.echo(f"wrote {shown(path)}", err=self.quiet)
