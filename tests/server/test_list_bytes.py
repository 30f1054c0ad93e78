"""A page of a list ends early if more entries would exceed the answer limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.findings import Findings
from boxwright.server.api.paging import page
from boxwright.v1.catalog_pb2 import Catalog
from boxwright.v1.catalog_service_pb2 import ListMaterialsRequest
from boxwright.v1.packing_service_pb2 import ListPlansRequest

from .live_calls import BOOK, request
from .live_stores import serving

MOST_BYTES = 65_536


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 8), st.integers(1, 100))
def test_pages_of_so_many_bytes_put_together_are_the_list(lengths, size, most):
    """Pages join to the list; each is as long as the limits allow and has at least one entry."""
    entries = [Catalog(catalog_id=f"{at}", display_name="n" * length) for at, length in enumerate(lengths)]
    asked, read = ListMaterialsRequest(page_size=size), []
    while True:
        found = Findings()
        shown, asked.page_token = page(entries, asked, found, most_bytes=most)
        found.raise_any()
        total = sum(entry.ByteSize() for entry in shown)
        assert len(shown) == 1 or total <= most
        assert bool(shown) == bool(entries)
        read += shown
        if not asked.page_token:
            break
        assert len(shown) == size or total + entries[len(read)].ByteSize() > most
    assert read == entries


def pages_of(method, asked, field):
    """Return the pages of a list of a live server, and their bytes."""
    found = []
    while True:
        answer = method(asked, timeout=20)
        found.append(answer)
        asked.page_token = answer.next_page_token
        if not answer.next_page_token:
            return [list(getattr(answer, field)) for answer in found], [answer.ByteSize() for answer in found]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with a low answer limit and fourteen stored plans."""
    with serving(tmp_path_factory.mktemp("lists"), max_answer_bytes=MOST_BYTES) as (live, packing, _):
        for at in range(14):
            message = request({**BOOK, "quantity": 2 if at % 7 else 90}, persist=True)
            message.order.order_id = f"page-{at:02}"
            packing.Pack(message, timeout=30)
        yield live, packing


def test_a_page_of_whole_plans_ends_where_no_more_fits(server):
    """Whole plans take several pages in order; plans without parcels fit one page."""
    _, packing = server
    asked = ListPlansRequest(order_by="order_id", page_size=1_000)
    asked.read_mask.paths.append("*")
    pages, sizes = pages_of(packing.ListPlans, asked, "plans")
    assert [plan.order_id for one in pages for plan in one] == [f"page-{at:02}" for at in range(14)]
    assert len(pages) > 2
    assert all(len(one) == 1 or size <= MOST_BYTES + 200 for one, size in zip(pages, sizes, strict=True))
    short, _ = pages_of(packing.ListPlans, ListPlansRequest(order_by="order_id"), "plans")
    assert len(short) == 1
