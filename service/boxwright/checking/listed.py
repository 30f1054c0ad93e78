"""Reads what a stranger's plan has where a sequence belongs."""

from collections.abc import Sequence


def listed(value: object) -> Sequence[object]:
    """Return a tuple or list as it is; anything else as the one wrong element that it is."""
    return value if isinstance(value, tuple | list) else (value,)
