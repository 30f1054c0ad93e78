"""What a worker of ``boxwright pack --orders`` does with some orders: plan each, write its line, sum up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from boxwright.cli.failures import PARTIAL_HINT
from boxwright.cli.plan_file import view_of
from boxwright.contract.json import to_json
from boxwright.contract.pack_answer import answer_to_wire, result_to_wire, without_data
from boxwright.domain import incomplete
from boxwright.domain.box import Catalog
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.incomplete import IncompletePlanError
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Order
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import HandlingMark, Plan, PlanStatus, ProofStatus, UnpackedReason, UnpackedUnit
from boxwright.domain.policy import Policy
from boxwright.errors import BoxwrightError
from boxwright.evaluation.outcome import FootprintFigures, figures_of, unpacked_reason
from boxwright.evaluation.totals import summed_footprints
from boxwright.planning import Task, plans

MOST_NAMED = 10
"""How many orders that are not planned whole are named."""
_STATUSES = {PlanStatus.COMPLETE: "planned", PlanStatus.PARTIAL: "partial", PlanStatus.NONE: "not_packed"}


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
        return _STATUSES[self.plan.status]


@dataclass
class BatchTotals:
    """Sums over the results added so far.

    Attributes
    ----------
    statuses : Counter of str
        Orders by what became of them.
    units, held, unpacked : Counter
        Units: all that are ``ordered`` and those that are ``packed``; those that ship no more than their order does, by
        its status; and those that stayed out, by their own reason.
    parcels, inner_um3, goods_um3 : Counter of str
        By box type.
    sums : Counter of str
        Of parcels ``net_mg``, ``gross_mg``, ``billed_mg`` and how many are ``unbilled``; of plans those ``proved``.
    packaging_mg, marks : Counter
        By component; parcels by mark.
    warnings, examples : Counter of str, dict of str
        Orders by the code of a warning; the first order with it, and its text.
    emissions, ranges_mg : dict
        By profile and allocation. A range has the sums of the lower and of the upper ends of footprints, in mg CO2e; it
        is None where one is not known.
    not_whole : list of (str, str)
        The first orders that are not planned whole, each with the reason.
    derived_legs : tuple of Leg
        Of the first plan that has some.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    unpacked: Counter[UnpackedReason] = field(default_factory=Counter)
    parcels: Counter[str] = field(default_factory=Counter)
    inner_um3: Counter[str] = field(default_factory=Counter)
    goods_um3: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)
    packaging_mg: Counter[Component] = field(default_factory=Counter)
    marks: Counter[HandlingMark] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    emissions: dict[tuple[str, Allocation], FootprintFigures] = field(default_factory=dict)
    ranges_mg: dict[tuple[str, Allocation], tuple[int, int] | None] = field(default_factory=dict)
    not_whole: list[tuple[str, str]] = field(default_factory=list)
    derived_legs: tuple[Leg, ...] = ()

    def add(self, result: BatchResult) -> None:
        """Add one result."""
        self.statuses[result.status] += 1
        plan, order = result.plan, result.order
        unpacked = plan.unpacked if plan else result.unpacked
        self.units["ordered"] += order.unit_count
        self.unpacked.update(unit.reason for unit in unpacked)
        if result.status != "planned" and len(self.not_whole) < MOST_NAMED:
            self.not_whole.append((order.order_id, unpacked_reason(unpacked) or result.reason))
        if plan is None:
            self.held[result.status] += order.unit_count - len(unpacked)
            return
        for code, text in {warning.code: warning.message for warning in reversed(plan.warnings)}.items():
            self.warnings[code] += 1
            self.examples.setdefault(code, f"{plan.order_id}: {text}")
        self.derived_legs = self.derived_legs or plan.derived_legs
        self.sums["proved"] += plan.certificate.status is ProofStatus.PROVED
        for parcel in plan.parcels:
            box = parcel.box_type_id or OWN_CONTAINER
            self.parcels[box] += 1
            self.inner_um3[box] += parcel.inner_volume_um3
            self.goods_um3[box] += parcel.boxed_goods_um3
            self.units["packed"] += len(parcel.placements)
            self.sums["net_mg"] += parcel.net_mg
            self.sums["gross_mg"] += parcel.gross_mg
            self.sums["unbilled"] += parcel.chargeable is None
            self.sums["billed_mg"] += parcel.chargeable.chargeable_mg if parcel.chargeable else 0
            self.marks.update(parcel.handling_marks)
            for part in parcel.packaging:
                self.packaging_mg[part.component] += part.mass_mg
        for footprint in plan.footprints:
            self._emit(figures_of(footprint), footprint.interval_co2e_mg)

    def merge(self, other: BatchTotals) -> None:
        """Add the sums over results that come after these."""
        for sums in fields(self):
            if isinstance(mine := getattr(self, sums.name), Counter):
                mine.update(getattr(other, sums.name))
        self.examples = other.examples | self.examples
        for key, figures in other.emissions.items():
            self._emit(figures, other.ranges_mg[key])
        self.not_whole = [*self.not_whole, *other.not_whole][:MOST_NAMED]
        self.derived_legs = self.derived_legs or other.derived_legs

    def _emit(self, figures: FootprintFigures, ends: tuple[int, int] | None) -> None:
        key = figures.key
        so_far = self.ranges_mg.get(key, (0, 0))
        self.ranges_mg[key] = (so_far[0] + ends[0], so_far[1] + ends[1]) if so_far and ends else None
        self.emissions[key] = summed_footprints([self.emissions[key], figures]) if key in self.emissions else figures


@dataclass
class PackedOrders:
    """What became of some orders.

    Attributes
    ----------
    totals : BatchTotals
        Their sums.
    profile_ids : set of str
        The accounting profiles of their plans.
    lines : list of str
        A line of JSON for each, where there is a file for them.
    examples : list of BatchResult
        Those that are shown.
    """

    totals: BatchTotals = field(default_factory=BatchTotals)
    profile_ids: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    examples: list[BatchResult] = field(default_factory=list)

    @property
    def orders(self) -> int:
        """How many orders."""
        return self.totals.statuses.total()


@dataclass(frozen=True)
class PackJob:
    """Packs orders; a ``pool.Job``.

    Attributes
    ----------
    catalog, policy, lane, profiles
        As of a task.
    how : dict
        What else ``plans`` takes.
    written : bool
        Whether there is a file for lines.
    with_data : bool
        Whether footprints repeat what the data says of profiles and sources.
    shown : frozenset of int
        Positions of the orders that are shown.
    """

    catalog: Catalog
    policy: Policy
    lane: Lane | None
    profiles: tuple[str, ...] | None
    how: dict[str, Any]
    written: bool
    with_data: bool
    shown: frozenset[int]

    def __call__(self, some: tuple[tuple[int, Order], ...]) -> PackedOrders:
        """Return what becomes of some orders, each given with its position in the file."""
        done = PackedOrders()
        for position, order in some:
            result = self._result(order)
            done.totals.add(result)
            if position in self.shown:
                done.examples.append(result)
            if self.written:
                done.lines.append(self._line(result))
                if result.plan is not None:
                    done.profile_ids.update(footprint.profile_id for footprint in result.plan.footprints)
        return done

    def _result(self, order: Order) -> BatchResult:
        """Return what becomes of an order; one that cannot be planned does not end the batch."""
        try:
            task = Task(order, self.catalog, self.policy, self.lane, self.profiles)
            made, *others = plans(task, **self.how)
            return BatchResult(order, made, alternatives=tuple(others))
        except IncompletePlanError as error:
            reason = str(error).replace(incomplete.PARTIAL_HINT, PARTIAL_HINT)
            return BatchResult(order, None, reason, error.unpacked)
        except BoxwrightError as error:
            return BatchResult(order, None, str(error))

    def _line(self, result: BatchResult) -> str:
        """Return a result as one line of JSON, without the line's end."""
        answer = None
        if result.plan is not None:
            view = view_of(Task(result.order, self.catalog, self.policy), mass_data=self.with_data)
            answer = answer_to_wire((result.plan, *result.alternatives), view)
            answer = answer if self.with_data else without_data(answer)
        message = result_to_wire(result.order.order_id, answer, result.reason, result.unpacked)
        return to_json(message, type(message)).decode()
