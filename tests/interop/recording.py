"""A transcript records each command, its output, and whether the output was right."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
Answers = list[dict[str, Any]]


def _named(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", key): value for key, value in pairs}


def messages(text: str) -> Answers:
    """Return the JSON messages in a text, one after another, with the keys of the contract: buf writes camelCase."""
    found, decoder, text = [], json.JSONDecoder(object_pairs_hook=_named), text.strip()
    while text:
        message, end = decoder.raw_decode(text)
        found.append(message)
        text = text[end:].strip()
    return found


class Transcript:
    """The commands that were run and their output."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.wrong: list[str] = []

    def run(self, *command: str, quiet: bool = False, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a command and record it with all its output; if ``quiet``, without standard output."""
        given = {**os.environ, **environment}
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False, env=given)
        shown = " ".join(command).replace(str(ROOT) + "/", "")
        errors = "" if command[0] == "chromium" else done.stderr.rstrip()  # long reports of a missing desktop
        printed = "" if quiet else done.stdout.rstrip()
        self.lines += [f"$ {shown}", printed, errors, f"# exit code {done.returncode}", ""]
        return done

    def expect(self, name: str, *, right: bool) -> None:
        """Record whether an answer was right."""
        self.lines += [f"{'right' if right else 'WRONG'}: {name}", ""]
        if not right:
            self.wrong.append(name)
