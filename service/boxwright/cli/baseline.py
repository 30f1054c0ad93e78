"""Chooses the baseline of an evaluation: the boxes really used where they are recorded, else the first catalog."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from boxwright.cli.failures import refusal, warn

if TYPE_CHECKING:
    from boxwright.domain.box import Catalog
    from boxwright.domain.order import Order

_LOOKED_AT = 2_000
"""Orders at the head of a file in which recorded boxes are looked for."""


def with_baseline(
    catalogs: Sequence[Catalog], orders: Iterable[Order], asked: str | None, boxes: Catalog | None
) -> list[Catalog]:
    """Return the catalogs to evaluate, the baseline first.

    ``asked`` is ``used``, ``first`` or None; None takes the boxes really used if the head of the file names a known
    one. They are boxes of ``boxes``, else of the first catalog.

    Raises InvalidInputError if the boxes really used are asked for and none is recorded, or none is known.
    """
    from boxwright.evaluation.as_shipped import as_shipped

    if asked == "first":
        return list(catalogs)
    baseline = as_shipped(boxes or catalogs[0])
    names = list(dict.fromkeys(name for order in itertools.islice(orders, _LOOKED_AT) for name in order.boxes_used))
    if baseline.knows(names):
        return [baseline, *catalogs]
    source = (boxes or catalogs[0]).catalog_id
    rule = (
        f"{source} has none of the boxes that orders left in, such as {names[0]!r}" if names else "no box is recorded"
    )
    if asked == "used" or boxes is not None:
        raise refusal("--baseline used" if asked else "--used-boxes", f"{rule} in extra_box_used")
    if names:
        warn([f"{rule} (extra_box_used): the baseline is {catalogs[0].catalog_id}; --used-boxes names their catalog"])
    return list(catalogs)
