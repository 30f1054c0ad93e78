"""What goes in beside the goods and how much of it: cushioning, void fill, tape; and what the box bears.

Uses catalog, domain and units; knows nothing of where units lie.
"""

from boxwright.protection.blocking import blocking_limits, blocking_mg
from boxwright.protection.care import Care, care_of
from boxwright.protection.cautions import cushion_warnings, stress_warnings
from boxwright.protection.class_rules import class_warnings, ruled, upright_words, with_class_rules
from boxwright.protection.cushion import cushion_mg, cushion_um
from boxwright.protection.drop_height import drop_height_mm
from boxwright.protection.dunnage import label_mg, void_fill_mg
from boxwright.protection.grade import box_grade
from boxwright.protection.limits import BearingLimits, bearing_limits, cushion_refusal, has_stress_range
from boxwright.protection.static_stress import bearing_area_mm2, bearing_um2, static_stress_kpa
from boxwright.protection.strength import most_stacked_mg, stack_load, unreached
from boxwright.protection.tape import tape_mg, tape_mm

__all__ = [
    "BearingLimits",
    "Care",
    "bearing_area_mm2",
    "bearing_limits",
    "bearing_um2",
    "blocking_limits",
    "blocking_mg",
    "box_grade",
    "care_of",
    "class_warnings",
    "cushion_mg",
    "cushion_refusal",
    "cushion_um",
    "cushion_warnings",
    "drop_height_mm",
    "has_stress_range",
    "label_mg",
    "most_stacked_mg",
    "ruled",
    "stack_load",
    "static_stress_kpa",
    "stress_warnings",
    "tape_mg",
    "tape_mm",
    "unreached",
    "upright_words",
    "void_fill_mg",
    "with_class_rules",
]
