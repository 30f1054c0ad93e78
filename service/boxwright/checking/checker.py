"""The whole check, top down."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from boxwright.catalog.materials import Materials
from boxwright.checking.accounting import UnitAccount
from boxwright.checking.amounts import wrong_amounts
from boxwright.checking.bearing import overloaded
from boxwright.checking.carbon import wrong_carbon_price
from boxwright.checking.carrier import wrong_carriage
from boxwright.checking.case import ParcelCase, Premises
from boxwright.checking.compartments import wrong_compartments
from boxwright.checking.cushioning import wrong_cushioning
from boxwright.checking.derived_legs import wrong_legs
from boxwright.checking.dunnage import wrong_dunnage
from boxwright.checking.envelope import read_envelopes
from boxwright.checking.factors import wrong_factors
from boxwright.checking.footprints import wrong_footprints
from boxwright.checking.fragile_lines import with_fragility_rules
from boxwright.checking.groups import mixed_groups, over_caps, split_groups
from boxwright.checking.inner_boxes import inner_box_of, mixed_inner_boxes, wrong_inner_boxes
from boxwright.checking.inside import outside, overfilled
from boxwright.checking.lifting import wrong_lifting
from boxwright.checking.listed import listed
from boxwright.checking.mass_parts import wrong_mass_parts
from boxwright.checking.masses import overweight, wrong_box, wrong_goods, wrong_packaging
from boxwright.checking.materials import wrong_materials
from boxwright.checking.overlap import overlaps, under_others
from boxwright.checking.own_container import wrong_own_container
from boxwright.checking.packs import outside_pack
from boxwright.checking.plainly import plainly_right
from boxwright.checking.protection import crushed, wrong_protection
from boxwright.checking.sequence import blocked
from boxwright.checking.spaces import wrong_spaces
from boxwright.checking.stability import unstable
from boxwright.checking.started import moved
from boxwright.checking.strength import weak
from boxwright.checking.support import unsupported
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus
from boxwright.domain.policy import Policy
from boxwright.domain.started import StartedParcel
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
    """Judge a plan by the order, the catalog and the policy, and by nothing that it says about itself.

    Parameters
    ----------
    plan : Plan
        Anybody's plan, however wrong: what is wrong with it comes back as violations, never as an exception.
    order : Order
        What was to be packed.
    catalog : Catalog
        Box types and dunnage that were at hand.
    policy : Policy, optional
        What the plan must obey. Default: the default of every field.
    lane : Lane, optional
        Where the order goes: the requirement ``recyclable_at_destination`` is never met without it. The carrier
        service that it names has limits that bind, and bills and prices that are judged. Default none.
    started_parcels : sequence of StartedParcel, optional
        Parcels that were already started. Default none.
    materials : Materials, optional
        Lifting profiles, fragility classes, drop heights, cushioning and facts about materials. Default: the shipped
        ones.
    stop : Stop, optional
        Ends the check with a SearchEndedError. Default: nothing does.

    Returns
    -------
    list of PlanViolation
        Every broken rule; empty for a good plan. docs/checking.md defines each.
    """
    order = with_fragility_rules(order, materials, stop)
    account = UnitAccount(order, stop)
    violations = [*_names(plan, order, catalog), *moved(plan, started_parcels)]
    premises = Premises(plan, order, catalog, policy, lane, started_parcels, materials, stop)
    violations += _parcels(account, premises)
    account.enter_unpacked(plan)
    account.close(plan, allow_partial=policy.allow_partial)
    violations += account.violations
    violations += split_groups(account, whole=True)
    violations += wrong_footprints(plan, premises.readings)
    violations += wrong_legs(plan)
    return violations


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
    """Judge parcels of an order by themselves: whether its other units are anywhere is not asked.

    Parameters
    ----------
    parcels : sequence of Parcel
        Some of an order, or all.
    order, catalog, policy, lane, materials
        As for ``check``.
    started_parcels : sequence of StartedParcel, optional
        Parcels that were already started: their boxes are off the shelf, and what lies in them stays, however heavy.
        Whether they are finished, and whether anything in them has moved, is not asked. Default none.
    ship_date : date, optional
        Day of the carrier's rules where the lane has none. Default today.
    stop : Stop, optional
        As for ``check``.

    Returns
    -------
    list of PlanViolation
        Every rule that the parcels break, one by one or together, ``parcel_index`` counting them.
    """
    order = with_fragility_rules(order, materials, stop)
    plan = Plan(order.order_id, PlanStatus.PARTIAL, tuple(parcels), ship_date=ship_date)
    account = UnitAccount(order, stop)
    violations = list(_parcels(account, Premises(plan, order, catalog, policy, lane, started_parcels, materials, stop)))
    return [*violations, *account.violations, *split_groups(account, whole=False)]


def wrong_layout(
    placements: Sequence[Placement], box: BoxType, order: Order, catalog: Catalog, policy: Policy
) -> list[PlanViolation]:
    """Judge by geometry alone how units without fragility lie in an open, rigid box: what is stated besides is not.

    Parameters
    ----------
    placements : sequence of Placement
        In pack sequence.
    box, order, catalog, policy : BoxType, Order, Catalog, Policy
        What they are judged by.

    Returns
    -------
    list of PlanViolation
        Every rule that is broken: units as declared, inside, no overlap, support, stability and load at every step.
    """
    order = with_fragility_rules(order, None)
    if plainly_right(placements, box, order, policy):
        return []
    parcel, account = Parcel(box.box_type_id, tuple(placements)), UnitAccount(order)
    plan = Plan(order.order_id, PlanStatus.PARTIAL, (parcel,))
    envelopes, violations = read_envelopes(0, account.enter_parcel(0, parcel))
    case = ParcelCase(0, parcel, envelopes, box, Premises(plan, order, catalog, policy, None, (), None))
    found = [*account.violations, *violations, *outside(case, box), *overfilled(case, box), *overlaps(case)]
    return [*found, *blocked(case), *_unsteady(case)]


def _parcels(account: UnitAccount, premises: Premises) -> Iterator[PlanViolation]:
    """Yield what is wrong with the parcels of a plan, one by one and together, and enter their units."""
    yield from _numbers(premises)
    boxes = {}
    for index, parcel in enumerate(listed(premises.plan.parcels)):
        premises.stop.look()
        if not isinstance(parcel, Parcel):
            yield PlanViolation(ViolationKind.MALFORMED, f"a parcel is {parcel!r:.80}", index)
            continue
        own_container = parcel.ships_in_own_container is True
        inner_of = None if own_container else partial(inner_box_of, premises)
        envelopes, unreadable = read_envelopes(index, account.enter_parcel(index, parcel), inner_of, premises.stop)
        yield from unreadable
        box = None if own_container else _box_type(premises.catalog, parcel.box_type_id)
        if box is not None:
            boxes[index] = box
        yield from _parcel(ParcelCase(index, parcel, envelopes, box, premises), own_container=own_container)
    parcels = [each for each in listed(premises.plan.parcels) if isinstance(each, Parcel)]
    yield from mixed_inner_boxes(parcels, premises.stop)
    yield from mixed_groups(account)
    yield from over_caps(account, premises.policy, boxes)


def _names(plan: Plan, order: Order, catalog: Catalog) -> Iterator[PlanViolation]:
    """Yield what is wrong with the names of order and catalog. A plan may leave its catalog unnamed."""
    if plan.order_id != order.order_id:
        detail = f"names order {plan.order_id!r:.80}, not {order.order_id!r}"
        yield PlanViolation(ViolationKind.WRONG_ORDER, detail)
    for stated, true in (
        (plan.catalog_id, catalog.catalog_id),
        (plan.catalog_version, catalog.version if plan.catalog_version else ""),
        (plan.catalog_hash, catalog.content_hash if plan.catalog_hash else ""),
    ):
        if stated not in ("", true):
            detail = f"names catalog {stated!r:.80}, not {true!r}"
            yield PlanViolation(ViolationKind.WRONG_CATALOG, detail)


def _numbers(premises: Premises) -> Iterator[PlanViolation]:
    """Yield whether there are more parcels than allowed, and more boxes than at hand."""
    policy, catalog = premises.policy, premises.catalog
    parcels = [parcel for parcel in listed(premises.plan.parcels) if isinstance(parcel, Parcel)]
    if policy.max_parcels is not None and len(parcels) > policy.max_parcels:
        detail = f"{len(parcels)} parcels, at most {policy.max_parcels} allowed"
        yield PlanViolation(ViolationKind.TOO_MANY_PARCELS, detail)
    taken = [each.started_parcel_id for each in premises.started]
    used = Counter(
        parcel.box_type_id
        for parcel in parcels
        if isinstance(parcel.box_type_id, str) and parcel.started_parcel_id not in taken
    )
    units = (each for parcel in parcels for each in listed(parcel.placements) if isinstance(each, Placement))
    used.update(each.inner_box_type_id for each in units if isinstance(each.inner_box_type_id, str))
    for box_type_id, count in used.items():
        box = _box_type(catalog, box_type_id)
        if box is not None and box.available is not None and count > box.available:
            detail = f"{count} boxes of type {box_type_id!r}, {box.available} available"
            yield PlanViolation(ViolationKind.BOX_NOT_AVAILABLE, detail)


ANY_PARCEL = (wrong_goods, wrong_lifting, wrong_carbon_price, wrong_materials, wrong_protection)
"""Rules of every parcel."""
IN_A_BOX = (
    wrong_box,
    wrong_packaging,
    wrong_dunnage,
    overweight,
    weak,
    outside,
    overfilled,
    wrong_compartments,
    outside_pack,
    wrong_spaces,
)
"""Rules of a parcel in a box that the catalog has."""
OF_ITS_SIZE = (wrong_carriage, wrong_amounts, wrong_factors, wrong_mass_parts)
"""Rules of a parcel whose outer size is known: one with readable units."""


def _parcel(case: ParcelCase, *, own_container: bool) -> Iterator[PlanViolation]:
    """Yield what is wrong with a parcel by itself."""
    parcel = case.parcel
    if not listed(parcel.placements):
        yield case.broken(ViolationKind.EMPTY_PARCEL, "holds no unit")
    if type(parcel.ships_in_own_container) is not bool:
        detail = f"ships_in_own_container is {parcel.ships_in_own_container!r:.80}"
        yield case.broken(ViolationKind.MALFORMED, detail)
    for rule in ANY_PARCEL:
        yield from rule(case)
    if own_container:
        yield from wrong_own_container(case)
    else:
        yield from wrong_inner_boxes(case)
        yield from wrong_cushioning(case)
        yield from crushed(case)
        if case.box is None:
            detail = f"catalog {case.premises.catalog.catalog_id!r} has no box type {parcel.box_type_id!r:.80}"
            yield case.broken(ViolationKind.UNKNOWN_BOX_TYPE, detail)
        else:
            for of_box in IN_A_BOX:
                yield from of_box(case, case.box)
    if not case.envelopes:
        return
    if own_container or case.box is not None:
        for rule in OF_ITS_SIZE:
            yield from rule(case)
    yield from overlaps(case)
    yield from under_others(case)
    if own_container:
        return
    yield from blocked(case)
    if case.box is not None and case.box.compartments:
        return  # each unit stands on the floor of its own, and nothing on it
    yield from _unsteady(case)


def _unsteady(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield which units lie on too little, tilt, or bear too much."""
    if case.premises.policy.support_ratio > 0:
        yield from unsupported(case)
        yield from unstable(case)
    if case.premises.policy.load_bearing:
        yield from overloaded(case)


def _box_type(catalog: Catalog, box_type_id: object) -> BoxType | None:
    try:
        return catalog.box_type(box_type_id)  # type: ignore[arg-type] # a stranger may put anything here
    except (KeyError, TypeError):
        return None
