"""Checks protection of units: gaps, wrap, pads, inner boxes and packs, and heavy units beside delicate ones.

Any usable dunnage or box is accepted, whether or not it is the best choice.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.checking.bills import wrong_carriage
from boxwright.checking.case import Envelope, Inner, ParcelCase, envelope_of
from boxwright.checking.needs import Need
from boxwright.checking.packaging import closing_mg, fill_mg, over_caps, overweight, tape_mg
from boxwright.checking.places import overfilled, wrong_compartments
from boxwright.checking.reading import listed
from boxwright.checking.strength import weak
from boxwright.checking.violation import PlanViolation, ViolationKind, g, mm
from boxwright.domain.box import BoxStyle, BoxType
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.fields import changed
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.order import DimensionStatus, FragilityClass, Item, Orientation
from boxwright.domain.plan import Parcel, Placement
from boxwright.domain.policy import Engine
from boxwright.domain.protection import LineProtection, ProtectionRule
from boxwright.errors import InvalidInputError
from boxwright.protection.dunnage import figure
from boxwright.units import MG_PER_KG


def wrong_cushioning(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that are too close to others or to a wall, and wrap and pads of a wrong kind or mass.

    In compartments units have no gaps and margins, and only some are wrapped.
    """
    if case.box is not None and case.box.compartments:
        needs = []
        for each in case.envelopes:
            needs.append((each, Need(wrap_layers=case.premises.need(each.item).wrap_layers_in_pack)))
            if each.half_gap_um or each.wall_margin_um:
                kept = f"half-gap {mm(each.half_gap_um)}, wall margin {mm(each.wall_margin_um)}"
                yield case.broken(ViolationKind.WRONG_CUSHIONING, f"{kept}, must be 0 in a compartment", each)
    else:
        needs = [(each, case.premises.need(each.item)) for each in case.envelopes]
    for each, needed in needs:
        case.premises.stop.look()
        yield from _unprotected(case, each, needed)
    try:
        yield from _wrong_parts(case, needs)
    except InvalidInputError as error:
        yield case.broken(ViolationKind.WRONG_CUSHIONING, f"cushioning cannot be checked: {error}")


def _unprotected(case: ParcelCase, each: Envelope, needed: Need) -> Iterator[PlanViolation]:
    """Yield the rules that a unit breaks by its distances to others and to walls, or by being in a mailer."""
    kind = ViolationKind.CUSHION_TOO_THIN
    if needed.fault:
        yield case.broken(kind, f"protection cannot be checked: {needed.fault}", each)
    if case.box is not None and case.box.flexible and not needed.mailer:
        yield case.broken(kind, "is in a mailer, which its class or handling forbids", each)
    if case.box is not None and not _shaped_for(each.item, case.box, case.premises.materials):
        yield case.broken(kind, f"is too small, soft or thick for box type {case.box.box_type_id!r}", each)
    half_gap_um, wall_margin_um = needed.half_gap_um, needed.wall_margin_um
    if needed.pads is not None:
        half_gap_um, wall_margin_um = needed.pads.thickness_um, 0
    if each.half_gap_um < half_gap_um:
        detail = f"half-gap is {mm(each.half_gap_um)}, but its fragility needs {mm(half_gap_um)}"
        yield case.broken(kind, detail, each)
    to_walls, least = each.half_gap_um + each.wall_margin_um, half_gap_um + wall_margin_um
    if to_walls < least:
        yield case.broken(kind, f"distance to the walls is {mm(to_walls)}, but its fragility needs {mm(least)}", each)


def _shaped_for(item: Item, box: BoxType, materials: Materials) -> bool:
    """Whether a unit has a shape for its box.

    It is rigid and nearly as large as a book wrap, soft or small in a bag, and flat or soft in a slim standing box.
    """
    rules, (thin, wide, long), soft = materials.protection_rules, sorted(item.edges_um), item.soft_goods is not None
    if box.style is BoxStyle.BOOK_WRAP:
        return not soft and wide * long >= rules["wrap_cover"].value * box.inner_um[0] * box.inner_um[1]
    if box.style is BoxStyle.BAG:
        return soft or wide * long < rules["small_in_mailer"].value * 10**8
    narrow, next_um, _ = sorted(box.inner_um)
    slim = not box.flexible and next_um >= rules["slim_box"].value * narrow and narrow < box.inner_um[2]
    return soft or not slim or box.compartments is not None or thin <= rules["flat_unit"].value * wide


def _wrong_parts(case: ParcelCase, needs: list[tuple[Envelope, Need]]) -> Iterator[PlanViolation]:
    """Yield wrap and pads of a kind that may not be used, or whose mass is not what the units need."""
    pads_mg = [needed.pads.mass_mg for _, needed in needs if needed.pads is not None]
    wrapped = [(each.goods, needed.wrap_layers) for each, needed in needs if needed.wrap_layers and needed.pads is None]
    named, foam, wrap = case.parcel.cushioning_id, case.premises.foam if pads_mg else None, None
    if wrapped:
        wrap = _wrap(case)
    if wrap is None and (wrapped or named not in ("", "" if foam is None else foam.dunnage_id)):
        use = "may not be used as a wrap" if wrapped else "no unit needs"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, f"cushioning_id is {named!r:.80}, which {use}")
        return
    parts, stated, true = case.stated(Component.CUSHIONING), Counter[str](), Counter[str]()
    used = set[tuple[str, str]]()
    for part in parts:
        stated[part.dunnage_id] += part.mass_mg
    wrapped_mg = sum(_wrap_mg(item, layers, wrap) for item, layers in wrapped) if wrap is not None else 0
    for dunnage, mass_mg in ((wrap, wrapped_mg), (foam, sum(pads_mg))):
        if dunnage is not None:
            true[dunnage.dunnage_id] += mass_mg
            used |= {("", dunnage.material_id), (dunnage.dunnage_id, dunnage.material_id)}
    unnamed = +stated == Counter({"": stated[""]})
    if stated.total() != true.total() if unnamed else stated != true:
        masses = (
            ", ".join(f"{g(mg)} of {name!r:.80}" for name, mg in counted.items()) or g(0) for counted in (stated, true)
        )
        yield case.broken(ViolationKind.WRONG_PACKAGING, "cushioning is {}, must be {}".format(*masses))
    for part in parts:
        if (part.dunnage_id, part.material_id) not in used:
            detail = f"cushioning {part.dunnage_id!r:.80} of {part.material_id!r:.80} is not used in this parcel"
            yield case.broken(ViolationKind.WRONG_PACKAGING, detail)


def _wrap(case: ParcelCase) -> Dunnage | None:
    """Return the wrap of a parcel: the usable wrap that it names, or, if it names none, the wrap that it states."""
    named, usable = case.parcel.cushioning_id, case.premises.usable(DunnageKind.CUSHIONING, "wraps")
    if named == "":
        return case.used(DunnageKind.CUSHIONING, "wraps")
    return next((wrap for wrap in usable if wrap.dunnage_id == named), None)


def _wrap_mg(item: Item, layers: int, wrap: Dunnage) -> int:
    """Return the mass of the wrap in layers round the six faces of a unit, in mg."""
    length, width, height = item.edges_um
    faces_um2 = 2 * length * width + 2 * (length + width) * height
    return round(faces_um2 * layers * Fraction(figure(wrap, "grammage_g_per_m2")) / 10**9)  # 1 g/m2 is 10^-9 mg/um2


def crushed(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that are too heavy to share a parcel without compartments with its most delicate unit.

    A delicate unit of mass 0, which is unknown, sets no limit. Equal dense units that are not small count together.
    Dense goods that are too heavy for a carton of single wall are reported too.
    """
    if case.box is not None and case.box.compartments:
        return
    case.premises.stop.look()
    known = [each for each in case.envelopes if each.item.mass_mg]
    materials = case.premises.materials
    density, least_kg = (materials.blocking_rules[name].value for name in ("unit_density", "beside_fragile_mass"))
    dense = [
        each
        for each in known
        if each.item.soft_goods is None
        and each.item.mass_mg * 10**9 >= density * math.prod(each.item.edges_um)
        and case.premises.need(each.item).heaviest_beside_mg is None
    ]
    dense_mg, most_kg = (
        sum(each.item.mass_mg for each in dense),
        materials.protection_rules["dense_in_single_wall"].value,
    )
    if dense_mg > most_kg * MG_PER_KG and _too_thin(case, materials):
        detail = f"dense goods weigh {g(dense_mg)}, at most {most_kg:f} kg allowed in single wall"
        yield case.broken(ViolationKind.OVER_NET_LIMIT, detail)
    case.premises.stop.look()
    piled = Counter(each.item.line_id for each in dense if each.item.mass_mg > least_kg * MG_PER_KG)
    limits = [
        (max(most_mg, each.item.mass_mg), index)
        for index, each in enumerate(known)
        if (most_mg := case.premises.need(each.item).heaviest_beside_mg) is not None
    ]
    if not limits:
        return
    most_mg, index = min(limits)
    delicate = known[index]
    for each in known:
        mass_mg = each.item.mass_mg * (piled[each.item.line_id] or 1)
        if mass_mg > most_mg:
            name = case.premises.need(delicate.item).fragility_class.value
            beside = f"{name} {delicate} of {g(delicate.item.mass_mg)}"
            detail = f"weighs {g(mass_mg)}, beside {beside} at most {g(most_mg)} allowed"
            yield case.broken(ViolationKind.HEAVY_BESIDE_FRAGILE, detail, each, other=delicate)


def _too_thin(case: ParcelCase, materials: Materials) -> bool:
    """Whether the box is a carton of single wall, and the catalog has a stronger carton of about its size."""

    def is_single_wall(box: BoxType) -> bool:
        flute = box.flute or (materials.board(box.board_id).flute if box.board_id else "")
        limit = materials.parcel_limits.get("e_flute" if flute == "E" else "single")
        return len(flute) == 1 and limit is not None and box.max_net_mg == limit.max_contents_mg

    if case.box is None or not case.box.is_carton or not is_single_wall(case.box):
        return False
    most_um3 = materials.protection_rules["stronger_carton"].value * math.prod(case.box.inner_um)
    cartons = [box for box in case.premises.catalog.box_types if box.is_carton]
    return any(math.prod(box.inner_um) <= most_um3 and not is_single_wall(box) for box in cartons)


def inner_box_of(case: ParcelCase, placement: Placement, item: Item) -> Inner | None:
    """Return the inner box that a placement names, with the fill and tape of its parcel; None if it is not a carton."""
    premises, box = case.premises, case.premises.box_type(placement.inner_box_type_id)
    if box is None or not box.is_carton or item.soft_goods is not None:
        return None
    gap_um = premises.need(item).inner_gap_um
    around_um, fault = 2 * gap_um + (premises.policy.fit_clearance_um or 0), ""
    takes = [
        turn
        for turn in item.orientations
        if all(edge + around_um <= room for edge, room in zip(turn.rotate(*item.edges_um), box.inner_um, strict=True))
    ]
    if not takes:
        fault = f"goods of {mm(*item.edges_um)} with gaps of {mm(gap_um)} do not fit into {mm(*box.inner_um)}"
    # The goods are turned within the inner box; the placement's orientation turns the inner box.
    outsides = [dict(zip(turn.value, box.outer_um, strict=True)) for turn in takes or item.orientations]
    gaps, axes = 2 * placement.half_gap_um, ""
    if isinstance(placement.orientation, Orientation):
        axes = placement.orientation.value
    fitting = (outer for outer in outsides if tuple(outer[edge] + gaps for edge in axes) == placement.extent_um)
    outer = next(fitting, outsides[0])
    try:
        fill = case.used(DunnageKind.VOID_FILL, "cushions")
        empty_um3 = max(box.inner_volume_um3 - math.prod(item.edges_um), 0)
        filled_mg, taped_mg = fill_mg(empty_um3, fill, premises.policy.void_fill_share), tape_mg(case, box)
    except InvalidInputError:
        filled_mg, taped_mg = 0, 0  # ``wrong_dunnage`` reports it
    mass_mg = item.mass_mg + box.tare_mg + filled_mg + taped_mg
    carton = changed(item, length_um=outer["L"], width_um=outer["W"], height_um=outer["H"], mass_mg=mass_mg)
    return Inner(item, carton, box, filled_mg, taped_mg, fault)


def wrong_inner_boxes(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the very fragile units without a suitable inner box, and other units in inner boxes."""
    grid = None if case.box is None else case.box.compartments
    for each in case.envelopes:
        case.premises.stop.look()
        very = case.premises.need(each.goods).fragility_class is FragilityClass.VERY_FRAGILE
        named, inner = each.placement.inner_box_type_id, each.inner
        details = []
        if not named:
            if very and (grid is None or each.item.article not in grid.articles):
                details.append("is very fragile and needs an inner box")
        else:
            if not very:
                details.append(f"is not very fragile and must not be in inner box {named!r:.80}")
            elif grid is not None:
                details.append(f"is in a compartment and must not be in inner box {named!r:.80}")
            if inner is None:
                catalog_id = case.premises.catalog.catalog_id
                details.append(f"inner box {named!r:.80} is not a carton of catalog {catalog_id!r}")
            elif inner.fault:
                details.append(f"inner box {named!r:.80}: {inner.fault}")
            else:
                details += _overloading(case, each, inner)
        for detail in details:
            yield case.broken(ViolationKind.WRONG_INNER_BOX, detail, each)


def _overloading(case: ParcelCase, unit: Envelope, inner: Inner) -> Iterator[str]:
    """Yield the limits that an inner box exceeds with its goods, wrap and fill."""
    layers, wrap = case.premises.need(inner.goods).wrap_layers, _wrap(case)
    wrap_mg = 0 if not layers or wrap is None else _wrap_mg(inner.goods, layers, wrap)
    inside = PackagingComponent(Component.VOID_FILL, "", wrap_mg + inner.fill_mg)
    parcel = Parcel(inner.box.box_type_id, (), (inside, PackagingComponent(Component.TAPE, "", inner.tape_mg)))
    goods = dataclasses.replace(unit, item=inner.goods, inner=None)
    alone = ParcelCase(case.index, parcel, [goods], inner.box, case.premises)
    for found in (*overweight(alone, inner.box), *over_caps(alone)):
        yield found.detail


def mixed_inner_boxes(cases: Sequence[ParcelCase]) -> Iterator[PlanViolation]:
    """Yield the lines whose units have inner boxes of several types, or only some of whose units have one."""
    found: dict[str, dict[str, None]] = {}
    for case in cases:
        for each in case.envelopes:
            case.premises.stop.look()
            found.setdefault(each.item.line_id, {})[str(each.placement.inner_box_type_id or "")] = None
    for line_id, types in found.items():
        if len(types) > 1:
            named = ", ".join(f"{name!r:.80}" if name else "none" for name in types)
            detail = f"inner boxes of line {line_id!r} must all have one type, they are {named}"
            yield PlanViolation(ViolationKind.WRONG_INNER_BOX, detail, None, line_id)


def outside_pack(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the units in an open box that need a pack with compartments, if a pack of the catalog takes them.

    Units in started parcels are exempt, and all units if the packs in stock have too few compartments.
    """
    premises = case.premises
    if box.compartments or premises.policy.engine is Engine.PY3DBP:
        return
    lines = {each.item.line_id: each.item for each in case.envelopes if premises.need(each.item).needs_pack}
    bound = {name: _bound_to(case, line) for name, line in lines.items()}
    for each in case.envelopes if bound else ():
        if each.unit not in premises.lay and (pack := bound.get(each.item.line_id)):
            detail = f"article {each.item.article!r} is in an open box, but must be in a pack such as {pack!r}"
            yield case.broken(ViolationKind.OUTSIDE_PACK, detail, each)


def _bound_to(case: ParcelCase, line: Item) -> str:
    """Return the id of a pack for the units of a line; empty if no pack takes them or there are too few."""
    packs = _packs(case, line)
    room = sum(
        math.inf if box.available is None else box.available * len(box.compartments or ()) for box in packs.values()
    )
    if room < math.inf:
        rivals = [rival for rival in case.premises.order.lines if case.premises.need(rival).needs_pack]
        if sum(rival.quantity for rival in rivals if packs.keys() & _packs(case, rival).keys()) > room:
            return ""
    return next(iter(packs), "")


def _packs(case: ParcelCase, line: Item) -> Mapping[str, BoxType]:
    """Return by id the available packs that take a unit of a line, or its whole keep-together group."""
    premises = case.premises
    if line.line_id not in premises.packs:
        premises.stop.look()
        group, units = line.keep_together_group, [line]
        if group:
            lines = (each for each in premises.order.lines if each.keep_together_group == group)
            units = [each for each in lines for _ in range(each.quantity)]
        sized = all(each.dimension_status is not DimensionStatus.MISSING for each in units)
        packs = [box for box in premises.catalog.box_types if box.compartments and box.available != 0 and sized]
        premises.packs[line.line_id] = {box.box_type_id: box for box in packs if _takes(case, box, units)}
    return premises.packs[line.line_id]


def _takes(case: ParcelCase, box: BoxType, units: Sequence[Item]) -> bool:
    """Whether a pack takes all units, each in its first suitable compartment, within all limits."""
    premises, free, lying = case.premises, dict(enumerate(box.cells_um, 1)), list[Envelope]()
    try:
        closing = PackagingComponent(Component.TAPE, "", sum(closing_mg(case, box).values()))
    except InvalidInputError:
        return False
    if len(units) > len(free) or premises.unmet(box.material_id, box.trips):
        return False
    parcel = Parcel(box.box_type_id, (), (closing,))
    for item in units:
        stands = (
            Placement(item.line_id, 0, *cell[:3], *turn.rotate(*item.edges_um), turn, compartment=number)
            for number, cell in free.items()
            for turn in item.orientations
        )
        alone = (ParcelCase(0, parcel, [envelope_of(0, 1, each, item)], box, premises) for each in stands)
        taken = next((each.envelopes[0] for each in alone if not any(wrong_compartments(each, box))), None)
        if taken is None:
            return False
        free = {number: cell for number, cell in free.items() if number != taken.placement.compartment}
        lying.append(taken)
    whole = ParcelCase(0, parcel, lying, box, premises)
    found = (*overfilled(whole, box), *overweight(whole, box), *over_caps(whole), *weak(whole, box))
    return all(each.constraint == "stated_figures" for each in (*found, *wrong_carriage(whole)))


def wrong_protection(case: ParcelCase) -> Iterator[str]:
    """Yield wrong entries of ``protection``; a parcel need not state any."""
    stated = case.parcel.protection
    if stated == ():
        return
    if not isinstance(stated, tuple):
        yield f"malformed protection {stated!r:.80}"
    lines: dict[str, list[Envelope]] = {}
    for each in case.envelopes if not case.own_container else ():
        if not case.premises.need(each.item).fragility_class.sturdy:
            lines.setdefault(each.item.line_id, []).append(each)
    for entry in listed(stated):
        of_line = None
        if isinstance(entry, LineProtection) and isinstance(entry.line_id, str):
            of_line = lines.pop(entry.line_id, None)
        if not isinstance(entry, LineProtection) or of_line is None:
            yield f"protection must name a delicate line of the parcel, and each only once, got {entry!r:.160}"
            continue
        if entry != (true := _true_protection(case, of_line, entry)):
            yield f"protection is {entry!r:.300}, must be {true!r:.300}"
    if lines:
        yield f"protection lacks lines {', '.join(map(repr, sorted(lines)))}"


def _true_protection(case: ParcelCase, of_line: list[Envelope], stated: LineProtection) -> LineProtection | None:
    """Return the protection of the units of a line, with the stated reason and source; None if the units differ."""
    needed = case.premises.need(of_line[0].item)
    unlike = {(each.half_gap_um, each.wall_margin_um, str(each.placement.inner_box_type_id or "")) for each in of_line}
    if len(unlike) != 1:
        return None
    half_gap_um, wall_margin_um, inner_box = unlike.pop()
    wrap_layers = edge_um = inner_gap_um = 0
    rule = ProtectionRule.PRACTICE
    if case.box is not None and case.box.compartments:
        rule, inner_box, wrap_layers = ProtectionRule.TESTED_PACK, "", needed.wrap_layers_in_pack
    elif needed.pads is not None:
        rule, inner_box, edge_um = ProtectionRule.PHYSICS, "", needed.pads.edge_um
    else:
        wrap_layers = needed.wrap_layers
        if inner_box:
            rule, inner_gap_um = ProtectionRule.BOX_IN_BOX, needed.inner_gap_um
    gaps, texts = (half_gap_um, wall_margin_um, wrap_layers, edge_um), (stated.message, stated.source)
    return LineProtection(stated.line_id, rule, needed.fragility_class, *gaps, *texts, inner_box, inner_gap_um)
