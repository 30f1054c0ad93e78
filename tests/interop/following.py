"""Follows a page of docs/ like a new user, in an empty folder; only the ports of its commands are changed."""

import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORTS = ("50051", "8080", "9464", "9091")
LONGEST_S = 1_800


def steps(text: str) -> list[tuple[str, str]]:
    """Return the heading and the command of each block of a page that is run."""
    return [
        (section.partition("\n")[0], block)
        for section in text.split("\n## ")[1:]
        for block in re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    ]


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


class Follower:
    """Runs commands of a page in a folder; ``say`` receives each command and its output."""

    def __init__(self, folder: Path, say: Callable[[str, str], None]) -> None:
        self.folder, self.say = folder, say
        self.ports = {port: str(free_port()) for port in PORTS}
        self._where = folder / ".where"

    def meant(self, command: str) -> str:
        """Return a command with the ports of this follower."""
        return re.sub(r":(\d{4,5})\b", lambda port: f":{self.ports.get(port[1], port[1])}", command)

    def run(self, command: str) -> str:
        """Run a block of commands in the folder in which the previous block ended, and return its output."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{self.meant(command)}\npwd > '{self._where}'"],
            cwd=self._where.read_text().strip() if self._where.exists() else self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_S,
        )
        self.say(f"$ {command.rstrip()}", (done.stdout + (done.stderr if done.returncode else "")).strip())
        if done.returncode:
            logs = (log.read_text(errors="replace")[-2_000:] for log in self.folder.glob("**/serve.log"))
            raise RuntimeError("\n".join((f"exit code {done.returncode}: {command}", done.stdout, done.stderr, *logs)))
        return done.stdout


def transcribed(target: Path | None, play: Callable[[Follower, Callable[[str], None]], None]) -> int:
    """Clone the checkout into an empty folder and play a page there; print and keep the output and the times.

    ``play`` gets the follower and a function that receives the heading of each finished step.
    """
    lines: list[str] = []
    table: list[str] = []
    begun_s = time.monotonic()

    def passed() -> str:
        minutes, seconds = divmod(round(time.monotonic() - begun_s), 60)
        return f"{minutes}:{seconds:02}"

    try:
        with tempfile.TemporaryDirectory() as empty:
            clone = Path(empty) / "boxwright"
            source = ["git", "clone", "-q", str(ROOT)] if (ROOT / ".git").exists() else ["cp", "-r", str(ROOT)]
            subprocess.run([*source, str(clone)], check=True)
            table.append(f"| 0. Clone | {passed()} |")
            follower = Follower(clone, lambda what, said: lines.extend([f"[{passed()}] {what}", said, ""]))
            play(follower, lambda heading: table.append(f"| {heading} | {passed()} |"))
    finally:
        lines += ["| done | minutes |", "|---|---|", *table, f"load average: {os.getloadavg()[0]:.1f}"]
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("\n".join(lines))
    return 0
