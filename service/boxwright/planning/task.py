"""A task of planning: an order with everything on which its plan depends."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import Catalog
from boxwright.domain.fields import shown
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan, StartedParcel
from boxwright.domain.policy import Policy
from boxwright.findings import Findings
from boxwright.stop import Stop


@dataclass(frozen=True)
class Task:
    """An order with everything on which its plan depends.

    Attributes
    ----------
    order, catalog, policy, lane, profiles, started_parcels, known_plans, materials
        As for ``plan``, with the same defaults.
    lower_steps : bool
        Whether bills state reductions that would lower them. Default True.
    stop : Stop
        Ends the planning. Default: it is not ended.

    Raises
    ------
    InvalidInputError
        If an argument has a wrong type, a known plan is of another order, or there are known plans and started parcels.
    """

    order: Order
    catalog: Catalog
    policy: Policy = field(default_factory=Policy)
    lane: Lane | None = None
    profiles: Sequence[str] | None = None
    started_parcels: Sequence[StartedParcel] = ()
    known_plans: Sequence[Plan] = ()
    materials: Materials = field(default_factory=load_materials)
    lower_steps: bool = True
    stop: Stop = field(default_factory=Stop, compare=False)

    def __post_init__(self) -> None:
        found = Findings()
        for name, value, kind in (
            ("order", self.order, Order),
            ("catalog", self.catalog, Catalog),
            ("policy", self.policy, Policy),
            *([("lane", self.lane, Lane)] if self.lane else ()),
            *(
                (f"started_parcels[{index}]", started, StartedParcel)
                for index, started in enumerate(self.started_parcels)
            ),
            *((f"known_plans[{index}]", known, Plan) for index, known in enumerate(self.known_plans)),
        ):
            if not isinstance(value, kind):
                found.add(name, f"must be a {kind.__name__}, got {shown(value)}")
            elif isinstance(value, Plan) and value.order_id != self.order.order_id:
                found.add(f"{name}.order_id", f"must be {self.order.order_id!r}, got {value.order_id!r:.80}")
        if self.known_plans and self.started_parcels:
            found.add("known_plans", "must be empty if parcels are already started")
        found.raise_any()
