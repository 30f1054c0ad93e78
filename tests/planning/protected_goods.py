"""Goods that need protection, boxes and dunnage for them."""

from boxwright import BoxType, Catalog, Item
from boxwright.catalog import load_materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.plan import Plan

DATA = load_materials()
KRAFT, PILLOW, LOOSE = (DATA.dunnage_of(each) for each in ("crumpled-kraft-fill", "ldpe-air-pillow", "eps-loose-fill"))
WRAP, PADS = DATA.dunnage_of("honeycomb-paper-wrap"), DATA.dunnage_of("pe-foam-pad")
FOAM = (WRAP, PADS, KRAFT)
MUG = Item("mug", 1, 120, 85, 100, mass_g=350, article="mug")
BOOK = Item("book", 1, 200, 130, 30, mass_g=400)


def cubes(*edges: float, **fields: object) -> list[BoxType]:
    """Return cubes without walls, named by their edges."""
    return [BoxType(f"cube-{edge}", edge, edge, edge, tare_g=50, **fields) for edge in edges]


def shelf(*boxes: BoxType, dunnage: tuple[Dunnage, ...] = (WRAP, KRAFT)) -> Catalog:
    """Return a catalog with wrap and a fill that cushions."""
    return Catalog("shelf", list(boxes), dunnage=dunnage)


def codes(answer: Plan) -> set[str]:
    """Return the codes of a plan's warnings."""
    return {each.code for each in answer.warnings}
