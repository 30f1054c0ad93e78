"""Follows docs/first_plan.md and measures the time: ``python tests/interop/first_plan.py [TRANSCRIPT]``."""

import os
import re
import runpy
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first_plan.md"
FOLLOWING = runpy.run_path(str(Path(__file__).with_name("following.py")))
START_S = 300


def started(follower: Any, command: str) -> "subprocess.Popen[str]":
    """Start the server of the page and wait until it logs that it serves; its log is in a file."""
    ports = {"ADDRESS": "0", "ADMIN_ADDRESS": "0", "HTTP_ADDRESS": follower.ports["8080"]}
    environment = {f"BOXWRIGHT_{name}": f"127.0.0.1:{port}" for name, port in ports.items()}
    log = follower.folder / "serve.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=follower.folder,
            env={**os.environ, **environment},
            stdout=written,
            stderr=written,
            text=True,
        )
    until_s = time.monotonic() + START_S
    while " serving " not in (said := log.read_text()):
        if server.poll() is not None or time.monotonic() > until_s:
            raise RuntimeError(f"the server did not start:\n{said}")
        time.sleep(0.1)
    follower.say(f"$ {command.rstrip()}", said.strip())
    return server


def follow(follower: Any, text: str, done: Callable[[str], None]) -> tuple[str, str]:
    """Follow the page; return the page of the stored plan and the output of the last command."""
    server, page, said = None, "", ""
    try:
        for heading, command in FOLLOWING["steps"](text):
            if "boxwright serve" in command:
                server = started(follower, command)
            else:
                said = follower.run(command)
            if named := re.search(r'"name":"(plans/\w+)"', said):
                url = f"http://127.0.0.1:{follower.ports['8080']}/{named[1]}"
                with urllib.request.urlopen(url, timeout=60) as answer:
                    page = answer.read().decode()
                follower.say(f"# opens {url}", f"{len(page):,} characters of HTML")
            done(heading)
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)
    return page, said


def play(follower: Any, done: Callable[[str], None]) -> None:
    """Follow the page of the clone, and check that its plan is found."""
    page, found = follow(follower, (follower.folder / "docs" / PAGE.name).read_text(encoding="utf-8"), done)
    if "A-1001" not in page or "image/svg+xml" not in page or "A-1001" not in found:
        raise RuntimeError("the page of the plan is another one")


if __name__ == "__main__":
    sys.exit(FOLLOWING["transcribed"](Path(sys.argv[1]) if len(sys.argv) > 1 else None, play))
