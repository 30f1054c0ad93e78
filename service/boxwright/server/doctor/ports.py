"""Ports: free, or taken and by whom."""

import contextlib
import errno
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from boxwright.server.doctor.finding import Finding, Level
from boxwright.server.health import check as asked_health
from boxwright.server.settings import Settings, host_and_port

DOORS = ("address", "http_address", "admin_address")
_LISTENS = "0A"
"""State of a listening socket in what Linux says of sockets."""


def look_at_ports(settings: Settings) -> Iterator[Finding]:
    """Yield a line for each door; all are taken at once for a moment."""
    with contextlib.ExitStack() as taken:
        for name in DOORS:
            address = getattr(settings, name)
            if not address:
                yield Finding("ports", Level.OK, f"{name} is off")
            else:
                yield _door(name, address, settings, taken)


def _door(name: str, address: str, settings: Settings, taken: contextlib.ExitStack) -> Finding:
    host, port = host_and_port(address)
    try:
        family, kind, number, _, target = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        door = taken.enter_context(socket.socket(family, kind, number))
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: closed connections take no port
        door.bind(target)
        door.listen()
    except socket.gaierror:
        return Finding("ports", Level.FAIL, f"{name} {address}: the host has no address here", f"set {name}")
    except OSError as error:
        return _not_taken(name, address, error, settings)
    return Finding("ports", Level.OK, f"{name} {address} is free" if port else f"{name} {address} takes a free port")


def _not_taken(name: str, address: str, error: OSError, settings: Settings) -> Finding:
    if error.errno == errno.EADDRNOTAVAIL:
        return Finding("ports", Level.FAIL, f"{name} {address} is no address of this machine", f"set {name}")
    if error.errno == errno.EACCES:
        mend = f"set {name} to a port from 1,024 on, or give the server CAP_NET_BIND_SERVICE"
        return Finding("ports", Level.FAIL, f"{name} {address} may not be taken by this user", mend)
    if error.errno != errno.EADDRINUSE:
        return Finding("ports", Level.FAIL, f"{name} {address} cannot be taken: {error.strerror}", f"set {name}")
    who = _holder(host_and_port(address)[1] or 0)
    if asked_health([], _environment(settings))[1]:
        says = f"{name} {address} is taken{who}: a Boxwright server with these addresses serves"
        return Finding("ports", Level.OK, says)
    if "(boxwright)" in who:  # it may serve well with files that have changed since, such as certificates
        says = f"{name} {address} is taken{who}, whose health cannot be asked with these settings"
        return Finding("ports", Level.WARN, says, f"leave it if it is the server of these settings, else set {name}")
    return Finding("ports", Level.FAIL, f"{name} {address} is taken{who}", f"end what has it, or set {name}")


def _environment(settings: Settings) -> Mapping[str, str]:
    given = {name: getattr(settings, name) for name in ("address", "admin_address", "tls_certificate")}
    return {f"BOXWRIGHT_{name.upper()}": value for name, value in given.items() if value}


def _holder(port: int) -> str:
    """Return which process listens at a port, in words; empty where the system does not say."""
    if sys.platform != "linux":
        return ""
    sockets = _listening(port)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # of another user, or gone
            if any(str(each.readlink()) in sockets for each in (folder / "fd").iterdir()):
                return f" by process {folder.name} ({(folder / 'comm').read_text().strip()})"
    return " by a process of another user" if sockets else ""


def _listening(port: int) -> set[str]:
    found = set()
    for name in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found
