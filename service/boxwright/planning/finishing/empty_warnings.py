"""Which parcels of a plan are mostly empty, and whether gaps or the sizes at hand are why."""

import math
from collections.abc import Iterator, Sequence

from boxwright import units
from boxwright.domain.plan import Parcel
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.planning.request import Request


def empty_warnings(request: Request, parcels: Sequence[Parcel], begun: int) -> Iterator[PlanWarning]:
    """Yield which open boxes are emptier than the rule, and what goods and gaps take of each.

    The first ``begun`` parcels were started before the plan, which did not choose their boxes.
    """
    most = float(request.materials.protection_rules["mostly_empty"].value)
    only = len(request.catalog.box_types) == 1
    for number, parcel in enumerate(parcels[begun:], start=begun + 1):
        request.stop.look()
        if parcel.ships_in_own_container or parcel.empty_space_ratio <= most:
            continue
        if any(each.compartment for each in parcel.placements):
            continue
        inner_um3 = parcel.inner_volume_um3
        gaps = _with_gaps(parcel)
        yield mostly_empty(number, parcel.box_type_id, parcel.empty_space_ratio, inner_um3, gaps, only=only)


def mostly_empty(
    number: int, box_type_id: str, empty_space_ratio: float, inner_um3: int, taken_um: Sequence[int], *, only: bool
) -> PlanWarning:
    """Return the warning that a parcel, counted from 1, is mostly empty; its goods take a box of ``taken_um``.

    ``only`` says that there is no other box type.
    """
    size = " x ".join(units.exact(edge) for edge in taken_um)
    litres, of = math.prod(taken_um) / 1e15, inner_um3 / 1e15
    # Less than half of the box: another size would do more than other gaps.
    why = "the gaps round it take most of the box"
    if 2 * litres < of:
        why = "it is the only box type at hand" if only else "no smaller box was found that takes it"
    text = (
        f"parcel {number}, in {box_type_id!r}, is {math.floor(1_000 * empty_space_ratio) / 10} % empty: "
        f"what is in it takes {size} mm with its gaps, {litres:.3g} of {of:.3g} L; {why}"
    )
    return PlanWarning(WarningCode.MOSTLY_EMPTY, "catalog.box_types", text)


def _with_gaps(parcel: Parcel) -> tuple[int, ...]:
    """Return the least box round the envelopes as they lie, with their wall margins, in um."""
    edges = []
    for axis in range(3):
        low = min(each.corner_um[axis] - each.wall_margin_um for each in parcel.placements)
        high = max(each.corner_um[axis] + each.extent_um[axis] + each.wall_margin_um for each in parcel.placements)
        edges.append(high - low)
    return tuple(edges)
