"""Whether a server held: what came, what it logged, what it holds at the end."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.hostile.case import Came, Family
from benchmarks.hostile.target import Target
from benchmarks.hostile.watching import Held

MOST_MORE_FILES, MOST_MORE_THREADS = 16, 4
"""What a server may hold at the end beyond the first round: connections that clients keep, threads made by need."""

MOST_MORE_MIB, MOST_MORE_SHARE = 24.0, 0.1
"""What memory may grow by from the first third of the rounds to the end: MiB, or a share if that is more."""

EXAMPLES = 3


@dataclass
class Tally:
    """What came of the cases of a family, with examples of what must not come."""

    family: Family
    came: Counter[str] = field(default_factory=Counter)
    faults: list[Came] = field(default_factory=list)

    def add(self, came: Came) -> None:
        """Count what came of a case."""
        self.came[came.label] += 1
        if self.family.is_fault(came.label):
            self.faults.append(came)

    @property
    def row(self) -> str:
        """Its row of the table."""
        said = ", ".join(f"{count:,} {label}" for label, count in self.came.most_common())
        family = self.family
        server = "TLS, tokens" if family.secured else "open"
        return f"| {family.name} | {family.door} | {server} | {self.came.total():,} | {said} | {len(self.faults)} |"


def logged_faults(target: Target, secrets: Sequence[str] = ()) -> Iterator[str]:
    """Yield each line of a log that says that the service is at fault, is none of its own, or holds a secret."""
    for number, line in enumerate(target.lines(), 1):
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
    """Yield what a server holds more of at the end than it did early on: after the first round, or a third of them."""
    first, last = rounds[0], rounds[-1]
    if last.files > first.files + MOST_MORE_FILES:
        yield f"open files: {first.files} after the first round, {last.files} after the last"
    if last.threads > first.threads + MOST_MORE_THREADS:
        yield f"threads: {first.threads} after the first round, {last.threads} after the last"
    if last.processes > first.processes:
        yield f"processes: {first.processes} after the first round, {last.processes} after the last"
    early = rounds[len(rounds) // 3]
    for name, before, after in (
        ("doors", early.doors_mib, last.doors_mib),
        ("all processes", early.all_mib, last.all_mib),
    ):
        if after - before > max(MOST_MORE_MIB, MOST_MORE_SHARE * before):
            yield f"memory of {name}: {before:.0f} MiB after a third of the rounds, {after:.0f} MiB after the last"
