"""Files at an address, such as ``s3://bucket/orders.csv``, through fsspec.

A file that is read is copied to this machine first, whole; one that is written goes there once it is whole. In between
commands work on files of this machine, which stand in for those at addresses.
"""

from __future__ import annotations

import contextlib
import glob
import posixpath
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import click

from boxwright.errors import DataFileError, FieldViolation, missing_extra

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HERE = ("file", "local")
_READ_ONLY = ("http", "https")
_APPEAR_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss"})
"""Object stores: what is written there has its name when all of it has arrived, and not before."""
_UNFINISHED = ".unfinished"
_MOST_SAID = 200
_UNTOLD = f"{__name__}.untold"


@dataclass(frozen=True, slots=True)
class _Address:
    """An address, and whether it is written to."""

    text: str
    written: bool

    @property
    def name(self) -> str:
        """Last part of it; of a chain, that of the file in the archive."""
        link = next(each for each in self.text.split("::") if "://" in each)
        scheme = link.partition("://")[0].lower()
        return posixpath.basename(unquote(urlsplit(link).path) if scheme in _READ_ONLY else link.partition("://")[2])

    def with_name(self, name: str) -> str:
        """Return the address of another file in the same folder."""
        return self.text.removesuffix(self.name) + name


class FileName(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """A file of this machine, or an address, for which a path in a temporary folder stands in.

    Parameters
    ----------
    written : bool, optional
        Whether the command writes it.

    Attributes
    ----------
    written : bool
        The same.
    """

    name = "path"

    def __init__(self, *, written: bool = False) -> None:
        self.written = written

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path to work on."""
        if isinstance(value, Path) or not is_address(value):
            return Path(here(value))
        scheme = value.partition("://")[0]
        address = _Address(value, self.written)
        if address.name in ("", ".", ".."):
            self.fail(f"must name a file, got {said(value)!r}", param, ctx)
        if self.written and ("::" in value or scheme.lower() in _READ_ONLY):
            self.fail(f"cannot be written to: {said(value)!r}", param, ctx)
        return _stand_in(address)


def is_address(text: str) -> bool:
    """Whether a text is an address of a file, and no path of this machine; ``file://`` is one of those."""
    return _SCHEME.search(text) is not None and ("::" in text or text.partition("://")[0].lower() not in _HERE)


def here(text: str) -> str:
    """Return the path of this machine that a text means, as it stands or as ``file://``."""
    scheme, mark, path = text.partition("://")
    return unquote(path) if mark and scheme.lower() in _HERE else text


def said(address: str) -> str:
    """Return an address as it may be printed: without passwords and the signed part of a link."""
    links = []
    for link in address.split("::"):
        scheme, mark, rest = link.partition("://")
        if scheme.lower() in _READ_ONLY:
            parts = urlsplit(link)
            link = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        elif mark:
            place, slash, path = rest.partition("/")
            link = scheme + mark + re.sub(r":[^@/]*@", "@", place) + slash + path
        links.append(link)
    return "::".join(links)


def shown(path: Path) -> str:
    """Return the name of a file for messages: the address that it stands in for, else its path."""
    return said(address.with_name(path.name)) if (address := _addresses().get(path.parent)) else str(path)


def tell_of(path: Path, text: str, *, err: bool = False) -> None:
    """Print what was written to a file: at once, or once the file is at the address that it stands in for."""
    if path.parent in _addresses():
        _untold().setdefault(path.parent, []).append((text, err))
    else:
        click.echo(text, err=err)


def address_of(path: Path | None) -> str:
    """Return the address that a path stands in for; empty if it is a file of this machine."""
    address = None if path is None else _addresses().get(path.parent)
    return address.text if address else ""


def fetched(path: Path) -> Path:
    """Return a file that is to be read, which is copied from its address first if it stands in for one.

    Raises
    ------
    DataFileError
        If it cannot be read there, or did not arrive whole.
    UnsupportedError
        If fsspec is not installed.
    """
    if address := _addresses().get(path.parent):
        system, place = _located(address.text)
        _copy(system, place, address.text, path)
    return path


def fetched_name(name: str) -> str:
    """Return what names a file here: the copy of one at an address, a path, or any other name as it is.

    Raises
    ------
    DataFileError, UnsupportedError
        As for ``fetched``; refused as a wrong option if it names no file.
    """
    return str(fetched(FileName().convert(name, None, None))) if is_address(name) else here(name)


def each_fetched(address: str, suffixes: Collection[str]) -> list[tuple[str, Path]]:
    """Return the files at an address, copied here: one, those of a folder, or those that a pattern fits.

    Returns
    -------
    list of (str, Path)
        Where each is, always in the same words, and its copy, by name; of a folder only files with these suffixes.

    Raises
    ------
    DataFileError, UnsupportedError
        As for ``fetched``.
    """
    system, place = _located(address)
    with _reasons(address, "cannot be read"):
        if glob.has_magic(place) and not system.exists(place):
            infos = list(system.glob(place, detail=True).values())
        elif address.endswith("/") or system.isdir(place):
            infos = [each for each in system.ls(place, detail=True) if each["name"].lower().endswith(tuple(suffixes))]
        else:
            infos = [{"name": place, "type": "file"}]
    found = []
    for info in sorted(infos, key=lambda each: str(each["name"])):
        if info["type"] == "file":
            full = address if info["name"] == place else system.unstrip_protocol(info["name"])
            path = _stand_in(_Address(full, written=False))
            _copy(system, info["name"], full, path)
            found.append((system.unstrip_protocol(info["name"]), path))
    return found


@contextlib.contextmanager
def sent_at_end() -> Iterator[None]:
    """Send the files that the body wrote to their addresses once it ends; nothing if it raises an error.

    An exit code is no error: what was written until then stands. Side files go first, so that where the file asked for
    is, all of it is.

    Raises
    ------
    DataFileError
        If an address cannot be reached, before the body begins; or written to, and then the files are kept.
    UnsupportedError
        If fsspec is not installed.
    """
    for address in _targets().values():
        _located(address.text)
    try:
        yield
    except SystemExit:
        _send(_targets())
        raise
    _send(_targets())


def send_written() -> None:
    """Send the files that are written by now to their addresses, before the rest is made.

    Raises
    ------
    DataFileError
        If an address cannot be written to; then the files are kept.
    """
    _send({folder: address for folder, address in _targets().items() if any(folder.iterdir())})


def _targets() -> dict[Path, _Address]:
    return {folder: address for folder, address in _addresses().items() if address.written}


def _send(targets: dict[Path, _Address]) -> None:
    left = dict(targets)
    for folder, address in targets.items():
        for path in sorted(folder.iterdir(), key=lambda each: (each.name == address.name, each.name)):
            try:
                _put(path, address.with_name(path.name))
            except DataFileError as error:
                # Hours of planning may be in them.
                for kept in left:
                    del _addresses()[kept]
                where = FieldViolation("file", f"files that are not there yet are kept in {', '.join(map(str, left))}")
                raise DataFileError(error.file, [*error.violations, where]) from None
            path.unlink()  # sent once
        del left[folder]
        for text, err in _untold().pop(folder, []):
            click.echo(text, err=err)


def _put(path: Path, address: str) -> None:
    """Write a file at an address, where it appears whole or not at all."""
    system, place = _located(address)
    with _reasons(address, "cannot be written"):
        if not _APPEAR_WHOLE.isdisjoint([system.protocol] if isinstance(system.protocol, str) else system.protocol):
            system.put_file(str(path), place)
            return
        try:
            system.put_file(str(path), place + _UNFINISHED)
            system.mv(place + _UNFINISHED, place)
        except BaseException:
            with contextlib.suppress(Exception):
                system.rm_file(place + _UNFINISHED)
            raise


def _copy(system: Any, place: str, address: str, path: Path) -> None:
    """Copy a file here; one that is cut off on its way is refused."""
    with _reasons(address, "cannot be read"):
        size = system.info(place).get("size")
        system.get_file(place, str(path))
        if size is not None and path.stat().st_size != size:
            raise ValueError(f"got {path.stat().st_size:,} of {size:,} bytes")


def _located(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the place in it."""
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # fsspec ships no type information
    except ImportError:
        raise missing_extra(said(address), "files at an address need fsspec", "remote") from None
    with _reasons(address, "cannot be reached"):
        system, place = url_to_fs(address)
        return system, str(place)


@contextlib.contextmanager
def _reasons(address: str, what: str) -> Iterator[None]:
    """Turn whatever a storage raises into one line; each kind of storage has errors of its own."""
    try:
        yield
    except Exception as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error).replace(address, "it")
        reason = next(iter(reason.strip().splitlines()), "")[:_MOST_SAID] or type(error).__name__
        raise DataFileError(said(address), [FieldViolation("file", f"{what}: {reason}")]) from None


def _stand_in(address: _Address) -> Path:
    """Return a path of this machine for an address; its folder is gone when the command ends."""
    folder = Path(tempfile.mkdtemp(prefix="boxwright-"))
    addresses = _addresses()
    addresses[folder] = address

    def leave() -> None:
        if folder in addresses:
            shutil.rmtree(folder, ignore_errors=True)

    click.get_current_context().find_root().call_on_close(leave)
    return folder / address.name


def _addresses() -> dict[Path, _Address]:
    """Return the addresses of the command that runs, by the folder that stands in for where they are."""
    context = click.get_current_context(silent=True)
    found: dict[Path, _Address] = {} if context is None else context.meta.setdefault(__name__, {})
    return found


def _untold() -> dict[Path, list[tuple[str, bool]]]:
    """Return what is still to be printed, and whether on standard error, by the folder that is to be sent before."""
    context = click.get_current_context(silent=True)
    found: dict[Path, list[tuple[str, bool]]] = {} if context is None else context.meta.setdefault(_UNTOLD, {})
    return found
