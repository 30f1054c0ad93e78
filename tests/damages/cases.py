"""Cases for the check: packings of blocks built by hand, each block a line, with all stated figures right."""

from dataclasses import dataclass, replace
from typing import Any

from boxwright.checking import PlanViolation, ViolationKind, check
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.domain.order import Item, Order, Orientation
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, StartedParcel
from boxwright.domain.policy import Policy
from boxwright.units import to_um

Block = tuple[Any, ...]
"""A unit as it lies: corner and size, each three numbers of mm; then, where it matters, mass and load limit in g."""


@dataclass(frozen=True)
class Case:
    """A plan with all data that it is checked against."""

    plan: Plan
    order: Order
    catalog: Catalog
    policy: Policy
    started: tuple[StartedParcel, ...] = ()
    lane: Lane | None = None

    def violations(self) -> list[PlanViolation]:
        """Return the violations that the checker finds."""
        return check(self.plan, self.order, self.catalog, self.policy, lane=self.lane, started_parcels=self.started)

    def kinds(self) -> set[ViolationKind]:
        """Return the kinds of violation that the checker finds."""
        return {violation.kind for violation in self.violations()}

    def with_policy(self, **fields: Any) -> "Case":
        """Return the same case under another policy."""
        return replace(self, policy=replace(self.policy, **fields))

    def with_plan(self, **fields: Any) -> "Case":
        """Return the same case with other fields of its plan."""
        return replace(self, plan=replace(self.plan, **fields))

    def with_parcel(self, index: int = 0, **fields: Any) -> "Case":
        """Return the same case with other fields of one parcel."""
        parcels = list(self.plan.parcels)
        parcels[index] = replace(parcels[index], **fields)
        return self.with_plan(parcels=tuple(parcels))

    def with_placement(self, unit: int = 0, *, parcel: int = 0, **fields: Any) -> "Case":
        """Return the same case with other fields of one placement."""
        placements = list(self.plan.parcels[parcel].placements)
        placements[unit] = replace(placements[unit], **fields)
        return self.with_parcel(parcel, placements=tuple(placements))

    def with_line(self, index: int = 0, **fields: Any) -> "Case":
        """Return the same case with other fields of one order line."""
        lines = list(self.order.lines)
        lines[index] = replace(lines[index], **fields)
        return replace(self, order=replace(self.order, lines=tuple(lines)))

    def with_box(self, **fields: Any) -> "Case":
        """Return the same case with other fields of the first box type, and a plan that knows them."""
        box = replace(self.catalog.box_types[0], **fields)
        return replace(self, catalog=replace(self.catalog, box_types=(box, *self.catalog.box_types[1:])))


def pack(box_mm: tuple[float, float, float], *parcels: list[Block], **policy: Any) -> Case:
    """Return a case with one parcel per list of blocks, in pack sequence; the lines are ``u0``, ``u1``, ...

    Parcels are lifted by machine unless the policy says otherwise, so that masses are free.
    """
    policy = {"lifting_profile": "freight", **policy}
    box = BoxType("box", *box_mm, tare_g=50.0)
    lines: list[Item] = []
    packed = []
    for blocks in parcels:
        first = len(lines)
        placements = []
        for corner_mm, size_mm, *rest in blocks:
            mass_g, max_load_g = (*rest, *(100.0, None)[len(rest) :])
            item = Item(f"u{len(lines)}", 1, *size_mm, mass_g=mass_g, max_load_g=max_load_g)
            corner = map(to_um, corner_mm)
            placements.append(Placement(item.line_id, 0, *corner, *item.edges_um, Orientation.LWH))
            lines.append(item)
        packed.append(
            Parcel(
                box_type_id="box",
                placements=tuple(placements),
                packaging=(PackagingComponent(Component.BOX, "", box.tare_mg),),
                net_mg=sum(item.mass_mg for item in lines[first:]),
                inner_um=box.inner_um,
                inner_volume_um3=box.inner_volume_um3,
                goods_volume_um3=sum(_volume_um3(item) for item in lines[first:]),
                outer_um=box.outer_um,
            )
        )
    order = Order("order", tuple(lines))
    plan = Plan("order", PlanStatus.COMPLETE, tuple(packed), catalog_id="catalog")
    return Case(plan, order, Catalog("catalog", (box,)), Policy(**policy))


def _volume_um3(item: Item) -> int:
    length, width, height = item.edges_um
    return length * width * height
