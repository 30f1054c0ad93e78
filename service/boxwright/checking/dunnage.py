"""Dunnage beside the goods: the void fill, blocking, tape and label of a parcel are those that the policy has.

Masses are worked out here in fractions, apart from the planner's; only tables are shared.
"""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import cm3, g
from boxwright.checking.materials import broken_rules
from boxwright.checking.parts import parts
from boxwright.checking.soft import goods_um3
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType, Catalog, Opening
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.domain.plan import Parcel
from boxwright.domain.policy import Policy
from boxwright.errors import InvalidInputError
from boxwright.protection.figures import figure
from boxwright.protection.tape import TAPED_STYLES

UM3_PER_MG = 10**12
"""Of what weighs 1 kg/m3, 1 mg takes so many cubic um."""


def wrong_dunnage(
    parcel_index: int,
    parcel: Parcel,
    envelopes: Sequence[Envelope],
    box: BoxType,
    catalog: Catalog,
    policy: Policy,
    lane: Lane | None,
    materials: Materials | None,
) -> Iterator[PlanViolation]:
    """Yield what a parcel says wrong of its void fill, blocking, tape and label: kind, material or mass.

    Materials are loaded only where the policy or the catalog has any of them.
    """
    named = {
        DunnageKind.VOID_FILL: policy.void_fill_id,
        DunnageKind.BLOCKING: policy.blocking_id,
        DunnageKind.TAPE: policy.tape_id,
        DunnageKind.LABEL: policy.label_id,
    }
    stocked = {each.kind for each in catalog.dunnage}
    asked = {kind: name for kind, name in named.items() if name != "none" and (name or kind in stocked)}
    try:
        at_hand = materials or (load_materials() if asked else None)
        chosen = {kind: _chosen(kind, name, catalog, policy, lane, at_hand) for kind, name in asked.items() if at_hand}
        closing = {
            DunnageKind.TAPE: _tape_mg(box, chosen.get(DunnageKind.TAPE), policy, at_hand),
            DunnageKind.LABEL: _label_mg(chosen.get(DunnageKind.LABEL)),
        }
        fill, block = chosen.get(DunnageKind.VOID_FILL), chosen.get(DunnageKind.BLOCKING)
        yield from _wrong_filling(parcel_index, parcel, envelopes, box, fill, block, policy, at_hand)
    except InvalidInputError as error:
        yield _wrong(parcel_index, f"its dunnage cannot be judged: {error}")
        return
    for kind, true_mg in closing.items():
        if (stated_mg := _stated_mg(parcel, kind)) != true_mg:
            what = kind.value.replace("_", " ")
            yield _wrong(parcel_index, f"says {g(stated_mg)} of {what}, it takes {g(true_mg)}{_of(chosen.get(kind))}")
    for kind in named:
        yield from _misnamed(parcel_index, parcel, kind, chosen.get(kind))


def _chosen(
    kind: DunnageKind, name: str, catalog: Catalog, policy: Policy, lane: Lane | None, materials: Materials
) -> Dunnage | None:
    """Return the dunnage that the policy names, else the first of its kind that the catalog stocks and it allows."""
    if name:
        by_id = {each.dunnage_id: each for each in reversed(catalog.dunnage)}
        return by_id.get(name) or materials.dunnage_of(name)
    for each in catalog.dunnage:
        part = PackagingComponent(Component(kind.value), each.material_id, 0)
        if each.kind is kind and not broken_rules(part, policy, lane, materials):
            return each
    return None


def _wrong_filling(
    parcel_index: int,
    parcel: Parcel,
    envelopes: Sequence[Envelope],
    box: BoxType,
    fill: Dunnage | None,
    block: Dunnage | None,
    policy: Policy,
    materials: Materials | None,
) -> Iterator[PlanViolation]:
    """Yield what is wrong with the masses of void fill and blocking: what is not blocked is filled to the share.

    Empty space can be cut in more than one way, so which of it is blocked is read off the mass that blocks.
    """
    empty = max(0, box.inner_volume_um3 - sum(_taken_um3(each) for each in envelopes))
    filled_mg, blocked_mg = _stated_mg(parcel, DunnageKind.VOID_FILL), _stated_mg(parcel, DunnageKind.BLOCKING)
    least, most = 0, 0
    if blocked_mg:
        if block is None or materials is None or box.flexible:
            yield _wrong(parcel_index, f"says {g(blocked_mg)} of blocking, where nothing blocks")
            return
        heavy_mg = materials.blocking_rules["least_mass"].value * 1_000_000
        if all(each.item.mass_mg < heavy_mg for each in envelopes):
            yield _wrong(parcel_index, f"says {g(blocked_mg)} of blocking, and no unit is so heavy that it needs any")
            return
        least, most = _blocked_um3(blocked_mg, block, empty)
        if least > most:
            yield _wrong(parcel_index, f"says {g(blocked_mg)} of {block.dunnage_id!r} in {cm3(empty)}")
            return
    share = 0 if box.flexible else policy.void_fill_share
    least_mg, most_mg = (_fill_mg(empty - blocked, fill, share) for blocked in (most, least))
    if not least_mg <= filled_mg <= most_mg:
        detail = f"says {g(filled_mg)} of void fill, {cm3(empty - most)} take {g(least_mg)}{_of(fill)}"
        yield _wrong(parcel_index, detail)


def _blocked_um3(mass_mg: int, block: Dunnage, empty_um3: int) -> tuple[int, int]:
    """Return from which volume to which a mass of blocking fills, in cubic um.

    Its mass is rounded up to the mg, and is another mg where the fill that it stands in for would else weigh more.
    """
    per_mg = UM3_PER_MG / figure(block, "density_kg_per_m3")
    return math.floor(max(mass_mg - 2, 0) * per_mg) + 1, min(math.floor(mass_mg * per_mg), empty_um3)


def _fill_mg(volume_um3: int, fill: Dunnage | None, share: float) -> int:
    if fill is None:
        return 0
    return round(volume_um3 * Fraction(str(share)) * figure(fill, "density_kg_per_m3") / UM3_PER_MG)


def _tape_mg(box: BoxType, tape: Dunnage | None, policy: Policy, materials: Materials | None) -> int:
    """Mass of the strips along both seams of a box and across the edges at their ends, in mg."""
    if tape is None or materials is None or box.style not in TAPED_STYLES:
        return 0
    rule = materials.tape_rule(policy.tape_rule)
    length, width, height = (Fraction(edge, 1_000) for edge in box.outer_um)
    opening = (width, height) if box.opening is Opening.END else (length, width)
    along = max(opening) + 2 * figure(tape, "seam_overlap_mm")
    across = min(opening) + 2 * Fraction(rule.edge_overlap_mm)
    area_mm2 = (rule.seam_strips * along + rule.edge_strips * across) * figure(tape, "width_mm")
    return round(area_mm2 * figure(tape, "grammage_g_per_m2") / 1_000)


def _label_mg(label: Dunnage | None) -> int:
    return 0 if label is None else round(figure(label, "piece_g") * 1_000)


def _taken_um3(each: Envelope) -> int:
    """Volume that no fill takes: of a unit with its cushion; of soft goods of what they are made of."""
    if each.cushion_um:
        return each.volume_um3
    extents = (each.x1 - each.x0, each.y1 - each.y0, each.z1 - each.z0)
    return goods_um3(each.item, each.placement.orientation, extents, 0, each.placement.folds)


def _stated(parcel: Parcel, kind: DunnageKind) -> list[PackagingComponent]:
    return [
        part
        for part in parts(parcel.packaging)
        if isinstance(part, PackagingComponent) and part.component == kind.value and type(part.mass_mg) is int
    ]


def _stated_mg(parcel: Parcel, kind: DunnageKind) -> int:
    """Mass that the parcel states of one kind, in mg; what is no mass is reported with the packaging."""
    return sum(part.mass_mg for part in _stated(parcel, kind))


def _misnamed(parcel_index: int, parcel: Parcel, kind: DunnageKind, true: Dunnage | None) -> Iterator[PlanViolation]:
    """Yield the parts of one kind that are not of the dunnage at hand; one without an id may be."""
    if true is None:
        return
    for part in _stated(parcel, kind):
        if part.dunnage_id not in ("", true.dunnage_id) or part.material_id != true.material_id:
            said = f"{part.dunnage_id!r:.80} of {part.material_id!r:.80}"
            what = f"{true.dunnage_id!r} of {true.material_id!r}"
            yield _wrong(parcel_index, f"says {kind.value.replace('_', ' ')} {said}, at hand is {what}")


def _of(dunnage: Dunnage | None) -> str:
    return "" if dunnage is None else f" of {dunnage.dunnage_id!r}"


def _wrong(parcel_index: int, detail: str) -> PlanViolation:
    return PlanViolation(ViolationKind.WRONG_PACKAGING, detail, parcel_index)
