"""Mass of the wrap round fragile goods."""

from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item
from boxwright.protection.dunnage import figure

UM2_G_PER_M2_PER_MG = 10**9
"""Area of 1 mg of wrap of 1 g/m2, in square um."""


def wrap_mg(item: Item, layers: int, wrap: Dunnage) -> int:
    """Return the mass of the wrap round one unit in mg, half to even: ``surface x layers x grammage``.

    Overlap is not counted. InvalidInputError if the wrap has no grammage.

    Parameters
    ----------
    item : Item
        The unit, as a cuboid of its declared edges.
    layers : int
        Layers of wrap.
    wrap : Dunnage
        Cushioning with a grammage.
    """
    length, width, height = item.edges_um
    surface_um2 = 2 * (length * width + length * height + width * height)
    return round(surface_um2 * layers * figure(wrap, "grammage_g_per_m2") / UM2_G_PER_M2_PER_MG)
