"""What goes in beside the goods and how much of it: cushioning, void fill, tape.

Uses catalog, domain and units; knows nothing of where units lie.
"""

from boxwright.protection.cautions import cushion_warnings, dunnage_warnings
from boxwright.protection.cushion import cushion_mg, cushion_um
from boxwright.protection.drop_height import drop_height_mm
from boxwright.protection.tape import tape_mg
from boxwright.protection.void_fill import void_fill_mg

__all__ = [
    "cushion_mg",
    "cushion_um",
    "cushion_warnings",
    "drop_height_mm",
    "dunnage_warnings",
    "tape_mg",
    "void_fill_mg",
]
