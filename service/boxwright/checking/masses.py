"""Masses and volumes: the stated ones are true, and the parcel is within its box type's weight limits."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from boxwright import fuse, units
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import cm3, g
from boxwright.checking.mailer import filled_sizes
from boxwright.checking.parts import parts
from boxwright.checking.soft import goods_um3
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.plan import Parcel


def wrong_goods(parcel_index: int, parcel: Parcel, envelopes: Sequence[Envelope]) -> Iterator[PlanViolation]:
    """Yield whether the stated net mass or goods volume is not the sum over the units that lie in the parcel."""
    net_mg = goods_mg(envelopes)
    if not _is(parcel.net_mg, net_mg):
        detail = f"says {_stated(parcel.net_mg)} mg net, its goods weigh {net_mg} mg ({g(net_mg)})"
        yield PlanViolation(ViolationKind.WRONG_NET_MASS, detail, parcel_index)
    volume_um3 = 0
    for each in envelopes:
        fuse.look()
        extents = (each.x1 - each.x0, each.y1 - each.y0, each.z1 - each.z0)
        placement = each.placement
        volume_um3 += goods_um3(each.item, placement.orientation, extents, each.cushion_um, placement.folds)
    if not _is(parcel.goods_volume_um3, volume_um3):
        detail = (
            f"says {_stated(parcel.goods_volume_um3)} cubic um of goods, they take {volume_um3} ({cm3(volume_um3)})"
        )
        yield PlanViolation(ViolationKind.WRONG_GOODS_VOLUME, detail, parcel_index)


def wrong_box(
    parcel_index: int, parcel: Parcel, envelopes: Sequence[Envelope], box: BoxType
) -> Iterator[PlanViolation]:
    """Yield whether the stated inner size, inner volume or outer size is not the catalog's, or the filled mailer's."""
    inner, outer = box.inner_um, box.outer_um
    if box.flexible and envelopes:
        inner, outer = filled_sizes(envelopes, box)
    volume = inner[0] * inner[1] * inner[2]
    if not _is(parcel.inner_volume_um3, volume):
        stated = f"{_stated(parcel.inner_volume_um3)} cubic um inside"
        detail = f"says {stated}, box type {box.box_type_id!r} has {cm3(volume)}"
        yield PlanViolation(ViolationKind.WRONG_BOX_SIZE, detail, parcel_index)
    for name, stated_um, true in (("inner", parcel.inner_um, inner), ("outer", parcel.outer_um, outer)):
        if not isinstance(stated_um, tuple) or stated_um != true:
            detail = f"says {name} size {_stated(stated_um)} um, box type {box.box_type_id!r} has {true}"
            yield PlanViolation(ViolationKind.WRONG_BOX_SIZE, detail, parcel_index)


def wrong_packaging(parcel_index: int, parcel: Parcel, box: BoxType) -> Iterator[PlanViolation]:
    """Yield what is wrong with the packaging: masses below 0, and any but one box as the catalog describes it."""
    boxes = []
    for part in parts(parcel.packaging):
        if not isinstance(part, PackagingComponent) or part.component not in _IN_A_PARCEL:
            yield _packaging(parcel_index, f"a component is {part!r:.120}")
        elif _mass_mg(part) is None:
            stated = f"{part.component!s} weighs {_stated(part.mass_mg)} mg"
            yield _packaging(parcel_index, f"{stated}, which is not a whole number of 0 or more")
        elif part.component is Component.BOX:
            boxes.append(part)
    if len(boxes) != 1:
        yield _packaging(parcel_index, f"holds {len(boxes)} boxes, a parcel has one")
    for part in boxes:
        if part.mass_mg != box.tare_mg:
            yield _packaging(parcel_index, f"says a tare of {g(part.mass_mg)}, the catalog {g(box.tare_mg)}")
        stated_terms = (part.reuse, part.recycled_content, part.trim_mg)
        content = None if box.recycled_content is None else Decimal(str(box.recycled_content))
        if stated_terms != (terms := (box.reuse, content, box.blank_mg - box.tare_mg)):
            detail = f"says reuse, recycled content and trim are {stated_terms!r:.160}, the catalog {terms!r:.160}"
            yield _packaging(parcel_index, detail)
        if (part.material_id, part.trips) != (box.material_id, box.trips):
            stated = f"{part.material_id!r:.80} used {part.trips!r:.20} times"
            detail = f"says a box of {stated}, the catalog {box.material_id!r} used {box.trips} times"
            yield _packaging(parcel_index, detail)


def overweight(
    parcel_index: int, parcel: Parcel, envelopes: Sequence[Envelope], box: BoxType
) -> Iterator[PlanViolation]:
    """Yield the weight limits that are exceeded, by the goods as ordered and the packaging as stated.

    Net is goods, cushioning, void fill and blocking; gross is net, box, tape and label. The box weighs what the catalog
    says.
    """
    net = _net_mg(parcel, envelopes)
    gross = net + _closing_mg(parcel, box)
    for weight_mg, limit_g, kind, words in (
        (net, box.max_net_g, ViolationKind.OVER_NET_LIMIT, "goods and dunnage weigh"),
        (gross, box.max_gross_g, ViolationKind.OVER_GROSS_LIMIT, "goods, dunnage, box and tape weigh"),
    ):
        if limit_g is not None and weight_mg > units.to_mg(limit_g):
            detail = f"{words} {g(weight_mg)}, at most {g(units.to_mg(limit_g))} allowed"
            yield PlanViolation(kind, detail, parcel_index)


def gross_mg(parcel: Parcel, envelopes: Sequence[Envelope], box: BoxType) -> int:
    """Mass of the closed parcel in mg: goods as ordered, the box as the catalog has it, all else as stated."""
    return _net_mg(parcel, envelopes) + _closing_mg(parcel, box)


def _net_mg(parcel: Parcel, envelopes: Sequence[Envelope]) -> int:
    return goods_mg(envelopes) + _stated_mg(parcel, _IN_THE_BOX)


def _closing_mg(parcel: Parcel, box: BoxType) -> int:
    return box.tare_mg + _stated_mg(parcel, _ON_THE_BOX)


def _stated_mg(parcel: Parcel, components: tuple[Component, ...]) -> int:
    return sum(
        _mass_mg(part) or 0
        for part in parts(parcel.packaging)
        if isinstance(part, PackagingComponent) and part.component in components
    )


def goods_mg(envelopes: Sequence[Envelope]) -> int:
    """Mass of the goods as ordered, in mg."""
    return sum(each.item.mass_mg for each in envelopes)


_IN_THE_BOX = (Component.CUSHIONING, Component.VOID_FILL, Component.BLOCKING)
_ON_THE_BOX = (Component.TAPE, Component.LABEL)
_IN_A_PARCEL = (Component.BOX, *_IN_THE_BOX, *_ON_THE_BOX)


def _mass_mg(part: PackagingComponent) -> int | None:
    """The mass of a component, or None if it is no whole number of 0 or more."""
    return part.mass_mg if type(part.mass_mg) is int and part.mass_mg >= 0 else None


def _is(stated: object, true: int) -> bool:
    return type(stated) is int and stated == true


def _stated(value: object) -> str:
    return f"{value!r:.80}"


def _packaging(parcel_index: int, detail: str) -> PlanViolation:
    return PlanViolation(ViolationKind.WRONG_PACKAGING, detail, parcel_index)
