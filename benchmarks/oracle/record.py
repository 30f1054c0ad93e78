"""Verdicts in a JSON-lines file: written one by one, read back for hit rates, taken up again where a run stopped."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks.answers import Placed
from benchmarks.oracle.verdict import Status, Verdict
from boxwright import Catalog

Key = tuple[str, str, str, float]
"""Set, order, box type and support ratio."""


class Record:
    """A file of verdicts; of several on the same question the last counts.

    A last line that a stopped run left half written is passed over, and cut off by the next write. One run at a time
    may write to a file.

    Parameters
    ----------
    path : Path
        Need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        text = path.read_bytes() if path.exists() else b""
        self._whole = text.rfind(b"\n") + 1
        self.verdicts: dict[Key, Verdict] = dict(_read(text[: self._whole].decode()))

    def settled(self, key: Key, limit_s: float) -> Verdict | None:
        """Return the verdict if there is one that a search of that limit would not improve."""
        verdict = self.verdicts.get(key)
        if verdict and (verdict.status is not Status.OPEN or verdict.limit_s >= limit_s):
            return verdict
        return None

    def add(self, key: Key, verdict: Verdict) -> None:
        """Write a verdict as a line of the file."""
        self.verdicts[key] = verdict
        fields = dict(zip(("set", "order", "box", "support"), key, strict=True))
        fields |= {"status": verdict.status.value, "reason": verdict.reason}
        fields |= {"cpu_s": round(verdict.cpu_s, 4), "limit_s": verdict.limit_s}
        if verdict.placed:
            fields["placed_um"] = [
                [each.line_id, each.unit_index, *each.corner_um, *each.extent_um] for each in verdict.placed
            ]
        line = json.dumps(fields).encode() + b"\n"
        with self._path.open("ab") as file:
            file.truncate(self._whole)
            file.write(line)
        self._whole += len(line)

    def smallest(self, set_name: str, order_id: str, catalog: Catalog, support: float) -> tuple[bool, int | None]:
        """Return whether the smallest box of an order is settled, and its inner volume in cubic um.

        Settled without a volume: no single box takes the order.
        """
        by_volume: defaultdict[int, set[Status | None]] = defaultdict(set)
        for box in catalog.box_types:
            verdict = self.verdicts.get((set_name, order_id, box.box_type_id, support))
            by_volume[box.inner_volume_um3].add(verdict.status if verdict else None)
        for volume, statuses in sorted(by_volume.items()):
            if Status.FEASIBLE in statuses:
                return True, volume
            if statuses != {Status.INFEASIBLE}:
                return False, None
        return True, None


def _read(text: str) -> Iterator[tuple[Key, Verdict]]:
    for line in text.splitlines():
        fields = json.loads(line)
        placed = tuple(
            Placed(each[0], each[1], (each[2], each[3], each[4]), (each[5], each[6], each[7]))
            for each in fields.get("placed_um", ())
        )
        verdict = Verdict(Status(fields["status"]), fields["reason"], fields["cpu_s"], fields["limit_s"], placed)
        yield (fields["set"], fields["order"], fields["box"], fields["support"]), verdict
