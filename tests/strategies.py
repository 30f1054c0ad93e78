"""Hypothesis strategies that all packages share: orders, catalogs and policies."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from boxwright import (
    BoxType,
    Catalog,
    Compartments,
    Fragility,
    Item,
    Order,
    Policy,
    PropertyAmount,
    PropertyCap,
    SalesPackaging,
    SoftGoods,
    StackingCondition,
)
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT
from boxwright.packing.problem import Units

edges_mm = st.integers(10, 400) | st.sampled_from([25.4, 50.8, 127.0, 3.175, 304.8])
masses_g = st.integers(0, 5_000)


@st.composite
def soft_goods(draw: st.DrawFn, height_mm: float) -> SoftGoods:
    """Return fields that let goods of a height be folded and pressed."""
    thinnest = draw(st.none() | st.sampled_from([height_mm, height_mm / 2, height_mm / 10]))
    return SoftGoods(thinnest, draw(st.integers(0, 3)))


@st.composite
def items(draw: st.DrawFn, line_id: str, *, fragile: bool = False) -> Item:
    """Return an order line, with load limits, kept-upright units and soft goods among them."""
    height = draw(edges_mm)
    levels = [Fragility(g_level=60), Fragility("fragile"), Fragility("boxed", 40)]
    cushioned = draw(st.none() | st.sampled_from(levels)) if fragile else None
    inside = draw(st.sampled_from([None, None, SalesPackaging(), SalesPackaging(cushion_mm=1)])) if cushioned else None
    return Item(
        line_id,
        draw(st.integers(1, 4)),
        draw(edges_mm),
        draw(edges_mm),
        height,
        draw(masses_g),
        orientations=draw(st.sampled_from([ALL_ORIENTATIONS, UPRIGHT])),
        max_load_g=draw(st.none() | st.sampled_from([0, 500, 2_000])),
        fragility=cushioned,
        soft_goods=None if cushioned else draw(st.none() | st.none() | soft_goods(height)),
        keep_together_group=draw(st.sampled_from(["", "", "", "set", "pair"])),
        ships_in_own_container=draw(st.sampled_from([False, False, False, True])),
        property_amounts=draw(st.sampled_from([(), (), (PropertyAmount("lithium_wh", 20.5),)])),
        sales_packaging=inside,
        special_handling=draw(st.sampled_from([(), (), (), ("sharp",), ("liquid", "perishable")])),
    )


@st.composite
def orders(draw: st.DrawFn, *, fragile: bool = False) -> Order:
    """Return an order of one to four lines."""
    count = draw(st.integers(1, 4))
    lines = [draw(items(f"line-{index}", fragile=fragile)) for index in range(count)]
    # A keep-together group must not be kept apart from itself.
    apart = {group: draw(st.sampled_from(["", "", "food", "soap"])) for group in ("set", "pair")}
    return Order(
        "order",
        [
            replace(
                line,
                keep_apart_group=apart[line.keep_together_group]
                if line.keep_together_group
                else draw(st.sampled_from(["", "", "", "food", "soap"])),
            )
            for line in lines
        ],
    )


@st.composite
def box_types(draw: st.DrawFn, box_type_id: str) -> BoxType:
    """Return a box type with walls, tare and perhaps a weight limit."""
    length, width, height = (draw(st.integers(50, 600)) for _ in range(3))
    wall = draw(st.sampled_from([0, 4]))
    return BoxType(
        box_type_id,
        length,
        width,
        height,
        length + wall,
        width + wall,
        height + wall,
        tare_g=draw(st.integers(0, 800)),
        max_gross_g=draw(st.none() | st.integers(1_000, 30_000)),
        material_id="corrugated-board",
        property_caps=draw(st.sampled_from([(), (), (PropertyCap("lithium_wh", 20),)])),
        board_id=draw(st.sampled_from(["", "c-flute-32ect", "b-flute"])),
        edge_crush_kn_per_m=draw(st.sampled_from([None, None, 6.5])),
        style=draw(st.sampled_from(["rsc_0201", "rsc_0201", "rsc_0201", "tote"])),
    )


@st.composite
def mailers(draw: st.DrawFn, box_type_id: str) -> BoxType:
    """Return a mailer, bag or wrap with seams and walls, in which girth or thickness is the limit."""
    length, width, thickest = draw(st.integers(50, 700)), draw(st.integers(50, 700)), draw(st.integers(5, 400))
    seam, walls = draw(st.sampled_from([0, 10])), draw(st.sampled_from([0, 0.4, 8]))
    return BoxType(
        box_type_id,
        length,
        width,
        thickest,
        length + seam,
        width + seam,
        thickest + walls,
        tare_g=draw(st.integers(0, 80)),
        tare_weighed=draw(st.booleans()),
        max_gross_g=draw(st.none() | st.integers(1_000, 30_000)),
        material_id="kraft-paper",
        style=draw(st.sampled_from(["flat_mailer", "padded_mailer", "bag", "book_wrap"])),
    )


@st.composite
def packs(draw: st.DrawFn, box_type_id: str) -> BoxType:
    """Return a box type with compartments of several sizes, with or without walls."""
    columns, rows = (draw(st.lists(st.integers(30, 300), min_size=1, max_size=3)) for _ in range(2))
    height, walls = draw(st.integers(30, 300)), draw(st.sampled_from([0, 7]))
    return BoxType(
        box_type_id,
        sum(columns) + walls,
        sum(rows) + walls,
        height + walls,
        tare_g=draw(st.integers(0, 800)),
        max_net_g=draw(st.none() | st.integers(1_000, 10_000)),
        material_id="corrugated-board",
        compartments=Compartments(columns, rows, height),
    )


@st.composite
def cushionings(draw: st.DrawFn, dunnage_id: str) -> Dunnage:
    """Return wrap of any grammage, sometimes with a cushion curve, so that it can also be used for pads."""
    curve = draw(st.booleans())
    return Dunnage(
        dunnage_id,
        DunnageKind.CUSHIONING,
        "epe-foam",
        density_kg_per_m3=Decimal(draw(st.integers(5, 60))) if curve else None,
        cushion_factor=Decimal(draw(st.sampled_from(["1", "1.5", "3.2"]))) if curve else None,
        min_static_stress_kpa=Decimal("0.5") if curve else None,
        max_static_stress_kpa=Decimal(draw(st.integers(1, 20))) if curve else None,
        multi_drop_factor=draw(st.none() | st.just(Decimal("1.2"))) if curve else None,
        grammage_g_per_m2=Decimal(draw(st.integers(1, 400))),
        read_in_source=draw(st.booleans()),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Return a catalog of one to four box types, mailers and boxes with compartments among them, without dunnage."""
    kinds = [box_types("box-{}"), box_types("box-{}"), mailers("mailer-{}"), mailers("mailer-{}"), packs("pack-{}")]
    boxes = [draw(st.one_of(kinds)) for _ in range(draw(st.integers(1, 4)))]
    return Catalog("catalog", [replace(box, box_type_id=box.box_type_id.format(i)) for i, box in enumerate(boxes)])


policies = st.builds(
    Policy,
    support_ratio=st.sampled_from([0.0, 0.5, 0.75, 1.0]),
    load_bearing=st.booleans(),
    fit_clearance_mm=st.sampled_from([0, 5]),
    fill_limit=st.sampled_from([1.0, 0.8]),
    max_parcels=st.none() | st.integers(1, 3),
    allow_partial=st.just(True),
    mode=st.just("fast"),
    property_caps=st.sampled_from([(), (), (PropertyCap("lithium_wh", 41),), (PropertyCap("lithium_wh", 20),)]),
    stacking=st.sampled_from(
        [
            *(None, None),
            StackingCondition(layers=60, days=90, humidity_percent=85, pattern="column_aligned"),
            StackingCondition(stack_height_mm=2_000, days=5, humidity_percent=50, pattern="interlocked", overhang=True),
            StackingCondition(layers=200, safety_factor=3),
        ]
    ),
    box_certificate=st.booleans(),
    plausibility=st.sampled_from(["warn", "off"]),
    lifting_profile=st.sampled_from(["", "manual@1", "freight"]),
)


def units_of(edges: list[tuple[int, int, int]], **changed: list[float]) -> Units:
    """Return units of the given edges, kinds in order of appearance, free to turn."""
    kinds = {edge: number for number, edge in enumerate(dict.fromkeys(edges))}
    ordered = sorted(edges, key=kinds.__getitem__)
    count = len(edges)
    return Units(
        np.array(ordered, dtype=np.int64),
        np.full(count, 63, dtype=np.int64),
        np.array([kinds[edge] for edge in ordered], dtype=np.int64),
        np.array(changed.get("mass", [1_000.0] * count)),
        np.array(changed.get("max_load", [np.inf] * count)),
        np.zeros(count),
    )


@st.composite
def cut_boxes(draw: st.DrawFn) -> tuple[tuple[int, int, int], list[tuple[int, int, int]]]:
    """Return a box and pieces that fill it with no slack at all, by guillotine cuts and perhaps a pinwheel."""
    box = tuple(draw(st.integers(60, 400)) * 1_000 for _ in range(3))
    pieces = [box]
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(pieces) - 1))
        axis = draw(st.integers(0, 2))
        piece = pieces[index]
        if piece[axis] < 2:
            continue
        at = draw(st.integers(1, piece[axis] - 1))
        pieces[index] = (*piece[:axis], at, *piece[axis + 1 :])
        pieces.append((*piece[:axis], piece[axis] - at, *piece[axis + 1 :]))
    if draw(st.booleans()):
        pieces[0:1] = _pinwheel(draw, pieces[0])
    return box, pieces


def _pinwheel(draw: st.DrawFn, piece: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    """Return five pieces that no straight cut separates: four around a core, in plan view."""
    length, width, height = piece
    if min(length, width) < 4:
        return [piece]
    x, y = draw(st.integers(1, length // 2 - 1)), draw(st.integers(1, width // 2 - 1))
    core = (length - 2 * x, width - 2 * y, height)
    return [(length - x, y, height), (x, width - y, height), (length - x, y, height), (x, width - y, height), core]


@st.composite
def repetitive_orders(draw: st.DrawFn) -> Order:
    """Return an order of one to five lines of up to forty equal units, some with load limits or kept upright."""
    lines = [
        Item(
            f"line-{index}",
            draw(st.integers(10, 40)),
            draw(st.integers(20, 90)),
            draw(st.integers(20, 90)),
            draw(st.integers(10, 60)),
            draw(st.sampled_from([0, 1, 50, 400, 5_000])),
            orientations=draw(st.sampled_from([ALL_ORIENTATIONS, UPRIGHT])),
            max_load_g=draw(st.none() | st.sampled_from([0, 500, 2_000])),
        )
        for index in range(draw(st.integers(1, 5)))
    ]
    return Order("repetitive", lines)
