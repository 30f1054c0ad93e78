"""How a noun of the domain stands in JSON: one list of its fields writes it, reads it and makes its canonical form."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from boxwright.errors import InvalidInputError
from boxwright.export.fields import Fields


@dataclasses.dataclass(frozen=True)
class FieldKind:
    """How values of a field stand in JSON.

    Attributes
    ----------
    words : str
        What stands there, with its unit, as the docs say it.
    empty : object
        What a field without default counts as where it is left out.
    read : callable
        Returns the value that a field states; it notes what is wrong with it.
    write : callable or None
        Makes it plain data. Default None: it is plain.
    canonical : callable or None
        Makes it what the canonical form holds. Default None: it is as it stands in the domain, in whole um and mg.
    noun : Noun or None
        What an object, or each of a list, is. Default None: it is no object.
    """

    words: str
    empty: Any
    read: Callable[[Fields, str], Any]
    write: Callable[[Any], Any] | None = None
    canonical: Callable[[Any], Any] | None = None
    noun: "Noun | None" = None


@dataclasses.dataclass(frozen=True)
class Field:
    """A field of a noun.

    Attributes
    ----------
    name : str
        In JSON; empty where JSON does not have it.
    kind : FieldKind
        How it stands there.
    attribute : str
        In the domain. Default: the name.
    canonical : str
        Its key in the canonical form: ``=`` is the attribute's name; with ``?`` at the end it is left out where it is
        the default, and ``?`` alone is the attribute's name so. Default empty: the canonical form does not hold it.
    required : bool
        Whether JSON must state it. Default False.
    optional : bool
        Whether JSON is written without it where it is the default. Default False.
    follows : str or None
        Of a field that follows from others, and is not read: why, where what is stated must be that; else empty.
        Default None: it does not follow.
    slack : float
        How far what is stated may lie from what follows. Default 0.
    """

    name: str
    kind: FieldKind
    attribute: str = ""
    canonical: str = ""
    required: bool = False
    optional: bool = False
    follows: str | None = None
    slack: float = 0.0


_Row = tuple[str, str, Callable[[Any], Any] | None, bool]
"""Key, attribute, what makes it plain, whether it is left out where it is the default."""


def _form(rows: Sequence[_Row], defaults: Mapping[str, Any]) -> Callable[[Any], dict[str, Any]]:
    """Return a function from a noun to its plain data, compiled as dataclasses are: each Pack call hashes a plan."""
    known: dict[str, Any] = {}
    lines = ["def content(noun):", " content = {}"]
    for at, (key, name, convert, optional) in enumerate(rows):
        known |= {f"convert{at}": convert, f"default{at}": defaults.get(name)}
        plain = "it" if convert is None else f"None if it is None else convert{at}(it)"
        lines += [f" it = noun.{name}", f" {f'if it != default{at}: ' if optional else ''}content[{key!r}] = {plain}"]
    exec("\n".join([*lines, " return content"]), known)  # only names of fields that stand in this room
    made: Callable[[Any], dict[str, Any]] = known["content"]
    return made


class Noun:
    """The fields of a noun.

    Parameters
    ----------
    made : class
        The dataclass or named tuple of the domain.
    fields : Field
        In the order of the JSON.
    check : callable, optional
        Notes what is wrong with a noun that was read, and returns what goes on in its place. Default: nothing.
    also : tuple of str, optional
        Keys that are let be on reading. Default none.

    Attributes
    ----------
    write, canonical : callable
        From a noun to plain data, and to what the canonical form holds of it, by keys in order.
    """

    def __init__(
        self,
        made: Callable[..., Any],
        *fields: Field,
        check: Callable[[Fields, Any], Any] | None = None,
        also: tuple[str, ...] = (),
    ) -> None:
        self.made, self.fields, self._check = made, fields, check
        self.name: str = made.__name__
        self._defaults: dict[str, Any] = getattr(made, "_field_defaults", None) or {
            each.name: each.default
            for each in dataclasses.fields(made)  # type: ignore[arg-type]  # a dataclass where no named tuple
            if each.default is not dataclasses.MISSING
        }
        self._let_be = (*also, *(each.name for each in fields if each.follows is not None))
        self._read = [(each, each.attribute or each.name) for each in fields if each.name and each.follows is None]
        written: list[_Row] = []
        kept: list[_Row] = []
        for each in fields:
            own = each.attribute or each.name
            if each.name:
                written.append((each.name, own, each.kind.write, each.optional))
            if each.canonical:
                key = each.canonical.rstrip("=?") or own
                kept.append((key, own, each.kind.canonical, each.canonical.endswith("?")))
        self.write = _form(written, self._defaults)
        self.canonical = _form(sorted(kept, key=itemgetter(0)), self._defaults)

    def read(self, fields: Fields) -> Any:
        """Return the noun that an object describes; None after noting why the domain does not have such a one."""
        values = {}
        for each, own in self._read:
            if fields.get(each.name) is not None:
                values[own] = each.kind.read(fields, each.name)
            else:
                if each.required:
                    fields.refuse(each.name, "is required")
                values[own] = self._defaults.get(own, each.kind.empty)
        fields.close(derived=self._let_be)
        try:
            made = self.made(**values)
        except InvalidInputError as error:
            known = {each.field for each in fields.violations}
            rules = (each.under(fields.path) for each in error.violations)
            fields.violations += [each for each in rules if each.field not in known]
            return None
        if self._check is not None:
            made = self._check(fields, made)
        for each in self.fields:
            if each.follows:
                true = getattr(made, each.attribute or each.name)
                fields.follows(
                    each.name, each.kind.write(true) if each.kind.write else true, slack=each.slack, why=each.follows
                )
        return made


def one(noun: Noun, canonical: Callable[[Any], Any] | None = None) -> FieldKind:
    """Return the kind of an inner object."""
    return FieldKind(
        noun.name,
        None,
        lambda fields, name: fields.object(name, noun.read),
        noun.write,
        canonical or noun.canonical,
        noun,
    )


def many(noun: Noun, canonical: Callable[[Any], Any] | None = None) -> FieldKind:
    """Return the kind of a list of objects; one that cannot be is left out after it was noted."""

    def read(fields: Fields, name: str) -> tuple[Any, ...]:
        return tuple(made for each in fields.objects(name) if (made := noun.read(each)) is not None)

    def write(values: Iterable[Any]) -> list[dict[str, Any]]:
        return [noun.write(each) for each in values]

    return FieldKind(
        f"list of {noun.name}",
        (),
        read,
        write,
        canonical or (lambda values: [noun.canonical(each) for each in values]),
        noun,
    )
