"""Rules on an order by data and policy, and fields that objectives need."""

from collections.abc import Iterator, Sequence

from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.factor import AccountingProfile, RecyclingRule
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane
from boxwright.domain.order import FragilityClass, Order
from boxwright.domain.policy import COSTS, Objective, Plausibility, Policy
from boxwright.errors import FieldViolation
from boxwright.findings import Findings
from boxwright.planning.rules.plausible import implausible
from boxwright.protection import care_of


def check_order(order: Order, policy: Policy, materials: Materials, found: Findings) -> None:
    """Note each line that data or policy refuse, such as a line with an unknown article, by its field path."""
    packed = any(line.sales_packaging for line in order.lines)
    known = {row.material_id for row in materials.materials} if packed else ()
    for index, line in enumerate(order.lines):
        inside = line.sales_packaging
        if inside is None:
            continue
        named = [(f"materials[{at}].material_id", row.material_id) for at, row in enumerate(inside.materials)]
        if inside.cushion_material_id:
            named.append(("cushion_material_id", inside.cushion_material_id))
        for where, name in named:
            if name not in known:
                found.add(f"lines[{index}].sales_packaging.{where}", f"must be a known material, got {name!r}")
    for index, line in enumerate(order.lines):
        found.stop.look()
        if line.care_field:
            care = found.at(f"lines[{index}]").attempt(care_of, line, materials)
            very = care is not None and care.fragility_class is FragilityClass.VERY_FRAGILE
            if very and line.ships_in_own_container:
                rule = "must be false for very_fragile goods: goods that need a box in a box cannot ship as they are"
                found.add(f"lines[{index}].ships_in_own_container", rule)
    if policy.plausibility is Plausibility.REFUSE:
        for warning in implausible(order, materials, found.stop):
            found.add(warning.field, f"must be plausible ({warning.code}): {warning.message}")


def objective_rules(
    policy: Policy, lane: Lane | None, catalog: Catalog, profiles: Sequence[AccountingProfile]
) -> Iterator[FieldViolation]:
    """Yield a violation for each field that objectives, their basis or a carbon price need and the request lacks."""
    basis = policy.emissions_basis
    billed = lane is not None and bool(lane.carrier_service)
    tables = lane.price_tables if lane is not None else ()
    if basis is not None and basis.allocation is Allocation.DIMENSIONAL_WEIGHT and not billed:
        yield FieldViolation("policy.emissions_basis.allocation", "dimensional_weight needs lane.carrier_service")
    if tables and not billed:
        yield FieldViolation("lane.price_tables", "needs lane.carrier_service")
    no_credits = "needs a profile without credits, since with credits more material may count as less"
    credited = [profile.recycling_rule is RecyclingRule.AVOIDED_BURDEN for profile in profiles]
    # The profile that the basis names, with or without its version; if it names none, the first.
    names = [(profile.profile_id, profile.profile_id.split("@")[0]) for profile in profiles]
    named = [credit for pair, credit in zip(names, credited, strict=True) if basis and basis.profile_id in pair]
    for index, objective in enumerate(policy.ranking):
        field = f"policy.objectives[{index}]"
        if objective in {Objective.CHARGEABLE_WEIGHT, Objective.SHIPPING_COST} and not billed:
            yield FieldViolation(field, f"{objective.value} needs lane.carrier_service")
        if objective is Objective.EMISSIONS:
            if not profiles:
                yield FieldViolation(field, "emissions needs an accounting profile")
            elif any(named or credited[:1]):
                yield FieldViolation(field, f"emissions {no_credits}")
        if objective in COSTS:
            unpriced = [box.box_type_id for box in catalog.box_types if catalog.price_minor(box) is None]
            if unpriced:
                rule = f"{objective.value} needs a price for every box type, but {unpriced[0]!r} has none"
                yield FieldViolation(field, rule)
        if objective is Objective.SHIPPING_COST:
            if not tables:
                yield FieldViolation(field, "shipping_cost needs lane.price_tables")
            for place, table in enumerate(tables):
                if catalog.currency and table.currency != catalog.currency:
                    rule = f"must be {catalog.currency}, the currency of the catalog's prices, got {table.currency}"
                    yield FieldViolation(f"lane.price_tables[{place}].currency", rule)
    if policy.carbon_price_per_tonne_minor is not None:
        field = "policy.carbon_price_per_tonne_minor"
        if not profiles:
            yield FieldViolation(field, "needs an accounting profile")
        elif any(credited):
            yield FieldViolation(field, no_credits)
