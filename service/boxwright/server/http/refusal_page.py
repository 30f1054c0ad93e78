"""A refusal as a page: a packer or customer who opens a plan in a browser is not shown JSON."""

import html
from collections.abc import Mapping

from google.rpc import code_pb2, status_pb2

_SENTENCES: Mapping[int, str] = {
    code_pb2.NOT_FOUND: "There is no such plan here. It may have been deleted, as old plans are, or the address may be"
    " incomplete.",
    code_pb2.UNAVAILABLE: "The plan cannot be read just now. Open the page again in a minute.",
    code_pb2.UNAUTHENTICATED: "This page opens with a link that is signed, or with a token. Ask for a link.",
    code_pb2.INTERNAL: "The page could not be made. The log of the service says more.",
}
"""What a reader without the API's words needs to know, by code; others are said by their message."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>No plan to show</title>
<style>
body {{ margin: 0 auto; max-width: 40rem; padding: 2rem 1rem; font: 16px/1.5 system-ui, sans-serif; }}
h1 {{ font-size: 1.35rem; }}
small {{ opacity: .7; overflow-wrap: anywhere; }}
</style>
<h1>No plan to show</h1>
<p>{sentence}</p>
<p><small>{reason}, plans/{plan}</small></p>
"""


def refusal_page(status: status_pb2.Status, reason: str, plan_id: str) -> str:
    """Return the page that says why a plan is not shown.

    Parameters
    ----------
    status : Status
        The refusal.
    reason : str
        Its reason, such as ``RESOURCE_NOT_FOUND``.
    plan_id : str
        The plan that was asked for, without ``plans/``, as short as it is to be shown.
    """
    sentence = _SENTENCES.get(status.code, f"{status.message[:1].upper()}{status.message[1:]}.")
    return _PAGE.format(sentence=html.escape(sentence), reason=html.escape(reason), plan=html.escape(plan_id))
