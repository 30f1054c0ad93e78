"""Messages and services of the contract, generated from ``proto/boxwright/v1`` when the package is installed.

The messages are those of ``boxwright.v1``, where the server is installed too: both have to be of one version.
"""
