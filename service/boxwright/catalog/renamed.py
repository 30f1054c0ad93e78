"""Names of fields that files written for an earlier version still have."""

RENAMED = {"verified": "read_in_source", "strength_verified": "strength_read_in_source"}
"""Names of fields that changed, with the new ones."""


def unknown(name: str, rule: str) -> str:
    """Return that a field has another name now, where it was renamed; else the rule on unknown ones."""
    return f"is called {RENAMED[name]} now" if name in RENAMED else rule
