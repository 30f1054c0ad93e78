"""Stacking conditions on their way in; what boxes bear on its way out."""

from boxwright.domain.stacking import PalletPattern, StackingCondition
from boxwright.domain.strength import BoxGrade, StackLoad
from boxwright.findings import Findings
from boxwright.server.wire.enums import PALLET_PATTERN
from boxwright.server.wire.presence import present
from boxwright.server.wire.source import source_to_wire
from boxwright.v1 import strength_pb2

MN_PER_N = 1_000


def read_stacking(message: strength_pb2.StackingCondition, found: Findings) -> StackingCondition | None:
    """Return the stacking condition of a message, or None after noting every finding."""
    before = len(found)
    pattern: PalletPattern | None = None
    if message.pattern:
        pattern = PALLET_PATTERN.read(message.pattern, found, "pattern")
        if len(found) > before:
            return None
    optional = {
        name: getattr(message, name) if present(message, name) else None
        for name in ("days", "humidity_percent", "safety_factor")
    }
    return found.attempt(
        StackingCondition,
        layers=message.layers or None,
        stack_height_mm=message.stack_height_mm or None,
        pattern=pattern,
        overhang=message.overhang,
        deckboard_gap=message.deckboard_gap,
        rough_handling=message.rough_handling,
        **optional,
    )


def stack_load_to_wire(load: StackLoad | None) -> strength_pb2.StackLoad | None:
    """Return the message of what a parcel bears; None where it was not asked."""
    if load is None:
        return None
    return strength_pb2.StackLoad(
        not_modelled=load.not_modelled,
        compression_n=load.compression_mn / MN_PER_N,
        allowed_n=load.allowed_mn / MN_PER_N,
        required_n=load.required_mn / MN_PER_N,
        layers=load.layers,
        multipliers=[
            strength_pb2.StrengthMultiplier(
                factor=each.factor,
                level=each.level,
                value=float(each.value),
                source=source_to_wire(each.source, read_in_source=each.read_in_source),
            )
            for each in load.multipliers
        ],
        safety_factor=None if load.safety_factor is None else float(load.safety_factor),
        notes=load.notes,
        holds=load.holds,
    )


def box_grade_to_wire(grade: BoxGrade | None) -> strength_pb2.BoxGrade | None:
    """Return the message of a grade of the box certificate; None where it was not asked."""
    if grade is None:
        return None
    return strength_pb2.BoxGrade(
        grade_id=grade.grade_id,
        max_gross_g=grade.max_gross_g,
        max_length_width_height_mm=grade.max_length_width_height_mm,
        notes=grade.notes,
        source=source_to_wire(grade.source, read_in_source=grade.binding) if grade.source else None,
    )
