"""Orders of cuboids of few sizes, and the rules for planning them."""

from collections.abc import Callable

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy
from boxwright.catalog import load_catalog, load_materials
from boxwright.design.question import Rules
from boxwright.domain.policy import Objective

OrderOf = Callable[..., Order]


@pytest.fixture(scope="session")
def order_of() -> OrderOf:
    """An order of one line of equal units."""

    def order(order_id: str, edges: tuple[int, int, int], quantity: int = 1, mass_g: float = 200) -> Order:
        return Order(order_id, (Item("one", quantity, *edges, mass_g),))

    return order


@pytest.fixture(scope="session")
def rules() -> Rules:
    """Rules that minimise outer volume, without a lane."""
    return Rules(Policy(objectives=(Objective.OUTER_VOLUME,)), None, ("uk-desnz",), load_materials())


@pytest.fixture(scope="session")
def catalog_of() -> Callable[..., Catalog]:
    """A catalog of boxes named by their inner edges."""

    def catalog(*edges: tuple[int, int, int], name: str = "own", **given: object) -> Catalog:
        boxes = [BoxType("x".join(map(str, each)), *each, tare_g=100, board_id="b-flute", **given) for each in edges]
        return Catalog(name, boxes, dunnage=load_catalog("eu-stock").dunnage)

    return catalog


@pytest.fixture(scope="module")
def orders(order_of: OrderOf) -> list[Order]:
    """Forty orders of eight kinds, one and several units."""
    kinds = [
        ((90, 80, 40), 1),
        ((190, 140, 40), 1),
        ((190, 140, 40), 2),
        ((280, 190, 90), 1),
        ((90, 80, 40), 6),
        ((140, 140, 140), 1),
        ((390, 90, 90), 1),
        ((140, 140, 140), 2),
    ]
    return [order_of(f"{number}-{time}", *kind) for time in range(5) for number, kind in enumerate(kinds)]


@pytest.fixture(scope="module")
def today(catalog_of: Callable[..., Catalog]) -> Catalog:
    """Three boxes; the last two do not fit into any other."""
    return catalog_of((300, 200, 100), (400, 100, 100), (300, 300, 300), name="today")
