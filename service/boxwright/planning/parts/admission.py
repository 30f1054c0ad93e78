"""Groups and property caps of an order's units, as the arrays that ``selection/admission.py`` decides by."""

from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.policy import Policy
from boxwright.domain.property_cap import PropertyCap
from boxwright.packing.problem import Ints
from boxwright.planning.parts.expansion import Expansion
from boxwright.selection.admission import NO_CAP, NO_GROUP, Admission


def admission_of(expansion: Expansion, policy: Policy, boxes: Sequence[BoxType]) -> Admission:
    """Return which units of an order may share a parcel under a policy, and which must.

    Groups of one unit are none. Amounts of properties without a cap, of the policy or of a box type, are left out.
    """
    lines = [line for line, _ in expansion.lines]
    repeats = [line.quantity for line in lines]
    together = _numbers([line.keep_together_group for line in lines])
    apart = _numbers([line.keep_apart_group for line in lines])
    sizes = dict.fromkeys(together, 0)
    for line in lines:
        if line.keep_together_group:
            sizes[line.keep_together_group] += line.quantity
    capped = (*policy.property_caps, *(cap for box in boxes for cap in box.property_caps))
    own = np.repeat(np.array([line.ships_in_own_container for line in lines], dtype=np.bool_), repeats)
    if not together and not apart and not capped:
        alone = np.full(len(own), NO_GROUP)
        return Admission(alone, alone, np.zeros((len(own), 0), np.int64), _caps((), ()), own)
    properties = sorted({cap.property for cap in capped})
    amounts = [{each.property: each.millionths() for each in line.property_amounts} for line in lines]
    table = [[amount.get(name, 0) for name in properties] for amount in amounts]
    return Admission(
        together=np.repeat(
            np.array(
                [
                    together[line.keep_together_group] if sizes.get(line.keep_together_group, 0) > 1 else NO_GROUP
                    for line in lines
                ],
                dtype=np.int64,
            ),
            repeats,
        ),
        apart=np.repeat(np.array([apart.get(line.keep_apart_group, NO_GROUP) for line in lines], np.int64), repeats),
        amounts=np.repeat(np.array(table, dtype=np.int64).reshape(len(lines), len(properties)), repeats, axis=0),
        caps=_caps(policy.property_caps, properties),
        box_caps={box.box_type_id: _caps(box.property_caps, properties) for box in boxes if box.property_caps},
        own=own,
        apart_names=tuple(apart),
        properties=tuple(properties),
    )


def _caps(caps: Sequence[PropertyCap], properties: Sequence[str]) -> Ints:
    """Return the caps in millionths, property by property; ``NO_CAP`` where there is none."""
    known = {cap.property: cap.millionths() for cap in caps}
    return np.array([known.get(name, NO_CAP) for name in properties], dtype=np.int64)


def _numbers(names: list[str]) -> dict[str, int]:
    """Number the names that are not empty, in alphabetical order."""
    return {name: number for number, name in enumerate(sorted(set(names) - {""}))}
