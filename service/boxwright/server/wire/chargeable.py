"""What carriers bill for a parcel."""

from collections.abc import Callable
from typing import Any

from boxwright import units
from boxwright.domain.carrier import AppliedSurcharge, Change, ChargeableWeight, LowerStep
from boxwright.server.wire.carrier import FORMS
from boxwright.server.wire.masks import ALL, Tree, build, kept
from boxwright.server.wire.money import price_to_wire
from boxwright.server.wire.names import service_name
from boxwright.v1 import chargeable_weight_pb2

LESS = {
    Change.GROSS: "less_gross_g",
    Change.LENGTH: "less_length_mm",
    Change.WIDTH: "less_width_mm",
    Change.HEIGHT: "less_height_mm",
}
"""Field of the message for each kind of cut."""


def chargeable_to_wire(
    weight: ChargeableWeight, currency: str = "", tree: Tree = ALL
) -> chargeable_weight_pb2.ChargeableWeight:
    """Return the message of what a carrier bills.

    Parameters
    ----------
    weight : ChargeableWeight
        What is billed.
    currency : str, optional
        Of prices in its lower steps. Default empty: they have none.
    tree : Tree, optional
        Fields to make. Default all.
    """
    values = {
        "carrier_service": service_name(weight.service_id),
        "dimensional_g": None if weight.dimensional_mg is None else units.to_g(weight.dimensional_mg),
        "chargeable_g": units.to_g(weight.chargeable_mg),
        "divisor": weight.divisor,
        "rule": weight.rule,
        "read_in_source": weight.read_in_source,
        "exceeded_limits": weight.exceeded_limits,
        "form": FORMS[weight.form],
        "derivation": weight.derivation,
    }
    makers: dict[str, Callable[[Tree], Any]] = {
        "lower_steps": lambda below: kept([_lower_step(each, currency) for each in weight.lower_steps], below),
        "surcharges": lambda below: kept([_surcharge(each) for each in weight.surcharges], below),
    }
    return build(chargeable_weight_pb2.ChargeableWeight, tree, values, makers)


def _surcharge(applied: AppliedSurcharge) -> chargeable_weight_pb2.AppliedSurcharge:
    return chargeable_weight_pb2.AppliedSurcharge(
        surcharge_id=applied.surcharge_id, because=applied.because, read_in_source=applied.read_in_source
    )


def _lower_step(step: LowerStep, currency: str) -> chargeable_weight_pb2.LowerStep:
    less = units.to_g(step.less) if step.change is Change.GROSS else units.to_mm(step.less)
    message = chargeable_weight_pb2.LowerStep(
        chargeable_g=units.to_g(step.chargeable_mg), shipping_price=price_to_wire(step.price_minor, currency)
    )
    setattr(message, LESS[step.change], less)
    return message
