"""The Python sessions in docs/, run as they stand."""

import doctest
import re
from pathlib import Path

import pytest

from boxwright import Item, Order, load_catalog, plan
from boxwright.drawing import page_pictures

DOCS = Path(__file__).parents[1] / "docs"
SESSION = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted(DOCS.rglob("*.md")) if SESSION.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_sessions_of_a_page_give_what_it_says(page):
    """The sessions of a page, run in sequence, print what the page shows."""
    source = "\n".join(SESSION.findall(page.read_text(encoding="utf-8")))
    session = doctest.DocTestParser().get_doctest(source, {}, page.name, str(page), 0)
    failures: list[str] = []
    result = doctest.DocTestRunner().run(session, out=failures.append)
    assert result.attempted > 0
    assert not result.failed, "".join(failures)


def test_pages_with_figures_have_sessions():
    """Pages with formulas show their figures in a session."""
    assert {"footprint.md", "protection.md", "shipping.md"} <= {page.name for page in PAGES}


def test_the_picture_of_the_bench_page_is_that_of_its_order():
    """The picture is drawn from the order on the page."""
    mug = Item("1", 1, 120, 85, 100, mass_g=350, article="mug", description="Blue mug")
    book = Item("2", 1, 210, 148, 30, mass_g=400, article="book", description="Paperback")
    order, catalog = Order("4711", (mug, book)), load_catalog("eu-webshop")
    (parcel,) = plan(order, catalog).parcels
    box = catalog.box_type(parcel.box_type_id)
    drawn, _ = page_pictures(parcel, order, box)
    page = DOCS / "images" / "bench.svg"
    assert page.read_text(encoding="utf-8") == drawn
