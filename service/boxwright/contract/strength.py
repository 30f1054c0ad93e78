"""Stacking conditions, and what boxes bear."""

from boxwright.contract.masks import ALL, Tree
from boxwright.contract.message import Codec
from boxwright.contract.source import source_of
from boxwright.domain.stacking import StackingCondition
from boxwright.domain.strength import BoxGrade, StackLoad, StrengthMultiplier
from boxwright.v1 import strength_pb2

STACKING = Codec(strength_pb2.StackingCondition, StackingCondition)
MULTIPLIER = Codec(strength_pb2.StrengthMultiplier, StrengthMultiplier)
STACK_LOAD = Codec(strength_pb2.StackLoad, StackLoad)
BOX_GRADE = Codec(strength_pb2.BoxGrade, BoxGrade, "source")


def box_grade_to_wire(grade: BoxGrade, tree: Tree = ALL) -> strength_pb2.BoxGrade:
    """Return the message of a grade of the box certificate."""
    return BOX_GRADE(grade, tree, source=source_of(grade, read_in_source=grade.binding))
