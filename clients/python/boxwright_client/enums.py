"""Enum values by lower-case name, such as ``what_if``."""

from typing import Any


def enum_value(enum: Any, prefix: str, argument: str, named: Any) -> Any:
    """Return an enum value given as number or as lower-case name without the enum's prefix.

    Raises ValueError with the known names if the name is unknown.
    """
    if not isinstance(named, str):
        return named
    known = {key.removeprefix(prefix).lower(): value for key, value in enum.items() if value}
    if named not in known:
        raise ValueError(f"{argument} must be one of {', '.join(known)}, got {named!r}")
    return known[named]
