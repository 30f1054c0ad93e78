"""What ``boxwright pack --orders`` does with orders in its workers, sums up and shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from boxwright.cli.emissions_view import legs_text
from boxwright.cli.failures import PARTIAL_HINT
from boxwright.cli.output import lines, table_of, titled
from boxwright.cli.plan_file import view_of
from boxwright.cli.plan_view import boxes_of
from boxwright.contract.json import to_json
from boxwright.contract.pack_answer import answer_to_wire, result_to_wire, without_data
from boxwright.domain import incomplete
from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.incomplete import IncompletePlanError
from boxwright.domain.lane import Leg
from boxwright.domain.order import Order
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import HandlingMark, Plan, PlanStatus, ProofStatus, UnpackedReason, UnpackedUnit
from boxwright.domain.rounded import co2e, count, grams, percent, stated, visible
from boxwright.errors import BoxwrightError
from boxwright.evaluation.outcome import FootprintFigures, OrderStatus, figures_of, unpacked_reason
from boxwright.evaluation.totals import summed_footprints
from boxwright.evaluation.wording import HELD_NAMES, STATUS_NAMES, lacking_lines
from boxwright.planning import Task, plans

_MOST_NAMED = 10
"""How many orders that are not planned whole are named."""
_ID_LENGTH = 14
_STATUSES = {
    PlanStatus.COMPLETE: OrderStatus.PLANNED,
    PlanStatus.PARTIAL: OrderStatus.PARTIAL,
    PlanStatus.NONE: OrderStatus.NOT_PACKED,
}


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one order: a plan and its alternatives, or the reason why there is none, and what stayed out."""

    order: Order
    plan: Plan | None
    reason: str = ""
    unpacked: tuple[UnpackedUnit, ...] = ()
    alternatives: tuple[Plan, ...] = ()

    @property
    def status(self) -> OrderStatus:
        """What became of the order, in the words of an evaluation."""
        if self.plan is None:
            return OrderStatus.NOT_PACKED if self.unpacked else OrderStatus.ERROR
        return _STATUSES[self.plan.status]


@dataclass
class BatchTotals:
    """Sums over the results added so far.

    Attributes
    ----------
    statuses : Counter of OrderStatus
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
    warnings, first_warned : Counter of str, dict of str
        Orders by the code of a warning; the first order with it, and its text.
    emissions, ranges_mg : dict
        By profile and allocation. A range has the sums of the lower and of the upper ends of footprints, in mg CO2e; it
        is None where one is not known.
    not_whole : list of (str, str)
        The first orders that are not planned whole, each with the reason.
    derived_legs : tuple of Leg
        Of the first plan that has some.
    examples : list of BatchResult
        Those that are shown one by one.
    """

    statuses: Counter[OrderStatus] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    held: Counter[OrderStatus] = field(default_factory=Counter)
    unpacked: Counter[UnpackedReason] = field(default_factory=Counter)
    parcels: Counter[str] = field(default_factory=Counter)
    inner_um3: Counter[str] = field(default_factory=Counter)
    goods_um3: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)
    packaging_mg: Counter[Component] = field(default_factory=Counter)
    marks: Counter[HandlingMark] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    first_warned: dict[str, str] = field(default_factory=dict)
    emissions: dict[tuple[str, Allocation], FootprintFigures] = field(default_factory=dict)
    ranges_mg: dict[tuple[str, Allocation], tuple[int, int] | None] = field(default_factory=dict)
    not_whole: list[tuple[str, str]] = field(default_factory=list)
    derived_legs: tuple[Leg, ...] = ()
    examples: list[BatchResult] = field(default_factory=list)

    def add(self, result: BatchResult) -> None:
        """Add one result."""
        self.statuses[result.status] += 1
        plan, order = result.plan, result.order
        unpacked = plan.unpacked if plan else result.unpacked
        self.units["ordered"] += order.unit_count
        self.unpacked.update(unit.reason for unit in unpacked)
        if result.status is not OrderStatus.PLANNED and len(self.not_whole) < _MOST_NAMED:
            self.not_whole.append((order.order_id, unpacked_reason(unpacked) or result.reason))
        if plan is None:
            self.held[result.status] += order.unit_count - len(unpacked)
            return
        for code, text in {warning.code: warning.message for warning in reversed(plan.warnings)}.items():
            self.warnings[code] += 1
            self.first_warned.setdefault(code, f"{plan.order_id}: {text}")
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
        self.first_warned = other.first_warned | self.first_warned
        for key, figures in other.emissions.items():
            self._emit(figures, other.ranges_mg[key])
        self.not_whole = [*self.not_whole, *other.not_whole][:_MOST_NAMED]
        self.derived_legs = self.derived_legs or other.derived_legs
        self.examples += other.examples

    def _emit(self, figures: FootprintFigures, ends: tuple[int, int] | None) -> None:
        key = figures.key
        so_far = self.ranges_mg.get(key, (0, 0))
        self.ranges_mg[key] = (so_far[0] + ends[0], so_far[1] + ends[1]) if so_far and ends else None
        self.emissions[key] = summed_footprints([self.emissions[key], figures]) if key in self.emissions else figures


def pack_some(
    orders: Iterable[tuple[int, Order]],
    *,
    asked: tuple[Any, ...],
    how: dict[str, Any],
    shown: frozenset[int],
    written: bool,
    with_data: bool,
) -> tuple[BatchTotals, list[str]]:
    """Return the sums over orders, and a line of JSON for each where lines are ``written``.

    Parameters
    ----------
    orders : iterable of (int, Order)
        Orders with their positions in the file. One that cannot be planned does not end the batch.
    asked, how : tuple, dict
        What a ``Task`` takes after its order; what else ``plans`` takes.
    shown : frozenset of int
        Positions of the orders that are shown one by one.
    written, with_data : bool
        Whether there are lines; whether footprints in them repeat what the data says of profiles and sources.
    """
    totals, said = BatchTotals(), []
    for position, order in orders:
        task, answer = Task(order, *asked), None
        try:
            plan, *others = plans(task, **how)
            result = BatchResult(order, plan, alternatives=tuple(others))
        except IncompletePlanError as error:
            reason = str(error).replace(incomplete.PARTIAL_HINT, PARTIAL_HINT)
            result = BatchResult(order, None, reason, error.unpacked)
        except BoxwrightError as error:
            result = BatchResult(order, None, str(error))
        totals.add(result)
        totals.examples += [result] if position in shown else []
        if written:
            if result.plan is not None:
                answer = answer_to_wire((result.plan, *result.alternatives), view_of(task, mass_data=with_data))
                answer = answer if with_data else without_data(answer)
            message = result_to_wire(order.order_id, answer, result.reason, result.unpacked)
            said.append(to_json(message, type(message)).decode())
    return totals, said


def batch_parts(totals: BatchTotals, catalog_id: str) -> Iterator[RenderableType]:
    """Yield a few orders, what became of all, boxes used, masses, emissions, units left out and warnings."""
    if totals.examples:
        yield _examples(totals.examples)
    tally = [f"{totals.statuses[status]:,} {STATUS_NAMES[status]}" for status in OrderStatus if totals.statuses[status]]
    packed, ordered = totals.units["packed"], totals.units["ordered"]
    units = (f"{packed:,} of " if packed < ordered else "") + count(ordered, "unit")
    every, inner_um3 = totals.parcels.total(), totals.inner_um3.total()
    head = [
        f": {', '.join(tally)}",
        f"{units} in {count(every, 'parcel')}, {inner_um3 / 1e15:,.1f} litres of boxes",
        *(f"{count(number, 'parcel')} marked {mark.words}" for mark, number in totals.marks.items()),
        f"{totals.sums['proved']:,} of the plans proved the best in their scope",
    ]
    text = Text(f"{count(totals.statuses.total(), 'order')} with catalog {visible(catalog_id)}", style="bold")
    yield text.append("\n".join(head), style="not bold")
    if totals.parcels:
        rows = []
        for box, number in [*sorted(totals.parcels.items(), key=lambda item: (-item[1], item[0])), ("all", every)]:
            share, inner, goods = percent(number / every), totals.inner_um3[box], totals.goods_um3[box]
            if box == "all":
                share, inner, goods = "", inner_um3, totals.goods_um3.total()
            rows.append((box, f"{number:,}", share, percent(goods / inner) if inner else "", f"{inner / 1e15:,.1f}"))
        yield table_of(("Box type", ">Parcels", ">Share", ">Fill", ">Litres"), rows)
        yield Text(_masses(totals))
    if totals.emissions:
        yield _emissions(totals)
    if totals.derived_legs:
        yield legs_text(totals.derived_legs)
    if totals.unpacked or totals.held.total():
        reasons = [(f"{number:,}", reason.value.replace("_", " ")) for reason, number in totals.unpacked.most_common()]
        reasons += [(f"{number:,}", HELD_NAMES[status]) for status, number in totals.held.most_common() if number]
        yield titled("Units unpacked", table_of(("Units", "Unpacked because"), reasons))
        left = totals.statuses.total() - totals.statuses[OrderStatus.PLANNED] - len(totals.not_whole)
        more = lines([f"and {count(left, 'order')} more"] if left else [], "dim")
        yield titled("Not packed whole", table_of(("Order", "Because"), totals.not_whole), *more)
    if totals.warnings:
        most_first = sorted(totals.warnings.items(), key=lambda item: (-item[1], item[0]))
        warned = [(code, f"{number:,}", totals.first_warned[code]) for code, number in most_first]
        yield titled("Warnings", table_of(("Warning", ">Orders", "First example"), warned))


def _examples(results: Iterable[BatchResult]) -> RenderableType:
    """Return some orders, one row each: boxes, fill, gross mass, and grams by the first profile."""
    rows, title = [], "Some of the orders"
    for result in results:
        name, plan = result.order.order_id, result.plan
        short = name if len(name) <= _ID_LENGTH else f"{name[: _ID_LENGTH - 1]}…"
        cells = [result.reason, "", "", ""]
        if plan is not None:
            inner = sum(parcel.inner_volume_um3 for parcel in plan.parcels)
            goods = sum(parcel.boxed_goods_um3 for parcel in plan.parcels)
            cells = [boxes_of(plan), percent(goods / inner if inner else 0.0), grams(plan.gross_mg), ""]
        if plan is not None and plan.footprints:
            first = plan.footprints[0]
            cells[-1] = co2e(first.total_co2e_mg)
            title = f"Some of the orders (emissions by {first.profile_id}, transport by {first.allocation.words})"
        rows.append((short, f"{result.order.unit_count:,}", *cells))
    return titled(title, table_of(("Order", ">Units", "Boxes", ">Fill", ">Total mass", ">?g CO2e"), rows))


def _masses(totals: BatchTotals) -> str:
    goods, sums = f"{grams(totals.sums['net_mg'])} of goods", totals.sums
    if totals.parcels.keys() == {OWN_CONTAINER}:
        return f"{goods}, no packaging"
    used = [f"{part.words} {grams(totals.packaging_mg[part])}" for part in Component if totals.packaging_mg[part]]
    packaging = f"{grams(totals.packaging_mg.total())} of packaging ({', '.join(used) or 'of unknown mass'})"
    billed = "" if sums["unbilled"] else f", chargeable weight {grams(sums['billed_mg'])}"
    return f"{goods}, {packaging}, gross {grams(sums['gross_mg'])}{billed}"


def _emissions(totals: BatchTotals) -> RenderableType:
    """Return the sums per profile and allocation; of each the range, what is unverified, and what it lacks."""

    def kg(co2e_mg: int) -> str:
        return f"{co2e_mg / 1_000_000:,.1f}"

    planned = totals.statuses[OrderStatus.PLANNED] + totals.statuses[OrderStatus.PARTIAL]
    rows, notes = list[tuple[str | Text, ...]](), []
    for key, sums in totals.emissions.items():
        profile, allocation = key[0], key[1].words
        lacks = {lack.component for lack in sums.missing}
        total = Text(stated(kg(sums.total_mg), lacking=bool(lacks)), style="bold")
        packaging = stated(kg(sums.packaging_mg), lacking=bool(lacks - CARRIED))
        transport = stated(kg(sums.transport_mg), lacking=bool(lacks & CARRIED))
        an_order = stated(co2e(round(sums.total_mg / planned)), lacking=bool(lacks))
        rows.append((profile, allocation, packaging, transport, total, an_order))
        note = f"{profile}, transport by {allocation}: {percent(sums.unverified_share)} rests on unverified figures"
        if (ends := totals.ranges_mg[key]) is not None:
            note += f"; range {stated(f'{kg(ends[0])} to {kg(ends[1])} kg', lacking=bool(lacks))}"
        notes.append(note)
    columns = ("=Profile", "Transport by", ">Packaging", ">Transport", ">Total", ">Per order, g")
    notes += lacking_lines(totals.emissions.values())
    return titled("Emissions in kg CO2e", table_of(columns, rows), *lines(notes, "dim"))
