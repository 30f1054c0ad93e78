"""Starts a server. Kernels load in a second process while the server itself loads."""

import gc

from boxwright.server.logs import configure_logs
from boxwright.server.settings import Settings
from boxwright.server.workers.forks import preload


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return. Ends the process if its threads do not stop in time.

    Raises
    ------
    ServerStartError
        If a port cannot be bound.
    DataFileError, InvalidInputError
        If data or catalogs cannot be loaded, a setting does not suit this machine, or the store belongs to another
        version of the software.
    """
    configure_logs(settings.log_format, settings.log_level)
    gc.disable()  # everything loaded here stays in use; collections would take a tenth of the start
    try:
        preload()
        from boxwright.server import lifecycle

        lifecycle.serve(settings)
    finally:
        gc.enable()
