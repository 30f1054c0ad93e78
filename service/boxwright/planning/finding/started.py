"""Parcels already started: read and judged at the door, then filled up before any other box is opened."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.plan import Parcel, Placement, UnpackedReason, UnpackedUnit, without_positions
from boxwright.domain.started import StartedParcel
from boxwright.domain.warning import PlanWarning, WarningCode, gathered
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.packing.problem import Ints, Layout, Units
from boxwright.packing.proofs import over_weight
from boxwright.packing.question import Question
from boxwright.planning.finding.boxes import find_boxes
from boxwright.planning.finishing.certify import NOTHING_PROVED
from boxwright.planning.finishing.checked import wrong_parcels
from boxwright.planning.finishing.finish import finish_parcel, finish_plan
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.placed import packed_of
from boxwright.planning.solution import Solution
from boxwright.planning.unpacked.triage import left_over
from boxwright.selection.effort import EFFORT
from boxwright.selection.filling import without_split_groups
from boxwright.selection.model import PackedBox
from boxwright.selection.outcome import Outcome
from boxwright.selection.single import lowest_first, try_candidate


@dataclass(frozen=True)
class StartedBox:
    """A started parcel as arrays.

    Attributes
    ----------
    parcel : StartedParcel
        As given.
    members : int64, (n,)
        The units that lie in it.
    packed : PackedBox or None
        How they lie, in pack sequence; None where their positions are not stated.
    """

    parcel: StartedParcel
    members: Ints
    packed: PackedBox | None


def solve_started(model: OrderModel, packable: Ints, unpacked: list[UnpackedUnit]) -> Solution:
    """Return the plan of a request with started parcels: they are filled up, and the rest is planned as any order.

    What goes where then depends on what was filled first, so that nothing is proved of the plan as a whole.
    """
    filled, packable, unpacked = fill_started(model, packable, unpacked)
    most = model.request.policy.max_parcels
    left_to_open = None if most is None else most - len(filled)
    if not len(packable) or left_to_open == 0:
        rest = Outcome(left=packable)
    else:
        rest = find_boxes(model, packable, left_to_open)
    with model.stop.finishing():
        left = left_over(model, rest, left_to_open)
        begun = [dataclasses.replace(packed, price=(0,) * len(model.request.policy.ranking)) for _, packed in filled]
        outcome = dataclasses.replace(rest, parcels=[*begun, *rest.parcels], left=packable[:0], begun=len(begun))
        plan = finish_plan(model, outcome, [*unpacked, *left])
    ids = [name for name, _ in filled] + [""] * len(rest.parcels)
    lying = {
        (unit.line_id, unit.unit_index): unit.wall_margin_um
        for each in model.request.started
        if not without_positions(each.placements)
        for unit in each.placements
    }
    named = tuple(
        dataclasses.replace(
            parcel,
            started_parcel_id=name,
            placements=tuple(_as_stated(each, lying) for each in parcel.placements) if name else parcel.placements,
        )
        for parcel, name in zip(plan.parcels, ids, strict=True)
    )
    notes = [
        PlanWarning(
            WarningCode.STARTED_PARCEL_UNUSED,
            f"started_parcels[{index}]",
            f"started parcel {each.started_parcel_id!r} holds no unit and is left out of the plan",
        )
        for index, each in enumerate(model.request.started)
        if each.started_parcel_id not in ids
    ] + [
        PlanWarning(
            WarningCode.STARTED_LAYOUT_ASSUMED,
            f"started_parcels[{index}].placements",
            f"started parcel {each.started_parcel_id!r} names its units without positions; they are taken to lie as"
            " the plan says",
        )
        for index, each in enumerate(model.request.started)
        if without_positions(each.placements)
    ]
    warnings = (*plan.warnings, *gathered(notes))
    plan = dataclasses.replace(plan, parcels=named, certificate=NOTHING_PROVED, warnings=warnings)
    return Solution(plan, model, packable, outcome)


def _as_stated(placement: Placement, lying: dict[tuple[str, int], int]) -> Placement:
    """Return a placement with the wall margin that it was stated with, if it lay in its parcel before."""
    stated = lying.get((placement.line_id, placement.unit_index), placement.wall_margin_um)
    return placement if stated == placement.wall_margin_um else dataclasses.replace(placement, wall_margin_um=stated)


def read_started(model: OrderModel) -> list[StartedBox]:
    """Return the started parcels of a request, by id.

    Raises
    ------
    InvalidInputError
        With every rule that a started parcel breaks: names, units, and all rules of a valid packing.
    """
    request = model.request
    broken = _names(request.started, model)
    if request.started and not model.packer.starts_from_fixed:
        engine = request.policy.engine.value
        broken.append(
            FieldViolation("policy.engine", f"must not be {engine}: it cannot start from a box packed in part")
        )
    if not broken:
        # As stated first: figures can be computed only for what can be read.
        stated = {
            place: Parcel(each.box_type_id, each.placements)
            for place, each in enumerate(request.started)
            if each.placements and not without_positions(each.placements)
        }
        broken = _violations(model, stated, figures=False)
    if broken:
        raise InvalidInputError(broken)
    started = []
    for each in request.started:
        packed = packed_of(each.placements, request.box_type(each.box_type_id), model.expansion.members)
        lies = None if without_positions(each.placements) else packed
        started.append(StartedBox(each, packed.members, lies))
    lying = {place: each.packed for place, each in enumerate(started) if each.packed and len(each.members)}
    if broken := _wrong_figures(model, lying):
        raise InvalidInputError(broken)
    return sorted(started, key=lambda each: each.parcel.started_parcel_id)


def _wrong_figures(model: OrderModel, packed: dict[int, PackedBox]) -> list[FieldViolation]:
    """Return what the check finds in started parcels with their packaging, by their place in the request."""
    finished = {place: dataclasses.replace(finish_parcel(model, each), footprints=()) for place, each in packed.items()}
    return _violations(model, finished, figures=True)


def _names(started: Sequence[StartedParcel], model: OrderModel) -> list[FieldViolation]:
    """Return what is wrong with ids, box types and units."""
    request = model.request
    broken = []
    boxes = {box.box_type_id: box for box in request.catalog.box_types}
    units = model.expansion.members.keys()
    ids: set[str] = set()
    seen: set[tuple[str, int]] = set()
    for index, each in enumerate(started):
        at = f"started_parcels[{index}]"
        if each.started_parcel_id in ids:
            broken.append(
                FieldViolation(f"{at}.started_parcel_id", f"must not repeat, {each.started_parcel_id!r} does")
            )
        ids.add(each.started_parcel_id)
        box = boxes.get(each.box_type_id)
        if box is None or box.flexible or box.compartments:
            what = f"a rigid box type without compartments of catalog {request.catalog.catalog_id!r}"
            rule = f"must be {what}, got {each.box_type_id!r}"
            broken.append(FieldViolation(f"{at}.box_type_id", rule))
        for place, unit in enumerate(each.placements):
            name = (unit.line_id, unit.unit_index)
            known = isinstance(unit.line_id, str) and type(unit.unit_index) is int and name in units
            if not known:
                got = f"unit {unit.unit_index!r:.80} of line {unit.line_id!r:.80}"
                rule = f"must be a unit of the order with dimensions, got {got}"
                broken.append(FieldViolation(f"{at}.placements[{place}]", rule))
                continue
            if name in seen:
                rule = f"must lie in one started parcel only, {unit.line_id!r} {unit.unit_index} repeats"
                broken.append(FieldViolation(f"{at}.placements[{place}]", rule))
            seen.add(name)
            if unit.line_id in request.inner_boxes or unit.line_id in request.no_inner_box:
                rule = (
                    f"must hold no unit of a very_fragile line, got {unit.line_id!r}: which inner box it lies in, and"
                )
                rule += " what is round it there, is planned for boxes that are not begun only"
                broken.append(FieldViolation(f"{at}.placements[{place}]", rule))
    holding = sum(bool(each.placements) for each in started)
    if request.policy.max_parcels is not None and holding > request.policy.max_parcels:
        rule = f"must be at least {holding}, the parcels already started, got {request.policy.max_parcels}"
        broken.append(FieldViolation("policy.max_parcels", rule))
    return broken


def _violations(model: OrderModel, parcels: dict[int, Parcel], *, figures: bool) -> list[FieldViolation]:
    """Return what the independent check finds in started parcels by themselves, by their place in the request."""
    if not parcels:
        return []
    request = model.request
    named = [
        dataclasses.replace(parcel, started_parcel_id=request.started[place].started_parcel_id)
        for place, parcel in parcels.items()
    ]
    places = list(parcels)
    broken = []
    for each in wrong_parcels(named, request):
        if not figures and each.constraint == "stated_figures":
            continue
        field = "started_parcels"
        if each.parcel_index is not None:
            field += f"[{places[each.parcel_index]}]"
            units = [(one.line_id, one.unit_index) for one in parcels[places[each.parcel_index]].placements]
            if (each.line_id, each.unit_index) in units:
                field += f".placements[{units.index((each.line_id, each.unit_index))}]"  # type: ignore[arg-type] # it is in
        broken.append(FieldViolation(field, f"must be a valid packing: {each.kind.value}, {each.detail}"))
    return broken


MAY_FIT = {
    UnpackedReason.DOES_NOT_FIT_ANY_BOX,
    UnpackedReason.TOO_HEAVY_FOR_ANY_BOX,
    UnpackedReason.NO_BOX_AVAILABLE,
    UnpackedReason.MATERIAL_REQUIREMENTS,
}
"""Why units stay out that a started parcel may take all the same: its box type may be out of stock."""


def fill_started(
    model: OrderModel, packable: Ints, unpacked: list[UnpackedUnit]
) -> tuple[list[tuple[str, PackedBox]], Ints, list[UnpackedUnit]]:
    """Read the started parcels of a request and fill them up.

    Parameters
    ----------
    model : OrderModel
        Rules and engine.
    packable, unpacked : int64 (n,), list of UnpackedUnit
        What ``triage`` says of the order's units.

    Returns
    -------
    list of (str, PackedBox), int64 (k,), list of UnpackedUnit
        Id and content of each started parcel that holds a unit; what is left of the packable, and of the unpacked.

    Raises
    ------
    InvalidInputError
        As ``read_started`` does, and where a keep-together group that was started cannot be completed in its parcel.
    """
    started = read_started(model)
    # A started parcel does not say what its cushions are of: of several it is the first that may be used.
    model = model.variant("")
    number = model.expansion.members
    lines = {line.line_id: line for line in model.request.order.lines}
    lying = np.concatenate([each.members for each in started])
    extra = [
        number[unit.line_id, unit.unit_index]
        for unit in unpacked
        if unit.reason in MAY_FIT
        and not lines[unit.line_id].keep_together_group
        and unit.line_id not in model.request.no_inner_box
    ]
    offered = np.setdiff1d(np.concatenate([packable, np.array(extra, dtype=np.int64)]), lying)
    filled, left = _fill_each(model, started, offered)
    inside = set(np.concatenate([lying, np.setdiff1d(offered, left)]).tolist())
    still_out = [unit for unit in unpacked if number.get((unit.line_id, unit.unit_index)) not in inside]
    groups = {model.expansion.units[member][0].keep_together_group for member in lying.tolist()} - {""}
    for unit in still_out:
        if lines[unit.line_id].keep_together_group in groups:
            group = lines[unit.line_id].keep_together_group
            rule = f"hold part of keep-together group {group!r}, of which {unit.line_id!r} stays out: {unit.rule}"
            raise InvalidInputError([FieldViolation("started_parcels", rule)])
    return filled, np.intersect1d(left, packable), still_out


def _fill_each(
    model: OrderModel, started: Sequence[StartedBox], members: Ints
) -> tuple[list[tuple[str, PackedBox]], Ints]:
    """Fill started parcels up, one after the other, with as much volume as goes in.

    Parameters
    ----------
    model : OrderModel
        Rules and engine.
    started : sequence of StartedBox
        In the order of their ids.
    members : int64, (n,)
        Units that lie in none of them, ascending.

    Returns
    -------
    list of (str, PackedBox), int64 (k,)
        Id and content of each started parcel that holds a unit; what is left of ``members``.

    Raises
    ------
    InvalidInputError
        Where a started parcel holds part of a keep-together group and found no place for the rest of it, or units
        without positions that no layout was found for.
    """
    admission = model.admission
    groups = [set(admission.together[each.members].tolist()) - {-1} for each in started]
    left = members
    filled = []
    for each, own in zip(started, groups, strict=True):
        elsewhere = set().union(*groups) - own
        offered = left[~np.isin(admission.together[left], list(elsewhere))]
        forced = offered[np.isin(admission.together[offered], list(own))]
        lying = each.packed
        if lying is None:
            packed = _laid_and_filled(model, each, forced, offered)
        else:
            packed = _fill(model, lying, forced, offered)
        missing = np.setdiff1d(forced, packed.members)
        if len(missing):
            group = model.expansion.units[int(missing[0])][0].keep_together_group
            rule = f"holds part of keep-together group {group!r}, and found no place for {len(missing)} units of it"
            rule += _too_heavy(model, each.packed or packed, forced)
            at = f"started_parcels[{model.request.started.index(each.parcel)}]"
            raise InvalidInputError([FieldViolation(at, rule)])
        left = np.setdiff1d(left, packed.members)
        if len(packed.members):
            filled.append((each.parcel.started_parcel_id, packed))
    return filled, left


def _laid_and_filled(model: OrderModel, started: StartedBox, forced: Ints, offered: Ints) -> PackedBox:
    """Return a started parcel whose units lie nobody says where, with as much as goes in.

    They come first in the pack sequence, since they are in the box. Where all units go in only with others below them,
    they are taken out and laid anew.
    """
    request = model.request
    box, index = request.box_type(started.parcel.box_type_id), request.started.index(started.parcel)
    everything = np.sort(np.concatenate([started.members, offered]))
    whole = _in_one(model, everything, box).found
    if whole is not None:
        inside = np.argsort(~np.isin(whole.members, started.members), kind="stable")
        first = dataclasses.replace(
            whole,
            members=whole.members[inside],
            orientations=whole.orientations[inside],
            corners_um=whole.corners_um[inside],
        )
        if not _wrong_figures(model, {index: first}):
            return first
    # They are in this box, even where a pack would take them.
    alone = OrderModel(dataclasses.replace(request, box_types=(box,)), model.expansion).variant("")
    outcome = _in_one(alone, np.sort(started.members), box)
    if outcome.found is None:
        why = [each.rule for each in outcome.refused]
        why = why or ["none was found that keeps the gaps, loads and support that the rules ask for"]
        rule = f"must be units that have a layout in one {box.box_type_id!r}, or have positions: {why[0]}"
        raise InvalidInputError([FieldViolation(f"started_parcels[{index}].placements", rule)])
    packed = _in_the_corner(alone, outcome.found)
    if broken := _wrong_figures(model, {index: packed}):
        raise InvalidInputError(broken)
    filled = _fill(model, packed, forced, offered)
    return filled if whole is None or len(filled.members) == len(everything) else whole


def _in_one(model: OrderModel, members: Ints, box: BoxType) -> Outcome:
    (candidate,) = lowest_first(model, members, [box])
    return try_candidate(candidate, EFFORT[model.request.policy.mode].of_an_order, None)


def _in_the_corner(model: OrderModel, packed: PackedBox) -> PackedBox:
    """Return a parcel with its units moved to the left and the front, which leaves others the most room beside them."""
    members = np.sort(packed.members)
    margins = model.protect(members, packed.box).clear_um[np.searchsorted(members, packed.members)]
    free = (packed.corners_um[:, :2] - margins[:, np.newaxis]).min(axis=0)
    return dataclasses.replace(packed, corners_um=packed.corners_um - np.array([*free, 0, *free, 0]))


def _too_heavy(model: OrderModel, packed: PackedBox, forced: Ints) -> str:
    """Return the weight limit that a started parcel with further units would pass, with its figures; empty for none."""
    members = np.sort(np.concatenate([packed.members, forced]))
    at = np.searchsorted(members, packed.members)
    units = _as_they_lie(model, model.protect(members, packed.box), at, packed)
    space = model.space(packed.box, units, whole=True, several=model.admission.several(members))
    refused = over_weight(units, space)
    return f": {refused}" if refused else ""


def _fill(model: OrderModel, packed: PackedBox, forced: Ints, offered: Ints) -> PackedBox:
    """Return a started parcel with further units: all if they go in, else those forced and the most volume."""
    admission, box_type_id = model.admission, packed.box.box_type_id
    everything = np.sort(np.concatenate([packed.members, offered]))
    if len(offered) and admission.refusal(everything, box_type_id) is None:
        whole = _beside(model, packed, offered, whole=True)
        if whole is not None:
            return whole
    if len(forced):
        if admission.refusal(np.sort(np.concatenate([packed.members, forced])), box_type_id) is not None:
            return packed
        fuller = _beside(model, packed, forced, whole=True)
        if fuller is None:
            return packed
        packed, offered = fuller, np.setdiff1d(offered, forced)
    inside = np.sort(packed.members)
    values = np.unique(admission.apart[offered]).tolist()
    best = packed
    volumes = model.expansion.arrays.volumes_um3
    for value in values or [-1]:
        union = np.sort(np.concatenate([inside, offered]))
        for _ in range(2):  # what found no place may have kept others out: without it once more
            offer = np.setdiff1d(admission.widened(inside, union, box_type_id, value), inside)
            if not len(offer):
                break
            found = without_split_groups(
                model,
                offer,
                packed.box,
                lambda some, _: _beside(model, packed, some, whole=False),
                dict(enumerate(volumes)),
            )
            if found is not None and _volume(found) > _volume(best):
                best = found
            if len(offer) == len(offered):
                break
            union = np.setdiff1d(union, offer if found is None else np.setdiff1d(offer, found.members))
    return best


def _beside(model: OrderModel, packed: PackedBox, more: Ints, *, whole: bool) -> PackedBox | None:
    """Pack further units beside those that lie in a parcel and stay there."""
    members = np.sort(np.concatenate([packed.members, more]))
    at = np.searchsorted(members, packed.members)
    units = _as_they_lie(model, model.protect(members, packed.box), at, packed)
    space = model.space(packed.box, units, whole=whole, several=model.admission.several(members))
    fixed = Layout(at, packed.orientations, packed.corners_um)
    effort = EFFORT[model.request.policy.mode].places
    question = Question(units, space, model.rules, whole=whole, effort=effort, fixed=fixed, stop=model.stop)
    layout = model.packer.ask(question).layout
    if layout is None:
        return None
    inside = members[layout.units]
    return PackedBox(packed.box, inside, layout.orientations, layout.corners_um, ())


def _as_they_lie(model: OrderModel, units: Units, at: Ints, packed: PackedBox) -> Units:
    """Return units of which those that lie in the parcel have the envelopes that they lie in."""
    edges, cushioning = units.edges_um.copy(), units.cushioning_mg.copy()
    for place, turn, corners in zip(at.tolist(), packed.orientations.tolist(), packed.corners_um.tolist(), strict=True):
        x, y, z, x2, y2, z2 = corners
        before = math.prod(edges[place].tolist())
        edges[place] = ALL_ORIENTATIONS[turn].edges_of(x2 - x, y2 - y, z2 - z)
        if cushioning[place]:  # the fill of a wider half-gap
            cushioning[place] += model.wrappings.shell_mg(math.prod(edges[place].tolist()) - before)
    return dataclasses.replace(units, edges_um=edges, cushioning_mg=cushioning)


def _volume(packed: PackedBox) -> int:
    """Volume of all envelopes of a parcel, in cubic um."""
    extents = packed.corners_um[:, 3:] - packed.corners_um[:, :3]
    return sum(length * width * height for length, width, height in extents.tolist())
