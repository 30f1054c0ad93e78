"""A plan of anyone judged: as it stands, or with its figures computed where it states none."""

from collections.abc import Sequence
from dataclasses import replace

from boxwright.checking import PlanViolation, check
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import Policy
from boxwright.domain.started import StartedParcel


def judge(
    plan: Plan,
    order: Order,
    catalog: Catalog,
    policy: Policy,
    started: Sequence[StartedParcel],
    lane: Lane | None = None,
) -> list[PlanViolation]:
    """Return every rule that a plan breaks.

    A plan that states no figures (box types and placements only) is judged by its placements; where those are right,
    its packaging is computed, so that weight limits are judged too.
    """
    violations = check(plan, order, catalog, policy, lane=lane, started_parcels=started)
    if not plan.parcels or not all(map(_bare, plan.parcels)):
        return violations
    of_placements = [each for each in violations if each.constraint != "stated_figures"]
    if of_placements:
        return of_placements
    from boxwright.planning import Task
    from boxwright.planning.answers.assess import assess

    assessed = assess(Task(order, catalog, policy, lane), plan.parcels, plan.unpacked)
    footprints = plan.footprints or assessed.footprints
    whole = replace(plan, parcels=assessed.parcels, footprints=footprints)
    return check(whole, order, catalog, policy, lane=lane, started_parcels=started)


def _bare(parcel: Parcel) -> bool:
    """Whether a parcel states neither masses nor volumes."""
    return not (parcel.packaging or parcel.net_mg or parcel.inner_volume_um3 or parcel.goods_volume_um3)
