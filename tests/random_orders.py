"""Orders, catalogs and policies at the limits of the input, each from a seed.

Hypothesis finds small counterexamples. These hundreds of thousands of cases find rare ones: tiny and huge units, zero
slack, many identical units, weights and load limits met to the milligram, fragile units with dunnage, all policies.
"""

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boxwright import (
    BoxType,
    Catalog,
    Fragility,
    Item,
    Lane,
    Leg,
    Objective,
    Order,
    Orientation,
    Policy,
    StackingCondition,
    load_catalog,
)
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT, SoftGoods
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
from zero_slack import instance

DUNNAGE = load_catalog("us-stock").dunnage
BLOCKING = Dunnage("block", DunnageKind.BLOCKING, "honeycomb-paper", density_kg_per_m3=Decimal(40), read_in_source=True)
LABEL = Dunnage("label", DunnageKind.LABEL, "kraft-paper", piece_g=Decimal("4.5"), read_in_source=True)
PILES = (
    None,
    StackingCondition(layers=5, days=10, humidity_percent=70, pattern="column_aligned"),
    StackingCondition(stack_height_mm=1_200, days=180, humidity_percent=100, pattern="interlocked", overhang=True),
    StackingCondition(layers=30, safety_factor=3.3),
    StackingCondition(layers=1, safety_factor=1),
)
SERVICES = ("ups/us-daily", "fedex/us", "usps/parcel", "dhl-express/international", "sf/standard", "jd/standard")
G_LEVELS = (10, 25, 40, 60, 85, 115, 400)


@dataclass(frozen=True)
class Case:
    """One call of ``plan``, and the kind of its order."""

    sort: str
    order: Order
    catalog: Catalog
    policy: Policy
    lane: Lane | None = None
    profiles: tuple[str, ...] = ()


def case(draw: random.Random) -> Case:
    """Return a random call of ``plan``; ``draw`` decides everything."""
    sort = draw.choice(list(SORTS))
    lines, boxes = SORTS[sort](draw)
    lines = [_limited(draw, line) for line in lines] if draw.random() < 0.3 else lines
    if draw.random() < 0.03:
        lines = [*lines, Item("missing", draw.randint(1, 2), mass_g=1, dimension_status="missing")]
    boxes = [_stocked(draw, box) for box in boxes]
    fragile = draw.random() < 0.15 or sort == "fragile"
    if fragile:
        lines = [
            changed(line, fragility=_fragility(draw)) if draw.random() < 0.6 and line.soft_goods is None else line
            for line in lines
        ]
    if draw.random() < 0.15:
        lines = [_grouped(draw, line) for line in lines]
    dunnage = DUNNAGE if fragile or draw.random() < 0.25 else ()
    policy, lane, profiles = _asked(draw)
    if draw.random() < 0.25:
        lines = [changed(line, mass_g=draw.choice([line.mass_g, 6_999.999, 7_000.0, 15_000.0])) for line in lines]
        boxes = [_of_board(draw, box) for box in boxes]
        dunnage = draw.choice([dunnage, (*DUNNAGE, BLOCKING, LABEL), (BLOCKING,), (LABEL,)])
        policy = changed(policy, stacking=draw.choice(PILES), box_certificate=draw.random() < 0.3)
    policy = changed(policy, lifting_profile=draw.choice(["", "", "freight"]))
    return Case(sort, Order("order", lines), Catalog("catalog", boxes, dunnage=dunnage), policy, lane, profiles)


def _of_board(draw: random.Random, box: BoxType) -> BoxType:
    """Give a box a board, or its own edge crush and thickness, or neither."""
    own = {"edge_crush_kn_per_m": draw.uniform(2, 14), "caliper_mm": draw.uniform(1, 8), "flute": "C"}
    return changed(box, **draw.choice([{"board_id": "c-flute-32ect"}, {"board_id": "bc-flute"}, own, {}]))


def changed(thing: Any, **fields: object) -> Any:
    """Return a line, box type or policy with some fields changed; ``replace`` would also pass derived values on."""
    return type(thing)(**{**{name: getattr(thing, name) for name in type(thing).__dataclass_fields__}, **fields})


def _mm(draw: random.Random, low: float, high: float) -> float:
    """Return a length: whole millimetres, inches or micrometres."""
    length = draw.uniform(low, high)
    grain = draw.choice([1.0, 1.0, 25.4, 3.175, 0.001])
    return min(high, max(grain, 0.001, round(length / grain) * grain))


def _line(draw: random.Random, number: int, low: float, high: float, most: int = 4) -> Item:
    """Return a line of up to ``most`` units with edges between two lengths in mm."""
    return Item(
        f"line-{number}",
        draw.randint(1, most),
        *(_mm(draw, low, high) for _ in range(3)),
        draw.choice([0.0, 0.001, 1.0, draw.uniform(0, 500), draw.uniform(0, 5_000)]),
        orientations=draw.choice([ALL_ORIENTATIONS, ALL_ORIENTATIONS, UPRIGHT, (draw.choice(ALL_ORIENTATIONS),)]),
        max_load_g=draw.choice([None, None, None, 0, draw.uniform(0, 3_000)]),
    )


def _box(draw: random.Random, number: int, low: float, high: float) -> BoxType:
    length, width, height = (_mm(draw, low, high) for _ in range(3))
    return _boxed(draw, number, length, width, height)


def _boxed(draw: random.Random, number: int, length: float, width: float, height: float) -> BoxType:
    """Return a box type of given inner edges, with walls, tare, price, limits and perhaps a material."""
    wall = draw.choice([0.0, 0.0, 4.0]) if max(length, width, height) < 9_000 else 0.0
    return BoxType(
        f"box-{number}",
        length,
        width,
        height,
        length + wall,
        width + wall,
        height + wall,
        tare_g=draw.choice([0.0, draw.uniform(0, 800)]),
        max_gross_g=draw.choice([None] * 7 + [draw.uniform(1, 30_000)]),
        max_net_g=draw.choice([None] * 9 + [draw.uniform(1, 20_000)]),
        material_id=draw.choice(["corrugated-board", "corrugated-board", ""]),
        property_caps=[PropertyCap("lithium_wh", draw.choice([0, 25.5, 100]))] if draw.random() < 0.05 else (),
        trips=draw.choice([1] * 9 + [20]),
        price_minor=draw.randint(0, 500),
    )


def _stocked(draw: random.Random, box: BoxType) -> BoxType:
    """Limit the stock of some box types."""
    if draw.random() < 0.85:
        return box
    return changed(box, available=draw.choice([0, 1, 1, 2, 3]))


def _mixed(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    longest = draw.choice([100, 250, 400])
    lines = [_line(draw, number, 10, longest) for number in range(draw.randint(1, 4))]
    return lines, [_box(draw, number, 50, 600) for number in range(draw.randint(1, 5))]


def _scales(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """Edges from one micrometre to ten metres in one order, with boxes of any size."""
    spans = [(0.001, 0.01), (0.01, 3), (1, 50), (50, 1_000), (1_000, 10_000)]
    lines = [_line(draw, number, *draw.choice(spans)) for number in range(draw.randint(1, 3))]
    # Mostly boxes of the size of the largest line, so that something fits.
    longest = max(max(line.length_mm, line.width_mm, line.height_mm) for line in lines)
    around = (longest / 2, min(10_000.0, longest * 3))
    return lines, [_box(draw, number, *draw.choice([around, around, *spans])) for number in range(draw.randint(1, 3))]


def _needles(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """Rods and plates: one or two edges a hundred times the others."""
    lines = []
    for number in range(draw.randint(1, 3)):
        edges = [draw.choice([1.0, 2.0, draw.uniform(100, 400)]) for _ in range(3)]
        lines.append(Item(f"line-{number}", draw.randint(1, 6), *edges, draw.uniform(0, 300)))
    return lines, [_box(draw, number, *draw.choice([(30, 500), (350, 600)])) for number in range(draw.randint(1, 3))]


def _full(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """Units cut out of a box without slack, and boxes that are slightly too small."""
    cut = instance(draw, most_units=draw.choice([4, 8, 14]))
    lines = []
    for number, (edges, mask) in enumerate(zip(cut.units.edges_um.tolist(), cut.units.masks.tolist(), strict=True)):
        allowed = tuple(each for bit, each in enumerate(ALL_ORIENTATIONS) if (mask >> bit) & 1)
        lines.append(Item(f"line-{number}", 1, *(edge / 1_000 for edge in edges), 10.0, orientations=allowed))
    inner = [edge / 1_000 for edge in cut.space.edges_um]
    boxes = [_boxed(draw, 0, *inner)]
    for number in range(1, draw.randint(1, 3)):
        tight = list(inner)
        axis = draw.randrange(3)
        tight[axis] = max(0.001, tight[axis] + draw.choice([-0.001, 0.001, -1.0, 1.0]))
        boxes.append(_boxed(draw, number, *tight))
    return lines, boxes


def _identical(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """One line of many equal units, in boxes whose edges are multiples of those of the unit, and in others."""
    line = _line(draw, 0, 10, 120)
    line = changed(line, quantity=draw.choice([5, 8, 12, 27, 40, 70]))
    boxes = [_box(draw, 0, 60, 500)]
    for number in range(1, draw.randint(1, 3)):
        edges = (line.length_mm, line.width_mm, line.height_mm)
        boxes.append(_boxed(draw, number, *(min(2_000.0, edge * draw.randint(1, 5)) for edge in edges)))
    return [line], boxes


def _many(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """Units of few kinds, only some of which fit a box together, so that there are tens to hundreds of parcels."""
    lines = []
    for number in range(draw.choice([1, 1, 2, 3])):
        line = _line(draw, number, 80, 400)
        lines.append(changed(line, quantity=draw.choice([20, 60, 150, 300]), mass_g=draw.choice([1.0, 900.0, 5_000.0])))
    longest = max(max(line.length_mm, line.width_mm, line.height_mm) for line in lines)
    return lines, [_box(draw, number, longest, 1.5 * longest) for number in range(draw.randint(1, 6))]


def _weights(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """Limits that some of the units meet to the milligram, or miss by one."""
    lines = [changed(_line(draw, number, 10, 100), mass_g=draw.choice([1.0, 0.333, 250.0])) for number in range(2)]
    boxes = []
    for number in range(draw.randint(1, 3)):
        counts = [draw.randint(0, line.quantity) for line in lines]
        net = sum(count * line.mass_g for count, line in zip(counts, lines, strict=True))
        tare = draw.choice([0.0, 50.0])
        edge = draw.choice([0.0, 0.001, -0.001])
        net_limit = draw.random() < 0.5
        limit = max(0.001, net + edge + (0.0 if net_limit else tare))
        length, width, height = (_mm(draw, 100, 300) for _ in range(3))
        boxes.append(
            BoxType(
                f"box-{number}",
                *(length, width, height, length, width, height),
                tare_g=tare,
                max_net_g=limit if net_limit else None,
                max_gross_g=None if net_limit else limit,
                material_id="corrugated-board",
                price_minor=draw.randint(0, 500),
            )
        )
    return lines, boxes


def _piles(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """Plates that must be piled, with load limits that the units above meet to the milligram, or miss by one."""
    masses = [draw.choice([100.0, 250.0, 0.5]) for _ in range(draw.randint(2, 4))]
    lines = []
    for number, mass in enumerate(masses):
        above = sum(draw.sample(masses, draw.randint(0, len(masses))))
        limit = max(0.0, above + draw.choice([0.0, 0.0, -0.001, 0.001]))
        edges = (100.0, draw.choice([100.0, 75.0, 74.0, 50.0]), draw.choice([10.0, 20.0]))
        lines.append(Item(f"line-{number}", draw.randint(1, 2), *edges, mass, max_load_g=limit))
    return lines, [_boxed(draw, 0, 100, 100, draw.choice([30, 40, 60, 90])), _boxed(draw, 1, 210, 100, 100)]


def _fragile(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    lines = [_line(draw, number, 20, 200, most=3) for number in range(draw.randint(1, 3))]
    return lines, [_box(draw, number, 150, 700) for number in range(draw.randint(1, 4))]


def _flexible(draw: random.Random) -> tuple[list[Item], list[BoxType]]:
    """Mailers whose girth some units just fill or just exceed, with soft goods among the units."""
    lines = [_line(draw, number, 5, 200, most=3) for number in range(draw.randint(1, 3))]
    lines = [changed(line, soft_goods=_softness(draw, line)) if draw.random() < 0.6 else line for line in lines]
    boxes = [_box(draw, 0, 50, 600)]
    for number in range(1, draw.randint(2, 4)):
        content = _content(draw, lines)
        edge = draw.choice([0.0, 0.0, 0.001, -0.001, draw.uniform(0, 150)])
        flat = [min(9_000.0, max(0.001, each + content[2] + edge)) for each in content[:2]]
        thickest = min(9_000.0, max(0.001, draw.choice([content[2], content[2] - 0.001, 400.0])))
        seam, wall = draw.choice([0.0, 10.0]), draw.choice([0.0, 0.4])
        boxes.append(
            BoxType(
                f"mailer-{number}",
                *(*flat, thickest, flat[0] + seam, flat[1] + seam, thickest + wall),
                tare_g=draw.uniform(0, 60),
                max_net_g=draw.choice([None, None, 2_000.0]),
                material_id="kraft-paper",
                price_minor=draw.randint(0, 200),
                style=draw.choice(["flat_mailer", "padded_mailer", "bag"]),
            )
        )
    return lines, boxes


def _softness(draw: random.Random, line: Item) -> SoftGoods:
    """Return fields of a line that let its goods be folded and pressed."""
    thinnest = draw.choice([None, line.height_mm, draw.uniform(line.height_mm / 8, line.height_mm)])
    return SoftGoods(thinnest, draw.choice([0, 0, 1, 2, 3, 6]))


def _content(draw: random.Random, lines: list[Item]) -> list[float]:
    """Return the cuboid, in mm, of some units of the first line: a row, a pile, or a single unit."""
    shape = list(lines[0].shape_um(draw.randint(0, lines[0].soft_goods.max_folds if lines[0].soft_goods else 0)))
    draw.shuffle(shape)
    shape[draw.randrange(3)] *= draw.randint(1, lines[0].quantity)
    return [edge / 1_000 for edge in shape]


def _limited(draw: random.Random, line: Item) -> Item:
    """Allow some of the orientations only."""
    return changed(line, orientations=tuple(draw.sample(list(Orientation), draw.randint(1, 6))))


def _grouped(draw: random.Random, line: Item) -> Item:
    """Keep a line together with others or apart from them, or give it a property that the policy may cap."""
    together = draw.choice(["", "", "kit"])
    return changed(
        line,
        keep_together_group=together,
        # Lines of one kit that must be kept apart are refused on reading.
        keep_apart_group="" if together else draw.choice(["", "food", "poison"]),
        property_amounts=draw.choice([(), (PropertyAmount("lithium_wh", draw.choice([0, 50, 25.5, 100])),)]),
    )


def _fragility(draw: random.Random) -> Fragility:
    if draw.random() < 0.5:
        return Fragility(g_level=draw.choice(G_LEVELS))
    return Fragility(draw.choice(["ship_ready", "easy", "boxed", "fragile"]))


SORTS: dict[str, Callable[[random.Random], tuple[list[Item], list[BoxType]]]] = {
    "mixed": _mixed,
    "scales": _scales,
    "needles": _needles,
    "full": _full,
    "identical": _identical,
    "many": _many,
    "weights": _weights,
    "piles": _piles,
    "fragile": _fragile,
    "flexible": _flexible,
}
"""Kinds of orders: lines and box types from a seed."""


def _asked(draw: random.Random) -> tuple[Policy, Lane | None, tuple[str, ...]]:
    """Return a policy, the lane and the profiles that it needs."""
    known = [each for each in Objective if each is not Objective.SHIPPING_COST]  # this objective needs a price table
    objectives = draw.sample(known, draw.choice([1, 1, 2, 3])) if draw.random() < 0.5 else None
    lane = None
    if draw.random() < 0.1 or (objectives and Objective.CHARGEABLE_WEIGHT in objectives):
        lane = Lane([Leg("road", 500)], "US", "US", draw.choice(SERVICES), datetime.date(2025, 10, 1))
    profiles = ("uk-desnz",) if (objectives and Objective.EMISSIONS in objectives) or draw.random() < 0.05 else ()
    policy = Policy(
        **({"objectives": objectives} if objectives else {}),
        support_ratio=draw.choice([0.75, 0.75, 0.75, 0.0, 0.5, 0.333333, 1.0]),
        load_bearing=draw.random() < 0.85,
        fit_clearance_mm=draw.choice([0] * 8 + [0.001, 5, 60]),
        fill_limit=draw.choice([1.0] * 8 + [0.999999, 0.8, 0.3, 0.000001]),
        max_parcels=draw.choice([None] * 6 + [1, 2, 3]),
        allow_partial=draw.random() < 0.8,
        mode="fast" if draw.random() < 0.97 else "balanced",
        void_fill_id=(fill_id := draw.choice(["", "", "none"])),
        tape_id=draw.choice(["", "", "none"]),
        void_fill_share=max(draw.choice([1.0, 1.0, 0.5, 0.0]), float(fill_id == "none")),
        material_requirements=draw.choice([()] * 20 + [("plastic_free",), ("recyclable",), ("reusable",)]),
        accept_incomplete_footprint=draw.random() < 0.9 and Objective.EMISSIONS in (objectives or ()),
        property_caps=[PropertyCap("lithium_wh", draw.choice([0, 100, 99.999999]))] if draw.random() < 0.2 else (),
        min_recycled_content=draw.choice([0.0] * 20 + [0.5, 0.9]),
        excluded_materials=draw.choice([()] * 20 + [("kraft-paper",), ("corrugated-board",)]),
        prefer_reusable=draw.random() < 0.1,
    )
    return policy, lane, profiles
