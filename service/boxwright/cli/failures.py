"""Errors of the rooms below as exit codes and messages, without a traceback."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator

import click

from boxwright.cli.option_rows import option_of
from boxwright.cli.overwrites import refuse_overwrites
from boxwright.domain.incomplete import IncompletePlanError, by_cause
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.order import FragilityClass
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.domain.rounded import visible
from boxwright.errors import BoxwrightError, DataFileError, FieldViolation, InvalidInputError

FOUND_WANTING = 1
"""A plan breaks rules, or an engine's answer failed the independent check."""
BAD_INPUT = 2
"""A file, field or option breaks a rule; click uses the same code."""
NOT_WHOLE = 3
"""An order cannot be packed whole."""
INTERRUPTED = 130
"""Ended from the keyboard; shells give 128 and the number of the signal."""

PARTIAL_HINT = "(--allow-partial accepts a plan without them)"
OWN_HINT = "(a unit whose own packaging is made to travel needs no box: ships_in_own_container of its line)"
_NO_BOX = (UnpackedReason.DOES_NOT_FIT_ANY_BOX, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX)


@contextlib.contextmanager
def told_to_users() -> Iterator[None]:
    """Turn errors into a message on standard error and an exit code; files to write are no files that are read."""
    try:
        refuse_overwrites()
        yield
    except IncompletePlanError as error:
        headline = str(error).split(":", 1)[0]
        reasons = [f"  {words}" for words, _ in by_cause(error.unpacked)]
        _leave(NOT_WHOLE, [f"{headline}:", *reasons, *(f"  {hint}" for hint in _ways_out(error.unpacked))])
    except DataFileError as error:
        _leave(BAD_INPUT, str(error).splitlines())
    except InvalidInputError as error:
        _leave(BAD_INPUT, [f"{option_of(each.field)}: {each.rule}" for each in error.violations])
    except MissingFactorError as error:
        _leave(BAD_INPUT, [f"--objective: emissions cannot be compared, {error}"])
    except BoxwrightError as error:
        _leave(FOUND_WANTING, [str(error)])
    except OSError as error:
        # Writing to a named output names it; these two have no name.
        where = error.filename or f"standard output, or a temporary file in {tempfile.gettempdir()}"
        _leave(BAD_INPUT, [f"{where}: {(error.strerror or str(error)).lower()}"])


def _ways_out(unpacked: Iterable[UnpackedUnit]) -> Iterator[str]:
    """Yield what a caller may do about units that are not packed, but for what their reasons already say."""
    # Very fragile goods may not ship as they are, and other delicate ones have their way out in the reason.
    said = ("it needs a box of", FragilityClass.VERY_FRAGILE)
    if any(each.reason in _NO_BOX and not any(word in each.message for word in said) for each in unpacked):
        yield OWN_HINT
    yield PARTIAL_HINT


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
    """Return the error of one broken rule."""
    return InvalidInputError([FieldViolation(field, rule)])


def _leave(code: int, lines: list[str]) -> None:
    """Print an error and leave with an exit code."""
    say_error("\n".join(lines))
    raise SystemExit(code)
