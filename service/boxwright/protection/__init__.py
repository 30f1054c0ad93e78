"""Protection of goods: gaps, wrap, pads, void fill, blocking and tape; strength of boxes.

Uses catalog, domain and units. It does not use the positions of units.
"""

from boxwright.protection.blocking import blocking_limits, blocking_mg, held_by_blocking
from boxwright.protection.board import box_grade, too_thin_for_iron
from boxwright.protection.care import Care, care_of, dense_mg, handled_as, has_hard_goods, is_card
from boxwright.protection.cautions import more_than_practice, pad_warnings
from boxwright.protection.class_rules import (
    article_warnings,
    class_warnings,
    ruled,
    special_handling_warnings,
    upright_words,
    with_class_rules,
)
from boxwright.protection.drop_height import drop_height_mm
from boxwright.protection.dunnage import label_mg, void_fill_mg, wrap_mg
from boxwright.protection.inner_box import InnerBox, held_in
from boxwright.protection.pads import Pads, pads_of
from boxwright.protection.strength import most_stacked_mg, stack_load, unreached
from boxwright.protection.tape import tape_mg, tape_mm

__all__ = [
    "Care",
    "InnerBox",
    "Pads",
    "article_warnings",
    "blocking_limits",
    "blocking_mg",
    "box_grade",
    "care_of",
    "class_warnings",
    "dense_mg",
    "drop_height_mm",
    "handled_as",
    "has_hard_goods",
    "held_by_blocking",
    "held_in",
    "is_card",
    "label_mg",
    "more_than_practice",
    "most_stacked_mg",
    "pad_warnings",
    "pads_of",
    "ruled",
    "special_handling_warnings",
    "stack_load",
    "tape_mg",
    "tape_mm",
    "too_thin_for_iron",
    "unreached",
    "upright_words",
    "void_fill_mg",
    "with_class_rules",
    "wrap_mg",
]
