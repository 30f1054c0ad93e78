"""The reference pages say what the server does: written from it, and fresh."""

import runpy
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool

from .here import server_here, waiting_operations

DOCS = Path(__file__).parents[2] / "docs"
PAGES = runpy.run_path(str(DOCS / "write_pages.py"))


def text(name):
    """Return a page as committed."""
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_api_page_is_what_a_live_server_answers(tmp_path):
    """Every request of the page, sent to a server started for it, gets the answer printed in it."""
    sites = DOCS.parent / "examples" / "sites.toml"
    with waiting_operations(), server_here(store=f"sqlite:///{tmp_path}/plans.db", sites=sites) as server:
        assert text("api.md") == PAGES["api_page"](server.address), "run: python docs/write_pages.py"


def lanes(request):
    """Yield every lane of requests."""
    if isinstance(request, list):
        for each in request:
            yield from lanes(each)
    elif isinstance(request, dict):
        for name, value in request.items():
            if name == "lane":
                yield value
            else:
                yield from lanes(value)


@pytest.mark.parametrize("path", sorted((DOCS / "requests").glob("*.json")), ids=lambda path: path.stem)
def test_every_lane_of_the_page_names_its_ship_date(path):
    """Without one the answer repeats the day on which it was made, and the page would be stale the day after."""
    for lane in lanes(PAGES["read_requests"](path)):
        assert "ship_date" in lane


@pytest.mark.parametrize("page", ["messages", "settings", "metrics", "errors", "unverified"])
def test_the_other_pages_are_fresh(page):
    """What the code says of itself is what the page says."""
    assert text(f"{page}.md") == PAGES[f"{page}_page"](), "run: python docs/write_pages.py"


PACKAGES = {
    "csharp_namespace": "Boxwright.V1",
    "go_package": "boxwright/v1;boxwrightv1",
    "java_package": "boxwright.v1",
    "php_namespace": "Boxwright\\V1",
    "ruby_package": "Boxwright::V1",
}


@pytest.mark.parametrize("path", sorted(PAGES["PROTO"].glob("*.proto")), ids=lambda path: path.stem)
def test_every_file_of_the_contract_names_its_packages(path):
    """Stubs of each language land in one package, whichever file a message stands in."""
    name = f"boxwright/v1/{path.name}"
    options = descriptor_pool.Default().FindFileByName(name).GetOptions()
    assert {option: getattr(options, option) for option in PACKAGES} == PACKAGES
    assert options.java_multiple_files
