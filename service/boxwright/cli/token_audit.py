"""Lines of the system's log on who made or revoked a token by a command."""

import contextlib
import json
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxwright.server.access.token_file import Token

SYSTEM_LOG = "/dev/log"
"""Where Linux takes lines for its log (syslog(3)), which journald and syslogd keep."""

PRIORITY = 10 * 8 + 5
"""LOG_AUTHPRIV, LOG_NOTICE: what security is concerned with (RFC 5424, 6.2.1)."""

WAIT_S = 1.0
"""How long the log may take, in seconds: the token counts in any case."""


def tell_system(outcome: str, token: "Token", kept_in: str) -> None:
    """Write who did what with a token into the system's log, where there is one."""
    said = {"message": "audit", "what": "token", "outcome": outcome, "who": f"user:{_user()}", **token.facts(outcome)}
    line = f"<{PRIORITY}>boxwright: {json.dumps(said | {'kept_in': kept_in})}"
    with contextlib.suppress(OSError, AttributeError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.settimeout(WAIT_S)
        log.connect(SYSTEM_LOG)
        log.send(line.encode())


def _user() -> str:
    """Return the user of this process, by name where it has one; the environment has no say in it."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
