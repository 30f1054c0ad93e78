"""Engines that cannot keep units clear of walls and of each other are refused at the door."""

from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.model import OrderModel
from boxwright.units import exact


def refuse_margins(model: OrderModel) -> None:
    """Refuse an engine that cannot keep what units of the order keep clear to each other, to walls and to the lid.

    Raises
    ------
    InvalidInputError
        Which names the engine, and a line of such units.
    """
    if model.packer.keeps_margins:
        return
    for line, _ in model.expansion.lines:
        guard = model.wrappings.guards[line.line_id]
        half_gap_um, margin_um = guard.half_gap_um, guard.wall_margin_um
        if half_gap_um or margin_um:
            gap = f"a half-gap of {exact(half_gap_um)} mm" if half_gap_um else ""
            margin = f"a wall margin of {exact(margin_um)} mm" if margin_um else ""
            needs = f"line {line.line_id!r} needs {' and '.join(filter(None, (gap, margin)))}"
            rule = f"must not be {model.request.policy.engine.value}: it keeps neither gaps nor margins, and {needs}"
            raise InvalidInputError([FieldViolation("policy.engine", rule)])
