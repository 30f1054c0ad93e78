"""Converts between messages and domain objects, by the names and types of their fields.

A field corresponds to the attribute of its name. Units are converted: ``mass_g`` from ``mass_mg``, ``x_mm`` from
``x_um``, ``volume_mm3`` from ``volume_um3``, ``allowed_n`` from ``allowed_mn``. Some names differ: ``inner`` is made
from ``inner_um``, ``display_name`` from ``name``, ``material`` from ``material_id``, ``source`` from several
attributes. Callers supply other fields, and fields that need more than the object.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, Generic, NamedTuple, get_args

from google.api import field_behavior_pb2, resource_pb2
from google.protobuf import message_factory
from google.protobuf.message import Message

from boxwright import units
from boxwright.contract.enums import EnumCodec
from boxwright.contract.masks import ALL, Built, Tree, kept
from boxwright.contract.masks import made as made_of
from boxwright.contract.names import catalog_name, material_name, profile_name, read_name, service_name
from boxwright.contract.values import (
    EDGES,
    SOURCE_FACTS,
    check_texts,
    date_to_wire,
    dimensions_to_wire,
    read_amount,
    read_date,
    read_price,
    read_rate,
    source_of,
)
from boxwright.domain.fields import broken_fields
from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.v1 import provenance_pb2

MN_PER_N = 1_000
MOST_WHOLE = 2**53 - 1
"""The largest integer up to which a double represents all integers."""

Get = Callable[[Any], Any]
Fields = dict[str, Any]
"""Fields of a message by name; protobuf accepts them in place of a nested message."""

Read = Callable[[Any, Findings, str], Any]
"""A function from the value of a field, findings and the field's name to the value of an attribute."""

UNITS: tuple[tuple[str, str, Get, Get], ...] = (
    ("_g", "_mg", units.to_g, units.to_mg),
    ("_mm", "_um", units.to_mm, units.to_um),
    ("_mm3", "_um3", lambda value: value / units.UM3_PER_MM3, lambda value: round(value * units.UM3_PER_MM3)),
    ("_n", "_mn", lambda value: value / MN_PER_N, lambda value: round(value * MN_PER_N)),
)
"""Suffix in messages, suffix in the domain, conversion to messages, and conversion to the domain."""

RESOURCES: dict[str, tuple[Get, str]] = {
    "boxwright/AccountingProfile": (profile_name, "accountingProfiles/{profile}"),
    "boxwright/CarrierService": (service_name, "carriers/{carrier}/services/{service}"),
    "boxwright/Catalog": (catalog_name, "catalogs/{catalog}"),
    "boxwright/Material": (material_name, "materials/{material}"),
}
"""Function from identifier to resource name, and pattern of this name, by type of resource."""

IDS = {"accounting_profile": "profile_id", "carrier_service": "service_id"}
"""Attributes of identifiers by field, unless they have the name of the field and ``_id``."""


class Row(NamedTuple):
    """A message field and its attribute.

    ``get`` returns the value from the object; by default it returns the attribute. ``make`` converts the value to the
    field; if ``deep``, it also takes the tree below the field. ``read`` converts the field, or an entry of a list, to
    the domain; without it, the field is not read. ``inner`` is the codec of the field or its entries. Money is not
    ``written`` from the attribute, since it needs a currency.
    """

    name: str
    attribute: str
    make: Callable[..., Any] | None = None
    deep: bool = False
    read: Read | None = None
    get: Get | None = None
    inner: "Codec[Any] | None" = None
    written: bool = True


CODECS_OF: dict[str, "Codec[Any]"] = {}
"""Codecs by full message name, used for nested messages. A codec that is missing is derived from the domain type; a
codec with options must be declared before the codecs of messages that contain its message."""


class Codec(Generic[Built]):
    """Converts one type of domain object to messages and back.

    Parameters
    ----------
    kind : type of message
        Message type.
    thing : type
        Domain type.
    *without : str
        Fields to skip although an attribute has their name.
    inside : mapping of str to Codec, optional
        Codecs of fields whose messages hold attributes of this object. Default: only the source.
    check : callable, optional
        Notes broken rules of the message that are not about one attribute. Default: none.
    also : callable, optional
        Returns computed fields. Default: none.
    **called : str
        Attributes by field, where the names differ.
    """

    def __init__(
        self,
        kind: type[Built],
        thing: type,
        *without: str,
        inside: "Mapping[str, Codec[Any]] | None" = None,
        check: Callable[[Any, Findings], object] | None = None,
        also: Callable[[Any], Fields] | None = None,
        **called: str,
    ) -> None:
        self._kind, self._thing, self._check, self._also = kind, thing, check, also
        self._inside = dict(inside or {})
        hints = dict.fromkeys(dir(thing), Any) | getattr(thing, "__annotations__", {})
        fields = [field for field in kind.DESCRIPTOR.fields if field.name not in without]
        self._rows = [row for field in fields if (row := _row(field, hints, called.get(field.name))) is not None]
        rows = [
            (row.name, row.get or attrgetter(row.attribute), row.make, row.deep) for row in self._rows if row.written
        ]
        of_noun = {row[0] for row in rows}.union(without)
        rows += [
            (name, lambda noun: noun, codec.fields, True) for name, codec in self._inside.items() if name not in of_noun
        ]
        self._by_name = {row[0]: row for row in rows}
        self._plain = [(name, get) for name, get, make, _ in rows if make is None]
        self._made = [(name, get, make) for name, get, make, _ in rows if make]
        CODECS_OF[kind.DESCRIPTOR.full_name] = self
        if any(row.get is source_of for row in self._rows):
            unread = [name for name in SOURCE_FACTS if name != "year" and name not in hints]
            check_source = partial(check_texts, unread)
            self._inside["source"] = Codec(provenance_pb2.Source, thing, check=check_source, citation="source")

    def __call__(self, thing: Any, tree: Tree = ALL, /, **others: Any) -> Built:
        """Return the message of an object; ``others`` are additional fields."""
        return self._kind(**self.fields(thing, tree, **others))

    def fields(self, thing: Any, tree: Tree = ALL, **others: Any) -> Fields:
        """Return the fields of an object's message, for use in another message; parameters as for a call.

        A message is built from all nested fields in one step, since nested messages would be serialized and parsed at
        each level.
        """
        if self._also is not None:
            others = self._also(thing) | others
        if not tree:
            return self._all_of(thing, others) | {name: made_of(other, ALL) for name, other in others.items()}
        made = {}
        for name, below in tree.items():
            if name in others:
                made[name] = made_of(others[name], below)
            elif (row := self._by_name.get(name)) is not None:
                _, get, make, deep = row
                if (value := get(thing)) is not None:
                    made[name] = make(value, below) if deep and make else make(value) if make else value
        return made

    def _all_of(self, thing: Any, others: Mapping[str, Any]) -> Fields:
        """Return all fields of an object, which is faster than ``fields`` by the names in a tree."""
        made = {name: value for name, get in self._plain if (value := get(thing)) is not None}
        for name, get, make in self._made:
            if name not in others and (value := get(thing)) is not None:
                made[name] = make(value)
        return made

    def read(self, message: Message, found: Findings, /, **given: Any) -> Any | None:
        """Return the object of a message, or None after noting every finding.

        ``given`` are attributes that do not come from the message. The attribute of a field that is absent, or has no
        presence and is at its default, keeps its own default.
        """
        before = len(found)
        attributes = self.attributes(message, found, **given)
        return self.make(found, before, attributes)

    def make(self, found: Findings, before: int, attributes: Fields, path: Callable[[str], str] | None = None) -> Any:
        """Return the object with these attributes, or None after noting the rules that they break.

        ``before`` is the number of findings before the message was read. If reading has added findings, attributes are
        checked one by one. ``path`` converts attribute paths to field paths. Default: the method ``path``.
        """
        try:
            if len(found) == before:
                return self._thing(**attributes)
            broken = broken_fields(self._thing, attributes)
        except InvalidInputError as error:
            found.at("", path or self.path).extend(error.violations, type(error))
        else:
            found.at("", path or self.path).extend(broken)
        return None

    def attributes(self, message: Message, found: Findings, /, **given: Any) -> Fields:
        """Return the readable attributes in a message; parameters as for ``read``."""
        if self._check is not None:
            self._check(message, found)
        for name, attribute, read, repeated, has_presence, absent, quiet in self._readings:
            if attribute in given:
                continue
            if has_presence and absent is not None and not message.HasField(name):
                if absent:
                    found.add(name, absent)
                continue
            value = getattr(message, name)
            if repeated:
                entries = [read(entry, found, f"{name}[{at}]") for at, entry in enumerate(value)]
                if (entries or not quiet) and None not in entries:
                    given[attribute] = tuple(entries)
            elif (value or not quiet) and (held := read(value, found, name)) is not None:
                given[attribute] = held
        for name, codec in self._inside.items():
            if message.HasField(name):
                given |= codec.attributes(getattr(message, name), found.at(name))
            elif not self._defaults | given.keys() >= codec.paths.keys():
                found.add(name, "is required")
        return given

    def path(self, field: str) -> str:
        """Return the field path of an attribute path."""
        head, dot, rest = field.partition(".")
        own, bracket, index = head.partition("[")
        name, inner = self.paths.get(own, (own, None))
        return f"{name}{bracket}{index}{dot}{inner.path(rest) if inner and rest else rest}"

    @cached_property
    def paths(self) -> "dict[str, tuple[str, Codec[Any] | None]]":
        """Field path and inner codec of each attribute that is read."""
        paths = {row.attribute: (row.name, row.inner) for row in self._read_rows}
        for name, codec in self._inside.items():
            paths |= {own: (f"{name}.{path}", inner) for own, (path, inner) in codec.paths.items()}
        return paths

    @cached_property
    def _read_rows(self) -> list[Row]:
        own = getattr(self._thing, "__dataclass_fields__", None) or self._thing.__annotations__
        # An object may store another unit than its constructor takes; the argument of the constructor is read.
        rows = [row if row.attribute in own else row._replace(attribute=row.name, read=_same) for row in self._rows]
        return [row for row in rows if row.read and row.attribute in own and row.name not in self._inside]

    @cached_property
    def _readings(self) -> list[tuple[Any, ...]]:
        """Return a tuple for each attribute that is read.

        It holds the field, the attribute and the reader; whether the field is a list, and whether it has presence; the
        rule that an absent field breaks (empty: none; None: the default is read); whether a default is ignored.
        """
        readings = []
        for row in self._read_rows:
            field, has_default = self._kind.DESCRIPTOR.fields_by_name[row.name], row.attribute in self._defaults
            required = _is_required(field) or (field.message_type and not has_default)
            even = "" if field.message_type else ", even if it is 0"
            absent = f"is required{even}" if required else "" if field.message_type or has_default else None
            quiet = self._defaults.get(row.attribute, True) is not True and not required and not field.has_presence
            readings.append((row.name, row.attribute, row.read, field.is_repeated, field.has_presence, absent, quiet))
        return readings

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        if not dataclasses.is_dataclass(self._thing):
            return getattr(self._thing, "_field_defaults", {})
        return {
            field.name: field.default
            for field in dataclasses.fields(self._thing)
            if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        }


def _row(field: Any, hints: Mapping[str, Any], called: str | None) -> Row | None:
    """Return the row of a field, given the types of attributes; None if no attribute corresponds to it."""
    name: str = field.name
    attribute = called or name
    for end, own_end, convert, back in UNITS:
        if name.endswith(end) and (own := name.removesuffix(end) + own_end) in hints:
            return Row(name, own, convert, read=partial(_read_quantity, back))
    row: Row
    make: Callable[..., Any]
    options = field.GetOptions()
    kind = field.message_type.full_name if field.message_type else ""
    if kind == "boxwright.v1.Dimensions":
        row = Row(name, f"{name}_um", _kept_below(dimensions_to_wire), deep=True, read=read_edges)
    elif kind == "boxwright.v1.Source":
        row = Row(name, name, kept, deep=True, get=source_of)
    elif (resource := options.Extensions[resource_pb2.resource_reference].type) in RESOURCES:
        name_of, pattern = RESOURCES[resource]
        own = next((own for own in (called, f"{name}_id", IDS.get(name)) if own in hints), None) or name
        make = partial(map, name_of) if field.is_repeated else name_of
        row = Row(name, own, make, read=partial(_read_resource, pattern, _is_required(field)))
    elif "display_name" in field.containing_type.fields_by_name and name in ("name", "display_name"):
        if name == "name":
            return None
        row = Row(name, "name", read=_same)
    elif kind == "google.type.Money":
        own = f"{attribute}_minor"
        signed = hints.get(own) in (int, int | None)  # a type without a declared range
        read_money = read_amount if signed else read_rate if "Decimal" in str(hints.get(own)) else read_price
        row = Row(name, own, read=read_money, written=False)
    elif kind == "google.type.Date":
        row = Row(name, attribute, _kept_below(date_to_wire), deep=True, read=read_date)
    elif field.enum_type:
        codec = EnumCodec(field.enum_type, hints.get(attribute, Any))
        row = Row(name, attribute, partial(map, codec.to_wire) if field.is_repeated else codec.to_wire, read=codec.read)
    elif kind and not field.message_type.GetOptions().map_entry:
        if attribute not in hints:
            return None
        inner = CODECS_OF.get(kind) or Codec(
            message_factory.GetMessageClass(field.message_type), _noun_in(hints[attribute])
        )
        make = partial(_each, inner) if field.is_repeated else inner.fields
        row = Row(
            name,
            attribute,
            make,
            deep=True,
            read=lambda sent, found, name: inner.read(sent, found.at(name)),
            inner=inner,
        )
    else:
        double = field.cpp_type == field.CPPTYPE_DOUBLE and not field.is_repeated
        hint = str(hints.get(attribute))
        read: Read = _same
        if double:
            read = _read_decimal if "Decimal" in hint else read_whole if "int" in hint else _same
        elif field.cpp_type == field.CPPTYPE_INT32 and not field.is_repeated and not field.has_presence:
            read = (lambda value, *_: str(value)) if "str" in hint else _read_count if _is_required(field) else _same
        row = Row(name, attribute, float if double else None, read=read)
    return row if row.attribute in hints else None


def _noun_in(hint: Any) -> Any:
    """Return the domain type in the type of an attribute, such as that of the entries of a tuple."""
    is_noun = isinstance(hint, type) and "__annotations__" in vars(hint)
    return hint if is_noun else next(filter(None, map(_noun_in, get_args(hint))), None)


def _kept_below(make: Get) -> Callable[..., Any]:
    def part(value: Any, below: Tree = ALL) -> Any:
        return kept(make(value), below)

    return part


def _each(inner: Codec[Any], values: Iterable[Any], below: Tree = ALL) -> list[Fields]:
    return [inner.fields(value, below) for value in values]


def _same(value: Any, _found: Findings, _name: str) -> Any:
    return value


def _read_count(value: int, found: Findings, name: str) -> int | None:
    """Return a required number; None after noting that it is 0 or missing, which protobuf does not distinguish."""
    if not value:
        found.add(name, "is required, and must not be 0")
    return value or None


def _read_quantity(convert: Get, value: float, found: Findings, name: str) -> int:
    """Return a quantity in its integer unit; 0 after noting that it is outside the range."""
    if abs(value) <= units.MAX_STATED:  # also false for NaN
        return int(convert(value))
    found.add(name, f"must be a number from -{units.MAX_STATED:g} to {units.MAX_STATED:g}, got {value}")
    return 0


def read_whole(value: float, found: Findings, name: str) -> int:
    """Return the integer in a double; 0 after noting that the double is not an integer."""
    if abs(value) <= MOST_WHOLE and value == int(value):  # also false for NaN
        return int(value)
    found.add(name, f"must be a whole number below 2^53, got {value}")
    return 0


def _read_decimal(value: float, found: Findings, name: str) -> Decimal | None:
    if math.isfinite(value):
        return Decimal(str(value))
    found.add(name, f"must be a number, got {value}")
    return None


def read_edges(message: Any, found: Findings, name: str) -> tuple[int, ...]:
    """Return length, width and height in um."""
    at = found.at(name)
    return tuple(_read_quantity(units.to_um, getattr(message, edge), at, edge) for edge in EDGES)


def _is_required(field: Any) -> bool:
    return field_behavior_pb2.REQUIRED in field.GetOptions().Extensions[field_behavior_pb2.field_behavior]


def _read_resource(pattern: str, required: bool, value: str, found: Findings, name: str) -> str | None:
    """Return the identifier in a resource name; an empty name is valid unless the field is required."""
    parts = read_name(value, pattern, found, name) if value or required else ("",)
    return None if parts is None else "/".join(parts)
