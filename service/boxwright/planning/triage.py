"""Finds the units that are not packed, each with its reason, before the search and after it."""

import dataclasses
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.mailer import Cuboid
from boxwright.domain.order import ALL_ORIENTATIONS, FragilityClass, Item
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.domain.policy import EMPTY_SPACE, EMPTY_SPACE_CURES
from boxwright.packing.cells import fit_alone
from boxwright.packing.problem import Ints, Space, Units
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.admission import own_refusal
from boxwright.planning.parts.spaces import lifting_words
from boxwright.planning.words import first_of, listed
from boxwright.protection import upright_words
from boxwright.selection.effort import EFFORT
from boxwright.selection.outcome import Outcome
from boxwright.selection.single import search_single
from boxwright.selection.stock import in_stock
from boxwright.units import exact

MOST_TAKERS = 3
"""Maximum number of box types named in a reason."""


class Verdict(NamedTuple):
    """The reason why a unit is not packed, with the fields of ``UnpackedUnit``."""

    reason: UnpackedReason
    rule: str
    required_inner_um: Cuboid | None = None


def triage(model: OrderModel) -> tuple[Ints, list[UnpackedUnit]]:
    """Return the units that some box takes alone or that need no box, and the others with the rule that refuses them.

    A unit alone on the floor of its box meets every rule of placement, so the answer is exact. A keep-together group is
    in one parcel or in none, so none of its units is packed if one is refused.
    """
    expansion, first = model.expansion, 0
    packable: list[int] = []
    out = [
        UnpackedUnit(line.line_id, index, UnpackedReason.MISSING_DIMENSIONS, "dimension_status is missing")
        for line, index in expansion.without_dimensions
    ]
    open_box = next((box for box in model.box_types() if not box.compartments), None)
    free = model.admission.free and not model.request.no_inner_box and open_box is not None
    each_fits = free and model.spaces.table.takes_each(model.protect(expansion.everything, open_box))
    for line, _ in expansion.lines:
        model.stop.look()
        verdict = None if each_fits else _of_line(model, first, line)
        if verdict is None:
            packable += range(first, first + line.quantity)
        else:
            out += [UnpackedUnit(line.line_id, index, *verdict) for index in range(line.quantity)]
        first += line.quantity
    members = np.array(packable, dtype=np.int64)
    broken: dict[str, str] = {}
    groups = {line.line_id: line.keep_together_group for line in model.request.order.lines if line.keep_together_group}
    for unit in out:
        if group := groups.get(unit.line_id):
            broken.setdefault(
                group, f"line {unit.line_id} of its keep-together group {group!r} is not packed: {unit.message}"
            )
    for bundle in model.admission.bundles(members) if groups else ():
        model.stop.look()
        if len(bundle) > 1 and (rule := model.admission.refusal(bundle)) is not None:
            group = groups[expansion.units[int(bundle[0])][0].line_id]
            broken.setdefault(group, f"its keep-together group {group!r} breaks a rule: {rule}")
    whys = [broken.get(expansion.units[member][0].keep_together_group) for member in packable] if broken else []
    for member, why in zip(packable, whys, strict=False):
        if why is not None:
            line, index = expansion.units[member]
            out.append(UnpackedUnit(line.line_id, index, UnpackedReason.GROUP_DOES_NOT_FIT, why))
    return members[[why is None for why in whys]] if broken else members, out


def _of_line(model: OrderModel, member: int, line: Item) -> Verdict | None:
    """Return why no box takes a line whose first unit is ``member``; None if a box does or none is needed."""
    if refusal := model.request.no_inner_box.get(line.line_id):
        return Verdict(*refusal)
    if (rule := model.admission.refusal(np.array([member]))) is not None:
        return Verdict(UnpackedReason.PROPERTY_CAP_EXCEEDED, rule)
    if model.admission.own[member]:
        return None
    verdict = _verdict(model, member, line)
    if verdict is None:
        return None
    verdict, biller = _with_boxes_out_of_reach(model, member, line, verdict), model.request.biller
    if biller is not None and line.ships_in_own_container and (refused := own_refusal(line, biller)):
        rule = f"{biller.rule.service_id!r} refuses it in its own container ({refused}); in a box: {verdict.rule}"
        return verdict._replace(rule=rule)
    return verdict


def left_over(model: OrderModel, outcome: Outcome, max_parcels: int | None) -> list[UnpackedUnit]:
    """Return the units that the search left out, with the reason: group, parcel limit, stock or effort.

    ``max_parcels`` is the policy's limit minus the number of started parcels.
    """
    if not len(outcome.left):
        return []
    policy, boxes, units = model.request.policy, model.box_types(), model.expansion.units
    reasons: dict[str, Verdict] = {}
    for bundle in model.admission.bundles(outcome.left):
        if len(bundle) > 1 and (misfit := _group_misfit(model, bundle)) is not None:
            reasons |= {units[member][0].line_id: misfit for member in bundle.tolist()}
    for member in outcome.left.tolist():
        model.stop.look()
        line, _ = units[member]
        if line.line_id in reasons:
            continue
        reason = UnpackedReason.NOT_FOUND_WITHIN_EFFORT
        rule = f"no place found within the effort of mode {policy.mode.value}"
        if max_parcels is not None and len(outcome.parcels) >= max_parcels:
            reason, rule = UnpackedReason.MAX_PARCELS_REACHED, f"max_parcels is {policy.max_parcels}"
            if any(not box.flexible and model.for_several(box) is not box for box in boxes):
                rule += f", and the lifting profile allows {lifting_words(model.request.lifting)}"
        elif _verdict(model, member, line, in_stock(boxes, outcome.parcels)) is not None:
            used = [*map(repr, _takers(model, member, line, boxes))]
            reason = UnpackedReason.NO_BOX_AVAILABLE
            rule = "every box in stock that takes it is used" + (f": {first_of(used, MOST_TAKERS)}" if used else "")
        reasons[line.line_id] = Verdict(reason, rule)
    left = (units[member] for member in outcome.left.tolist())
    return [UnpackedUnit(line.line_id, index, *reasons[line.line_id]) for line, index in left]


def _group_misfit(model: OrderModel, bundle: Ints) -> Verdict | None:
    """Return why no box takes a keep-together group; None if an available box does."""
    request = model.request
    group = model.expansion.units[int(bundle[0])][0].keep_together_group
    what = f"the {len(bundle)} units of keep-together group {group!r}"
    alone = search_single(model, bundle, model.box_types(), EFFORT[request.policy.mode])
    if alone.found is not None:
        return None
    if other := model.with_all_boxes:
        further = [box for box in other.box_types() if box not in model.box_types()]
        found = search_single(other, bundle, further, EFFORT[request.policy.mode]).found
        if found:
            box_type_id = found.box.box_type_id
            barred = request.left_out.get(box_type_id)
            why = f" and may not be used: {barred}" if barred else ", out of stock"
            rule = f"{what} fit no available box; {box_type_id!r} would take them{why}"
            return Verdict(UnpackedReason.NO_BOX_AVAILABLE, rule)
    if alone.open_candidates:
        rule = f"no box for {what} found within the effort of mode {request.policy.mode.value}"
        return Verdict(UnpackedReason.NOT_FOUND_WITHIN_EFFORT, rule)
    if not alone.refused:
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, f"{what} need a box, and none is in stock")
    last = max(alone.refused, key=lambda refusal: request.catalog.box_type(refusal.box_type_id).inner_volume_um3)
    rule = f"{what} fit no box type; the largest, {last.box_type_id}: {last.message}"
    return Verdict(UnpackedReason.GROUP_DOES_NOT_FIT, rule)


@lru_cache(maxsize=64)
def _roomiest_first(boxes: tuple[BoxType, ...]) -> list[BoxType]:
    """Return box types by falling volume, since a unit that fits any box mostly fits the first."""
    return sorted(boxes, key=lambda box: -box.inner_volume_um3)


def _verdict(model: OrderModel, member: int, line: Item, boxes: tuple[BoxType, ...] | None = None) -> Verdict | None:
    """Return why a unit fits none of some boxes with any wrap; None if it fits one. Default: all boxes."""
    some = _roomiest_first(model.box_types() if boxes is None else boxes)
    verdicts = [_verdict_with(variant, member, line, some) for variant in model.variants(np.array([member]))]
    return None if any(verdict is None for verdict in verdicts) else verdicts[0]


def _with_boxes_out_of_reach(model: OrderModel, member: int, line: Item, verdict: Verdict) -> Verdict:
    """Return the verdict on a unit that no box takes, with boxes that would take it but are out of stock or excluded.

    If there are none, the nearest box is chosen among all boxes.
    """
    bare, left_out, every = not model.box_types(), model.request.left_out, model.with_all_boxes
    if every is None or (bare and verdict.reason is UnpackedReason.MATERIAL_REQUIREMENTS):
        return verdict
    takers = _takers(every, member, line, [box for box in every.box_types() if box not in model.box_types()])
    if out := [name for name in takers if name not in left_out]:
        rule = f"{verdict.rule}; {first_of([*map(repr, out)], MOST_TAKERS)} would take it but is out of stock"
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, rule)
    if takers:
        named, why = first_of([*map(repr, takers)], MOST_TAKERS), left_out[takers[0]]
        rule = f"{verdict.rule}; {named} would take it and may not be used: {why}"
        if EMPTY_SPACE in why:
            return Verdict(UnpackedReason.EMPTY_SPACE_CONFLICT, f"{rule}; {EMPTY_SPACE_CURES}")
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, rule)
    of_all = _verdict(every, member, line)
    if of_all and bare and not left_out:
        return of_all._replace(rule=f"{of_all.rule}; all are out of stock")
    fits_none = of_all and of_all.reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    return of_all if of_all and fits_none and (bare or verdict.reason is of_all.reason) else verdict


def _takers(model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]) -> list[str]:
    """Return the ids of the box types that take a unit, the smallest first."""
    smallest_first = sorted(boxes, key=lambda box: box.inner_volume_um3)
    return [box.box_type_id for box in smallest_first if _verdict(model, member, line, (box,)) is None]


def _verdict_with(model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]) -> Verdict | None:
    if not boxes:
        return _why_no_box(model)
    alone, admission = np.array([member]), model.admission
    if out := {name: kept.rule for name, kept in admission.kept_out.items() if kept.which[member]}:
        others = [box for box in boxes if box.box_type_id not in out]
        if not others:
            rule = f"{out[boxes[0].box_type_id]}, and no other box type may be used"
            return Verdict(UnpackedReason.DOES_NOT_FIT_ANY_BOX, rule)
        boxes = others
    admitted = boxes if admission.free else [box for box in boxes if not admission.refusal(alone, box.box_type_id)]
    verdict = _size_verdict(model, member, line, admitted)
    if verdict is None:
        return None
    if len(admitted) < len(boxes):
        fitting = [box for box in boxes if _size_verdict(model, member, line, [box]) is None]
        if fitting:
            largest = max(fitting, key=lambda box: (box.inner_volume_um3, box.box_type_id))
            refusal = admission.refusal(alone, largest.box_type_id)
            rule = f"{refusal}; no box type that it fits may hold as much"
            return Verdict(UnpackedReason.PROPERTY_CAP_EXCEEDED, rule)
        verdict = _size_verdict(model, member, line, boxes)
        assert verdict is not None
    asked, every = model.request.material_policy, model.request.catalog.box_types
    smallest_first = sorted(every, key=lambda box: (box.inner_volume_um3, box.box_type_id)) if asked.rules else ()
    for box in smallest_first:
        broken = asked.broken(box) if box.available != 0 else {}
        if broken and _size_verdict(model, member, line, [box]) is None:
            misses = ", ".join(f"{rule} ({why})" for rule, why in broken.items())
            rule = f"{verdict.rule}; {box.box_type_id!r} would take it but misses {misses}"
            return Verdict(UnpackedReason.MATERIAL_REQUIREMENTS, rule)
    return verdict


def _size_verdict(model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]) -> Verdict | None:
    """Return why a unit alone fits none of some boxes by size, fill or weight; None if it fits one."""
    alone = np.array([member])
    # The unit is tried in every shape, protected as in open boxes, and as in compartments.
    shapes = in_cells = model.shapes(alone, model.wrappings.protect(alone)).units
    if celled := next((box for box in boxes if box.compartments), None):
        in_cells = model.shapes(alone, model.protect(alone, celled)).units
    heavy: list[tuple[float, str, str]] = []
    small: list[tuple[str, Units, Space]] = []
    overfilled: list[tuple[float, str]] = []
    for box in boxes:
        here = in_cells if box.compartments else shapes
        tried = [
            (shape, space) for shape in here for space in model.fillings(box, shape, whole=True, several=False).spaces
        ]
        if not any(fit_alone(shape, space) for shape, space in tried):
            if not box.compartments:
                small += [(box.box_type_id, *pair) for pair in tried]
            continue
        space = tried[0][1]  # the limits are the same at any filled height
        if here[0].volume_um3 > space.volume_limit_um3:
            overfilled.append((here[0].volume_um3 - space.volume_limit_um3, box.box_type_id))
        elif here[0].packed_mg <= space.mass_limit_mg:
            return None
        else:
            limit = space.mass_limit_mg - float(here[0].cushioning_mg[0])
            heavy.append((limit, space.mass_rule, box.box_type_id))
    if heavy:
        most, why, box_type_id = max(heavy)
        short = exact(math.ceil(line.mass_mg - most))
        inside = " with its inner box" if line.line_id in model.expansion.inner_boxes else ""
        rule = (
            f"it weighs {line.mass_g:g} g{inside}; of the boxes that it fits, {box_type_id!r} holds the most: "
            f"{most / 1_000:g} g in addition to its dunnage, {short} g too little"
        )
        rule += f" ({why})" if why else "; a box type of stronger board may hold more"
        return Verdict(UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, rule)
    guard, only = model.wrappings.guards[line.line_id], len(boxes) == 1
    policy, clearance_um = model.request.policy, max(map(model.request.slack_um, boxes), default=0)
    which = "does not fit the only box type" if only else f"fits none of {len(boxes)} box types"
    # The size that must fit is the unit with its clearances, or the inner size that its inner box needs.
    to_walls = guard.half_gap_um + guard.wall_margin_um
    edges = line.edges_um if to_walls else shapes[0].edges_um[0].tolist()
    what = " x ".join(f"{edge / 1_000:g}" for edge in edges) + " mm"
    what += f" with {exact(to_walls)} mm to each wall" if to_walls else " in its allowed orientations"
    if guard.inner is not None:
        needed = " x ".join(exact(edge + 2 * to_walls + clearance_um) for edge in line.edges_um)
        inner = f"it is very_fragile and goes into an inner box: {guard.inner.box.box_type_id!r}"
        what = f"{inner} of {what} needs {needed} mm inside, and"
    rule = f"{what} {which}"
    if asked := model.request.material_policy.rules:
        rule += f" that {'meets' if only else 'meet'} {' and '.join(asked)}"
    if clearance_um > guard.wall_margin_um:
        rule += f" with a fit clearance of {exact(clearance_um)} mm"
    if small:
        rule += f"; {_nearest(model, shapes, [(box_type_id, space) for box_type_id, _, space in small])}"
    if small and line.care_field:
        given = next(given_line for given_line in model.request.as_given.lines if given_line.line_id == line.line_id)
        upright, any_way = upright_words(given, model.request.materials), (1 << len(ALL_ORIENTATIONS)) - 1
        lying = [
            box_type_id
            for box_type_id, shape, space in small
            if upright and fit_alone(dataclasses.replace(shape, masks=np.full_like(shape.masks, any_way)), space)
        ]
        rule += f"; on its side it would fit {lying[-1]!r}, but {upright}" if lying else ""
    if overfilled:
        over, box_type_id = min(overfilled)
        rule += f"; {len(overfilled)} {'is' if len(overfilled) == 1 else 'are'} large enough, but the unit would exceed"
        rule += f" the fill limit of {policy.fill_limit:g}, in {box_type_id!r} by {over / 1e15:.3g} L"
    # The smallest inner size for its first allowed orientation, clearances included.
    length, width, height = (edge + clearance_um for edge in _extents(shapes[0], clearance_um)[0])
    if to_walls and guard.inner is None:
        rule += f"; it needs a box of at least {' x '.join(map(exact, (length, width, height)))} mm inside"
        boxed = model.request.care(line).fragility_class is FragilityClass.BOXED
        if boxed and not line.ships_in_own_container:
            rule += ", or no box if its own carton may ship as it is (ships_in_own_container)"
    # A folded unit may need a smaller box, a fill limit a larger one.
    by_size_alone = len(shapes) == 1 and not overfilled
    required = (length, width, height) if by_size_alone else None
    return Verdict(UnpackedReason.DOES_NOT_FIT_ANY_BOX, rule, required)


def _extents(one: Units, slack_um: int) -> list[Cuboid]:
    """Return the inner edges that a unit needs in each allowed orientation, without fit clearance."""
    margin, mask = int(one.clear_um[0]), int(one.masks[0])
    edges = (one.edges_um[0] + margin + max(margin - slack_um, 0)).tolist()
    return [orientation.rotate(*edges) for bit, orientation in enumerate(ALL_ORIENTATIONS) if mask >> bit & 1]


def _nearest(model: OrderModel, shapes: Sequence[Units], small: Sequence[tuple[str, Space]]) -> str:
    """Describe the box that comes nearest to taking a unit in some shape, and what each edge lacks.

    ``small`` are box types that do not take the unit, with their spaces.
    """
    extents = [[edges for shape in shapes for edges in _extents(shape, space.slack_um)] for _, space in small]
    inside = np.array([[space.edges_um] for _, space in small], dtype=np.int64)
    lacking = np.maximum(np.array(extents, dtype=np.int64) - inside, 0).swapaxes(0, 1)
    turn, place = divmod(int(lacking.sum(axis=2).argmin()), len(small))
    request, box_type_id = model.request, small[place][0]
    edges = zip(("length", "width", "height"), lacking[turn, place].tolist(), strict=True)
    lacks = listed([f"{exact(lack)} mm of {edge}" for edge, lack in edges if lack])
    words = f"{box_type_id!r} lacks {lacks}" if len(small) == 1 else f"the nearest, {box_type_id!r}, lacks {lacks}"
    if box_type_id in request.left_out:
        return f"{words}, and may not be used: {request.left_out[box_type_id]}"
    some_at_hand = any(request.catalog.box_type(name).available != 0 for name, _ in small)
    if some_at_hand and request.catalog.box_type(box_type_id).available == 0:
        return f"{words}, and is out of stock"
    return words


def _why_no_box(model: OrderModel) -> Verdict:
    """Return why no box type may be used at all: no stock, or material rules."""
    request = model.request
    asked, catalog = request.material_policy, request.catalog
    none, meets = f"no box type of catalog {catalog.catalog_id!r}", f"meets {' and '.join(asked.rules)}"
    boxes = sorted(catalog.box_types, key=lambda box: box.box_type_id)
    at_hand = [box for box in boxes if box.available != 0]
    if request.left_out:
        box_type_id, why = next(iter(request.left_out.items()))
        rule = f"{none} {meets if asked.rules else 'is in stock'} and may be used (box type {box_type_id!r}: {why})"
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, rule)
    if not at_hand or not asked.rules:
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, f"{none} is in stock")
    rule = f"{none} {meets}: {asked.obstacles(at_hand)}"
    if meeting := [repr(box.box_type_id) for box in boxes if box.available == 0 and not asked.broken(box)]:
        rule += f"; it is met by {first_of(meeting)}, out of stock"
    return Verdict(UnpackedReason.MATERIAL_REQUIREMENTS, rule)
