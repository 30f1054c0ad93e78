"""Channels for the stubs of the contract: gRPC, or HTTP if the target is a URL."""

import ssl
from typing import Any, cast

import grpc
import grpc.aio

from boxwright_client.http_channel import AsyncHttpChannel, HttpChannel
from boxwright_client.http_connections import HttpConnections

OPTIONS: list[tuple[str, Any]] = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.enable_retries", 0),  # the client retries, in the same way over gRPC and HTTP
    ("grpc.initial_reconnect_backoff_ms", 100),  # finds a restarted server quickly
    ("grpc.max_reconnect_backoff_ms", 1_000),
]
"""Options of every gRPC channel."""

Credentials = grpc.ChannelCredentials | ssl.SSLContext | None


def channel(target: str, credentials: Credentials) -> grpc.Channel:
    """Return a blocking channel.

    Parameters
    ----------
    target : str
        A URL with ``http://`` or ``https://``, or host and port of gRPC.
    credentials : grpc.ChannelCredentials or ssl.SSLContext or None
        The former for gRPC, the latter for ``https://``.

    Raises
    ------
    ValueError
        If the target is not a valid URL, or the credentials are of the other kind.
    """
    if is_url(target):
        return cast(grpc.Channel, HttpChannel(_connections(target, credentials)))  # has the methods that stubs use
    secure = _for_grpc(target, credentials)
    return grpc.insecure_channel(target, OPTIONS) if secure is None else grpc.secure_channel(target, secure, OPTIONS)


def async_channel(target: str, credentials: Credentials) -> grpc.aio.Channel:
    """Return a channel for asyncio; parameters and errors as for ``channel``."""
    if is_url(target):
        return cast(grpc.aio.Channel, AsyncHttpChannel(_connections(target, credentials)))
    secure = _for_grpc(target, credentials)
    if secure is None:
        return grpc.aio.insecure_channel(target, OPTIONS)
    return grpc.aio.secure_channel(target, secure, OPTIONS)


def is_url(target: str) -> bool:
    """Return whether a target is a URL."""
    return target.lower().startswith(("http:", "https:"))


def _connections(target: str, credentials: Credentials) -> HttpConnections:
    if credentials is not None and not isinstance(credentials, ssl.SSLContext):
        raise ValueError(f"credentials must be an ssl.SSLContext for {target}; those of gRPC are for host:port")
    return HttpConnections(target, credentials)


def _for_grpc(target: str, credentials: Credentials) -> grpc.ChannelCredentials | None:
    if isinstance(credentials, ssl.SSLContext):
        raise ValueError(f"credentials must be grpc.ChannelCredentials for {target}; an ssl.SSLContext is for https://")
    return credentials
