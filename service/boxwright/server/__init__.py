"""Serves gRPC and HTTP: parses, limits and observes calls; has no domain logic.

Uses every package below it, and ``boxwright.v1``; nothing below uses it. ``contract`` turns protobuf messages
into domain objects and back. Public names are loaded on first use, so that a health check starts quickly.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boxwright.server.health import probe
    from boxwright.server.settings import Settings
    from boxwright.server.start import serve
    from boxwright.server.start_checks import ServerStartError

__all__ = ["ServerStartError", "Settings", "probe", "serve"]

_HOMES = {
    "ServerStartError": "boxwright.server.start_checks",
    "Settings": "boxwright.server.settings",
    "probe": "boxwright.server.health",
    "serve": "boxwright.server.start",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
