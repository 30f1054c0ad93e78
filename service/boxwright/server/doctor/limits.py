"""What the system lets a server have."""

from collections.abc import Iterator

from boxwright.server.descriptors import LEAST_FILES, too_few_files
from boxwright.server.doctor.finding import Finding, Level


def look_at_limits() -> Iterator[Finding]:
    """Yield a line on how many files and connections may be open."""
    few = too_few_files()
    if few is None:
        yield Finding("limits", Level.OK, "enough files and connections may be open")
    else:
        says = f"{few:,} files and connections may be open, fewer than {LEAST_FILES:,}"
        yield Finding("limits", Level.WARN, says, "raise the hard limit (ulimit -Hn, LimitNOFILE of systemd)")
