"""What of an order the data or the policy refuse, whatever the catalog."""

from boxwright.catalog.materials import Materials
from boxwright.domain.order import FragilityClass, Order
from boxwright.domain.policy import Plausibility, Policy
from boxwright.findings import Findings
from boxwright.planning.rules.plausible import implausible
from boxwright.protection import care_of


def check_order(order: Order, policy: Policy, materials: Materials, found: Findings) -> None:
    """Note what of an order the data or the policy refuse, such as an article that is not known.

    Parameters
    ----------
    order, policy, materials : Order, Policy, Materials
        What is packed, by which rules and data.
    found : Findings
        Gets what is wrong, by paths in the order.
    """
    _check_sales_packaging(order, materials, found)
    for index, line in enumerate(order.lines):
        found.stop.look()
        if line.care_field:
            care = found.at(f"lines[{index}]").attempt(care_of, line, materials)
            very = care is not None and care.fragility_class is FragilityClass.VERY_FRAGILE
            if very and line.ships_in_own_container:
                rule = "must be false for very_fragile goods: what needs a box in a box does not ship as it is"
                found.add(f"lines[{index}].ships_in_own_container", rule)
    if policy.plausibility is Plausibility.REFUSE:
        for each in implausible(order, materials, found.stop):
            found.add(each.field, f"must be plausible ({each.code}): {each.message}")


def _check_sales_packaging(order: Order, materials: Materials, found: Findings) -> None:
    """Note materials of sales packaging that are not known."""
    known = {each.material_id for each in materials.materials}
    for index, line in enumerate(order.lines):
        inside = line.sales_packaging
        if inside is None:
            continue
        named = [(f"materials[{at}].material_id", each.material_id) for at, each in enumerate(inside.materials)]
        if inside.cushion_material_id:
            named.append(("cushion_material_id", inside.cushion_material_id))
        for where, name in named:
            if name not in known:
                found.add(f"lines[{index}].sales_packaging.{where}", f"must be a known material, got {name!r}")
