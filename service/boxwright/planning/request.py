"""Everything on which a plan depends, with names looked up: dunnage, profiles, carrier, date."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import HandlingProfile, LiftingProfile
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import AccountingProfile
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane
from boxwright.domain.order import FragilityClass, Item, Order
from boxwright.domain.plan import Plan, StartedParcel
from boxwright.domain.policy import Policy, SolvingMode
from boxwright.errors import missing_extra
from boxwright.findings import Findings
from boxwright.footprint import lane_rules
from boxwright.lazy import cached_property
from boxwright.packing.solver import installed as solver_installed
from boxwright.planning.parts.expansion import Expansion, lowest_edge_um
from boxwright.planning.parts.packs import Packs
from boxwright.planning.parts.spaces import Closure, closures_with
from boxwright.planning.rules.box_limits import limited, usable
from boxwright.planning.rules.chosen_dunnage import chosen_dunnage
from boxwright.planning.rules.inner_boxes import Refusal, inner_box, with_inner_boxes
from boxwright.planning.rules.material_policy import MaterialPolicy, material_policy
from boxwright.planning.rules.order_rules import check_order, objective_rules
from boxwright.planning.task import Task
from boxwright.protection import Care, InnerBox, care_of, has_hard_goods, unreached, with_class_rules
from boxwright.routing import derive
from boxwright.shipping import Biller, Pricer, biller_of, pricer_of
from boxwright.stop import NEVER, Stop

DEFAULT_PROFILES = ("uk-desnz", "us-epa")


@dataclass(frozen=True)
class Request:
    """An order and everything on which its plan depends.

    Attributes
    ----------
    order, catalog, policy, materials
        As given; lines of the order have the rules of their fragility classes added.
    lane : Lane or None
        As given, with derived legs if it asks for them.
    profiles : tuple of AccountingProfile
        Profiles of the footprints.
    box_types : tuple of BoxType
        Box types that may be used, by ``BoxType.tie_order``.
    void_fill, cushion_fill : Dunnage or None
        The void fill of parcels, and of those whose units need one that cushions; the same if no unit does.
    cushionings : tuple of Dunnage
        Wraps for fragile units, one in a parcel, in the order of the policy.
    pads : Dunnage or None
        The foam of pads, under protection ``physics``.
    tape, label, blocking : Dunnage or None
        Tape and label of every parcel, and blocking for spaces that fill alone does not hold.
    ship_date : datetime.date or None
        Selects the carrier rule; None if the lane states none and no carrier bills.
    handling, lifting : HandlingProfile, LiftingProfile
        Drops for which pads are computed; mass limit of parcels of several units, and marks by mass.
    as_given : Order
        The order before the rules of fragility classes were added.
    material_policy : MaterialPolicy
        The material rules of the policy.
    biller, pricer : Biller, Pricer or None
        Bills by the carrier rule, and prices by the price table in force.
    started, known : tuple of StartedParcel, tuple of Plan
        Started parcels; known plans, which are candidates for the answer.
    mass_rules, left_out : mapping of str to str
        By box type: the rule that sets a gross limit below the catalog's; the reason why a box type that is available
        and meets the material rules may not be used.
    inner_boxes, no_inner_box : mapping of str to InnerBox, mapping of str to (UnpackedReason, str)
        By line id: the inner box of each unit; the reason why a line that needs one has none and is not packed.
    for_packs : frozenset of str
        Ids of very fragile lines that go into packs made for them, and into no other box.
    lower_steps, stop
        As in the task.
    """

    order: Order
    catalog: Catalog
    policy: Policy
    lane: Lane | None
    materials: Materials
    profiles: tuple[AccountingProfile, ...]
    box_types: tuple[BoxType, ...]
    void_fill: Dunnage | None
    cushion_fill: Dunnage | None
    cushionings: tuple[Dunnage, ...]
    pads: Dunnage | None
    tape: Dunnage | None
    ship_date: datetime.date | None
    handling: HandlingProfile
    lifting: LiftingProfile
    as_given: Order
    material_policy: MaterialPolicy
    biller: Biller | None = None
    pricer: Pricer | None = None
    started: tuple[StartedParcel, ...] = ()
    known: tuple[Plan, ...] = ()
    mass_rules: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    inner_boxes: Mapping[str, InnerBox] = field(default_factory=dict)
    no_inner_box: Mapping[str, Refusal] = field(default_factory=dict)
    for_packs: frozenset[str] = frozenset()
    label: Dunnage | None = None
    blocking: Dunnage | None = None
    lower_steps: bool = True
    stop: Stop = NEVER

    def box_type(self, box_type_id: str) -> BoxType:
        """Return a box type of the catalog with the gross limit that applies to this order; KeyError if unknown."""
        lowest_um = 0 if self.biller is None else lowest_edge_um(self.order)
        return limited(self.catalog.box_type(box_type_id), self.policy, self.materials, self.biller, lowest_um)[0]

    @cached_property
    def placed(self) -> Order:
        """The order as placed, in which very fragile goods have size and mass of their inner boxes."""
        known = self.inner_boxes
        lines = (known[line.line_id].placed if line.line_id in known else line for line in self.order.lines)
        return dataclasses.replace(self.order, lines=tuple(lines)) if known else self.order

    @cached_property
    def _rigid(self) -> list[Item]:
        """The lines of rigid goods that keep no margin to the walls."""
        return [
            line
            for line in self.order.lines
            if line.soft_goods is None and not (line.care_field and self.care(line).wall_margin_um)
        ]

    @cached_property
    def _presses(self) -> bool:
        return any(line.soft_goods is not None for line in self.order.lines)

    def slack_um(self, box: BoxType) -> int:
        """Return the fit clearance along each inner edge of a box, in um; see ``BoxType.may_be_tight``."""
        needed = bool(self._rigid) and (not self._presses or box.may_be_tight(self._rigid))
        return box.slack_um(self.policy.fit_clearance_um, needed=needed)

    @cached_property
    def holds_very_fragile(self) -> bool:
        """Whether the order has very fragile goods, whose inner boxes or packs are chosen before the search."""
        cares = (self.care(line) for line in self.order.lines if line.care_field)
        return any(care.fragility_class is FragilityClass.VERY_FRAGILE for care in cares)

    @property
    def expansion(self) -> Expansion:
        """The units of ``placed``."""
        return Expansion.of(self.placed, self.inner_boxes, self.stop)

    def in_inner_boxes(self, stated: Mapping[str, str]) -> Request:
        """Return the request with stated inner boxes: box type by line id."""
        known, data = {}, (self.policy, self.materials, self.cushion_fill, self.tape)
        for line in self.order.lines:
            if line.line_id in stated:
                box = self.catalog.box_type(stated[line.line_id])
                known[line.line_id] = inner_box(line, box, self.care(line).inner_gap_um, *data)
        inner = {line_id: inner_box for line_id, inner_box in known.items() if inner_box is not None}
        return dataclasses.replace(self, inner_boxes=inner, no_inner_box={})

    def care(self, line: Item) -> Care:
        """Return the protection of the units of a line by the practice rule, on this lane."""
        carrier = self.lane.carrier_service if self.lane else ""
        return care_of(line, self.materials, carrier, beside_hard=self._has_hard_goods)

    @cached_property
    def _has_hard_goods(self) -> bool:
        return has_hard_goods(self.order, self.materials)

    @cached_property
    def dunnage(self) -> tuple[Dunnage, ...]:
        """All dunnage that parcels may have, without repeats."""
        fills, closing = (self.void_fill, self.cushion_fill), (self.blocking, self.tape, self.label, self.pads)
        return tuple(piece for piece in dict.fromkeys((*fills, *closing, *self.cushionings)) if piece is not None)

    @cached_property
    def densest_fill(self) -> Dunnage | None:
        """The denser of the void fills that parcels of this order can have."""
        fills = [fill for fill in (self.void_fill, self.cushion_fill) if fill is not None]
        return max(fills, key=lambda fill: fill.density_kg_per_m3 or 0, default=None)

    @cached_property
    def closures(self) -> Callable[[BoxType], Closure]:
        """A function from a box type to its closure, shared by requests with the same dunnage."""
        dunnage = self.tape, self.label, self.densest_fill, self.blocking
        return closures_with(self.materials.tape_rule(self.policy.tape_rule), *dunnage, self.policy.void_fill_share)

    @cached_property
    def with_all_boxes(self) -> Request | None:
        """The request with box types out of stock or excluded by carrier or policy as well; None if there are none."""
        gone = [box for box in self.catalog.box_types if box.available == 0]
        meeting = self.material_policy.meeting(gone)
        boxes, rules, _ = usable(meeting, self.order, self.policy, self.materials, self.biller)
        if not boxes and not self.left_out:
            return None
        every = (*boxes, *map(self.catalog.box_type, self.left_out), *self.box_types)
        found = tuple(sorted(every, key=lambda box: box.tie_order))
        return dataclasses.replace(self, box_types=found, mass_rules={**rules, **self.mass_rules}, started=(), known=())

    @cached_property
    def basis_profile(self) -> AccountingProfile:
        """The profile that the objective ``emissions`` compares by."""
        basis = self.policy.emissions_basis
        return self.materials.profile(basis.profile_id) if basis and basis.profile_id else self.profiles[0]

    @property
    def basis_allocation(self) -> Allocation:
        """The allocation of transport that emissions are compared by."""
        basis = self.policy.emissions_basis
        return basis.allocation if basis else Allocation.MASS

    @classmethod
    def resolve(cls, task: Task) -> Request:
        """Return the request of a task; raise InvalidInputError with every unknown name and unmet requirement."""
        order, catalog, policy, materials = task.order, task.catalog, task.policy, task.materials
        found = Findings(stop=task.stop)
        if policy.mode is SolvingMode.THOROUGH and not solver_installed():
            with found:
                raise missing_extra("policy.mode", "mode thorough needs OR-Tools", "solver")
        rules = material_policy(policy, task.lane, materials, found)
        # Whether boxes meet the material rules is examined only if all names are known.
        meeting = [] if found else rules.meeting(catalog.at_hand)
        dunnage = chosen_dunnage(order, catalog, rules, None if found else meeting, found)
        handling = found.field("policy.handling_profile").attempt(materials.handling_profile, policy.handling_profile)
        lifting = found.field("policy.lifting_profile").attempt(materials.lifting_profile, policy.lifting_profile)
        check_order(order, policy, materials, found)
        chosen = _chosen_profiles(task.profiles, policy, materials, found)
        basis, lane = policy.emissions_basis, task.lane
        by_volume = basis is not None and basis.allocation is Allocation.VOLUME_SHARE
        lane = lane and (found.attempt(derive, lane, materials) or lane)
        found.extend(lane_rules(lane, chosen, materials, by_volume=by_volume))
        lane = dataclasses.replace(lane, include_volume_share=True) if lane and by_volume else lane
        ship_date, biller, pricer = _billing(lane, materials, found)
        if policy.max_empty_space_ratio is not None and task.started_parcels:
            found.add("policy.max_empty_space_ratio", "must be absent if parcels are already started")
        found.extend(unreached(policy.stacking, materials) if policy.stacking else ())
        found.extend(objective_rules(policy, lane, catalog, chosen))
        found.raise_any()
        assert handling is not None  # None is a finding, and findings were raised above
        assert lifting is not None
        boxes, mass_rules, left_out = usable(meeting, order, policy, materials, biller)
        request = cls(
            *(with_class_rules(order, materials, task.stop), catalog, policy, lane, materials, chosen, boxes),
            ship_date=ship_date,
            biller=biller,
            pricer=pricer,
            handling=handling,
            lifting=lifting,
            as_given=order,
            material_policy=rules,
            started=tuple(task.started_parcels),
            known=tuple(task.known_plans),
            mass_rules=mass_rules,
            left_out=left_out,
            lower_steps=task.lower_steps,
            stop=task.stop,
            **dunnage,
        )
        if not request.holds_very_fragile:
            return request
        return with_inner_boxes(request, Packs(request, request.expansion).for_very_fragile())


def _chosen_profiles(
    names: Sequence[str] | None, policy: Policy, materials: Materials, found: Findings
) -> tuple[AccountingProfile, ...]:
    """Return the accounting profiles, named or default, with the profile by which emissions are compared."""
    names = DEFAULT_PROFILES if names is None else (names,) if isinstance(names, str) else tuple(names)
    chosen: list[AccountingProfile] = []
    for index, name in enumerate(names):
        profile = found.field(f"profiles[{index}]").attempt(materials.profile, name)
        if profile in chosen:
            found.add(f"profiles[{index}]", f"must be unique, {profile.profile_id!r} is repeated")
        chosen += [] if profile is None else [profile]
    basis = policy.emissions_basis
    if basis is not None and basis.profile_id:
        named = found.field("policy.emissions_basis.profile_id").attempt(materials.profile, basis.profile_id)
        chosen += [] if named is None or named in chosen else [named]
    return tuple(chosen)


def _billing(
    lane: Lane | None, materials: Materials, found: Findings
) -> tuple[datetime.date | None, Biller | None, Pricer | None]:
    """Return ship date, biller and pricer of a lane; the last two are None without a carrier service."""
    if lane is None or not lane.carrier_service:
        return (lane.ship_date if lane else None), None, None
    day = lane.ship_date or datetime.date.today()
    at = found.at("lane", lambda field: "zone" if field == "zone" else "carrier_service")
    biller = at.attempt(biller_of, lane.carrier_service, day, materials, lane.zone)
    if biller is None or not lane.price_tables:
        return day, biller, None
    return day, biller, found.at("lane").attempt(pricer_of, lane.price_tables, biller, day, lane.zone)
