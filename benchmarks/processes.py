"""What processes use, read from outside, of those that live: on Linux alone."""

import os
from contextlib import suppress
from pathlib import Path

MIB = 1024 * 1024
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Return a process, and all that it and they have started."""
    found = [pid]
    for parent in found:
        with suppress(OSError):  # it has ended meanwhile
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def cpu_s(pid: int) -> float:
    """Return the CPU time of a process so far, and of those that it started and that have ended, in seconds."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS_A_SECOND
    return 0.0


def resident_mib(pid: int) -> float:
    """Return the memory that a process holds, shared pages as a whole, in MiB."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB
    return 0.0


def open_files(pid: int) -> int:
    """Return how many files a process has open."""
    return _entries(pid, "fd")


def threads(pid: int) -> int:
    """Return how many threads a process has."""
    return _entries(pid, "task")


def _entries(pid: int, folder: str) -> int:
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/{folder}").iterdir()))
    return 0
