"""The start of a server: what loads kernels is started first, and loads while the server does."""

import gc

from boxwright.server.logs import configure_logs
from boxwright.server.settings import Settings
from boxwright.server.workers.forks import preload


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return; end the process if its threads do not end in time.

    Raises
    ------
    ServerStartError
        If a port cannot be taken.
    DataFileError, InvalidInputError
        If data or catalogs cannot be loaded, a setting names what this machine does not have, or a later version of the
        software made the tables of the store.
    """
    configure_logs(settings.log_format, settings.log_level)
    gc.disable()  # all that is loaded stays: collecting takes a tenth of the time of a start
    try:
        preload()
        from boxwright.server import lifecycle

        lifecycle.serve(settings)
    finally:
        gc.enable()
