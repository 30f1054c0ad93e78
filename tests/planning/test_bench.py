"""The sentences of a plan: golden texts, and weights that end at the gross mass.

``python -m tests.planning.test_bench`` writes the golden texts again; read the diff.
"""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import Catalog, Fragility, Item, Order, Plan, Policy, SoftGoods, load_catalog, plan
from boxwright.domain.bench import BenchWords, Pose, Turn, pose_of, turn_of
from boxwright.domain.box import BoxType, Opening
from boxwright.domain.factor import Component
from boxwright.domain.fields import changed
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.order import Orientation
from boxwright.domain.plan import Parcel, Placement, PlanStatus, StartedParcel
from boxwright.planning import Task, bench_words

CATALOG = load_catalog("eu-webshop")
MUG = Item(
    "mug", 1, 120, 85, 100, mass_g=350, article="mug", sku="M-12", description="Blue mug", barcode="4006381333931"
)
CARTON = Item("cup", 1, 130, 95, 110, mass_g=420, fragility=Fragility("boxed"), sku="M-13", description="Mug in carton")
BOOK = Item("book", 1, 210, 148, 30, mass_g=400, article="book", sku="B-7", description="Paperback")
WINE = Item("wine", 6, 80, 80, 310, mass_g=1250, article="wine_bottle", description="Riesling 2021")
LAPTOP = Item("laptop", 1, 400, 300, 70, mass_g=2600, article="laptop", description="14 inch notebook")
VASE = Item("vase", 1, 150, 150, 250, mass_g=900, article="vase")
SHOES = Item("shoes", 3, 330, 200, 120, mass_g=900, article="shoes", sku="S-42")
FIGURINE = Item(
    "figurine", 1, 180, 120, 100, 600, fragility=Fragility("very_fragile"), sku="F-1", description="Porcelain figurine"
)

TABLEWARE = (
    Item("V-1", 1, 250, 180, 180, mass_g=380, article="vase"),
    Item("P-1", 1, 260, 260, 26, mass_g=690, article="plate"),
    Item("S-1", 4, 140, 30, 20, mass_g=60),
)

PLAIN = Policy()
PADS = Policy(protection="physics", cushioning_ids=("pe-foam-pad",))
TUBE = replace(CATALOG, box_types=(BoxType("tube", 720, 100, 100, 728, 104, 104, tare_g=250, opening=Opening.END),))
BEGUN = (StartedParcel("tote 7", "eu-600x400x300", (Placement("book", 0, 0, 0, 0, 210_000, 148_000, 20_000),)),)
TASKS = {
    "carton and book": Task(Order("o", (CARTON, BOOK)), CATALOG),
    "pack": Task(Order("o", (WINE,)), CATALOG),
    "tape in an H": Task(Order("o", (LAPTOP,)), CATALOG, Policy(tape_rule="h-seal")),
    "mailer": Task(Order("o", (Item("bar", 2, 160, 80, 10, mass_g=105, description="Chocolate"),)), CATALOG),
    "inner box": Task(Order("o", (FIGURINE, BOOK)), CATALOG),
    "two parcels": Task(Order("o", (MUG, VASE, SHOES, WINE)), CATALOG),
    "open at its end": Task(Order("o", (Item("poster", 1, 680, 60, 60, 300, description="Poster"),)), TUBE),
    "started": Task(Order("o", (MUG, changed(BOOK, quantity=2, height_mm=20))), CATALOG, started_parcels=BEGUN),
    "no fill": Task(Order("o", (VASE,)), CATALOG, Policy(void_fill_id="none")),
    "pads": Task(
        Order("o", (Item("amp", 1, 300, 250, 150, 6_000, fragility=Fragility(g_level=60)), BOOK)), CATALOG, PADS
    ),
    "count and block": Task(
        Order("o", (Item("iron", 2, 160, 110, 110, mass_g=4_000), Item("30", 2, 60, 40, 5, mass_g=8))),
        CATALOG,
        Policy(blocking_id="honeycomb-paper-block"),
    ),
}
SPOTS_MM = {
    "front left": [(0, 0, 0)],
    "front right": [(70, 0, 0)],
    "back, in the middle": [(35, 80, 0)],
    "above what is there": [(70, 80, 50)],
    "edge to edge": [(70, 45, 0), (40, 65, 0)],
    "side by side": [(70, 45, 0), (70, 65, 0)],
    "apart": [(70, 45, 0), (40, 66, 0)],
    "nearer to a wall by 2 mm": [(0, 0, 0), (33, 41, 0)],
    "in the middle": [(0, 0, 0), (33, 0, 0)],
    "nearer to a wall": [(0, 0, 0), (69, 0, 0)],
    "between": [(0, 0, 0), (0, 30, 0)],
    "far": [(0, 0, 0), (0, 78, 0)],
    "neighbours": [(0, 0, 0), (30, 0, 0), (0, 20, 0), (15, 0, 10)],
}
GOLDEN = Path(__file__).parent / "bench"


def of_orders() -> str:
    """Return the sentences of the plans of some orders."""
    said = []
    for name, task in TASKS.items():
        made = plan(task.order, task.catalog, task.policy, started_parcels=task.started_parcels)
        said.append("\n\n".join([f"== {name}", *map(str, bench_words(made, task))]))
    return "\n\n".join(said) + "\n"


def of_places() -> str:
    """Return the places named for units of 30 x 20 x 10 mm in a box of 100 mm."""
    task, said = Task(Order("o", (Item("book", 9, 30, 20, 10, 1),)), CATALOG), []
    for name, spots in SPOTS_MM.items():
        lies = tuple(
            Placement("book", unit, *(edge * 1_000 for edge in spot), 30_000, 20_000, 10_000)
            for unit, spot in enumerate(spots)
        )
        parcel = Parcel("eu-300x200x200", lies, inner_um=(100_000,) * 3)
        (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), task)
        said.append("\n".join([f"== {name}", *(step.sentence for step in words.steps)]))
    return "\n\n".join(said) + "\n"


WRITTEN = {"orders": of_orders, "places": of_places}


@pytest.mark.parametrize("name", ["orders", "places"])
def test_sentences_are_as_pinned(name: str) -> None:
    """The sentences of some orders, and the places named for units put into a box by hand, are as pinned."""
    assert WRITTEN[name]() == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_towels_that_are_laid_flat_need_no_mark() -> None:
    """Soft goods lie flat in the box, which may be turned all the same; a bottle may not."""
    towel = Item("towel", 2, 400, 300, 40, mass_g=500, soft_goods=SoftGoods(30, 2))
    assert "This way up" not in words_of(towel).marks
    assert "This way up" in words_of(changed(WINE, quantity=1)).marks


def sentence(line: Item, *placements: Placement) -> str:
    """Return the sentence of the one step of units placed in a box of 400 x 300 x 200 mm."""
    parcel = Parcel("eu-400x300x200", placements, inner_um=(400_000, 300_000, 200_000))
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), Task(Order("o", (line,)), CATALOG))
    (step,) = words.steps
    return step.sentence


@pytest.mark.parametrize(
    ("edges", "starts_mm", "lies", "part"),
    [
        pytest.param((200, 100, 100), [0, 200], "LWH", "end to end", id="dumbbells in line"),
        pytest.param((100, 100, 60), [0, 100], "LWH", "side by side", id="tins"),
        pytest.param((110, 110, 38), [0], "LHW", "on edge", id="roll of tape"),
        pytest.param((170, 170, 60), [0], "LHW", "on its side", id="bowl"),
        pytest.param((210, 148, 30), [0], "LHW", "on edge", id="book"),
        pytest.param((100, 100, 100), [110], "LWH", "left of the middle", id="110 mm from the wall"),
        pytest.param((100, 100, 100), [20], "LWH", "at the front left", id="20 mm from the wall"),
    ],
)
def test_pose_and_place_are_named_as_a_packer_names_them(
    edges: tuple[int, int, int], starts_mm: list[int], lies: str, part: str
) -> None:
    """Units that touch at their short faces lie end to end; only goods near a wall are at that side."""
    line = Item("a", len(starts_mm), *edges, 1)
    x, y, z = Orientation(lies).rotate(*line.edges_um)
    placed = (
        Placement("a", unit, start * 1_000, 0, 0, x, y, z, Orientation(lies)) for unit, start in enumerate(starts_mm)
    )
    assert part in sentence(line, *placed)


@pytest.mark.parametrize(("lies", "handle"), [("LWH", "handle lengthways"), ("HWL", "handle up"), ("LHW", "")])
def test_a_mug_is_put_down_with_its_handle_in_a_stated_direction(lies: str, handle: str) -> None:
    """The longer horizontal edge of a mug ends at its handle; nothing is stated of a mug with equal edges."""
    mug = changed(MUG, length_mm=120, width_mm=85, height_mm=100)
    placed = Placement("mug", 0, 0, 0, 0, *Orientation(lies).rotate(*mug.edges_um), Orientation(lies))
    assert ("handle" in sentence(mug, placed)) == bool(handle)
    assert handle in sentence(mug, placed)
    assert "handle" not in sentence(
        changed(mug, width_mm=120), Placement("mug", 0, 0, 0, 0, 120_000, 120_000, 100_000, Orientation.LWH)
    )


def test_several_goods_are_laid_on_the_mailer_and_slid_in_together() -> None:
    """Nothing is laid on other goods inside a mailer; a single step goes straight in."""
    shirt = Item("shirt", 1, 300, 230, 20, 170, article="clothing", soft_goods=SoftGoods(10))
    socks = Item("socks", 1, 200, 100, 35, 120, article="clothing", soft_goods=SoftGoods(20))
    together, alone = words_of(shirt, socks), words_of(shirt)
    assert not any("into the mailer" in step.sentence for step in together.steps)
    assert any("Slide" in line.sentence for line in together.closing)
    assert all("into the mailer" in step.sentence for step in alone.steps)
    assert not any("Slide" in line.sentence for line in alone.closing)


def test_no_corner_is_named_where_goods_reach_from_wall_to_wall() -> None:
    """Two pillows that fill the box lie on the floor, and no other place is named."""
    lies = tuple(Placement("pillow", unit, 0, 0, 50_000 * unit, 100_000, 100_000, 50_000) for unit in range(2))
    parcel = Parcel("eu-300x200x200", lies, inner_um=(105_000, 100_000, 100_000))
    task = Task(Order("o", (Item("pillow", 2, 100, 100, 50, 1),)), CATALOG)
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), task)
    (step,) = words.steps
    assert step.sentence.endswith("on the floor.")


def test_hard_goods_are_blocked_and_not_those_with_fill_round_them() -> None:
    """A hammer beside two glasses: the space round the hammer is blocked, and the glasses lie in fill."""
    hammer = Item("hammer", 1, 300, 140, 40, mass_g=800, article="tool")
    glasses = Item("glass", 2, 75, 75, 120, mass_g=260, article="tumbler")
    words = words_of(hammer, glasses)
    (step,) = (line for line in words.steps if "hammer" in line.sentence)
    (blocked,) = (line for line in words.lines if line.sentence.startswith("Block"))
    assert step.numbers in blocked.sentence
    assert "goods" not in blocked.sentence


@settings(max_examples=6, deadline=None)
@given(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)).filter(any))
def test_one_sentence_a_step_and_weights_end_at_gross(counts: tuple[int, int, int, int]) -> None:
    """Each unit is in one sentence, the weights never fall, and the last is the gross mass."""
    goods = (
        ("mug", (120, 85, 100), 350, "mug"),
        ("book", (200, 130, 30), 400, ""),
        ("lamp", (150, 150, 200), 900, "lamp"),
        ("figurine", (120, 80, 90), 300, ""),
    )
    very = Fragility("very_fragile")
    lines = [
        Item(name, count, *edges, mass_g=mass, article=article, fragility=very if name == "figurine" else None)
        for count, (name, edges, mass, article) in zip(counts, goods, strict=True)
        if count
    ]
    task = Task(Order("o", tuple(lines)), CATALOG)
    made = plan(task.order, CATALOG)
    for parcel, words in zip(made.parcels, bench_words(made, task), strict=True):
        weights = [each.weight_mg for each in words.lines if each.weight_mg is not None]
        numbers = [number for each in words.steps for number in range(each.step, each.step + each.unit_count)]
        assert numbers == list(range(1, len(parcel.placements) + 1))
        assert weights == sorted(weights)
        assert weights[-1] == parcel.gross_mg == words.gross_mg
        assert len({each.sentence for each in words.steps}) == len(words.steps)
        fragile = any(each.line_id in ("mug", "lamp", "figurine") for each in parcel.placements)
        assert ("Fragile" in words.marks) == fragile
        assert 0.01 * parcel.net_mg < words.tolerance_mg < 0.15 * parcel.gross_mg


@pytest.mark.parametrize("rule", ["centre-seams", "h-seal"])
def test_a_started_box_weighs_with_the_tape_on_its_bottom(rule: str) -> None:
    """Going on with an empty box begins at the weight that taking it ends at, and ends at the same gross mass."""
    policy, order = Policy(tape_rule=rule), Order("o", (MUG, VASE))
    made = plan(order, CATALOG, policy)
    started = (StartedParcel("tote 7", made.parcels[0].box_type_id),)
    (taken,) = bench_words(made, Task(order, CATALOG, policy))
    (begun,) = bench_words(
        plan(order, CATALOG, policy, started_parcels=started), Task(order, CATALOG, policy, started_parcels=started)
    )
    assert "tote 7" in begun.lines[0].sentence
    assert [each.weight_mg for each in begun.lines] == [each.weight_mg for each in taken.lines]


@pytest.mark.parametrize(
    ("edges", "orientation", "pose"),
    [
        ((120, 85, 100), "LWH", Pose.UPRIGHT),
        ((210, 148, 30), "WLH", Pose.FLAT),
        ((210, 148, 30), "LHW", Pose.ON_ITS_LONG_SIDE),
        ((210, 148, 30), "HWL", Pose.ON_ITS_END),
        ((80, 80, 310), "LHW", Pose.ON_ITS_SIDE),
        ((80, 80, 310), "HWL", Pose.ON_ITS_SIDE),
        ((50, 14, 14), "LWH", Pose.FLAT),
        ((200, 20, 100), "LWH", Pose.UPRIGHT),
    ],
)
def test_the_way_up_is_named_by_shape(edges: tuple[int, int, int], orientation: str, pose: Pose) -> None:
    """A book that lies is flat, whatever its declared height; a bottle that lies is on its side, either way."""
    line, lies = Item("a", 1, *edges, 1), Orientation(orientation)
    x, y, z = lies.rotate(*line.edges_um)
    placed = Placement("a", 0, 0, 0, 0, x, y, z, lies)
    assert pose_of(line, placed) is pose
    assert turn_of(placed) is (None if x == y else Turn.LENGTHWAYS if x > y else Turn.CROSSWAYS)


def words_of(*lines: Item, policy: Policy = PLAIN) -> BenchWords:
    """Return the words of the one parcel of an order."""
    task = Task(Order("o", lines), CATALOG, policy)
    (words,) = bench_words(plan(task.order, CATALOG, policy), task)
    return words


def counted(words: BenchWords, name: str) -> bool:
    """Whether goods are named to be counted after the last unit and before the box is closed."""
    weights = [line.weight_mg for line in words.closing]
    closed = weights.index(words.gross_mg)
    return any(line.weight_mg is None and name in line.sentence for line in words.closing[:closed])


@pytest.mark.parametrize(("height_mm", "pressed"), [(85, True), (100, False)])
def test_goods_are_pressed_only_where_they_would_stand_above_the_box(height_mm: int, pressed: bool) -> None:
    """A sleeve that can give 8 mm lies on a book 70 mm high: with 15 mm of room it is pressed, with 30 mm not."""
    book = Item("book", 1, 280, 180, 70, 900, article="book")
    sleeve = Item("sleeve", 1, 280, 180, 20, 250, article="clothing", soft_goods=SoftGoods(12))
    box = BoxType("box", 300, 200, height_mm, tare_g=100)
    task = Task(Order("o", (book, sleeve)), Catalog("c", [box]), PLAIN)
    (words,) = bench_words(plan(task.order, task.catalog, profiles=()), task)
    assert any("Press" in line.sentence for line in words.lines) is pressed


@pytest.mark.parametrize(("length_mm", "pressed"), [(110, True), (150, False)])
def test_goods_on_edge_are_pressed_only_where_the_box_is_too_short(length_mm: int, pressed: bool) -> None:
    """Five shirts of 20 mm on edge are planned 15 mm thick beside a carton: 75 mm, which the packer is told."""
    carton = Placement("carton", 0, 0, 0, 0, 30_000, 200_000, 200_000)
    shirts = [
        Placement("shirt", at, 30_000 + at * 15_000, 0, 0, 15_000, 200_000, 200_000, orientation=Orientation.HLW)
        for at in range(5)
    ]
    lines = Item("carton", 1, 30, 200, 200, 500), Item("shirt", 5, 200, 200, 20, 200, soft_goods=SoftGoods(15))
    parcel = Parcel("eu-300x200x200", (carton, *shirts), inner_um=(length_mm * 1_000, 200_000, 200_000))
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), Task(Order("o", lines), CATALOG))
    assert any("75 mm" in line.sentence for line in words.lines) is pressed


def test_a_hat_that_lies_lower_is_not_pressed() -> None:
    """A hat gives 15 mm, but beside a carton 5 mm below the lid it stays 20 mm below, so nothing is pressed."""
    lines = Item("carton", 1, 200, 200, 95, 900), Item("hat", 1, 95, 200, 80, 250, soft_goods=SoftGoods(20))
    lies = (
        Placement("carton", 0, 0, 0, 0, 200_000, 200_000, 95_000),
        Placement("hat", 0, 200_000, 0, 0, 95_000, 200_000, 65_000),
    )
    parcel = Parcel("eu-300x200x100", lies, inner_um=(300_000, 200_000, 100_000))
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), Task(Order("o", lines), CATALOG))
    assert not any("Press" in line.sentence for line in words.lines)


def test_only_walls_with_a_gap_are_named() -> None:
    """Iron at the front left under a card: the gaps are at the right, at the back and on top."""
    lies = (
        Placement("iron", 0, 0, 0, 0, 200_000, 150_000, 100_000),
        Placement("card", 0, 0, 0, 100_000, 60_000, 40_000, 5_000),
    )
    blocking = PackagingComponent(Component.BLOCKING, "honeycomb-paper", 100_000, dunnage_id="honeycomb-paper-block")
    parcel = Parcel("eu-300x200x200", lies, (blocking,), inner_um=(300_000, 200_000, 200_000))
    lines = Item("iron", 1, 200, 150, 100, 12_000), Item("card", 1, 60, 40, 5, 8)
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), Task(Order("o", lines), CATALOG))
    (blocked,) = (line.sentence for line in words.lines if line.sentence.startswith("Block"))
    assert [wall in blocked for wall in ("left", "right", "front", "back", "top")] == [False, True, False, True, True]


def test_blocking_goes_in_before_fill_that_would_take_its_place() -> None:
    """Frames stand in fill over an album: what blocks the album goes in before the gaps beside it are filled."""
    album = Item("album", 1, 290, 290, 40, 1_200, article="book")
    frame = Item("frame", 3, 210, 160, 20, 380, article="framed_picture")
    lies = (
        Placement("album", 0, 0, 5_000, 0, 290_000, 290_000, 40_000),
        *(
            Placement(
                "frame",
                unit,
                25_000,
                25_000 + 70_000 * unit,
                65_000,
                260_000,
                70_000,
                210_000,
                Orientation.LHW,
                half_gap_um=25_000,
                wall_margin_um=25_000,
            )
            for unit in range(3)
        ),
    )
    packaging = (
        PackagingComponent(Component.BLOCKING, "paper", 50_000, 1, "honeycomb-paper-block"),
        PackagingComponent(Component.VOID_FILL, "kraft-paper", 500_000, 1, "crumpled-kraft-fill"),
    )
    parcel = Parcel("eu-400x300x300", lies, packaging, inner_um=(400_000, 300_000, 300_000))
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), Task(Order("o", (album, frame)), CATALOG))
    said = [line.sentence.split()[0] for line in words.lines]
    assert said.index("Block") < said.index("Fill")


def test_fill_between_goes_in_before_what_lies_over_it() -> None:
    """Two cups stand on two others with fill between: the lower gaps are filled first, and the weight says so."""
    cups = Item("cup", 3, 100, 90, 80, mass_g=300, fragility=Fragility("fragile"), max_load_g=2_000)
    lies = tuple(
        Placement("cup", unit, *spot, 150_000, 140_000, 130_000, half_gap_um=25_000, wall_margin_um=25_000)
        for unit, spot in enumerate([(25_000, 25_000, 25_000), (200_000, 25_000, 25_000), (25_000, 25_000, 155_000)])
    )
    fill = PackagingComponent(Component.VOID_FILL, "kraft-paper", 600_000, 1, "crumpled-kraft-fill")
    parcel = Parcel("eu-400x300x300", lies, (fill,), inner_um=(400_000, 300_000, 300_000))
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), Task(Order("o", (cups,)), CATALOG))
    first, last = words.steps[-2:]
    (between,) = words.before(len(words.steps) - 1)
    # 400 x 300 mm are filled to the goods' tops, 130 mm, of which 50 mm lie there already and the goods take 1.44 L.
    assert between.weight_mg - first.weight_mg == pytest.approx(18 * (12 * 0.8 - 1.44) * 1_000, abs=1_000)
    assert last.weight_mg - between.weight_mg == pytest.approx((300 + 18 * 0.45) * 1_000, abs=1_000)


def test_an_inner_box_is_packed_line_by_line() -> None:
    """Taking it, what lies under the goods, the goods with their codes, and closing it stand before its step."""
    task = Task(Order("o", (changed(FIGURINE, quantity=2), BOOK)), CATALOG)
    made = plan(task.order, CATALOG)
    inner = 0
    for parcel, words in zip(made.parcels, bench_words(made, task), strict=True):
        for at, step in enumerate(words.steps):
            if inner_id := parcel.placements[step.step - 1].inner_box_type_id:
                taken, under, goods, _ = (words.before(at) if at else words.opening)[-4:]
                assert inner_id in taken.sentence
                assert "50 mm" in under.sentence
                assert (goods.sku, step.sku) == ("F-1", "")
                inner += 1
        between = [line for at, step in enumerate(words.steps) for line in (*words.before(at), step)]
        assert (*words.opening, *between, *words.closing) == words.lines
    assert inner == 2


def test_fragile_goods_that_fill_replaces_are_to_be_counted() -> None:
    """A shade of 420 g is heavier than the range, but 13 L of fill in its place leave 240 g too few."""
    shade = Item("1", 1, 300, 220, 200, mass_g=420, article="lampshade", description="Shade")
    books, iron = changed(BOOK, quantity=6, mass_g=800, height_mm=35), Item("iron", 1, 150, 100, 100, 2_000)
    assert counted(words_of(shade, books), "Shade")
    assert counted(words_of(shade, iron), "Shade")
    assert not counted(words_of(shade, iron, policy=Policy(void_fill_id="none")), "Shade")
    assert not counted(words_of(shade), "Shade")  # an empty box is not closed


def test_goods_are_counted_where_leaving_them_out_stays_within_the_range() -> None:
    """Each line that one unit less, with fill in its place or without, leaves within the range is named, no other."""
    wraps_g = {"V-1": 44, "P-1": 29, "S-1": 0}
    words = words_of(*TABLEWARE)
    for line in TABLEWARE:
        litres = math.prod(line.edges_um) / 1e15
        lost_g = line.mass_mg / 1_000 + min(0, wraps_g[line.line_id] - 18 * litres)
        assert counted(words, line.line_id) == (lost_g <= words.tolerance_g)


def test_fill_under_a_unit_weighs_with_it() -> None:
    """A plate on 50 mm of fill brings its mass, wrap and that fill; the last line of filling adds the rest of it."""
    task = Task(Order("o", TABLEWARE), CATALOG)
    made = plan(task.order, CATALOG)
    (parcel,), (words,) = made.parcels, bench_words(made, task)
    before_mg, added_g = words.opening[-1].weight_mg, {}
    assert before_mg is not None
    for step in words.steps:
        line_id = parcel.placements[step.step - 1].line_id
        added_g[line_id] = (step.weight_mg - before_mg) / 1_000 / step.unit_count
        before_mg = step.weight_mg
    # Mass, wrap, and fill of 18 g a litre under 250 x 180 and 260 x 26 mm; units on the floor bring no fill.
    assert added_g == pytest.approx({"V-1": 380 + 44.1 + 40.5, "P-1": 690 + 29.2 + 6.1, "S-1": 60}, abs=0.1)
    filled, closed = (each.weight_mg for each in words.closing if each.weight_mg is not None)
    assert abs(parcel.gross_mg - parcel.packaging_mg(Component.TAPE) / 2 - filled) <= 1
    assert closed == parcel.gross_mg


def test_blocking_adds_to_the_fill_under_all_units() -> None:
    """The bottom layer stays in the parcel while the spaces beside heavy goods are blocked."""
    boxed = Fragility("boxed")
    heavy = Item("tower", 1, 150, 150, 150, mass_g=8_000, fragility=boxed)
    case = Item("case", 1, 430, 200, 150, mass_g=8_000, fragility=boxed)
    policy = Policy(blocking_id="honeycomb-paper-block")
    task = Task(Order("o", (heavy, case)), CATALOG, policy)
    made = plan(task.order, CATALOG, policy)
    (words,) = bench_words(made, task)
    bottom_mg = words.opening[-1].weight_mg
    assert bottom_mg is not None
    goods_mg = sum(line.mass_mg for line in task.order.lines)
    assert words.closing[0].weight_mg == bottom_mg + goods_mg + made.parcels[0].packaging_mg(Component.BLOCKING)


@pytest.mark.parametrize(
    ("line_id", "sku", "called"),
    [("30", "", "line 30"), ("30", "4711", "SKU 4711"), ("30", "M-12", "M-12"), ("a30", "", "a30")],
)
def test_a_number_is_not_taken_for_a_step_or_a_count(line_id: str, sku: str, called: str) -> None:
    """An id of digits alone is introduced as a line or a SKU; an id with letters stands alone."""
    words = words_of(Item("iron", 1, 150, 100, 100, 2_000), Item(line_id, 2, 60, 40, 5, 8, sku=sku))
    assert counted(words, called)
    assert any(f" 2 × {called} " in step.sentence for step in words.steps)


if __name__ == "__main__":
    for name, written in WRITTEN.items():
        (GOLDEN / f"{name}.txt").write_text(written(), encoding="utf-8")
