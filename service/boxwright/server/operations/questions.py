"""Reads requests for operations: before they are stored, and again in the process that runs them."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from boxwright.contract.enums import OBJECTIVE as OF_PLANS
from boxwright.contract.enums import EnumCodec
from boxwright.contract.lane import read_lane
from boxwright.contract.message import Codec
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
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.named import check_vehicles, read_catalog_source, read_profiles
from boxwright.server.answers.pack_request import basis_first
from boxwright.server.stored.plan_record import clear_texts, cut_postal_codes
from boxwright.stop import NEVER, Stop
from boxwright.v1 import evaluation_service_pb2 as messages
from boxwright.v1 import packing_service_pb2, policy_pb2

MAX_ORDERS, MAX_CATALOGS, MAX_SIZE_COUNTS, MAX_PALLETS = 20_000, 20, 20, 20
"""Maximum number of entries in a request, as the contract says."""

SETTLED = ("objectives", "allow_partial", "max_parcels", "max_effort", "engine", "prefer_reusable")
"""Policy fields that a design sets itself."""

OBJECTIVE = EnumCodec(messages.DesignObjective.DESCRIPTOR, DesignObjective)
NEW_SIZES = Codec(
    messages.NewBoxSizes,
    Wishes,
    max_candidates="candidates",
    min_layer_ratio="pallet_share",
    max_depth_ratio="max_depth",
)
WISHES = Codec(
    messages.DesignCatalogRequest,
    Wishes,
    inside={"new_sizes": NEW_SIZES},
    size_counts="sizes",
    locked_box_type_ids="lock",
    judged_ratio="judged_share",
    sample_orders="sample",
)

_PATHS = {
    "smallest_mm": "new_sizes.min_inner",
    "largest_mm": "new_sizes.max_inner",
    "max_sheet_mm": "new_sizes.max_sheet",
    "pallets_mm": "new_sizes.pallets",
    "box_price": "new_sizes.price_per_box",
    "per_piece_minor": "new_sizes.price_per_box",
    "per_m2_minor": "new_sizes.price_per_m2",
    "currency": "new_sizes.price_per_box.currency_code",
}
"""Request paths of fields without a codec."""

Request = TypeVar("Request", messages.EvaluateCatalogsRequest, messages.DesignCatalogRequest)


class EvaluationJob(NamedTuple):
    """An evaluation to run. ``loaded`` says for each catalog whether the server has it under its name."""

    orders: tuple[Order, ...]
    catalogs: tuple[Catalog, ...]
    loaded: tuple[bool, ...]
    policy: Policy
    lane: Lane | None
    profiles: tuple[str, ...]


class DesignJob(NamedTuple):
    """A design to run: arguments of ``boxwright.design.design``."""

    orders: tuple[Order, ...]
    wishes: Wishes
    policy: Policy
    lane: Lane | None
    profiles: tuple[str, ...]
    today: Catalog | None
    keep: Catalog | None
    also: tuple[Catalog, ...]
    dunnage: Catalog | None


def read_evaluation(
    message: messages.EvaluateCatalogsRequest, dataset: Dataset, today: datetime.date, stop: Stop = NEVER
) -> EvaluationJob:
    """Return the evaluation that a request describes.

    Raises InvalidInputError or one of its subclasses, with every finding.
    """
    found = Findings(stop=stop)
    orders = _read_orders(message.orders, dataset, found)
    if not 1 <= len(message.catalogs) <= MAX_CATALOGS:
        found.add("catalogs", f"must hold 1 to {MAX_CATALOGS} catalogs, got {len(message.catalogs)}")
    chosen: dict[str, tuple[Catalog, bool]] = {}
    for index, choice in enumerate(message.catalogs[:MAX_CATALOGS]):
        at = found.at(f"catalogs[{index}]")
        catalog, loaded = _read_catalog(choice, dataset, at)
        if catalog is not None:
            if catalog.catalog_id in chosen:
                at.add("", f"must be unique, catalog {catalog.catalog_id!r} is repeated")
            chosen[catalog.catalog_id] = catalog, loaded
    catalogs = tuple(catalog for catalog, _ in chosen.values())
    policy, lane, profiles = _read_terms(message, message.policy, catalogs, dataset, today, found)
    found.raise_any()
    assert policy is not None  # otherwise a finding was raised above
    _check_orders(orders, policy, dataset, found)
    if not message.policy.objectives:
        policy = policy.with_objectives(*default_objectives(catalogs, lane))
    for catalog in catalogs:  # notes options that are wrong for every order
        if found.attempt(footprint_bases, catalog, policy, lane, profiles) is None:
            break
    found.raise_any()
    return EvaluationJob(orders, catalogs, tuple(loaded for _, loaded in chosen.values()), policy, lane, profiles)


def read_design(
    message: messages.DesignCatalogRequest, dataset: Dataset, today: datetime.date, stop: Stop = NEVER
) -> DesignJob:
    """Return the design that a request describes.

    Raises InvalidInputError or one of its subclasses, with every finding.
    """
    found = Findings(stop=stop)
    orders = _read_orders(message.orders, dataset, found)
    present, kept, dunnage = (
        _read_catalog(getattr(message, name), dataset, found.at(name))[0] if message.HasField(name) else None
        for name in ("today", "keep", "dunnage")
    )
    if len(message.also) > MAX_CATALOGS:
        found.add("also", f"must hold at most {MAX_CATALOGS} catalogs, got {len(message.also)}")
    others = [
        _read_catalog(choice, dataset, found.at(f"also[{index}]"))[0]
        for index, choice in enumerate(message.also[:MAX_CATALOGS])
    ]
    also = tuple(catalog for catalog in others if catalog is not None)
    for field, _ in message.policy.ListFields():
        if field.name in SETTLED:
            rule = "must be absent, since a design packs each order into one parcel and optimizes `objective`"
            found.add(f"policy.{field.name}", rule)
    stocking = (present, kept) if dunnage is None else (dunnage,)
    stocked = [catalog for catalog in stocking if catalog is not None]
    wishes, rules = _read_wishes(message, found), policy_pb2.Policy()
    rules.CopyFrom(message.policy)
    rules.objectives[:] = [] if wishes is None else [OF_PLANS.to_wire(wishes.objective.of_plans)]
    policy, lane, profiles = _read_terms(message, rules, stocked, dataset, today, found)
    found.raise_any()
    assert policy is not None  # otherwise a finding was raised above
    assert wishes is not None
    _check_orders(orders, policy, dataset, found)
    stock = found.at("", _path).attempt(
        Stock.of, wishes, dataset.materials, today=present, keep=kept, also=also, dunnage=dunnage
    )
    if stock is not None and stock.existing:
        found.attempt(footprint_bases, stock.catalog("any", stock.existing), policy, lane, profiles)
    found.raise_any()
    return DesignJob(orders, wishes, policy, lane, profiles, present, kept, also, dunnage)


def settled(message: Request, lane: Lane | None) -> Request:
    """Return the request in stored form: with its ship date settled, and without descriptions and ids."""
    kept = type(message)()
    kept.CopyFrom(message)
    kept.DiscardUnknownFields()  # fields of a later contract may hold private text
    kept.ClearField("request_id")
    for index, order in enumerate(kept.orders.inline_orders.orders):
        order.order_id = str(index)
        clear_texts(order.lines)
    if lane is not None and lane.ship_date is not None:
        kept.lane.ship_date.CopyFrom(date_to_wire(lane.ship_date))
        cut_postal_codes(kept.lane)
    return kept


def _read_orders(source: messages.OrderSource, dataset: Dataset, found: Findings) -> tuple[Order, ...]:
    sent = source.inline_orders.orders
    at = found.at("orders.inline_orders")
    if not sent:
        at.add("orders", "must hold at least one order")
    if len(sent) > MAX_ORDERS:
        at.limit("orders", f"must hold at most {MAX_ORDERS:,} orders, got {len(sent):,}")
        return ()
    most = dataset.settings.max_units_per_order
    read = [read_order(order, at.at(f"orders[{index}]"), most) for index, order in enumerate(sent)]
    return tuple(order for order in read if order is not None)


def _check_orders(orders: Sequence[Order], policy: Policy, dataset: Dataset, found: Findings) -> None:
    """Note orders that the data or the policy refuse, since they would fail the operation later."""
    for index, order in enumerate(orders):
        check_order(order, policy, dataset.materials, found.at(f"orders.inline_orders.orders[{index}]"))


def _read_catalog(choice: messages.CatalogChoice, dataset: Dataset, found: Findings) -> tuple[Catalog | None, bool]:
    """Return a catalog, and whether the server has loaded it under its name."""
    which = choice.WhichOneof("catalog_source")
    if which is None or (which == "catalog" and not choice.catalog):
        found.add("catalog", "is required unless inline_catalog is set")
        return None, False
    source: dict[str, Any] = {which: getattr(choice, which)}
    read = read_catalog_source(packing_service_pb2.PackRequest(**source), dataset, found)
    return (None, False) if read is None else (read.at_hand, read.loaded)


def _read_terms(
    message: Any,
    rules: policy_pb2.Policy,
    catalogs: Sequence[Catalog],
    dataset: Dataset,
    today: datetime.date,
    found: Findings,
) -> tuple[Policy | None, Lane | None, tuple[str, ...]]:
    """Return the policy, lane and profiles for all orders. Every catalog must have the policy's dunnage."""
    policy = read_policy(rules, catalogs[0] if catalogs else None, found.at("policy"))
    for catalog in catalogs[1:] if policy is not None else ():
        read_policy(rules, catalog, found.at("policy"))
    profiles = read_profiles(message.accounting_profiles, dataset, found)
    lane = read_lane(message.lane, dataset.materials, today, found.at("lane"))
    if lane is not None:
        check_vehicles(lane, profiles, dataset, found.at("lane"))
    return policy, lane, basis_first(policy, profiles, dataset, found)


def _read_wishes(message: messages.DesignCatalogRequest, found: Findings) -> Wishes | None:
    new, given, before = message.new_sizes, dict[str, Any](), len(found)
    for name, count, most in (
        ("size_counts", len(message.size_counts), MAX_SIZE_COUNTS),
        ("new_sizes.pallets", len(new.pallets), MAX_PALLETS),
    ):
        if count > most:
            found.add(name, f"must hold at most {most}, got {count}")
    for name, own in (("min_inner", "smallest_mm"), ("max_inner", "largest_mm")):
        if new.HasField(name):  # type: ignore[arg-type] # a name of a field
            edges = getattr(new, name)
            given[own] = (edges.length_mm, edges.width_mm, edges.height_mm)
    if new.HasField("max_sheet"):
        given["max_sheet_mm"] = (new.max_sheet.length_mm, new.max_sheet.width_mm)
    if new.pallets:
        given["pallets_mm"] = tuple((pallet.length_mm, pallet.width_mm) for pallet in new.pallets)
    given["box_price"] = _read_price(new, found)
    wishes: Wishes | None = WISHES.make(found, before, WISHES.attributes(message, found, **given), _path)
    return wishes


def _path(field: str) -> str:
    """Return the request path of a path in wishes."""
    head, _, rest = field.partition("[")
    return f"{_PATHS[head]}[{rest}" if rest and head in _PATHS else _PATHS.get(field) or WISHES.path(field)


def _read_price(new: messages.NewBoxSizes, found: Findings) -> BoxPrice | None:
    """Return the price of new sizes; None if none is given, or after noting its faults."""
    names = [name for name in ("price_per_box", "price_per_m2") if new.HasField(name)]
    prices = {name: read_rate(getattr(new, name), found, f"new_sizes.{name}") for name in names}
    currencies = {getattr(new, name).currency_code for name in names}
    if len(currencies) > 1:
        found.add("new_sizes.price_per_m2.currency_code", "must equal that of price_per_box")
    if None in prices.values() or len(currencies) != 1:
        return None
    per_box, per_m2 = (float(prices.get(name) or 0) for name in ("price_per_box", "price_per_m2"))
    return found.at("", _path).attempt(BoxPrice, currencies.pop(), per_box, per_m2)
