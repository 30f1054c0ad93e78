"""Units that stay out, each with its reason: before any search, and after it."""

from collections.abc import Sequence

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import Item
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.packing import bounds
from boxwright.packing.problem import Ints, Packer
from boxwright.planning.groups import group_misfit, over_cap, without_broken_groups
from boxwright.planning.model import OrderModel
from boxwright.selection.search import Outcome
from boxwright.selection.stock import in_stock


def triage(model: OrderModel) -> tuple[Ints, list[UnpackedUnit]]:
    """Return the units that fit some box alone or need none, and the others with the rule that binds each.

    A unit alone meets every rule of placement on the floor of its box, so fitting alone is decided exactly. With a
    unit that stays out stays its whole keep-together group.
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
            verdict = over_cap(model, member)
            if verdict is None and not line.ships_in_own_container:
                verdict = _verdict(model, member, line, model.candidates())
            verdicts[line.line_id] = verdict
        verdict = verdicts[line.line_id]
        if verdict is None:
            packable.append(member)
        else:
            out.append(UnpackedUnit(line.line_id, index, *verdict))
    return without_broken_groups(model, np.array(packable, dtype=np.int64), out)


def left_over(model: OrderModel, packer: Packer, outcome: Outcome, most_parcels: int | None) -> list[UnpackedUnit]:
    """Return the units that the search left out, each with what kept it out: group, parcel limit, stock or effort.

    ``most_parcels`` is how many could still be opened: the policy's limit less the parcels already begun.
    """
    policy = model.request.policy
    stock = in_stock(model.candidates(), outcome.parcels)
    reasons: dict[str, tuple[UnpackedReason, str]] = {}
    for bundle in model.admission.bundles(outcome.left):
        misfit = group_misfit(model, packer, bundle) if len(bundle) > 1 else None
        if misfit is not None:
            reasons |= {model.expansion.units[member][0].line_id: misfit for member in bundle.tolist()}
    out = []
    for member in outcome.left.tolist():
        line, index = model.expansion.units[member]
        if line.line_id not in reasons:
            if most_parcels is not None and len(outcome.parcels) >= most_parcels:
                reasons[line.line_id] = (UnpackedReason.MAX_PARCELS_REACHED, f"max_parcels is {policy.max_parcels}")
            elif _verdict(model, member, line, stock) is not None:
                reasons[line.line_id] = (UnpackedReason.NO_BOX_AVAILABLE, "every box in stock that takes it is used")
            else:
                rule = f"no place found within the effort of mode {policy.mode.value}"
                reasons[line.line_id] = (UnpackedReason.NOT_FOUND_WITHIN_EFFORT, rule)
        out.append(UnpackedUnit(line.line_id, index, *reasons[line.line_id]))
    return out


def _verdict(model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]) -> tuple[UnpackedReason, str] | None:
    if not boxes:
        return UnpackedReason.NO_BOX_AVAILABLE, _why_no_box(model)
    alone = np.array([member])
    admitted = [box for box in boxes if model.admission.refusal(alone, box.box_type_id) is None]
    verdict = _size_verdict(model, member, line, admitted)
    if verdict is None or len(admitted) == len(boxes):
        return verdict
    fitting = [box for box in boxes if _size_verdict(model, member, line, [box]) is None]
    if not fitting:
        return _size_verdict(model, member, line, boxes)
    largest = max(fitting, key=lambda box: (box.inner_volume_um3, box.box_type_id))
    rule = f"{model.admission.refusal(alone, largest.box_type_id)}; no box type that it fits may hold as much"
    return UnpackedReason.PROPERTY_CAP_EXCEEDED, rule


def _size_verdict(
    model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]
) -> tuple[UnpackedReason, str] | None:
    one = model.protect(np.array([member]))
    size = " x ".join(f"{edge / 1_000:g}" for edge in one.edges_um[0].tolist())
    shapes = model.shapes(np.array([member]), one).units
    fitting: list[tuple[float, str]] = []
    overfilled = 0
    for box in boxes:
        space = model.space(box, one, whole=True)
        if any(
            bounds.misfit(shape, each) is None
            for shape in shapes
            for each in (model.fillings(box, shape, whole=True).spaces if box.flexible else (space,))
        ):
            if one.volume_um3 > space.volume_limit_um3:
                overfilled += 1
                continue
            if one.packed_mg <= space.mass_limit_mg:
                return None
            fitting.append((space.mass_limit_mg - float(one.cushioning_mg[0]), space.mass_rule))
    if fitting:
        most, why = max(fitting)
        rule = f"{line.mass_g:g} g, and the boxes it fits take at most {most / 1_000:g} g beside their dunnage"
        if why:
            rule += f" ({why})"
        return UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, rule
    policy = model.request.policy
    what = "with its cushioning" if line.fragility is not None else "in its allowed orientations"
    rule = f"{size} mm {what} fits none of {len(boxes)} box types"
    if policy.fit_clearance_mm:
        rule += f" with a fit clearance of {policy.fit_clearance_mm:g} mm"
    if overfilled:
        rule += f"; {overfilled} are large enough, but it would pass the fill limit of {policy.fill_limit:g}"
    return UnpackedReason.DOES_NOT_FIT_ANY_BOX, rule


def _why_no_box(model: OrderModel) -> str:
    claims = model.request.policy.material_requirements
    what = f" meets {' and '.join(claims)}" if claims else " is in stock"
    if model.request.left_out:
        box_type_id, why = next(iter(model.request.left_out.items()))
        what += f" and within the box certificate (box type {box_type_id!r}: {why})"
    return f"no box type of catalog {model.request.catalog.catalog_id!r}{what}"
