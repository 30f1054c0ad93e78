"""Files that nobody but the server's user is to read or write."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from boxwright.server.doctor.finding import Finding, Level
from boxwright.server.exposed_files import exposure_of, sensitive_files
from boxwright.server.settings import Settings


def look_at_files(settings: Settings) -> Iterator[Finding]:
    """Yield a line on each; files of secrets are looked at where they are read, with the settings."""
    for name, path in sensitive_files(settings):
        if name == "store":
            yield from _owner(Path(path))
        if _lacks(Path(path)):
            if name == "store":
                yield Finding("files", Level.OK, f"store: {path} is made at the first start, for its user alone")
            continue  # what else is missing is said where it is read
        says, _, mend = exposure_of(name, path).rpartition(": ")
        if says:
            yield Finding("files", Level.WARN, f"{name}: {says}", mend)
        else:
            yield Finding("files", Level.OK, f"{name}: {path} is not open to others")


def _lacks(path: Path) -> bool:
    """Return whether there is no such file; of one in a folder that may not be entered that is not known."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def _owner(path: Path) -> Iterator[Finding]:
    """Yield a line where a file of the store is not its folder's owner's: the server may not write what root restored.

    A folder of root's, such as /tmp, says nothing of who runs the server.
    """
    with contextlib.suppress(OSError):
        owner, wanted = path.stat().st_uid, path.parent.stat().st_uid
        if wanted not in (0, owner):
            says = f"store: {path} belongs to another user ({owner}) than its folder ({wanted})"
            yield Finding("files", Level.WARN, says, f"chown --reference {path.parent} {path}")
