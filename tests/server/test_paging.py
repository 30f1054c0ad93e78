"""Pages of lists."""

import pytest

from boxwright.findings import Findings
from boxwright.server.api.paging import page, read_token, token_of
from boxwright.v1.catalog_service_pb2 import ListMaterialsRequest

from .wire import broken


def shown(entries, request):
    """Return a page, or raise its findings."""
    found = Findings()
    made, _ = page(entries, request, found)
    found.raise_any()
    return made


def test_a_page_holds_100_entries_by_default_and_1000_at_most():
    """Page size 0 means 100, and a size past 1,000 means 1,000."""
    entries = list(range(2_000))
    assert len(page(entries, ListMaterialsRequest(), Findings())[0]) == 100
    assert len(page(entries, ListMaterialsRequest(page_size=5_000), Findings())[0]) == 1_000


def test_a_negative_page_size_is_refused():
    """A negative page size is an error."""
    assert list(broken(shown, [1], ListMaterialsRequest(page_size=-1))) == ["page_size"]


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
