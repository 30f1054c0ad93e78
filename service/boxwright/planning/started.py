"""Started parcels: they are checked first, and filled before any other box is used."""

import dataclasses
import math
from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np

from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import Parcel, StartedParcel, UnpackedReason, UnpackedUnit, without_positions
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.packing.problem import Ints, Layout
from boxwright.packing.proofs import over_weight
from boxwright.packing.question import Question
from boxwright.planning.boxes import Solution, find_boxes
from boxwright.planning.finishing.certify import NOTHING_PROVED
from boxwright.planning.finishing.checked import wrong_parcels
from boxwright.planning.finishing.finish import finish_parcel, finish_plan
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.expansion import packed_of
from boxwright.planning.request import Request
from boxwright.planning.triage import left_over
from boxwright.selection.effort import EFFORT
from boxwright.selection.model import PackedBox
from boxwright.selection.outcome import Outcome
from boxwright.selection.packings import without_split_groups
from boxwright.selection.single import lowest_first, try_candidate

MAY_FIT = {
    UnpackedReason.DOES_NOT_FIT_ANY_BOX,
    UnpackedReason.TOO_HEAVY_FOR_ANY_BOX,
    UnpackedReason.NO_BOX_AVAILABLE,
    UnpackedReason.MATERIAL_REQUIREMENTS,
}
"""Reasons that do not keep a unit out of a started parcel: its box type may be out of stock."""


def solve_started(model: OrderModel, packable: Ints, unpacked: list[UnpackedUnit]) -> Solution:
    """Return the plan of a request with started parcels, which are filled first; the rest is planned as usual.

    The result depends on which parcel is filled first, so the plan has no proof. ``packable`` and ``unpacked`` are the
    results of ``triage``.

    Raises
    ------
    InvalidInputError
        As ``read_started``; or if a started keep-together group cannot be completed in its parcel, or units without
        positions have no layout.
    """
    request = model.request
    filled, packable, unpacked = _fill_all(model, packable, unpacked)
    most = request.policy.max_parcels
    left_to_open = None if most is None else most - len(filled)
    rest = Outcome(left=packable)
    if len(packable) and left_to_open != 0:
        rest = find_boxes(model, packable, left_to_open)
    with model.stop.finishing():
        left = left_over(model, rest, left_to_open)
        begun = [dataclasses.replace(packed, price=(0,) * len(request.policy.ranking)) for packed in filled.values()]
        outcome = dataclasses.replace(rest, parcels=[*begun, *rest.parcels], left=packable[:0], begun=len(begun))
        plan = finish_plan(model, outcome, [*unpacked, *left])
    # Units that were already in a parcel keep their stated wall margins.
    lying = {
        (unit.line_id, unit.unit_index): unit.wall_margin_um
        for begun in request.started
        if not without_positions(begun.placements)
        for unit in begun.placements
    }
    parcels = []
    for parcel, name in zip(plan.parcels, filled, strict=False):
        margins = (
            lying.get((placed.line_id, placed.unit_index), placed.wall_margin_um) for placed in parcel.placements
        )
        both = zip(parcel.placements, margins, strict=True)
        placements = (dataclasses.replace(placed, wall_margin_um=margin_um) for placed, margin_um in both)
        parcels.append(dataclasses.replace(parcel, started_parcel_id=name, placements=tuple(placements)))
    plan = dataclasses.replace(
        plan,
        parcels=(*parcels, *plan.parcels[len(parcels) :]),
        certificate=NOTHING_PROVED,
        warnings=(*plan.warnings, *gathered(list(_notes(request, filled)))),
    )
    return Solution(plan, model, packable, outcome)


def _notes(request: Request, filled: Mapping[str, PackedBox]) -> Iterator[PlanWarning]:
    """Yield a warning for each started parcel that is left out of the plan, or whose layout is assumed."""
    for index, parcel in enumerate(request.started):
        at, what = f"started_parcels[{index}]", f"started parcel {parcel.started_parcel_id!r}"
        if parcel.started_parcel_id not in filled:
            text = f"{what} holds no unit and is left out of the plan"
            yield PlanWarning(WarningCode.STARTED_PARCEL_UNUSED, at, text)
        if without_positions(parcel.placements):
            text = f"{what} names its units without positions; the plan assumes a layout of them"
            yield PlanWarning(WarningCode.STARTED_LAYOUT_ASSUMED, f"{at}.placements", text)


def read_started(model: OrderModel) -> list[tuple[StartedParcel, PackedBox]]:
    """Return each started parcel with its packed box, sorted by id; without positions it has only its units.

    Raises
    ------
    InvalidInputError
        If names or units are wrong, or a parcel breaks a rule of a valid packing.
    """
    request = model.request
    _refuse_names(model)
    # The parcels are checked as stated first, since figures can be computed only for valid placements.
    stated = {
        place: Parcel(begun.box_type_id, begun.placements)
        for place, begun in enumerate(request.started)
        if begun.placements and not without_positions(begun.placements)
    }
    _found_wrong(model, stated, figures=False).raise_any()
    members = model.expansion.members
    packed = [packed_of(begun.placements, request.box_type(begun.box_type_id), members) for begun in request.started]
    _found_wrong(model, {place: packed[place] for place in stated}).raise_any()
    return sorted(zip(request.started, packed, strict=True), key=lambda both: both[0].started_parcel_id)


def _refuse_names(model: OrderModel) -> None:
    request, found = model.request, Findings(stop=model.stop)
    boxes = {box.box_type_id: box for box in request.catalog.box_types}
    ids: set[str] = set()
    seen: set[tuple[str, int]] = set()
    for index, begun in enumerate(request.started):
        at = found.at(f"started_parcels[{index}]")
        if begun.started_parcel_id in ids:
            at.add("started_parcel_id", f"must be unique, {begun.started_parcel_id!r} is repeated")
        ids.add(begun.started_parcel_id)
        box = boxes.get(begun.box_type_id)
        if box is None or box.flexible or box.compartments:
            what = f"a rigid box type without compartments of catalog {request.catalog.catalog_id!r}"
            at.add("box_type_id", f"must be {what}, got {begun.box_type_id!r}")
        for place, unit in enumerate(begun.placements):
            field, name = f"placements[{place}]", (unit.line_id, unit.unit_index)
            known = isinstance(unit.line_id, str) and type(unit.unit_index) is int and name in model.expansion.members
            if not known:
                got = f"unit {unit.unit_index!r:.80} of line {unit.line_id!r:.80}"
                at.add(field, f"must be a unit of the order with dimensions, got {got}")
                continue
            if name in seen:
                at.add(field, f"must lie in only one started parcel, {unit.line_id!r} {unit.unit_index} is repeated")
            seen.add(name)
            if unit.line_id in request.inner_boxes or unit.line_id in request.no_inner_box:
                rule = f"must hold no unit of a very_fragile line, got {unit.line_id!r}"
                at.add(field, f"{rule}: inner boxes are planned for new boxes only")
    holding, most = sum(bool(begun.placements) for begun in request.started), request.policy.max_parcels
    if most is not None and holding > most:
        found.add("policy.max_parcels", f"must be at least {holding}, the parcels already started, got {most}")
    if request.started and not model.packer.starts_from_fixed:
        engine = request.policy.engine.value
        found.add("policy.engine", f"must not be {engine}: it cannot start from a box packed in part")
    found.raise_any()


def _found_wrong(model: OrderModel, parcels: Mapping[int, PackedBox | Parcel], *, figures: bool = True) -> Findings:
    """Return the violations that the independent check finds in started parcels, each at its place in the request."""
    request, found, places, named = model.request, Findings(stop=model.stop), list(parcels), []
    for place, stated in parcels.items():
        parcel = stated if isinstance(stated, Parcel) else finish_parcel(model, stated)
        name = request.started[place].started_parcel_id
        named.append(dataclasses.replace(parcel, footprints=(), started_parcel_id=name))
    for wrong in wrong_parcels(named, request) if named else ():
        if not figures and wrong.constraint == "stated_figures":
            continue
        field = "started_parcels"
        if wrong.parcel_index is not None:
            field += f"[{places[wrong.parcel_index]}]"
            for number, unit in enumerate(named[wrong.parcel_index].placements):
                if (wrong.line_id, wrong.unit_index) == (unit.line_id, unit.unit_index):
                    field += f".placements[{number}]"
        found.add(field, f"must be a valid packing: {wrong.kind.value}, {wrong.detail}")
    return found


def _fill_all(
    model: OrderModel, packable: Ints, unpacked: list[UnpackedUnit]
) -> tuple[dict[str, PackedBox], Ints, list[UnpackedUnit]]:
    """Fill the started parcels; return, by id, those that hold units, and the packable and unpacked units left."""
    started = read_started(model)
    # A started parcel does not name its wrap, so the first of several is assumed.
    model = model.variant("")
    request, admission, expansion = model.request, model.admission, model.expansion
    lines = {line.line_id: line for line in request.order.lines}
    lying = np.concatenate([packed.members for _, packed in started])
    extra = [
        expansion.members[unit.line_id, unit.unit_index]
        for unit in unpacked
        if unit.reason in MAY_FIT
        and not lines[unit.line_id].keep_together_group
        and unit.line_id not in request.no_inner_box
    ]
    left = np.setdiff1d(np.concatenate([packable, np.array(extra, dtype=np.int64)]), lying)
    groups = [set(admission.together[packed.members].tolist()) - {-1} for _, packed in started]
    filled = {}
    inside = set(lying.tolist())
    for (parcel, begun), own in zip(started, groups, strict=True):
        elsewhere = set().union(*groups) - own
        offered = left[~np.isin(admission.together[left], list(elsewhere))]
        forced = offered[np.isin(admission.together[offered], list(own))]
        index, laid = request.started.index(parcel), not without_positions(parcel.placements)
        if laid:
            packed = _fill(model, begun, forced, offered)
        else:
            packed = _laid_and_filled(model, index, begun, forced, offered)
        missing = np.setdiff1d(forced, packed.members)
        if len(missing):
            group = expansion.units[int(missing[0])][0].keep_together_group
            rule = f"holds part of keep-together group {group!r}, but has no place for {len(missing)} units of it"
            # Name the weight limit if that is the reason.
            question, _ = _beside(model, begun if laid else packed, forced, whole=True)
            if heavy := over_weight(question.units, question.space):
                rule += f": {heavy}"
            raise InvalidInputError([FieldViolation(f"started_parcels[{index}]", rule)])
        left = np.setdiff1d(left, packed.members)
        inside.update(packed.members.tolist())
        if len(packed.members):
            filled[parcel.started_parcel_id] = packed
    still_out = [unit for unit in unpacked if expansion.members.get((unit.line_id, unit.unit_index)) not in inside]
    begun_groups = {expansion.units[member][0].keep_together_group for member in lying.tolist()} - {""}
    for unit in still_out:
        if (group := lines[unit.line_id].keep_together_group) in begun_groups:
            rule = f"hold units of keep-together group {group!r}, but its line {unit.line_id!r} is not packed"
            raise InvalidInputError([FieldViolation("started_parcels", f"{rule}: {unit.message}")])
    return filled, np.intersect1d(left, packable), still_out


def _laid_and_filled(model: OrderModel, index: int, begun: PackedBox, forced: Ints, offered: Ints) -> PackedBox:
    """Return a started parcel of units without positions, filled with as many units as go in.

    Its units come first in the pack sequence, since they are in the box. If all units go in only with others below
    them, they are taken out and laid again.
    """
    request, box = model.request, begun.box
    effort = EFFORT[request.policy.mode].of_an_order
    everything = np.sort(np.concatenate([begun.members, offered]))
    (candidate,) = lowest_first(model, everything, [box])
    whole = try_candidate(candidate, effort, None).found
    if whole is not None:
        inside = np.argsort(~np.isin(whole.members, begun.members), kind="stable")
        turns, corners = whole.orientations[inside], whole.corners_um[inside]
        first = dataclasses.replace(whole, members=whole.members[inside], orientations=turns, corners_um=corners)
        if not _found_wrong(model, {index: first}):
            return first
    # Only this box is allowed, since the units lie in it, even if a pack would take them.
    alone = OrderModel(dataclasses.replace(request, box_types=(box,)), model.expansion).variant("")
    (candidate,) = lowest_first(alone, np.sort(begun.members), [box])
    outcome = try_candidate(candidate, effort, None)
    if outcome.found is None:
        why = [refusal.message for refusal in outcome.refused]
        why = why or ["no layout was found that keeps the required gaps, loads and support"]
        rule = f"must have positions, or fit one {box.box_type_id!r}: {why[0]}"
        raise InvalidInputError([FieldViolation(f"started_parcels[{index}].placements", rule)])
    # Units are moved to the left and the front, which leaves the most room for others.
    packed, members = outcome.found, np.sort(outcome.found.members)
    margins = alone.protect(members, box).clear_um[np.searchsorted(members, packed.members)]
    free = (packed.corners_um[:, :2] - margins[:, np.newaxis]).min(axis=0)
    packed = dataclasses.replace(packed, corners_um=packed.corners_um - np.array([*free, 0, *free, 0]))
    _found_wrong(model, {index: packed}).raise_any()
    filled = _fill(model, packed, forced, offered)
    return filled if whole is None or len(filled.members) == len(everything) else whole


def _fill(model: OrderModel, packed: PackedBox, forced: Ints, offered: Ints) -> PackedBox:
    """Return a started parcel with all offered units or, failing that, ``forced`` and as many others as go in."""
    admission, box_type_id = model.admission, packed.box.box_type_id
    everything = np.sort(np.concatenate([packed.members, offered]))
    if len(offered) and admission.refusal(everything, box_type_id) is None:
        whole = _filled(model, packed, offered, whole=True)
        if whole is not None:
            return whole
    if len(forced):
        if admission.refusal(np.sort(np.concatenate([packed.members, forced])), box_type_id) is not None:
            return packed
        fuller = _filled(model, packed, forced, whole=True)
        if fuller is None:
            return packed
        packed, offered = fuller, np.setdiff1d(offered, forced)
    inside, best = np.sort(packed.members), packed
    volumes = model.expansion.arrays.volumes_um3
    for value in np.unique(admission.apart[offered]).tolist() or [-1]:
        union = np.sort(np.concatenate([inside, offered]))
        for _ in range(2):  # units that found no place may have kept others out, so the others are tried alone
            offer = np.setdiff1d(admission.widened(inside, union, box_type_id, value), inside)
            if not len(offer):
                break
            fill = partial(_filled, model, packed, whole=False)
            found = without_split_groups(model, offer, fill, dict(enumerate(volumes)))
            if found is not None and _volume_um3(found) > _volume_um3(best):
                best = found
            if len(offer) == len(offered):
                break
            union = np.setdiff1d(union, offer if found is None else np.setdiff1d(offer, found.members))
    return best


def _filled(model: OrderModel, packed: PackedBox, more: Ints, *, whole: bool) -> PackedBox | None:
    """Return a parcel with more units besides those that lie in it; None if there is no room for them."""
    question, members = _beside(model, packed, more, whole=whole)
    layout = model.packer.ask(question).layout
    if layout is None:
        return None
    return PackedBox(packed.box, members[layout.units], layout.orientations, layout.corners_um, ())


def _beside(model: OrderModel, packed: PackedBox, more: Ints, *, whole: bool) -> tuple[Question, Ints]:
    """Return the packing question of adding units to a parcel, and the indices of its units and the added ones."""
    members = np.sort(np.concatenate([packed.members, more]))
    at = np.searchsorted(members, packed.members)
    units = model.protect(members, packed.box)
    edges, cushioning = units.edges_um.copy(), units.cushioning_mg.copy()
    for place, turn, corners in zip(at.tolist(), packed.orientations.tolist(), packed.corners_um.tolist(), strict=True):
        x, y, z, x2, y2, z2 = corners
        before = math.prod(edges[place].tolist())
        edges[place] = ALL_ORIENTATIONS[turn].edges_of(x2 - x, y2 - y, z2 - z)
        if cushioning[place]:  # the fill in a wider half-gap has mass
            cushioning[place] += model.wrappings.shell_mg(math.prod(edges[place].tolist()) - before)
    units = dataclasses.replace(units, edges_um=edges, cushioning_mg=cushioning)
    space = model.space(packed.box, units, whole=whole, several=model.admission.several(members))
    fixed = Layout(at, packed.orientations, packed.corners_um)
    effort = EFFORT[model.request.policy.mode].places
    return Question(units, space, model.rules, whole=whole, effort=effort, fixed=fixed, stop=model.stop), members


def _volume_um3(packed: PackedBox) -> int:
    extents = packed.corners_um[:, 3:] - packed.corners_um[:, :3]
    return sum(length * width * height for length, width, height in extents.tolist())
