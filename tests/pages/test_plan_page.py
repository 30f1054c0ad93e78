"""The page of a plan: complete, self-contained, safe."""

import html.parser
from collections.abc import Iterable
from pathlib import Path

import pytest

from boxwright import BoxType, Catalog, Item, Lane, Leg, Order, Policy, load_catalog
from boxwright.compliance import verdicts
from boxwright.domain.bench import BenchWords
from boxwright.domain.certificate_words import in_words
from boxwright.errors import SearchEndedError
from boxwright.orders import read_order
from boxwright.pages import Sheet, plan_page
from boxwright.pages.plan_page import scan_code
from boxwright.planning import Task, bench_words, plans

EXAMPLES = Path(__file__).parents[2] / "examples"
EVIL = '"><script>alert(1)</script>'
VOID = frozenset({"meta", "br", "img"})


class Read(html.parser.HTMLParser):
    """Tags, addresses, the visible text, and the elements that are still open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    @property
    def pictures(self) -> int:
        """Number of pictures of parcels and steps, without scannable codes."""
        return sum(each.startswith("data:image/svg+xml;base64,") for each in self.loaded)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.loaded += [value or "" for key, value in attrs if key in ("src", "data", "action", "srcset")]
        self.links += [value or "" for key, value in attrs if key == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the closed element was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect text, styles aside."""
        if not self.open or self.open[-1] != "style":
            self.text += data.replace("\u00a0", " ")


def task_of(name: str, catalog: str = "us-webshop", **asked: object) -> Task:
    """Return the task of an example order, by road."""
    return Task(read_order(EXAMPLES / name), load_catalog(catalog), lane=Lane(legs=[Leg("road", 500)], **asked))


def pictures(parcels: Iterable[BenchWords]) -> int:
    """Return how many pictures parcels have whose steps are drawn: one, and one for each of several steps."""
    return sum(1 + (len(words.steps) if len(words.steps) > 1 else 0) for words in parcels)


@pytest.fixture(scope="module")
def housewarming() -> Task:
    """Return two parcels, fragile goods in one, compartments in the other, and a bill."""
    return task_of("housewarming.json", carrier_service="ups/us-daily")


def test_verdicts_are_on_the_page_where_they_are_given(housewarming: Task):
    """Each has its article and its premises."""
    plan = plans(housewarming, 0)[0]
    judged = verdicts(plan, housewarming.catalog, ["eu"])
    read = Read(plan_page(plan, housewarming, verdicts=judged))
    assert all(each.message in read.text and each.basis in read.text for each in judged)
    assert "#verdicts" in read.links
    assert "#verdicts" not in Read(plan_page(plan, housewarming)).links


def test_the_page_has_each_step_and_each_figure_that_it_is_for(housewarming: Task):
    """Every sentence, mark, weight, line of emissions, warning and the certificate is there, and nothing is loaded."""
    plan = plans(housewarming, 0)[0]
    read = Read(plan_page(plan, housewarming, name="plans/p-1"))
    assert not read.open
    assert not {"script", "link", "iframe", "form"} & set(read.tags)
    assert all(each.startswith("data:image/svg+xml") for each in read.loaded)
    said = bench_words(plan, housewarming)
    assert read.pictures == pictures(said)
    assert len(read.loaded) - read.pictures == len(plan.parcels)
    for words in said:
        for line in (*words.opening, *words.steps, *words.closing):
            assert line.sentence in read.text.replace("\u2060", "")  # ranges do not break at the end of a line
        for mark in words.marks:
            assert mark in read.text
    for footprint in plan.footprints:
        assert footprint.profile_id in read.text
        for line in footprint.lines:
            assert line.source in read.text
            assert line.factor_id in read.text
    assert "TTW" in read.text
    for parcel in plan.parcels:
        assert parcel.box_type_id in read.text
        assert parcel.chargeable.rule in read.text
    for warning in plan.warnings:
        assert warning.message in read.text
    for part in ("plans/p-1", plan.catalog_hash, plan.data_hash, plan.engine_version, in_words(plan.certificate)):
        assert part in read.text


def test_an_unstated_outer_size_is_marked():
    """A box without outer size is planned with its inner one, which the page does not give as a fact."""
    order = Order("o", [Item("mug", 1, 90, 90, 100, 300)])
    outer = {f"outer_{edge}_mm": mm for edge, mm in (("length", 306), ("width", 206), ("height", 158))}
    for stated, marked in ((outer, False), ({}, True)):
        box = BoxType("box", 300, 200, 150, tare_g=120, material_id="corrugated-board", **stated)
        task = Task(order, Catalog("mine", [box]))
        text = Read(plan_page(plans(task, 0)[0], task)).text
        assert ("as inside" in text) == marked


def test_a_mostly_empty_box_is_said_at_its_parcel():
    """The packer reads it where the box is named, and not only below the certificate."""
    task = Task(Order("o", (Item("a", 1, 40, 40, 40, 50),)), Catalog("mine", [BoxType("box", 300, 300, 300)]))
    plan = plans(task, 0)[0]
    (message,) = (warning.message for warning in plan.warnings if warning.code == "MOSTLY_EMPTY")
    at_parcel, _ = Read(plan_page(plan, task)).text.split("Certificate", 2)[1:]
    assert message.removeprefix("p") in at_parcel


def test_a_unit_that_is_not_packed_has_its_reason(tmp_path: Path):
    """A plan with units left over lists each with its rule."""
    order = Order("o", (Item("a", 1, 100, 100, 100, 500), Item("board", 1, 3_000, 500, 20, 9_000)))
    task = Task(order, load_catalog("eu-webshop"), Policy(allow_partial=True))
    plan = plans(task, 0)[0]
    text = Read(plan_page(plan, task)).text
    for unit in plan.unpacked:
        assert unit.message in text


def test_texts_of_an_order_are_never_markup():
    """Ids and descriptions that hold markup or control characters are shown as text."""
    item = Item("a" + EVIL, 1, 100, 100, 100, 500, description=EVIL, sku=EVIL)
    task = Task(Order("o" + EVIL, (item,)), load_catalog("eu-webshop"))
    page = plan_page(plans(task, 0)[0], task, name=EVIL, address="/plans/x?token=1")
    assert "<script" not in page
    assert EVIL in Read(page).text


@pytest.mark.parametrize("sheet", Sheet)
def test_a_page_is_laid_out_for_its_paper(sheet: Sheet):
    """The rule of the page names the paper, and links lead to the others, by the address of the page alone."""
    task = task_of("mug.json", "eu-webshop")
    plan = plans(task, 0)[0]
    page = plan_page(plan, task, sheet=sheet, address="/plans/x?token=1")
    assert f"@page {{ size: {sheet.size};" in page
    links = [each for each in Read(page).links if not each.startswith("#")]
    assert links == [f"/plans/x?token=1&sheet={each.value}" for each in Sheet if each is not sheet]
    assert not [each for each in Read(plan_page(plan, task, sheet=sheet)).links if not each.startswith("#")]


def test_many_steps_share_pictures_and_none_is_missing():
    """Past 24 units pictures show runs of steps; each step still has its sentence and number."""
    lines = tuple(Item(f"a{number}", 1, 60, 60, 60, 50) for number in range(30))
    task = Task(Order("o", lines), load_catalog("eu-webshop"))
    plan = plans(task, 0)[0]
    read = Read(plan_page(plan, task))
    assert len(plan.parcels) == 1
    assert read.pictures == 1 + 12
    for step in bench_words(plan, task)[0].steps:
        assert step.sentence in read.text


def test_a_page_draws_the_steps_of_a_limited_number_of_units_and_lists_all():
    """Further parcels have one picture; the text has every step."""
    box = BoxType("box", 300, 200, 150, tare_g=120, material_id="corrugated-board")
    mugs = Item("mug", 13, 90, 90, 140, 300)
    task = Task(Order("o", (mugs, Item("tray", 1, 290, 190, 140, 900))), Catalog("mine", [box]))
    plan = plans(task, 0)[0]
    counts = [len(each.placements) for each in plan.parcels]
    assert sorted(counts) == [1, 3, 4, 6]
    for most in (200, 14, 13, 10, 9, 0):
        read = Read(plan_page(plan, task, most_drawn=most))
        left, stepwise = most, []
        for count in counts:
            stepwise += [count] if count <= left else []
            left -= count if count <= left else 0
        said = bench_words(plan, task)
        drawn = pictures(words for words, count in zip(said, counts, strict=True) if count in stepwise)
        assert read.pictures == drawn + len(counts) - len(stepwise)
        assert not read.open
        for words in said:
            for step in words.steps:
                assert step.sentence in read.text


def test_a_parcel_of_very_many_units_is_drawn_once():
    """300 of them: one picture, in which no unit has a number, and a sentence for each step."""
    task = Task(Order("o", (Item("a", 300, 40, 30, 20, 20),)), load_catalog("eu-webshop"))
    plan = plans(task, 0)[0]
    assert len(plan.parcels) == 1
    page = plan_page(plan, task)
    assert Read(page).pictures == 1
    assert page.count('class="number"') == len(bench_words(plan, task)[0].steps)


def test_parcels_that_are_packed_alike_are_described_once():
    """Twelve bottles in two packs of six: one picture and one step, a code for each parcel."""
    wine = Item("wine", 12, 80, 80, 310, mass_g=1_250, article="wine_bottle")
    task = Task(Order("o", (wine,)), load_catalog("eu-webshop"))
    plan = plans(task, 0)[0]
    assert len(plan.parcels) == 2
    read = Read(plan_page(plan, task))
    assert read.pictures == 1
    assert len(read.loaded) == 1 + 2


def test_a_picture_of_the_goods_is_a_link():
    """The page has the address of a line that states one, and loads nothing from it."""
    item = Item("mug", 1, 90, 90, 100, 300, picture_uri="https://shop.example/mug.jpg?a=1&b=2")
    task = Task(Order("o", [item]), load_catalog("eu-webshop"))
    read = Read(plan_page(plans(task, 0)[0], task))
    assert item.picture_uri in read.links
    assert not any("shop.example" in each for each in read.loaded)


def test_a_code_holds_order_and_parcel():
    """A scanner at the bench reads the order id, a slash and the number of the parcel."""
    order = Order("A-1001", [Item("mug", 1, 90, 90, 100, 300)])
    task = Task(order, load_catalog("eu-webshop"))
    assert scan_code("A-1001/1") in Read(plan_page(plans(task, 0)[0], task)).loaded


def test_a_page_ends_where_it_is_stopped():
    """Rendering stops when its reader has gone."""
    task = task_of("mug.json", "eu-webshop")
    plan = plans(task, 0)[0]
    task.stop.cancel()
    with pytest.raises(SearchEndedError):
        plan_page(plan, task)


def test_the_same_plan_gives_the_same_page(housewarming: Task):
    """The page has no clock in it."""
    first, second = (plan_page(plans(housewarming, 0)[0], housewarming) for _ in range(2))
    assert first == second
