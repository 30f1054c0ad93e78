"""Changes of valid plans that several kinds of damage share."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import methodcaller
from typing import Any

from boxwright.checking import ViolationKind as K
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from damages.cases import Case

Damage = tuple[str, str, Callable[[Case], Case], K]
"""Name of the damage, name of the plan, the change, and the expected violation."""

with_line, with_box, with_parcel, with_placement, with_plan, with_policy = (
    partial(methodcaller, f"with_{part}") for part in ("line", "box", "parcel", "placement", "plan", "policy")
)
"""Changes of a case by its method of that name."""


def broken(kind: K, plan: str, changes: dict[str, Callable[[Case], Case]]) -> list[Damage]:
    """Return damages to a plan that break the same rule, by name."""
    return [(name, plan, change, kind) for name, change in changes.items()]


FILL = PackagingComponent(Component.VOID_FILL, "", 20_000)


def without_unit(case: Case, unit: int) -> Case:
    """Take a unit out of the first parcel, with its mass and volume."""
    parcel = case.plan.parcels[0]
    line = case.order.lines[unit]
    length, width, height = line.edges_um
    return case.with_parcel(
        0,
        placements=(*parcel.placements[:unit], *parcel.placements[unit + 1 :]),
        net_mg=parcel.net_mg - line.mass_mg,
        goods_volume_um3=parcel.goods_volume_um3 - length * width * height,
    )


def with_placements(case: Case, *order: int) -> Case:
    """Return the case with these placements of its first parcel, in this order."""
    placements = case.plan.parcels[0].placements
    return case.with_parcel(0, placements=tuple(placements[unit] for unit in order))


def with_packaging(case: Case, *parts: PackagingComponent) -> Case:
    """Return the case with this packaging of its first parcel, and no other."""
    return case.with_parcel(0, packaging=parts)


def box_part(mass_mg: Any, **fields: Any) -> PackagingComponent:
    """Return the box as a part of a parcel's packaging."""
    return PackagingComponent(Component.BOX, fields.pop("material_id", ""), mass_mg, **fields)


def with_parts(case: Case, component: Component, **fields: Any) -> Case:
    """Return the case with other fields of the first parcel's packaging of a kind."""
    parts = case.plan.parcels[0].packaging
    return with_packaging(case, *(replace(part, **fields) if part.component is component else part for part in parts))


def without_parts(case: Case, *components: Component) -> Case:
    """Return the case without the first parcel's packaging of some kinds."""
    return with_packaging(case, *(part for part in case.plan.parcels[0].packaging if part.component not in components))
