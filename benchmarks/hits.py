"""Hit rates against the oracle: how often the smallest box that takes an order was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.datasets import DataSet
from benchmarks.oracle.record import Record
from benchmarks.outcome import UM3_PER_MM3, Outcome


@dataclass
class Hits:
    """Orders whose smallest box is settled, and what became of them.

    Attributes
    ----------
    settled, hit : int
        Orders, and those packed in a box of the smallest volume without breaking a rule of that count.
    missed : list of str
        The others.
    refuted : list of str
        Orders of which the engine said that no smaller box serves, although one does.
    """

    settled: int = 0
    hit: int = 0
    missed: list[str] = field(default_factory=list)
    refuted: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{100 * self.hit / self.settled:.2f} ({self.hit} / {self.settled})" if self.settled else "-"


class Judge:
    """Counts hits by the verdicts in a file of the oracle."""

    def __init__(self, path: Path | None) -> None:
        self._record = Record(path) if path else None

    def hits(self, data: DataSet, outcomes: Sequence[Outcome], support: float) -> Hits:
        """Count hits with that support ratio; without support, units that lie badly are no fault.

        Raises
        ------
        AssertionError
            If a packing without fault is smaller than what the oracle says is the smallest: one of the two is wrong.
        """
        hits = Hits()
        for each in outcomes:
            smallest = self._smallest_mm3(data, each.order_id, support)
            if smallest is None:
                continue
            hits.settled += 1
            sound = each.whole and not each.broken and not (support and each.badly_supported)
            if sound and each.boxes == 1 and each.volume_mm3 < smallest:
                raise AssertionError(f"{each.order_id}: packed in {each.volume_mm3} mm3, the oracle says {smallest}")
            if sound and each.boxes == 1 and each.volume_mm3 == smallest:
                hits.hit += 1
            else:
                hits.missed.append(each.order_id)
                if each.proved and (each.boxes > 1 or each.volume_mm3 > smallest):
                    hits.refuted.append(each.order_id)
        return hits

    def _smallest_mm3(self, data: DataSet, order_id: str, support: float) -> int | None:
        if self._record is None:
            return None
        _, volume_um3 = self._record.smallest(data.name, order_id, data.catalog, support)
        return None if volume_um3 is None else volume_um3 // UM3_PER_MM3
