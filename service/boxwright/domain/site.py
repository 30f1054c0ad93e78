"""Sites: where orders are packed, and what holds there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright.domain.fields import Id, Label, Ruled, fits, unique, within
from boxwright.domain.order import MAX_UNITS_PER_ORDER
from boxwright.domain.place import Place
from boxwright.errors import FieldViolation

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

NAME_RULE = "must have 1 to 63 letters of ASCII, digits, dots, hyphens and underscores, a letter or digit first"
"""The rule of ``is_name``."""


def is_name(value: object) -> bool:
    """Whether a value may stand in resource names, in addresses and in labels of metrics."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


@dataclass(frozen=True)
class BoxAvailability(Ruled):
    """How many boxes of one type are at hand."""

    box_type_id: Id
    """The box type, as its catalog names it."""
    quantity: Annotated[int, within(0)] | None = None
    """Pieces; 0 is none. Default unlimited."""


@dataclass(frozen=True)
class Site(Ruled):
    """A place where orders are packed; an order that names it takes from it what it does not state itself."""

    site_id: Annotated[str, fits(_NAME.pattern, NAME_RULE)]
    """1 to 63 letters of ASCII, digits, dots, hyphens and underscores; the first is a letter or digit."""
    name: Label = ""
    catalog_id: Label = ""
    """Catalog for orders without one. Default: not stated."""
    availability: Annotated[tuple[BoxAvailability, ...], unique("box_type_id")] = ()
    """What is at hand of that catalog. Default: as the catalog says."""
    lifting_profile: Label = ""
    handling_profile: Label = ""
    """As in ``Policy``. Default: not stated."""
    max_parcels: Annotated[int, within(1, 2**31 - 1)] | None = None
    """Most parcels of a plan whose policy does not say so. Default unlimited."""
    max_units_per_order: Annotated[int, within(1, MAX_UNITS_PER_ORDER)] | None = None
    accounting_profiles: Annotated[tuple[str, ...], unique()] = ()
    """Profiles of orders that name none. Default: not stated."""
    carrier_service: Label = ""
    """Service of lanes that name none, such as ``ups/us-daily``. Default: none."""
    origin: Place | None = None
    """Where lanes start that do not say it. Default: not stated."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.availability and not self.catalog_id:
            yield FieldViolation("availability", "must be absent without catalog_id, whose boxes it counts")
