"""Who calls."""

from typing import Any


def caller(context: Any) -> str:
    """Return who calls: the address without its port, which changes from connection to connection."""
    peer: str = context.peer()
    return peer.rpartition(":")[0]
