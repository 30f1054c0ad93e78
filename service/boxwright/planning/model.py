"""The ``ParcelModel`` of one order: what a candidate weighs, costs and emits, and what its box allows."""

import dataclasses
import math
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from boxwright import fuse
from boxwright.domain.box import BoxType
from boxwright.domain.box_component import box_component
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.emissions_basis import UnverifiedFactorRule
from boxwright.domain.factor import AccountingProfile, Component
from boxwright.domain.footprint import Allocation, Footprint, PackagingComponent
from boxwright.domain.mailer import Cuboid, inside_at
from boxwright.domain.material import MaterialKind
from boxwright.domain.order import ALL_ORIENTATIONS, Item
from boxwright.domain.own_container import OwnContainer, shipped_orientation
from boxwright.domain.policy import COSTS, Objective
from boxwright.errors import MissingFactorError
from boxwright.footprint import PartData, Tally, cautious, data_of_box, data_of_dunnage, estimate
from boxwright.packing.problem import Ints, Rules, Space, Units
from boxwright.planning.admission import admission_of
from boxwright.planning.blocking import Blocking
from boxwright.planning.box_facts import BY_SIZE, empty_space, price_by_size
from boxwright.planning.closed import ClosedSize, closed_size, least_size
from boxwright.planning.cushioned import Wrappings, least_of, limited
from boxwright.planning.expansion import Expansion
from boxwright.planning.fillings import filled_heights_um, lowest_um
from boxwright.planning.lifting import for_several, lifting_words, most_of_several_mg
from boxwright.planning.request import Request
from boxwright.planning.shapes import lowest_shape_um, shapes_of
from boxwright.protection import (
    bearing_limits,
    cushion_mg,
    cushion_refusal,
    has_stress_range,
    label_mg,
    tape_mg,
    void_fill_mg,
)
from boxwright.selection.model import Fillings, PackedBox, Price, Shapes
from boxwright.shipping import Billed, Biller, least_billed, refusing_limit
from boxwright.units import to_mg, to_um

REUSABLE = MaterialKind.REUSABLE
ROUNDING_MG = 2
"""Kept of a mass limit where void fill is weighed unit by unit: more than its rounding to mg can come to."""


MG_PER_TONNE = 1_000_000_000


class OrderModel:
    """Rules and prices of the candidates of one order; see ``selection.model.ParcelModel``.

    Parameters
    ----------
    request : Request
        What was asked, resolved.
    expansion : Expansion
        Its units; members are indices into them.
    cushioning : Dunnage, optional
        The one that protects fragile units in every parcel. Default: any that the request allows; of several this is
        then a relaxation, and ``variants`` are the models to pack by.

    Attributes
    ----------
    cushioning : Dunnage or None
        What protects fragile units; of several the first.
    cushioning_id : str
        Its id if it was chosen among several, else empty.
    """

    def __init__(self, request: Request, expansion: Expansion, cushioning: Dunnage | None = None) -> None:
        self.request = request
        self.expansion = expansion
        self.cushioning_id = "" if cushioning is None else cushioning.dunnage_id
        self.cushioning = cushioning or next(iter(request.cushionings), None)
        self._wrappings = Wrappings(request, expansion, self.cushioning)
        policy = request.policy
        self.rules = Rules(policy.support_millionths, policy.load_bearing or self._stress_limited)
        self._objectives = policy.ranking
        by_mass = {Objective.PACKAGING_MASS, Objective.CHARGEABLE_WEIGHT, Objective.SHIPPING_COST, Objective.EMISSIONS}
        dunnage_priced = any(each.price_per_kg_minor is not None for each in request.catalog.dunnage)
        self._by_mass = (
            not by_mass.isdisjoint(policy.objectives)
            or policy.carbon_price_per_tonne_minor is not None
            or (Objective.PACKAGING_COST in policy.objectives and dunnage_priced)
        )
        self._by_size = BY_SIZE.issuperset(self._objectives) and not self._by_mass
        self._clearance_um = to_um(policy.fit_clearance_mm)
        self._tape_by_box: dict[str, int] = {}
        self._single_use_boxes: dict[str, bool] = {}
        self._lower_bounds: dict[str, tuple[BoxType, Price]] = {}
        self._most_of_several_mg = most_of_several_mg(request.lifting)
        self._for_several: dict[str, tuple[BoxType, BoxType]] = {}
        admission = admission_of(expansion, policy, request.catalog.box_types)
        if admission.own.any():
            own = [may and self.as_it_is(np.array([member])) is not None for member, may in enumerate(admission.own)]
            admission = dataclasses.replace(admission, own=np.array(own, dtype=np.bool_))
        self.admission = admission

    @cached_property
    def _variants(self) -> tuple["OrderModel", ...]:
        if self.cushioning_id or not self._fragile or len(self.request.cushionings) < 2:
            return (self,)
        return tuple(OrderModel(self.request, self.expansion, each) for each in self.request.cushionings)

    def variants(self, members: Ints | None = None) -> tuple["OrderModel", ...]:
        """See ``ParcelModel.variants``; of no members in particular, of all."""
        if len(self._variants) > 1 and members is not None and not self._any_fragile(members):
            return self._variants[:1]
        return self._variants

    def variant(self, cushioning_id: str) -> "OrderModel":
        """Return the model with a cushioning; without a name the first."""
        return next((each for each in self._variants if each.cushioning_id == cushioning_id), self._variants[0])

    def cushioning_of(self, members: Ints) -> str:
        """Return the id of what protects the fragile units among some; empty where there are none."""
        return self.cushioning.dunnage_id if self.cushioning and self._fragile and self._any_fragile(members) else ""

    def as_it_is(self, members: Ints) -> PackedBox | None:
        """See ``ParcelModel.as_it_is``. Without a box there is no clearance, no cushioning and no dunnage."""
        line, _ = self.expansion.units[int(members[0])]
        if len(members) > 1 or not line.ships_in_own_container:
            return None
        orientation = shipped_orientation(line)
        extents = orientation.rotate(*line.edges_um)
        if self.biller is not None and refusing_limit(extents, line.mass_mg, self.biller.rule) is not None:
            return None
        box = OwnContainer.of_size(extents)
        return PackedBox(
            box,
            members,
            np.array([ALL_ORIENTATIONS.index(orientation)], dtype=np.int64),
            np.array([(0, 0, 0, *extents)], dtype=np.int64),
            self._price(box, closed_size(box, None), tuple, self.goods_mg(members)),
        )

    def candidates(self) -> tuple[BoxType, ...]:
        """See ``ParcelModel.candidates``."""
        return self.request.box_types

    @cached_property
    def restocked(self) -> "OrderModel | None":
        """The model of the box types that are out of stock and else could be used; None where there are none."""
        request = self.request.restocked
        return None if request is None else OrderModel(request, self.expansion)

    @cached_property
    def monotone(self) -> bool:
        """See ``ParcelModel.monotone``: not where cushioning grows with lightness, or void fill outweighs goods."""
        fill = self.request.void_fill
        if self._fragile:
            return False
        if fill is None or all(self.for_several(box).max_load_mg is None for box in self.candidates()):
            return True
        units = self.expansion.arrays
        return all(
            void_fill_mg(volume, self.request.policy.void_fill_share, fill) + ROUNDING_MG <= mass
            for volume, mass in zip(units.volumes_um3, units.mass_mg.tolist(), strict=True)
        )

    @cached_property
    def _fragile(self) -> bool:
        return bool(self._wrappings.fragile.any())

    def _any_fragile(self, members: Ints) -> bool:
        return bool(self._wrappings.fragile[members].any())

    @cached_property
    def _stress_limited(self) -> bool:
        """Whether static stress binds: the cushioning's range is known for sure."""
        cushioning = self.cushioning
        return self._fragile and cushioning is not None and cushioning.verified and has_stress_range(cushioning)

    def unprotected(self, members: Ints, company: Ints | None = None) -> str | None:
        """See ``ParcelModel.unprotected``; in company of others, all of whom the parcel then holds."""
        if not self._fragile or self.cushioning is None or not self.cushioning.verified:
            return None
        goods_mg = self.goods_mg(members if company is None else company)
        lines = {id(line): line for line, _ in (self.expansion.units[member] for member in members.tolist())}
        rules = (self._refusal(line, goods_mg) for line in lines.values())
        return next((rule for rule in rules if rule is not None), None)

    def _refusal(self, line: Item, goods_mg: int) -> str | None:
        fuse.look()
        if self.cushioning is None:
            return None
        request = self.request
        return cushion_refusal(line, goods_mg, self.cushioning, request.materials, request.handling.profile)

    def goods_mg(self, members: Ints) -> int:
        """Mass of the goods of some units, in mg."""
        return int(self.expansion.arrays.mass_mg[members].sum())

    def cushions_um(self, members: Ints, goods_mg: int) -> list[int]:
        """Thickness of cushioning of each unit, in um, in a parcel whose goods weigh ``goods_mg``."""
        if not self._fragile:
            return [0] * len(members)
        thickness: list[int] = self._wrappings.at(goods_mg).cushions_um[members].tolist()
        return thickness

    def protect(self, members: Ints, *, any_subset: bool = False) -> Units:
        """See ``ParcelModel.protect``. A lighter parcel falls from higher, so an empty one needs most cushioning."""
        base = self.expansion.arrays
        units = base if len(members) == len(base) else base.take(members)
        if not self._fragile:
            return units
        if len(self._variants) > 1:
            return least_of([each.protect(members, any_subset=any_subset) for each in self._variants])
        goods_mg = 0 if any_subset else self.goods_mg(members)
        wrapping = self._wrappings.at(goods_mg)
        thickness = wrapping.cushions_um[members]
        cushioned = dataclasses.replace(
            units,
            edges_um=units.edges_um + 2 * thickness[:, np.newaxis],
            cushioning_mg=wrapping.masses_mg[members].astype(np.float64),
        )
        if self.cushioning is None or not self.cushioning.verified:
            return cushioned
        lines = [self.expansion.units[member][0] for member in members.tolist()]
        different = {id(line): line for line in lines}.values()
        refused = {id(line): self._refusal(line, goods_mg) is not None for line in different}
        cushioned_ids = {id(line) for line, cushion in zip(lines, thickness.tolist(), strict=True) if cushion}
        limits = {
            id(line): bearing_limits(line, self.cushioning)
            for line in different
            if self._stress_limited and id(line) in cushioned_ids
        }
        return limited(
            cushioned,
            [refused[id(line)] for line in lines],
            [limits.get(id(line)) for line in lines],
            bearing=self.request.policy.load_bearing,
        )

    @cached_property
    def protected(self) -> Units:
        """All units as ``protect`` returns them: with as little cushioning as in any company."""
        return self.protect(np.arange(len(self.expansion.units)))

    @cached_property
    def _folds(self) -> bool:
        return any(line.soft is not None and line.soft.max_folds > 0 for line, _ in self.expansion.units)

    def shapes(self, members: Ints, units: Units) -> Shapes:
        """See ``ParcelModel.shapes``."""
        return shapes_of(self.expansion, members, units) if self._folds else Shapes((units,), every=True)

    def for_several(self, box: BoxType) -> BoxType:
        """See ``ParcelModel.for_several``: by the lifting profile, where all units together could pass its limit."""
        most = self._most_of_several_mg
        if most is None:
            return box
        known = self._for_several.get(box.box_type_id)
        if known is None or known[0] is not box:
            limited = for_several(box, self.request.lifting) if self._heaviest_mg(box) > most else box
            known = self._for_several[box.box_type_id] = box, limited
        return known[1]

    def _heaviest_mg(self, box: BoxType) -> int:
        """Return what no parcel of this box type outweighs, in mg: with all units, and full of dunnage besides."""
        inside = box.inner_volume_um3
        dunnage = self._void_fill_mg(box, inside) + self.blocking.mass_mg(inside, inside)
        return self._goods_and_cushions_mg + box.tare_mg + self._tape_mg(box) + self._label_mg + dunnage

    @cached_property
    def _goods_and_cushions_mg(self) -> int:
        everything = np.arange(len(self.expansion.units))
        thickest = self._wrappings.at(0).masses_mg.sum() if self._fragile else 0
        return self.goods_mg(everything) + int(thickest)

    def _bound(self, box: BoxType, *, several: bool) -> tuple[BoxType, str]:
        """Return a box type with the weight limits that bind, and the rule that sets its gross limit."""
        rule = self.request.mass_rules.get(box.box_type_id, "")
        if not several or (limited := self.for_several(box)) is box:
            return box, rule
        return limited, lifting_words(self.request.lifting)

    def space(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Space:
        """See ``ParcelModel.space``. Where it is open which units go in, each displaces void fill."""
        box, rule = self._bound(box, several=several)
        space = self._empty_space(box, rule)
        if box.flexible:
            lowest = lowest_um(units, whole=whole)
            length, width, height = space.edges_um
            return dataclasses.replace(space, edges_um=(max(length - lowest, 0), max(width - lowest, 0), height))
        fill = self.request.void_fill
        if box.max_load_mg is None or fill is None:
            return space
        empty = box.inner_volume_um3 - (units.volume_um3 if whole else 0)
        limit = space.mass_limit_mg - self._void_fill_mg(box, empty)
        displaced = 0.0
        if not whole:
            limit -= ROUNDING_MG
            displaced = float(void_fill_mg(empty, self.request.policy.void_fill_share, fill) / empty)
        return Space(space.edges_um, limit, space.volume_limit_um3, displaced, space.mass_rule)

    def _empty_space(self, box: BoxType, rule: str = "") -> Space:
        closing_mg = self._tape_mg(box) + self._label_mg
        return empty_space(box, self._clearance_um, self.request.policy.fill_millionths, closing_mg, rule)

    def fillings(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Fillings:
        """See ``ParcelModel.fillings``."""
        usable = self._empty_space(box).edges_um
        heights, every = filled_heights_um(units, usable, whole=whole)
        enclosing = self.space(box, units, whole=whole, several=several)
        spaces = [dataclasses.replace(enclosing, edges_um=inside_at(usable, height)) for height in heights]
        return Fillings(tuple(spaces), every)

    def lower_bound(self, box: BoxType) -> Price:
        """See ``ParcelModel.lower_bound``: the box with nothing in it and nothing beside it."""
        known = self._lower_bounds.get(box.box_type_id)
        if known is None or known[0] is not box:
            known = self._lower_bounds[box.box_type_id] = box, self._least_price(box)
        return known[1]

    def _least_price(self, box: BoxType) -> Price:
        bare = self._bare_packaging(box)
        tare = sum(part.mass_mg for part in bare)
        everything = np.arange(len(self.expansion.units))
        size = self._least_size(box, everything, self.expansion.arrays, whole=False)
        return self._price(box, size, lambda: bare, tare, least=True)

    def price(
        self,
        box: BoxType,
        members: Ints,
        extents_um: Cuboid | None = None,
        corners_um: Ints | None = None,
        *,
        least: bool = False,
    ) -> Price:
        """See ``ParcelModel.price``; of several cushionings, a price that none undercuts."""
        fuse.look()
        if self._by_size and not box.flexible:
            return price_by_size(box, self._objectives)
        if len(self._variants) > 1:
            return min(each.price(box, members, extents_um, corners_um, least=least) for each in self._variants)
        if box.flexible and extents_um is None:
            units = self.protect(members)
            shapes = self.shapes(members, units)
            several = self.admission.several(members)
            fillings = [self.fillings(box, shape, whole=True, several=several) for shape in shapes.units]
            spaces = [space for each in fillings for space in each.spaces]
            if spaces and shapes.every and all(each.every for each in fillings):
                return min(self.price(box, members, space.edges_um, least=True) for space in spaces)
            size, least = self._least_size(box, members, units, whole=True), True
        else:
            size = closed_size(box, extents_um)
        if not self._by_mass:
            return self._price(box, size, tuple, 0)
        packaging = self.packaging(box, members, corners_um)
        gross = self.goods_mg(members) + sum(part.mass_mg for part in packaging)
        least = least and box.flexible
        if corners_um is None and self.blocking.possible(box, members):
            # Blocking takes the place of fill, may cost and emit less than it, and weighs no less.
            packaging = tuple(part for part in packaging if part.component is not Component.VOID_FILL)
            least = True
        return self._price(box, size, lambda: packaging, gross, least=least)

    def _least_size(self, box: BoxType, members: Ints, units: Units, *, whole: bool) -> ClosedSize:
        """Return a size that no parcel of the units in this type undercuts, in inner volume or any outer edge."""
        if not box.flexible:
            return closed_size(box, None)
        return least_size(box, lowest_shape_um(self.expansion, members, units, whole=whole))

    def _price(
        self,
        box: BoxType,
        size: ClosedSize,
        packaging: Callable[[], tuple[PackagingComponent, ...]],
        gross_mg: int,
        *,
        least: bool = False,
    ) -> Price:
        """Return the price of a parcel; with ``least`` one that none so large and heavy or more so undercuts."""
        parts = []
        billed = self._billed(box, size, gross_mg, least=least)
        for objective in self._objectives:
            if objective is Objective.PARCEL_COUNT:
                parts.append(1)
            elif objective is Objective.INNER_VOLUME:
                parts.append(size.inner_volume_um3)
            elif objective is Objective.OUTER_VOLUME:
                parts.append(math.prod(size.outer_um))
            elif objective is Objective.PACKAGING_MASS:
                parts.append(sum(part.mass_mg for part in packaging()))
            elif objective is Objective.SINGLE_USE_PARCELS:
                parts.append(int(self._single_use(box)))
            elif objective is Objective.CHARGEABLE_WEIGHT:
                parts.append(billed.chargeable_mg if billed else 0)
            elif objective in COSTS:
                cost = self._box_price(box) + sum(map(self._dunnage_price, packaging()))
                cost += self._carbon_minor(size.outer_um, packaging(), gross_mg, billed)
                if objective is Objective.SHIPPING_COST and billed and self.request.pricer:
                    pricer = self.request.pricer
                    cost += pricer.least_minor(billed) if least else pricer.price_minor(billed)
                parts.append(cost)
            else:
                parts.append(self._emissions_mg(size.outer_um, packaging(), gross_mg, billed))
        return tuple(parts)

    def _dunnage_price(self, part: PackagingComponent) -> int:
        """Price of a piece of dunnage in minor units; 0 for the box, and where it is unknown."""
        return self.request.catalog.dunnage_cost_minor(part.dunnage_id, part.mass_mg)

    def _billed(self, box: BoxType, size: ClosedSize, gross_mg: int, *, least: bool) -> Billed | None:
        """What the carrier bills where an objective asks for it; with ``least`` at least."""
        if self.biller is None or not self._by_mass:
            return None
        if least:
            return least_billed(self.biller, size.outer_um, gross_mg, size_fixed=not box.flexible)
        return self.biller.weigh(size.outer_um, gross_mg)

    def _carbon_minor(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Price of a parcel's grams by the policy's price of a tonne, in minor units: rounded once, halves up."""
        price = self.request.policy.carbon_price_per_tonne_minor
        if not price:
            return 0
        return (2 * self._emissions_mg(outer_um, packaging, gross_mg, billed) * price + MG_PER_TONNE) // (
            2 * MG_PER_TONNE
        )

    def carbon_minor(self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int) -> int | None:
        """Return what a parcel's grams add to objectives in money, in minor units; None without a carbon price."""
        if self.request.policy.carbon_price_per_tonne_minor is None:
            return None
        billed = self.biller.weigh(outer_um, gross_mg) if self.biller else None
        return self._carbon_minor(outer_um, packaging, gross_mg, billed)

    def _box_price(self, box: BoxType) -> int:
        """Price of a box at the quantity that the catalog's owner buys, in minor units; 0 without a box."""
        return self.request.catalog.price_minor(box) or 0

    def _single_use(self, box: BoxType) -> bool:
        """Whether a box is made for one use; a unit in its own container has none."""
        if isinstance(box, OwnContainer):
            return False
        known = self._single_use_boxes.get(box.box_type_id)
        if known is None:
            reusable = {each.material_id for each in self.request.materials.materials if each.kind is REUSABLE}
            known = box.trips == 1 and box.material_id not in reusable
            self._single_use_boxes[box.box_type_id] = known
        return known

    def _emissions_mg(
        self, outer_um: Cuboid, packaging: tuple[PackagingComponent, ...], gross_mg: int, billed: Billed | None
    ) -> int:
        """Grams by the policy's basis, unverified factors as its rule says; in mg CO2e.

        Raises
        ------
        MissingFactorError
            If a line has no factor and the policy does not accept incomplete totals.
        """
        bare = None if billed is None or self.biller is None else self.biller.bare(billed)
        total, complete = self._tally.total(packaging, gross_mg, bare, math.prod(outer_um))
        if not complete and not self.request.policy.accept_incomplete_footprint:
            request = self.request
            basis = self._choosing_profile, request.basis_allocation, request.materials
            footprint = estimate(packaging, gross_mg, bare, request.lane, *basis, math.prod(outer_um))
            raise MissingFactorError(footprint.profile_id, footprint.missing)
        return total

    @cached_property
    def _tally(self) -> Tally:
        request = self.request
        return Tally(request.lane, self._choosing_profile, request.basis_allocation, request.materials)

    @cached_property
    def _choosing_profile(self) -> AccountingProfile:
        profile = self.request.basis_profile
        central = self.request.policy.unverified_factor_rule is UnverifiedFactorRule.CENTRAL
        return profile if central else cautious(profile)

    def sales_packaging(self, members: Ints) -> tuple[PackagingComponent, ...]:
        """Return what the sales packaging of some units is made of, where lines say so; part of the goods' mass.

        It is the same in every plan of an order, so that no choice depends on it.
        """
        masses: dict[str, int] = {}
        for member in members.tolist():
            inside = self.expansion.units[member][0].sales_packaging
            for each in () if inside is None else inside.materials:
                masses[each.material_id] = masses.get(each.material_id, 0) + to_mg(each.mass_g)
        return tuple(PackagingComponent(Component.SALES_PACKAGING, name, masses[name]) for name in sorted(masses))

    def footprint(
        self,
        outer_um: Cuboid,
        packaging: tuple[PackagingComponent, ...],
        gross_mg: int,
        profile: int,
        allocation: Allocation,
        data: Sequence[PartData] = (),
    ) -> Footprint:
        """Return the footprint of a parcel under one of the request's profiles, by number."""
        request = self.request
        return estimate(
            packaging,
            gross_mg,
            self.chargeable(outer_um, gross_mg),
            request.lane,
            request.profiles[profile],
            allocation,
            request.materials,
            math.prod(outer_um),
            data,
        )

    def mass_data(self, box: BoxType, packaging: Sequence[PackagingComponent]) -> tuple[PartData, ...]:
        """Return what the mass of each part of a parcel's packaging stands on."""
        request = self.request
        beside = (request.void_fill, request.blocking, request.tape, request.label, *request.cushionings)
        dunnage = {each.dunnage_id: each for each in beside if each is not None}
        return tuple(
            data_of_box(box, request.materials)
            if part.component is Component.BOX
            else data_of_dunnage(dunnage[part.dunnage_id], request.materials)
            for part in packaging
        )

    @property
    def biller(self) -> Biller | None:
        """What bills parcels on this lane on the ship date; None without a carrier service."""
        return self.request.biller

    def chargeable(self, outer_um: Cuboid, gross_mg: int) -> ChargeableWeight | None:
        """Return what the lane's carrier service bills for a parcel of this outer size; None without a service."""
        return None if self.biller is None else self.biller.bill(outer_um, gross_mg)

    @cached_property
    def blocking(self) -> Blocking:
        """The rule on blocking, over the units of this order."""
        return Blocking(self.request, self.expansion.arrays.mass_mg)

    def packaging(self, box: BoxType, members: Ints, corners_um: Ints | None = None) -> tuple[PackagingComponent, ...]:
        """Return all that a parcel of these units is packed with; blocking only where their corners are known."""
        wrapping = self._wrappings.at(self.goods_mg(members))
        envelopes_um3 = sum(wrapping.envelopes_um3[member] for member in members.tolist())
        cushioned = wrapping.cushions_um[members].any()
        cushioning_mg = int(wrapping.masses_mg[members].sum()) if cushioned else None
        return self._packaging(box, members, envelopes_um3, cushioning_mg, corners_um)

    def packaging_of(
        self,
        box: BoxType,
        members: Ints,
        goods_um3: list[int],
        cushions_um: list[int],
        corners_um: Ints | None = None,
    ) -> tuple[PackagingComponent, ...]:
        """Return the packaging of a parcel whose goods take as much and whose cushioning is as thick, per unit."""
        mass, envelopes = 0, 0
        for member, volume, thickness in zip(members.tolist(), goods_um3, cushions_um, strict=True):
            line, padding = self.expansion.units[member][0], 2 * thickness
            length, width, height = line.edges_um
            cushioned = (length + padding) * (width + padding) * (height + padding)
            envelopes += cushioned if thickness else volume
            if thickness and self.cushioning is not None:
                mass += cushion_mg(line, thickness, self.cushioning)
        return self._packaging(box, members, envelopes, mass if any(cushions_um) else None, corners_um)

    def _packaging(
        self, box: BoxType, members: Ints, envelopes_um3: int, cushioning_mg: int | None, corners_um: Ints | None
    ) -> tuple[PackagingComponent, ...]:
        parts = [self._box_part(box)]
        cushioning = self.cushioning
        if cushioning is not None and cushioning_mg is not None:
            parts.append(
                PackagingComponent(
                    Component.CUSHIONING, cushioning.material_id, cushioning_mg, dunnage_id=cushioning.dunnage_id
                )
            )
        empty = box.inner_volume_um3 - envelopes_um3
        blocked = 0
        if corners_um is not None and self.blocking.possible(box, members):
            blocked = self.blocking.spaces_um3(box, members, corners_um)
            bound, _ = self._bound(box, several=self.admission.several(members))
            limit = bound.load_limit_mg(self._tape_mg(box) + self._label_mg)
            envelopes_mg = self.goods_mg(members) + sum(part.mass_mg for part in parts[1:])
            if not self.blocking.within(limit, envelopes_mg, blocked, empty):
                blocked = 0  # the plan warns of spaces that nothing blocks
        parts += self._dunnage(box, empty, blocked)
        return tuple(parts)

    def _bare_packaging(self, box: BoxType) -> tuple[PackagingComponent, ...]:
        return (self._box_part(box), *self._dunnage(box, 0))

    @staticmethod
    def _box_part(box: BoxType) -> PackagingComponent:
        return box_component(box)

    def _tape_mg(self, box: BoxType) -> int:
        """Mass of the tape that closes a box, in mg."""
        tape = self.request.tape
        if tape is None:
            return 0
        known = self._tape_by_box.get(box.box_type_id)
        if known is None:
            rule = self.request.materials.tape_rule(self.request.policy.tape_rule)
            known = self._tape_by_box[box.box_type_id] = tape_mg(box, tape, rule)
        return known

    @property
    def _label_mg(self) -> int:
        """Mass of the label on each box, in mg."""
        label = self.request.label
        return 0 if label is None else label_mg(label)

    def _void_fill_mg(self, box: BoxType, empty_um3: int) -> int:
        """Mass of the void fill of an empty volume, in mg; a mailer is not filled."""
        fill = self.request.void_fill
        if fill is None or empty_um3 <= 0 or box.flexible:
            return 0
        return void_fill_mg(empty_um3, self.request.policy.void_fill_share, fill)

    def _dunnage(self, box: BoxType, empty_um3: int, blocked_um3: int = 0) -> list[PackagingComponent]:
        """Fill of an empty volume but for what is blocked, tape, label; a mailer lies close and is not filled."""
        parts = []
        fill, tape, block = self.request.void_fill, self.request.tape, self.request.blocking
        if fill is not None and (mass := self._void_fill_mg(box, empty_um3 - blocked_um3)):
            parts.append(PackagingComponent(Component.VOID_FILL, fill.material_id, mass, dunnage_id=fill.dunnage_id))
        if block is not None and (mass := self.blocking.mass_mg(blocked_um3, empty_um3)):
            parts.append(PackagingComponent(Component.BLOCKING, block.material_id, mass, dunnage_id=block.dunnage_id))
        if tape is not None and (mass := self._tape_mg(box)):
            parts.append(PackagingComponent(Component.TAPE, tape.material_id, mass, dunnage_id=tape.dunnage_id))
        label = self.request.label
        if label is not None and (mass := self._label_mg):
            parts.append(PackagingComponent(Component.LABEL, label.material_id, mass, dunnage_id=label.dunnage_id))
        return parts
