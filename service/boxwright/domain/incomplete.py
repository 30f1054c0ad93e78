"""The error of an order that cannot be packed whole."""

from collections.abc import Sequence

from boxwright.domain.plan import UnpackedUnit
from boxwright.errors import BoxwrightError

PARTIAL_HINT = "(set allow_partial to accept a plan without them)"


def by_cause(unpacked: Sequence[UnpackedUnit]) -> list[tuple[str, int]]:
    """Return, by line and reason, a sentence on the unpacked units and their number."""
    groups: dict[tuple[str, str, str], list[UnpackedUnit]] = {}
    for unit in unpacked:
        groups.setdefault((unit.line_id, unit.reason, unit.message), []).append(unit)
    return [
        (str(units[0]) if len(units) == 1 else f"{line_id}, {len(units)} units: {reason} ({rule})", len(units))
        for (line_id, reason, rule), units in groups.items()
    ]


class IncompletePlanError(BoxwrightError):
    """The order cannot be packed whole, and the policy allows no partial plan; ``unpacked`` are the units left out."""

    def __init__(self, order_id: str, unpacked: Sequence[UnpackedUnit]) -> None:
        self.order_id = order_id
        self.unpacked = tuple(unpacked)
        causes = by_cause(self.unpacked)
        reasons = "; ".join(words for words, _ in causes[:5])
        left = sum(count for _, count in causes[5:])
        more = f"; and {left} more units" if left else ""
        units = "1 unit is" if len(self.unpacked) == 1 else f"{len(self.unpacked)} units are"
        super().__init__(f"order {order_id!r} cannot be packed whole: {units} left out: {reasons}{more} {PARTIAL_HINT}")
