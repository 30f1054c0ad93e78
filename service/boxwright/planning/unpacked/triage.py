"""Units that stay out, each with its reason: before any search, and after it."""

import dataclasses
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.mailer import Cuboid
from boxwright.domain.order import ALL_ORIENTATIONS, FragilityClass, Item
from boxwright.domain.plan import UnpackedReason, UnpackedUnit
from boxwright.domain.policy import Policy
from boxwright.packing.cells import fit_alone
from boxwright.packing.problem import Ints, Units
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.cushioned import Guard
from boxwright.planning.parts.lifting import lifting_words
from boxwright.planning.parts.own_containers import own_refusal
from boxwright.planning.rules.material_policy import MOST_NAMED
from boxwright.planning.unpacked.groups import Verdict, group_misfit, over_cap, without_broken_groups
from boxwright.planning.unpacked.misfit import (
    extents_of,
    lacks_words,
    listed,
    misfit_words,
    nearest,
    size_words,
    turned_words,
)
from boxwright.protection import upright_words
from boxwright.selection.outcome import Outcome
from boxwright.selection.stock import in_stock
from boxwright.units import exact

MOST_TAKERS = 3
"""Box types named at most, of those that would take a unit."""


def triage(model: OrderModel) -> tuple[Ints, list[UnpackedUnit]]:
    """Return the units that may fit some box or need none, and the others with the rule that binds each.

    A unit alone meets every rule of placement on the floor of its box, so fitting alone is decided exactly. With a unit
    that stays out stays its whole keep-together group.
    """
    units = model.expansion.units
    boxes = _roomiest_first(model.box_types())
    verdicts: dict[str, Verdict | None] = {}
    packable: list[int] = []
    out = [
        UnpackedUnit(line.line_id, index, UnpackedReason.MISSING_DIMENSIONS, "dimension_status is missing")
        for line, index in model.expansion.without_dimensions
    ]
    for member, (line, index) in enumerate(units):
        model.stop.look()
        if line.line_id not in verdicts:
            refusal = model.request.no_inner_box.get(line.line_id)
            verdict = Verdict(*refusal) if refusal else over_cap(model, member)
            if verdict is None and not model.admission.own[member]:
                verdict = _verdict(model, member, line, boxes)
                verdict = verdict and _with_boxes_out_of_reach(model, member, line, verdict)
                verdict = verdict and _with_own_container(model, line, verdict)
            verdicts[line.line_id] = verdict
        verdict = verdicts[line.line_id]
        if verdict is None:
            packable.append(member)
        else:
            out.append(UnpackedUnit(line.line_id, index, *verdict))
    return without_broken_groups(model, np.array(packable, dtype=np.int64), out)


def left_over(model: OrderModel, outcome: Outcome, max_parcels: int | None) -> list[UnpackedUnit]:
    """Return the units that the search left out, each with what kept it out: group, parcel limit, stock or effort.

    ``max_parcels`` is how many could still be opened: the policy's limit less the parcels already started.
    """
    policy = model.request.policy
    if not len(outcome.left):
        return []
    boxes = _roomiest_first(model.box_types())
    stock = _roomiest_first(in_stock(model.box_types(), outcome.parcels))
    reasons: dict[str, Verdict] = {}
    for bundle in model.admission.bundles(outcome.left):
        misfit = group_misfit(model, bundle) if len(bundle) > 1 else None
        if misfit is not None:
            reasons |= {model.expansion.units[member][0].line_id: misfit for member in bundle.tolist()}
    out = []
    for member in outcome.left.tolist():
        model.stop.look()
        line, index = model.expansion.units[member]
        if line.line_id not in reasons:
            if max_parcels is not None and len(outcome.parcels) >= max_parcels:
                rule = f"max_parcels is {policy.max_parcels}"
                if any(model.for_several(box) is not box for box in boxes):
                    rule += f", and lifting asks for {lifting_words(model.request.lifting)}"
                reasons[line.line_id] = Verdict(UnpackedReason.MAX_PARCELS_REACHED, rule)
            elif _verdict(model, member, line, stock) is not None:
                used = _takers(model, member, line)
                rule = "every box in stock that takes it is used" + (f": {used}" if used else "")
                reasons[line.line_id] = Verdict(UnpackedReason.NO_BOX_AVAILABLE, rule)
            else:
                rule = f"no place found within the effort of mode {policy.mode.value}"
                reasons[line.line_id] = Verdict(UnpackedReason.NOT_FOUND_WITHIN_EFFORT, rule)
        out.append(UnpackedUnit(line.line_id, index, *reasons[line.line_id]))
    return out


@lru_cache(maxsize=64)
def _roomiest_first(boxes: tuple[BoxType, ...]) -> list[BoxType]:
    """Return box types in the order in which a unit is tried: what fits any box mostly fits the first."""
    return sorted(boxes, key=lambda box: -box.inner_volume_um3)


def _verdict(model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]) -> Verdict | None:
    """Return why a unit fits none of some boxes, with any wrap that may be used."""
    variants = model.variants(np.array([member]))
    verdicts = [_verdict_with(variant, member, line, boxes) for variant in variants]
    return None if any(each is None for each in verdicts) else verdicts[0]


def _with_own_container(model: OrderModel, line: Item, verdict: Verdict) -> Verdict:
    """Return the verdict on a unit with the carrier's rule that refuses it in its own container."""
    biller = model.request.biller
    refused = own_refusal(line, biller) if line.ships_in_own_container else ""
    if not refused or biller is None:
        return verdict
    service = biller.rule.service_id
    rule = f"in its own container {service!r} refuses it: {refused}; in a box: {verdict.rule}"
    return verdict._replace(rule=rule)


def _with_boxes_out_of_reach(model: OrderModel, member: int, line: Item, verdict: Verdict) -> Verdict:
    """Return the verdict on a unit that no box takes, with those that would and are out of stock or may not be used.

    A unit that no such box takes either fits none, and the nearest is that of all.
    """
    reason, rule, _ = verdict
    spare, bare = model.restocked, not model.box_types()
    if bare and reason is UnpackedReason.MATERIAL_REQUIREMENTS:
        return verdict
    if spare is not None:
        without = _verdict(spare, member, line, _roomiest_first(spare.box_types()))
        if without is None:
            taken = f"{_takers(spare, member, line)} would take it, out of stock"
            return Verdict(UnpackedReason.NO_BOX_AVAILABLE, f"{rule}; {taken}")
        if bare and not model.request.left_out:
            return without._replace(rule=f"{without.rule}; all are out of stock")
    barred = model.barred
    if barred is not None and (takers := _takers(barred, member, line)):
        why = next(why for box_type_id, why in model.request.left_out.items() if repr(box_type_id) in takers)
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, f"{rule}; {takers} would take it and may not be used: {why}")
    every = model.every
    if every is None:
        return verdict
    of_all = _verdict(every, member, line, _roomiest_first(every.box_types()))
    fits_none = of_all is not None and of_all.reason is UnpackedReason.DOES_NOT_FIT_ANY_BOX
    return of_all if of_all is not None and fits_none and (bare or reason is of_all.reason) else verdict


def _takers(model: OrderModel, member: int, line: Item) -> str:
    """Return the smallest box types that take a unit, named, and whether there are more."""
    found: list[str] = []
    for box in reversed(_roomiest_first(model.box_types())):
        if _verdict(model, member, line, [box]) is None:
            if len(found) == MOST_TAKERS:
                return f"{', '.join(found)} and more"
            found.append(repr(box.box_type_id))
    return listed(found) if found else ""


def _verdict_with(model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]) -> Verdict | None:
    if not boxes:
        return _why_no_box(model)
    alone = np.array([member])
    admission = model.admission
    kept_out = [admission.kept_out.get(box.box_type_id) for box in boxes]
    rules = [out.rule for out in kept_out if out is not None and out.which[member]]
    if len(rules) == len(boxes):
        return Verdict(UnpackedReason.DOES_NOT_FIT_ANY_BOX, f"{rules[0]}, and no other box type may be used")
    boxes = [box for box, out in zip(boxes, kept_out, strict=True) if out is None or not out.which[member]]
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
        assert verdict is not None  # no box of them takes it
    ruled_out = _ruled_out(model, member, line)
    return Verdict(UnpackedReason.MATERIAL_REQUIREMENTS, f"{verdict.rule}; {ruled_out}") if ruled_out else verdict


def _size_verdict(model: OrderModel, member: int, line: Item, boxes: Sequence[BoxType]) -> Verdict | None:
    kinds = {box.compartments is not None: box for box in boxes}
    shapes_in = {in_cells: _shapes(model, member, in_cells=in_cells) for in_cells in kinds}
    shapes = shapes_in.get(False) or _shapes(model, member, in_cells=False)
    one = shapes[0]
    fitting: list[tuple[float, str, str]] = []
    small: list[tuple[str, Cuboid]] = []
    lying = ""
    upright = _upright(model, line)
    overfilled: list[tuple[float, str]] = []
    for box in boxes:
        here = shapes_in[box.compartments is not None]
        tried = [
            (shape, each) for shape in here for each in model.fillings(box, shape, whole=True, several=False).spaces
        ]
        if any(fit_alone(shape, each) for shape, each in tried):
            space = tried[0][1]  # the limits are those of the units as they are, at any filled height
            if here[0].volume_um3 > space.volume_limit_um3:
                overfilled.append((here[0].volume_um3 - space.volume_limit_um3, box.box_type_id))
                continue
            if here[0].packed_mg <= space.mass_limit_mg:
                return None
            limit = space.mass_limit_mg - float(here[0].cushioning_mg[0])
            fitting.append((limit, space.mass_rule, box.box_type_id))
        elif not box.compartments:
            small += [(box.box_type_id, each.edges_um) for _, each in tried]
            if upright and any(fit_alone(_in_any_orientation(shape), each) for shape, each in tried):
                lying = box.box_type_id
    if fitting:
        most, why, box_type_id = max(fitting)
        short = exact(math.ceil(line.mass_mg - most))
        inside = " with its inner box" if line.line_id in model.expansion.inner_boxes else ""
        rule = (
            f"{line.mass_g:g} g{inside}, and the boxes it fits take at most {most / 1_000:g} g beside their dunnage, "
            f"{box_type_id!r} the most: {short} g too little"
        )
        rule += f" ({why})" if why else "; a box type of stronger board may hold more"
        return Verdict(UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, rule)
    policy = model.request.policy
    guard = model.wrappings.guard(line)
    what = _what(line, one, guard, policy)
    one_type = len(boxes) == 1
    rule = misfit_words(what, len(boxes))
    if asked := model.request.material_policy.rules:
        rule += f" that {'meets' if one_type else 'meet'} {' and '.join(asked)}"
    if policy.fit_clearance_mm:
        rule += f" with a fit clearance of {policy.fit_clearance_mm:g} mm"
    if small:
        rule += f"; {_nearest(model, shapes, small)}"
    if lying:
        rule += f"; on its side it would fit {lying!r}, but {upright}"
    if overfilled:
        rule += f"; {len(overfilled)} {'is' if len(overfilled) == 1 else 'are'} large enough, but it would pass the"
        rule += f" fill limit of {policy.fill_limit:g}, of "
        over, box_type_id = min(overfilled)
        rule += f"{box_type_id!r} by {over / 1e15:.3g} L"
    required = _required_inner(one, policy)
    rule += _way_out(model, line, guard, required)
    by_size_alone = len(shapes) == 1 and not overfilled  # a folded unit may need less, a fill limit more
    return Verdict(UnpackedReason.DOES_NOT_FIT_ANY_BOX, rule, required if by_size_alone else None)


def _what(line: Item, one: Units, guard: Guard, policy: Policy) -> str:
    """Return what must fit, in words: a unit with its clearances, or its inner box and the inside that this needs."""
    to_walls = guard.half_gap_um + guard.wall_margin_um
    if not to_walls:
        return turned_words(one.edges_um[0].tolist())
    what = f"{size_words(line.edges_um)} with {exact(to_walls)} mm to each wall"
    if guard.inner is None:
        return what
    needed = " x ".join(exact(edge + 2 * to_walls + policy.fit_clearance_um) for edge in line.edges_um)
    inner = f"it is very_fragile, so that it is packed in an inner box: {guard.inner.box.box_type_id!r}"
    return f"{inner} of {what} needs {needed} mm inside, and"


def _required_inner(one: Units, policy: Policy) -> Cuboid:
    """Return the least inside that takes a unit with its clearances in its first allowed orientation, in um."""
    length, width, height = extents_of(one.edges_um[0] + 2 * one.clear_um[0], one.masks[0])[0]
    around = policy.fit_clearance_um
    return length + around, width + around, height + around


def _way_out(model: OrderModel, line: Item, guard: Guard, required_um: Cuboid) -> str:
    """Return the inside that a line with clearances needs, and when it needs no box; empty without clearances."""
    to_walls = guard.half_gap_um + guard.wall_margin_um
    if not to_walls or guard.inner is not None:
        return ""
    cure = f"; it needs a box of at least {' x '.join(map(exact, required_um))} mm inside"
    boxed = model.request.care(line).fragility_class is FragilityClass.BOXED
    if boxed and not line.ships_in_own_container:
        cure += ", or none where its own carton may travel as it is (ships_in_own_container)"
    return cure


def _shapes(model: OrderModel, member: int, *, in_cells: bool) -> tuple[Units, ...]:
    """Return a unit in every shape, protected as in open boxes or as it stands in compartments."""
    return model.shapes(np.array([member]), model.protected[in_cells].one(member)).units


def _upright(model: OrderModel, line: Item) -> str:
    """Return why a line that says nothing of orientations stays upright; empty where it does not."""
    if not line.care_field:
        return ""
    given = next(each for each in model.request.as_given.lines if each.line_id == line.line_id)
    return upright_words(given, model.request.materials)


def _in_any_orientation(units: Units) -> Units:
    return dataclasses.replace(units, masks=np.full_like(units.masks, (1 << len(ALL_ORIENTATIONS)) - 1))


def _nearest(model: OrderModel, shapes: Sequence[Units], small: Sequence[tuple[str, Cuboid]]) -> str:
    """Return the box that lacks least for a unit in any allowed orientation, and what it lacks along each edge.

    Parameters
    ----------
    model : OrderModel
        Says which box types are out of stock or may not be used.
    shapes : sequence of Units
        The unit, once in each shape.
    small : sequence of (str, tuple of int)
        Box types and their usable insides, in um; none of them takes it.
    """
    extents = [
        each for shape in shapes for each in extents_of(shape.edges_um[0] + 2 * shape.clear_um[0], shape.masks[0])
    ]
    place, lack = nearest(extents, [edges for _, edges in small])
    request, box_type_id = model.request, small[place][0]
    lacks = lacks_words(box_type_id, lack, only=len(small) == 1)
    if box_type_id in request.left_out:
        return f"{lacks}, and may not be used: {request.left_out[box_type_id]}"
    some_at_hand = any(request.catalog.box_type(each).available != 0 for each, _ in small)
    if some_at_hand and request.catalog.box_type(box_type_id).available == 0:
        return f"{lacks}, and is out of stock"
    return lacks


def _why_no_box(model: OrderModel) -> Verdict:
    """Return why no box type may be used at all: stock, or what the policy asks of materials."""
    request = model.request
    asked, catalog = request.material_policy, request.catalog
    none = f"no box type of catalog {catalog.catalog_id!r}"
    boxes = sorted(catalog.box_types, key=lambda box: box.box_type_id)  # however the catalog lists them
    at_hand = [box for box in boxes if box.available != 0]
    if request.left_out:
        box_type_id, why = next(iter(request.left_out.items()))
        what = f"meets {' and '.join(asked.rules)}" if asked.rules else "is in stock"
        rule = f"{none} {what} and may be used (box type {box_type_id!r}: {why})"
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, rule)
    if not at_hand or not asked.rules:
        return Verdict(UnpackedReason.NO_BOX_AVAILABLE, f"{none} is in stock")
    rule = f"{none} meets {' and '.join(asked.rules)}: {asked.obstacles(at_hand)}"
    used_up = [box.box_type_id for box in boxes if box.available == 0]
    meeting = [each for each in used_up if not asked.broken(catalog.box_type(each))]
    if meeting:
        rule += f"; it is met by {', '.join(map(repr, meeting[:MOST_NAMED]))}, out of stock"
    for kind in DunnageKind:
        stocked = [each for each in catalog.dunnage if each.kind is kind]
        if stocked and all(map(asked.broken, stocked)):
            rule += f"; no {kind.value.replace('_', ' ')} meets it either: {asked.obstacles(stocked)}"
    return Verdict(UnpackedReason.MATERIAL_REQUIREMENTS, rule)


def _ruled_out(model: OrderModel, member: int, line: Item) -> str:
    """Return which box type takes a unit and may not be used for its material, in words; empty if none does."""
    request = model.request
    asked = request.material_policy
    if not asked.rules:
        return ""
    for box in sorted(request.catalog.box_types, key=lambda box: (box.inner_volume_um3, box.box_type_id)):
        broken = asked.broken(box) if box.available != 0 else {}
        if broken and _size_verdict(model, member, line, [box]) is None:
            return f"{box.box_type_id!r} would take it and misses " + ", ".join(
                f"{rule} ({why})" for rule, why in broken.items()
            )
    return ""
