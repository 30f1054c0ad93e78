"""What goes in beside the goods and how much of it: cushioning, void fill, tape; and what the box bears.

Uses catalog, domain and units; knows nothing of where units lie.
"""

from boxwright.protection.cautions import cushion_warnings, dunnage_warnings
from boxwright.protection.cushion import cushion_mg, cushion_um
from boxwright.protection.drop_height import drop_height_mm
from boxwright.protection.grade import box_grade
from boxwright.protection.label import label_mg
from boxwright.protection.strength import most_gross_mg, stack_load, unreached
from boxwright.protection.tape import tape_mg
from boxwright.protection.void_fill import void_fill_mg

__all__ = [
    "box_grade",
    "cushion_mg",
    "cushion_um",
    "cushion_warnings",
    "drop_height_mm",
    "dunnage_warnings",
    "label_mg",
    "most_gross_mg",
    "stack_load",
    "tape_mg",
    "unreached",
    "void_fill_mg",
]
