"""Plans how an order is packed, in right-sized boxes, and what that costs the climate.

The public Python API. Everything is loaded when it is first used, so that ``import boxwright`` (and the client, which
needs ``boxwright.v1`` only) loads neither numpy nor numba.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boxwright.catalog import load_catalog
    from boxwright.catalog.price_tables import load_price_tables
    from boxwright.checking import check
    from boxwright.domain.box import BoxType, Catalog, PriceTier
    from boxwright.domain.comparison import Comparison
    from boxwright.domain.compartments import Compartments
    from boxwright.domain.footprint import Footprint
    from boxwright.domain.lane import Lane, Leg
    from boxwright.domain.order import (
        Fragility,
        Item,
        MaterialMass,
        Order,
        Orientation,
        SalesPackaging,
        SoftGoods,
        SpecialHandling,
    )
    from boxwright.domain.place import Place
    from boxwright.domain.plan import Certificate, IncompletePlanError, Parcel, Placement, Plan, StartedParcel
    from boxwright.domain.policy import EmissionsBasis, Objective, Policy
    from boxwright.domain.price_table import AdditionalWeight, PriceTable, SurchargePrice, WeightPrice, ZonePrices
    from boxwright.domain.property_cap import PropertyAmount, PropertyCap
    from boxwright.domain.strength import StackingCondition
    from boxwright.errors import BoxwrightError, InvalidInputError
    from boxwright.planning import (
        Task,
        baseline_plan,
        compare,
        improvements,
        plan,
        plans,
        verify_certificate,
    )
    from boxwright.stop import Stop

__all__ = [
    "AdditionalWeight",
    "BoxType",
    "BoxwrightError",
    "Catalog",
    "Certificate",
    "Comparison",
    "Compartments",
    "EmissionsBasis",
    "Footprint",
    "Fragility",
    "IncompletePlanError",
    "InvalidInputError",
    "Item",
    "Lane",
    "Leg",
    "MaterialMass",
    "Objective",
    "Order",
    "Orientation",
    "Parcel",
    "Place",
    "Placement",
    "Plan",
    "PlanWarning",
    "Policy",
    "PriceTable",
    "PriceTier",
    "PropertyAmount",
    "PropertyCap",
    "SalesPackaging",
    "SoftGoods",
    "SpecialHandling",
    "StackingCondition",
    "StartedParcel",
    "Stop",
    "SurchargePrice",
    "Task",
    "WeightPrice",
    "ZonePrices",
    "baseline_plan",
    "check",
    "compare",
    "improvements",
    "load_catalog",
    "load_price_tables",
    "plan",
    "plans",
    "verify_certificate",
]

_HOMES = {
    "AdditionalWeight": "boxwright.domain.price_table",
    "BoxType": "boxwright.domain.box",
    "BoxwrightError": "boxwright.errors",
    "Catalog": "boxwright.domain.box",
    "Certificate": "boxwright.domain.plan",
    "Comparison": "boxwright.domain.comparison",
    "Compartments": "boxwright.domain.compartments",
    "EmissionsBasis": "boxwright.domain.policy",
    "Footprint": "boxwright.domain.footprint",
    "Fragility": "boxwright.domain.order",
    "IncompletePlanError": "boxwright.domain.plan",
    "InvalidInputError": "boxwright.errors",
    "Item": "boxwright.domain.order",
    "Lane": "boxwright.domain.lane",
    "Leg": "boxwright.domain.lane",
    "MaterialMass": "boxwright.domain.order",
    "Objective": "boxwright.domain.policy",
    "Order": "boxwright.domain.order",
    "Orientation": "boxwright.domain.order",
    "Parcel": "boxwright.domain.plan",
    "Place": "boxwright.domain.place",
    "Placement": "boxwright.domain.plan",
    "Plan": "boxwright.domain.plan",
    "PlanWarning": "boxwright.domain.warning",
    "Policy": "boxwright.domain.policy",
    "PriceTable": "boxwright.domain.price_table",
    "PriceTier": "boxwright.domain.box",
    "PropertyAmount": "boxwright.domain.property_cap",
    "PropertyCap": "boxwright.domain.property_cap",
    "SalesPackaging": "boxwright.domain.order",
    "SoftGoods": "boxwright.domain.order",
    "SpecialHandling": "boxwright.domain.order",
    "StackingCondition": "boxwright.domain.strength",
    "StartedParcel": "boxwright.domain.plan",
    "Stop": "boxwright.stop",
    "SurchargePrice": "boxwright.domain.price_table",
    "Task": "boxwright.planning.task",
    "WeightPrice": "boxwright.domain.price_table",
    "ZonePrices": "boxwright.domain.price_table",
    "baseline_plan": "boxwright.planning",
    "check": "boxwright.checking",
    "compare": "boxwright.planning",
    "improvements": "boxwright.planning",
    "load_catalog": "boxwright.catalog",
    "load_price_tables": "boxwright.catalog.price_tables",
    "plan": "boxwright.planning",
    "plans": "boxwright.planning",
    "verify_certificate": "boxwright.planning",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its room when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
