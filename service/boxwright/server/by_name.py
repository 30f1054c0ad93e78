"""Methods that gRPC finds by their name when a call comes, in place of registering each of them."""

from __future__ import annotations  # grpc.RpcMethodHandler takes parameters for type checkers only

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    import grpc.aio


def by_name(server: grpc.aio.Server) -> grpc.aio.Server:
    """Return what generated code may add services to, so that no method of theirs is registered.

    Each registered method makes every call cost more: after each call, gRPC's server in Python waits anew for one of
    every such method.
    """
    return cast("grpc.aio.Server", _Unregistered(server))


class _Unregistered:
    """Passes handlers on to a server."""

    def __init__(self, server: grpc.aio.Server) -> None:
        self.add_generic_rpc_handlers = server.add_generic_rpc_handlers

    def add_registered_method_handlers(self, service: str, handlers: Mapping[str, Any]) -> None:
        """Do nothing: the generic handlers, which are added with these, have the same methods."""
