"""A refusal as a page: for browsers alone, in a reader's words, and safe."""

import pytest
from google.rpc import code_pb2, status_pb2

from boxwright.server.http.refusal_page import refusal_page, wants_page


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_browsers_alone_get_a_page(accept: str, page: bool) -> None:
    """Programs that take anything, such as curl, get the error that they can read."""
    assert wants_page(accept) is page


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        (code_pb2.NOT_FOUND, "plan: names no stored plan, got 'x'", "There is no such plan here."),
        (code_pb2.UNAVAILABLE, "the store cannot be reached", "Open the page again in a minute."),
        (code_pb2.PERMISSION_DENIED, "the time of this link is over", "<p>The time of this link is over.</p>"),
        (code_pb2.INVALID_ARGUMENT, "sheet: must be one of a4, got '<b>'", "got &#x27;&lt;b&gt;&#x27;."),
    ],
)
def test_the_page_says_what_its_reader_needs(code: int, message: str, said: str) -> None:
    """Plain words where the message is one for programs, else the message, and nothing in it is markup."""
    page = refusal_page(status_pb2.Status(code=code, message=message), "SOME_REASON", "<p-1>")
    assert said in page
    assert "SOME_REASON, plans/&lt;p-1&gt;" in page
