"""Options that would be wrong for every order, refused before the first one is packed."""

from collections.abc import Sequence

from boxwright.catalog import load_materials
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.policy import Policy
from boxwright.errors import InvalidInputError
from boxwright.planning.request import Request


def refuse_bad_options(
    order: Order, catalogs: Sequence[Catalog], policy: Policy, lane: Lane | None, profiles: Sequence[str] | None
) -> None:
    """Raise where policy, lane or profiles ask for what there is not.

    Parameters
    ----------
    order : Order
        Any order; what is wrong with it alone is not told here.
    catalogs : sequence of Catalog
        Each of them is asked.
    policy, lane, profiles
        As for a plan.

    Raises
    ------
    InvalidInputError
        With every rule that is broken for all orders.
    """
    violations = []
    for catalog in catalogs:
        try:
            Request.resolve(order, catalog, policy, lane, profiles, load_materials())
        except InvalidInputError as error:
            violations += [each for each in error.violations if not each.field.startswith("lines")]
    if violations:
        raise InvalidInputError(list(dict.fromkeys(violations)))
