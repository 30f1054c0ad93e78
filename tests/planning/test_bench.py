"""A plan in words: golden texts of seven orders, and weights that end at the gross mass."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import Fragility, InvalidInputError, Item, Order, Plan, load_catalog, plan
from boxwright.domain.order import Orientation
from boxwright.domain.plan import Parcel, Placement, PlanStatus
from boxwright.domain.pose import Pose, Turn, pose_of, turn_of
from boxwright.domain.started import StartedParcel
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

ORDERS = {
    "mug": (MUG,),
    "mug_in_carton_with_book": (CARTON, BOOK),
    "six_bottles": (WINE,),
    "laptop": (LAPTOP,),
    "mailer_with_book": (BOOK,),
    "box_in_box": (FIGURINE, BOOK),
    "two_parcels": (MUG, VASE, SHOES, WINE),
}
GOLDEN = Path(__file__).parent / "bench"


def said(*lines: Item, started: tuple[StartedParcel, ...] = ()) -> str:
    """Return what is said of the plan of an order."""
    task = Task(Order("o", lines), CATALOG, started_parcels=started)
    made = plan(task.order, CATALOG, started_parcels=started)
    return "\n\n".join(map(str, bench_words(made, task))) + "\n"


@pytest.mark.parametrize("name", ORDERS)
def test_orders_in_words(name: str) -> None:
    """Box, bottom layer, each unit, filling, tape, marks and scale, as read aloud to a packer."""
    assert said(*ORDERS[name]) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@settings(max_examples=15, deadline=None)
@given(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)).filter(any))
def test_one_sentence_a_step_and_weights_end_at_gross(counts: tuple[int, int, int, int]) -> None:
    """Each placement has one sentence, the weights never fall, and the last is the gross mass."""
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
        assert [each.step for each in words.steps] == list(range(1, len(parcel.placements) + 1))
        assert weights == sorted(weights)
        assert weights[-1] == parcel.gross_mg == words.gross_mg
        assert len({each.sentence for each in words.steps}) == len(words.steps)
        fragile = any(each.line_id in ("mug", "lamp", "figurine") for each in parcel.placements)
        assert ("Fragile" in words.marks) == fragile
        assert 0.01 * parcel.net_mg < words.tolerance_mg < 0.15 * parcel.gross_mg


@pytest.mark.parametrize(
    ("corner", "words"),
    [
        ((0, 0, 0), "on the floor, at the front left."),
        ((90, 0, 0), "on the floor, at the front right."),
        ((45, 90, 0), "on the floor, at the back, in the middle."),
        ((90, 90, 50), "on what is there, at the back right."),
    ],
)
def test_the_corner_of_the_box_is_the_nearer_one(corner: tuple[int, int, int], words: str) -> None:
    """Left and front are where x and y begin."""
    placed = Placement("book", 0, *(each * 1_000 for each in corner), 10_000, 10_000, 10_000)
    assert sentences((placed,))[0].endswith(words)


def sentences(placed: tuple[Placement, ...], started: tuple[StartedParcel, ...] = ()) -> list[str]:
    """Return the sentences of books put into a box of 100 mm by hand."""
    name = started[0].started_parcel_id if started else ""
    parcel = Parcel("eu-300x200x200", placed, inner_um=(100_000,) * 3, started_parcel_id=name)
    task = Task(Order("o", (Item("book", 9, 30, 20, 10, 1),)), CATALOG, started_parcels=started)
    (words,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), task)
    return [each.sentence for each in words.steps]


def test_neighbours_are_named_by_their_step() -> None:
    """A unit that touches one that is there says on which side; one on others says on which."""
    spots = [(0, 0, 0), (30, 0, 0), (0, 20, 0), (15, 0, 10)]
    placed = tuple(
        Placement("book", index, *(each * 1_000 for each in spot), 30_000, 20_000, 10_000)
        for index, spot in enumerate(spots)
    )
    where = [each.partition("lengthways, ")[2] for each in sentences(placed)]
    assert where == [
        "on the floor, at the front left.",
        "on the floor, at the front, right of 1.",
        "on the floor, at the left, behind 1.",
        "on 1 and 2, at the front left.",
    ]


def test_units_of_a_started_parcel_are_said_to_be_in_it() -> None:
    """The first sentence names the parcel, and a unit that lies in it is not put in again."""
    placed = tuple(Placement("book", at, at * 30_000, 0, 0, 30_000, 20_000, 10_000) for at in (0, 1))
    started = StartedParcel("tote 7", "eu-300x200x200", placed[:1])
    first, second = sentences(placed, (started,))
    assert first == "Already in the box: book (1 of 9), on the floor, at the front left."
    assert second == "Lay book (2 of 9) flat, lengthways, on the floor, at the front, right of 1."
    assert said(BOOK, started=(StartedParcel("tote 7", "eu-300x200x200"),)).startswith(
        "- Go on with parcel tote 7, box eu-300x200x200. ["
    )


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
def test_which_way_up_is_said_by_shape(edges: tuple[int, int, int], orientation: str, pose: Pose) -> None:
    """A book that lies is flat, whatever its declared height; a bottle that lies is on its side, either way."""
    line, lies = Item("a", 1, *edges, 1), Orientation(orientation)
    x, y, z = lies.rotate(*line.edges_um)
    placed = Placement("a", 0, 0, 0, 0, x, y, z, lies)
    assert pose_of(line, placed) is pose
    assert turn_of(placed) is (None if x == y else Turn.LENGTHWAYS if x > y else Turn.CROSSWAYS)


def test_a_language_without_phrases_is_refused() -> None:
    """The error names the field and the languages that there are."""
    task = Task(Order("o", (BOOK,)), CATALOG)
    with pytest.raises(InvalidInputError, match="language: must be one of en, got 'fr'"):
        bench_words(plan(task.order, CATALOG), task, "fr")
