"""The entry points of the check."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from boxwright.catalog.materials import Materials
from boxwright.checking import amounts, bills, footprints, packaging, places, protection, standing, strength
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.needs import with_fragility_rules
from boxwright.checking.ordered_units import UnitAccount, moved, read_units, wrong_groups
from boxwright.checking.reading import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, StartedParcel
from boxwright.domain.policy import Policy
from boxwright.stop import NEVER, Stop

DEFAULT_POLICY = Policy()


def check(
    plan: Plan,
    order: Order,
    catalog: Catalog,
    policy: Policy = DEFAULT_POLICY,
    *,
    lane: Lane | None = None,
    started_parcels: Sequence[StartedParcel] = (),
    materials: Materials | None = None,
    stop: Stop = NEVER,
) -> list[PlanViolation]:
    """Check a plan against order, catalog and policy. Nothing that the plan states about itself is trusted.

    Parameters
    ----------
    plan : Plan
        Any plan. All faults, even of type, are returned as violations and never raised.
    order : Order
        The order to be packed.
    catalog : Catalog
        Available box types and dunnage.
    policy : Policy, optional
        Rules for the plan. Default: the default of every field.
    lane : Lane, optional
        Route of the order. Limits, bills and prices of its carrier service are checked. Without a lane, no packaging is
        ``recyclable_at_destination``. Default none.
    started_parcels : sequence of StartedParcel, optional
        Parcels that were started before the plan. Default none.
    materials : Materials, optional
        Lifting profiles, fragility classes, drop heights, cushioning and facts about materials. Default: the shipped
        ones.
    stop : Stop, optional
        Ends the check with a SearchEndedError. Default: never.

    Returns
    -------
    list of PlanViolation
        Every broken rule; empty for a valid plan. docs/evidence/checking.md defines the rules.
    """
    order = with_fragility_rules(order, materials, stop)
    account = UnitAccount(order, stop)
    premises = Premises(plan, order, catalog, policy, lane, started_parcels, materials, stop)
    violations = [*_wrong_names(premises), *moved(premises), *_parcels(account, premises)]
    account.close(plan, allow_partial=policy.allow_partial)
    violations += [*account.violations, *wrong_groups(account, whole=True)]
    return [*violations, *footprints.wrong_footprints(plan, premises.reading, stop)]


def check_parcels(
    parcels: Sequence[Parcel],
    order: Order,
    catalog: Catalog,
    policy: Policy = DEFAULT_POLICY,
    *,
    lane: Lane | None = None,
    started_parcels: Sequence[StartedParcel] = (),
    materials: Materials | None = None,
    ship_date: dt.date | None = None,
    stop: Stop = NEVER,
) -> list[PlanViolation]:
    """Check some parcels of an order, without its other units.

    Parameters
    ----------
    parcels : sequence of Parcel
        Some or all parcels of the order.
    order, catalog, policy, lane, materials
        As for ``check``.
    started_parcels : sequence of StartedParcel, optional
        Parcels that were started before. Their boxes do not count against the stock, and their content is exempt from
        lifting limits. Moves of their content are not checked. Default none.
    ship_date : date, optional
        Day of the carrier's rules if the lane has none. Default today.
    stop : Stop, optional
        Ends the check with a SearchEndedError. Default: never.

    Returns
    -------
    list of PlanViolation
        Every rule that the parcels break, alone or together; ``parcel_index`` is the index into ``parcels``.
    """
    order = with_fragility_rules(order, materials, stop)
    plan = Plan(order.order_id, PlanStatus.PARTIAL, tuple(parcels), ship_date=ship_date)
    account = UnitAccount(order, stop)
    violations = list(_parcels(account, Premises(plan, order, catalog, policy, lane, started_parcels, materials, stop)))
    return [*violations, *account.violations, *wrong_groups(account, whole=False)]


def _wrong_names(premises: Premises) -> Iterator[PlanViolation]:
    """Yield wrong ids of order and catalog; a plan need not name its catalog."""
    plan, order, catalog = premises.plan, premises.order, premises.catalog
    if plan.order_id != order.order_id:
        detail = f"order_id must be {order.order_id!r}, got {plan.order_id!r:.80}"
        yield PlanViolation(ViolationKind.WRONG_ORDER, detail)
    for stated, true in (
        (plan.catalog_id, catalog.catalog_id),
        (plan.catalog_version, catalog.version if plan.catalog_version else ""),
        (plan.catalog_hash, catalog.content_hash if plan.catalog_hash else ""),
    ):
        if stated not in ("", true):
            yield PlanViolation(ViolationKind.WRONG_CATALOG, f"catalog must be {true!r}, got {stated!r:.80}")


def _parcels(account: UnitAccount, premises: Premises) -> Iterator[PlanViolation]:
    """Yield the violations of the parcels, alone and together, and enter their units in the account."""
    yield from _too_many(premises)
    cases = []
    for index, parcel in enumerate(listed(premises.plan.parcels)):
        premises.stop.look()
        if not isinstance(parcel, Parcel):
            yield PlanViolation(ViolationKind.MALFORMED, f"must be a parcel, got {parcel!r:.80}", index)
            continue
        box = None if parcel.ships_in_own_container is True else premises.box_type(parcel.box_type_id)
        cases.append(case := ParcelCase(index, parcel, [], box, premises))
        yield from read_units(case, account)
        yield from _parcel(case)
    yield from protection.mixed_inner_boxes(cases)


def _too_many(premises: Premises) -> Iterator[PlanViolation]:
    """Yield parcels above ``max_parcels`` and boxes above the stock."""
    parcels, most = premises.parcels, premises.policy.max_parcels
    if most is not None and len(parcels) > most:
        detail = f"the plan has {len(parcels)} parcels, max_parcels allows {most}"
        yield PlanViolation(ViolationKind.TOO_MANY_PARCELS, detail)
    started = [parcel.started_parcel_id for parcel in premises.started]
    units = (unit for parcel in parcels for unit in listed(parcel.placements) if isinstance(unit, Placement))
    named = [parcel.box_type_id for parcel in parcels if parcel.started_parcel_id not in started]
    used = Counter(name for name in (*named, *(unit.inner_box_type_id for unit in units)) if isinstance(name, str))
    for name, count in used.items():
        box = premises.box_type(name)
        if box is not None and box.available is not None and count > box.available:
            detail = f"the plan uses {count} boxes of type {name!r}, {box.available} are available"
            yield PlanViolation(ViolationKind.BOX_NOT_AVAILABLE, detail)


def _parcel(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the violations of a single parcel: stated figures, content and mass, then the positions of its units."""
    parcel, box = case.parcel, case.box
    if not listed(parcel.placements):
        yield case.broken(ViolationKind.EMPTY_PARCEL, "holds no unit")
    if type(parcel.ships_in_own_container) is not bool:
        detail = f"ships_in_own_container must be a bool, got {parcel.ships_in_own_container!r:.80}"
        yield case.broken(ViolationKind.MALFORMED, detail)
    yield from packaging.wrong_figures(case)
    yield from packaging.over_caps(case)
    yield from strength.wrong_lifting(case)
    yield from case.each(ViolationKind.WRONG_BILL, bills.wrong_carbon_price(case))
    yield from case.each(ViolationKind.WRONG_MATERIAL, packaging.wrong_materials(case))
    yield from case.each(ViolationKind.WRONG_PROTECTION, protection.wrong_protection(case))
    if case.own_container:
        yield from packaging.wrong_own_container(case)
    else:
        yield from protection.wrong_inner_boxes(case)
        yield from protection.wrong_cushioning(case)
        yield from protection.crushed(case)
    if box is not None:
        yield from case.each(ViolationKind.WRONG_PACKAGING, packaging.wrong_packaging(case, box))
        yield from case.each(ViolationKind.WRONG_PACKAGING, packaging.wrong_dunnage(case, box))
        yield from case.each(ViolationKind.WRONG_EMPTY_SPACES, places.wrong_spaces(case, box))
        yield from packaging.overweight(case, box)
        yield from strength.weak(case, box)
        yield from places.outside(case, box)
        yield from places.overfilled(case, box)
        yield from places.too_empty(case)
        yield from places.wrong_compartments(case, box)
        yield from protection.outside_pack(case, box)
    elif not case.own_container:
        detail = f"catalog {case.premises.catalog.catalog_id!r} has no box type {parcel.box_type_id!r:.80}"
        yield case.broken(ViolationKind.UNKNOWN_BOX_TYPE, detail)
    if not case.envelopes:
        return
    if case.own_container or box is not None:
        yield from bills.wrong_carriage(case)
        yield from amounts.wrong_amounts(case)
    yield from places.overlaps(case)
    yield from places.under_others(case)
    if case.own_container:
        return
    yield from places.blocked(case)
    if box is None or not box.compartments:  # in a compartment a unit stands alone on its floor
        yield from standing.unsteady(case)
