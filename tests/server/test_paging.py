"""Pages of lists."""

import pytest

from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.server.api.paging import page, read_token, token_of
from boxwright.v1.catalog_service_pb2 import ListMaterialsRequest


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


@pytest.mark.parametrize("token", ["x", "MTA6", "!!!!", "MTA6MDAwMDAwMDAwMDAwMDAwMA=="])
def test_a_made_up_token_is_refused(token):
    """A made-up token is an error and not the first page."""
    with pytest.raises(InvalidInputError, match="page_token"):
        shown([1, 2], ListMaterialsRequest(page_token=token))


def test_a_negative_page_size_is_refused():
    """A negative page size is an error."""
    with pytest.raises(InvalidInputError, match="page_size"):
        shown([1], ListMaterialsRequest(page_size=-1))


def read(begin, *kinds):
    """Return the values of a token, and the findings."""
    found = Findings()
    return read_token(ListMaterialsRequest(page_token=token_of(*begin)), found, *kinds), found


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        *(((value, "x"), int) for value in (10**30, True, -(2**70), "1", "a")),
        *(((value, "x"), str) for value in ("\ud800", "a\0", 1)),
        ((1, "\ud800"), int),
        ((1,), int),
    ],
)
def test_a_token_made_up_is_refused_as_any_other(begin, kind):
    """Values that no database stores are refused at page_token."""
    began, found = read(begin, kind, str)
    assert began is None
    with pytest.raises(InvalidInputError, match="page_token"):
        found.raise_any()


@pytest.mark.parametrize("begin", [(1_790_000_000_000_000, "01m8"), ("A-1001", "01m8")])
def test_a_token_of_a_list_of_plans_says_where_its_page_begins(begin):
    """A token holds the sort value, time or order id, and the plan id."""
    assert read(begin, type(begin[0]), str)[0] == begin
