"""Verdict on one order and one box type: proved feasible, proved infeasible, or open."""

import dataclasses
import enum
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.answers import Placed, plan_of
from benchmarks.oracle.question import question
from boxwright import BoxType, Catalog, Order, Policy, check
from boxwright.checking import PlanViolation, ViolationKind

if TYPE_CHECKING:
    from benchmarks.oracle.model import Arrangement

FINEST_UM = 1_000
"""Step of the model that proves that no supported packing exists: the finer, the less it gives away."""


class Status(enum.StrEnum):
    """What is known."""

    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one order and one box type, and why.

    Attributes
    ----------
    status : Status
        FEASIBLE comes with placements that ``boxwright.check`` finds nothing wrong with.
    reason : str
        Which proof, or who found the packing.
    cpu_s, limit_s : float
        CPU seconds spent, and the limit per model in CP-SAT's deterministic seconds.
    placed : tuple of Placed
        Where the units lie, if feasible.
    """

    status: Status
    reason: str
    cpu_s: float = 0.0
    limit_s: float = 0.0
    placed: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to try.

    Attributes
    ----------
    seconds : float
        Deterministic seconds per model.
    topplings : int
        Supported but unstable packings that are looked at before a box is left open.
    seed : int
        Of the solver.
    """

    seconds: float = 10.0
    topplings: int = 30
    seed: int = 1


def decide(order: Order, box: BoxType, support_ratio: float, limits: Limits) -> Verdict:
    """Settle whether an order fits a box type, as far as the limits allow.

    Proofs are of relaxed problems, from cheap to dear: weight, volume, each unit alone, arrangements without support,
    arrangements with support but without stability. Packings count only if the independent check finds nothing wrong.
    """
    started = time.process_time()
    verdict = _elementary(order, box) or _searched(order, box, support_ratio, limits)
    return dataclasses.replace(verdict, cpu_s=time.process_time() - started, limit_s=limits.seconds)


def judge(order: Order, box: BoxType, placed: Sequence[Placed], support_ratio: float) -> list[PlanViolation]:
    """Return what the independent check finds wrong with a packing of the whole order in one box."""
    catalog = Catalog("oracle", (box,))
    policy = Policy(lifting_profile="freight", support_ratio=support_ratio)
    return check(plan_of(order, catalog, [(box.box_type_id, placed)]), order, catalog, policy)


def _elementary(order: Order, box: BoxType) -> Verdict | None:
    if box.max_load_mg is not None and order.goods_mg > box.max_load_mg:
        return Verdict(Status.INFEASIBLE, "weight")
    if sum(line.quantity * math.prod(line.edges_um) for line in order.lines) > box.inner_volume_um3:
        return Verdict(Status.INFEASIBLE, "volume")
    if not all(unit.extents for unit in question(order, box).units):
        return Verdict(Status.INFEASIBLE, "single unit")
    return None


def _searched(order: Order, box: BoxType, support_ratio: float, limits: Limits) -> Verdict:
    # OR-Tools is needed for what no elementary proof settles, and only there.
    from benchmarks.oracle.model import Arrangement

    millionths = Policy(lifting_profile="freight", support_ratio=support_ratio).support_millionths
    case = Case(order, box, support_ratio, limits)
    coarse, fine = question(order, box), question(order, box, FINEST_UM)
    exists, found, _ = Arrangement(coarse).solve(limits.seconds, limits.seed)
    if exists is False:
        return Verdict(Status.INFEASIBLE, "no arrangement, supported or not")
    if exists and not case.judge(placed := coarse.placed(found)):
        return Verdict(Status.FEASIBLE, "cp-sat", placed=tuple(placed))
    if not millionths:
        return Verdict(Status.OPEN, "limit reached")
    verdict, topples = case.steady(Arrangement(coarse, millionths))
    if verdict is None and not topples:
        exists, found, _ = Arrangement(fine, millionths, slack=1).solve(limits.seconds, limits.seed)
        if exists is False:
            return Verdict(Status.INFEASIBLE, "no supported arrangement")
        if exists is None:
            return Verdict(Status.OPEN, "limit reached")
    if verdict is None:
        verdict, more = case.steady(Arrangement(fine, millionths))
        topples |= more
    unsettled = "supported packings found, none stable" if topples else "none supported found"
    return verdict or Verdict(Status.OPEN, unsettled)


@dataclass(frozen=True, slots=True)
class Case:
    """An order, a box type, and what is asked of a packing."""

    order: Order
    box: BoxType
    support_ratio: float
    limits: Limits

    def judge(self, placed: Sequence[Placed]) -> list[PlanViolation]:
        """Return what the independent check finds wrong with a packing."""
        return judge(self.order, self.box, placed, self.support_ratio)

    def steady(self, arrangement: "Arrangement") -> tuple[Verdict | None, bool]:
        """Search for a supported packing that is stable; return it, and whether one was found that is not.

        How a pile that topples rests is not allowed again. That may cut off stable packings in which the same units
        rest on each other a little elsewhere, so that nothing follows when no packing is left.
        """
        left, topples = self.limits.seconds, False
        for _ in range(self.limits.topplings):
            exists, found, spent = arrangement.solve(left, self.limits.seed)
            if not exists:
                break
            placed = arrangement.question.placed(found)
            violations = self.judge(placed)
            if not violations:
                return Verdict(Status.FEASIBLE, "cp-sat", placed=tuple(placed)), topples
            topples = True
            units = [(each.line_id, each.unit_index) for each in placed]
            for each in violations:
                if each.kind is not ViolationKind.UNSTABLE:
                    raise AssertionError(f"{self.order.order_id} in {self.box.box_type_id}: not ruled out: {each}")
                arrangement.forbid_pile(found, units.index((each.line_id or "", each.unit_index or 0)))
            left -= spent
            if left <= 0:
                break
        return None, topples
