"""Sites: where orders are packed, and what holds there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import NoneType

from boxwright.domain.fields import Ruled, as_tuple, id_rules, is_whole, label_rules, of_kind, shown
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
    """How many boxes of one type are at hand.

    Parameters
    ----------
    box_type_id : str
        The box type, as its catalog names it.
    quantity : int, optional
        Pieces; 0 is none. Default unlimited.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    box_type_id: str
    quantity: int | None = None

    def _broken_rules(self) -> Iterator[FieldViolation]:
        yield from id_rules("box_type_id", self.box_type_id)
        if self.quantity is not None and not is_whole(self.quantity, 0):
            yield FieldViolation("quantity", f"must be a whole number of 0 or more, got {shown(self.quantity)}")


@dataclass(frozen=True)
class Site(Ruled):
    """A place where orders are packed; an order that names it takes from it what it does not state itself.

    Parameters
    ----------
    site_id : str
        1 to 63 letters of ASCII, digits, dots, hyphens and underscores; the first is a letter or digit.
    name : str, optional
        For a person. Default: none.
    catalog_id : str, optional
        Catalog for orders without one. Default: not stated.
    availability : sequence of BoxAvailability, optional
        What is at hand of that catalog. Default: as the catalog says.
    lifting_profile, handling_profile : str, optional
        As in ``Policy``. Default: not stated.
    max_parcels : int, optional
        Most parcels of a plan whose policy does not say so. Default unlimited.
    max_units_per_order : int, optional
        Most units of one order. Default: not stated.
    accounting_profiles : sequence of str, optional
        Profiles of orders that name none. Default: not stated.
    carrier_service : str, optional
        Service of lanes that name none, such as ``ups/us-daily``. Default: none.
    origin : Place, optional
        Where lanes start that do not say it. Default: not stated.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    site_id: str
    name: str = ""
    catalog_id: str = ""
    availability: tuple[BoxAvailability, ...] = ()
    lifting_profile: str = ""
    handling_profile: str = ""
    max_parcels: int | None = None
    max_units_per_order: int | None = None
    accounting_profiles: tuple[str, ...] = ()
    carrier_service: str = ""
    origin: Place | None = None

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if not is_name(self.site_id):
            yield FieldViolation("site_id", f"{NAME_RULE}; got {shown(self.site_id)}")
        for name in ("name", "catalog_id", "lifting_profile", "handling_profile", "carrier_service"):
            yield from label_rules(name, getattr(self, name))
        yield from as_tuple(self, "availability", BoxAvailability, "a BoxAvailability")
        yield from as_tuple(self, "accounting_profiles", str, "a text")
        for field, key in (("availability", "box_type_id"), ("accounting_profiles", "")):
            named = [getattr(each, key) if key else each for each in getattr(self, field)]
            for index, each in enumerate(named):
                if each in named[:index]:
                    place = f"{field}[{index}].{key}" if key else f"{field}[{index}]"
                    yield FieldViolation(place, f"must not repeat, {each!r} does")
        if self.availability and not self.catalog_id:
            yield FieldViolation("availability", "must be absent without catalog_id, whose boxes it counts")
        for name, most in (("max_parcels", None), ("max_units_per_order", MAX_UNITS_PER_ORDER)):
            value = getattr(self, name)
            if value is not None and not is_whole(value, 1, most or 2**31 - 1):
                span = f"of 1 to {most:,}" if most else "of 1 or more"
                yield FieldViolation(name, f"must be a whole number {span}, got {shown(value)}")
        yield from of_kind(self, (Place, NoneType), "a Place", "origin")
