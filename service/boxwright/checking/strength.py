"""Checks lifting limits, handling marks, stacking strength and box certificates.

The check computes in decimals of fifty digits, independently of the planner's integers; only tables are shared.
"""

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, localcontext
from itertools import pairwise

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import StrengthFigure
from boxwright.checking.case import ParcelCase
from boxwright.checking.reading import listed
from boxwright.checking.violation import PlanViolation, ViolationKind, g
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.strength import StackingCondition, StackLoad
from boxwright.errors import InvalidInputError
from boxwright.protection.board import board_facts, box_grade
from boxwright.units import MG_PER_KG

PRECISE, ROUNDED = Context(prec=50), Context(prec=40)
GRAVITY = Decimal("9.80665")


def wrong_lifting(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield a violation if a parcel of several units is too heavy to lift, and wrong handling marks.

    A started parcel to which nothing was added is exempt from the limit.
    """
    premises, units, stated = case.premises, case.envelopes, case.parcel.handling_marks
    try:
        profile = premises.materials.lifting_profile(premises.policy.lifting_profile)
    except InvalidInputError as error:
        yield case.broken(ViolationKind.OVER_LIFTING_LIMIT, f"lifting limit cannot be checked: {error}")
        return
    if not units:
        return
    kg, most_kg = Decimal(case.gross_mg) / MG_PER_KG, profile.several_at_most_kg
    if most_kg is not None and kg > most_kg and len(units) > 1:
        (group, *others) = {unit.item.keep_together_group for unit in units}
        whole = sum(line.quantity for line in premises.order.lines if line.keep_together_group == group)
        one_group = group and not others and len(units) == whole
        name, held = case.parcel.started_parcel_id, len(listed(case.parcel.placements))
        unchanged = any(
            (started.started_parcel_id, len(started.placements)) == (name, held) for started in premises.started
        )
        if not one_group and not unchanged:
            limit = f"{profile.profile_id} allows {most_kg:f} kg"
            detail = f"the parcel of {len(units)} units weighs {g(case.gross_mg)} gross, {limit}"
            yield case.broken(ViolationKind.OVER_LIFTING_LIMIT, detail)
    if case.box is not None and case.box.flexible:
        rules, rigid = premises.materials.protection_rules, [unit for unit in units if unit.goods.soft_goods is None]
        most_kg, small_cm2 = (rules[name].value for name in ("several_in_mailer", "small_in_mailer"))
        rigid_mg = sum(unit.goods.mass_mg for unit in rigid)
        if len(rigid) > 1 and rigid_mg > most_kg * MG_PER_KG:
            detail = f"{len(rigid)} rigid units weigh {g(rigid_mg)}, at most {most_kg:f} kg allowed in a mailer"
            yield case.broken(ViolationKind.OVER_LIFTING_LIMIT, detail)
        faces = [sorted(unit.goods.edges_um)[1:] for unit in rigid]
        small = sum(wide * long < small_cm2 * 10**8 for wide, long in faces)
        if small > 1:
            detail = f"{small} rigid units have no face of {small_cm2:f} cm2, at most 1 allowed in a mailer"
            yield case.broken(ViolationKind.OVER_LIFTING_LIMIT, detail)
    heavy, team = profile.heavy_above_kg, profile.team_lift_above_kg
    true = ["heavy"] * (heavy is not None and kg > heavy) + ["team_lift"] * (team is not None and kg > team)
    if not isinstance(stated, tuple) or list(stated) != true:
        by = f"{profile.profile_id} at {g(case.gross_mg)} gross"
        detail = f"handling_marks must be {true} by {by}, got {stated!r:.80}"
        yield case.broken(ViolationKind.WRONG_HANDLING_MARK, detail)


def weak(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield exceeded limits of stacking and box certificate, and wrong figures; an unverified figure sets no limit."""
    policy = case.premises.policy
    if policy.stacking is not None:
        yield from _in_a_pile(case, box, policy.stacking)
    if policy.box_certificate and box.has_certificate:
        grade = box_grade(box, case.premises.materials)
        for limit in grade.exceeded(case.gross_mg, box.outer_um) if grade.binding else ():
            detail = f"{limit}, by grade {grade.grade_id} of the box certificate"
            yield case.broken(ViolationKind.OVER_CERTIFICATE, detail)
        if case.parcel.box_grade != grade:
            detail = f"box_grade must be {grade.grade_id!r}, the grade of its board, got {case.parcel.box_grade!r:.80}"
            yield case.broken(ViolationKind.WRONG_STRENGTH, detail)


def _in_a_pile(case: ParcelCase, box: BoxType, stacking: StackingCondition) -> Iterator[PlanViolation]:
    true, binding = _loads(box, case.gross_mg, stacking, case.premises.materials)
    stated = case.parcel.stack_load
    figures: tuple[object, ...] | None = None
    if isinstance(stated, StackLoad) and stated.not_modelled:
        figures = ()
    elif isinstance(stated, StackLoad):
        shares = tuple(getattr(multiplier, "value", None) for multiplier in listed(stated.multipliers))
        figures = (stated.compression_mn, stated.allowed_mn, stated.required_mn, stated.layers, *shares)
    if true and binding and true[2] > true[1]:
        above = f"the {true[3] - 1} parcels of {g(case.gross_mg)} above it press with {true[2] / 1_000} N"
        yield case.broken(ViolationKind.OVER_STACK_LOAD, f"the box bears {true[1] / 1_000} N, {above}")
    if figures != true:
        words = "compression strength, allowed and required load in mN, layers and multipliers"
        must = f"be {', '.join(map(str, true))}" if true else "be absent, since the box is not modelled"
        yield case.broken(ViolationKind.WRONG_STRENGTH, f"{words} must {must}, got {figures!r:.200}")


def _loads(
    box: BoxType, weight_mg: int, stacking: StackingCondition, materials: Materials
) -> tuple[tuple[int | Decimal, ...], bool]:
    """Return strength, allowed and required load in mN, layers and multipliers, and whether these figures bind.

    There are no figures for a box that is not modelled.
    """
    board = board_facts(box, materials)
    crush, caliper = board.edge_crush_kn_per_m, board.caliper_mm
    slotted = box.style is BoxStyle.RSC_0201 and box.opening is Opening.TOP
    if not slotted or crush is None or caliper is None:
        return (), False
    figures = materials.strength_figures
    constant, rows = figures["mckee_constant"][0], list[StrengthFigure]()
    with localcontext(PRECISE):
        share = Decimal(1)
        if stacking.safety_factor is not None:
            share /= Decimal(str(stacking.safety_factor))
        else:
            rows += _rows(stacking, materials)
            if board.recycled_content and not board.graded:
                rows.append(figures["recycled_content"][0])
        for row in rows:
            share *= row.value
        length, width, depth = (Decimal(edge) / 1_000 for edge in box.inner_um)
        perimeter = 2 * (length + width)
        thickness = Decimal(caliper.numerator) / caliper.denominator
        edge_crush = Decimal(crush.numerator) / crush.denominator
        compression = constant.value * edge_crush * (thickness * perimeter).sqrt() * 1_000
        highest = max(1, (stacking.stack_height_um or 0) // box.outer_um[2])
        layers = highest if stacking.layers is None else stacking.layers
        required = Decimal(weight_mg) * (layers - 1) * GRAVITY / 1_000
        deep = depth * figures["mckee_perimeter_to_depth"][0].value >= perimeter
        long = max(length, width) > figures["mckee_length_to_width"][0].value * min(length, width)
        binding = deep and not long and not board.notes and all(row.read_in_source for row in (constant, *rows))
        # Rounding from 50 to 40 digits removes the errors of division, so whole numbers stay whole.
        bears = (
            int(ROUNDED.plus(value).to_integral_value(ROUND_FLOOR)) for value in (compression, compression * share)
        )
        loads = (*bears, int(required.to_integral_value(ROUND_CEILING)), layers)
        return (*loads, *(row.value for row in rows)), binding


def _rows(stacking: StackingCondition, materials: Materials) -> Iterator[StrengthFigure]:
    """Yield the rows whose multipliers reduce the strength of a stack."""
    for value, factor in ((stacking.days, "time_under_load"), (stacking.humidity_percent, "relative_humidity")):
        steps = materials.strength_figures[factor]
        written = Decimal(str(value))
        yield from steps[:1] if steps[0].up_to is not None and written <= steps[0].up_to else ()
        for below, row in pairwise(steps):
            if below.up_to is not None and row.up_to is not None and below.up_to < written <= row.up_to:
                yield row
    flags = (flag for flag in ("overhang", "deckboard_gap", "rough_handling") if getattr(stacking, flag))
    for name in (stacking.pattern, *flags):
        yield from materials.strength_figures[str(name)]
