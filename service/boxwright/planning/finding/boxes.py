"""The search for boxes, asked with what the policy says."""

from boxwright.domain.policy import Objective
from boxwright.packing.problem import Ints
from boxwright.planning.finding.known import known_parcels
from boxwright.planning.model import OrderModel
from boxwright.selection.choice import choose_boxes
from boxwright.selection.outcome import Outcome


def find_boxes(model: OrderModel, members: Ints, max_parcels: int | None, *, first: bool = False) -> Outcome:
    """Return the boxes that the search puts some units of an order into, and what it proved.

    Parameters
    ----------
    model : OrderModel
        Rules and prices.
    members : int64, (n,)
        Units, each of which fits some box alone.
    max_parcels : int or None
        Most parcels that may be opened.
    first : bool, optional
        Whether the first plan of all of them is good enough. Default False.

    Raises
    ------
    SearchEndedError
        If the search is ended, where the whole order is asked for and there is no plan of it yet.
    """
    policy = model.request.policy
    known = known_parcels(model, members, model.request.known)
    model.stop.arm()
    outcome = choose_boxes(
        model,
        members,
        policy.mode,
        fewest_first=policy.objectives[0] is Objective.PARCEL_COUNT,
        max_parcels=max_parcels,
        known=known,
        first=first,
    )
    if outcome.cut and len(outcome.left) and not policy.allow_partial:
        model.stop.look()  # of the whole order there is no plan yet
    return outcome
