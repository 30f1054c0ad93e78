"""What the lines of an order ask for by the practice rule, before the order is known to be sound."""

from collections.abc import Iterator

from boxwright.catalog.materials import Materials
from boxwright.domain.order import Order
from boxwright.findings import Findings
from boxwright.protection import Care, care_of


def cares(order: Order, materials: Materials) -> Iterator[tuple[int, Care]]:
    """Yield the place and the care of each line that says what it is; what is wrong with one is found elsewhere."""
    for index, line in enumerate(order.lines):
        if line.care_field:
            care = Findings().attempt(care_of, line, materials)
            if care is not None:
                yield index, care
