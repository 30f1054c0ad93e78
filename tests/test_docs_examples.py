"""The Python sessions in docs/, run as they stand."""

import doctest
import re
from pathlib import Path

import pytest

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
