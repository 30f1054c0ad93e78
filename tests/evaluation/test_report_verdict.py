"""The page for a manager: verdict, better and worse as text, money, worth of boxes, audit, and size of the page."""

import html
import re
from dataclasses import replace

from tests.evaluation.test_tally import THREE, TWO, order_into

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.order import Item, Order
from boxwright.drawing import small_svg
from boxwright.evaluation import Audit, BoxWorth, StudyOptions, Yearly, as_shipped, evaluate, report
from boxwright.evaluation.charts import Point, curve
from boxwright.evaluation.comparison import Change
from boxwright.evaluation.records import MAX_EXAMPLE_UNITS, MAX_WORST
from boxwright.evaluation.report import MAX_PICTURE_BYTES, MAX_PICTURES, Scale, worth_of
from boxwright.evaluation.verdict import main_comparison, verdict_of

YEAR = Yearly(10_000, "as stated")
PLAIN = StudyOptions(pictures=0, worth=False)


def words(text: str) -> str:
    """Return the visible text in one line, with a space for each tag."""
    seen = re.sub(r"<(style|script)>.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", seen)).split())


def test_the_verdict_says_who_pays_less_and_how_sure_that_is() -> None:
    """The small box saves 0.20 EUR an order: stated per order, as a share and per year, with the interval."""
    orders = [order_into("S", number) for number in range(30)]
    evaluation = evaluate(orders, [TWO, THREE], workers=1, options=replace(PLAIN, yearly=YEAR))
    view = verdict_of(evaluation)
    assert (view.kind, view.mark) == ("good", "▼")
    for figure in ("0.20 EUR", "50.0 %", "2,000 EUR", "95 %"):
        assert figure in view.text
    seen = words(report(evaluation))
    for figure in ("10,000", "0.40 EUR", "0.20 EUR", "−2,000 EUR"):
        assert figure in seen


def test_worse_and_unsure_have_marks_of_their_own() -> None:
    """An increase and a change that may be chance have marks of their own; few orders have no interval."""
    orders = [order_into("S", number) for number in range(30)]
    worse = verdict_of(evaluate(orders, [THREE, TWO], workers=1, options=PLAIN))
    assert (worse.kind, worse.mark) == ("bad", "▲")
    assert "0.20 EUR" in worse.text
    assert "100.0 %" in worse.text
    few = verdict_of(evaluate(orders[:3], [THREE, TWO], workers=1, options=PLAIN))
    assert "95 %" not in few.text
    dear = replace(THREE, box_types=(*THREE.box_types[:2], replace(THREE.box_types[2], price_minor=110)))
    dear = replace(dear, catalog_id="dear", box_types=(replace(dear.box_types[0], price_minor=18), *dear.box_types[1:]))
    mixed = [order_into(kind, number) for number, kind in enumerate("S" * 29 + "L" * 3)]
    unsure = verdict_of(evaluate(mixed, [THREE, dear], workers=1, options=PLAIN))
    assert (unsure.kind, unsure.mark) == ("unsure", "◆")
    assert "95 %" in unsure.text
    same = verdict_of(evaluate(orders, [THREE, replace(THREE, catalog_id="again")], workers=1, options=PLAIN))
    assert (same.kind, same.mark) == ("same", "=")


def test_of_several_catalogs_the_best_comes_first() -> None:
    """The page opens with the catalog that saves most."""
    orders = [order_into("S", number) for number in range(25)]
    four = replace(THREE, catalog_id="four", box_types=(replace(THREE.box_types[0], price_minor=10), *TWO.box_types))
    evaluation = evaluate(orders, [TWO, THREE, four], workers=1, options=PLAIN)
    assert main_comparison(evaluation).second == 2
    assert "0.30 EUR" in verdict_of(evaluation).text


def test_less_volume_in_more_parcels_is_said() -> None:
    """Where volume is the headline, the verdict states more parcels too."""
    large, small = (Catalog(f"{edge}", (BoxType("b", edge, 100, 100, tare_g=20),)) for edge in (500, 100))
    orders = [Order(f"{n}", (Item("a", 2, 90, 90, 90, 50),)) for n in range(2)]
    assert "100.0 % more parcels" in verdict_of(evaluate(orders, [large, small], workers=1, options=PLAIN)).text


def test_what_is_the_same_is_neither_more_nor_less() -> None:
    """An equal figure is not called 0.0 % more in the heading of a further comparison."""
    orders = [order_into("S", number) for number in range(3)]
    again = replace(TWO, catalog_id="again")
    assert "0.0 % more" not in words(report(evaluate(orders, [TWO, THREE, again], workers=1, options=PLAIN)))


def test_a_catalog_that_loses_orders_is_not_the_best_and_the_loss_is_stated() -> None:
    """A catalog that loses one order in thirty is not the best; if it is the only one, the verdict states the loss."""
    orders = [order_into(kind, number) for number, kind in enumerate("S" * 29 + "L")]
    tiny = replace(THREE, catalog_id="tiny", box_types=(replace(THREE.box_types[0], price_minor=1),))
    both = evaluate(orders, [TWO, tiny, THREE], workers=1, options=PLAIN)
    assert main_comparison(both).second == 2
    alone = evaluate(orders, [TWO, tiny], workers=1, options=replace(PLAIN, yearly=YEAR))
    assert main_comparison(alone).second == 1
    text = verdict_of(alone).text
    assert re.search(r"\b1 order\b", text)
    assert "3,770 EUR" in text  # per year, if 29 of 30 orders save 0.39 EUR


def test_what_few_orders_say_of_a_box_is_bounded() -> None:
    """If none of ten needs the box, up to 26 % of its orders may; if all were sampled, none does."""
    scale = Scale("")

    def verdict_on(**given: int) -> str:
        worth = {"orders": 400, "sampled": 10, "change": Change(orders=10)} | given
        return worth_of(scale, BoxWorth("S", **worth))[1]

    bounded, all_sampled, needed = verdict_on(), verdict_on(orders=10), verdict_on(worse=2)
    assert "26 %" in bounded
    assert "%" not in all_sampled
    assert re.findall(r"\d+", needed) == ["2", "10"]
    less = Change(orders=10, first_um3=5 * 10**15, second_um3=4 * 10**15)
    total, verdict = worth_of(scale, BoxWorth("S", 10, 10, worse=2, change=less))
    assert re.findall(r"\d+", verdict) == ["2", "10"]
    assert scale.total(total) == "−1 L"


def test_a_label_is_not_written_over_the_zero() -> None:
    """An interval that ends close to zero has no label of its own there."""
    points = [Point(4, -0.038, -0.075, 0.0004, "B"), Point(112, -0.089, -0.13, -0.05, "C")]
    drawn = curve(points, "change")
    assert [text for text in ("+0 %", "0 %", "−13 %") if f">{text}<" in drawn] == ["0 %", "−13 %"]
    assert ">+4 %<" in curve([points[0]._replace(high=0.04), points[1]], "change")


def test_the_page_shows_flow_worth_and_audit() -> None:
    """It shows moves between boxes, the worth of each box, the audit of recorded boxes, and SKUs."""
    orders = [Order(f"{n}", order_into("S", n).lines, ("M",)) for n in range(25)]
    orders += [Order("odd", order_into("M", 0).lines, ("S",)), order_into("M", 1)]
    orders[0] = replace(orders[0], lines=[replace(orders[0].lines[0], sku="sku 1")])
    evaluation = evaluate(orders, [as_shipped(THREE), THREE], workers=1)
    page = report(evaluation, [("rows/part%201.parquet", "rows")])
    seen = words(page)
    assert all(audit.words in seen for audit in (Audit.HELD, Audit.IMPOSSIBLE, Audit.NOT_RECORDED))
    for figure in ("−5.00 EUR", "+5.00 EUR", "0.40 EUR", "0.20 EUR", "92.6 %", "sku 1"):
        assert figure in seen
    assert '<a href="rows/part%201.parquet">rows</a>' in page
    tables = [words(section) for section in page.split("<section>") if ">In all<" in section]
    assert len(tables) == 2
    assert all("25 of 27" in table for table in tables)


def test_new_boxes_are_not_credited_with_the_saving_of_a_better_choice() -> None:
    """The verdict states separately what a better choice of today's boxes saves."""
    tiny = replace(THREE.box_types[0], box_type_id="XS", price_minor=5)
    new = replace(THREE, catalog_id="new", name="new", box_types=(tiny, *THREE.box_types))
    orders = [Order(f"{n}", order_into("S", n).lines, ("M",)) for n in range(25)]

    def costs(*catalogs: Catalog) -> list[str]:
        text = verdict_of(evaluate(orders, catalogs, workers=1, options=PLAIN)).text
        return re.findall(r"[\d.]+ EUR", text)

    assert costs(as_shipped(THREE), THREE, new) == ["0.35 EUR", "0.20 EUR"]
    fewer = replace(new, catalog_id="fewer", name="fewer", box_types=new.box_types[:-2])
    seen = report(evaluate(orders, [as_shipped(THREE), THREE, new, fewer], workers=1, options=PLAIN))
    assert (seen.count('class="point"'), seen.count('class="joined"')) == (3, 1)
    assert costs(as_shipped(THREE), THREE) == ["0.20 EUR"]
    assert len(costs(TWO, THREE, new)) == 1


def test_pictures_stay_small(order_of) -> None:
    """Fifty orders with pictures of at most 10 kB keep the page within 5 MB."""
    assert MAX_WORST * 2 * MAX_PICTURES * MAX_PICTURE_BYTES * 4 / 3 < 3_000_000
    order = order_of("many", MAX_EXAMPLE_UNITS)
    evaluation = evaluate([order], [THREE], workers=1)
    (example,) = evaluation.study.emptiest
    for parcel in example.plans[0].parcels:
        svg = small_svg(parcel, order, THREE.box_type(parcel.box_type_id))
        assert len(svg.encode()) <= MAX_PICTURE_BYTES
        assert "<text" not in svg
