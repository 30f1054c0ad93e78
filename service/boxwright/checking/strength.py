"""Strength: each box bears its stack and keeps to its certificate, and says truly what it bears.

The formula is worked out here in decimals of fifty digits, apart from the planner's integers; only tables are shared.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from itertools import pairwise

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import StrengthFigure
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.stacking import StackingCondition
from boxwright.domain.strength import StackLoad
from boxwright.protection.board import board_facts
from boxwright.protection.grade import box_grade

PRECISE, ROUNDED = Context(prec=50), Context(prec=40)
GRAVITY = Decimal("9.80665")


def weak(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield what a box does not bear, by figures that are verified or the caller's own, and what is wrongly stated.

    Materials are loaded only where the policy asks for strength.
    """
    policy = case.premises.policy
    if policy.stacking is not None:
        yield from _in_a_pile(case, box, policy.stacking)
    if policy.box_certificate and box.has_certificate:
        yield from _by_grade(case, box)


def bears(box: BoxType, gross_mg: int, premises: Premises) -> bool:
    """Whether a box of this gross mass bears its stack and keeps to its certificate, by figures that bind."""
    policy = premises.policy
    if policy.stacking is not None:
        found = _loads(box, gross_mg, policy.stacking, premises.materials)
        if found is not None and found[4] and found[2] > found[1]:
            return False
    if not policy.box_certificate or not box.has_certificate:
        return True
    grade = box_grade(box, premises.materials)
    return not grade.binding or not any(grade.exceeded(gross_mg, box.outer_um))


def _in_a_pile(case: ParcelCase, box: BoxType, stacking: StackingCondition) -> Iterator[PlanViolation]:
    found = _loads(box, case.gross_mg, stacking, case.premises.materials)
    stated = case.parcel.stack_load
    if found is None:
        if not isinstance(stated, StackLoad) or not stated.not_modelled:
            detail = f"states a stack load of box type {box.box_type_id!r}, which is not modelled"
            yield case.broken(ViolationKind.WRONG_STRENGTH, detail)
        return
    compression, allowed, required, layers, binding, shares = found
    if binding and required > allowed:
        above = f"{layers - 1} parcels of {g(case.gross_mg)} above it weigh {required / 1_000} N"
        yield case.broken(ViolationKind.OVER_STACK_LOAD, f"bears {allowed / 1_000} N, {above}")
    true = (compression, allowed, required, layers, shares)
    said = None
    if isinstance(stated, StackLoad) and not stated.not_modelled:
        stated_shares = tuple(getattr(each, "value", None) for each in listed(stated.multipliers))
        said = (stated.compression_mn, stated.allowed_mn, stated.required_mn, stated.layers, stated_shares)
    if said != true:
        detail = f"states a strength of {_shown(said)}, and has {_shown(true)}"
        yield case.broken(ViolationKind.WRONG_STRENGTH, detail)


def _loads(
    box: BoxType, weight_mg: int, stacking: StackingCondition, materials: Materials
) -> tuple[int, int, int, int, bool, tuple[Decimal, ...]] | None:
    """Return compression strength, allowed and required load in mN, layers, whether they bind, and the multipliers.

    None where the box is not modelled.
    """
    board = board_facts(box, materials)
    crush, caliper = board.edge_crush_kn_per_m, board.caliper_mm
    slotted = box.style is BoxStyle.RSC_0201 and box.opening is Opening.TOP
    if not slotted or crush is None or caliper is None:
        return None
    used = [materials.strength_figures["mckee_constant"][0]]
    share = Decimal(1)
    with localcontext(PRECISE):
        if stacking.safety_factor is not None:
            share /= Decimal(str(stacking.safety_factor))
        else:
            rows = list(_rows(stacking, materials))
            if board.recycled_content and not board.graded:
                rows.append(materials.strength_figures["recycled_content"][0])
            used += rows
            for row in rows:
                share *= row.value
        length, width, depth = (Decimal(edge) / 1_000 for edge in box.inner_um)
        perimeter = 2 * (length + width)
        thickness = Decimal(caliper.numerator) / caliper.denominator
        edge_crush = Decimal(crush.numerator) / crush.denominator
        compression = used[0].value * edge_crush * (thickness * perimeter).sqrt() * 1_000
        layers = _layers(stacking, box.outer_um[2])
        required = Decimal(weight_mg) * (layers - 1) * GRAVITY / 1_000
        in_range = depth * materials.strength_figures["mckee_perimeter_to_depth"][0].value >= perimeter and max(
            length, width
        ) <= materials.strength_figures["mckee_length_to_width"][0].value * min(length, width)
        binding = in_range and not board.notes and all(row.read_in_source for row in used)
        return (
            _floor(compression),
            _floor(compression * share),
            int(required.to_integral_value(ROUND_CEILING)),
            layers,
            binding,
            tuple(row.value for row in used[1:]),
        )


def _shown(load: tuple[object, ...] | None) -> str:
    if load is None:
        return "nothing"
    *loads, layers, shares = load
    of = " x ".join(str(each) for each in listed(shares)) or "no multiplier"
    return f"{', '.join(f'{each} mN' for each in loads)} in {layers} layers by {of}"


def _rows(stacking: StackingCondition, materials: Materials) -> Iterator[StrengthFigure]:
    """Yield the rows that a pile without a safety factor is derated by."""
    for value, factor in (
        (stacking.days, "time_under_load"),
        (stacking.humidity_percent, "relative_humidity"),
    ):
        steps = materials.strength_figures[factor]
        written = Decimal(str(value))
        yield from steps[:1] if steps[0].up_to is not None and written <= steps[0].up_to else ()
        for below, row in pairwise(steps):
            if below.up_to is not None and row.up_to is not None and below.up_to < written <= row.up_to:
                yield row
    for name in (stacking.pattern, *(each for each in _FLAGS if getattr(stacking, each))):
        yield from materials.strength_figures[str(name)]


_FLAGS = ("overhang", "deckboard_gap", "rough_handling")


def _layers(stacking: StackingCondition, outer_height_um: int) -> int:
    if stacking.layers is not None:
        return stacking.layers
    return max(1, (stacking.stack_height_um or 0) // outer_height_um)


def _floor(value: Decimal) -> int:
    """Round down what 40 digits make of a figure of 50: a whole number that lost its last digit on the way is whole."""
    return int(ROUNDED.plus(value).to_integral_value(ROUND_FLOOR))


def _by_grade(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    grade = box_grade(box, case.premises.materials)
    if grade.binding:
        for limit in grade.exceeded(case.gross_mg, box.outer_um):
            detail = f"{limit}, by grade {grade.grade_id} of the box certificate"
            yield case.broken(ViolationKind.OVER_CERTIFICATE, detail)
    if case.parcel.box_grade != grade:
        detail = f"states {case.parcel.box_grade!r:.80}, its board reaches grade {grade.grade_id!r}"
        yield case.broken(ViolationKind.WRONG_STRENGTH, detail)
