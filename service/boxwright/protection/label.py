"""The label of a parcel."""

from boxwright.domain.dunnage import Dunnage
from boxwright.protection.figures import figure
from boxwright.units import MG_PER_G


def label_mg(label: Dunnage) -> int:
    """Return the mass of one label, in mg, half to even; every parcel in a box has one.

    Raises
    ------
    InvalidInputError
        If it has no mass of a piece.
    """
    return round(figure(label, "piece_g") * MG_PER_G)
