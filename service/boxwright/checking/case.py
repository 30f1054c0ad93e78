"""One parcel before the judge, with all that it is judged by."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.checking.contacts import Contacts
from boxwright.checking.envelope import Envelope, Inner
from boxwright.checking.listed import listed
from boxwright.checking.mailer import Size, sizes_um
from boxwright.checking.needs import Need
from boxwright.checking.reading import Reading, Readings
from boxwright.checking.soft import goods_um3
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint, PackagingComponent
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel, Plan
from boxwright.domain.policy import Policy
from boxwright.domain.started import StartedParcel
from boxwright.errors import InvalidInputError
from boxwright.lazy import cached_property
from boxwright.shipping import Biller, Pricer, biller_of, pricer_of
from boxwright.stop import NEVER, Stop

IN_THE_BOX = (Component.INNER_BOX, Component.CUSHIONING, Component.VOID_FILL, Component.BLOCKING)
ON_THE_BOX = (Component.TAPE, Component.LABEL)


@dataclass(frozen=True, eq=False)
class Premises:
    """All that the parcels of a plan are judged by.

    Attributes
    ----------
    plan : Plan
        Its ship date and derived legs count where the lane has none of its own.
    order : Order
        With the rules that fragility adds to its lines.
    catalog, policy, lane, started : Catalog, Policy, Lane or None, sequence of StartedParcel
        As given.
    given_materials : Materials or None
        None are the shipped ones, which are loaded when first asked for.
    stop : Stop
        Ends the check.
    """

    plan: Plan
    order: Order
    catalog: Catalog
    policy: Policy
    lane: Lane | None
    started: Sequence[StartedParcel]
    given_materials: Materials | None
    stop: Stop = NEVER

    @cached_property
    def materials(self) -> Materials:
        """Profiles, rules and facts of materials."""
        return self.given_materials or load_materials()

    @cached_property
    def needs(self) -> dict[str, Need]:
        """What units of each line need round them, as far as that was asked (``care.need``)."""
        return {}

    @cached_property
    def packs(self) -> dict[str, list[BoxType]]:
        """The packs that take units of each line, as far as that was asked (``packs.outside_pack``)."""
        return {}

    @cached_property
    def readings(self) -> Readings:
        """The footprints of the plan, each read once."""
        return Readings(self.stop)

    @cached_property
    def legs(self) -> Sequence[Leg]:
        """The legs of the lane, or those that the plan says were derived; empty is not known."""
        given = self.lane.legs if self.lane else ()
        return given or [leg for leg in listed(self.plan.derived_legs) if isinstance(leg, Leg)]

    @cached_property
    def carriage(self) -> tuple[Biller, Pricer | None] | None:
        """What bills and prices parcels; None where no carrier service is named or none can be found.

        Where the lane has no ship date, the plan's own is taken, and where that is none either, today's.
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


@dataclass(frozen=True, eq=False)
class ParcelCase:
    """One parcel, and what it is judged by.

    Attributes
    ----------
    index : int
        Which parcel of the plan, from 0.
    parcel : Parcel
        As stated.
    envelopes : sequence of Envelope
        Its readable units, in pack sequence.
    box : BoxType or None
        As the catalog has it; None without one, or where the catalog does not have it.
    premises : Premises
        What it is judged by.
    """

    index: int
    parcel: Parcel
    envelopes: Sequence[Envelope]
    box: BoxType | None
    premises: Premises

    @cached_property
    def contacts(self) -> Contacts:
        """What rests on what."""
        return Contacts(self.envelopes, self.premises.stop)

    @property
    def footprints(self) -> list[Reading]:
        """The stated footprints, read; what is none is reported with the plan's."""
        stated = listed(self.parcel.footprints)
        return [self.premises.readings.of(each) for each in stated if isinstance(each, Footprint)]

    @cached_property
    def packaging(self) -> list[PackagingComponent]:
        """The stated packaging that can be read; all else is reported with the packaging."""
        return [part for part in listed(self.parcel.packaging) if readable(part)]

    def stated(self, *components: Component) -> list[PackagingComponent]:
        """Return the stated packaging of some kinds."""
        return [part for part in self.packaging if part.component in components]

    def stated_mg(self, *components: Component) -> int:
        """Return what the stated packaging of some kinds weighs, in mg."""
        return sum(part.mass_mg for part in self.stated(*components))

    @cached_property
    def goods_mg(self) -> int:
        """Mass of the goods as ordered, in mg."""
        return sum(each.goods.mass_mg for each in self.envelopes)

    @cached_property
    def goods_um3(self) -> list[int]:
        """Volume of the goods of each unit as they are placed, without half-gaps, in cubic um."""
        volumes = []
        for each in self.envelopes:
            if each.item.soft_goods is None:
                length, width, height = each.goods.edges_um
                volumes.append(length * width * height)
                continue
            self.premises.stop.look()
            lies = each.placement
            volumes.append(goods_um3(each.item, lies.orientation, each.extents_um, each.half_gap_um, lies.folds))
        return volumes

    @cached_property
    def net_mg(self) -> int:
        """Goods as ordered, with what is stated to be in the box: inner boxes, their tape, and dunnage; in mg."""
        return self.goods_mg + self.stated_mg(*IN_THE_BOX) + self.inner_tape_mg

    @cached_property
    def inner_boxes(self) -> list[Inner]:
        """The inner boxes of its units."""
        return [each.inner for each in self.envelopes if each.inner is not None]

    @cached_property
    def inner_tape_mg(self) -> int:
        """What the tape of its inner boxes weighs, in mg; it is stated with that of the parcel."""
        return sum(each.tape_mg for each in self.inner_boxes)

    @cached_property
    def gross_mg(self) -> int:
        """Mass of the closed parcel in mg: goods as ordered, the box as the catalog has it, all else as stated."""
        box_mg = self.stated_mg(Component.BOX) if self.box is None else self.box.tare_mg
        return self.net_mg + box_mg + self.stated_mg(*ON_THE_BOX) - self.inner_tape_mg

    @cached_property
    def outer_um(self) -> Size:
        """Outer size in um: of the catalog's box, of the mailer as filled, or of the first unit without a box."""
        if self.box is None:
            return self.envelopes[0].extents_um
        return sizes_um(self.envelopes, self.box)[1]

    def broken(
        self,
        kind: ViolationKind,
        detail: str,
        unit: Envelope | None = None,
        step: int | None = None,
        other: Envelope | None = None,
    ) -> PlanViolation:
        """Return a violation of this parcel, and of a unit and another one where they are concerned."""
        line_id, unit_index = (None, None) if unit is None else unit.unit
        return PlanViolation(kind, detail, self.index, line_id, unit_index, step, None if other is None else other.unit)


def readable(part: object) -> TypeGuard[PackagingComponent]:
    """Whether something is packaging of a known kind and a whole mass from 0, and its ids are text."""
    return (
        isinstance(part, PackagingComponent)
        and isinstance(part.component, Component)
        and isinstance(part.material_id, str)
        and isinstance(part.dunnage_id, str)
        and type(part.mass_mg) is int
        and part.mass_mg >= 0
    )
