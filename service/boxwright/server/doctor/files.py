"""Files that nobody but the server's user is to read or write."""

from collections.abc import Iterator

from boxwright.server.doctor.finding import Finding, Level
from boxwright.server.exposed_files import exposure_of, sensitive_files
from boxwright.server.settings import Settings


def look_at_files(settings: Settings) -> Iterator[Finding]:
    """Yield a line on each; files of secrets are looked at where they are read, with the settings."""
    for name, path in sensitive_files(settings):
        says, _, mend = exposure_of(name, path).rpartition(": ")
        if says:
            yield Finding("files", Level.WARN, f"{name}: {says}", mend)
        else:
            yield Finding("files", Level.OK, f"{name}: {path} is not open to others")
