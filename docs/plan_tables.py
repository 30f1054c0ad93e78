"""Builds docs/plan.md: the JSON of a plan as tables, from the one description of its fields and from their docstrings.

The page is written by docs/write_pages.py.
"""

import inspect
import re
from collections.abc import Iterator

from boxwright.export import nouns
from boxwright.export.noun import Field, Noun

INTRODUCTION = """\
What `boxwright pack --json` prints, `boxwright check` and `boxwright verify` read, and `plan_to_dict` and
`plan_from_dict` of `boxwright.export` write and read. Lengths are in mm, masses in g, emissions in whole mg CO2e;
quantities that a double may not hold exactly are texts. Unknown keys are refused, and every fault is named by its path.

`required` keys must be stated to be read; what else is left out is empty, or as the text says. What `follows` from
other keys is written, and on reading worked out again; a total that is stated must be the true one. The canonical form,
whose SHA-256 is `canonical_hash`, holds the keys marked `canonical`, in whole micrometres and milligrams. Beside these
keys a plan states `profiles`, the coverage of its accounting profiles, and with them may stand `alternatives` and a
`comparison`, which are not read; placements state their `step`."""


def plan_page(generated: str) -> str:
    """Return the page of a plan's JSON; ``generated`` is the line that says who writes it."""
    parts = [part for noun in reached(nouns.PLAN, {}) for part in _section(noun)]
    return "\n\n".join(["# The JSON of a plan", generated, INTRODUCTION, *parts]) + "\n"


def reached(noun: Noun, seen: dict[int, Noun]) -> list[Noun]:
    """Return a noun and all that its fields hold, each once, in the order in which a reader meets them."""
    seen[id(noun)] = noun
    for field in noun.fields:
        if field.kind.noun is not None and id(field.kind.noun) not in seen:
            reached(field.kind.noun, seen)
    return list(seen.values())


def _section(noun: Noun) -> Iterator[str]:
    texts = _texts(noun.made)
    yield f"## {noun.name}"
    yield (inspect.getdoc(noun.made) or "").split("\n\n")[0]
    rows = ["| key | value | | what it says |", "|---|---|---|---|"]
    rows += [_row(field, noun, texts) for field in noun.fields if field.name]
    yield "\n".join(rows)


def _row(field: Field, noun: Noun, texts: dict[str, str]) -> str:
    own = field.attribute or field.name
    text = texts.get(own) or inspect.getdoc(getattr(noun.made, own, None)) or ""
    if field.attribute:  # the domain holds it in another unit than the key says
        text = re.sub(r",? in (cubic )?(um|mg|mN)\b", "", text)
    words = field.kind.words
    if field.kind.noun is not None:
        words = words.replace(field.kind.noun.name, f"[{field.kind.noun.name}](#{field.kind.noun.name.lower()})")
    notes = {"required": field.required, "follows": field.follows is not None, "canonical": bool(field.canonical)}
    noted = ", ".join(note for note, holds in notes.items() if holds)
    return f"| `{field.name}` | {words} | {noted} | {' '.join(text.split())} |"


def _texts(made: object) -> dict[str, str]:
    """Return what a docstring says of each attribute or parameter."""
    doc = inspect.getdoc(made) or ""
    texts: dict[str, str] = {}
    for names, text in re.findall(r"^(\w[\w, ]*) : [^\n]*\n((?:    [^\n]*\n?)+)", doc, flags=re.MULTILINE):
        texts |= dict.fromkeys(names.split(", "), text.replace("``", "`"))
    return texts
