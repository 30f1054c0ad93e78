"""The whole check, top down."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boxwright import fuse
from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking.accounting import Judged, UnitAccount
from boxwright.checking.amounts import wrong_amounts
from boxwright.checking.bearing import overloaded
from boxwright.checking.carbon import wrong_carbon_price
from boxwright.checking.carrier import Carriage, true_gross_mg, true_size
from boxwright.checking.company import mixed_groups, over_caps, split_groups
from boxwright.checking.contacts import Contacts
from boxwright.checking.cushioning import wrong_cushioning
from boxwright.checking.derived_legs import wrong_legs
from boxwright.checking.dunnage import wrong_dunnage
from boxwright.checking.envelope import Envelope, read_envelopes
from boxwright.checking.footprints import wrong_footprints
from boxwright.checking.fragile_lines import with_fragility_rules
from boxwright.checking.inside import outside, overfilled
from boxwright.checking.lifting import Lifting
from boxwright.checking.mailer import not_in_mailer
from boxwright.checking.mass_parts import wrong_mass_parts
from boxwright.checking.masses import overweight, wrong_box, wrong_goods, wrong_packaging
from boxwright.checking.materials import wrong_materials
from boxwright.checking.overlap import overlaps
from boxwright.checking.own_container import wrong_own_container
from boxwright.checking.parts import parts
from boxwright.checking.sequence import blocked
from boxwright.checking.spaces import wrong_spaces
from boxwright.checking.stability import unstable
from boxwright.checking.started import moved
from boxwright.checking.strength import weak
from boxwright.checking.support import unsupported
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, Plan, PlanStatus
from boxwright.domain.policy import Policy
from boxwright.domain.started import StartedParcel

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

    Returns
    -------
    list of PlanViolation
        Every broken rule; empty for a good plan. docs/checking.md defines each.
    """
    order = with_fragility_rules(order, materials)
    premises = _Premises.of(plan, order, catalog, policy, lane, started_parcels, materials)
    account = UnitAccount(order)
    violations = list(_names(plan, order, catalog))
    violations += moved(plan, started_parcels)
    violations += _parcels(plan, account, premises)
    account.enter_unpacked(plan)
    account.close(plan, allow_partial=policy.allow_partial)
    violations += account.violations
    violations += split_groups(account, whole=True)
    violations += wrong_footprints(plan)
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

    Returns
    -------
    list of PlanViolation
        Every rule that the parcels break, one by one or together, ``parcel_index`` counting them.
    """
    order = with_fragility_rules(order, materials)
    plan = Plan(order.order_id, PlanStatus.PARTIAL, tuple(parcels), ship_date=ship_date)
    account = UnitAccount(order)
    violations = list(
        _parcels(plan, account, _Premises.of(plan, order, catalog, policy, lane, started_parcels, materials))
    )
    return [*violations, *account.violations, *split_groups(account, whole=False)]


@dataclass(frozen=True)
class _Premises:
    """What parcels are judged by."""

    catalog: Catalog
    policy: Policy
    lane: Lane | None
    legs: Sequence[Leg]
    started: Sequence[StartedParcel]
    materials: Materials | None
    carriage: Carriage | None
    lifting: Lifting

    @classmethod
    def of(
        cls,
        plan: Plan,
        order: Order,
        catalog: Catalog,
        policy: Policy,
        lane: Lane | None,
        started: Sequence[StartedParcel],
        materials: Materials | None,
    ) -> "_Premises":
        legs = (lane.legs if lane else ()) or [leg for leg in parts(plan.derived_legs) if isinstance(leg, Leg)]
        carriage, lifting = Carriage.of(plan, lane, materials), Lifting(order, policy, started, materials)
        return cls(catalog, policy, lane, legs, started, materials, carriage, lifting)


def _parcels(plan: Plan, account: UnitAccount, premises: _Premises) -> Iterator[PlanViolation]:
    """Yield what is wrong with the parcels of a plan, one by one and together, and enter their units."""
    policy, materials = premises.policy, premises.materials
    yield from _numbers(plan, premises)
    boxes = {}
    for index, parcel in enumerate(parts(plan.parcels)):
        fuse.look()
        if not isinstance(parcel, Parcel):
            yield PlanViolation(ViolationKind.MALFORMED, f"a parcel is {parcel!r:.80}", index)
            continue
        yield from _parcel(index, parcel, account.enter_parcel(index, parcel), premises)
        yield from wrong_carbon_price(index, parcel, policy)
        if policy.has_material_rules:
            yield from wrong_materials(index, parcel, policy, premises.lane, materials or load_materials())
        if parcel.ships_in_own_container is not True and (box := _box_type(premises.catalog, parcel.box_type_id)):
            boxes[index] = box
    yield from mixed_groups(account)
    yield from over_caps(account, policy, boxes)


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


def _numbers(plan: Plan, premises: _Premises) -> Iterator[PlanViolation]:
    """Yield whether there are more parcels than allowed, and more boxes than at hand."""
    policy, catalog = premises.policy, premises.catalog
    parcels = [parcel for parcel in parts(plan.parcels) if isinstance(parcel, Parcel)]
    if policy.max_parcels is not None and len(parcels) > policy.max_parcels:
        detail = f"{len(parcels)} parcels, at most {policy.max_parcels} allowed"
        yield PlanViolation(ViolationKind.TOO_MANY_PARCELS, detail)
    taken = [each.started_parcel_id for each in premises.started]
    used = Counter(
        parcel.box_type_id
        for parcel in parcels
        if isinstance(parcel.box_type_id, str) and parcel.started_parcel_id not in taken
    )
    for box_type_id, count in used.items():
        box = _box_type(catalog, box_type_id)
        if box is not None and box.available is not None and count > box.available:
            detail = f"{count} boxes of type {box_type_id!r}, {box.available} available"
            yield PlanViolation(ViolationKind.BOX_NOT_AVAILABLE, detail)


def _parcel(index: int, parcel: Parcel, judged: Judged, premises: _Premises) -> Iterator[PlanViolation]:
    catalog, policy, lane, materials = premises.catalog, premises.policy, premises.lane, premises.materials
    carriage = premises.carriage
    if not parts(parcel.placements):
        yield PlanViolation(ViolationKind.EMPTY_PARCEL, "holds no unit", index)
    envelopes, unreadable = read_envelopes(index, judged)
    yield from unreadable
    yield from wrong_goods(index, parcel, envelopes)
    yield from premises.lifting.violations(index, parcel, envelopes)
    if type(parcel.ships_in_own_container) is not bool:
        detail = f"ships_in_own_container is {parcel.ships_in_own_container!r:.80}"
        yield PlanViolation(ViolationKind.MALFORMED, detail, index)
    if parcel.ships_in_own_container is True:
        yield from wrong_own_container(index, parcel, envelopes)
        if envelopes:
            yield from overlaps(index, envelopes)
        if carriage is not None:
            yield from carriage.violations(index, parcel, envelopes, None)
        yield from _amounts(index, parcel, envelopes, None, premises)
        return
    yield from wrong_cushioning(index, parcel, envelopes, catalog, policy, lane, materials)
    box = _box_type(catalog, parcel.box_type_id)
    if box is None:
        detail = f"catalog {catalog.catalog_id!r} has no box type {parcel.box_type_id!r:.80}"
        yield PlanViolation(ViolationKind.UNKNOWN_BOX_TYPE, detail, index)
    else:
        yield from wrong_box(index, parcel, envelopes, box)
        yield from wrong_packaging(index, parcel, box)
        yield from wrong_dunnage(index, parcel, envelopes, box, catalog, policy, lane, materials)
        yield from overweight(index, parcel, envelopes, box)
        yield from weak(index, parcel, envelopes, box, policy, materials)
        yield from (not_in_mailer if box.flexible else outside)(index, envelopes, box, policy)
        yield from overfilled(index, envelopes, box, policy)
        yield from wrong_spaces(index, parcel, envelopes, box, materials)
        if carriage is not None:
            yield from carriage.violations(index, parcel, envelopes, box)
        yield from _amounts(index, parcel, envelopes, box, premises)
    if not envelopes:
        return
    yield from overlaps(index, envelopes)
    yield from blocked(index, envelopes)
    contacts = Contacts(envelopes)
    if policy.support_ratio > 0:
        yield from unsupported(index, envelopes, contacts, policy)
        yield from unstable(index, envelopes, contacts)
    if policy.load_bearing:
        yield from overloaded(index, envelopes, contacts)


def _amounts(
    index: int, parcel: Parcel, envelopes: Sequence[Envelope], box: BoxType | None, premises: _Premises
) -> Iterator[PlanViolation]:
    """Yield the amounts of the footprints that are not the parcel's; those of a parcel without readable units are."""
    if not envelopes:
        return
    carriage, materials = premises.carriage, premises.materials
    outer_um, gross_mg = true_size(envelopes, box), true_gross_mg(parcel, envelopes)
    billed_mg = None if carriage is None else carriage.billed_mg(outer_um, gross_mg)
    yield from wrong_amounts(index, parcel, envelopes, premises.legs, gross_mg, billed_mg, outer_um, materials)
    yield from wrong_mass_parts(index, parcel, box, premises.catalog, gross_mg, materials)


def _box_type(catalog: Catalog, box_type_id: object) -> BoxType | None:
    try:
        return catalog.box_type(box_type_id)  # type: ignore[arg-type] # a stranger may put anything here
    except (KeyError, TypeError):
        return None
