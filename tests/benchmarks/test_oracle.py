"""The oracle against brute force on tiny instances, and its file of verdicts.

OR-Tools is no development dependency. Where it is not installed, the verdicts of the file beside this one are judged,
which were made by this same code; where it is, they are made anew and must be the same.
"""

import importlib.util
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.answers import Placed, Triple
from benchmarks.oracle.record import Record
from benchmarks.oracle.verdict import Limits, Status, Verdict, decide, judge

from boxwright import BoxType, Catalog, Item, Order

CELL_MM = 10
RATIO = 0.75
RECORDED = Path(__file__).with_name("oracle_verdicts.jsonl")
TINY = """
4 3 4 | 2x 1 3 2 at 10 LWH | 1x 3 2 2 at 10 LWH,WLH | 1x 2 3 3 at 10 LWH,WLH
5 3 4 | 1x 2 3 3 at 100 LWH | 1x 3 2 4 at 10 LWH,WLH
4 4 4 | 2x 2 2 4 at 1000 LWH | 1x 1 3 2 at 10 LWH | 1x 1 2 2 at 1000 LWH,WLH
3 4 5 | 1x 3 2 3 at 1000 LWH,WLH,LHW,HLW,WHL,HWL | 1x 2 3 2 at 100 LWH,WLH
5 4 4 | 1x 1 2 3 at 10 LWH,WLH,LHW,HLW,WHL,HWL | 1x 3 3 3 at 100 LWH | 2x 1 2 4 at 100 LWH
2 3 4 | 1x 2 1 3 at 100 LWH,WLH | 1x 3 2 3 at 1000 LWH,WLH
4 4 4 | 2x 3 1 1 at 1000 LWH,WLH,LHW,HLW,WHL,HWL | 2x 3 3 3 at 1000 LWH
4 4 5 | 2x 2 4 3 at 10 LWH,WLH | 2x 1 4 3 at 10 LWH,WLH
5 5 3 | 1x 3 3 3 at 100 LWH | 1x 2 3 2 at 100 LWH | 1x 3 3 2 at 1000 LWH,WLH
3 5 4 | 2x 4 2 2 at 10 LWH,WLH,LHW,HLW,WHL,HWL | 1x 3 3 1 at 100 LWH
5 3 2 | 1x 1 3 4 at 10 LWH,WLH | 1x 1 3 3 at 10 LWH
4 4 4 | 2x 4 4 3 at 10 LWH
4 3 5 | 1x 2 4 3 at 10 LWH,WLH | 2x 1 3 1 at 1000 LWH
4 2 5 | 1x 4 1 2 at 1000 LWH | 1x 2 2 3 at 10 LWH,WLH
4 4 5 | 2x 1 4 2 at 100 LWH | 1x 4 2 1 at 1000 LWH | 1x 2 3 3 at 1000 LWH
2 4 5 | 1x 2 2 2 at 100 LWH,WLH | 1x 3 4 1 at 10 LWH,WLH,LHW,HLW,WHL,HWL
4 3 5 | 2x 4 2 2 at 10 LWH,WLH,LHW,HLW,WHL,HWL | 2x 3 1 3 at 1000 LWH
4 2 4 | 2x 1 2 3 at 100 LWH,WLH | 2x 3 2 1 at 1000 LWH
3 4 4 | 1x 3 2 1 at 100 LWH | 1x 3 3 1 at 100 LWH,WLH | 2x 4 1 2 at 1000 LWH,WLH,LHW,HLW,WHL,HWL
3 2 3 | 1x 1 3 2 at 10 LWH,WLH | 1x 2 2 1 at 100 LWH,WLH
3 4 2 | 1x 3 1 3 at 1000 LWH,WLH,LHW,HLW,WHL,HWL | 2x 2 3 1 at 10 LWH,WLH
3 4 5 | 2x 2 2 3 at 10 LWH,WLH | 1x 3 3 1 at 1000 LWH,WLH
2 4 4 | 1x 2 3 1 at 1000 LWH,WLH | 2x 2 3 2 at 10 LWH,WLH,LHW,HLW,WHL,HWL
"""
"""Box, then lines: quantity, edges in cells of 10 mm, mass in g, orientations allowed."""


def instances() -> Iterator[tuple[Order, BoxType]]:
    """The tiny orders, each with its box."""
    for number, row in enumerate(TINY.strip().splitlines()):
        box, *lines = row.split(" | ")
        items = []
        for index, line in enumerate(lines):
            quantity, *edges, _, mass, turns = line.replace("x", "").split()
            sides = [int(edge) * CELL_MM for edge in edges]
            items.append(Item(f"line-{index}", int(quantity), *sides, int(mass), orientations=turns.split(",")))
        yield Order(f"tiny-{number}", items), BoxType("box", *(int(edge) * CELL_MM for edge in box.split()))


def packings(order: Order, box: BoxType) -> Iterator[list[Placed]]:
    """Every way in which the units lie in the box at whole cells without overlap."""
    cell = CELL_MM * 1_000
    length, width, height = (edge // cell for edge in box.inner_um)
    choices: list[list[tuple[int, Triple, Triple]]] = []
    names = []
    for line in order.lines:
        ways = []
        for extent in sorted({each.rotate(*(edge // cell for edge in line.edges_um)) for each in line.orientations}):
            rooms = (length - extent[0], width - extent[1], height - extent[2])
            for corner in itertools.product(*(range(room + 1) for room in rooms)):
                cells = itertools.product(*(range(c, c + e) for c, e in zip(corner, extent, strict=True)))
                ways.append((sum(1 << (z * width + y) * length + x for x, y, z in cells), corner, extent))
        choices += [ways] * line.quantity
        names += [(line.line_id, index) for index in range(line.quantity)]

    def lay(unit: int, taken: int, placed: list[Placed]) -> Iterator[list[Placed]]:
        if unit == len(choices):
            yield placed
            return
        for space, corner, extent in choices[unit]:
            if not space & taken:
                um = [tuple(value * cell for value in each) for each in (corner, extent)]
                yield from lay(unit + 1, taken | space, [*placed, Placed(*names[unit], um[0], um[1])])

    return lay(0, 0, [])


def rests(placed: list[Placed]) -> bool:
    """Whether each unit has enough of its base on the floor or on tops at exactly its height."""
    for upper in placed:
        x, y, z = upper.corner_um
        length, width, _ = upper.extent_um
        carried = 0 if z else length * width
        for lower in placed:
            if lower.corner_um[2] + lower.extent_um[2] == z:
                sides = [
                    min(start + upper.extent_um[axis], lower.corner_um[axis] + lower.extent_um[axis])
                    - max(start, lower.corner_um[axis])
                    for axis, start in ((0, x), (1, y))
                ]
                carried += max(sides[0], 0) * max(sides[1], 0)
        if carried < RATIO * length * width:
            return False
    return True


def brute_force(order: Order, box: BoxType, support: float) -> bool:
    """Whether some packing at whole cells exists that breaks no rule."""
    return any(
        support == 0 or (rests(placed) and not judge(order, box, placed, support)) for placed in packings(order, box)
    )


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The verdicts on all tiny instances, with and without support."""
    recorded = Record(RECORDED)
    if importlib.util.find_spec("ortools") is None:
        return recorded
    path = tmp_path_factory.mktemp("oracle") / RECORDED.name
    made = Record(path)
    for order, box in instances():
        for support in (0.0, RATIO):
            made.add(("tiny", order.order_id, "box", support), decide(order, box, support, Limits()))
    if os.environ.get("BOXWRIGHT_UPDATE_GOLDEN"):
        RECORDED.write_text(path.read_text())
        recorded = Record(RECORDED)
    told = [{key: (each.status, each.reason) for key, each in record.verdicts.items()} for record in (recorded, made)]
    assert told[0] == told[1]
    return made


@pytest.mark.parametrize("support", [0.0, RATIO])
def test_verdicts_are_those_of_brute_force(verdicts: Record, support: float) -> None:
    """What is proved infeasible no enumeration finds, what one finds is feasible, and nothing stays open."""
    beyond_cells = 0
    for order, box in instances():
        status = verdicts.verdicts["tiny", order.order_id, "box", support].status
        found = brute_force(order, box, support)
        if support and not found and status is Status.FEASIBLE:
            # Supported packings may need places between whole cells, which brute force does not look at.
            beyond_cells += 1
        else:
            assert status is (Status.FEASIBLE if found else Status.INFEASIBLE), order
    assert beyond_cells == (3 if support else 0)


def test_support_decides_some_of_them(verdicts: Record) -> None:
    """Among the tiny orders are some that fit only without support."""
    statuses = {key[1:]: each.status for key, each in verdicts.verdicts.items()}
    differ = [
        order
        for order, box in instances()
        if statuses[order.order_id, "box", 0.0] is not statuses[order.order_id, "box", RATIO]
    ]
    assert len(differ) == 8


def test_feasible_means_a_packing_without_violations(verdicts: Record) -> None:
    """Each verdict of feasible holds placements that the independent check finds nothing wrong with."""
    for order, box in instances():
        for support in (0.0, RATIO):
            verdict = verdicts.verdicts["tiny", order.order_id, "box", support]
            if verdict.status is Status.FEASIBLE:
                assert len(verdict.placed) == order.unit_count
                assert judge(order, box, verdict.placed, support) == []


def test_the_smallest_box_is_settled_only_below_no_open_one(tmp_path: Path) -> None:
    """The smallest box is known once each smaller one is proved infeasible; open or missing verdicts leave it open."""
    catalog = Catalog("three", [BoxType(name, edge, 10, 10) for name, edge in (("c", 30), ("b", 20), ("a", 10))])
    record = Record(tmp_path / "verdicts.jsonl")
    no, yes, maybe = (Verdict(status, "told") for status in (Status.INFEASIBLE, Status.FEASIBLE, Status.OPEN))
    record.add(("set", "open", "a", RATIO), maybe)
    for order_id, told in {"settled": (no, yes), "open": (maybe, yes), "missing": (no,), "none": (no, no, no)}.items():
        for name, verdict in zip("abc", told, strict=False):
            record.add(("set", order_id, name, RATIO), verdict)
    again = Record(tmp_path / "verdicts.jsonl")
    found = {name: again.smallest("set", name, catalog, RATIO) for name in ("settled", "open", "missing", "none")}
    expected = {"settled": (True, 20 * 10**11), "open": (False, None), "missing": (False, None), "none": (True, None)}
    assert found == expected


def test_only_open_verdicts_are_tried_again_and_only_with_more_time(tmp_path: Path) -> None:
    """A run that goes on keeps what is settled, and what more time could not change."""
    record = Record(tmp_path / "verdicts.jsonl")
    proved, unsettled = Verdict(Status.INFEASIBLE, "told", limit_s=1), Verdict(Status.OPEN, "told", limit_s=10)
    record.add(("set", "proved", "box", RATIO), proved)
    record.add(("set", "unsettled", "box", RATIO), unsettled)
    assert record.settled(("set", "proved", "box", RATIO), 100) == proved
    assert record.settled(("set", "unsettled", "box", RATIO), 10) == unsettled
    assert record.settled(("set", "unsettled", "box", RATIO), 11) is None
    assert record.settled(("set", "unsettled", "box", 0.0), 1) is None


def test_a_line_that_was_cut_off_is_written_anew(tmp_path: Path) -> None:
    """After a run that was stopped in the middle of a line, the next one goes on after the last whole line."""
    path = tmp_path / "verdicts.jsonl"
    keys: list[tuple[str, str, str, float]] = [("set", "order", name, RATIO) for name in "abc"]
    record = Record(path)
    for key in keys[:2]:
        record.add(key, Verdict(Status.INFEASIBLE, "told"))
    path.write_bytes(path.read_bytes()[:-9])
    record = Record(path)
    assert list(record.verdicts) == keys[:1]
    record.add(keys[2], Verdict(Status.INFEASIBLE, "told"))
    assert list(Record(path).verdicts) == [keys[0], keys[2]]


def test_what_the_oracle_has_no_rule_for_is_refused() -> None:
    """Orders with load limits are an error, not a wrong verdict."""
    order = Order("glass", [Item("vase", 1, 10, 10, 10, 5, max_load_g=0)])
    with pytest.raises(ValueError, match="load limits"):
        decide(order, BoxType("box", 20, 20, 20), RATIO, Limits())
