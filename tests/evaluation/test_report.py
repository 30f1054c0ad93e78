"""The page and the summary: complete, self-contained, safe."""

import base64
import hashlib
import html.parser
import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from boxwright.catalog import load_catalog
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Item, Order
from boxwright.domain.place import Place
from boxwright.evaluation import Evaluation, evaluate, report, summary
from boxwright.evaluation.summary import totals_lines
from boxwright.evaluation.wording import signed

EVIL = '"><script>alert(1)</script>'


class Page(html.parser.HTMLParser):
    """Collects tags, attributes and text, and that each element is closed."""

    VOID = frozenset({"meta", "br", "img", "!doctype"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.tags.append(tag)
        self.values += [value or "" for key, value in attrs if key in ("src", "href", "data", "action", "srcset")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """Check that what is closed was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect the visible text, without styles."""
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text += data


def on_terminal(evaluation: Evaluation, width: int) -> str:
    """Return the text report of an evaluation."""
    console = Console(width=width, file=io.StringIO())
    console.print(summary(evaluation))
    return console.file.getvalue()


def test_the_page_needs_nothing_else(order_of, catalogs, planner) -> None:
    """No element of the page loads anything, every element is closed, and the only script is the allowed one."""
    text = report(evaluate([order_of("plain-1", 2)], catalogs, plan=planner, workers=1))
    page = Page(text)
    assert not page.open
    assert page.tags.count("script") == 1
    assert "link" not in page.tags
    assert page.values
    assert all(value.startswith("data:image/svg+xml;base64,") for value in page.values)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in text
    assert f"script-src 'sha256-{digest}'" in text


def test_the_page_names_every_failure(order_of, catalogs, planner) -> None:
    """Partial, refused, invalid and failing orders are listed with their reasons."""
    ids = ("plain-1", "partial-1", "none-1", "refused-1", "invalid-1", "bug-1")
    text = Page(report(evaluate([order_of(each, 2) for each in ids], catalogs, plan=planner, workers=1))).text
    for each in ids[1:]:
        assert text.count(each) == 2
    assert "ZeroDivisionError" in text
    assert "lines[0].mass_g" in text


def test_warnings_are_counted_by_kind(order_of, catalogs, planner) -> None:
    """Warnings of one code are one row: the code, its number of orders, and an example."""
    orders = [order_of(f"plain-{n}") for n in range(40)]
    page = Page(report(evaluate(orders, catalogs, plan=planner, workers=1)))
    text = " ".join(page.text.split())
    assert "MADE_UP40" in text
    assert text.count("MADE_UP") == 1


def test_the_tables_have_warnings_and_marks(order_of) -> None:
    """A terminal shows each kind of warning with its orders and first example, and the number of marked parcels."""
    safe = Order("safe", [Item("safe", 1, 100, 100, 100, 28_000)])
    catalog = Catalog("one", [BoxType("box", 300, 200, 200, tare_g=100, material_id="corrugated-board")])
    text = " ".join(on_terminal(evaluate([order_of("light"), safe], [catalog], workers=1), 100).split())
    for row in (r"TEAM_LIFT\W+1\W+safe", r"NO_TRANSPORT\W+2\W+light", r"TEAM LIFT\W+1\b"):
        assert re.search(row, text)


def test_a_narrow_terminal_cuts_neither_figures_nor_names(order_of) -> None:
    """Two catalogs with large prices, and six with long names, on 80 columns."""
    box = BoxType("box", 300, 200, 200, tare_g=100, price_minor=3_909_000)
    orders = [order_of(f"light-{n}") for n in range(12)]
    dear = [
        Catalog("one", [box], currency="EUR"),
        Catalog("two", [replace(box, price_minor=3_531_200)], currency="EUR"),
    ]
    figures = on_terminal(evaluate(orders, dear, workers=1), 80)
    assert all(figure in figures for figure in ("469,080.00", "423,744.00", "−45,336.00"))
    names = [f"a catalog with a long name {number}" for number in range(6)]
    text = on_terminal(evaluate(orders[:1], [Catalog(name, [box]) for name in names], workers=1), 80)
    assert all(name in " ".join(text.split()) for name in names)
    assert "…" not in figures + text


def test_the_page_has_the_way_that_was_derived(order_of, catalogs, planner) -> None:
    """The page shows places with postal codes and gateways, and each leg with mode, km and ends."""
    ends = {"origin": Place("CN", "518000"), "destination": Place("DE", "20457", "DEHAM"), "derive_legs": True}
    by_mode = {}
    for mode in ("sea", "air"):
        lane = Lane(**ends, main_mode=mode)
        by_mode[mode] = Page(report(evaluate([order_of("plain-1", 2)], catalogs, lane=lane, plan=planner))).text
        assert all(each in by_mode[mode] for each in ("518000", "20457", "DEHAM"))
    assert re.search(r"18,69\d\.\d km", by_mode["sea"])
    assert "CNYTN" in by_mode["sea"]
    assert "8,818.4 km" in by_mode["air"]
    assert "SZX" in by_mode["air"]
    nowhere = Lane(origin=Place("CN", "518000"), destination=Place("JP"), derive_legs=True, main_mode="road")
    assert "no legs" in Page(report(evaluate([order_of("plain-1", 2)], catalogs, lane=nowhere, plan=planner))).text


def test_sums_name_what_they_lack(order_of, planner) -> None:
    """Terminal and page name missing factors, hubs and dunnage without a price beside the sums that lack them."""
    box = BoxType("box", 300, 200, 200, tare_g=100, material_id="corrugated-board", price_minor=250)
    catalog = Catalog("one", [box], currency="EUR", dunnage=load_catalog("eu-stock").dunnage)
    evaluation = evaluate([order_of("light")], [catalog], None, Lane([Leg("rail", 500)]), ["cn-cpcd"], workers=1)
    for text in (on_terminal(evaluation, 200), Page(report(evaluation)).text):
        for lacking in ("transport wtt (rail_freight)", "2.50 EUR +", "crumpled-kraft-fill", "kraft-paper-tape"):
            assert lacking in text


def test_markup_in_names_stays_text(order_of, planner) -> None:
    """Markup in ids and names is text on the page."""
    box = BoxType(EVIL, 200, 100, 100, tare_g=40)
    catalogs = [Catalog(f"{EVIL}{n}", (box,), name=EVIL, source=EVIL) for n in range(2)]
    orders = [order_of(f"plain-{EVIL}", 2), order_of(f"bug-{EVIL}")]
    page = Page(report(evaluate(orders, catalogs, plan=planner, workers=1)))
    assert page.tags.count("script") == 1
    assert page.text.count(EVIL) > 5


def test_equal_evaluations_give_equal_pages(order_of, catalogs, planner) -> None:
    """The page depends on nothing but the evaluation."""
    orders = [order_of("plain-1", 2), order_of("partial-1", 2)]
    pages = [report(evaluate(orders, catalogs, plan=planner, workers=1)) for _ in range(2)]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("count", [0, 1])
def test_one_catalog_and_no_orders(order_of, catalogs, planner, count: int) -> None:
    """Without a comparison, and without orders, the page is complete."""
    orders = [order_of("plain-1", 2)][:count]
    page = Page(report(evaluate(orders, catalogs[:1], plan=planner, workers=1)))
    assert f"{count} order{'' if count else 's'} · 1 catalog" in page.text


def test_no_adjectives_of_virtue(order_of, catalogs, planner) -> None:
    """The page states grams, without praise."""
    text = Page(report(evaluate([order_of("plain-1", 2)], catalogs, plan=planner, workers=1))).text.lower()
    for word in ("green", "eco", "sustainab", "friendly", "neutral", "clean", "offset", "saved", "planet"):
        assert not re.search(rf"\b{word}", text)


def test_the_summary_shows_both_tables(order_of, catalogs, planner) -> None:
    """The summary has the totals of each catalog, with failed orders, and the comparison."""
    orders = [order_of("plain-1", 2), order_of("partial-1", 2), order_of("bug-1")]
    text = on_terminal(evaluate(orders, catalogs, plan=planner, workers=1), 200)
    assert "−75.0 %" in text
    assert re.search(r"error\W+1\W+1", text)


@pytest.mark.parametrize(
    ("text", "expected"), [("-1.5 kg", "−1.5 kg"), ("2.0 L", "+2.0 L"), ("0.0 %", "0.0 %"), ("-0.0 g", "0.0 g")]
)
def test_signs(text: str, expected: str) -> None:
    """Differences have a sign, and zero has none."""
    assert signed(text) == expected


def test_a_row_that_one_catalog_lacks_has_a_dash(order_of, catalogs, planner) -> None:
    """A reason that only the second catalog has is listed, and the first shows a dash."""

    def refuses_small(order, catalog, policy, lane, profiles):
        kind = "none" if catalog.catalog_id == "small" else "plain"
        return planner(order_of(f"{kind}-1", 2), catalog, policy, lane, profiles)

    lines = totals_lines(evaluate([order_of("any", 2)], catalogs, plan=refuses_small, workers=1))
    assert ["–", "1"] in [cells for _, cells in lines]
