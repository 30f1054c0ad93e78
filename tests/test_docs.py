"""Handwritten pages are complete, and their commands exist; mkdocs checks the links between pages of docs/."""

import functools
import os
import re
import runpy
import shlex
from enum import StrEnum
from pathlib import Path

import click
import pytest

from boxwright.cli.main import main
from boxwright.compliance import VerdictStatus
from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import PlanStatus, ProofScope, ProofStatus, UnpackedReason
from boxwright.domain.policy import Objective, SolvingMode
from boxwright.domain.proof import Proof
from boxwright.domain.warning import WarningCode
from boxwright.server.http.call import HTTP_CODES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = runpy.run_path(str(DOCS / "reference_pages.py"))
SKIPPED = {".git", ".venv", ".pytest_cache", "node_modules", "third_party", "site"}


def pages() -> list[Path]:
    """Return every page of the repository, without folders of installed packages."""
    found = []
    for folder, inside, files in os.walk(ROOT):
        inside[:] = [each for each in inside if each not in SKIPPED]
        found += [Path(folder) / each for each in files if each.endswith(".md")]
    return sorted(found)


PAGES = pages()


def text(page: str) -> str:
    """Return a page of docs/."""
    return (DOCS / page).read_text(encoding="utf-8")


@functools.cache
def anchors(page: Path) -> set[str]:
    """Return the anchors that headings of a page get."""
    headings = re.findall(r"^#{1,6} +(.+?) *$", page.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading).lower() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def shell_commands() -> list[tuple[str, str]]:
    """Return every command line that starts Boxwright in a shell block of a page."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                parts = re.split(r"&&|;|\|", line)
                found += [
                    (page.relative_to(ROOT).as_posix(), part.strip())
                    for part in parts
                    if re.match(r"\s*(\S+/)?boxwright\s", part)
                ]
    return found


def test_every_environment_variable_is_documented() -> None:
    """docs/ names every variable that the code reads."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "service" / "boxwright").rglob("*.py"))
    pages = "\n".join([REFERENCE["settings_page"](), *(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))])
    for variable in sorted(set(re.findall(r"\bBOXWRIGHT_[A-Z_]*[A-Z]\b", code))):
        assert f"`{variable}`" in pages, variable


def test_every_warning_is_documented() -> None:
    """The page of warnings has exactly one row per code."""
    assert sorted(re.findall(r"^\| `([A-Z_]+)` \|", text("reference/warnings.md"), re.MULTILINE)) == sorted(WarningCode)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("packing.md", [*Objective, *Proof, *SolvingMode]),
        ("concepts.md", [*UnpackedReason, *ProofStatus, *ProofScope, *PlanStatus, *Allocation]),
        ("compliance.md", list(VerdictStatus)),
        ("concepts.md", [part for part in Component if part not in CARRIED]),
    ],
)
def test_every_word_of_a_plan_is_explained(page: str, words: list[StrEnum]) -> None:
    """Each value of a policy or plan is on its page."""
    for word in words:
        assert f"`{word.value}`" in text(page), word


@pytest.mark.parametrize(
    "page", [page for page in PAGES if DOCS not in page.parents], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link of a page outside docs/ names a file or folder that exists, and a heading that it has.

    The strict build of the site checks the pages in docs/.
    """
    lost = []
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in set(re.findall(r"\]\(([^)\s]+)\)", prose)):
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        absent = "reference/" in link or re.match(r"[a-z]+:", link)  # mkdocs writes reference/ and checks its pages
        if not absent and not (target.exists() and (not heading or heading in anchors(target))):
            lost.append(link)
    assert lost == []


def test_each_reason_has_its_status_over_http() -> None:
    """The table of HTTP errors has each reason except those of streams, with the status of its code."""
    of_reason = dict(re.findall(r"^\| `(\w+)` \| ([A-Z_]+): ", REFERENCE["errors_page"](), re.MULTILINE))
    rows = re.findall(r"^\| (\d+) \| `?(\w+)`?[^|]* \| ([^|]+) \|", text("http.md"), re.MULTILINE)
    named = {reason: (int(status), code) for status, code, reasons in rows for reason in re.findall("`(.*?)`", reasons)}
    expected = {
        reason: (HTTP_CODES[code.lower()], code.lower()) for reason, code in of_reason.items() if code != "CANCELLED"
    }
    del expected["STREAM_ENDED"]
    assert named == expected


@pytest.mark.parametrize(("page", "line"), shell_commands())
def test_commands_of_the_pages_exist(page: str, line: str) -> None:
    """The command line accepts command, options and values of each line."""
    _, *words = shlex.split(line.split(" > ")[0], comments=True)
    command, path = main, ["boxwright"]
    while isinstance(command, click.Group) and words:
        inner = command.get_command(_context(command), words[0])
        assert inner is not None, line
        command, path, words = inner, [*path, words[0]], words[1:]
    # Use the context settings of `boxwright`, because click caches the help option that it creates here.
    command.make_context(" ".join(path), words, **main.context_settings)


def _context(command: click.Command) -> click.Context:
    return click.Context(command)
