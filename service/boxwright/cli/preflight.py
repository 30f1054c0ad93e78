"""Checks of options before the first order: those wrong for every order, and those without effect."""

from collections.abc import Iterable, Sequence

from boxwright.cli.failures import warn
from boxwright.domain.order import Order
from boxwright.domain.policy import Policy
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.request import Request
from boxwright.planning.task import Task


def refuse_bad_options(asked: Sequence[tuple[str, Task]]) -> None:
    """Raise InvalidInputError with every rule that policies, lanes or profiles break for all orders.

    ``asked`` are tasks with an arbitrary order, each with the name of its options; names are stated if some tasks pass.
    """
    breaking: dict[FieldViolation, dict[str, None]] = {}
    for name, task in asked:
        try:
            Request.resolve(task)
        except InvalidInputError as error:
            for broken in error.violations:
                if not broken.field.startswith("lines"):
                    breaking.setdefault(broken, {})[name] = None
    every = {name for name, _ in asked}
    if breaking:
        raise InvalidInputError(
            broken if names.keys() == every else FieldViolation(broken.field, f"with {'; '.join(names)}: {broken.rule}")
            for broken, names in breaking.items()
        )


def warn_of_idle_caps(policy: Policy, orders: Iterable[Order]) -> None:
    """Warn of each property cap that no order line has an amount for: its name may be misspelt.

    A plan states this for its order; the summary of many orders does not show those warnings.
    """
    if not policy.property_caps:
        return
    named = {amount.property for order in orders for line in order.lines for amount in line.property_amounts}
    idle = [cap.property for cap in policy.property_caps if cap.property not in named]
    warn(f"--property-cap {name} has no effect: no order line has an amount of it" for name in idle)
