"""Designs catalogs: the entry point, top down."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from boxwright.catalog import load_materials
from boxwright.design.boxes import new_boxes
from boxwright.design.fitting import Fitter
from boxwright.design.halves import Halves, halves
from boxwright.design.judge import cut_to_size, designed
from boxwright.design.question import Rules
from boxwright.design.result import Design, Outside, Suite
from boxwright.design.search import Found, LeastUsed, Table, search
from boxwright.design.stock import Stock, fillers
from boxwright.design.work import Counting, least_cut, needs_of, of_each, silent
from boxwright.domain.fields import is_whole, own_number
from boxwright.domain.policy import Policy
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.evaluation.destinations import lanes_in

if TYPE_CHECKING:
    from boxwright.design.fitting import Fits
    from boxwright.design.p_median import Limits
    from boxwright.design.sizes import Size
    from boxwright.domain.box import Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.order import Order
    from boxwright.domain.wishes import Wishes
    from boxwright.packing.problem import Ints

_NAMED = 5
"""Maximum number of boxes that an error names."""


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
    """Design the set of box sizes that minimises an objective over orders, with a lower bound.

    ``judge`` then states the saving, by plans of the held-out orders.

    Parameters
    ----------
    orders : iterable of Order
        Past orders. Some are held out to evaluate the design.
    wishes : Wishes
        Numbers of sizes, objective and limits.
    policy : Policy, optional
        Packing rules, as in ``plan``; the objectives come from the wishes. Default ``Policy()``.
    lane : Lane, optional
        The transport of every parcel; the cost objective needs its carrier service and price tables.
    profiles : sequence of str, optional
        Accounting profiles, as in ``plan``: the first defines emissions.
    today : Catalog, optional
        Today's catalog. Its boxes are candidates, each design must take every order that they take, and every figure is
        compared with it. Default none: no comparison.
    keep : Catalog, optional
        Boxes that stay, except for those that may be dropped.
    also : sequence of Catalog, optional
        Further box types to choose from.
    dunnage : Catalog, optional
        The catalog whose dunnage is stocked. Default: that of ``eu-stock``.
    dates : mapping of str to date, optional
        Date of each order by id; the latest orders are then held out.
    workers, progress : int and Counting, optional
        Number of processes, as in ``evaluate``, default 1, which does not change the result; progress display, default
        none.

    Raises
    ------
    InvalidInputError
        With every field that breaks a rule, or if no order fits any candidate.
    """
    if (workers := own_number(workers)) is not None and not is_whole(workers, 1):
        raise InvalidInputError([FieldViolation("workers", f"must be a whole number of 1 or more, got {workers!r}")])
    materials, count = load_materials(), progress or silent
    stock = Stock.of(wishes, materials, today=today, keep=keep, also=also, dunnage=dunnage)
    if lane is not None and lane.ship_date is None:
        lane = replace(lane, ship_date=datetime.date.today())  # one ship date for all orders
    chosen = (policy or Policy()).with_objectives(wishes.objective.of_plans)
    rules = Rules(chosen, lane, None if profiles is None else tuple(profiles), materials)
    made = prepare(orders, wishes, rules, stock, dates, workers, count)
    table, boxes, numbers = made.table, made.catalog.box_types, stock.numbers(wishes)
    sets_of_limits = [stock.limits(made.catalog, wishes, number) for number in numbers]
    _refuse_empty(made, sets_of_limits)
    existing = {box.box_type_id for box in stock.existing}
    used = None
    if wishes.min_pieces is not None:
        new = np.array([box.box_type_id not in existing for box in boxes], dtype=np.bool_)
        used = LeastUsed(wishes.min_pieces * sum(made.parts.design.weights) / made.parts.of, new)
    found = search(table, sets_of_limits, count, used)
    possible = table.possible
    cut = None
    if wishes.cut_to_size:
        job = partial(least_cut, wishes, rules, stock.dunnage)
        prices = of_each([(row.order, row.weight) for row in table.rows], job, "Cutting", count, workers)
        cut = cut_to_size(table.rows, np.array(prices), [choice.chosen for choice in found])
    return Design(
        wishes=wishes,
        rules=rules,
        halves=made.parts,
        candidates=boxes,
        today=None if today is None else stock.catalog(today.catalog_id, stock.today),
        on_hand={} if today is None else {box.box_type_id: box.available for box in today.at_hand},
        suites=tuple(_suite(*pair, made, existing) for pair in zip(numbers, found, strict=True)),
        outside=tuple(made.outside),
        fillers=len(table.rows) - made.inside,
        unfilled=made.unfilled,
        currency=stock.currency,
        profile_id=made.profile_id,
        least_of_any=float(possible.price.min(axis=1) @ possible.weight),
        cut_to_size=cut,
        kept=tuple(box.box_type_id for box in stock.kept),
    )


def _refuse_empty(made: Prepared, sets_of_limits: Sequence[Limits]) -> None:
    for limits in sets_of_limits:
        columns = np.union1d(limits.forced, np.flatnonzero(limits.left(limits.forced)))
        if any(made.table.fitter.settle(row, columns) for row in made.table.rows):
            continue
        kept = ", ".join(made.catalog.box_types[column].box_type_id for column in columns[:_NAMED].tolist())
        more = f" and {len(columns) - _NAMED:,} more" if len(columns) > _NAMED else ""
        rule = f"must leave a box that takes an order, but {kept}{more} take none: add sizes, or keep another catalog"
        raise InvalidInputError([FieldViolation("drop" if len(columns) > len(limits.forced) else "add", rule)])


@dataclass(frozen=True)
class Prepared:
    """The prepared problem of a design."""

    parts: Halves
    stock: Stock
    rules: Rules
    """The orders, the existing boxes, and the rules of planning."""
    needs: list[list[Size]]
    """Sizes that each order of the design half needs."""
    catalog: Catalog
    table: Table
    """All candidates, and the table of orders and candidates."""
    inside: int
    outside: list[Outside]
    """Different orders in the design half, and the excluded ones."""
    unfilled: tuple[str, ...]
    """Ids of today's largest boxes without a filler order."""
    profile_id: str
    """Profile that defines emissions."""


def prepare(
    orders: Iterable[Order],
    wishes: Wishes,
    rules: Rules,
    stock: Stock,
    dates: Mapping[str, datetime.date] | None = None,
    workers: int | None = 1,
    count: Counting = silent,
) -> Prepared:
    """Return the candidates and the orders that they take; parameters and errors as in ``design``."""
    parts = halves(orders, wishes, dates, rules.lane)
    half, materials = parts.design, rules.materials
    # Planning one order reports errors of policy, lane or objective before the long work.
    sample = stock.existing or new_boxes(
        (400_000, 300_000, 200_000), replace(wishes, max_sheet_mm=None, pallet_share=None), materials
    )
    request, *_ = (
        replace(rules, lane=lane).model(half.orders[0], stock.catalog("sample", sample)).request
        for lane in lanes_in(rules.lane).values()
    )
    needs: list[list[Size]] = [[] for _ in half.orders]
    if wishes.may_add:
        job = partial(needs_of, wishes, rules, stock.dunnage)
        needs = of_each(half.weighted, job, "Packing tightly", count, workers)
    catalog = stock.with_new(wishes, materials, needs, half.weights)
    fitter = Fitter(catalog, rules)
    rows = of_each(half.weighted, fitter, "Fitting", count, workers)
    names = {box.box_type_id for box in stock.today}
    today = np.flatnonzero([box.box_type_id in names for box in catalog.box_types]) if stock.has_today else None
    inside, outside = _parted(fitter, rows, today)
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
    )


def _parted(fitter: Fitter, rows: Sequence[Fits], today: Ints | None) -> tuple[list[Fits], list[Outside]]:
    inside, outside = [], []
    for row in rows:
        reason = row.outside or _refusal(fitter, row, today)
        if reason:
            outside.append(Outside(row.order, row.weight, reason))
        else:
            inside.append(row)
    if not inside:
        example = f", such as {outside[0].order.order_id!r}: {outside[0].reason}" if outside else ""
        raise InvalidInputError(
            [FieldViolation("orders", f"must include at least one order that fits in a single box{example}")]
        )
    return inside, outside


def _refusal(fitter: Fitter, row: Fits, today: Ints | None) -> str:
    """Return why no candidate, or no box of today's catalog if there is one, takes the order; empty if one does."""
    columns = np.arange(len(row.fits)) if today is None else today
    if fitter.settle(row, columns):
        return ""
    if not row.possible.any():
        return "goes into no candidate as one parcel"
    where = "candidate" if today is None else "box of today's catalog"
    if row.possible[columns].any():
        return f"was neither packed into a {where} as one parcel nor refused by all"
    return f"goes into no {where} as one parcel"


def _suite(size: int, found: Found, made: Prepared, existing: set[str]) -> Suite:
    boxes = [made.catalog.box_types[column] for column in found.chosen.tolist()]
    figures = designed(made.table.rows, found.chosen)
    return Suite(
        sizes=size,
        catalog=made.stock.catalog(f"designed-{size}", boxes),
        new=tuple(box.box_type_id for box in boxes if box.box_type_id not in existing),
        design=figures,
        least=found.least if np.isfinite(found.least) and not figures.lost else None,
        undecided=found.undecided,
        too_few=tuple(made.catalog.box_types[column].box_type_id for column in found.too_few),
    )
