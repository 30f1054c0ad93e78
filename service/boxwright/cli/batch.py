"""Many orders, one plan or reason each, in the order of the file."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from boxwright.cli.failures import PARTIAL_HINT
from boxwright.domain import incomplete
from boxwright.domain.box import Catalog
from boxwright.domain.incomplete import IncompletePlanError
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan, PlanStatus, UnpackedUnit
from boxwright.domain.policy import Policy
from boxwright.errors import BoxwrightError


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one order.

    Attributes
    ----------
    order : Order
        The order.
    plan : Plan or None
        None where there is none.
    reason : str
        Why there is no plan; empty where there is one.
    unpacked : tuple of UnpackedUnit
        What stayed out where the order could not be packed whole.
    alternatives : tuple of Plan or None
        The next best plans; None where they were not asked for.
    """

    order: Order
    plan: Plan | None
    reason: str = ""
    unpacked: tuple[UnpackedUnit, ...] = ()
    alternatives: tuple[Plan, ...] | None = None

    @property
    def status(self) -> str:
        """What became of the order, in the words of an evaluation.

        ``planned`` (all units are packed), ``partial`` (some, as the policy allows), ``not_packed`` (nothing ships: no
        unit could be packed, or some could not and the policy allows no partial plan) or ``error`` (no plan could be
        made, and the reason says why).
        """
        if self.plan is None:
            return "not_packed" if self.unpacked else "error"
        return {PlanStatus.COMPLETE: "planned", PlanStatus.PARTIAL: "partial", PlanStatus.NONE: "not_packed"}[
            self.plan.status
        ]


def plan_each(
    orders: Iterable[Order],
    catalog: Catalog,
    policy: Policy,
    lane: Lane | None,
    profiles: Sequence[str] | None,
    *,
    alternatives: int = 0,
    empty_spaces: bool = False,
    explain: bool = False,
) -> Iterator[BatchResult]:
    """Yield what becomes of each order; an order that cannot be planned does not end the batch."""
    from boxwright.planning import Task, plans

    for order in orders:
        try:
            task = Task(order, catalog, policy, lane, profiles)
            made, *others = plans(task, alternatives, empty_spaces=empty_spaces, explain=explain)
            yield BatchResult(order, made, alternatives=tuple(others) if alternatives else None)
        except IncompletePlanError as error:
            reason = str(error).replace(incomplete.PARTIAL_HINT, PARTIAL_HINT)
            yield BatchResult(order, None, reason, error.unpacked)
        except BoxwrightError as error:
            yield BatchResult(order, None, str(error))


def to_json_line(result: BatchResult, *, with_profiles: bool = True) -> str:
    """Return a result as one line of JSON, without the line's end; plans state their profiles where asked for."""
    from boxwright.export import plan_to_dict

    content: dict[str, Any] = {
        "order_id": result.order.order_id,
        "status": result.status,
        "reason": result.reason,
        "unpacked": [
            {"line_id": unit.line_id, "unit_index": unit.unit_index, "reason": unit.reason.value, "rule": unit.rule}
            for unit in result.unpacked
        ],
        "plan": plan_to_dict(result.plan, with_profiles=with_profiles) if result.plan else None,
    }
    if result.alternatives is not None:
        content["alternatives"] = [plan_to_dict(each, with_profiles=with_profiles) for each in result.alternatives]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
