"""Resources of running processes; Linux only."""

import os
from contextlib import suppress
from pathlib import Path

MIB = 1024 * 1024
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for parent in found:
        with suppress(OSError):  # it has ended meanwhile
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def cpu_s(pid: int) -> float:
    """Return the CPU time of a process and of its ended children, in seconds."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS_A_SECOND
    return 0.0


def resident_mib(pid: int) -> float:
    """Return the resident memory of a process in MiB, shared pages included."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB
    return 0.0


def open_files(pid: int) -> int:
    """Return the number of open files of a process."""
    return _entries(pid, "fd")


def threads(pid: int) -> int:
    """Return the number of threads of a process."""
    return _entries(pid, "task")


def _entries(pid: int, folder: str) -> int:
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/{folder}").iterdir()))
    return 0
