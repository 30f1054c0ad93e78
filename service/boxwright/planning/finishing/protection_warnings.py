"""What a reader should know of what protects goods in a plan: packs that are missing, fills, pads, gaps and loads."""

from collections.abc import Iterator, Mapping, Sequence

from boxwright.checking import loads_mg
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import FragilityClass, Item
from boxwright.domain.plan import Parcel
from boxwright.domain.protection import ProtectionRule
from boxwright.domain.warning import MOST_TEXTS, PlanWarning, WarningCode
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.packs import Packs
from boxwright.planning.request import Request
from boxwright.protection import more_than_practice, pad_warnings
from boxwright.selection.outcome import Outcome
from boxwright.units import MG_PER_G, exact


def protection_warnings(model: OrderModel, outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield what is doubtful of what protects goods: packs that are missing, fills and pads."""
    request, wrappings = model.request, model.wrappings
    paths = {line.line_id: f"lines[{index}]" for index, line in enumerate(request.order.lines)}
    lines = {line.line_id: line for line in request.order.lines}
    # Of several parcels with units of a line, those in open boxes count.
    stated = [each for parcel in parcels for each in parcel.protection]
    protected = {each.line_id: each.rule for each in stated if each.rule is not ProtectionRule.TESTED_PACK}
    loose = {each.line_id for _, parcel in _in_open_boxes(outcome, parcels) for each in parcel.placements}
    for name in sorted(loose):
        model.stop.look()
        guard = wrappings.guard(lines[name])
        if guard.care.needs_tested_pack:
            needs = f"line {name!r}: {lines[name].article!r} needs a pack with compartments, and"
            needs += f" {protected.get(name, ProtectionRule.PRACTICE).value} protects it"
            text = f"{needs}; {_packs_words(model, lines[name])}"
            yield PlanWarning(WarningCode.TESTED_PACK_MISSING, f"{paths[name]}.article", text)
        if guard.no_pads and name in protected:
            text = f"practice protects line {name!r}, since no pads can be worked out: {guard.no_pads}"
            yield PlanWarning(WarningCode.NO_PADS, f"{paths[name]}.fragility.g_level", text)
        if protected.get(name) is ProtectionRule.PRACTICE and (foam := _foam(request)) is not None:
            to_walls_um = guard.half_gap_um + guard.wall_margin_um
            profile = request.handling.profile
            if text := more_than_practice(lines[name], to_walls_um, foam, request.materials, profile):
                yield PlanWarning(WarningCode.G_LEVEL_ASKS_MORE, f"{paths[name]}.fragility.g_level", text)
    yield from _unknown_masses(model, outcome, parcels, paths)
    if request.pads is not None:
        padded = [lines[name] for name in sorted(protected) if wrappings.guard(lines[name]).pads]
        yield from pad_warnings(padded, request.pads, request.materials, request.handling.profile)
    fill = request.cushion_fill
    if fill is not None and fill.cushions:
        return
    for number, packed in enumerate(outcome.parcels, start=1):
        if packed.box.ours and packed.box.has_fill and wrappings.fills_cushioning(packed.members):
            what = "no void fill is chosen" if fill is None else f"void fill {fill.dunnage_id!r} does not cushion"
            text = f"parcel {number} holds fragile units, and {what}"
            yield PlanWarning(WarningCode.FILL_DOES_NOT_CUSHION, "policy.void_fill_id", text)


def _in_open_boxes(outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[tuple[int, Parcel]]:
    """Yield the parcels in boxes of ours without compartments, each with its number from 1."""
    for number, (packed, parcel) in enumerate(zip(outcome.parcels, parcels, strict=True), start=1):
        if packed.box.ours and not packed.box.compartments:
            yield number, parcel


def _unknown_masses(
    model: OrderModel, outcome: Outcome, parcels: Sequence[Parcel], paths: Mapping[str, str]
) -> Iterator[PlanWarning]:
    """Yield which units of unknown mass, 0, share an open box with fragile ones, or are fragile and not alone."""
    lines = {line.line_id: line for line in model.request.order.lines}
    if all(line.mass_mg for line in lines.values()):
        return
    for number, parcel in _in_open_boxes(outcome, parcels):
        model.stop.look()
        names = {each.line_id for each in parcel.placements}
        fragile = {each.line_id for each in parcel.protection if each.fragility_class.breakable}
        for name in sorted(name for name in names if not lines[name].mass_mg):
            if len(names) > 1 and fragile:
                text = f"line {name!r} is of unknown mass (0 g) and shares parcel {number} with fragile units"
                text += ": nobody can say whether one is too heavy for the other"
                yield PlanWarning(WarningCode.MASS_UNKNOWN_BESIDE_FRAGILE, f"{paths[name]}.mass_g", text)


def unknown_care(model: OrderModel, outcome: Outcome, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield the lines that state no care and share an open box with what is too heavy to lie beside fragile goods."""
    request = model.request
    most_g = request.materials.fragility_classes[FragilityClass.FRAGILE].heaviest_beside_g
    if most_g is None:
        return
    masses_mg = {line.line_id: line.mass_mg for line in request.order.lines}
    for number, parcel in _in_open_boxes(outcome, parcels):
        model.stop.look()
        names = {each.line_id for each in parcel.placements}
        for index, line in enumerate(request.order.lines):
            if line.line_id not in names or line.article or line.fragility or line.soft_goods or not line.mass_mg:
                continue
            beside_mg = max((masses_mg[name] for name in names - {line.line_id}), default=0)
            if beside_mg > max(int(most_g * MG_PER_G), line.mass_mg):
                text = f"line {line.line_id!r} states neither article nor fragility, and is packed as sturdy goods"
                text += f" beside {exact(beside_mg)} g in parcel {number}"
                yield PlanWarning(WarningCode.FRAGILITY_UNKNOWN_BESIDE_HEAVY, f"lines[{index}].fragility", text)


def _foam(request: Request) -> Dunnage | None:
    """Return what pads are made of or could be: of the request, else the first of the data that has a curve."""
    return request.pads or next((each for each in request.materials.dunnage if each.has_curve), None)


def _packs_words(model: OrderModel, line: Item) -> str:
    """Return in words why no pack of the catalog takes the units of a line, or may be used."""
    request = model.request
    packs, named = Packs(request, model.expansion), dict[str, list[str]]()
    for box in request.catalog.box_types:
        if box.compartments is None or not box.compartments.may_take([line.article]):
            continue
        if not (why := packs.why_not(box, line)):
            why = "fewer in stock than the order needs"
            if box.available == 0:
                why = "out of stock"
            elif box.box_type_id in request.left_out:
                why = f"may not be used, {request.left_out[box.box_type_id]}"
            elif broken := request.material_policy.broken(box):
                why = f"does not meet {' and '.join(broken)}"
        named.setdefault(why, []).append(repr(box.box_type_id))
    texts = []
    for why, names in list(named.items())[:MOST_TEXTS]:
        more = f" and {len(names) - MOST_TEXTS} more" if len(names) > MOST_TEXTS else ""
        texts.append(f"{', '.join(names[:MOST_TEXTS])}{more}: {why}")
    return "; ".join(texts) or "the catalog has none for it"


def fragile_loaded(request: Request, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield which lines that are not sturdy carry more than a unit's own mass, where the order states no load limit."""
    named = {each.line_id: each.fragility_class.value for parcel in parcels for each in parcel.protection}
    fragile = {
        line.line_id: (index, line)
        for index, line in enumerate(request.as_given.lines)
        if line.line_id in named and line.max_load_g is None
    }
    most: dict[str, tuple[int, int]] = {}
    for number, parcel in enumerate(parcels, start=1):
        request.stop.look()
        if not any(each.line_id in fragile for each in parcel.placements):
            continue
        for each, load_mg in zip(parcel.placements, loads_mg(parcel, request.placed), strict=True):
            if each.line_id in fragile and load_mg > most.get(each.line_id, (fragile[each.line_id][1].mass_mg, 0))[0]:
                most[each.line_id] = load_mg, number
    for line_id, (load_mg, number) in most.items():
        index, line = fragile[line_id]
        text = (
            f"line {line_id!r} is {named[line_id]}, and a unit of it in parcel {number} carries {exact(load_mg)} g,"
            f" more than its own {exact(line.mass_mg)} g; set max_load_g to limit it"
        )
        yield PlanWarning(WarningCode.FRAGILE_LOADED, f"lines[{index}].max_load_g", text)
