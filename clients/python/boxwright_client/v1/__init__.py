"""Messages and services of the contract, generated from ``proto/boxwright/v1`` at installation.

If the server is installed too, the messages are those of ``boxwright.v1``; both must have the same version.
"""
