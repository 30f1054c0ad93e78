"""The rules of protection: figures by hand, plans of the engine, and a second implementation."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import BoxType, Fragility, Item, Order, Parcel, Placement, Plan, Policy, SalesPackaging, plan
from boxwright.catalog import load_catalog, load_materials
from boxwright.checking import check
from boxwright.checking.needs import Pads, need_of

DATA = load_materials()
VASE = Item("vase", 1, 150, 150, 200, mass_g=900, article="vase")
DRIVE = Item("drive", 1, 200, 180, 160, mass_g=3_000, fragility=Fragility(g_level=50))
GAPS_MM = {"easy": (0, 0), "boxed": (0, 25), "fragile": (25, 25)}
"""Half-gap and wall margin of each class."""
CLASSES = st.sampled_from([None, *GAPS_MM])
CATALOG = replace(
    load_catalog("eu-webshop"),
    box_types=[
        BoxType(f"box-{edge}", edge, edge, edge, tare_g=edge, price_minor=edge) for edge in (150, 250, 350, 450)
    ],
)


@pytest.mark.parametrize(
    ("line", "service", "expected"),
    [
        (VASE, "", (25_000, 25_000, 2, True)),
        (VASE, "dhl-express/time-definite", (25_000, 35_000, 2, True)),
        (replace(VASE, sales_packaging=SalesPackaging(cushion_mm=10)), "", (25_000, 15_000, 2, True)),
        (replace(VASE, sales_packaging=SalesPackaging(cushion_mm=30)), "", (20_000, 0, 2, True)),
        (replace(VASE, sales_packaging=SalesPackaging(cushion_mm=50)), "", (0, 0, 0, False)),
        (replace(VASE, fragility=Fragility("boxed", 20)), "", (0, 25_000, 0, False)),
        (replace(VASE, fragility=Fragility(g_level=115)), "", (0, 0, 0, False)),
        (replace(VASE, fragility=Fragility(g_level=114.9)), "", (0, 25_000, 0, False)),
    ],
)
def test_gaps_wrap_and_fill_follow_from_line_article_and_carrier(line, service, expected):
    """The line overrides the article, the class the G-level; inner cushioning replaces margin, then gap."""
    need = need_of(line, DATA, service)
    assert (need.half_gap_um, need.wall_margin_um, need.wrap_layers, need.cushion_fill) == expected


def test_pads_by_hand():
    """Pads are 3.33 x 760 / 50 mm thick and 1.33 times that wide, or as wide as the highest stress asks for."""
    foam = DATA.dunnage_of("pe-foam-pad")
    assert need_of(DRIVE, DATA, "", foam, "ista-1a").pads == Pads(50_616, 67_320, 48_172)
    # 60 kg fall from 200 mm and need 13.32 mm, less than the minimum of 25 mm. 588.399 N / 8.27 kPa = 71,148.609 mm2.
    safe = Item("safe", 1, 400, 400, 400, mass_g=60_000, fragility=Fragility(g_level=50))
    pads = need_of(safe, DATA, "", foam, "ista-1a").pads
    assert (pads.thickness_um, pads.edge_um) == (25_000, 266_737)
    assert need_of(replace(DRIVE, mass_g=700), DATA, "", foam, "ista-1a").pads is None
    assert need_of(replace(DRIVE, height_mm=67), DATA, "", foam, "ista-1a").pads is None


@st.composite
def _orders(draw: st.DrawFn) -> Order:
    """Return an order of up to four lines of mixed classes, some of them heavy."""
    edges = st.integers(30, 220)
    lines = []
    for number in range(draw(st.integers(1, 4))):
        name = draw(CLASSES)
        fragility = None if name is None else Fragility(name)
        mass_g = draw(st.sampled_from([100, 900, 1_500, 9_000]))
        size = (draw(edges), draw(edges), draw(edges))
        lines.append(Item(f"u{number}", draw(st.integers(1, 3)), *size, mass_g=mass_g, fragility=fragility))
    return Order("order", lines)


def _class_of(line: Item) -> str:
    return "easy" if line.fragility is None else line.fragility.fragility_class.value


def _goods(lies: Placement) -> list[tuple[int, int]]:
    """Return the ends of the goods of a placement along each axis, in um."""
    gap = lies.half_gap_um
    axes = zip(lies.corner_um, lies.extent_um, strict=True)
    return [(corner + gap, corner + extent - gap) for corner, extent in axes]


def _read(parcel: Parcel, lines: dict[str, Item]) -> None:
    """Assert the rules of protection for the goods of a parcel, whatever its stated gaps."""
    units = [(lines[each.line_id], _goods(each)) for each in parcel.placements]
    for line, goods in units:
        gap, margin = GAPS_MM[_class_of(line)]
        for (low, high), inner in zip(goods, parcel.inner_um, strict=True):
            assert min(low, inner - high) >= 1_000 * (gap + margin)
    for (one, goods), (other, beside) in itertools.combinations(units, 2):
        apart = 1_000 * sum(GAPS_MM[_class_of(line)][0] for line in (one, other))
        assert max(max(c - b, a - d) for (a, b), (c, d) in zip(goods, beside, strict=True)) >= apart
        for line, heavy in ((one, other), (other, one)):
            if _class_of(line) in ("fragile", "boxed"):
                assert heavy.mass_g <= max(2_000 if _class_of(line) == "fragile" else 5_000, line.mass_g)
        for (line, below), (_, above) in (((one, goods), (other, beside)), ((other, beside), (one, goods))):
            if _class_of(line) == "fragile":  # nothing may stand in the gap above it
                over = all(low < b and a < high for (low, high), (a, b) in zip(below[:2], above[:2], strict=True))
                assert not over or not below[2][1] <= above[2][0] <= below[2][1] + 25_000


@given(_orders(), st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_plans_keep_the_rules_and_each_change_of_them_is_seen(order: Order, seed: int) -> None:
    """Plans of mixed classes are valid by both implementations; moved, swapped and missing units are found."""
    answer = plan(order, CATALOG, Policy(mode="fast", allow_partial=True), profiles=())
    assert _found(answer, order) == set()
    lines = {line.line_id: line for line in order.lines}
    rng = random.Random(seed)
    for index, parcel in enumerate(answer.parcels):
        _read(parcel, lines)
        for unit, lies in enumerate(parcel.placements):
            if lies.wall_margin_um:
                axis, inner = rng.choice(list(zip("xyz", parcel.inner_um, strict=True)))
                for at in (lies.wall_margin_um - 1, inner - lies.wall_margin_um + 1):
                    extent = lies.extent_um["xyz".index(axis)] if at > lies.wall_margin_um else 0
                    moved = replace(lies, **{f"{axis}_um": at - extent})
                    assert "no_clearance" in _found(_with(answer, index, unit, moved), order)
            if lies.half_gap_um:
                thinner = {f"{edge}_um": getattr(lies, f"{edge}_um") - 2 for edge in ("length", "width", "height")}
                bare = replace(lies, half_gap_um=lies.half_gap_um - 1, **thinner)
                assert "cushion_too_thin" in _found(_with(answer, index, unit, bare), order)
            assert "lost_unit" in _found(_with(answer, index, unit), order)
        by_class = {_class_of(lines[each.line_id]): unit for unit, each in enumerate(parcel.placements)}
        if {"easy", "fragile"} <= by_class.keys():
            easy, fragile = (parcel.placements[by_class[name]] for name in ("easy", "fragile"))
            names = {"line_id": easy.line_id, "unit_index": easy.unit_index}
            swapped = _with(answer, index, by_class["fragile"], replace(fragile, **names))
            names = {"line_id": fragile.line_id, "unit_index": fragile.unit_index}
            assert "cushion_too_thin" in _found(_with(swapped, index, by_class["easy"], replace(easy, **names)), order)


def _with(answer: Plan, index: int, unit: int, *lies: Placement) -> Plan:
    """Return a plan with another placement of a unit, or without it."""
    parcels = list(answer.parcels)
    before = parcels[index].placements
    parcels[index] = replace(parcels[index], placements=(*before[:unit], *lies, *before[unit + 1 :]))
    return replace(answer, parcels=tuple(parcels))


def _found(answer: Plan, order: Order) -> set[str]:
    policy = Policy(mode="fast", allow_partial=True)
    return {each.kind.value for each in check(answer, order, CATALOG, policy)}
