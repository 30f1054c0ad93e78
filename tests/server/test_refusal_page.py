"""A refusal as a page: in a reader's words, and safe."""

import pytest
from google.rpc import code_pb2, status_pb2

from boxwright.server.http.app import refusal_page


@pytest.mark.parametrize(
    ("code", "shown"), [(code_pb2.NOT_FOUND, False), (code_pb2.UNAVAILABLE, False), (code_pb2.INVALID_ARGUMENT, True)]
)
def test_the_page_names_reason_and_plan(code: int, shown: bool) -> None:
    """The message is shown where it is not one for programs, and nothing in it is markup."""
    page = refusal_page(status_pb2.Status(code=code, message="sheet: <b>"), "SOME_REASON", "<p-1>")
    assert "SOME_REASON" in page
    assert "plans/&lt;p-1&gt;" in page
    assert ("&lt;b&gt;" in page) == shown
    assert "<b>" not in page
