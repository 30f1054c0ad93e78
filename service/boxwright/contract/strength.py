"""Stacking conditions on their way in; what boxes bear on its way out."""

from boxwright.contract.masks import ALL, Tree
from boxwright.contract.message import Writer, sent
from boxwright.contract.source import source_of
from boxwright.domain.stacking import StackingCondition
from boxwright.domain.strength import BoxGrade, StackLoad, StrengthMultiplier
from boxwright.findings import Findings
from boxwright.v1 import strength_pb2

MULTIPLIER = Writer(strength_pb2.StrengthMultiplier, StrengthMultiplier)
STACK_LOAD = Writer(strength_pb2.StackLoad, StackLoad)
BOX_GRADE = Writer(strength_pb2.BoxGrade, BoxGrade, "source")


def read_stacking(message: strength_pb2.StackingCondition, found: Findings) -> StackingCondition | None:
    """Return the stacking condition of a message, or None after noting every finding."""
    before = len(found)
    given = sent(message, found)
    if len(found) > before:
        return None
    given |= {"layers": message.layers or None, "stack_height_mm": message.stack_height_mm or None}
    return found.attempt(StackingCondition, **given)


def box_grade_to_wire(grade: BoxGrade, tree: Tree = ALL) -> strength_pb2.BoxGrade:
    """Return the message of a grade of the box certificate."""
    return BOX_GRADE(grade, tree, source=source_of(grade, read_in_source=grade.binding))
