"""Follows docs/secured_service.md like a new user and measures the time; only ports of its commands are changed.

``python tests/interop/secured_service.py [TRANSCRIPT] [--installed VENV]`` clones the checkout into an empty folder and
continues there. An environment that has the package replaces the set-up.
"""

import argparse
import contextlib
import os
import re
import runpy
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "secured_service.md"
FOLLOWING = runpy.run_path(str(Path(__file__).with_name("following.py")))
Follower = FOLLOWING["Follower"]
PROMISED = {
    "3. Settings": (r"^ok +tokens ", r"^ok +certificates .* expires "),
    "4. Start the server": (r"^SERVING$",),
    "5. Call the server": ("unauthenticated", r'"name":"plans/\w+","status":"PLAN_STATUS_COMPLETE"'),
    "6. Watch the server": ("boxwright_plans_total",),
    "7. Cause an alert": ("PLAN_STATUS_COMPLETE", "BoxwrightWorkersEnd", "a worker ended"),
}
"""Expected outputs, by heading."""


def follow(follower: Any, text: str, done: Callable[[str], None] = lambda _: None) -> dict[str, str]:
    """Follow the page, and end its background processes; return the output by heading."""
    said: dict[str, str] = {}
    try:
        for heading, command in FOLLOWING["steps"](text):
            said[heading] = said.get(heading, "") + follower.run(command)
            done(heading)
    finally:
        for file in (follower.folder / "secured").glob("*.pid"):
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(file.read_text()), signal.SIGTERM)
    return said


def lacking(said: dict[str, str]) -> list[str]:
    """Return expected outputs of the page that are missing, by heading."""
    return [
        f"{heading}: {pattern}"
        for heading, patterns in PROMISED.items()
        for pattern in patterns
        if re.search(pattern, said.get(heading, ""), re.MULTILINE) is None
    ]


def main() -> int:
    """Follow the page from an empty folder; print the output and the times."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("transcript", type=Path, nargs="?")
    parser.add_argument("--installed", type=Path, metavar="VENV")
    given = parser.parse_args()

    def play(follower: Any, done: Callable[[str], None]) -> None:
        text = PAGE.read_text(encoding="utf-8")
        if given.installed is not None:
            (follower.folder / ".venv").symlink_to(given.installed.resolve())
            before, _, after = text.partition("## 1. Set up")
            text = f"{before}## {after.partition(chr(10) + '## ')[2]}"
        if missing := lacking(follow(follower, text, done)):
            raise RuntimeError(f"not seen: {missing}")

    code: int = FOLLOWING["transcribed"](given.transcript, play)
    return code


if __name__ == "__main__":
    sys.exit(main())
