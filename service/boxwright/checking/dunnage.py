"""Dunnage beside the goods: the void fill, blocking, tape and label of a parcel are those that the policy has.

Masses are worked out here, apart from the planner's; only tables are shared.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from boxwright.catalog.rows import TapeRule
from boxwright.checking.care import need
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.materials import broken_rules
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import cm3, g
from boxwright.domain.box import BoxType, Opening
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.errors import InvalidInputError
from boxwright.protection.dunnage import figure
from boxwright.protection.tape import TAPED_STYLES
from boxwright.units import half_even

UM3_PER_MG = 10**12
"""Of what weighs 1 kg/m3, 1 mg takes so many cubic um."""

WRONG = ViolationKind.WRONG_PACKAGING


def wrong_dunnage(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield what a parcel says wrong of its void fill, blocking, tape and label: kind, material or mass.

    Materials are loaded only where the policy or the catalog has any of them.
    """
    policy = case.premises.policy
    named = {
        Component.VOID_FILL: policy.void_fill_id,
        Component.BLOCKING: policy.blocking_id,
        Component.TAPE: policy.tape_id,
        Component.LABEL: policy.label_id,
    }
    try:
        chosen = {kind: chosen_of(DunnageKind(kind.value), name, case.premises) for kind, name in named.items()}
        tape = chosen[Component.TAPE]
        closing = {
            Component.TAPE: 0
            if tape is None
            else case.inner_tape_mg + taped_mg(box, tape, case.premises.materials.tape_rule(policy.tape_rule)),
            Component.LABEL: _label_mg(chosen[Component.LABEL]),
        }
        chosen[Component.VOID_FILL] = _fill(case, chosen[Component.VOID_FILL])
        yield from _wrong_filling(case, box, chosen[Component.VOID_FILL], chosen[Component.BLOCKING])
    except InvalidInputError as error:
        yield case.broken(WRONG, f"its dunnage cannot be judged: {error}")
        return
    for kind, true_mg in closing.items():
        if (stated_mg := case.stated_mg(kind)) != true_mg:
            what = kind.value.replace("_", " ")
            yield case.broken(WRONG, f"says {g(stated_mg)} of {what}, it takes {g(true_mg)}{_of(chosen[kind])}")
    for kind, true in chosen.items():
        if true is not None:
            yield from misnamed(case, kind, true)


def closing_mg(box: BoxType, premises: Premises) -> int:
    """Return what tape and label of a box weigh, in mg.

    Raises
    ------
    InvalidInputError
        If the policy names any that are not known, or lack a figure.
    """
    tape = chosen_of(DunnageKind.TAPE, premises.policy.tape_id, premises)
    label = _label_mg(chosen_of(DunnageKind.LABEL, premises.policy.label_id, premises))
    return label + (0 if tape is None else taped_mg(box, tape, premises.materials.tape_rule(premises.policy.tape_rule)))


def _fill(case: ParcelCase, chosen: Dunnage | None) -> Dunnage | None:
    """Return the void fill of a parcel: where units ask for it, the first stocked that cushions."""
    if chosen is None or chosen.cushions:
        return chosen
    if not any(need(each.item, case.premises).cushion_fill for each in case.envelopes):
        return chosen
    return first_stocked(DunnageKind.VOID_FILL, case.premises, cushions=True) or chosen


def misnamed(case: ParcelCase, kind: Component, true: Dunnage) -> Iterator[PlanViolation]:
    """Yield the parts of one kind that are not of the dunnage at hand; one without an id may be."""
    for part in case.stated(kind):
        if part.dunnage_id not in ("", true.dunnage_id) or part.material_id != true.material_id:
            said = f"{kind.value.replace('_', ' ')} {part.dunnage_id!r:.80} of {part.material_id!r:.80}"
            yield case.broken(WRONG, f"says {said}, at hand is {true.dunnage_id!r} of {true.material_id!r}")


def first_stocked(kind: DunnageKind, premises: Premises, *, cushions: bool = False) -> Dunnage | None:
    """Return the first dunnage of a kind that the catalog stocks, of a material that the policy allows.

    Of cushioning one that wraps; of void fill, where asked for, one that cushions.
    """
    for each in premises.catalog.dunnage:
        part = PackagingComponent(Component(kind.value), each.material_id, 0)
        fits = each.cushions or not cushions if kind is not DunnageKind.CUSHIONING else each.wraps
        if each.kind is kind and fits and not broken_rules(part, premises):
            return each
    return None


def chosen_of(kind: DunnageKind, name: str, premises: Premises) -> Dunnage | None:
    """Return the dunnage that the policy names, else the first of its kind that the catalog stocks and it allows."""
    if name == "none":
        return None
    if not name:
        return first_stocked(kind, premises)
    by_id = {each.dunnage_id: each for each in reversed(premises.catalog.dunnage)}
    return by_id.get(name) or premises.materials.dunnage_of(name)


def _wrong_filling(
    case: ParcelCase, box: BoxType, fill: Dunnage | None, block: Dunnage | None
) -> Iterator[PlanViolation]:
    """Yield what is wrong with the masses of void fill and blocking: what is not blocked is filled to the share.

    Empty space can be cut in more than one way, so which of it is blocked is read off the mass that blocks.
    """
    empty = max(0, box.inner_volume_um3 - sum(_taken_um3(case)))
    filled_mg, blocked_mg = case.stated_mg(Component.VOID_FILL), case.stated_mg(Component.BLOCKING)
    least, most = 0, 0
    if blocked_mg:
        if block is None or not box.has_fill:
            yield case.broken(WRONG, f"says {g(blocked_mg)} of blocking, where nothing blocks")
            return
        if case.goods_mg < case.premises.materials.blocking_rules["least_mass"].value * 1_000_000:
            detail = f"says {g(blocked_mg)} of blocking, and its goods are not so heavy that they need any"
            yield case.broken(WRONG, detail)
            return
        least, most = _blocked_um3(blocked_mg, block, empty)
        if least > most:
            yield case.broken(WRONG, f"says {g(blocked_mg)} of {block.dunnage_id!r} in {cm3(empty)}")
            return
    share = case.premises.policy.void_fill_share if box.has_fill else 0
    inside_mg = sum(each.fill_mg for each in case.inner_boxes)
    least_mg, most_mg = (filled_mg_of(empty - blocked, fill, share) + inside_mg for blocked in (most, least))
    if not least_mg <= filled_mg <= most_mg:
        inside = " with the inner boxes" if case.inner_boxes else ""
        detail = f"says {g(filled_mg)} of void fill, {cm3(empty - most)}{inside} take {g(least_mg)}{_of(fill)}"
        yield case.broken(WRONG, detail)


def _blocked_um3(mass_mg: int, block: Dunnage, empty_um3: int) -> tuple[int, int]:
    """Return from which volume to which a mass of blocking fills, in cubic um.

    Its mass is rounded up to the mg, and is another mg where the fill that it stands in for would else weigh more.
    """
    per_mg = UM3_PER_MG / figure(block, "density_kg_per_m3")
    return math.floor(max(mass_mg - 2, 0) * per_mg) + 1, min(math.floor(mass_mg * per_mg), empty_um3)


def filled_mg_of(volume_um3: int, fill: Dunnage | None, share: float) -> int:
    """Return what fills a share of a volume, in mg."""
    if fill is None:
        return 0
    above, below = _filled_per_um3(fill, share)
    return half_even(volume_um3 * above, below)


@lru_cache(maxsize=256)
def _filled_per_um3(fill: Dunnage, share: float) -> tuple[int, int]:
    return (Fraction(str(share)) * figure(fill, "density_kg_per_m3") / UM3_PER_MG).as_integer_ratio()


@lru_cache(maxsize=4_096)
def taped_mg(box: BoxType, tape: Dunnage, rule: TapeRule) -> int:
    """Mass of the strips along both seams of a box and across the edges at their ends, in mg."""
    if box.style not in TAPED_STYLES:
        return 0
    length, width, height = (Fraction(edge, 1_000) for edge in box.outer_um)
    opening = (width, height) if box.opening is Opening.END else (length, width)
    along = max(opening) + 2 * figure(tape, "seam_overlap_mm")
    across = min(opening) + 2 * Fraction(rule.edge_overlap_mm)
    area_mm2 = (rule.seam_strips * along + rule.edge_strips * across) * figure(tape, "width_mm")
    return round(area_mm2 * figure(tape, "grammage_g_per_m2") / 1_000)


def _label_mg(label: Dunnage | None) -> int:
    return 0 if label is None else round(figure(label, "piece_g") * 1_000)


def _taken_um3(case: ParcelCase) -> Iterator[int]:
    """Yield the volume of each unit that no fill takes: on pads its envelope, else its inner box, else the goods."""
    for each, goods_um3 in zip(case.envelopes, case.goods_um3, strict=True):
        if each.inner is not None:
            yield math.prod(each.item.edges_um)
        else:
            yield goods_um3 if need(each.item, case.premises).pads is None else each.volume_um3


def _of(dunnage: Dunnage | None) -> str:
    return "" if dunnage is None else f" of {dunnage.dunnage_id!r}"
