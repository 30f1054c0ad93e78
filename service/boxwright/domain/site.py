"""Sites where orders are packed, with their defaults."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright.domain.fields import Id, Label, Ruled, fits, unique, within
from boxwright.domain.order import MAX_UNITS_PER_ORDER
from boxwright.domain.place import Place
from boxwright.errors import FieldViolation

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

NAME_RULE = "must have 1 to 63 ASCII letters, digits, dots, hyphens and underscores, and begin with a letter or digit"
"""The rule of ``is_name``."""


def is_name(value: object) -> bool:
    """Return whether a value is valid in resource names, addresses and metric labels."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


@dataclass(frozen=True)
class BoxAvailability(Ruled):
    """Stock of a box type."""

    box_type_id: Id
    quantity: Annotated[int, within(0)] | None = None
    """Boxes in stock. Default: unlimited."""


@dataclass(frozen=True)
class Site(Ruled):
    """A place where orders are packed, with defaults for orders that name it."""

    site_id: Annotated[str, fits(_NAME.pattern, NAME_RULE)]
    """1 to 63 ASCII letters, digits, dots, hyphens and underscores; the first is a letter or digit."""
    name: Label = ""
    catalog_id: Label = ""
    """Catalog for orders without one. Default: not stated."""
    availability: Annotated[tuple[BoxAvailability, ...], unique("box_type_id")] = ()
    """Stock of box types of ``catalog_id``. Default: as the catalog states."""
    lifting_profile: Label = ""
    handling_profile: Label = ""
    """Lifting and handling profile, as in ``Policy``. Default: not stated."""
    max_parcels: Annotated[int, within(1, 2**31 - 1)] | None = None
    """Maximum number of parcels of a plan whose policy states none. Default: unlimited."""
    max_units_per_order: Annotated[int, within(1, MAX_UNITS_PER_ORDER)] | None = None
    accounting_profiles: Annotated[tuple[str, ...], unique()] = ()
    """Default profiles. Default: not stated."""
    carrier_service: Label = ""
    """Default service of lanes, such as ``ups/us-daily``. Default: none."""
    origin: Place | None = None
    """Default origin of lanes. Default: not stated."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.availability and not self.catalog_id:
            yield FieldViolation("availability", "needs catalog_id, since it counts boxes of that catalog")
