"""Pages of lists: sizes, tokens, and the answer limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.findings import Findings
from boxwright.server.api.paging import page, read_token, token_of
from boxwright.v1.catalog_pb2 import Catalog
from boxwright.v1.catalog_service_pb2 import ListMaterialsRequest
from boxwright.v1.packing_service_pb2 import ListPlansRequest

from .live_calls import BOOK, request
from .live_stores import serving
from .wire import broken

MOST_BYTES = 65_536


def test_a_page_holds_100_entries_by_default_and_1000_at_most():
    """Page size 0 means 100, and a size past 1,000 means 1,000."""
    entries = list(range(2_000))
    assert len(page(entries, ListMaterialsRequest(), Findings())[0]) == 100
    assert len(page(entries, ListMaterialsRequest(page_size=5_000), Findings())[0]) == 1_000


def test_a_negative_page_size_is_refused():
    """A negative page size is an error."""
    found = Findings()
    page([1], ListMaterialsRequest(page_size=-1), found)
    assert list(broken(found.raise_any)) == ["page_size"]


def read(token, *kinds):
    """Return the values of a token, or raise its finding."""
    found = Findings()
    values = read_token(ListMaterialsRequest(page_token=token), found, *kinds)
    found.raise_any()
    return values


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        *((token, int) for token in ("x", "MTA6", "!!!!", "MTA6MDAwMDAwMDAwMDAwMDAwMA==", token_of(1))),
        *((token_of(value, "x"), int) for value in (10**30, True, -(2**70), "1", "a")),
        *((token_of(value, "x"), str) for value in ("\ud800", "a\0", 1)),
        (token_of(1, "\ud800"), int),
    ],
)
def test_a_made_up_token_is_refused(token, kind):
    """A made-up token, also one with values that no database stores, is an error and not the first page."""
    assert list(broken(read, token, kind, str)) == ["page_token"]


@pytest.mark.parametrize("begin", [(1_790_000_000_000_000, "01m8"), ("A-1001", "01m8")])
def test_a_token_of_a_list_of_plans_says_where_its_page_begins(begin):
    """A token holds the sort value, time or order id, and the plan id."""
    assert read(token_of(*begin), type(begin[0]), str) == begin


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


def test_a_page_of_whole_plans_ends_where_no_more_fits(tmp_path):
    """Whole plans take several pages in order; plans without parcels fit one page."""
    with serving(tmp_path, max_answer_bytes=MOST_BYTES) as (_, packing, _):
        for at in range(14):
            message = request({**BOOK, "quantity": 2 if at % 7 else 90}, persist=True)
            message.order.order_id = f"page-{at:02}"
            packing.Pack(message, timeout=30)
        asked, found = ListPlansRequest(order_by="order_id", page_size=1_000, read_mask={"paths": ["*"]}), []
        while not found or asked.page_token:
            found.append(packing.ListPlans(asked, timeout=20))
            asked.page_token = found[-1].next_page_token
        short = packing.ListPlans(ListPlansRequest(), timeout=20)
    assert [plan.order_id for answer in found for plan in answer.plans] == [f"page-{at:02}" for at in range(14)]
    assert len(found) > 2
    assert all(len(answer.plans) == 1 or answer.ByteSize() <= MOST_BYTES + 200 for answer in found)
    assert len(short.plans) == 14
