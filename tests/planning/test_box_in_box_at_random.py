"""Random orders with very fragile goods: nothing is lost, masses add up, and the order of lines does not matter."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Fragility, Item, Order, Policy, SalesPackaging, check, plan
from boxwright.contract.canonical import canonical_hash
from boxwright.domain.factor import Component
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT

from .inner_box_orders import BOARD, VERY, shelf


@st.composite
def mixed_orders(draw: st.DrawFn) -> Order:
    """Return an order of very fragile, fragile and plain goods."""
    lines = []
    for number in range(draw(st.integers(1, 3))):
        edges = [draw(st.integers(2, 14)) * 10 for _ in range(3)]
        fragility = draw(st.sampled_from([VERY, VERY, Fragility("fragile"), None]))
        lines.append(
            Item(
                f"line-{number}",
                draw(st.integers(1, 2)),
                *edges,
                mass_g=draw(st.integers(50, 3_000)),
                fragility=fragility,
                orientations=draw(st.sampled_from([ALL_ORIENTATIONS, UPRIGHT])),
                sales_packaging=draw(st.sampled_from([None, SalesPackaging(cushion_mm=5)])),
            )
        )
    return Order("mixed", lines)


SIZES = ((180, 160, 140), (240, 200, 160), (300, 240, 200), (360, 300, 280), (460, 380, 360), (600, 500, 450))


@settings(max_examples=20, deadline=None)
@given(
    order=mixed_orders(),
    stock=st.lists(st.sampled_from([None, None, 0, 1, 2]), min_size=len(SIZES), max_size=len(SIZES)),
    net_g=st.sampled_from([None, 4_000, 15_000]),
    clearance_mm=st.sampled_from([0, 3]),
)
def test_nothing_is_lost_and_all_masses_add_up(
    order: Order, stock: list[int | None], net_g: float | None, clearance_mm: float
) -> None:
    """Each unit is placed once or unpacked with a reason; gaps are kept, stock suffices, gross is goods and packaging.

    Sizes, gaps and masses of boxes in boxes are computed again here, only from the order and the catalog.
    """
    boxes = tuple(
        BoxType(
            f"box-{number}",
            *size,
            *(edge + 6 for edge in size),
            tare_g=size[0],
            max_net_g=net_g,
            available=most,
            **BOARD,
        )
        for number, (size, most) in enumerate(zip(SIZES, stock, strict=True))
    )
    policy = Policy(allow_partial=True, fit_clearance_mm=clearance_mm)
    catalog = shelf(*boxes)
    answer = plan(order, catalog, policy)
    assert check(answer, order, catalog, policy) == []
    units = [(line.line_id, index) for line in order.lines for index in range(line.quantity)]
    placed = [(each.line_id, each.unit_index) for parcel in answer.parcels for each in parcel.placements]
    assert sorted(placed + [(each.line_id, each.unit_index) for each in answer.unpacked]) == sorted(units)
    assert all(each.message for each in answer.unpacked)
    lines, used = {line.line_id: line for line in order.lines}, Counter()
    for parcel in answer.parcels:
        used[parcel.box_type_id] += 1
        goods = sum(lines[each.line_id].mass_mg for each in parcel.placements)
        assert parcel.net_mg == goods
        assert parcel.gross_mg == goods + sum(part.mass_mg for part in parcel.packaging)
        inside = [each for each in parcel.placements if each.inner_box_type_id]
        used.update(each.inner_box_type_id for each in inside)
        tares = sum(catalog.box_type(each.inner_box_type_id).tare_mg for each in inside)
        assert parcel.packaging_mg(Component.INNER_BOX) == tares
        for each in parcel.placements:
            line = lines[each.line_id]
            assert bool(each.inner_box_type_id) == (line.fragility == VERY)
            if each.inner_box_type_id:
                box = catalog.box_type(each.inner_box_type_id)
                carton = sorted(edge - 2 * each.half_gap_um for edge in each.extent_um)
                assert carton == sorted(box.outer_um)
                gap = 50_000 - line.inner_cushion_um
                room = sorted(edge - policy.fit_clearance_um - 2 * gap for edge in box.inner_um)
                assert all(edge <= most for edge, most in zip(sorted(line.edges_um), room, strict=True))
                low, high = each.corner_um, [a + b for a, b in zip(each.corner_um, each.extent_um, strict=True)]
                assert min(low) + each.half_gap_um >= 50_000
                inner = catalog.box_type(parcel.box_type_id).inner_um
                assert all(wall - end + each.half_gap_um >= 50_000 for end, wall in zip(high, inner, strict=True))
    assert all(box.available is None or used[box.box_type_id] <= box.available for box in boxes)


@settings(max_examples=10, deadline=None)
@given(order=mixed_orders(), data=st.data())
def test_the_order_of_the_lines_changes_nothing(order: Order, data: st.DataObject) -> None:
    """The choice of inner boxes does not depend on the order of lines, even if stock runs out."""
    boxes = [
        BoxType(f"box-{number}", *size, *(edge + 6 for edge in size), tare_g=size[0], available=2, **BOARD)
        for number, size in enumerate(SIZES)
    ]
    shuffled = Order("mixed", data.draw(st.permutations(order.lines)))
    policy = Policy(allow_partial=True)
    answers = [plan(each, shelf(*boxes), policy, profiles=()) for each in (order, shuffled)]
    assert canonical_hash(answers[0]) == canonical_hash(answers[1])
