"""Who calls, and how long for."""

import ipaddress
import math
import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote

from boxwright.server.access.auth import CALLING
from boxwright.server.logs import address_of

FORWARDED: ContextVar[str] = ContextVar("forwarded", default="")
"""Who made the call over gRPC that this task answers, by the proxy that sent it on; empty where none did."""


def caller(context: Any) -> str:
    """Return who calls: whose token or certificate it is; where callers are not known the address."""
    principal = CALLING.get()
    return address_of(peer_of(context)) if principal is None else principal.who


def peer_of(context: Any) -> str:
    """Return the address of a caller as gRPC writes it."""
    return FORWARDED.get() or str(context.peer())


def written_peer(host: str, port: int) -> str:
    """Return an address as gRPC writes it, so that limits count all ports together."""
    host = host.removeprefix("::ffff:")  # an IPv4 address at a socket of IPv6
    return f"ipv6:%5B{host}%5D:{port}" if ":" in host else f"ipv4:{host}:{port}"


def forwarded(context: Any, proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> str:
    """Return the last address that a trusted proxy names as its caller and that is none of theirs; empty if none is."""
    metadata = context.invocation_metadata() or () if proxies else ()
    sent = [host.strip() for key, value in metadata if key == "x-forwarded-for" for host in value.split(",")]
    if not sent:
        return ""
    hosts = [*sent, unquote(address_of(context.peer()).partition(":")[2]).strip("[]")]
    while len(hosts) > 1 and _is_in(hosts[-1], proxies):
        hosts.pop()
    return "" if len(hosts) > len(sent) else written_peer(hosts[-1], 0)


def _is_in(host: str, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


def remembered_as(who: str) -> str:
    """Return under which name the answers of who calls are remembered: those limited to other sites are others."""
    principal = CALLING.get()
    return who if principal is None or not principal.sites else f"{who} of {','.join(sorted(principal.sites))}"


SENDING_S = 0.006
"""Time for an answer from a worker to its caller, in seconds."""


PROTO_S_PER_BYTE = 2e-8
"""Time to send an answer as it is and to read it, in seconds for each byte."""

JSON_S_PER_BYTE = 2e-7
"""Time to write an answer in JSON, compress and send it, in seconds for each byte of the message: twice what it is."""


def sending_s_per_byte(context: Any) -> float:
    """Return how long each byte of a long answer takes on its way from here, in seconds."""
    return getattr(context, "sending_s_per_byte", PROTO_S_PER_BYTE)


def answer_by(deadline_s: float, sending_s: float = SENDING_S) -> float | None:
    """Return when an answer has to be ready for its caller to have it by a deadline; None where there is none."""
    return None if math.isinf(deadline_s) else deadline_s - sending_s


def deadline_of(context: Any) -> float:
    """Return when the caller waits no longer, by the clock ``time.monotonic``; infinity where it has not said."""
    now_s = time.monotonic()  # first: a pause between the two must not put it off
    left_s: float | None = context.time_remaining()
    return math.inf if left_s is None else now_s + left_s
