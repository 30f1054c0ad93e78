"""Units that cannot be packed at all, each with its reason, before any search."""

import numpy as np

from boxwright.domain.order import Item
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.packing import bounds
from boxwright.packing.problem import Ints
from boxwright.planning.model import OrderModel


def triage(model: OrderModel) -> tuple[Ints, list[UnpackedUnit]]:
    """Return the units that fit some box alone, and the others with the rule that binds each.

    A unit alone meets every rule of placement on the floor of its box, so fitting alone is decided exactly.
    """
    units = model.expansion.units
    verdicts: dict[str, tuple[UnpackedReason, str] | None] = {}
    packable: list[int] = []
    out = [
        UnpackedUnit(line.line_id, index, UnpackedReason.MISSING_DIMENSIONS, "dimension_status is missing")
        for line, index in model.expansion.without_dimensions
    ]
    for member, (line, index) in enumerate(units):
        if line.line_id not in verdicts:
            verdicts[line.line_id] = _verdict(model, member, line)
        verdict = verdicts[line.line_id]
        if verdict is None:
            packable.append(member)
        else:
            out.append(UnpackedUnit(line.line_id, index, *verdict))
    return np.array(packable, dtype=np.int64), out


def _verdict(model: OrderModel, member: int, line: Item) -> tuple[UnpackedReason, str] | None:
    boxes = model.candidates()
    if not boxes:
        return UnpackedReason.NO_BOX_AVAILABLE, _why_no_box(model)
    one = model.protect(np.array([member]))
    size = " x ".join(f"{edge / 1_000:g}" for edge in one.edges_um[0].tolist())
    fitting = []
    for box in boxes:
        space = model.space(box, one, whole=True)
        if bounds.misfit(one, space) is None and one.volume_um3 <= space.volume_limit_um3:
            if one.total_mg <= space.mass_limit_mg:
                return None
            fitting.append(space.mass_limit_mg)
    if fitting:
        rule = f"{line.mass_g:g} g, and the boxes it fits take at most {max(fitting) / 1_000:g} g beside their dunnage"
        return UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, rule
    what = "with its cushioning" if line.fragility is not None else "in its allowed orientations"
    return UnpackedReason.DOES_NOT_FIT_ANY_BOX, f"{size} mm {what} fits none of {len(boxes)} box types"


def _why_no_box(model: OrderModel) -> str:
    claims = model.request.policy.material_requirements
    what = f" meets {' and '.join(claims)}" if claims else " is rigid and in stock"
    return f"no box type of catalog {model.request.catalog.catalog_id!r}{what}"
