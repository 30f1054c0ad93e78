"""Checks the answers, the logs and the resources of a server."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.hostile.servers import Held, Target
from benchmarks.markdown import row

OURS = frozenset({"INTERNAL", "UNKNOWN", "DATA_LOSS", "500", "502", "timeout", "no clear error"})
"""First words of a fault of the service."""


@dataclass(frozen=True)
class Came:
    """The result of a case.

    Attributes
    ----------
    label : str
        A code with its reason, if it has one: ``400 INVALID_FIELDS``, ``UNAUTHENTICATED TOKEN_NOT_VALID``; or the end
        of the connection.
    sent : str
        The request in short form, printed if the label is not allowed.
    """

    label: str
    sent: str = ""


Run = Callable[[Target, random.Random, int], Iterator[Came]]
"""Sends random cases to a server and yields their results."""


@dataclass(frozen=True)
class Family:
    """Cases of one kind.

    Attributes
    ----------
    name : str
        The kind of request, as it stands in the table.
    port : str
        The port to which it is sent, by name.
    share : int
        Number of cases of this kind among as many cases as the sum of all shares.
    run : callable
        Sends them.
    secured : bool
        Whether they go to the server with TLS and tokens, not to the open one.
    may : tuple of str, optional
        Beginnings of the allowed labels. Default: all that do not report a fault of the service.
    """

    name: str
    port: str
    share: int
    run: Run
    secured: bool = False
    may: tuple[str, ...] = field(default=())

    def is_fault(self, label: str) -> bool:
        """Whether a label is a fault."""
        if label.partition(" ")[0] in OURS or label in OURS:
            return True
        return bool(self.may) and not label.startswith(self.may)


MOST_MORE_FILES, MOST_MORE_THREADS = 16, 4
"""Allowed growth since the first round, for kept connections and for threads started on demand."""

MOST_MORE_MIB, MOST_MORE_SHARE = 24.0, 0.1
"""Allowed growth of memory since the first third of the rounds: MiB, or a share if that is more."""

EXAMPLES = 3


@dataclass
class Tally:
    """The results of a family, with examples of faults."""

    family: Family
    came: Counter[str] = field(default_factory=Counter)
    faults: list[Came] = field(default_factory=list)

    def add(self, came: Came) -> None:
        """Count the result of a case."""
        self.came[came.label] += 1
        if self.family.is_fault(came.label):
            self.faults.append(came)

    @property
    def row(self) -> str:
        """The family's row of the table."""
        said = ", ".join(f"{count:,} {label}" for label, count in self.came.most_common())
        family = self.family
        server = "TLS, tokens" if family.secured else "open"
        return row((family.name, family.port, server, f"{self.came.total():,}", said, str(len(self.faults))))


def logged_faults(log: Iterable[str], secrets: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a log that report a fault of the service, are foreign, or contain a secret."""
    for number, line in enumerate(log, 1):
        if any(each in line for each in secrets):
            yield f"line {number} of the log holds a secret"
        try:
            entry = json.loads(line)
            level, code = entry["level"], entry.get("code", "")
        except (ValueError, KeyError, TypeError):
            yield f"line {number} of the log is none of the server: {line[:300]!r}"
            continue
        if level == "ERROR" or code in ("INTERNAL", "UNKNOWN") or entry["message"] == "forged":
            yield f"line {number} of the log: {line[:200].strip()} ... {line[-600:].strip()}"


def growth(rounds: Sequence[Held]) -> Iterator[str]:
    """Yield the resources that grew since the first round, or since the first third of the rounds."""
    first, last = rounds[0], rounds[-1]
    if last.files > first.files + MOST_MORE_FILES:
        yield f"open files: {first.files} after the first round, {last.files} after the last"
    if last.threads > first.threads + MOST_MORE_THREADS:
        yield f"threads: {first.threads} after the first round, {last.threads} after the last"
    if last.processes > first.processes:
        yield f"processes: {first.processes} after the first round, {last.processes} after the last"
    early = rounds[len(rounds) // 3]
    for name, before, after in (
        ("listener", early.listener_mib, last.listener_mib),
        ("all processes", early.all_mib, last.all_mib),
    ):
        if after - before > max(MOST_MORE_MIB, MOST_MORE_SHARE * before):
            yield f"memory of {name}: {before:.0f} MiB after a third of the rounds, {after:.0f} MiB after the last"
