"""Requests for operations, read: at the door before they are stored, and once more where they run."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from boxwright.contract.lane import read_lane
from boxwright.contract.order import read_order
from boxwright.contract.policy import read_policy
from boxwright.contract.values import date_to_wire, read_rate
from boxwright.design import BoxPrice, DesignObjective, Wishes
from boxwright.design.stock import Stock
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.policy import Policy
from boxwright.evaluation import default_objectives
from boxwright.evaluation.rows import footprint_bases
from boxwright.findings import Findings
from boxwright.planning.rules.order_rules import check_order
from boxwright.routing.postal import region_of
from boxwright.server.accounting_profiles import check_vehicles, read_profiles
from boxwright.server.catalog_source import read_catalog_source
from boxwright.server.dataset import Dataset
from boxwright.server.pack_request import basis_first
from boxwright.server.stored_request import clear_texts
from boxwright.stop import NEVER, Stop
from boxwright.v1 import evaluation_service_pb2 as messages
from boxwright.v1 import packing_service_pb2

MAX_ORDERS, MAX_CATALOGS, MAX_SIZE_COUNTS, MAX_PALLETS = 20_000, 20, 20, 20
"""Most of each in a request, as the contract says."""

SETTLED = ("objectives", "allow_partial", "max_parcels", "max_effort", "engine", "prefer_reusable")
"""Fields of a policy that a design settles itself."""

OBJECTIVES = {
    messages.DESIGN_OBJECTIVE_UNSPECIFIED: DesignObjective.LITRES,
    messages.DESIGN_OBJECTIVE_COST: DesignObjective.COST,
    messages.DESIGN_OBJECTIVE_LITRES: DesignObjective.LITRES,
    messages.DESIGN_OBJECTIVE_EMISSIONS: DesignObjective.EMISSIONS,
}

_PATHS = {
    "sizes": "size_counts",
    "lock": "locked_box_type_ids",
    "judged_share": "judged_ratio",
    "sample": "sample_orders",
    "board_ids": "new_sizes.board_ids",
    "smallest_mm": "new_sizes.min_inner",
    "largest_mm": "new_sizes.max_inner",
    "step_mm": "new_sizes.step_mm",
    "max_aspect": "new_sizes.max_aspect",
    "max_depth": "new_sizes.max_depth_ratio",
    "max_sheet_mm": "new_sizes.max_sheet",
    "pallets_mm": "new_sizes.pallets",
    "pallet_share": "new_sizes.min_layer_ratio",
    "min_pieces": "new_sizes.min_pieces",
    "candidates": "new_sizes.max_candidates",
    "box_price": "new_sizes.price_per_box",
    "per_piece_minor": "new_sizes.price_per_box",
    "per_m2_minor": "new_sizes.price_per_m2",
    "currency": "new_sizes.price_per_box.currency_code",
    "orders": "orders",
}
"""Where the request has what the rooms below call otherwise."""

Request = TypeVar("Request", messages.EvaluateCatalogsRequest, messages.DesignCatalogRequest)


@dataclass(frozen=True)
class EvaluationJob:
    """An evaluation, read.

    Attributes
    ----------
    orders, catalogs : tuple of Order, tuple of Catalog
        What is tried with what.
    loaded : tuple of bool
        Whether the server has each catalog under its name.
    policy, lane, profiles : Policy, Lane or None, tuple of str
        As in ``boxwright.planning.plan``.
    """

    orders: tuple[Order, ...]
    catalogs: tuple[Catalog, ...]
    loaded: tuple[bool, ...]
    policy: Policy
    lane: Lane | None
    profiles: tuple[str, ...]


@dataclass(frozen=True)
class DesignJob:
    """A design, read.

    Attributes
    ----------
    orders, wishes : tuple of Order, Wishes
        For which orders, and what it is to be.
    today, keep, dunnage : Catalog or None
        As in ``boxwright.design.design``; so are the others.
    also : tuple of Catalog
        The same.
    """

    orders: tuple[Order, ...]
    wishes: Wishes
    today: Catalog | None
    keep: Catalog | None
    dunnage: Catalog | None
    also: tuple[Catalog, ...]
    policy: Policy
    lane: Lane | None
    profiles: tuple[str, ...]


def read_evaluation(
    message: messages.EvaluateCatalogsRequest, dataset: Dataset, today: datetime.date, stop: Stop = NEVER
) -> EvaluationJob:
    """Return the evaluation that a request asks for.

    Raises
    ------
    InvalidInputError
        Or one of its kinds, with every finding.
    """
    found = Findings(stop=stop)
    orders = _read_orders(message.orders, dataset, found)
    chosen = _read_catalogs(message.catalogs, dataset, found)
    catalogs = tuple(each for each, _ in chosen)
    policy = _read_policy(message, catalogs, found)
    lane, profiles = _read_way(message, dataset, today, found)
    profiles = basis_first(policy, profiles, dataset, found)
    found.raise_any()
    assert policy is not None  # None has noted a finding, raised above
    _check_orders(orders, policy, dataset, found)
    if not message.policy.objectives:
        policy = replace(policy, objectives=default_objectives(catalogs, lane))
    for catalog in catalogs:  # options that would be wrong for every order
        if found.attempt(footprint_bases, catalog, policy, lane, profiles) is None:
            break
    found.raise_any()
    return EvaluationJob(orders, catalogs, tuple(loaded for _, loaded in chosen), policy, lane, profiles)


def read_design(
    message: messages.DesignCatalogRequest, dataset: Dataset, today: datetime.date, stop: Stop = NEVER
) -> DesignJob:
    """Return the design that a request asks for.

    Raises
    ------
    InvalidInputError
        Or one of its kinds, with every finding.
    """
    found = Findings(stop=stop)
    orders = _read_orders(message.orders, dataset, found)
    present, kept, dunnage = (
        _read_catalog(getattr(message, name), dataset, found.at(name))[0] if message.HasField(name) else None
        for name in ("today", "keep", "dunnage")
    )
    also = _read_others(message.also, dataset, found)
    for name, _ in message.policy.ListFields():
        if name.name in SETTLED:
            found.add(
                f"policy.{name.name}", "must be absent: a design puts each order into one parcel, for `objective`"
            )
    stocking = (present, kept) if dunnage is None else (dunnage,)
    policy = _read_policy(message, [each for each in stocking if each is not None], found)
    lane, profiles = _read_way(message, dataset, today, found)
    profiles = basis_first(policy, profiles, dataset, found)
    wishes = _read_wishes(message, found)
    found.raise_any()
    assert policy is not None  # likewise
    assert wishes is not None
    _check_orders(orders, policy, dataset, found)
    stock = found.at("", _PATHS).attempt(
        Stock.of, wishes, dataset.materials, today=present, keep=kept, also=also, dunnage=dunnage
    )
    if stock is not None and stock.existing:
        rules = replace(policy, objectives=(wishes.objective.of_plans,))
        found.attempt(footprint_bases, stock.catalog("any", stock.existing), rules, lane, profiles)
    found.raise_any()
    return DesignJob(orders, wishes, present, kept, dunnage, also, policy, lane, profiles)


def settled(message: Request, lane: Lane | None) -> Request:
    """Return what is stored of a request: its day settled, and without what is nobody's business later."""
    kept = type(message)()
    kept.CopyFrom(message)
    kept.DiscardUnknownFields()  # those of a later contract may be texts
    kept.ClearField("request_id")
    for index, order in enumerate(kept.orders.inline_orders.orders):
        order.order_id = str(index)
        clear_texts(order.lines)
    if lane is not None and lane.ship_date is not None:
        kept.lane.ship_date.CopyFrom(date_to_wire(lane.ship_date))
        for name in ("origin", "destination"):
            if kept.lane.HasField(name):  # type: ignore[arg-type] # a name of a field
                place = getattr(kept.lane, name)
                place.postal_code = region_of(place.country_code, place.postal_code)
    return kept


def settled_evaluation(
    message: messages.EvaluateCatalogsRequest, dataset: Dataset, today: datetime.date, stop: Stop
) -> messages.EvaluateCatalogsRequest:
    """Return what is stored of a request for an evaluation; raises as ``read_evaluation`` does."""
    return settled(message, read_evaluation(message, dataset, today, stop).lane)


def settled_design(
    message: messages.DesignCatalogRequest, dataset: Dataset, today: datetime.date, stop: Stop
) -> messages.DesignCatalogRequest:
    """Return what is stored of a request for a design; raises as ``read_design`` does."""
    return settled(message, read_design(message, dataset, today, stop).lane)


def _read_orders(source: messages.OrderSource, dataset: Dataset, found: Findings) -> tuple[Order, ...]:
    sent = source.inline_orders.orders
    at = found.at("orders.inline_orders")
    if not sent:
        at.add("orders", "must hold at least one order")
    if len(sent) > MAX_ORDERS:
        at.limit("orders", f"must hold at most {MAX_ORDERS:,} orders, got {len(sent):,}")
        return ()
    most = dataset.settings.max_units_per_order
    read = [read_order(each, at.at(f"orders[{index}]"), most) for index, each in enumerate(sent)]
    return tuple(each for each in read if each is not None)


def _check_orders(orders: Sequence[Order], policy: Policy, dataset: Dataset, found: Findings) -> None:
    """Note what of the orders the data or the policy refuse: an operation would fail with it later."""
    for index, order in enumerate(orders):
        check_order(order, policy, dataset.materials, found.at(f"orders.inline_orders.orders[{index}]"))


def _read_catalogs(
    choices: Sequence[messages.CatalogChoice], dataset: Dataset, found: Findings
) -> list[tuple[Catalog, bool]]:
    """Return catalogs, each with whether the server has it under its name."""
    if not 1 <= len(choices) <= MAX_CATALOGS:
        found.add("catalogs", f"must hold 1 to {MAX_CATALOGS} catalogs, got {len(choices)}")
        return []
    read: dict[str, tuple[Catalog, bool]] = {}
    for index, choice in enumerate(choices):
        at = found.at(f"catalogs[{index}]")
        catalog, loaded = _read_catalog(choice, dataset, at)
        if catalog is None:
            continue
        if catalog.catalog_id in read:
            at.add("", f"must be of another identifier than those before, got {catalog.catalog_id!r}")
        read[catalog.catalog_id] = catalog, loaded
    return list(read.values())


def _read_others(choices: Sequence[messages.CatalogChoice], dataset: Dataset, found: Findings) -> tuple[Catalog, ...]:
    """Return the catalogs of other box types to choose from."""
    if len(choices) > MAX_CATALOGS:
        found.add("also", f"must hold at most {MAX_CATALOGS} catalogs, got {len(choices)}")
        return ()
    read = [_read_catalog(each, dataset, found.at(f"also[{index}]"))[0] for index, each in enumerate(choices)]
    return tuple(each for each in read if each is not None)


def _read_catalog(choice: messages.CatalogChoice, dataset: Dataset, found: Findings) -> tuple[Catalog | None, bool]:
    which = choice.WhichOneof("catalog_source")
    if which is None or (which == "catalog" and not choice.catalog):
        found.add("catalog", "is required, or inline_catalog")
        return None, False
    asked: dict[str, Any] = {which: getattr(choice, which)}
    read = read_catalog_source(packing_service_pb2.PackRequest(**asked), dataset, found)
    return (None, False) if read is None else (read.at_hand, read.loaded)


def _read_policy(message: Any, catalogs: Sequence[Catalog], found: Findings) -> Policy | None:
    """Return a policy, whose dunnage every catalog has to have."""
    policy = read_policy(message.policy, catalogs[0] if catalogs else None, found.at("policy"))
    for each in catalogs[1:] if policy is not None else ():
        read_policy(message.policy, each, found.at("policy"))
    return policy


def _read_way(
    message: Any, dataset: Dataset, today: datetime.date, found: Findings
) -> tuple[Lane | None, tuple[str, ...]]:
    profiles = read_profiles(message.accounting_profiles, dataset, found)
    lane = read_lane(message.lane, dataset.materials, today, found.at("lane"))
    if lane is not None:
        check_vehicles(lane, profiles, dataset, found.at("lane"))
    return lane, profiles


def _read_wishes(message: messages.DesignCatalogRequest, found: Findings) -> Wishes | None:
    new, given = message.new_sizes, dict[str, Any]()
    if message.objective not in OBJECTIVES:
        found.add("objective", f"must be a known value, got {message.objective}")
        return None
    if len(message.size_counts) > MAX_SIZE_COUNTS:
        found.add("size_counts", f"must hold at most {MAX_SIZE_COUNTS} numbers, got {len(message.size_counts)}")
    names = {"add": "add", "drop": "drop", "judged_ratio": "judged_share", "sample_orders": "sample", "seed": "seed"}
    given |= {own: getattr(message, name) for name, own in names.items() if message.HasField(name)}  # type: ignore[arg-type] # names of fields
    given |= _read_limits(new, found)
    price = _read_price(new, found)
    return found.at("", _PATHS).attempt(
        Wishes,
        sizes=tuple(message.size_counts),
        objective=OBJECTIVES[message.objective],
        lock=tuple(message.locked_box_type_ids),
        may_lose_orders=message.may_lose_orders,
        box_price=price,
        **given,
    )


def _read_limits(new: messages.NewBoxSizes, found: Findings) -> dict[str, Any]:
    """Return what new sizes have to meet, by the names that wishes have for it; nothing where it is not given."""
    names = {"step_mm": "step_mm", "max_candidates": "candidates", "max_aspect": "max_aspect"}
    names |= {"min_layer_ratio": "pallet_share", "min_pieces": "min_pieces", "max_depth_ratio": "max_depth"}
    given = {own: getattr(new, name) for name, own in names.items() if new.HasField(name)}  # type: ignore[arg-type] # names of fields
    given |= {"board_ids": tuple(new.board_ids)} if new.board_ids else {}
    for name, own in (("min_inner", "smallest_mm"), ("max_inner", "largest_mm")):
        if new.HasField(name):  # type: ignore[arg-type] # the same
            edges: Any = getattr(new, name)
            given[own] = (edges.length_mm, edges.width_mm, edges.height_mm)
    if new.HasField("max_sheet"):
        given["max_sheet_mm"] = (new.max_sheet.length_mm, new.max_sheet.width_mm)
    if len(new.pallets) > MAX_PALLETS:
        found.add("new_sizes.pallets", f"must hold at most {MAX_PALLETS} pallets, got {len(new.pallets)}")
    elif new.pallets:
        given["pallets_mm"] = tuple((each.length_mm, each.width_mm) for each in new.pallets)
    return given


def _read_price(new: messages.NewBoxSizes, found: Findings) -> BoxPrice | None:
    """Return what new sizes cost; None where no price is given, or after noting what is wrong."""
    names = [name for name in ("price_per_box", "price_per_m2") if new.HasField(name)]
    if not names:
        return None
    prices = {name: read_rate(getattr(new, name), found, f"new_sizes.{name}") for name in names}
    currencies = {getattr(new, name).currency_code for name in names}
    if len(currencies) > 1:
        found.add("new_sizes.price_per_m2.currency_code", "must be that of price_per_box")
    if None in prices.values() or len(currencies) > 1:
        return None
    per_box, per_m2 = (float(prices.get(name) or 0) for name in ("price_per_box", "price_per_m2"))
    return found.at("", _PATHS).attempt(BoxPrice, currencies.pop(), per_box, per_m2)
