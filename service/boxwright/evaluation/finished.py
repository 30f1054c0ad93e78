"""The outcome of an order of which boxes and layouts are chosen already: a plan's last steps, without its search.

Masses, bills, grams and warnings are made, and checked independently of what made them, as for any plan.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from boxwright.domain.plan import ProofScope, ProofStatus
from boxwright.evaluation.outcome import OrderOutcome, outcome_of
from boxwright.planning.finishing.checked import checked
from boxwright.planning.finishing.finish import finish_plan
from boxwright.selection.model import PackedBox
from boxwright.selection.outcome import Outcome, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.packing.problem import Ints, Layout
    from boxwright.planning.model import OrderModel

Chosen = tuple[str, "Ints", "Layout"]
"""A parcel: its box type, which units it has, int64 (n,), and how these lie."""


def finished(model: OrderModel, parcels: Sequence[Chosen], proof: ProofStatus, started_s: float) -> OrderOutcome | None:
    """Return the outcome of a plan of chosen parcels; None where a plan would be refused.

    Parameters
    ----------
    model : OrderModel
        Of the order, all of whose units the parcels have.
    parcels : sequence of Chosen
        As a plan lists them.
    proof : ProofStatus
        Whether every cheaper box is refused.
    started_s : float
        CPU time of this thread when work on the order began, in s.
    """
    boxes = {box.box_type_id: box for box in model.box_types()}
    request = model.request
    try:
        packed = [PackedBox.of(model, boxes[name], members, layout) for name, members, layout in parcels]
        bound = total(packed) if proof is ProofStatus.PROVED else None
        found = Outcome(packed, bound=bound, scope=ProofScope.ALL_PLANS)
        plan = checked(finish_plan(model, found, []), request, empty_spaces=False)
    except Exception:  # the plan of the order says what is wrong
        return None
    return outcome_of(plan, request.catalog, request.order.unit_count, time.thread_time() - started_s)
