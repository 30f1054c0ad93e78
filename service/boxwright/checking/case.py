"""The data of the check: the plan's premises, its parcels, and their units in exact integers."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeGuard

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking.needs import Need, has_hard_goods, need_of
from boxwright.checking.reading import Reading, listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxStyle, BoxType, Catalog
from boxwright.domain.compartments import CARD_UM
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint, PackagingComponent, Reuse
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.material import Collection, Compostability, MaterialKind
from boxwright.domain.order import FragilityClass, Item, Order, Orientation
from boxwright.domain.plan import Parcel, Placement, Plan, StartedParcel
from boxwright.domain.policy import Policy
from boxwright.domain.protection import ProtectionRule
from boxwright.errors import InvalidInputError
from boxwright.lazy import cached_property
from boxwright.shipping import Biller, Pricer, biller_of, pricer_of
from boxwright.stop import NEVER, Stop
from boxwright.units import MG_PER_KG, UM_PER_MM

Size = tuple[int, int, int]
NOTHING = Need()
IN_THE_BOX = (Component.INNER_BOX, Component.CUSHIONING, Component.VOID_FILL, Component.BLOCKING)
ON_THE_BOX = (Component.TAPE, Component.LABEL)


@dataclass(frozen=True, slots=True)
class Inner:
    """The inner box in which a unit lies.

    ``goods`` is the line as ordered; ``carton`` is the line with the size and mass of the closed inner box. ``fault``
    is the reason why the box is wrong; empty if it is right.
    """

    goods: Item
    carton: Item
    box: BoxType
    fill_mg: int
    tape_mg: int
    fault: str


@dataclass(slots=True, eq=False)
class Envelope:
    """A unit with its half-gap, as it lies in a parcel, in um."""

    index: int  # from 0, among the envelopes of the parcel in pack sequence
    step: int  # from 1, in the stated pack sequence
    placement: Placement
    item: Item  # the line as ordered; for a unit in an inner box, with the size and mass of the box
    x0: int
    x1: int
    y0: int
    y1: int
    z0: int
    z1: int
    half_gap_um: int
    wall_margin_um: int = 0
    inner: Inner | None = None

    @property
    def goods(self) -> Item:
        """The line as ordered."""
        return self.item if self.inner is None else self.inner.goods

    @property
    def on_floor(self) -> bool:
        """Whether the unit stands on the floor, with its wall margin below it."""
        return self.z0 == self.wall_margin_um

    @property
    def unit(self) -> tuple[str, int]:
        """Line id and unit index."""
        return self.placement.line_id, self.placement.unit_index

    @property
    def centre_um(self) -> tuple[float, float]:
        """Centre in plan view, (x, y) in um: the point at which the unit's own mass acts."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def extents_um(self) -> Size:
        """Extent along each axis, in um."""
        return self.x1 - self.x0, self.y1 - self.y0, self.z1 - self.z0

    @property
    def base_um2(self) -> int:
        """Area in plan view, in square um."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    @property
    def volume_um3(self) -> int:
        """Volume in cubic um."""
        return self.base_um2 * (self.z1 - self.z0)

    def __str__(self) -> str:
        return f"{self.placement.line_id}#{self.placement.unit_index}"


def envelope_of(index: int, step: int, placement: Placement, item: Item, inner: Inner | None = None) -> Envelope:
    """Return the envelope of a placement, whose lengths must be integers."""
    (x, y, z), (length, width, height) = placement.corner_um, placement.extent_um
    spans = (x, x + length, y, y + width, z, z + height)
    return Envelope(index, step, placement, item, *spans, placement.half_gap_um, placement.wall_margin_um, inner)


@dataclass(frozen=True, eq=False)
class Premises:
    """All rules and data that the parcels of a plan are checked against."""

    plan: Plan  # gives the ship date and the derived legs, if the lane has none
    order: Order  # includes the rules that fragility adds to its lines
    catalog: Catalog
    policy: Policy
    lane: Lane | None
    started: Sequence[StartedParcel]
    given_materials: Materials | None  # None: the shipped materials, loaded when needed
    stop: Stop = NEVER
    packs: dict[str, dict[str, BoxType]] = field(default_factory=dict, init=False)  # cache: packs that take a line
    _readings: dict[int, Reading] = field(default_factory=dict, init=False)
    _needs: dict[str, Need] = field(default_factory=dict, init=False)
    _usable: dict[tuple[DunnageKind, str], list[Dunnage]] = field(default_factory=dict, init=False)

    @cached_property
    def materials(self) -> Materials:
        """The given materials, or those that the package ships."""
        return self.given_materials or load_materials()

    @cached_property
    def parcels(self) -> list[Parcel]:
        """The parcels of the plan that are of type ``Parcel``."""
        return [parcel for parcel in listed(self.plan.parcels) if isinstance(parcel, Parcel)]

    def box_type(self, name: object) -> BoxType | None:
        """Return a box type of the catalog, or None."""
        try:
            return self.catalog.box_type(name)  # type: ignore[arg-type] # a plan may name anything
        except (KeyError, TypeError):
            return None

    def slack_um(self, box: BoxType) -> int:
        """Return the slack along each inner edge of a box, in um."""
        soft, rigid = self._soft_and_rigid
        needed = bool(rigid) and (not soft or box.may_be_tight(rigid))
        return box.slack_um(self.policy.fit_clearance_um, needed=needed)

    @cached_property
    def _soft_and_rigid(self) -> tuple[list[Item], list[Item]]:
        """Soft goods, and rigid ones without a wall margin."""
        lines = self.order.lines
        soft = [line for line in lines if line.soft_goods is not None]
        return soft, [line for line in lines if line.soft_goods is None and not self.need(line).wall_margin_um]

    @cached_property
    def lay(self) -> set[tuple[str, int]]:
        """Ids of the units that lay in started parcels, where they must stay."""
        return {(unit.line_id, unit.unit_index) for given in self.started for unit in given.placements}

    @cached_property
    def legs(self) -> Sequence[Leg]:
        """The legs of the lane or, if it has none, of the plan; empty if unknown."""
        given = self.lane.legs if self.lane else ()
        return given or [leg for leg in listed(self.plan.legs) if isinstance(leg, Leg)]

    @cached_property
    def carriage(self) -> tuple[Biller, Pricer | None] | None:
        """The biller and pricer of the carrier service; None without a known service.

        They use the rules of the ship date of the lane or, if that is missing, of the plan, or else of today.
        """
        lane = self.lane
        if lane is None or not lane.carrier_service:
            return None
        day = lane.ship_date or self.plan.ship_date
        if not isinstance(day, dt.date):
            day = dt.date.today()
        try:
            biller = biller_of(lane.carrier_service, day, self.materials, lane.zone)
            return biller, pricer_of(lane.price_tables, biller, day, lane.zone) if lane.price_tables else None
        except InvalidInputError:
            return None

    def reading(self, footprint: Footprint) -> Reading:
        """Return a footprint of the plan as read; every footprint is read only once."""
        known = self._readings.get(id(footprint))
        if known is None:  # the reading holds the footprint, so that no other object gets its id
            known = self._readings[id(footprint)] = Reading(footprint, self.stop)
        return known

    @cached_property
    def _has_hard_goods(self) -> bool:
        return has_hard_goods(self.order, self.materials)

    def need(self, item: Item) -> Need:
        """Return the protection that a unit of a line needs."""
        if item.fragility is None and not item.article and not item.special_handling:
            return NOTHING  # materials need not be loaded
        known = self._needs.get(item.line_id)
        if known is None:
            service = self.lane.carrier_service if self.lane else ""
            try:
                profile = ""
                if self.foam is not None:
                    profile = self.materials.handling_profile(self.policy.handling_profile).profile
                known = need_of(item, self.materials, service, self.foam, profile, beside_hard=self._has_hard_goods)
            except InvalidInputError as error:  # the policy names unknown data
                known = Need(fault=str(error))
            self._needs[item.line_id] = known
        return known

    def is_card(self, item: Item) -> bool:
        """Whether a unit is so flat and light, and neither soft nor delicate, that any pack takes it."""
        most_mg = self.materials.protection_rules["card_mass"].value * MG_PER_KG
        flat = min(item.edges_um) <= CARD_UM and 0 < item.mass_mg <= most_mg
        return flat and item.soft_goods is None and not item.special_handling and self.need(item).mailer

    @cached_property
    def foam(self) -> Dunnage | None:
        """The foam of pads: the usable foam that a parcel states or, if none does, the first usable foam."""
        if self.policy.protection is not ProtectionRule.PHYSICS:
            return None
        parts = [part for parcel in self.parcels for part in listed(parcel.packaging) if readable(part)]
        return _stated_of(self.usable(DunnageKind.CUSHIONING, "has_curve"), parts)

    def usable(self, kind: DunnageKind, trait: str = "dunnage_id") -> list[Dunnage]:
        """Return the usable dunnage of a kind that has a trait, such as ``wraps``.

        The policy names the usable dunnage. If it names none, all dunnage of the catalog is usable whose material is
        allowed. Raises InvalidInputError if the policy names unknown dunnage.
        """
        known = self._usable.get((kind, trait))
        if known is None:
            cushioning = kind is DunnageKind.CUSHIONING
            names = self.policy.cushioning_ids if cushioning else (getattr(self.policy, f"{kind.value}_id"),)
            stocked = {dunnage.dunnage_id: dunnage for dunnage in reversed(self.catalog.dunnage)}
            named = [stocked.get(name) or self.materials.dunnage_of(name) for name in names if name not in ("", "none")]
            known = [dunnage for dunnage in named if getattr(dunnage, trait)]
            if not known and "none" not in names:
                known = [
                    dunnage
                    for dunnage in self.catalog.dunnage
                    if dunnage.kind is kind and getattr(dunnage, trait) and not self.unmet(dunnage.material_id)
                ]
            if not known and trait == "cushions":  # without a fill that cushions, any fill is usable
                known = self.usable(kind)
            self._usable[kind, trait] = known
        return known

    def unmet(self, material_id: object, trips: object = 1) -> list[str]:
        """Return the policy's rules on materials that packaging of a material, used for ``trips``, does not meet."""
        policy = self.policy
        if not policy.has_material_rules:
            return []
        rules = [*policy.material_requirements, *["min_recycled_content"] * (policy.min_recycled_content > 0)]
        excluded = [f"excluded_materials {name}" for name in policy.excluded_materials]
        facts = next((known for known in self.materials.materials if known.material_id == material_id), None)
        if facts is None:
            return [*rules, *excluded]
        country = self.lane.destination_country if self.lane else ""
        market = self.materials.market_of(country) if country else None
        streams = () if market is None else market.streams
        share, home = facts.recycled_content, facts.compostability is Compostability.HOME
        met = {
            "min_recycled_content": share is not None and share >= Decimal(repr(policy.min_recycled_content)),
            "plastic_free": not facts.plastic,
            "recyclable": facts.recycling_stream != "",
            "recyclable_at_destination": any(
                (stream.material_id, stream.collection) == (facts.material_id, Collection.COLLECTED)
                for stream in streams
            ),
            "compostable": home or facts.compostability is Compostability.INDUSTRIAL,
            "home_compostable": home,
            "reusable": facts.kind is MaterialKind.REUSABLE or (type(trips) is int and trips > 1),
        }
        unmet = [rule for rule in rules if not met.get(rule, False)]
        return [*unmet, *(rule for rule in excluded if rule == f"excluded_materials {material_id}")]


@dataclass(frozen=True, eq=False)
class ParcelCase:
    """A parcel, and the premises of its check."""

    index: int  # from 0, in the plan
    parcel: Parcel  # as the plan states it
    envelopes: list[Envelope]  # the readable units, in pack sequence
    box: BoxType | None  # from the catalog; None for an own container and for an unknown box type
    premises: Premises

    @property
    def own_container(self) -> bool:
        """Whether the parcel states that it ships in the unit's own container."""
        return self.parcel.ships_in_own_container is True

    @property
    def footprints(self) -> list[Reading]:
        """The stated footprints as read; ``wrong_footprints`` reports values of other types."""
        stated = listed(self.parcel.footprints)
        return [self.premises.reading(footprint) for footprint in stated if isinstance(footprint, Footprint)]

    @cached_property
    def packaging(self) -> list[PackagingComponent]:
        """The readable parts of the stated packaging; ``wrong_packaging`` reports the others."""
        return [part for part in listed(self.parcel.packaging) if readable(part)]

    @cached_property
    def _by_kind(self) -> Mapping[Component, list[PackagingComponent]]:
        found: dict[Component, list[PackagingComponent]] = {}
        for part in self.packaging:
            found.setdefault(part.component, []).append(part)
        return found

    def stated(self, *components: Component) -> list[PackagingComponent]:
        """Return the stated packaging of some kinds."""
        return [part for component in components for part in self._by_kind.get(component, ())]

    def stated_mg(self, *components: Component) -> int:
        """Return the mass of the stated packaging of some kinds, in mg."""
        return sum(part.mass_mg for part in self.stated(*components))

    def used(self, kind: DunnageKind, trait: str = "dunnage_id") -> Dunnage | None:
        """Return the usable dunnage of a kind that the parcel states; if it states none, the first usable dunnage."""
        usable = self.premises.usable(kind, trait)
        return _stated_of(usable, self.stated(Component(kind.value)) if len(usable) > 1 else ())

    @cached_property
    def goods_mg(self) -> int:
        """Mass of the goods as ordered, in mg."""
        return sum(unit.goods.mass_mg for unit in self.envelopes)

    @cached_property
    def held(self) -> tuple[list[Envelope], list[Envelope], int]:
        """Units of an open box that need blocking beside them, units that need it above and below too, and a gap.

        The gap, in um, is the widest that needs no blocking. Rigid units that are dense, or heavy individually, need
        blocking if they are heavy together. If they are not, dense and sturdy units need it that are much heavier than
        a delicate unit without a carton or inner box. If there are none, very heavy and dense units need it.
        """
        rules = self.premises.materials.blocking_rules
        gap_um = math.floor(UM_PER_MM * rules["least_gap"].value)
        dense_mg = rules["dense_mass"].value * MG_PER_KG

        def as_dense(units: Iterable[Envelope], rule: str) -> list[Envelope]:
            least = rules[rule].value  # g/cm3; 1 g/cm3 is 10^-9 mg per cubic um
            return [unit for unit in units if unit.goods.mass_mg * 10**9 >= least * math.prod(unit.goods.edges_um)]

        rigid = [unit for unit in self.envelopes if unit.goods.soft_goods is None and unit.inner is None]
        hard = as_dense(rigid, "hard_density")
        held = [unit for unit in rigid if unit.goods.mass_mg >= dense_mg or as_dense([unit], "hard_density")]
        if sum(unit.goods.mass_mg for unit in held) >= rules["least_mass"].value * MG_PER_KG:
            return held, as_dense(hard, "unit_density"), gap_um
        need, boxed = self.premises.need, FragilityClass.BOXED
        delicate = [unit for unit in self.envelopes if need(unit.item).heaviest_beside_mg is not None]
        bare = [
            unit.goods.mass_mg
            for unit in delicate
            if unit.goods.mass_mg and unit.inner is None and need(unit.item).fragility_class is not boxed
        ]
        sturdy = [unit for unit in hard if need(unit.item).fragility_class.sturdy]
        if bare:
            most_mg = rules["beside_fragile"].value * min(bare)
            most_mg = max(most_mg, rules["beside_fragile_mass"].value * MG_PER_KG)
            if beside := [unit for unit in sturdy if unit.goods.mass_mg > most_mg]:
                return beside, [], 0
        dense = [unit for unit in as_dense(sturdy, "unit_density") if unit.goods.mass_mg >= dense_mg]
        return dense, dense, gap_um

    @cached_property
    def goods_um3(self) -> list[int]:
        """Volume of the goods of each unit as placed, without half-gaps, in cubic um.

        The volume of soft goods is their unfolded area times the thickness of one layer.
        """
        volumes = []
        for unit in self.envelopes:
            length, width, height = unit.goods.edges_um
            soft, lies = unit.item.soft_goods, unit.placement
            if soft is not None and isinstance(lies.orientation, Orientation):
                self.premises.stop.look()
                if type(lies.folds) is int and 0 <= lies.folds <= soft.max_folds:
                    thickness = unturned(lies.orientation, unit.extents_um, unit.half_gap_um)[2]
                    volumes.append(math.floor(length * width * Fraction(thickness, 1 << lies.folds)))
                    continue
            volumes.append(length * width * height)
        return volumes

    @cached_property
    def inner_boxes(self) -> list[Inner]:
        """The inner boxes of the parcel's units."""
        return [unit.inner for unit in self.envelopes if unit.inner is not None]

    @cached_property
    def inner_tape_mg(self) -> int:
        """Mass of the tape on the inner boxes, in mg. A plan states it together with the tape of the parcel."""
        return sum(inner.tape_mg for inner in self.inner_boxes)

    @cached_property
    def net_mg(self) -> int:
        """Mass of the goods as ordered, plus inner boxes, their tape and dunnage as stated, in mg."""
        return self.goods_mg + self.stated_mg(*IN_THE_BOX) + self.inner_tape_mg

    @cached_property
    def gross_mg(self) -> int:
        """Mass of the closed parcel in mg: goods as ordered, box as in the catalog, all other parts as stated."""
        box_mg = self.stated_mg(Component.BOX) if self.box is None else self.box.tare_mg
        return self.net_mg + box_mg + self.stated_mg(*ON_THE_BOX) - self.inner_tape_mg

    @cached_property
    def content_um(self) -> Size:
        """The cuboid from the corner of the box that holds all units, in um."""
        units = self.envelopes
        return max(unit.x1 for unit in units), max(unit.y1 for unit in units), max(unit.z1 for unit in units)

    @cached_property
    def sizes_um(self) -> tuple[Size, Size]:
        """Inner and outer size in um: of the box, of the filled mailer, or of the unit in its own container.

        Inside, a mailer has the height of the goods, and its length and width are reduced by that height. Round soft
        goods alone it has the size of the goods. Outside, the sheet beside the goods runs straight to the seams at half
        height. Lengths are rounded up to a um, and seams and walls are added.
        """
        box = self.box
        if box is None:
            return (0, 0, 0), self.envelopes[0].extents_um if self.envelopes else (0, 0, 0)
        if not box.flexible or not self.envelopes:
            return box.inner_um, box.outer_um
        (x, y, z), (length, width, thickest) = self.content_um, box.inner_um
        seams = [outer - flat for outer, flat in zip(box.outer_um, box.inner_um, strict=True)]
        if box.style is BoxStyle.BOOK_WRAP:
            inner, outer = (length, width, z), (length, width, z)
        else:
            soft = all(unit.goods.soft_goods is not None for unit in self.envelopes)
            inner = (x, y, z) if soft and x + z <= length and y + z <= width else (length - z, width - z, z)
            outer = (_stretched(length, x, z), _stretched(width, y, z), z)
        if min(inner) <= 0 or z > thickest:
            inner = (0, 0, 0)
        return inner, (outer[0] + seams[0], outer[1] + seams[1], outer[2] + seams[2])

    @property
    def outer_um(self) -> Size:
        """Outer size in um."""
        return self.sizes_um[1]

    def broken(
        self,
        kind: ViolationKind,
        detail: str,
        unit: Envelope | None = None,
        step: int | None = None,
        other: Envelope | None = None,
    ) -> PlanViolation:
        """Return a violation of this parcel, with one or two units concerned."""
        line_id, unit_index = (None, None) if unit is None else unit.unit
        return PlanViolation(kind, detail, self.index, line_id, unit_index, step, None if other is None else other.unit)

    def each(self, kind: ViolationKind, details: Iterable[str]) -> list[PlanViolation]:
        """Return a violation of this parcel for each detail."""
        return [self.broken(kind, detail) for detail in details]


def readable(part: object) -> TypeGuard[PackagingComponent]:
    """Whether a value is packaging whose fields have the right types, with a mass of at least 0 and at least 1 trip."""
    return (
        isinstance(part, PackagingComponent)
        and isinstance(part.component, Component)
        and isinstance(part.material_id, str)
        and isinstance(part.dunnage_id, str)
        and {type(part.mass_mg), type(part.trim_mg), type(part.trips)} == {int}
        and part.mass_mg >= 0
        and part.trips > 0
        and (part.reuse is None or isinstance(part.reuse, Reuse))
    )


def unturned(orientation: Orientation, extents_um: Size, half_gap_um: int) -> Size:
    """Return length, width and thickness of the goods, from the extents of their envelope in an orientation."""
    at = {edge: axis for axis, edge in enumerate(orientation.value)}
    length, width, thickness = (extents_um[at[edge]] - 2 * half_gap_um for edge in "LWH")
    return length, width, thickness


def _stated_of(usable: Sequence[Dunnage], parts: Sequence[PackagingComponent]) -> Dunnage | None:
    """Return the first usable dunnage that a part states by id or by material, or else the first usable dunnage."""
    if len(usable) < 2:
        return usable[0] if usable else None
    stated = {(part.dunnage_id, part.material_id) for part in parts}
    named = (kind for kind in usable if stated & {(name, kind.material_id) for name in ("", kind.dunnage_id)})
    return next(named, usable[0])


def _stretched(flat: int, extent: int, height: int) -> int:
    """Return the extent of the goods plus both ends of the sheet, which rise to half of the height."""
    # sqrt(surplus^2 - height^2), rounded up, but no more than the surplus.
    most, target = max(flat - extent, 0), max((flat - extent) ** 2 - height**2, 0)
    reach = math.isqrt(target)
    return extent + min(reach + (reach * reach < target), most)
