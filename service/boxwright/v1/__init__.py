"""Messages and services of the contract, generated from ``proto/boxwright/v1`` when the package is installed.

Uses nothing of Boxwright; used by the server only. Clients have a copy, ``boxwright_client.v1``.
"""
