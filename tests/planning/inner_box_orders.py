"""A box in a box: goods, boxes and checked plans."""

from boxwright import BoxType, Catalog, Fragility, Item, Order, Policy
from boxwright.catalog import load_materials
from boxwright.domain.plan import Plan, UnpackedReason
from verified import verified

DATA = load_materials()
DUNNAGE = tuple(map(DATA.dunnage_of, ("honeycomb-paper-wrap", "crumpled-kraft-fill", "kraft-paper-tape")))
VERY = Fragility("very_fragile")
GOODS = Item("glass", 1, 200, 100, 80, mass_g=1_000, fragility=VERY)
BOARD = {"material_id": "corrugated-board"}
INNER = BoxType("inner", 300, 200, 180, 306, 206, 192, tare_g=150, **BOARD)
OUTER = BoxType("outer", 500, 400, 350, 510, 410, 370, tare_g=600, **BOARD)


def shelf(*boxes: BoxType) -> Catalog:
    """Return a catalog with wrap, fill and tape."""
    return Catalog("shelf", boxes, dunnage=DUNNAGE)


def planned(goods: Item | list[Item], *boxes: BoxType, policy: Policy | None = None) -> Plan:
    """Return a plan whose certificate is verified."""
    order = Order("1", [goods] if isinstance(goods, Item) else goods)
    return verified(order, shelf(*boxes), policy or Policy(allow_partial=True))


def inner_boxes(answer: Plan) -> list[str]:
    """Return the inner boxes of a plan, unit by unit."""
    return sorted(each.inner_box_type_id for parcel in answer.parcels for each in parcel.placements)


def refusal(answer: Plan) -> tuple[UnpackedReason, str]:
    """Return the reason of the single line that is not packed."""
    (found,) = {(each.reason, each.message) for each in answer.unpacked}
    return found
