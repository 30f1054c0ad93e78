"""Models of orders, on which the search works."""

from typing import Any

from boxwright import Catalog, Order, Policy, Task
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request


def model_of(order: Order, catalog: Catalog, policy: Policy, **task: Any) -> OrderModel:
    """Return the model of an order, without profiles unless ``task`` has them."""
    request = Request.resolve(Task(order, catalog, policy, **{"profiles": (), **task}))
    return OrderModel(request, request.expansion)
