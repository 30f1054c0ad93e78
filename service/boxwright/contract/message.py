"""Messages and nouns of the domain: what both call the same is read and written by its type, here and nowhere else.

A field of a message is that of the domain with its name; ``mass_g`` is also written from ``mass_mg``, ``x_mm`` from
``x_um``, ``volume_mm3`` from ``volume_um3`` and ``allowed_n`` from ``allowed_mn``; ``inner`` from the edges
``inner_um``, ``display_name`` from ``name``, ``material`` from ``material_id``, and ``source`` with all that is known
of it. Whatever has another name, or needs more than its noun, is given by the caller.
"""

from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from typing import Any, Generic

from google.protobuf.message import Message

from boxwright import units
from boxwright.contract.dates import date_to_wire
from boxwright.contract.enums import CODECS, numbers_of
from boxwright.contract.geometry import dimensions_to_wire
from boxwright.contract.masks import ALL, Built, Tree, kept
from boxwright.contract.names import material_name, profile_name, service_name
from boxwright.contract.source import source_of
from boxwright.findings import Findings

MN_PER_N = 1_000

Get = Callable[[Any], Any]
Fields = dict[str, Any]
"""Fields of a message by name; those that are messages may be given by their fields in turn."""

Row = tuple[str, Get, Callable[..., Any] | None, bool]
"""Field of a message, what reads it off a noun, what makes a value of that, and whether with the tree below."""

UNITS: tuple[tuple[str, str, Get], ...] = (
    ("_g", "_mg", units.to_g),
    ("_mm", "_um", units.to_mm),
    ("_mm3", "_um3", lambda value: value / units.UM3_PER_MM3),
    ("_n", "_mn", lambda value: value / MN_PER_N),
)
"""How names end in messages and in the domain, and how the one comes of the other."""

RESOURCES: dict[str, tuple[str, Get]] = {
    "material": ("material_id", material_name),
    "accounting_profile": ("profile_id", profile_name),
    "carrier_service": ("service_id", service_name),
}
"""Fields with a resource name, the identifier of the domain that it is made of, and how."""


WRITERS: dict[str, "Writer[Any]"] = {}
"""By the full name of their message: those made so far, which the messages that hold them use."""


class Writer(Generic[Built]):
    """Makes messages of one kind.

    Parameters
    ----------
    kind : type of message
        What to make.
    thing : type
        The noun of the domain that it is made of.
    *without : str
        Fields that are not made of an attribute although there is one of their name.
    **called : str
        Attributes of another name than their field.
    """

    def __init__(self, kind: type[Built], thing: type, *without: str, **called: str) -> None:
        self._kind = kind
        names = {*dir(thing), *getattr(thing, "__annotations__", ())}
        fields = [each for each in kind.DESCRIPTOR.fields if each.name not in without]
        rows = [row for each in fields if (row := _row(each, names, called.get(each.name))) is not None]
        self._by_name = {row[0]: row for row in rows}
        self._plain = [(name, get) for name, get, make, _ in rows if make is None]
        self._made = [(name, get, make) for name, get, make, deep in rows if make and not deep]
        self._deep = [(name, get, make) for name, get, make, deep in rows if make and deep]
        WRITERS[kind.DESCRIPTOR.full_name] = self

    def __call__(self, thing: Any, tree: Tree = ALL, **others: Any) -> Built:
        """Return the message of a noun.

        Parameters
        ----------
        thing : object
            The noun.
        tree : Tree, optional
            Fields to make. Default all.
        **others
            Fields that do not follow from the noun's attributes: a value, or what makes one of the tree below.
        """
        return self._kind(**self.fields(thing, tree, **others))

    def fields(self, thing: Any, tree: Tree = ALL, **others: Any) -> Fields:
        """Return the fields of the message of a noun, for the message that holds it; parameters as of a call.

        The outermost is made of all of them at once. A message that is given is written to bytes and read for the one
        that holds it, and again with that for the next.
        """
        if not tree:
            return {**self._all_of(thing), **{name: _value(each, ALL) for name, each in others.items()}}
        made = {}
        for name, below in tree.items():
            if name in others:
                made[name] = _value(others[name], below)
            elif (row := self._by_name.get(name)) is not None:
                _, get, make, deep = row
                if (value := get(thing)) is not None:
                    made[name] = make(value, below) if deep and make else make(value) if make else value
        return made

    def _all_of(self, thing: Any) -> Fields:
        """Return all that follows from a noun's attributes: most answers are made so, and large ones of many nouns."""
        made = {name: value for name, get in self._plain if (value := get(thing)) is not None}
        for name, get, make in self._made:
            if (value := get(thing)) is not None:
                made[name] = make(value)
        for name, get, make in self._deep:
            if (value := get(thing)) is not None:
                made[name] = make(value, ALL)
        return made


def _value(given: Any, below: Tree) -> Any:
    """Return a field that does not follow from the noun's attributes, with what the tree below keeps."""
    return given(below) if callable(given) else kept(given, below) if below else given


def _row(field: Any, names: set[str], called: str | None) -> Row | None:
    """Return how a field is made of a noun with attributes of these names; None where it is not."""
    name: str = field.name
    attribute = called or name
    kind = field.message_type.full_name if field.message_type else ""
    if kind == "boxwright.v1.Dimensions":
        return _inner(name, f"{name}_um", names, dimensions_to_wire)
    if kind == "boxwright.v1.Source":
        return (name, source_of, kept, True) if name in names else None
    if name in RESOURCES:
        return _plain(name, RESOURCES[name][0], names, RESOURCES[name][1])
    if "display_name" in field.containing_type.fields_by_name and name in ("name", "display_name"):
        return _plain(name, "name", names) if name == "display_name" else None
    if attribute not in names:
        ends = [(name.removesuffix(end) + own, make) for end, own, make in UNITS if name.endswith(end)]
        return next((_plain(name, own, names, make) for own, make in ends if own in names), None)
    if kind == "google.type.Date":
        return _inner(name, attribute, names, date_to_wire)
    if field.enum_type:
        number = numbers_of(field.enum_type).__getitem__
        return _plain(name, attribute, names, partial(map, number) if field.is_repeated else number)
    if kind and not field.message_type.GetOptions().map_entry:
        inner = WRITERS.get(kind)
        if inner is None:
            return None
        return name, attrgetter(attribute), partial(_each, inner) if field.is_repeated else inner.fields, True
    double = field.cpp_type == field.CPPTYPE_DOUBLE and not field.is_repeated
    return _plain(name, attribute, names, float if double else None)


def _plain(name: str, attribute: str, names: set[str], make: Get | None = None) -> Row | None:
    return (name, attrgetter(attribute), make, False) if attribute in names else None


def _inner(name: str, attribute: str, names: set[str], make: Get) -> Row | None:
    """Return how a field that is a small message is made: whole, then without what the tree does not keep."""
    plain = _plain(name, attribute, names, make)
    return plain and (name, plain[1], lambda value, below: kept(make(value), below), True)


def _each(inner: Writer[Any], values: Iterable[Any], below: Tree) -> list[Fields]:
    return [inner.fields(each, below) for each in values]


def sent(message: Message, found: Findings, *without: str) -> dict[str, Any]:
    """Return the numbers, texts and members of enums of a message by field, after noting what is no known member.

    Fields that are absent, and enums that are UNSPECIFIED, are not in it: the domain has its defaults.

    Parameters
    ----------
    message : Message
        As sent.
    found : Findings
        Collects what is wrong, at the message's path.
    *without : str
        Fields to leave out.
    """
    descriptor = message.DESCRIPTOR
    rows = _SCALARS.get(descriptor.full_name)
    if rows is None:
        rows = [
            (each.name, each.has_presence, each.is_repeated, each.enum_type and CODECS.get(each.enum_type.full_name))
            for each in descriptor.fields
            if each.message_type is None and (each.enum_type is None or each.enum_type.full_name in CODECS)
        ]
        _SCALARS[descriptor.full_name] = rows
    values = {}
    for name, has_presence, repeated, codec in rows:
        if name in without or (has_presence and not message.HasField(name)):
            continue
        value = getattr(message, name)
        if repeated:
            read = enumerate(value)
            value = tuple(codec.read(each, found, f"{name}[{at}]") for at, each in read) if codec else tuple(value)
            value = tuple(each for each in value if each is not None) or None
        elif codec:
            value = codec.read(value, found, name) if value else None
        if value is not None:
            values[name] = value
    return values


_SCALARS: dict[str, list[tuple[str, bool, bool, Any]]] = {}


def paths(kind: type[Message], thing: type) -> dict[str, str]:
    """Return where a message has the fields of a noun: those that stand in a message inside, or are called otherwise.

    Parameters
    ----------
    kind : type of message
        What is read.
    thing : type
        The noun of the domain that is made of it.
    """
    found: dict[str, str] = {}
    names = set(getattr(thing, "__dataclass_fields__", ()))
    for field in kind.DESCRIPTOR.fields:
        inner = field.message_type
        others = {f"{field.name}_minor": field.name, RESOURCES.get(field.name, ("",))[0]: field.name}
        if inner is not None and not field.is_repeated:
            others |= {each.name: f"{field.name}.{each.name}" for each in inner.fields}
            others |= {f"{field.name}_{each.name}": f"{field.name}.{each.name}" for each in inner.fields}
        found |= {
            own: path for own, path in others.items() if own in names and own not in kind.DESCRIPTOR.fields_by_name
        }
    if "name" in names and "display_name" in kind.DESCRIPTOR.fields_by_name:
        found["name"] = "display_name"  # that of the message is the resource's
    return found
