"""The door of planning: arguments as a caller has them, refused where they break a rule."""

from collections.abc import Sequence

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan
from boxwright.domain.policy import Policy
from boxwright.domain.started import StartedParcel
from boxwright.planning.engine import PACKERS
from boxwright.planning.finding.margins import refuse_margins
from boxwright.planning.finding.started import read_started
from boxwright.planning.model import OrderModel
from boxwright.planning.planner import plan_request
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.stop import Stop


def plan(
    order: Order,
    catalog: Catalog,
    policy: Policy | None = None,
    lane: Lane | None = None,
    profiles: Sequence[str] | None = None,
    *,
    started_parcels: Sequence[StartedParcel] = (),
    known_plans: Sequence[Plan] = (),
    materials: Materials | None = None,
    empty_spaces: bool = False,
    explain: bool = False,
    lower_steps: bool = True,
    stop: Stop | None = None,
) -> Plan:
    """Pack an order into right-sized boxes and state what that weighs, bills and emits.

    Parameters
    ----------
    order, catalog : Order, Catalog
        What to pack; boxes and dunnage to choose from.
    policy : Policy, optional
        Objectives and rules. Default: fewest parcels, then least volume; support 0.75; whole orders only.
    lane : Lane, optional
        Legs, carrier service, ship date. Default: transport is not counted, and the footprints say so.
    profiles : sequence of str, optional
        Accounting profiles, ``id`` or ``id@version``. Default ``uk-desnz`` and ``us-epa``, newest versions. The
        objective ``emissions`` uses the first.
    started_parcels : sequence of StartedParcel, optional
        Parcels already started: they are filled up first, and what lies in them stays. Default none.
    known_plans : sequence of Plan, optional
        Plans of the same order, such as of fewer box types or stricter rules. The answer is no worse than any of them
        that keeps every rule of this call. Default none.
    materials : Materials, optional
        Factors, rules and constants. Default the shipped ones.
    empty_spaces, lower_steps : bool, optional
        Whether each parcel lists its empty spaces, and each bill what would lower it. Default False and True.
    explain : bool, optional
        Whether refused box types state the smallest known change to a line that would help; costly. Default False.
    stop : Stop, optional
        Ends the planning: by a deadline, a limit of CPU time, or told to. Default: nothing does.

    Returns
    -------
    Plan
        Checked independently of the engine that made it.

    Raises
    ------
    InvalidInputError
        With every field that breaks a rule.
    IncompletePlanError
        If a unit cannot be packed and the policy does not allow a partial plan.
    MissingFactorError
        If the objective is ``emissions`` and the profile lacks a factor.
    SearchEndedError
        If ``stop`` ended the search before there was a plan, or all.
    EngineError
        If the engine's answer fails the independent check.
    """
    asked = order, catalog, policy or Policy(), lane, profiles
    task = Task(*asked, started_parcels, known_plans, materials or load_materials(), lower_steps, stop or Stop())
    return plan_request(Request.resolve(task), empty_spaces=empty_spaces, explain=explain)


def refuse_early(task: Task) -> None:
    """Raise what ``plan`` refuses of a task before any search: InvalidInputError."""
    request = Request.resolve(task)
    if request.started or not PACKERS[request.policy.engine].keeps_margins:
        model = OrderModel(request, request.expansion)
        refuse_margins(model)
        read_started(model)
