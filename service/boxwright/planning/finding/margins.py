"""Engines that cannot keep units clear of the walls are refused at the door."""

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.model import OrderModel
from boxwright.units import exact


def refuse_margins(model: OrderModel) -> None:
    """Refuse an engine that cannot keep what units of the order keep clear to walls and lid.

    Raises
    ------
    InvalidInputError
        Which names the engine, and a line of such units.
    """
    if model.packer.keeps_margins:
        return
    everything = model.expansion.everything
    for variant in model.variants():
        margins = variant.protect(everything).clear_um
        if margins.any():
            line, _ = model.expansion.units[int(margins.argmax())]
            keeps = f"line {line.line_id!r} keeps {exact(int(margins.max()))} mm clear to walls and lid"
            rule = f"must not be {model.request.policy.engine.value}: it cannot keep margins, and {keeps}"
            raise InvalidInputError([FieldViolation("policy.engine", rule)])
