"""The commands of docs/first_plan.md lead to the page of a stored plan; CI runs its set-up too."""

import json
import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "first_plan.md").read_text(encoding="utf-8")
FIRST = runpy.run_path(str(ROOT / "tests" / "interop" / "first_plan.py"))


@pytest.fixture(scope="module")
def followed(curl: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, list[tuple[str, str]]]:
    """The page of the plan, the output of the last command, and the whole output from the start of the server on."""
    said: list[tuple[str, str]] = []
    follower = FIRST["FOLLOWING"]["Follower"](tmp_path_factory.mktemp("first"), lambda *each: said.append(each))
    _, after_set_up = PAGE.split("## 2. ")
    text = f"\n## 2. {after_set_up}".replace(".venv/bin/boxwright", str(Path(sys.executable).parent / "boxwright"))
    page, found = FIRST["follow"](follower, text, lambda _: None)
    return page, found, said


def test_the_page_of_the_plan_shows_its_order(followed) -> None:
    """The page has picture, order, lines and weight."""
    page, _, _ = followed
    assert "image/svg+xml" in page
    assert all(each in page for each in ("A-1001", "game", "book"))


def test_the_plan_is_found_by_its_order(followed) -> None:
    """The last command lists the plan."""
    _, found, _ = followed
    (plan,) = json.loads(found)["plans"]
    assert plan["order_id"] == "A-1001"


def test_the_answer_is_what_the_page_shows(followed) -> None:
    """The response equals that of the page except for the name."""
    _, _, said = followed
    (answer,) = [json.loads(text[text.index("{") :]) for what, text in said if "/Pack" in what]
    (shown,) = re.findall("^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    shown = json.loads(shown)
    assert shown["plan"].pop("name").partition("/")[0] == answer["plan"].pop("name").partition("/")[0] == "plans"
    assert shown == answer
