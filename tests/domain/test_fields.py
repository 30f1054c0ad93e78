"""Declared fields and their checks."""

import dataclasses
import datetime
import enum
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

import pytest

import boxwright.catalog
import boxwright.domain
from boxwright.domain.fields import Id, Positive, Ruled, declared, some, unique, within
from boxwright.errors import FieldViolation, InvalidInputError


class Colour(enum.StrEnum):
    """A closed set."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Part(Ruled):
    """An entry of a list."""

    part_id: Id


@dataclass(frozen=True)
class Base(Ruled):
    """A class with its own rule."""

    length: Annotated[float, within(0, 10, above=True)]
    count: Annotated[int, within(1)] = 1

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.count > self.length:
            yield FieldViolation("count", "must not be above the length")


@dataclass(frozen=True)
class Noun(Base):
    """A class with fields of every kind."""

    share: float | None = None
    price: Positive = Decimal(1)
    colour: Colour = Colour.RED
    day: datetime.date | None = None
    flag: bool = False
    parts: Annotated[tuple[Part, ...], unique("part_id")] = ()
    names: Annotated[tuple[Id, ...], some("must hold a name"), unique()] = ("a",)


@pytest.mark.parametrize(
    ("fields", "broken"),
    [
        ({"length": 0}, ["length"]),
        ({"length": float("nan")}, ["length"]),
        ({"length": True}, ["length"]),
        ({"length": "5"}, ["length"]),
        ({"length": None}, ["length"]),
        ({"length": 11, "count": 0}, ["length", "count"]),
        ({"count": 2.0}, ["count"]),
        ({"length": 2, "count": 3}, ["count"]),
        ({"share": float("inf")}, ["share"]),
        ({"share": 10**400}, ["share"]),
        ({"price": 1.5}, ["price"]),
        ({"price": Decimal("nan")}, ["price"]),
        ({"colour": "green"}, ["colour"]),
        ({"colour": None}, ["colour"]),
        ({"day": datetime.datetime(2026, 1, 1)}, ["day"]),
        ({"flag": 1}, ["flag"]),
        ({"parts": "ab"}, ["parts"]),
        ({"parts": [Part("a"), "b"]}, ["parts[1]"]),
        ({"parts": [Part("a"), Part("a")]}, ["parts[1].part_id"]),
        ({"names": ()}, ["names"]),
        ({"names": ["a", "", "a"]}, ["names[1]"]),
        ({"names": ["a", "a"]}, ["names[1]"]),
        ({"names": range(10_001)}, ["names"]),
    ],
)
def test_what_an_annotation_declares_is_checked(fields, broken):
    """Kind, range, finiteness and uniqueness come first, then rules between fields, also those of a base class."""
    with pytest.raises(InvalidInputError) as caught:
        Noun(**{"length": 5, **fields})
    assert [violation.field for violation in caught.value.violations] == broken


def test_what_is_given_is_held_as_declared():
    """Enum values become members, sequences become tuples; None stays if the field allows it."""
    noun = Noun(5, share=None, colour="blue", parts=[Part("a")], names=["b"])
    assert (noun.colour, noun.parts, noun.names, noun.share) == (Colour.BLUE, (Part("a"),), ("b",), None)


def test_no_noun_has_a_field_that_nothing_is_declared_of():
    """Each field of a checked class has a kind, so that none is forgotten."""
    modules = [
        importlib.import_module(f"{package.__name__}.{module.name}")
        for package in (boxwright.domain, boxwright.catalog)
        for module in pkgutil.iter_modules(package.__path__)
    ]
    kinds = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    nouns = [kind for kind in kinds if issubclass(kind, Ruled) and dataclasses.is_dataclass(kind)]
    undeclared = {
        f"{noun.__name__}.{name}"
        for noun in nouns
        for name, field in declared(noun).items()
        if object in (field.kind, field.entry and field.entry.kind)
    }
    # these fields hold pairs, which only the profile reader makes
    assert undeclared == {"AccountingProfile.default_vehicles", "AccountingProfile.default_vans"}
