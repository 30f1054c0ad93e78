"""Plans one order with one variant; every outcome, errors included, becomes a record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from boxwright.compliance import Verdict, verdicts
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import IncompletePlanError, Plan, PlanStatus
from boxwright.domain.policy import Policy
from boxwright.errors import BoxwrightError
from boxwright.evaluation.as_shipped import AsShipped, Audit, policy_of, refusal_of
from boxwright.evaluation.destinations import lane_of
from boxwright.evaluation.outcome import UNEXPECTED, OrderStatus, unpacked_reason
from boxwright.evaluation.record import Record, record_of, record_without, unpacked_of
from boxwright.evaluation.variant import Variant
from boxwright.packing import own
from boxwright.planning import plan as plan_order
from boxwright.planning.many import SharedPlans

Planner = Callable[[Order, Catalog, Policy, Lane | None, Sequence[str] | None], Plan]
"""A function that plans one order, such as ``boxwright.planning.plan``; picklable where workers are used."""


@dataclass(frozen=True)
class Trials:
    """Settings of all trials, the same for all orders."""

    variants: tuple[Variant, ...]
    """Catalogs with policies and lanes."""
    profiles: tuple[str, ...] | None
    """Accounting profiles, as in ``boxwright.planning.plan``."""
    plan: Planner
    markets: tuple[str, ...] = ()
    reuse_system: bool = False
    """Arguments ``market_ids`` and ``reuse_system`` of ``boxwright.compliance.verdicts``. Default: no verdicts."""

    @property
    def catalogs(self) -> tuple[Catalog, ...]:
        """The catalog of each variant."""
        return tuple(variant.catalog for variant in self.variants)

    def plan_with(self, order: Order, variant: Variant) -> Plan:
        """Return the plan of an order with a variant; errors are those of the planner.

        With the baseline of boxes really used, it plans in these boxes, and raises ``KeyError`` if they are unknown.
        """
        chosen, policy, lane = variant.catalog, variant.policy, lane_of(variant.lane, order)
        if isinstance(chosen, AsShipped):
            used = chosen.used_by(order)
            if isinstance(used, Audit):
                raise KeyError(order.order_id)
            chosen, policy = used, policy_of(policy, order)
        if self.plan is plan_order:  # rows do not state lower bills
            return plan_order(order, chosen, policy, lane, self.profiles, lower_steps=False)
        return self.plan(order, chosen, policy, lane, self.profiles)

    def whole_plan(self, order: Order, variant: Variant) -> Plan | None:
        """Return the plan of an order with a variant; None if the order is not packed completely."""
        try:
            plan = self.plan_with(order, variant)
        except Exception:  # the record of the order states the error
            return None
        return plan if plan.status is PlanStatus.COMPLETE else None

    def warm_up(self, order: Order) -> None:
        """Plan an order and drop the plan, so that compiled code is loaded."""
        own.warm_up()
        self.record(order, self.variants[0])

    def shared(self, variant: Variant, lane: Lane | None) -> SharedPlans[Record]:
        """Return a function that makes records for a lane and variant, shared by orders with the same plan."""
        apart = self.markets or isinstance(
            variant.catalog, AsShipped
        )  # verdicts depend on edges, which shared plans ignore
        shared_by = None if apart else (variant.catalog, variant.policy, lane, self.profiles)
        return SharedPlans(partial(self.tried, variant=variant), shared_by)

    def record(self, order: Order, variant: Variant) -> Record:
        """Return the record of an order with a variant, errors included."""
        return self.tried(order, variant)[1]

    def tried(self, order: Order, variant: Variant) -> tuple[Plan | None, Record]:
        """Return the plan of an order, None if other orders must not share it, and its record."""
        if not isinstance(variant.catalog, AsShipped):
            return self._planned(order, variant)
        used, units = variant.catalog.used_by(order), order.unit_count
        if isinstance(used, Audit):
            return None, record_without(order.order_id, OrderStatus.NOT_PACKED, units, used.words, audit=used.value)
        plan, record = self._planned(order, variant)
        if record["status"] == "planned":
            return plan, record | {"audit": Audit.HELD.value}
        if record["status"] == "error":
            return None, record
        policy = policy_of(variant.policy, order)
        out = {units_out["reason"] for units_out in record["unpacked"]}
        try:
            audit = refusal_of(order, used, policy, lane_of(variant.lane, order), self.profiles, out)
        except Exception as error:
            return None, _failed(order, error)
        return None, record | {"reason": f"{audit.words}; {record['reason']}", "audit": audit.value}

    def _planned(self, order: Order, variant: Variant) -> tuple[Plan | None, Record]:
        try:
            plan = self.plan_with(order, variant)
        except IncompletePlanError as refused:
            reason = f"no partial plan allowed; {unpacked_reason(refused.unpacked)}"
            left_out = unpacked_of(refused.unpacked)
            return None, record_without(
                order.order_id, OrderStatus.NOT_PACKED, order.unit_count, reason, unpacked=left_out
            )
        except Exception as error:
            return None, _failed(order, error)
        shared = plan if self.plan is plan_order else None  # another planner's answer may depend on the ids
        record = record_of(plan, variant.catalog, order.unit_count)
        return shared, record | {"verdicts": self._verdicts(plan, variant, lane_of(variant.lane, order))}

    def _verdicts(self, plan: Plan, variant: Variant, lane: Lane | None) -> list[Record]:
        """Return the verdict on a plan under each rule, or on the first parcel that breaks the rule."""
        found: dict[str, Verdict] = {}
        for verdict in verdicts(
            plan,
            variant.catalog,
            self.markets,
            destination=lane.destination_territory if lane else "",
            ship_date=lane.ship_date if lane else None,
            reuse_system=self.reuse_system,
        ):
            if (before := found.setdefault(verdict.rule.rule_id, verdict)).keeps and not verdict.keeps:
                found[before.rule.rule_id] = verdict
        return [{"rule": rule, "keeps": verdict.keeps, "outcome": verdict.outcome} for rule, verdict in found.items()]


def _failed(order: Order, error: Exception) -> Record:
    reason = str(error) if isinstance(error, BoxwrightError) else f"{UNEXPECTED}{type(error).__name__}: {error}"
    return record_without(order.order_id, OrderStatus.ERROR, order.unit_count, reason)
