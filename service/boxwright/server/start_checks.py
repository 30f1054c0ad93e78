"""What keeps a server from starting, found before its store is opened: a start that fails changes nothing there."""

import contextlib
import errno
import logging
import socket

from boxwright.errors import BoxwrightError
from boxwright.findings import Findings
from boxwright.server.loaded_files import LoadedFiles
from boxwright.server.logs import log
from boxwright.server.plan_archive import opened
from boxwright.server.settings import Settings, host_and_port
from boxwright.server.shelf import Shelf
from boxwright.server.written import Written
from boxwright.store import StoreAbsentError, StoreError

ADDRESSES = ("address", "admin_address", "http_address")


class ServerStartError(BoxwrightError):
    """The server cannot start, such as when its port is taken."""


def check_addresses(settings: Settings) -> None:
    """Take all ports for a moment.

    Raises
    ------
    ServerStartError
        If one cannot be taken.
    InvalidInputError
        If one will not be, however often it is tried: it is of another machine, or this user may not have it.
    """
    found = Findings()
    with contextlib.ExitStack() as taken:
        for name in ADDRESSES:
            if address := getattr(settings, name):
                _take(name, address, taken, found)
    found.raise_any()


NEVER = {
    errno.EADDRNOTAVAIL: "must be an address of this machine",
    errno.EACCES: "must have a port that this user may take, such as one from 1,024 on",
}
"""Rules that a door breaks, by what the system says; any other fault may pass by itself."""


def _take(name: str, address: str, taken: contextlib.ExitStack, found: Findings) -> None:
    """Take a port at every address of its host; one of them is enough."""
    host, port = host_and_port(address)
    doors, fault = 0, None
    try:
        for family, kind, number, _, target in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            try:
                door = taken.enter_context(socket.socket(family, kind, number))
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections take no port
                door.bind(target)
                door.listen()  # else two may have it
                doors += 1
            except OSError as error:
                fault = error
    except OSError as error:
        fault = error
    if not doors and fault is not None and fault.errno in NEVER:
        found.add(name, f"{NEVER[fault.errno]}, got {address!r}")
    elif not doors:
        raise ServerStartError(f"cannot listen on {address} ({name}): is it taken? {fault}")


def check_catalogs(files: LoadedFiles) -> None:
    """Put together what files say and what the store holds, as far as that can be read before it is opened.

    Raises
    ------
    DataFileError
        If a site names what is not there.
    InvalidInputError
        If the default catalog or profile does not exist, or a catalog is in a file and written.
    """
    Shelf.of(files, _held(files.settings), strict=False)


def _held(settings: Settings) -> Written:
    """Return the catalogs that a store holds; nothing of it is made or changed."""
    if not settings.store:
        return Written()
    try:
        with opened(settings.store) as store:
            return Written.read(store.read)
    except StoreAbsentError:
        return Written()
    except StoreError:
        return Written(unread=True)  # away, damaged or of another version: whoever opens it says so


def say_who_may_call(settings: Settings) -> None:
    """Say at the start what an operator may not have meant."""
    if not settings.callers_are_known:
        log(logging.WARNING, "callers are not authenticated: anybody who reaches these addresses may call")
    elif settings.needs_tokens and not settings.tls_certificate:
        log(logging.WARNING, "tokens travel unencrypted: set tls_certificate, unless what stands in front encrypts")
