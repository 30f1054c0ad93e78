"""The SVG files: their data, and their appearance."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.domain.bench import BenchWords
from boxwright.domain.box import BoxStyle, BoxType, Catalog
from boxwright.domain.compartments import Compartments
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.order import FragilityClass, Item, Order
from boxwright.domain.plan import Parcel, Placement, Plan, PlanStatus, StartedParcel, UnpackedReason, UnpackedUnit
from boxwright.domain.protection import LineProtection, ProtectionRule
from boxwright.drawing import page_pictures, parcel_svg
from boxwright.drawing import plan_svg as drawn_plan
from boxwright.drawing.lettering import ranges, text_width_px
from boxwright.drawing.palette import greyed, line_colour
from boxwright.errors import InvalidInputError
from boxwright.planning import Task, bench_words

BOX = BoxType("B-30", 300, 230, 240, 306, 236, 252)
SIZE_UM = (300_000, 230_000, 240_000)
SVG = "{http://www.w3.org/2000/svg}"


def plan_svg(plan: Plan, order: Order, catalog: Catalog, started: tuple[StartedParcel, ...] = ()) -> str:
    """Draw a plan with the sentences of its parcels."""
    known = all(parcel.box_type_id in {box.box_type_id for box in catalog.box_types} for parcel in plan.parcels)
    none = BenchWords("en", (), (), None, (), 0, 0)
    words = bench_words(plan, Task(order, catalog, started_parcels=started)) if known else [none] * len(plan.parcels)
    return drawn_plan(plan, order, catalog, words, started)


def page_svg(parcel: Parcel, order: Order, box: BoxType, started: tuple[StartedParcel, ...] = ()) -> str:
    """Draw a parcel for a page, whole."""
    return page_pictures(parcel, order, box, stepwise=False, started_parcels=started)[0]


def texts(svg: str) -> list[str]:
    """Return the texts of a picture."""
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")]


def numbers_listed(text: str) -> set[int]:
    """Return the numbers that a list of ranges stands for."""
    listed: set[int] = set()
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", text):
        listed |= set(range(int(first), int(last or first) + 1))
    return listed


@given(seed=st.integers(0, 10**6), cuts=st.integers(0, 40))
@settings(max_examples=10)
def test_every_unit_is_numbered_or_listed(guillotine, parcel_of, seed: int, cuts: int) -> None:
    """Each unit's number stands on it, or the legend says that it does not."""
    parcel, order = parcel_of(guillotine(SIZE_UM, cuts, seed, gaps=True), "B-30", half_gap_um=2_000)
    written = texts(parcel_svg(parcel, order, BOX))
    on_units = {int(text) for text in written if text.isdigit()}
    joined = " ".join(written)
    listed = numbers_listed(joined.partition("or too thin:")[2])
    assert on_units | listed >= set(range(1, len(parcel.placements) + 1))


@given(
    seed=st.integers(0, 10**6), cuts=st.integers(0, 40), name=st.sampled_from(["a", "W" * 150, "件" * 80, "a b " * 40])
)
@settings(max_examples=10)
def test_no_text_leaves_the_card(guillotine, parcel_of, seed: int, cuts: int, name: str) -> None:
    """Every written text, however long its id, ends inside the picture."""
    parcel, order = parcel_of(guillotine(SIZE_UM, cuts, seed), "B-30", lines=2, name=name)
    plan = Plan("made-up", PlanStatus.COMPLETE, (parcel,))
    assert_inside(plan_svg(plan, order, Catalog("c", (BOX,))))


def assert_inside(text: str) -> None:
    """Check that every text whose place does not depend on a face ends inside the picture."""
    svg = ET.fromstring(text)
    width, height = float(svg.attrib["width"]), float(svg.attrib["height"])
    for element in svg.iter(f"{SVG}text"):
        if "x" not in element.attrib:
            continue
        x, y, size = (float(element.attrib[key]) for key in ("x", "y", "font-size"))
        extent = text_width_px(element.text or "", size)
        share = {"end": -1.0, "middle": -0.5}.get(element.attrib.get("text-anchor", ""), 0.0)
        assert x + share * extent >= 0
        assert x + (1 + share) * extent <= width
        assert size <= y <= height


EDGE_UM = st.integers(1_000, 2_000_000)


@given(edges_um=st.tuples(EDGE_UM, EDGE_UM, EDGE_UM), flaps=st.booleans())
@settings(max_examples=20)
def test_sizes_fit_round_boxes_of_any_shape(edges_um: tuple[int, int, int], flaps: bool) -> None:
    """The inner sizes are inside the picture and left of the column for flat, long and tall boxes."""
    style = BoxStyle.RSC_0201 if flaps else BoxStyle.TOTE
    edges_mm = [edge / 1_000 for edge in edges_um]
    box = BoxType("b", *edges_mm, style=style)
    order = Order("o", (Item("A", 1, *edges_mm, 1),))
    parcel = Parcel("b", (Placement("A", 0, 0, 0, 0, *edges_um),))
    for svg in (parcel_svg(parcel, order, box), page_svg(parcel, order, box)):
        assert_inside(svg)
    overview = ET.fromstring(parcel_svg(parcel, order, box))
    column = next(float(e.attrib["x"]) for e in overview.iter(f"{SVG}text") if e.text == "inside")
    for group in overview.iter(f"{SVG}g"):
        if group.attrib.get("class") in ("carton", "near-edges"):
            xs = [float(x) for e in group for x in re.findall(r"(-?[\d.]+),", e.attrib.get("points", ""))]
            assert all(0 <= x <= column for x in xs)
    sizes = [e for e in overview.iter(f"{SVG}text") if e.attrib.get("text-anchor") == "start"]
    assert float(sizes[0].attrib["x"]) + text_width_px(sizes[0].text or "", 12) <= column


def test_markup_in_names_stays_text() -> None:
    """Names that hold markup or characters that XML forbids come out as text of a well-formed file."""
    name = '</title><script>alert("1")</script>&'
    evil = f"{name}\x00"
    order = Order(name, (Item(name, 1, 10, 10, 10, 5, description=name),))
    parcel = Parcel("B-30", (Placement(name, 0, 0, 0, 0, 10_000, 10_000, 10_000),))
    unpacked = (UnpackedUnit(evil, 0, UnpackedReason.MISSING_DIMENSIONS, evil),)
    plan = Plan(evil, PlanStatus.PARTIAL, (parcel,), unpacked)
    for svg in (plan_svg(plan, order, Catalog("c", (BOX,))), parcel_svg(parcel, order, BOX, step=1)):
        assert {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}.isdisjoint({"script"})
        assert "<script" not in svg


def test_the_same_plan_gives_the_same_bytes(guillotine, parcel_of) -> None:
    """Drawing twice gives equal text."""
    parcel, order = parcel_of(guillotine(SIZE_UM, 20, 1, gaps=True), "B-30")
    assert parcel_svg(parcel, order, BOX) == parcel_svg(parcel, order, BOX)


@pytest.mark.parametrize("cuts", [5, 23, 60])
def test_a_plan_shows_every_step(guillotine, parcel_of, cuts: int) -> None:
    """The captions of the step pictures name each unit of the pack sequence."""
    parcel, order = parcel_of(guillotine(SIZE_UM, cuts, 4), "B-30")
    written = texts(plan_svg(Plan("made-up", PlanStatus.COMPLETE, (parcel,)), order, Catalog("c", (BOX,))))
    named: set[int] = set()
    for text in written:
        if match := re.match(r"(\d+)(?:–(\d+))?\. ", text):
            named |= set(range(int(match[1]), int(match[2] or match[1]) + 1))
    assert ranges(named) == f"1–{len(parcel.placements)}"


def test_unpacked_units_are_named() -> None:
    """Unpacked units are in the picture with their reason and rule."""
    order = Order("o", (Item("A", 2, 10, 10, 10, 5),))
    unpacked = tuple(UnpackedUnit("A", k, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, "5 g over 4 g") for k in range(2))
    svg = plan_svg(Plan("o", PlanStatus.NONE, (), unpacked), order, Catalog("c", (BOX,)))
    assert any("A #2" in each and "5 g over 4" in each for each in texts(svg))


@pytest.mark.parametrize("step", [0, 3, -1])
def test_a_step_must_exist(step: int) -> None:
    """A step that the parcel does not have is refused, naming the range."""
    order = Order("o", (Item("A", 2, 10, 10, 10, 5),))
    parcel = Parcel("B-30", tuple(Placement("A", k, 10_000 * k, 0, 0, 10_000, 10_000, 10_000) for k in range(2)))
    with pytest.raises(InvalidInputError, match=r"step"):
        parcel_svg(parcel, order, BOX, step=step)


def test_a_step_shows_only_what_is_in_the_box_by_then() -> None:
    """After step 1 of 2 the second unit is not drawn, and after step 2 it alone has its number."""
    order = Order("o", (Item("A", 1, 10, 10, 10, 5), Item("B", 1, 10, 10, 10, 5)))
    parcel = Parcel(
        "B-30", tuple(Placement(name, 0, 10_000 * at, 0, 0, 10_000, 10_000, 10_000) for at, name in enumerate("AB"))
    )
    first, second = (parcel_svg(parcel, order, BOX, step=step) for step in (1, 2))
    assert line_colour(1) not in first.split('class="dimensions"')[0]
    assert line_colour(1) in second.split('class="dimensions"')[0]


def test_equal_units_that_go_in_together_have_one_picture() -> None:
    """Twelve books in two stacks are one step of a page."""
    order = Order("o", (Item("A", 12, 10, 10, 10, 5),))
    placed = tuple(Placement("A", k, 10_000 * (k // 6), 0, 10_000 * (k % 6), 10_000, 10_000, 10_000) for k in range(12))
    _, steps = page_pictures(Parcel("B-30", placed), order, BOX)
    assert [run for run, _ in steps] == [range(1)]


def test_box_and_lines_must_be_the_parcels() -> None:
    """Another box type, a line that the order lacks and a box that the catalog lacks are refused by field path."""
    order = Order("o", (Item("A", 1, 10, 10, 10, 5),))
    parcel = Parcel("other", (Placement("B", 0, 0, 0, 0, 10_000, 10_000, 10_000),))
    with pytest.raises(InvalidInputError) as refused:
        parcel_svg(parcel, order, BOX)
    assert [violation.field for violation in refused.value.violations] == ["placements[0].line_id", "box"]
    with pytest.raises(InvalidInputError, match=r"parcels\[0\].box_type_id"):
        plan_svg(Plan("o", PlanStatus.COMPLETE, (parcel,)), order, Catalog("c", (BOX,)))


def test_a_mailer_is_drawn_as_it_is_filled() -> None:
    """Goods 40 mm high make 350 x 250 mm of mailer 310 x 210 x 40 mm in the picture, the figures and the thumbnail."""
    mailer = BoxType("m", 350, 250, 60, 360, 260, 60.4, style="flat_mailer")
    parcel = Parcel("m", (Placement("a", 0, 0, 0, 0, 210_000, 150_000, 40_000),))
    order = Order("o", [Item("a", 1, 210, 150, 40)])
    for svg in (parcel_svg(parcel, order, mailer), page_svg(parcel, order, mailer)):
        assert {"310 mm", "210 mm", "40 mm"} <= set(texts(svg))
    assert "310 × 210 × 40 mm" in texts(parcel_svg(parcel, order, mailer))
    too_much = Parcel("m", (Placement("a", 0, 0, 0, 0, 340_000, 150_000, 300_000),))
    assert {"350 mm", "250 mm", "300 mm"} <= set(texts(parcel_svg(too_much, order, mailer)))


def test_compartments_are_drawn() -> None:
    """A shipper shows floor and two far walls of each compartment and the rims of all; an open box has none of them."""
    grid = Compartments([90, 90], [90], 320)
    shipper, box = (BoxType("pack", 200, 100, 330, compartments=each) for each in (grid, None))
    order = Order("o", (Item("wine", 1, 80, 80, 310, 1_300),))
    placement = Placement("wine", 0, 6_666, 5_000, 5_000, 80_000, 80_000, 310_000, compartment=1)
    drawn, plain = (parcel_svg(Parcel("pack", (placement,)), order, each) for each in (shipper, box))
    assert drawn.count("<polygon") - plain.count("<polygon") == 2 * 3
    assert drawn.count("stroke-dasharray") - plain.count("stroke-dasharray") == 2 * 4
    assert_inside(drawn)


GAP, MARGIN = 25_000, 25_000
FILL = PackagingComponent(Component.VOID_FILL, "kraft-paper", 90_000, 1, "crumpled-kraft-fill")


def mug_and_book(*, book: bool) -> tuple[Parcel, Order]:
    """A mug wrapped twice, 50 mm from floor and walls; where it is wanted a book on the floor before it."""
    lines = [Item("mug", 1, 100, 100, 100, 300, description="Mug"), Item("book", 1, 200, 20, 100, 400)]
    placed = [Placement("book", 0, 0, 0, 0, 200_000, 20_000, 100_000)] if book else []
    placed.append(
        Placement("mug", 0, 25_000, 25_000, 25_000, 150_000, 150_000, 150_000, half_gap_um=GAP, wall_margin_um=MARGIN)
    )
    rule = LineProtection("mug", ProtectionRule.PRACTICE, FragilityClass.FRAGILE, GAP, MARGIN, 2)
    return (
        Parcel(
            "big",
            tuple(placed),
            (FILL,),
            inner_um=(200_000, 200_000, 220_000),
            cushioning_id="paper-wrap",
            protection=(rule,),
        ),
        Order("o", tuple(lines if book else lines[:1])),
    )


BIG = BoxType("big", 200, 200, 220)


def test_wrap_and_fill_are_drawn_and_described() -> None:
    """Wrap and fill are drawn under and over the goods; legend and sentences state their amounts, and one distance."""
    parcel, order = mug_and_book(book=False)
    svg = plan_svg(Plan("o", PlanStatus.COMPLETE, (parcel,)), order, Catalog("c", (BIG,)))
    said = " ".join(texts(svg))
    for figure in ("2 layers of paper-wrap", "50 mm apart", "90 g", "crumpled", "50 mm from the walls", "70 mm"):
        assert figure in said
    assert "25 mm" not in said
    assert "CO2e" not in said
    assert svg.count("url(#boxwright-wrap)") > 3
    # three faces of the bottom layer in each of four pictures, and of the top layer in the last one
    assert svg.count("url(#boxwright-fill)") == 3 * (4 + 1)
    assert "url(#boxwright-fill)" not in plan_svg(
        Plan("o", PlanStatus.COMPLETE, (replace(parcel, packaging=()),)), order, Catalog("c", (BIG,))
    )


def test_a_label_is_a_part_of_the_packaging() -> None:
    """All that is packed with the goods is in the figures of a picture."""
    parcel, order = mug_and_book(book=False)
    labelled = replace(parcel, packaging=(*parcel.packaging, PackagingComponent(Component.LABEL, "kraft-paper", 2_500)))
    assert "label 2.5 g" in " ".join(texts(parcel_svg(labelled, order, BIG)))


def test_fill_under_one_unit_is_not_a_layer() -> None:
    """If another unit lies on the floor, fill goes under the fragile one alone and no layer is laid first."""
    parcel, order = mug_and_book(book=True)
    svg = plan_svg(Plan("o", PlanStatus.COMPLETE, (parcel,)), order, Catalog("c", (BIG,)))
    assert "on the floor of the box" not in " ".join(texts(svg))
    assert "url(#boxwright-fill)" in parcel_svg(parcel, order, BIG)
    assert "url(#boxwright-fill)" not in parcel_svg(parcel, order, BIG, step=1)


def test_units_of_a_started_parcel_are_marked() -> None:
    """They are grey; the others are not."""
    parcel, order = mug_and_book(book=True)
    parcel = replace(parcel, started_parcel_id="tote 7")
    started = (StartedParcel("tote 7", "big", parcel.placements[:1]),)
    fresh = plan_svg(Plan("o", PlanStatus.COMPLETE, (parcel,)), order, Catalog("c", (BIG,)))
    svg = plan_svg(Plan("o", PlanStatus.COMPLETE, (parcel,)), order, Catalog("c", (BIG,)), started)
    said = " ".join(texts(svg))
    assert "tote 7" in said
    strong, grey = line_colour(1), greyed(line_colour(1))
    assert f'fill="{grey}"' in svg
    assert f'fill="{grey}"' not in fresh
    assert f'fill="{strong}"' in fresh
    assert f'fill="{grey}"' in parcel_svg(parcel, order, BIG, started_parcels=started)
    assert grey in page_svg(parcel, order, BIG, started)
