"""Whether files of catalogs and data have changed: by time, size and inode, without reading them."""

from pathlib import Path

from boxwright.server.settings import Settings

Stamp = tuple[tuple[str, tuple[int, int, int] | None], ...]
"""Path of each file, with time of change in ns, size in bytes and inode; None where it cannot be looked at."""

SUFFIXES = frozenset({".csv", ".toml"})
"""Names of data files end in one of these."""


def stamp_of(settings: Settings) -> Stamp:
    """Return what the files look like that the settings name. Files that come with the software are not looked at.

    Links are followed, so that a link that is turned to another file is a change.
    """
    files = {Path(name) for name in (*settings.catalogs, settings.sites) if name}
    if settings.materials:
        files |= {file for file in Path(settings.materials).rglob("*") if file.suffix in SUFFIXES}
    return tuple((str(file), look_at(file)) for file in sorted(files))


def look_at(file: Path) -> tuple[int, int, int] | None:
    """Return what one file looks like; None where it cannot be looked at."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
