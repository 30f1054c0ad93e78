"""Options that would be wrong for every order, refused before the first one is packed, or that change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from boxwright.cli.failures import warn
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.policy import Policy
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.request import Request
from boxwright.planning.task import Task

if TYPE_CHECKING:
    from boxwright.evaluation.variant import Variant


def refuse_bad_options(
    order: Order, catalogs: Sequence[Catalog], policy: Policy, lane: Lane | None, profiles: Sequence[str] | None
) -> None:
    """Raise where policy, lane or profiles ask for what there is not.

    Parameters
    ----------
    order : Order
        Any order; what is wrong with it alone is not said here.
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
            Request.resolve(Task(order, catalog, policy, lane, profiles))
        except InvalidInputError as error:
            violations += [each for each in error.violations if not each.field.startswith("lines")]
    if violations:
        raise InvalidInputError(list(dict.fromkeys(violations)))


def refuse_like_ids(catalogs: Sequence[Catalog]) -> None:
    """Raise where two catalogs have the same id, by which rows, metrics and tables tell them apart."""
    ids = [each.catalog_id for each in catalogs]
    repeated = next((each for place, each in enumerate(ids) if each in ids[:place]), None)
    if repeated is not None:
        rule = f"must not repeat an id, since rows and metrics name catalogs by it: catalog_id {repeated!r} does"
        raise InvalidInputError([FieldViolation("--catalog", rule)])


def refuse_bad_variants(order: Order, variants: Sequence[Variant], profiles: Sequence[str] | None) -> None:
    """Raise where policy, lane or profiles of a variant ask for what there is not, as ``refuse_bad_options``.

    Raises
    ------
    InvalidInputError
        With every rule that is broken for all orders, and the policy and carrier service, if not of all, that break it.
    """
    breaking: dict[FieldViolation, list[str]] = {}
    for each in variants:
        try:
            refuse_bad_options(order, [each.catalog], each.policy, each.lane, profiles)
        except InvalidInputError as error:
            for violation in error.violations:
                breaking.setdefault(violation, []).append(", ".join(each.parts))
    if breaking:
        raise InvalidInputError([_of_some(broken, parts, variants) for broken, parts in breaking.items()])


def _of_some(broken: FieldViolation, parts: Sequence[str], variants: Sequence[Variant]) -> FieldViolation:
    names = dict.fromkeys(parts)
    if len(names) == len({each.parts for each in variants}):
        return broken
    return FieldViolation(broken.field, f"with {'; '.join(names)}: {broken.rule}")


def warn_of_idle_caps(policy: Policy, orders: Iterable[Order]) -> None:
    """Warn of each property cap that no line of all orders has an amount of: its name may be misspelt.

    A plan says this of its own order; a summary of many does not show their warnings.
    """
    if not policy.property_caps:
        return
    named = {each.property for order in orders for line in order.lines for each in line.property_amounts}
    idle = [each.property for each in policy.property_caps if each.property not in named]
    warn(f"--property-cap {name} limits nothing: no order line has an amount of it" for name in idle)


def warn_of_like_carriers(lanes: Sequence[Lane | None]) -> None:
    """Warn that carriers without prices differ little."""
    if len(lanes) > 1 and not any(each is not None and each.price_tables for each in lanes):
        warn(["--carrier-service: without --prices carriers differ by their limits and billed weight alone"])
