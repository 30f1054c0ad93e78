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
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "secured_service.md"
FIRST_PLAN = runpy.run_path(str(ROOT / "tests" / "interop" / "first_plan.py"))
PORTS = ("50051", "8080", "9464", "9091")
LONGEST_S = 1_800
SET_UP = "1. Set up"

Say = Callable[[str, str], None]
"""Receives a step and its output."""


class Follower:
    """Follows the page.

    Parameters
    ----------
    folder : Path
        The checkout that it stands in.
    say : callable
        Is given each command with what it said.
    """

    def __init__(self, folder: Path, say: Say) -> None:
        self.folder = folder
        self._where = folder / ".where"
        self._say = say
        self._ports = {each: str(FIRST_PLAN["free_port"]()) for each in PORTS}

    def run(self, command: str) -> str:
        """Run a block of commands in the state after the previous block, and return its output."""
        at = self._where.read_text().strip() if self._where.exists() else self.folder
        meant = re.sub(r":(\d{4,5})\b", lambda port: f":{self._ports.get(port[1], port[1])}", command)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{meant}\npwd > '{self._where}'"],
            cwd=at,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
        said = (done.stdout + (done.stderr if done.returncode else "")).strip()
        self._say(f"$ {command.rstrip()}", said)
        if done.returncode:
            raise RuntimeError(f"exit code {done.returncode}: {command}\n{done.stdout}{done.stderr}{self._logs()}")
        return done.stdout

    def _logs(self) -> str:
        return "\n".join(each.read_text(errors="replace")[-2_000:] for each in self.folder.glob("secured/*.log"))

    def end(self) -> None:
        """End processes that still run in the background."""
        for file in (self.folder / "secured").glob("*.pid"):
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(file.read_text()), signal.SIGTERM)


def follow(follower: Follower, text: str, done: Callable[[str], None] = lambda _: None) -> dict[str, str]:
    """Follow the page; return the output by heading. ``done`` receives each step."""
    said: dict[str, str] = {}
    try:
        for heading, command in FIRST_PLAN["steps"](text):
            said[heading] = said.get(heading, "") + follower.run(command)
            done(heading)
    finally:
        follower.end()
    return said


def lacking(said: dict[str, str]) -> list[str]:
    """Return expected outputs of the page that are missing, by heading."""
    promised = {
        "3. Settings": (r"^ok +tokens ", r"^ok +certificates .* expires "),
        "4. Start the server": (r"^SERVING$",),
        "5. Call the server": ("unauthenticated", r'"name":"plans/\w+","status":"PLAN_STATUS_COMPLETE"'),
        "6. Watch the server": ("boxwright_plans_total",),
        "7. Cause an alert": ("PLAN_STATUS_COMPLETE", "BoxwrightWorkersEnd", "a worker ended"),
    }
    return [
        f"{heading}: {pattern}"
        for heading, patterns in promised.items()
        for pattern in patterns
        if re.search(pattern, said.get(heading, ""), re.MULTILINE) is None
    ]


def main() -> int:
    """Follow the page from an empty folder; print the output and the times."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("transcript", type=Path, nargs="?")
    parser.add_argument("--installed", type=Path, metavar="VENV")
    given = parser.parse_args()
    lines: list[str] = []
    table: dict[str, str] = {}
    begun_s = time.monotonic()

    def passed() -> str:
        minutes, seconds = divmod(round(time.monotonic() - begun_s), 60)
        return f"{minutes}:{seconds:02}"

    def done(heading: str) -> None:
        table[heading] = f"| {heading} | {passed()} |"

    try:
        with tempfile.TemporaryDirectory() as empty:
            clone = Path(empty) / "boxwright"
            say: Say = lambda what, said: lines.extend([f"[{passed()}] {what}", said, ""])  # noqa: E731 - of one use
            source = ["git", "clone", "-q", str(ROOT)] if (ROOT / ".git").exists() else ["cp", "-r", str(ROOT)]
            subprocess.run([*source, str(clone)], check=True)
            done("0. Clone")
            text = PAGE.read_text(encoding="utf-8")
            if given.installed is not None:
                (clone / ".venv").symlink_to(given.installed.resolve())
                before, _, after = text.partition(f"## {SET_UP}")
                text = f"{before}## {after.partition(chr(10) + '## ')[2]}"
            if missing := lacking(follow(Follower(clone, say), text, done)):
                raise RuntimeError(f"not seen: {missing}")
    finally:
        lines += ["| done | minutes |", "|---|---|", *table.values(), f"load average: {os.getloadavg()[0]:.1f}"]
        if given.transcript is not None:
            given.transcript.parent.mkdir(parents=True, exist_ok=True)
            given.transcript.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
