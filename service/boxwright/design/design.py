"""The whole of a design, top down."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from boxwright.catalog import load_materials
from boxwright.design.boxes import extra_as_new, new_boxes
from boxwright.design.filling import fillers
from boxwright.design.halves import Halves, halves
from boxwright.design.judge import by_prices, cut_to_size, figures, least, served
from boxwright.design.question import Rules
from boxwright.design.result import CutToSize, Design, Outside, Suite
from boxwright.design.search import Found, LeastUsed, search
from boxwright.design.stock import Stock
from boxwright.design.table import Table
from boxwright.design.work import Counting, Cutting, Fitting, Needing, of_each, silent
from boxwright.domain.fields import is_whole, own_number
from boxwright.domain.policy import Objective, Policy
from boxwright.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from boxwright.design.choice import Room
    from boxwright.design.fitting import Fits, Fitter
    from boxwright.design.needs import Size
    from boxwright.domain.box import BoxType, Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import BoxPrice, Wishes
    from boxwright.packing.problem import Ints

_NAMED = 5
"""Boxes that an error names."""
MOST_ASKS = 10_000
"""Questions for each judged order: so many that all that the engine can settle is settled."""


def design(
    orders: Iterable[Order],
    wishes: Wishes,
    policy: Policy | None = None,
    lane: Lane | None = None,
    profiles: Sequence[str] | None = None,
    *,
    today: Catalog | None = None,
    keep: Catalog | None = None,
    also: Sequence[Catalog] = (),
    dunnage: Catalog | None = None,
    dates: Mapping[str, datetime.date] | None = None,
    workers: int | None = 1,
    progress: Counting | None = None,
) -> Design:
    """Design the set of box sizes that makes an objective least over orders, with a bound, and judge it on others.

    Parameters
    ----------
    orders : iterable of Order
        Past orders. A part of them is kept back to judge the design by.
    wishes : Wishes
        How many sizes, for which objective, within which limits.
    policy : Policy, optional
        Rules of packing, as in ``plan``; its objectives are those of the design. Default ``Policy()``.
    lane : Lane, optional
        The way of every parcel; the objective cost needs its carrier service and price tables.
    profiles : sequence of str, optional
        Accounting profiles, as in ``plan``: grams are those of the first.
    today : Catalog, optional
        What is stocked today: its boxes are candidates, each design has room for all that its boxes hold, and every
        figure is compared with it. Default none: then there is no comparison.
    keep : Catalog, optional
        Boxes that stay, but for those that may be dropped.
    also : sequence of Catalog, optional
        Further box types to choose from.
    dunnage : Catalog, optional
        Whose dunnage is stocked. Default that of ``eu-stock``.
    dates : mapping of str to date, optional
        Day of each order by its id: then the later orders judge the design.
    workers, progress : int and Counting, optional
        Processes, as in ``evaluate``: the answer does not depend on them, default 1; what shows progress, default none.

    Raises
    ------
    InvalidInputError
        With every field that breaks a rule, and where no order goes into any candidate.
    """
    if (workers := own_number(workers)) is not None and not is_whole(workers, 1):
        raise InvalidInputError([FieldViolation("workers", f"must be a whole number of 1 or more, got {workers!r}")])
    materials, count = load_materials(), progress or silent
    stock = Stock.of(wishes, materials, today=today, keep=keep, also=also, dunnage=dunnage)
    if lane is not None and lane.ship_date is None:
        lane = replace(lane, ship_date=datetime.date.today())  # one for all orders
    chosen = replace(policy or Policy(), objectives=(wishes.objective.of_plans,))
    rules = Rules(chosen, lane, None if profiles is None else tuple(profiles), materials)
    made = prepare(orders, wishes, rules, stock, dates, workers, count)
    table, boxes, numbers = made.table, made.catalog.box_types, stock.numbers(wishes)
    rooms = [stock.room(made.catalog, wishes, number) for number in numbers]
    _refuse_empty(made, rooms)
    existing = {box.box_type_id for box in stock.existing}
    used = None
    if wishes.min_pieces is not None:
        new = np.array([box.box_type_id not in existing for box in boxes], dtype=np.bool_)
        used = LeastUsed(wishes.min_pieces * sum(made.parts.design.weights) / made.parts.of, new)
    found = search(table, rooms, count, used)
    own = _columns(made.catalog, stock.today)
    table.ask(own, own)  # a box that nobody asked would count as one that today's catalog does not use
    suites = [[boxes[column] for column in one.chosen.tolist()] for one in found]
    ids = {box.box_type_id for box in (*stock.today, *itertools.chain(*suites))}
    union = stock.catalog("chosen", [box for box in boxes if box.box_type_id in ids])
    fitting = Fitting(union, rules, MOST_ASKS)
    others = of_each(made.parts.judged.weighted, fitting, "Judging", count, workers)
    possible, several = table.possible, [row for row in table.rows if row.order.unit_count > 1]
    return Design(
        wishes=wishes,
        halves=made.parts,
        candidates=boxes,
        today=None if today is None else stock.catalog(today.catalog_id, stock.today),
        suites=tuple(
            _suite(number, one, own_boxes, made, (union, others), wishes.box_price)
            for number, one, own_boxes in zip(numbers, found, suites, strict=True)
        ),
        outside=tuple(made.outside),
        fillers=len(table.rows) - made.inside,
        unfilled=made.unfilled,
        currency=stock.currency,
        profile_id=made.profile_id,
        least_of_any=float(possible.price.min(axis=1) @ possible.weight),
        several_share=sum(row.weight for row in several) / sum(row.weight for row in table.rows),
        cut_to_size=_cut(made, suites, (union, others), wishes, count) if wishes.cut_to_size else None,
        kept=tuple(box.box_type_id for box in stock.kept),
    )


def _refuse_empty(made: Prepared, rooms: Sequence[Room]) -> None:
    """Raise InvalidInputError where no order goes into any box that stays or may be chosen."""
    for room in rooms:
        columns = np.union1d(room.forced, np.flatnonzero(room.left(room.forced)))
        if any(made.table.fitter.settle(row, columns) for row in made.table.rows):
            continue
        kept = ", ".join(made.catalog.box_types[each].box_type_id for each in columns[:_NAMED].tolist())
        more = f" and {len(columns) - _NAMED:,} more" if len(columns) > _NAMED else ""
        rule = f"must leave a box that takes an order: none of {kept}{more} does; add sizes, or keep another catalog"
        raise InvalidInputError([FieldViolation("drop" if len(columns) > len(room.forced) else "add", rule)])


def _cut(
    made: Prepared,
    suites: Sequence[Sequence[BoxType]],
    judged: tuple[Catalog, list[Fits]],
    wishes: Wishes,
    count: Counting,
) -> CutToSize:
    """Return what boxes cut to size make of both halves, and what designs make of the same orders."""
    job, (union, others) = Cutting(wishes, made.rules, made.stock.dunnage), judged
    answers = []
    for rows, catalog, half in ((made.table.rows, made.catalog, "designed for"), (others, union, "that judge")):
        prices = of_each([(row.order, row.weight) for row in rows], job, f"Cutting, orders {half}", count, made.workers)
        weight = np.array([row.weight for row in rows], dtype=np.int64)
        with_designs = [least(rows, _columns(catalog, boxes)) for boxes in suites]
        with_today = least(rows, _columns(catalog, made.stock.today)) if made.stock.has_today else None
        answers.append(cut_to_size(weight, np.array(prices), with_designs, with_today))
    (design, of_design), (other, of_others) = answers
    return CutToSize(design, other, tuple(zip(of_design, of_others, strict=True)))


@dataclass(frozen=True)
class Prepared:
    """What a design chooses from, before it chooses.

    Attributes
    ----------
    parts, stock, rules : Halves, Stock, Rules
        The orders; what exists; what orders are planned by.
    needs : list of list of tuple
        Sizes that each order of the design's half needs.
    catalog, table : Catalog, Table
        The candidates; they with the orders that a design is judged by.
    inside, outside : int, list of Outside
        How many different orders of the half a design is judged by, and the others.
    unfilled : tuple of str
        Ids of today's largest boxes that no order more fills.
    profile_id : str
        Whose grams count.
    workers : int or None
        Processes, as in ``design``.
    """

    parts: Halves
    stock: Stock
    rules: Rules
    needs: list[list[Size]]
    catalog: Catalog
    table: Table
    inside: int
    outside: list[Outside]
    unfilled: tuple[str, ...]
    profile_id: str
    workers: int | None


def prepare(
    orders: Iterable[Order],
    wishes: Wishes,
    rules: Rules,
    stock: Stock,
    dates: Mapping[str, datetime.date] | None = None,
    workers: int | None = 1,
    count: Counting = silent,
) -> Prepared:
    """Return candidates, and which orders they take; the other parameters and the errors are those of ``design``."""
    parts = halves(orders, wishes, dates, rules.lane)
    half, materials = parts.design, rules.materials
    # Of any box: what planning refuses of policy, lane or objective is raised before the long work.
    sample = stock.existing or new_boxes(
        (400_000, 300_000, 200_000), replace(wishes, max_sheet_mm=None, pallet_share=None), materials
    )
    request = rules.model(half.orders[0], stock.catalog("sample", sample)).request
    needs: list[list[Size]] = [[] for _ in half.orders]
    if wishes.may_add:
        by_size = replace(rules, policy=replace(rules.policy, objectives=(Objective.OUTER_VOLUME,)))
        needs = of_each(half.weighted, Needing(by_size, stock.dunnage), "Packing tightly", count, workers)
    catalog = stock.with_new(wishes, materials, needs, half.weights)
    fitting = Fitting(catalog, rules)
    rows, fitter = of_each(half.weighted, fitting, "Fitting", count, workers), fitting.fitter
    inside, outside = _parted(fitter, rows, _columns(catalog, stock.today) if stock.has_today else None)
    filling, unfilled = ([], []) if wishes.may_lose_orders else fillers(stock.largest, half.weighted, fitter)
    return Prepared(
        parts,
        stock,
        rules,
        needs,
        catalog,
        Table(fitter, [*inside, *filling]),
        len(inside),
        outside,
        tuple(unfilled),
        request.basis_profile.profile_id if request.profiles else "",
        workers,
    )


def _parted(fitter: Fitter, rows: Sequence[Fits], today: Ints | None) -> tuple[list[Fits], list[Outside]]:
    """Return the orders that a design is judged by, and those that are excluded, with the reason."""
    inside, outside = [], []
    for row in rows:
        reason = row.outside or _refusal(fitter, row, today)
        if reason:
            outside.append(Outside(row.order, row.weight, reason))
        else:
            inside.append(row)
    if not inside:
        example = f", such as {outside[0].order.order_id!r}: {outside[0].reason}" if outside else ""
        raise InvalidInputError([FieldViolation("orders", f"must hold one that goes into one box{example}")])
    return inside, outside


def _refusal(fitter: Fitter, row: Fits, today: Ints | None) -> str:
    """Return why no box of today's, or without these no candidate, takes an order whole; empty where one does."""
    columns = np.arange(len(row.fits)) if today is None else today
    if fitter.settle(row, columns):
        return ""
    if not row.possible.any():
        return "goes into no candidate as one parcel"
    where = "candidate" if today is None else "box of today's"
    if row.possible[columns].any():
        return f"is not found to go into any {where} as one parcel, nor refused by all"
    return f"goes into no {where} as one parcel"


def _columns(catalog: Catalog, boxes: Sequence[BoxType]) -> Ints:
    """Return the columns of some box types of a catalog."""
    names = {box.box_type_id for box in boxes}
    return np.array([index for index, box in enumerate(catalog.box_types) if box.box_type_id in names], dtype=np.int64)


def _suite(
    size: int,
    found: Found,
    boxes: Sequence[BoxType],
    made: Prepared,
    judged: tuple[Catalog, list[Fits]],
    price: BoxPrice | None,
) -> Suite:
    """Return the design of a number of sizes with its figures on both halves."""
    catalog, stock = made.catalog, made.stock
    today = _columns(catalog, stock.today) if stock.has_today else None
    union, others = judged
    existing = {box.box_type_id for box in stock.existing}
    own, todays = _columns(union, boxes), _columns(union, stock.today)
    new = np.array([box.box_type_id not in existing for box in union.box_types], dtype=np.bool_)
    extra = np.array([extra_as_new(box, price, made.rules.materials) for box in union.box_types])
    made_of_it = figures(made.table.rows, found.chosen, today)
    return Suite(
        sizes=size,
        catalog=stock.catalog(f"designed-{size}", boxes),
        new=tuple(box.box_type_id for box in boxes if box.box_type_id not in existing),
        design=made_of_it,
        judged=figures(others, own, None if today is None else todays),
        least=found.least if np.isfinite(found.least) and not made_of_it.lost else None,
        undecided=found.undecided,
        too_few=tuple(catalog.box_types[each].box_type_id for each in found.too_few),
        used=tuple(served(others, own).tolist()),
        by_prices=by_prices(others, own, todays, new, extra) if len(todays) else None,
    )
