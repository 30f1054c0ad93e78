"""Compartments: one unit stands in each, on its floor and within its walls, and nothing else is in the box."""

import math
from collections.abc import Iterator
from itertools import product

from boxwright.checking.case import ParcelCase
from boxwright.checking.envelope import Envelope
from boxwright.checking.packs import most_play_um
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import mm
from boxwright.domain.box import BoxType
from boxwright.domain.compartments import Compartments

Span = tuple[int, int]
"""Where a compartment begins and ends along an axis, in um."""


def wrong_compartments(case: ParcelCase, box: BoxType) -> Iterator[PlanViolation]:
    """Yield the units that do not stand in a compartment of their own, and those that name one of an open box."""
    grid = box.compartments
    rooms = [] if grid is None else _rooms(grid, box.inner_um)
    taken: dict[int, Envelope] = {}
    for each in case.envelopes:
        case.premises.stop.look()
        number = each.placement.compartment
        if grid is None:
            if number is not None:
                detail = f"names compartment {number!r:.80}, and its box has none"
                yield case.broken(ViolationKind.WRONG_COMPARTMENT, detail, each)
            continue
        if type(number) is not int or not 1 <= number <= len(rooms):
            detail = f"names compartment {number!r:.80}, its box has those from 1 to {len(rooms)}"
            yield case.broken(ViolationKind.WRONG_COMPARTMENT, detail, each)
            continue
        if (other := taken.setdefault(number, each)) is not each:
            detail = f"is in compartment {number}, where {other} is"
            yield case.broken(ViolationKind.WRONG_COMPARTMENT, detail, each)
        if grid.articles and each.item.article not in grid.articles:
            detail = f"is of article {each.item.article!r:.80}, its compartment is for {', '.join(grid.articles)}"
            yield case.broken(ViolationKind.WRONG_COMPARTMENT, detail, each)
        yield from _out_of_room(case, each, number, rooms[number - 1])
        yield from _loose(case, each, number, rooms[number - 1])


def _out_of_room(
    case: ParcelCase, each: Envelope, number: int, room: tuple[Span, Span, Span]
) -> Iterator[PlanViolation]:
    slack = case.premises.policy.fit_clearance_um
    (x0, x1), (y0, y1), (z0, z1) = room
    corners = f"reaches from ({mm(each.x0, each.y0, each.z0)}) to ({mm(each.x1, each.y1, each.z1)})"
    detail = f"{corners}, compartment {number} from ({mm(x0, y0, z0)}) to ({mm(x1, y1, z1)})"
    within = x0 <= each.x0 and each.x1 <= x1 and y0 <= each.y0 and each.y1 <= y1 and each.z1 <= z1
    if not within or each.z0 != z0:
        yield case.broken(ViolationKind.WRONG_COMPARTMENT, detail, each)
    elif each.x1 > x1 - slack or each.y1 > y1 - slack or each.z1 > z1 - slack:
        yield case.broken(ViolationKind.NO_CLEARANCE, f"{detail}, of which {mm(slack)} on each axis stay free", each)


def _loose(case: ParcelCase, each: Envelope, number: int, room: tuple[Span, Span, Span]) -> Iterator[PlanViolation]:
    """Yield whether a fragile unit has more play in its compartment than its insert takes up."""
    most = most_play_um(each.item, case.premises)
    free = [end - start - edge for (start, end), edge in zip(room, each.extents_um, strict=True)]
    if max(free) > most:
        detail = f"has {mm(max(free))} of play in compartment {number}, at most {mm(math.floor(most))} are allowed"
        yield case.broken(ViolationKind.WRONG_COMPARTMENT, detail, each)


def _rooms(grid: Compartments, inner_um: tuple[int, int, int]) -> list[tuple[Span, Span, Span]]:
    """Return where each compartment lies: along the length of the box first, then row by row."""
    along = [
        _spans([round(1_000 * edge) for edge in edges], inner)
        for edges, inner in zip((grid.columns_mm, grid.rows_mm, (grid.height_mm,)), inner_um, strict=True)
    ]
    return [(x, y, along[2][0]) for y, x in product(along[1], along[0])]


def _spans(edges_um: list[int], inner_um: int) -> list[Span]:
    """Return where compartments lie along an axis, one wall before each and one behind the last, all equally thick."""
    walls, spare = len(edges_um) + 1, inner_um - sum(edges_um)
    found, behind = [], 0
    for wall, edge in enumerate(edges_um, start=1):
        start = behind + wall * spare // walls
        found.append((start, start + edge))
        behind += edge
    return found
