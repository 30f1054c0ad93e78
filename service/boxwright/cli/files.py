"""Opens input and output files, local or at an address such as ``s3://bucket/orders.csv``.

In place of an address, commands use a path in a temporary folder: fsspec downloads inputs to it, and uploads outputs
from it when they are complete. An output file appears under its name only when it is complete.
"""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import io
import os
import posixpath
import re
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO
from urllib.parse import unquote, urlsplit, urlunsplit

import click

from boxwright.errors import DataFileError, FieldViolation, InvalidInputError, missing_extra

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LOCAL = ("file", "local")
_READ_ONLY = ("http", "https")
_APPEAR_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss"})
"""Schemes of object stores, where only complete objects appear."""
_UNFINISHED = ".unfinished"
_MOST_CHARACTERS = 200
_SYSTEM_FOLDERS = (Path("/dev"), Path("/dev/fd"))
"""Folders of devices and pipes in which other users cannot create files, as they can in ``/dev/shm``."""


@dataclass
class _Address:
    text: str
    written: bool

    @property
    def name(self) -> str:
        """File name in the address; for a file in an archive, the name in the archive."""
        scheme, _, place = next(link for link in self.text.split("::") if "://" in link).partition("://")
        return posixpath.basename(unquote(urlsplit(f"//{place}").path) if scheme.lower() in _READ_ONLY else place)

    def beside(self, name: str) -> str:
        return self.text.removesuffix(self.name) + name


class NotUploadedError(DataFileError):
    """The upload of an output failed; the error names the temporary folder that keeps the file."""


class FileName(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.4 on
    """A local file, or a path in a temporary folder in place of an address; ``written`` marks outputs."""

    name = "path"

    def __init__(self, *, written: bool = False) -> None:
        self.written = written

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the local path."""
        if isinstance(value, Path) or not is_address(value):
            return Path(local_path(value))
        address = _Address(value, self.written)
        if address.name in ("", ".", ".."):
            self.fail(f"must name a file, got {without_secrets(value)!r}", param, ctx)
        if self.written and ("::" in value or value.partition("://")[0].lower() in _READ_ONLY):
            self.fail(f"cannot be written to: {without_secrets(value)!r}", param, ctx)
        return _path_for(address)


def is_address(text: str) -> bool:
    """Return whether a string is the address of a remote file, not a path or ``file://``."""
    return _SCHEME.search(text) is not None and ("::" in text or text.partition("://")[0].lower() not in _LOCAL)


def local_path(text: str) -> str:
    """Return a plain or ``file://`` path as a plain path."""
    scheme, mark, path = text.partition("://")
    return unquote(path) if mark and scheme.lower() in _LOCAL else text


def without_secrets(address: str) -> str:
    """Return an address for messages, without passwords and signatures."""
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
    """Return the name of a file for messages: its address or, if it is local, its path."""
    return without_secrets(address.beside(path.name)) if (address := _addresses().get(path.parent)) else str(path)


def address_of(path: Path) -> str:
    """Return the address of a file; empty if it is local."""
    return address.text if (address := _addresses().get(path.parent)) else ""


def fetched(path: Path) -> Path:
    """Return an input file, downloaded first if it has an address.

    Raises DataFileError if the download fails or is incomplete, UnsupportedError without fsspec.
    """
    if address := _addresses().get(path.parent):
        _copy(*_located(address.text), address.text, path)
    return path


def fetched_name(name: str) -> str:
    """Return the local path of an input, downloaded first if it has an address; other names stay as they are.

    Raises the errors of ``fetched``, and click.BadParameter for an address without a file name.
    """
    return str(fetched(FileName().convert(name, None, None))) if is_address(name) else local_path(name)


def each_fetched(address: str, suffixes: Collection[str]) -> list[tuple[str, Path]]:
    """Download a file, the files that match a pattern, or those of a folder that end in ``suffixes``.

    Returns the address and the local path of each file, sorted by name. Raises the errors of ``fetched``.
    """
    system, place = _located(address)
    with _reasons(address, "cannot be read"):
        if glob.has_magic(place) and not system.exists(place):
            infos = list(system.glob(place, detail=True).values())
        elif address.endswith("/") or system.isdir(place):
            infos = [info for info in system.ls(place, detail=True) if info["name"].lower().endswith(tuple(suffixes))]
        else:
            infos = [{"name": place, "type": "file"}]
    found = []
    for name in sorted(str(info["name"]) for info in infos if info["type"] == "file"):
        full = address if name == place else system.unstrip_protocol(name)
        path = _path_for(_Address(full, written=False))
        _copy(system, name, full, path)
        found.append((system.unstrip_protocol(name), path))
    return found


def check_outputs() -> None:
    """Refuse an output that would overwrite another file of the running command, or has an unreachable address.

    Raises InvalidInputError with every option whose file another option reads or writes; DataFileError for an
    unreachable address; UnsupportedError without fsspec.
    """
    context = click.get_current_context(silent=True)
    named, broken = dict[str, str](), []
    params = context.command.params if context else []
    for param in sorted(params, key=lambda param: getattr(param.type, "written", False)):  # inputs first
        option = param.opts[0] if isinstance(param, click.Option) else param.make_metavar(click.get_current_context())
        for name in _file_names(context.params.get(param.name or "") if context else None):
            if getattr(param.type, "written", False) and name in named:
                rule = f"must not name the file of {named[name]}, which would be overwritten"
                broken.append(FieldViolation(option, rule))
            named.setdefault(name, option)
    if broken:
        raise InvalidInputError(broken)
    for address in _addresses().values():
        if address.written:
            _located(address.text)


def _file_names(value: Any) -> Iterator[str]:
    """Yield the full names of the files in an option's value, without devices."""
    for name in value if isinstance(value, tuple | list) else (value,):
        if isinstance(name, Path) and (address := _addresses().get(name.parent)):
            yield address.beside(name.name)
        elif isinstance(name, str | Path):
            with contextlib.suppress(OSError):  # some strings are too long for a file name
                path = Path(name)
                if path.is_file() or (isinstance(name, Path) and not path.exists()):
                    yield str(path.resolve())


def digest_of(path: Path) -> str:
    """Return the BLAKE2b hash of a file, 32 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def check_folder(option: str, path: Path) -> None:
    """Raise InvalidInputError if the file of an option is a folder, or its folder does not exist."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        rule = f"must be a file in a folder that exists, got {shown(path)!r}"
        raise InvalidInputError([FieldViolation(option, rule)])


def write_whole(path: Path, text: str, *, private: bool = False) -> None:
    """Write a text file atomically; see :func:`whole_binary_file`."""
    with whole_file(path, private=private) as file:
        file.write(text)


@contextlib.contextmanager
def whole_file(path: Path, *, private: bool = False, follow: bool = True) -> Iterator[TextIO]:
    """Open a text file that is written atomically; see :func:`whole_binary_file`."""
    with whole_binary_file(path, private=private, follow=follow) as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8", newline="\n", write_through=True)
        yield file
        file.flush()
        file.detach()


@contextlib.contextmanager
def whole_binary_file(path: Path, *, private: bool = False, follow: bool = True) -> Iterator[BinaryIO]:
    """Open a temporary file for bytes; at the end rename it to ``path``, and upload it if ``path`` has an address.

    If the body raises, the temporary file is removed and ``path`` stays unchanged. If the path is a link, its target is
    replaced and the link stays. A device or pipe, such as ``/dev/stdout``, is written directly, since a file must not
    replace it.

    Parameters
    ----------
    private : bool, optional
        If true, only the owner may read the file, which is synced to disk before the rename. As far as the system
        allows, the file keeps the owner and group of the file that it replaces, and a group that could read that file
        can read this one: a server that runs as another user reads files through their group. Default false.
    follow : bool, optional
        If false, refuse links, and pipes and devices that are not in ``/dev``: another user may have created them in a
        shared folder. Default true.

    Raises
    ------
    OSError
        With the name of ``path``, if it cannot be written, or is a folder or ``-``.
    NotUploadedError
        If the upload fails.
    """
    if str(path) == "-":
        raise OSError(errno.EINVAL, "must name a file: standard output is /dev/stdout", "-")
    given, path = path, path.resolve() if follow else path.parent.resolve() / path.name
    leads_away = given.is_symlink() or (is_device(given) and not given.is_dir())
    if leads_away and not follow and given.absolute().parent not in _SYSTEM_FOLDERS:
        raise OSError(errno.EINVAL, "must not be a link, pipe or device outside /dev", str(given))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(given))
    if is_device(given):
        with io.BufferedWriter(_Named(given, given)) as file:
            yield file
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(given)) from None
    temporary = Path(name)
    try:
        with io.BufferedWriter(_Named(handle, given)) as file:
            yield file
            if private:
                file.flush()
                # If links are refused, the folder may belong to another user.
                if follow and path.exists() and hasattr(os, "fchown"):
                    before = path.stat()
                    with contextlib.suppress(PermissionError):  # the writer stays the owner
                        os.fchown(file.fileno(), before.st_uid, before.st_gid)
                        os.fchmod(file.fileno(), 0o600 | before.st_mode & stat.S_IRGRP)
                os.fsync(file.fileno())
        if not private:
            # mkstemp() makes private files: give the file the usual permissions.
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if address := _addresses().get(given.parent):
        try:
            _put(path, address.beside(path.name))
        except DataFileError as error:
            del _addresses()[given.parent]  # the folder is kept, since the file may hold hours of planning
            where = FieldViolation("file", f"is kept as {path}: copy it to its address")
            raise NotUploadedError(error.file, [*error.violations, where]) from None


class _Named(io.FileIO):
    """A temporary file whose errors name the final path."""

    def __init__(self, file: int | Path, named: Path) -> None:
        super().__init__(file, "wb")
        self._named = named

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror or str(error), str(self._named)) from None


def is_device(path: Path) -> bool:
    """Return whether a path is a device, pipe or folder."""
    return path.exists() and not path.is_file()  # not resolved, since /dev/stdout resolves to a name without a folder


def _located(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # fsspec ships no type information
    except ImportError:
        raise missing_extra(without_secrets(address), "files at an address need fsspec", "remote") from None
    with _reasons(address, "cannot be reached"):
        system, place = url_to_fs(address)
        return system, str(place)


def _copy(system: Any, place: str, address: str, path: Path) -> None:
    with _reasons(address, "cannot be read"):
        size = system.info(place).get("size")
        system.get_file(place, str(path))
        if size is not None and path.stat().st_size != size:
            raise ValueError(f"got {path.stat().st_size:,} of {size:,} bytes")


def _put(path: Path, address: str) -> None:
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


@contextlib.contextmanager
def _reasons(address: str, what: str) -> Iterator[None]:
    """Turn any error into a DataFileError of one line, since each storage library has its own errors."""
    try:
        yield
    except Exception as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else str(error).replace(address, "it")
        reason = next(iter(reason.strip().splitlines()), "")[:_MOST_CHARACTERS] or type(error).__name__
        raise DataFileError(without_secrets(address), [FieldViolation("file", f"{what}: {reason}")]) from None


def _path_for(address: _Address) -> Path:
    """Return a path in a new temporary folder, which is deleted when the command ends."""
    folder = Path(tempfile.mkdtemp(prefix="boxwright-"))
    addresses = _addresses()
    addresses[folder] = address

    def leave() -> None:
        if folder in addresses:
            shutil.rmtree(folder, ignore_errors=True)

    click.get_current_context().find_root().call_on_close(leave)
    return folder / address.name


def _addresses() -> dict[Path, _Address]:
    """Return, by temporary folder, the addresses of the running command."""
    context = click.get_current_context(silent=True)
    found: dict[Path, _Address] = {} if context is None else context.meta.setdefault(__name__, {})
    return found
