"""The HTML page of a refusal."""

from google.rpc import status_pb2

from boxwright.server.http.app import refusal_page


def test_the_page_names_reason_and_plan():
    """Reason, plan and message are escaped."""
    page = refusal_page(status_pb2.Status(message="sheet: <b>"), "SOME_REASON", "<p-1>")
    assert all(text in page for text in ("SOME_REASON", "plans/&lt;p-1&gt;", "sheet: &lt;b&gt;"))
    assert "<b>" not in page
