"""Groups and property caps of an order's units, as numbers that selection works on."""

import numpy as np

from boxwright.domain.policy import Policy
from boxwright.planning.expansion import Expansion
from boxwright.selection.admission import NO_GROUP, Admission


def admission_of(expansion: Expansion, policy: Policy) -> Admission:
    """Return which units of an order may share a parcel under a policy, and which must.

    Groups of one unit are none. Amounts of properties without a cap are left out.
    """
    lines = list({id(line): line for line, _ in expansion.units}.values())
    repeats = [line.quantity for line in lines]
    together = _numbers([line.keep_together_group for line in lines])
    apart = _numbers([line.keep_apart_group for line in lines])
    sizes = dict.fromkeys(together, 0)
    for line in lines:
        if line.keep_together_group:
            sizes[line.keep_together_group] += line.quantity
    caps = sorted(policy.property_caps, key=lambda cap: cap.property)
    amounts = [{each.property: each.millionths() for each in line.property_amounts} for line in lines]
    table = [[amount.get(cap.property, 0) for cap in caps] for amount in amounts]
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
        amounts=np.repeat(np.array(table, dtype=np.int64).reshape(len(lines), len(caps)), repeats, axis=0),
        caps=np.array([cap.millionths() for cap in caps], dtype=np.int64),
        own=np.repeat(np.array([line.ships_in_own_container for line in lines], dtype=np.bool_), repeats),
        apart_names=tuple(apart),
        properties=tuple(cap.property for cap in caps),
    )


def _numbers(names: list[str]) -> dict[str, int]:
    """Number the names that are not empty, in alphabetical order."""
    return {name: number for number, name in enumerate(sorted(set(names) - {""}))}
