"""Loads every kernel, or compiles it, before health says SERVING."""

from boxwright.catalog import Materials
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.order import Item, Order
from boxwright.domain.policy import Policy
from boxwright.packing import own
from boxwright.planning import plan


def warm_up(materials: Materials | None = None) -> None:
    """Load or compile every kernel, and plan small orders for all that is loaded late: no caller waits for either.

    Parameters
    ----------
    materials : Materials, optional
        Data that the orders are planned with. Default: those of the folder that the environment names, or shipped ones.
    """
    own.warm_up()
    catalog = Catalog("warm-up", (BoxType("small", 200, 150, 100), BoxType("large", 400, 300, 200)))
    lines = (
        Item("a", 3, 180, 120, 60, 500, max_load_g=2_000),
        Item("b", 4, 90, 80, 70, 300),
        Item("c", 2, 350, 250, 90, 900),
    )
    for order in (Order("one", lines[1:2]), Order("many", lines)):
        plan(order, catalog, Policy(allow_partial=True), profiles=(), materials=materials)
