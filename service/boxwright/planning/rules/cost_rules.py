"""What objectives in money need."""

from collections.abc import Iterator, Sequence

from boxwright.domain.box import Catalog
from boxwright.domain.factor import AccountingProfile, RecyclingRule
from boxwright.domain.lane import Lane
from boxwright.domain.plan import Plan
from boxwright.domain.policy import COSTS, Objective, Policy
from boxwright.errors import FieldViolation, InvalidInputError


def raise_unpriced(plan: Plan) -> None:
    """Raise InvalidInputError with what the price table lacks for the parcels of a plan that was chosen by price."""
    lacking = {
        f"must have a price for {lack}, {parcel.shipping_price.price_table!r} has none"
        for parcel in plan.parcels
        if parcel.shipping_price is not None
        for lack in parcel.shipping_price.missing
    }
    if lacking:
        raise InvalidInputError([FieldViolation("lane.price_tables", each) for each in sorted(lacking)])


def cost_rules(
    policy: Policy, lane: Lane | None, catalog: Catalog, profiles: Sequence[AccountingProfile]
) -> Iterator[FieldViolation]:
    """Yield what stands in the way of objectives in money: prices, price tables, currencies, grams to price."""
    tables = lane.price_tables if lane is not None else ()
    if tables and not (lane and lane.carrier_service):
        yield FieldViolation("lane.price_tables", "must be absent without lane.carrier_service")
    for index, objective in enumerate(policy.objectives):
        field = f"policy.objectives[{index}]"
        if objective in COSTS:
            unpriced = [box.box_type_id for box in catalog.box_types if catalog.price_minor(box) is None]
            if unpriced:
                rule = f"{objective.value} needs a price for every box type, {unpriced[0]!r} has none"
                yield FieldViolation(field, rule)
        if objective is Objective.SHIPPING_COST:
            if not (lane and lane.carrier_service):
                yield FieldViolation(field, "shipping_cost needs lane.carrier_service")
            if not tables:
                yield FieldViolation(field, "shipping_cost needs lane.price_tables")
            for place, table in enumerate(tables):
                if catalog.currency and table.currency != catalog.currency:
                    rule = f"must be the catalog's, {catalog.currency}, to be added to its prices, got {table.currency}"
                    yield FieldViolation(f"lane.price_tables[{place}].currency", rule)
    if policy.carbon_price_per_tonne_minor is None:
        return
    field = "policy.carbon_price_per_tonne_minor"
    if not profiles:
        yield FieldViolation(field, "needs an accounting profile")
    if any(each.recycling_rule is RecyclingRule.AVOIDED_BURDEN for each in profiles):
        rule = "needs a profile without credits: under one that credits, more material may count as less"
        yield FieldViolation(field, rule)
