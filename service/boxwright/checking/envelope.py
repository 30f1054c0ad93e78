"""Reads placements into exact integers, and compares them with the goods as declared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from boxwright import units
from boxwright.checking.accounting import Judged
from boxwright.checking.soft import unturned, wrong_shape
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm
from boxwright.domain.box import BoxType
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Orientation
from boxwright.domain.plan import Placement
from boxwright.stop import NEVER, Stop

_LIMIT_UM, _MOST_UM = units.to_um(units.MAX_LENGTH_MM), units.to_um(units.MAX_STATED)


@dataclass(frozen=True, slots=True)
class Inner:
    """The inner box that a unit lies in.

    Attributes
    ----------
    goods : Item
        The line as ordered.
    box : BoxType
        As the catalog has it.
    carton : Item
        The same line as large and heavy as the closed inner box.
    fill_mg, tape_mg : int
        Void fill in it and tape on it, in mg.
    fault : str
        Why it is no good; empty where it is good.
    """

    goods: Item
    box: BoxType
    carton: Item
    fill_mg: int
    tape_mg: int
    fault: str = ""


@dataclass(slots=True, eq=False)
class Envelope:
    """One unit with its half-gap as it lies in a parcel.

    Attributes
    ----------
    index : int
        Place among the envelopes of the parcel, in pack sequence, from 0.
    step : int
        Place in the pack sequence, from 1.
    placement, item : Placement, Item
        What the plan says, and the line as ordered; of a unit in an inner box, with the size and mass of that box.
    x0, x1, y0, y1, z0, z1 : int
        Lowest and highest coordinate along each axis, in um.
    half_gap_um : int
        Stated half-gap on each side, in um.
    wall_margin_um : int
        Stated wall margin, in um.
    inner : Inner or None
        What it lies in first.
    """

    index: int
    step: int
    placement: Placement
    item: Item
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
        """Whether it stands on the floor, its wall margin above it."""
        return self.z0 == self.wall_margin_um

    @property
    def unit(self) -> tuple[str, int]:
        """Line id and unit index."""
        return self.placement.line_id, self.placement.unit_index

    @property
    def centre_um(self) -> tuple[float, float]:
        """Centre in plan view, along x and y, in um: where the unit's own mass is taken to act."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def extents_um(self) -> tuple[int, int, int]:
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


def read_envelopes(
    parcel_index: int,
    judged: Judged,
    inner_of: Callable[[Placement, Item], Inner | None] | None = None,
    stop: Stop = NEVER,
) -> tuple[list[Envelope], list[PlanViolation]]:
    """Read a parcel's placements.

    A placement whose numbers make no cuboid is reported and left out; all others are returned, each in um, with what
    is wrong about them. ``inner_of`` returns the inner box that a placement names.
    """
    envelopes: list[Envelope] = []
    violations: list[PlanViolation] = []
    for step, placement, item in judged:
        stop.look()
        corner, extents, half_gap = placement.corner_um, placement.extent_um, placement.half_gap_um
        out_of_range = _out_of_range(corner, extents, half_gap) or _out_of_range(
            (0, 0, 0), extents, placement.wall_margin_um
        )
        if out_of_range:
            violations.append(_violation(ViolationKind.INVALID_NUMBER, out_of_range, parcel_index, placement))
            continue
        inner = None if inner_of is None or not placement.inner_box_type_id else inner_of(placement, item)
        item = item if inner is None else inner.carton
        (x, y, z), (length, width, height) = corner, extents
        envelopes.append(
            Envelope(
                len(envelopes),
                step,
                placement,
                item,
                x,
                x + length,
                y,
                y + width,
                z,
                z + height,
                half_gap,
                placement.wall_margin_um,
                inner,
            )
        )
        for kind, detail in _wrong_about(placement, item, extents, half_gap):
            violations.append(_violation(kind, detail, parcel_index, placement))
    return envelopes, violations


def _violation(kind: ViolationKind, detail: str, parcel_index: int, placement: Placement) -> PlanViolation:
    return PlanViolation(kind, detail, parcel_index, placement.line_id, placement.unit_index)


def _out_of_range(corner_um: tuple[int, int, int], extents_um: tuple[int, int, int], half_gap_um: int) -> str:
    figures = (*corner_um, *extents_um, half_gap_um)
    whole = set(map(type, figures)) == {int}
    if whole and min(figures) >= -_LIMIT_UM and max(figures) <= _LIMIT_UM and min(extents_um) > 0 and half_gap_um >= 0:
        return ""
    wrong = [each for each in figures if type(each) is not int or abs(each) > _MOST_UM]
    if wrong:
        return f"{wrong[0]!r:.80} is no whole number of um, or too great"
    if not 0 <= half_gap_um <= _LIMIT_UM:
        return f"half-gap of {mm(half_gap_um)} is not from 0 to {units.MAX_LENGTH_MM:g} mm"
    if not all(0 < extent <= _LIMIT_UM for extent in extents_um):
        return f"extents {mm(*extents_um)} are not above 0 and at most {units.MAX_LENGTH_MM:g} mm"
    if not all(-_LIMIT_UM <= corner <= _LIMIT_UM for corner in corner_um):
        return f"corner {mm(*corner_um)} is more than {units.MAX_LENGTH_MM:g} mm away"
    return ""


def _wrong_about(
    placement: Placement, item: Item, extents_um: tuple[int, int, int], half_gap_um: int
) -> Iterator[tuple[ViolationKind, str]]:
    orientation = placement.orientation
    if orientation not in item.orientations:
        allowed = ", ".join(item.orientations)
        yield ViolationKind.ORIENTATION_NOT_ALLOWED, f"{orientation!s:.80} is not one of {allowed}"
        if orientation not in ALL_ORIENTATIONS:
            return
    turned = orientation if type(orientation) is Orientation else Orientation(orientation)
    both = 2 * half_gap_um
    if item.soft_goods is not None:
        yield from wrong_shape(item.edges_um, item.soft_goods, placement.folds, unturned(turned, extents_um, both))
        return
    if type(placement.folds) is not int or placement.folds != 0:
        yield ViolationKind.WRONG_SHAPE, f"folded {placement.folds!r:.20} times, and it is rigid"
    length, width, height = turned.rotate(*item.edges_um)
    expected = (length + both, width + both, height + both)
    if extents_um != expected:
        cushioned = f" with a half-gap of {mm(half_gap_um)} on each side" if half_gap_um else ""
        detail = f"extents {mm(*extents_um)}, but the goods take {mm(*expected)} as {orientation!s}{cushioned}"
        yield ViolationKind.WRONG_EXTENTS, detail
