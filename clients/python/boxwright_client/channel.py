"""How a client connects: keepalive, message sizes, and retries of calls that did not reach the server."""

import json
from typing import Any

MAX_ATTEMPTS = 5
"""Most attempts that gRPC makes, whatever is asked for."""


def channel_options(attempts: int) -> list[tuple[str, Any]]:
    """Return the options of a channel whose calls are tried again when the server is UNAVAILABLE.

    Parameters
    ----------
    attempts : int
        Attempts in all, 1 to 5; 1 never retries. Waits grow from 0.1 s to 2 s, spread at random.

    Raises
    ------
    ValueError
        If ``attempts`` is not from 1 to 5.
    """
    if not 1 <= attempts <= MAX_ATTEMPTS:
        raise ValueError(f"attempts must be 1 to {MAX_ATTEMPTS}, got {attempts}")
    options: list[tuple[str, Any]] = [
        ("grpc.max_receive_message_length", -1),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.enable_retries", int(attempts > 1)),
    ]
    if attempts > 1:
        retry = {
            "maxAttempts": attempts,
            "initialBackoff": "0.1s",
            "maxBackoff": "2s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        }
        config = {"methodConfig": [{"name": [{}], "retryPolicy": retry}]}
        options.append(("grpc.service_config", json.dumps(config)))
    return options
