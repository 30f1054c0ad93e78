"""Many orders, one plan or reason each, in the order of the file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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
    alternatives : tuple of Plan
        The next best plans, where they were asked for.
    """

    order: Order
    plan: Plan | None
    reason: str = ""
    unpacked: tuple[UnpackedUnit, ...] = ()
    alternatives: tuple[Plan, ...] = ()

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
            yield BatchResult(order, made, alternatives=tuple(others))
        except IncompletePlanError as error:
            reason = str(error).replace(incomplete.PARTIAL_HINT, PARTIAL_HINT)
            yield BatchResult(order, None, reason, error.unpacked)
        except BoxwrightError as error:
            yield BatchResult(order, None, str(error))


def to_json_line(result: BatchResult, catalog: Catalog, policy: Policy, *, with_data: bool = True) -> str:
    """Return a result as one line of JSON, without the line's end; footprints repeat data where asked to."""
    from boxwright.cli.plan_file import view_of
    from boxwright.contract.json import to_json
    from boxwright.contract.pack_answer import answer_to_wire, result_to_wire, without_data
    from boxwright.planning import Task

    answer = None
    if result.plan is not None:
        answer = answer_to_wire(
            (result.plan, *result.alternatives), view_of(Task(result.order, catalog, policy), mass_data=with_data)
        )
        answer = answer if with_data else without_data(answer)
    message = result_to_wire(result.order.order_id, answer, result.reason, result.unpacked)
    return to_json(message, type(message)).decode()
