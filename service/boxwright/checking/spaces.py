"""Empty spaces that a parcel states: inside, apart from units and from each other, and together all that is empty."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from boxwright import units
from boxwright.checking.case import ParcelCase
from boxwright.checking.listed import listed
from boxwright.checking.mailer import sizes_um
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import cm3, mm
from boxwright.domain.box import BoxType
from boxwright.domain.plan import EmptySpace

_LIMIT_UM = units.to_um(units.MAX_LENGTH_MM)
MOST_PER_UNIT = 100
"""More spaces than this for each unit are not looked at, so that the work is bounded by the order."""
Span = tuple[int, int, int, int, int, int]
"""Lowest and highest x, lowest and highest y, lowest and highest z, in um."""


def wrong_spaces(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield what is wrong with the empty spaces that a parcel lists; one that lists none is not asked for them."""
    if case.parcel.empty_spaces is not None:
        for detail in _wrong(listed(case.parcel.empty_spaces), case, box):
            yield case.broken(ViolationKind.WRONG_EMPTY_SPACES, detail)


def _wrong(stated: Sequence[object], case: ParcelCase, box: BoxType) -> Iterator[str]:
    """Yield what is wrong with the empty spaces of a parcel.

    Spaces that lie in the box, overlap no unit and no other space, and have the volume that the units leave, are the
    empty space exactly. A mailer or book wrap is as large as it is with its units inside.
    """
    envelopes = case.envelopes
    if len(stated) > MOST_PER_UNIT * (len(envelopes) + 1):
        yield f"{len(stated)} empty spaces, more than {MOST_PER_UNIT} for each unit"
        return
    spans = []
    for number, space in enumerate(stated):
        span = _span(space)
        if span is None:
            yield f"empty space {number} is {space!r:.120}, no cuboid of whole um"
        else:
            spans.append((number, span))
    length, width, height = sizes_um(envelopes, box)[0]
    taken = [(str(each), (each.x0, each.x1, each.y0, each.y1, each.z0, each.z1)) for each in envelopes]
    volume = 0
    for number, span in spans:
        x0, x1, y0, y1, z0, z1 = span
        volume += (x1 - x0) * (y1 - y0) * (z1 - z0)
        if min(x0, y0, z0) < 0 or x1 > length or y1 > width or z1 > height:
            yield f"empty space {number} reaches to ({mm(x1, y1, z1)}) in a box of {mm(length, width, height)}"
    rules = case.premises.materials.blocking_rules
    heavy = box.has_fill and case.goods_mg >= rules["least_mass"].value * 1_000_000
    for number, span in spans:
        stated_need = getattr(stated[number], "needs_blocking", None)
        if stated_need is not (need := heavy and _lets_slide(span, case, rules["least_gap"].value * 1_000)):
            yield f"empty space {number} says that it needs blocking: {stated_need}, it is {need}"
    everything = sorted(
        [*((f"empty space {number}", span) for number, span in spans), *taken], key=lambda each: each[1]
    )
    for name, other in _overlaps(everything):
        if name.startswith("empty") or other.startswith("empty"):
            yield f"{name} overlaps {other}"
    empty = length * width * height - sum(each.volume_um3 for each in envelopes)
    if len(spans) == len(stated) and volume != empty:
        yield f"empty spaces of {cm3(volume)}, the units leave {cm3(empty)} ({empty} cubic um)"


def _lets_slide(span: Span, case: ParcelCase, gap_um: Decimal) -> bool:
    """Whether a unit could slide into a space, along x or y, by more than a gap."""
    x0, x1, y0, y1, z0, z1 = span
    for each in case.envelopes:
        if each.z0 >= z1 or z0 >= each.z1:
            continue
        along_x = x0 == each.x1 or x1 == each.x0
        along_y = y0 == each.y1 or y1 == each.y0
        slides = []
        if along_x and each.y0 < y1 and y0 < each.y1:
            slides.append(x1 - x0)
        if along_y and each.x0 < x1 and x0 < each.x1:
            slides.append(y1 - y0)
        if any(gap > gap_um for gap in slides):
            return True
    return False


def _overlaps(named: Sequence[tuple[str, Span]]) -> Iterator[tuple[str, str]]:
    """Yield the names of cuboids that share a volume with one before them, in a sweep along x; sorted by span."""
    active: list[tuple[str, Span]] = []
    for name, span in named:
        active = [each for each in active if each[1][1] > span[0]]
        for other, beside in active:
            if span[2] < beside[3] and beside[2] < span[3] and span[4] < beside[5] and beside[4] < span[5]:
                yield name, other
                break
        active.append((name, span))


def _span(space: object) -> Span | None:
    """Return a cuboid in um, or None if its numbers make none."""
    if not isinstance(space, EmptySpace):
        return None
    x, y, z, length, width, height = numbers = (*space.corner_um, *space.extent_um)
    if any(type(each) is not int or abs(each) > _LIMIT_UM for each in numbers) or min(length, width, height) <= 0:
        return None
    return x, x + length, y, y + width, z, z + height
