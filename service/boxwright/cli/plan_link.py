"""Links to pages of stored plans, signed by the key of a server."""

import re

from boxwright.findings import Findings

_BASE_URL = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")


def signed_link(key: str, plan_id: str, expires_s: int, base_url: str) -> str:
    """Return the link to the page of a plan.

    Parameters
    ----------
    key, plan_id, expires_s
        As of ``boxwright.server.plan_links.signed_query``.
    base_url : str
        Where callers reach the server over HTTP.

    Raises
    ------
    InvalidInputError
        With each option at fault: the key is none that a server takes, the id none of a plan, the URL none over HTTP.
    """
    from boxwright.server.plan_ids import is_plan_id
    from boxwright.server.plan_links import LEAST_KEY_CHARACTERS, signed_query

    found = Findings()
    if len(key) < LEAST_KEY_CHARACTERS:
        absent = "is required: the file that the server's link_key is read from"
        rule = f"must hold at least {LEAST_KEY_CHARACTERS} characters" if key else absent
        found.add("--link-key-file", rule)
    if not is_plan_id(plan_id):
        rule = "must be the name of a stored plan, such as plans/01m8c36zhkc9xprtetetsdkddc"
        found.add("NAME", f"{rule}, got {plan_id!r:.80}")
    if not _BASE_URL.fullmatch(base_url):
        found.add("--base-url", f"must be such as https://boxwright.example, got {base_url!r:.80}")
    found.raise_any()
    return f"{base_url.rstrip('/')}/plans/{plan_id}?{signed_query(key, plan_id, expires_s)}"
