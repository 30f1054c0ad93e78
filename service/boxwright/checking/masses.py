"""Masses and volumes: the stated ones are true, and the parcel is within its box type's weight limits."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from boxwright.checking.case import IN_THE_BOX, ON_THE_BOX, ParcelCase, readable
from boxwright.checking.listed import listed
from boxwright.checking.mailer import sizes_um
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import cm3, g
from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent


def wrong_goods(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield whether the stated net mass or goods volume is not the sum over the units that lie in the parcel."""
    parcel, net_mg = case.parcel, case.goods_mg
    if not _is(parcel.net_mg, net_mg):
        detail = f"says {_stated(parcel.net_mg)} mg net, its goods weigh {net_mg} mg ({g(net_mg)})"
        yield case.broken(ViolationKind.WRONG_NET_MASS, detail)
    volume_um3 = sum(case.goods_um3)
    if not _is(parcel.goods_volume_um3, volume_um3):
        stated = f"{_stated(parcel.goods_volume_um3)} cubic um of goods"
        detail = f"says {stated}, they take {volume_um3} ({cm3(volume_um3)})"
        yield case.broken(ViolationKind.WRONG_GOODS_VOLUME, detail)


def wrong_box(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield whether the stated inner size, inner volume or outer size is not the catalog's, or the filled mailer's."""
    parcel, (inner, outer) = case.parcel, sizes_um(case.envelopes, box)
    volume = inner[0] * inner[1] * inner[2]
    if not _is(parcel.inner_volume_um3, volume):
        stated = f"{_stated(parcel.inner_volume_um3)} cubic um inside"
        detail = f"says {stated}, box type {box.box_type_id!r} has {cm3(volume)}"
        yield case.broken(ViolationKind.WRONG_BOX_SIZE, detail)
    for name, stated_um, true in (("inner", parcel.inner_um, inner), ("outer", parcel.outer_um, outer)):
        if not isinstance(stated_um, tuple) or stated_um != true:
            detail = f"says {name} size {_stated(stated_um)} um, box type {box.box_type_id!r} has {true}"
            yield case.broken(ViolationKind.WRONG_BOX_SIZE, detail)


def wrong_packaging(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield what is wrong with the packaging: masses below 0, any but one box as in the catalog, dunnage used again."""
    return (case.broken(ViolationKind.WRONG_PACKAGING, detail) for detail in _wrong_packaging(case, box))


def _wrong_packaging(case: ParcelCase, box: BoxType) -> Iterator[str]:
    for part in listed(case.parcel.packaging):
        if not isinstance(part, PackagingComponent) or part.component not in _IN_A_PARCEL:
            yield f"a component is {part!r:.120}"
        elif type(part.mass_mg) is not int or part.mass_mg < 0:
            stated = f"{part.component!s} weighs {_stated(part.mass_mg)} mg"
            yield f"{stated}, which is not a whole number of 0 or more"
        elif not readable(part):
            yield f"a component is {part!r:.120}"
    boxes = case.stated(Component.BOX)
    if len(boxes) != 1:
        yield f"holds {len(boxes)} boxes, a parcel has one"
    for part in boxes:
        if part.mass_mg != box.tare_mg:
            yield f"says a tare of {g(part.mass_mg)}, the catalog {g(box.tare_mg)}"
        stated_terms = (part.reuse, part.recycled_content, part.trim_mg)
        content = None if box.recycled_content is None else Decimal(str(box.recycled_content))
        if stated_terms != (terms := (box.reuse, content, box.board_mg - box.tare_mg)):
            yield f"says reuse, recycled content and trim are {stated_terms!r:.160}, the catalog {terms!r:.160}"
        if (part.material_id, part.trips) != (box.material_id, box.trips):
            stated = f"{part.material_id!r:.80} used {part.trips!r:.20} times"
            yield f"says a box of {stated}, the catalog {box.material_id!r} used {box.trips} times"
    said = Counter(case.stated(Component.INNER_BOX))
    if said != (held := Counter(_as_part(each.box) for each in case.inner_boxes)):
        yield f"says inner boxes {_shown(said)}, its units lie in {_shown(held)}"
    for part in case.stated(*IN_THE_BOX[1:], *ON_THE_BOX):
        if (part.trips, part.reuse, part.recycled_content, part.trim_mg) != (1, None, None, 0):
            yield f"says of {part.component.value} {part!r:.200}, dunnage is used once, as it is bought"


def _as_part(box: BoxType) -> PackagingComponent:
    """Return an inner box as a part of the packaging."""
    content = None if box.recycled_content is None else Decimal(str(box.recycled_content))
    return PackagingComponent(
        Component.INNER_BOX,
        box.material_id,
        box.tare_mg,
        box.trips,
        dunnage_id=box.box_type_id,
        recycled_content=content,
        reuse=box.reuse,
        trim_mg=box.board_mg - box.tare_mg,
    )


def _shown(parts: Counter[PackagingComponent]) -> str:
    words = [f"{count} x {part.dunnage_id!r:.80} of {g(part.mass_mg)}" for part, count in parts.items()]
    return ", ".join(words) or "none"


def overweight(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the weight limits that are exceeded, by the goods as ordered and the packaging as stated.

    Net is goods, inner boxes with their tape, cushioning, void fill and blocking; gross is net, box, tape and label.
    The box weighs what the catalog says.
    """
    for weight_mg, limit_mg, kind, words in (
        (case.net_mg, box.max_net_mg, ViolationKind.OVER_NET_LIMIT, "goods and dunnage weigh"),
        (case.gross_mg, box.max_gross_mg, ViolationKind.OVER_GROSS_LIMIT, "goods, dunnage, box and tape weigh"),
    ):
        if limit_mg is not None and weight_mg > limit_mg:
            detail = f"{words} {g(weight_mg)}, at most {g(limit_mg)} allowed"
            yield case.broken(kind, detail)


_IN_A_PARCEL = (Component.BOX, *IN_THE_BOX, *ON_THE_BOX)


def _is(stated: object, true: int) -> bool:
    return type(stated) is int and stated == true


def _stated(value: object) -> str:
    return f"{value!r:.80}"
