"""What carriers bill for a parcel."""

from boxwright import units
from boxwright.contract.masks import ALL, Tree, kept
from boxwright.contract.message import Codec
from boxwright.contract.money import price_to_wire
from boxwright.domain.carrier import AppliedSurcharge, Change, ChargeableWeight, LowerStep
from boxwright.v1 import chargeable_weight_pb2

LESS = {
    Change.GROSS: "less_gross_g",
    Change.LENGTH: "less_length_mm",
    Change.WIDTH: "less_width_mm",
    Change.HEIGHT: "less_height_mm",
}
"""Field of the message for each kind of cut."""

SURCHARGE = Codec(chargeable_weight_pb2.AppliedSurcharge, AppliedSurcharge)
CHARGEABLE = Codec(chargeable_weight_pb2.ChargeableWeight, ChargeableWeight, "lower_steps")


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
    return CHARGEABLE(
        weight,
        tree,
        lower_steps=lambda below: kept([_lower_step(each, currency) for each in weight.lower_steps], below),
    )


def _lower_step(step: LowerStep, currency: str) -> chargeable_weight_pb2.LowerStep:
    less = units.to_g(step.less) if step.change is Change.GROSS else units.to_mm(step.less)
    message = chargeable_weight_pb2.LowerStep(
        chargeable_g=units.to_g(step.chargeable_mg), carriage_price=price_to_wire(step.price_minor, currency)
    )
    setattr(message, LESS[step.change], less)
    return message
