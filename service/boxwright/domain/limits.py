"""Limits on the length of lists and strings, checked before their entries are processed."""

MAX_ENTRIES = 10_000
"""Maximum number of entries of a list without a specific limit."""

MAX_ENTRIES_OF = {
    "requests": 1_000,
    "orders": 20_000,
    "orientations": 100,
    "property_amounts": 100,
    "property_caps": 100,
    "materials": 100,
    "price_tiers": 100,
    "columns_mm": 100,
    "rows_mm": 100,
    "objectives": 100,
    "requirements": 100,
    "material_requirements": 100,
    "excluded_materials": 1_000,
    "cushioning_ids": 100,
    "legs": 50,
    "price_tables": 20,
    "zones": 1_000,
    "steps": 2_000,
    "additional": 100,
    "surcharges": 1_000,
    "markets": 100,
    "sites": 1_000,  # every site is a label of a metric
    "accounting_profiles": 100,
    "allocations": 100,
    "carrier_services": 100,
    "paths": 1_000,
}
"""Maximum number of entries of a list by its name, which is the same in Python, files and the contract."""


MAX_NAME_LENGTH = 200
"""Maximum number of characters of a name, such as a display name, a version or a zone."""

MAX_NOTE_LENGTH = 2_000
"""Maximum number of characters of a note or source."""

MAX_TEXT_LENGTH = 10_000
"""Maximum number of characters of any other text of a request."""

MAX_TEXT_LENGTH_OF = {"toml": 4 * 1024 * 1024}
"""Maximum number of characters of longer strings, by name."""


def max_entries(name: str) -> int:
    """Return the maximum number of entries of a list by its name."""
    return MAX_ENTRIES_OF.get(name, MAX_ENTRIES)


def max_text_length(name: str) -> int:
    """Return the maximum number of characters of a text by its name; the rule of its field may be stricter."""
    return MAX_TEXT_LENGTH_OF.get(name, MAX_TEXT_LENGTH)
