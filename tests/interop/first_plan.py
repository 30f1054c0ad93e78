"""Follows docs/first_plan.md like a new user and measures the time; only the ports of its commands are changed.

``python tests/interop/first_plan.py [TRANSCRIPT]`` clones the checkout into an empty folder and continues there.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first_plan.md"
HTTP = "127.0.0.1:8080"
START_S = 300
PLAN = "plans/…"
"""Placeholder on the page for the name from the answer."""

Say = Callable[[str, str], None]
"""Receives a step and its output."""


def steps(text: str) -> list[tuple[str, str]]:
    """Return the heading and the command of each block of the page that is run."""
    found = []
    for section in text.split("\n## ")[1:]:
        heading = section.partition("\n")[0]
        found += [(heading, block) for block in re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)]
    return found


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


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
        self.say = say
        self.http = f"127.0.0.1:{free_port()}"
        self.plan = ""
        ports = {"BOXWRIGHT_ADDRESS": "127.0.0.1:0", "BOXWRIGHT_ADMIN_ADDRESS": "127.0.0.1:0"}
        self.environment = {**os.environ, **ports, "BOXWRIGHT_HTTP_ADDRESS": self.http}

    def run(self, command: str) -> str:
        """Run a command and return what it printed."""
        command = command.replace(HTTP, self.http)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.say(f"$ {command.rstrip()}", (done.stderr if done.returncode else done.stdout).strip())
        if done.returncode:
            raise RuntimeError(f"exit code {done.returncode}: {command}\n{done.stderr}")
        if named := re.search(r'"name":"(plans/\w+)"', done.stdout):
            self.plan = named[1]
        return done.stdout

    def start(self, command: str) -> "subprocess.Popen[str]":
        """Start the server and wait until it logs that it serves; its log is in a file."""
        log = self.folder / "serve.log"
        with log.open("w") as written:
            server = subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=self.environment,
                stdout=written,
                stderr=written,
                text=True,
            )
        until_s = time.monotonic() + START_S
        while " serving " not in (said := log.read_text()):
            if server.poll() is not None or time.monotonic() > until_s:
                raise RuntimeError(f"the server did not start:\n{said}")
            time.sleep(0.1)
        self.say(f"$ {command.rstrip()}", said.strip())
        return server

    def look(self) -> str:
        """Return the page of the plan."""
        url = f"http://{self.http}/{self.plan}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            page: str = answer.read().decode()
        self.say(f"# opens {url}", f"{len(page):,} characters of HTML")
        return page


def follow(follower: Follower, text: str, done: Callable[[str], None]) -> tuple[str, str]:
    """Follow the page; return the plan's page and the last command's output. ``done`` receives each step."""
    server, page, said = None, "", ""
    try:
        for heading, command in steps(text):
            if "boxwright serve" in command:
                server = follower.start(command)
            else:
                said = follower.run(command)
            if not page and PLAN in text.partition(heading)[2].partition("\n## ")[0]:
                page = follower.look()
            done(heading)
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)
    return page, said


def main(target: Path | None) -> int:
    """Follow the page from an empty folder; print the times."""
    lines: list[str] = []
    begun_s = time.monotonic()

    def say(what: str, said: str) -> None:
        minutes, seconds = divmod(round(time.monotonic() - begun_s), 60)
        lines.extend([f"[{minutes}:{seconds:02}] {what}", said, ""])

    def done(heading: str) -> None:
        minutes, seconds = divmod(round(time.monotonic() - begun_s), 60)
        table[heading] = f"| {heading} | {minutes}:{seconds:02} |"

    table: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory() as empty:
            follower = Follower(Path(empty), say)
            follower.run(
                f"git clone -q '{ROOT}' boxwright" if (ROOT / ".git").exists() else f"cp -r '{ROOT}' boxwright"
            )
            done("0. Clone")
            follower.folder = Path(empty) / "boxwright"
            page, found = follow(follower, (follower.folder / "docs" / PAGE.name).read_text(encoding="utf-8"), done)
            if "A-1001" not in page or "image/svg+xml" not in page or follower.plan not in found:
                raise RuntimeError("the page of the plan is another one")
    finally:
        lines += ["| done | minutes |", "|---|---|", *table.values(), f"load average: {os.getloadavg()[0]:.1f}"]
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
