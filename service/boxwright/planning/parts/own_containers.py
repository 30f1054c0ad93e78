"""Units that ship in their own container: which may, and as what parcel."""

import dataclasses

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS, Item
from boxwright.domain.own_container import OwnContainer, shipped_orientation
from boxwright.packing.problem import Ints
from boxwright.planning.parts.box_facts import closed_size
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.parts.pricing import Pricing
from boxwright.selection.admission import Admission
from boxwright.selection.model import PackedBox
from boxwright.shipping import Biller, refusing_limit


def those_carried(admission: Admission, expansion: Expansion, biller: Biller | None) -> Admission:
    """Return an admission in which no unit ships in its own container that the carrier refuses so."""
    if not admission.own.any():
        return admission
    lines = [line for line, _ in expansion.units]
    own = [may and not own_refusal(line, biller) for line, may in zip(lines, admission.own.tolist(), strict=True)]
    return dataclasses.replace(admission, own=np.array(own, dtype=np.bool_))


def own_refusal(line: Item, biller: Biller | None) -> str:
    """Return the limit by which the carrier refuses a unit in its own container; empty where none does."""
    extents = shipped_orientation(line).rotate(*line.edges_um)
    return "" if biller is None else refusing_limit(extents, line.mass_mg, biller.rule) or ""


def own_parcel(expansion: Expansion, members: Ints, pricing: Pricing) -> PackedBox:
    """Return the parcel of one unit in its own container: no clearance, no cushioning and no dunnage."""
    line, _ = expansion.units[int(members[0])]
    orientation = shipped_orientation(line)
    extents = orientation.rotate(*line.edges_um)
    box = OwnContainer.of_size(extents)
    return PackedBox(
        box,
        members,
        np.array([ALL_ORIENTATIONS.index(orientation)], dtype=np.int64),
        np.array([(0, 0, 0, *extents)], dtype=np.int64),
        pricing.of_size(box, closed_size(box, None), gross_mg=line.mass_mg),
    )
