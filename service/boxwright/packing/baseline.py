"""The py3dbp package as a way of packing, for comparison.

Placements equal those of a direct call, are sorted upwards into a pack sequence, and are never repaired. py3dbp
knows neither allowed orientations nor support. An answer that therefore fails the independent check raises an error.
"""

import numpy as np
from py3dbp import Bin, Item, Packer

from boxwright.packing.problem import Layout
from boxwright.packing.question import Question

# py3dbp's rotation type r puts (width, height, depth) along x, y, z as these indices into the item's edges.
_ROTATIONS = ((0, 1, 2), (1, 0, 2), (1, 2, 0), (2, 1, 0), (2, 0, 1), (0, 2, 1))
_ORIENTATION_OF = {(0, 1, 2): 0, (1, 0, 2): 1, (0, 2, 1): 2, (2, 0, 1): 3, (1, 2, 0): 4, (2, 1, 0): 5}
_DECIMALS = 3
_UNLIMITED_G = 10**12


def pack_py3dbp(question: Question) -> Layout | None:
    """Return the layout that one pass of py3dbp 1.1.2 over one bin gives, bigger items first.

    ``rules``, ``effort`` and ``seed`` are ignored. Raises ValueError if there are fixed units or wall margins.
    """
    units, space = question.units, question.space
    if question.fixed is not None:
        raise ValueError("py3dbp must start from an empty bin, got fixed units")
    if units.most_margin_um:
        raise ValueError("py3dbp supports no wall margins, got units with margins")
    packer = Packer()
    length, width, height = (edge / 1_000 for edge in space.edges_um)
    limit = _UNLIMITED_G if space.mass_limit_mg == float("inf") else space.mass_limit_mg / 1_000
    weights = units.weights_mg(space.displaced_mg_per_um3).tolist()
    packer.add_bin(Bin("box", length, width, height, limit))
    for index, (edges, mass) in enumerate(zip(units.edges_um.tolist(), weights, strict=True)):
        packer.add_item(Item(str(index), *(edge / 1_000 for edge in edges), max(mass, 0.0) / 1_000))
    packer.pack(bigger_first=True, distribute_items=False, number_of_decimals=_DECIMALS)
    fitted = sorted(packer.bins[0].items, key=lambda item: (item.position[2], item.position[1], item.position[0]))
    if not fitted or (question.whole and len(fitted) < len(units)):
        return None
    chosen = np.array([int(item.name) for item in fitted], dtype=np.int64)
    orientations = np.array([_ORIENTATION_OF[_ROTATIONS[item.rotation_type]] for item in fitted], dtype=np.int64)
    corners = np.array(
        [
            [round(value * 1_000) for value in item.position]
            + [
                round((start + extent) * 1_000)
                for start, extent in zip(item.position, item.get_dimension(), strict=True)
            ]
            for item in fitted
        ],
        dtype=np.int64,
    )
    return Layout(chosen, orientations, corners)
