"""The page and the summary: complete, self-contained, safe."""

import base64
import hashlib
import html.parser
import io
import re

import pytest
from rich.console import Console

from boxwright.catalog import load_catalog
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.order import Item, Order
from boxwright.domain.place import Place
from boxwright.evaluation import evaluate, report, summary
from boxwright.evaluation.records import MAX_NAMED
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
        """Collect what a reader sees, styles aside."""
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text += data


def test_the_page_needs_nothing_else(order_of, catalogs, planner) -> None:
    """No element of the page loads anything, every element is closed, and its one script is the one it allows."""
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
    """Partial, refused, invalid and failing orders all stand on the page with their reasons."""
    ids = ("plain-1", "partial-1", "none-1", "refused-1", "invalid-1", "bug-1")
    text = Page(report(evaluate([order_of(each, 2) for each in ids], catalogs, plan=planner, workers=1))).text
    for each in ids[1:]:
        assert text.count(each) == 2
    assert "ZeroDivisionError" in text
    assert "lines[0].mass_g" in text


def test_warnings_are_told_by_kind(order_of, catalogs, planner) -> None:
    """Warnings that differ in words are one row: the code, how many orders have it, and one example."""
    orders = [order_of(f"plain-{n}") for n in range(40)]
    page = Page(report(evaluate(orders, catalogs, plan=planner, workers=1)))
    text = " ".join(page.text.split())
    assert "MADE_UP40" in text
    assert text.count("MADE_UP") == 1


def test_the_tables_have_warnings_and_marks(order_of) -> None:
    """A terminal shows each kind of warning with its orders and the first example, and how many parcels are marked."""
    safe = Order("safe", [Item("safe", 1, 100, 100, 100, 28_000)])
    catalog = Catalog("one", [BoxType("box", 300, 200, 200, tare_g=100, material_id="corrugated-board")])
    console = Console(width=100, file=io.StringIO())
    console.print(summary(evaluate([order_of("light"), safe], [catalog], workers=1)))
    said = " ".join(console.file.getvalue().split())
    assert re.search(r"TEAM_LIFT\W+1\W+safe", said)
    assert re.search(r"NO_TRANSPORT\W+2\W+light", said)
    assert re.search(r"TEAM LIFT\W+1\b", said)


def test_large_figures_are_not_cut_off(order_of) -> None:
    """On a terminal of 80 columns."""
    boxes = [BoxType("box", 300, 200, 200, tare_g=100, price_minor=price) for price in (3_909_000, 3_531_200)]
    catalogs = [Catalog(name, [box], currency="EUR") for name, box in zip(("one", "two"), boxes, strict=True)]
    console = Console(width=80, file=io.StringIO())
    console.print(summary(evaluate([order_of(f"light-{n}") for n in range(12)], catalogs, workers=1)))
    said = console.file.getvalue()
    assert "…" not in said
    for figure in ("469,080.00", "423,744.00", "−45,336.00"):
        assert figure in said


def test_many_catalogs_have_room(order_of) -> None:
    """Six of them on a terminal of 80 columns: no name is cut off."""
    names = [f"a catalog with a long name {number}" for number in range(6)]
    catalogs = [Catalog(name, [BoxType("box", 300, 200, 200, tare_g=100)]) for name in names]
    console = Console(width=80, file=io.StringIO())
    console.print(summary(evaluate([order_of("light")], catalogs, workers=1)))
    said = " ".join(console.file.getvalue().split())
    assert "…" not in said
    assert all(name in said for name in names)


def test_what_the_page_does_not_name_it_counts(order_of, catalogs, planner) -> None:
    """Past the limit of named orders, the rest is counted by reason."""
    orders = [order_of(f"bug-{n}") for n in range(MAX_NAMED + 7)]
    text = Page(report(evaluate(orders, catalogs[:1], plan=planner, workers=1))).text
    assert "7 orders" in text
    assert text.count("bug-") == MAX_NAMED


def test_the_page_has_the_way_that_was_derived(order_of, catalogs, planner) -> None:
    """Places with postal codes and gateways, and each leg with mode, km and ends: by air and by sea differ."""
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
    """A terminal and the page name missing factors, hubs and dunnage without a price beside the sums that lack them."""
    box = BoxType("box", 300, 200, 200, tare_g=100, material_id="corrugated-board", price_minor=250)
    catalog = Catalog("one", [box], currency="EUR", dunnage=load_catalog("eu-stock").dunnage)
    evaluation = evaluate([order_of("light")], [catalog], None, Lane([Leg("rail", 500)]), ["cn-cpcd"], workers=1)
    console = Console(width=200, file=io.StringIO())
    console.print(summary(evaluation))
    for text in (console.file.getvalue(), Page(report(evaluation)).text):
        for lacking in ("transport wtt (rail_freight)", "2.50 EUR +", "crumpled-kraft-fill", "kraft-paper-tape"):
            assert lacking in text


def test_markup_in_names_stays_text(order_of, planner) -> None:
    """Ids and names that hold markup are text on the page."""
    box = BoxType(EVIL, 200, 100, 100, tare_g=40)
    catalogs = [Catalog(f"{EVIL}{n}", (box,), name=EVIL, source=EVIL) for n in range(2)]
    orders = [order_of(f"plain-{EVIL}", 2), order_of(f"bug-{EVIL}")]
    page = Page(report(evaluate(orders, catalogs, plan=planner, workers=1)))
    assert page.tags.count("script") == 1
    assert page.text.count(EVIL) > 5


def test_equal_evaluations_give_equal_pages(order_of, catalogs, planner) -> None:
    """Apart from CPU times, the page depends on nothing but the evaluation."""
    orders = [order_of("plain-1", 2), order_of("partial-1", 2)]
    pages = [report(evaluate(orders, catalogs, plan=planner, workers=1)) for _ in range(2)]
    one, two = (re.sub(r"[\d.]+ / [\d.]+ ms", "", page) for page in pages)
    assert one == two


@pytest.mark.parametrize("count", [0, 1])
def test_one_catalog_and_no_orders(order_of, catalogs, planner, count: int) -> None:
    """A page without a comparison, and one without any order, are whole pages."""
    orders = [order_of("plain-1", 2)][:count]
    page = Page(report(evaluate(orders, catalogs[:1], plan=planner, workers=1)))
    assert f"{count} order{'' if count else 's'} · 1 catalog" in page.text


def test_figures_of_the_comparison(order_of, catalogs, planner) -> None:
    """The page shows the totals, the difference and the change that the comparison holds."""
    text = " ".join(Page(report(evaluate([order_of("plain-1", 2)], catalogs, plan=planner, workers=1))).text.split())
    for figure in ("75.0 %", "8.0 L", "2.0 L", "−6.00 L", "test@1"):
        assert figure in text


def test_no_adjectives_of_virtue(order_of, catalogs, planner) -> None:
    """The page states grams and praises nothing."""
    text = Page(report(evaluate([order_of("plain-1", 2)], catalogs, plan=planner, workers=1))).text.lower()
    for word in ("green", "eco", "sustainab", "friendly", "neutral", "clean", "offset", "saved", "planet"):
        assert not re.search(rf"\b{word}", text)


def test_the_summary_shows_both_tables(order_of, catalogs, planner) -> None:
    """The terminal's summary has the totals of each catalog and the comparison, failed orders counted."""
    orders = [order_of("plain-1", 2), order_of("partial-1", 2), order_of("bug-1")]
    console = Console(file=io.StringIO(), width=200)
    console.print(summary(evaluate(orders, catalogs, plan=planner, workers=1)))
    text = console.file.getvalue()
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
