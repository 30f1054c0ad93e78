"""A plan in words: a sentence a step, and weights that end at the gross mass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright import InvalidInputError, Item, Order, Plan, load_catalog, plan
from boxwright.domain.plan import Parcel, Placement, PlanStatus
from boxwright.planning import Task, bench_words

CATALOG = load_catalog("eu-webshop")
MUG = Item("mug", 1, 120, 85, 100, mass_g=350, article="mug", description="Blue mug")
BOOK = Item("book", 1, 200, 130, 30, mass_g=400, sku="B-7")
BOTTLE = Item("bottle", 1, 80, 80, 310, mass_g=1250, article="wine_bottle")

WORDS = """\
1. Put Blue mug upright, in 2 layers of wrap, 25 mm free round it, 50 mm from each wall, on the floor, at the front, \
in the middle, its corner 90 mm from the left, 55 mm from the front, 50 mm up. [533.2 g]
2. Put B-7 on its side, on the floor, at the back left, its corner 40 mm from the left, 165 mm from the front, 0 mm \
up. [933.2 g]
3. Filling: 10.2 L of crumpled-kraft-fill (183.6 g) [1,116.8 g]
4. Tape (centre-seams): 2 strips along the seams of the opening and the side opposite [1,124 g]
5. Marks: Fragile
6. Gross weight: 1,124 g, give or take 63.6 g

1. Put bottle upright, in compartment 1, counted row by row from the front left, at the front left, its corner 7.5 \
mm from the left, 7.5 mm from the front, 9.5 mm up. [1,550 g]
2. Filling: none [1,550 g]
3. Tape (centre-seams): 2 strips along the seams of the opening and the side opposite [1,554 g]
4. Marks: Fragile, This way up
5. Gross weight: 1,554 g, give or take 58.1 g"""


def test_a_mug_a_book_and_a_bottle_in_words() -> None:
    """What, which way up, what round it, where; then filling, tape, marks and weight."""
    task = Task(Order("o", (MUG, BOOK, BOTTLE)), CATALOG)
    said = bench_words(plan(task.order, CATALOG), task)
    assert "\n\n".join("\n".join(each.lines) for each in said) == WORDS


@settings(max_examples=15, deadline=None)
@given(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2)).filter(any))
def test_one_sentence_a_step_and_weights_end_at_gross(counts: tuple[int, int, int]) -> None:
    """Each placement has one sentence, the weights never fall, and the last is the gross mass."""
    goods = (
        ("mug", (120, 85, 100), 350, "mug"),
        ("book", (200, 130, 30), 400, ""),
        ("lamp", (150, 150, 200), 900, "lamp"),
    )
    lines = [
        Item(name, count, *edges, mass_g=mass, article=article)
        for count, (name, edges, mass, article) in zip(counts, goods, strict=True)
        if count
    ]
    task = Task(Order("o", tuple(lines)), CATALOG)
    made = plan(task.order, CATALOG)
    for parcel, words in zip(made.parcels, bench_words(made, task), strict=True):
        weights = [each.weight_mg for each in (*words.steps, *words.filling, words.tape)]
        assert len(words.steps) == len(parcel.placements)
        assert weights == sorted(weights)
        assert weights[-1] == parcel.gross_mg
        assert len(set(words.lines)) == len(words.lines)
        fragile = any(each.line_id in ("mug", "lamp") for each in parcel.placements)
        assert ("Fragile" in words.marks) == fragile
        assert 0.01 * parcel.net_mg < words.tolerance_mg < 0.15 * parcel.gross_mg


@pytest.mark.parametrize(
    ("corner", "words"),
    [((0, 0, 0), "on the floor, at the front left"), ((90, 90, 50), "on what is there, at the back right")],
)
def test_the_corner_of_the_box_is_the_nearer_one(corner: tuple[int, int, int], words: str) -> None:
    """Left and front are where x and y begin."""
    placed = Placement("book", 0, *(each * 1_000 for each in corner), 10_000, 10_000, 10_000)
    parcel = Parcel("eu-300x200x200", (placed,), inner_um=(100_000,) * 3)
    task = Task(Order("o", (BOOK,)), CATALOG)
    (said,) = bench_words(Plan("o", PlanStatus.COMPLETE, (parcel,)), task)
    assert said.steps[0].sentence.startswith(f"Put B-7 upright, {words}, ")


def test_a_language_without_phrases_is_refused() -> None:
    """The error names the field and the languages that there are."""
    task = Task(Order("o", (BOOK,)), CATALOG)
    with pytest.raises(InvalidInputError, match="language: must be one of en, got 'fr'"):
        bench_words(plan(task.order, CATALOG), task, "fr")
