"""Files that a command cannot write, or would write over what it reads or over each other: refused at the start."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from boxwright.cli.remote import FileName, address_of, shown
from boxwright.errors import FieldViolation, InvalidInputError

_WRITTEN = {"--out", "--html", "--picture", "--rejects", "--report", "--save-map"}
"""Options that name a file to write, in whatever command."""


def refuse_overwrites() -> None:
    """Refuse options of the running command that name a file to write which another one reads or writes.

    Raises
    ------
    InvalidInputError
        With every option that does.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return
    read, written = dict[str, str](), list[tuple[str, str]]()
    for param in context.command.params:
        for name in _names(context.params.get(param.name or "")):
            if _is_written(param):
                written.append((param.opts[0], name))
            else:
                read.setdefault(name, _called(param))
    broken = []
    for option, name in written:
        if name in read:
            broken.append(FieldViolation(option, f"must be another file than {read[name]}: that would be written over"))
        else:
            read[name] = option
    if broken:
        raise InvalidInputError(broken)


def check_folder(option: str, path: Path) -> None:
    """Refuse a file to write that is a folder, or that is to stand in one that does not exist.

    Raises
    ------
    InvalidInputError
        Naming the option.
    """
    if path.is_dir() or not path.absolute().parent.is_dir():
        rule = f"must be a file in a folder that exists, got {shown(path)!r}"
        raise InvalidInputError([FieldViolation(option, rule)])


def _is_written(param: click.Parameter) -> bool:
    path = isinstance(param.type, FileName | click.Path)
    return path and (getattr(param.type, "written", False) or not _WRITTEN.isdisjoint(param.opts))


def _called(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.make_metavar(click.get_current_context())


def _names(value: Any) -> Iterator[str]:
    """Yield what files of a value are known by, wherever they are; a device is none."""
    for each in value if isinstance(value, tuple | list) else (value,):
        if isinstance(each, Path) and (address := address_of(each)):
            yield address
        elif isinstance(each, str | Path):
            with contextlib.suppress(OSError):  # a text that is too long for a name
                path = Path(each)
                if path.is_file() or (isinstance(each, Path) and not path.exists()):
                    yield str(path.resolve())
