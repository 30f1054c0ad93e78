"""Compression strength of a box, and the load on the lowest parcel of a stack."""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import StrengthFigure
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.strength import StackingCondition, StackLoad, StrengthMultiplier
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.protection.board import BoardFacts, board_facts
from boxwright.units import UM_PER_MM

UN_PER_MG = Fraction(980_665, 100_000)
"""Weight of 1 mg in micronewtons: standard gravity is 9.80665 m/s2 by definition."""
MN_PER_N = 1_000
_STEPPED = {"days": "time_under_load", "humidity_percent": "relative_humidity"}
"""Fields of a stacking condition whose multipliers are tables of steps, and the factor of each."""


def compression_mn(
    edge_crush_kn_per_m: Fraction, caliper_mm: Fraction, perimeter_mm: Fraction, constant: Fraction, share: Fraction
) -> int:
    """Return a share (1 for all) of the compression strength of a slotted box in mN, rounded down once.

    ``BCT = constant x ECT x sqrt(caliper x perimeter)``: the simplified formula of McKee, Gander and Wachuta (1963),
    in N for kN/m and mm, with the inner perimeter of the opening.
    """
    square = (constant * edge_crush_kn_per_m * share * MN_PER_N) ** 2 * caliper_mm * perimeter_mm
    return math.isqrt(square.numerator // square.denominator)


def stack_load(box: BoxType, gross_mg: int, stacking: StackingCondition, materials: Materials) -> StackLoad:
    """Return the load that a parcel bears at the bottom of a stack of equal parcels, and the load that lies on it.

    Raises
    ------
    InvalidInputError
        If time or humidity is above the last step of the multipliers.
    """
    board = board_facts(box, materials)
    reason = _not_modelled(box, board)
    if reason:
        return StackLoad(not_modelled=reason)
    assert board.edge_crush_kn_per_m is not None  # a board without it returned above
    assert board.caliper_mm is not None
    constant = _only(materials, "mckee_constant")
    perimeter_mm = Fraction(2 * (box.inner_um[0] + box.inner_um[1]), UM_PER_MM)
    figures = (board.edge_crush_kn_per_m, board.caliper_mm, perimeter_mm, Fraction(constant.value))
    multipliers = tuple(_multipliers(stacking, board, materials)) if stacking.safety_factor is None else ()
    factor = None if stacking.safety_factor is None else Fraction(str(stacking.safety_factor))
    share = 1 / factor if factor is not None else math.prod(Fraction(multiplier.value) for multiplier in multipliers)
    layers = stacking.layers_of(box.outer_um[2])
    notes = [*board.notes, *_outside(box, perimeter_mm, materials)]
    if not constant.read_in_source:
        notes.append(f"the constant {constant.value} of the formula is unverified")
    notes += [
        f"multiplier {multiplier.value} for {multiplier.level} is unverified"
        for multiplier in multipliers
        if not multiplier.read_in_source
    ]
    return StackLoad(
        compression_mn=compression_mn(*figures, Fraction(1)),
        allowed_mn=compression_mn(*figures, Fraction(share)),
        required_mn=math.ceil(gross_mg * (layers - 1) * UN_PER_MG / 1_000),
        layers=layers,
        multipliers=multipliers,
        safety_factor=None if factor is None else Decimal(str(stacking.safety_factor)),
        notes=tuple(notes),
    )


def most_stacked_mg(load: StackLoad) -> int | None:
    """Return the maximum mass of each parcel at which the lowest one bears the stack, in mg; None without a limit."""
    if load.not_modelled or load.layers < 2:
        return None
    return math.floor(load.allowed_mn * 1_000 / (UN_PER_MG * (load.layers - 1)))


def unreached(stacking: StackingCondition, materials: Materials) -> tuple[FieldViolation, ...]:
    """Return a violation for time or humidity above the last step of the multipliers."""
    found = Findings()
    for field, factor in _STEPPED.items() if stacking.safety_factor is None else ():
        found.attempt(_step, materials.strength_figures[factor], getattr(stacking, field), field)
    return found.violations


def _multipliers(stacking: StackingCondition, board: BoardFacts, materials: Materials) -> Iterator[StrengthMultiplier]:
    """Yield the multipliers of a stack without a safety factor, which would replace them all.

    A value between two steps takes the next step, which derates more.
    """
    for field, factor in _STEPPED.items():
        row = _step(materials.strength_figures[factor], getattr(stacking, field), field)
        yield _multiplier(row, f"{factor.replace('_', ' ')} up to {row.up_to} {'days' if field == 'days' else '%'}")
    assert stacking.pattern is not None  # it is given if there is no safety factor
    flags = [name for name in ("overhang", "deckboard_gap", "rough_handling") if getattr(stacking, name)]
    if board.recycled_content and not board.graded:
        flags.append("recycled_content")
    for name in (stacking.pattern.value, *flags):
        yield _multiplier(_only(materials, name), name.replace("_", " "))


def _multiplier(row: StrengthFigure, level: str) -> StrengthMultiplier:
    return StrengthMultiplier(row.factor, level, row.value, row.source, row.read_in_source)


def _step(rows: Sequence[StrengthFigure], value: float, field: str) -> StrengthFigure:
    written = Decimal(str(value))
    for row in rows:
        if row.up_to is not None and written <= row.up_to:
            return row
    rule = f"must be at most {rows[-1].up_to}, the last value with a multiplier, got {value:g}"
    raise InvalidInputError([FieldViolation(f"policy.stacking.{field}", rule)])


def _only(materials: Materials, factor: str) -> StrengthFigure:
    (row,) = materials.strength_figures[factor]
    return row


def _not_modelled(box: BoxType, board: BoardFacts) -> str:
    if box.style is not BoxStyle.RSC_0201:
        return f"style {box.style.value}: the formula is of slotted boxes (FEFCO 0201)"
    if box.opening is not Opening.TOP:
        return "it opens at an end: the formula is of boxes that stand on their flaps"
    lacking = [
        name
        for name, value in (("edge crush", board.edge_crush_kn_per_m), ("caliper", board.caliper_mm))
        if value is None
    ]
    return f"the {' and '.join(lacking)} of its board are unknown" if lacking else ""


def _outside(box: BoxType, perimeter_mm: Fraction, materials: Materials) -> Iterator[str]:
    """Yield a note for each proportion of a box outside the range of the formula."""
    length, width, depth = box.inner_um
    sides, depth_ratio = _only(materials, "mckee_length_to_width"), _only(materials, "mckee_perimeter_to_depth")
    if max(length, width) > sides.value * min(length, width):
        yield f"outside the formula's range: length is more than {sides.value} times width"
    if Fraction(depth, UM_PER_MM) * Fraction(depth_ratio.value) < perimeter_mm:
        yield f"outside the formula's range: depth is less than 1/{depth_ratio.value} of the perimeter"
