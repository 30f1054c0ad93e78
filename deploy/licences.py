"""Lists the licence of every package that Boxwright is installed with, of its extras too, by what the packages state.

    python deploy/licences.py

It looks at the environment that it runs in, which needs all extras. It ends with 1 where a package states no licence,
or one that ``deploy/licences.toml`` neither allows nor gives a reason for. What only developers install is left out.
"""

import importlib.metadata as metadata
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).resolve().parent
DEVELOPERS = frozenset({"dev", "docs", "peers"})
ALWAYS = "always"

INTRODUCTION = """\
# Licences

Boxwright is under the [Apache License 2.0](../../LICENSE). This table names each package that it is installed with, the
licence that the package states of itself, and with which extras it comes.
A package whose licence is not on the list of
`deploy/licences.toml`, or which states none, fails a test until the licence has been read and recorded.

The data in `materials/` has licences of its own: [materials](../materials.md).

| package | licence | comes with |
|---|---|---|
"""


def installed_with(requirements: Iterable[str]) -> dict[str, metadata.Distribution]:
    """Return the packages that requirements bring, with all that these require in turn, by their plain names.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If one is not installed.
    """
    found: dict[str, metadata.Distribution] = {}
    known: dict[str, frozenset[str]] = {}
    waiting = [(each, frozenset[str]()) for each in requirements]
    while waiting:
        text, under = waiting.pop()
        requirement = Requirement(text)
        marker, name = requirement.marker, canonicalize_name(requirement.name)
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in ("", *under)):
            continue
        wanted = known.get(name, frozenset()) | requirement.extras
        if name not in known or wanted != known[name]:
            known[name] = wanted
            found[name] = metadata.distribution(name)
            waiting += [(each, wanted) for each in found[name].requires or []]
    return found


def licence_of(package: Message | Any, name: str, rules: Mapping[str, Any]) -> str:
    """Return the licence that a package states, as an SPDX expression where that is known; empty for none."""
    if name in rules["read"]:
        return str(rules["read"][name])
    classified = [
        line.rpartition("::")[2].strip()
        for line in package.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    stated = package.get("License-Expression") or package.get("License") or ""
    if not stated or "\n" in stated:  # the whole text of a licence
        stated = " AND ".join(classified)
    return str(rules["stated"].get(stated, stated))


def is_allowed(licence: str, name: str, rules: Mapping[str, Any]) -> bool:
    """Whether a licence is allowed: every part of it is on the list, or the list has a reason for this package."""
    parts = [part.strip("() ") for part in re.split(r" AND | OR ", licence)]
    reason = rules["reasons"].get(name, "")
    return all(part in rules["allowed"] for part in parts) or (bool(licence) and reason.startswith(f"{licence}: "))


def rows(rules: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield name, licence, origin and whether it is allowed, for each package by name."""
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = sorted(project["optional-dependencies"].keys() - DEVELOPERS)
    always = installed_with(project["dependencies"])
    of_extras = {extra: installed_with(project["optional-dependencies"][extra]) for extra in extras}
    every = {name: package for found in (always, *of_extras.values()) for name, package in found.items()}
    for name in sorted(every):
        licence = licence_of(every[name].metadata, name, rules)
        comes = ALWAYS if name in always else ", ".join(f"`{each}`" for each in extras if name in of_extras[each])
        yield name, licence, comes, is_allowed(licence, name, rules)


def main() -> None:
    """Print the page; report licences that are not known or not allowed."""
    rules = tomllib.loads((FOLDER / "licences.toml").read_text(encoding="utf-8"))
    found = list(rows(rules))
    lines = [f"| {name} | {licence} | {comes} |" for name, licence, comes, _ in found]
    reasons = [f"- {name}: {text}." for name, text in rules["reasons"].items()]
    print(INTRODUCTION + "\n".join(lines) + "\n\nLicences that ask for more than a notice:\n\n" + "\n".join(reasons))
    wrong = [f"{name}: {licence or 'no licence is stated'}" for name, licence, _, allowed in found if not allowed]
    for line in wrong:
        print(f"{line}: not in deploy/licences.toml", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
