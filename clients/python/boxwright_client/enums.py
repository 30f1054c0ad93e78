"""Values of enums by the names that people write, such as ``what_if``."""

from typing import Any


def enum_value(enum: Any, prefix: str, argument: str, named: Any) -> Any:
    """Return a value of an enum by value or by name, in lower case and without the enum's prefix.

    Raises
    ------
    ValueError
        If the name is not known; it names the argument and the names there are.
    """
    if not isinstance(named, str):
        return named
    known = {key.removeprefix(prefix).lower(): value for key, value in enum.items() if value}
    if named not in known:
        raise ValueError(f"{argument} must be one of {', '.join(known)}, got {named!r}")
    return known[named]
