"""Backs stores up, destroys them and restores them, as docs/backup.md says.

``python tests/interop/backups.py [TRANSCRIPT]`` runs the commands of the page with other names of folders and database
while a server runs, and compares plans before and after.
"""

import json
import os
import re
import runpy
import subprocess
import sys
import tempfile
import textwrap
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "backup.md"
HERE = ROOT / "tests" / "interop"
running_server = runpy.run_path(str(HERE / "running_server.py"))["running_server"]
POSTGRESQL = runpy.run_path(str(HERE / "running_postgresql.py"))
ON_PAGE = "postgresql://boxwright@db.example/boxwright"

Say = Callable[[str], None]


def commands(heading: str) -> list[str]:
    """Return the blocks of commands below a heading of the page."""
    part = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [textwrap.dedent(block) for block in re.findall(r"```sh\n(.*?)```", part, re.DOTALL)]


class Operator:
    """Runs commands of the page on a store, with other names; ``say`` receives each line of the transcript."""

    def __init__(self, folder: Path, store: str, say: Say) -> None:
        self.store = store
        self._say = say
        self._names = {"/var/lib/boxwright": f"{folder}/lib", "/backup": f"{folder}/backup"}
        if store.startswith("postgresql:"):
            self._names[ON_PAGE] = store
            self._names["boxwright_restored"] = store.rpartition("/")[2] + "_restored"
        for name in ("lib", "backup"):
            (folder / name).mkdir(exist_ok=True)
        here = str(Path(sys.executable).parent)
        self._environment = {**os.environ, "PATH": os.pathsep.join((here, os.environ["PATH"])), "COLUMNS": "120"}

    def _as_meant(self, text: str) -> str:
        for usual, name in self._names.items():
            text = text.replace(usual, name)
        return text

    def run(self, block: str) -> str:
        """Run a block of commands as cron does, by a plain shell, and return what it printed."""
        meant, shown = self._as_meant(block), block.strip()
        done = subprocess.run(
            ["sh", "-c", meant],
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
        )
        said = done.stdout
        for usual, name in self._names.items():
            said = said.replace(name, usual)
        self._say(f"$ {shown}\n{said.strip()}".strip())
        if done.returncode:
            raise RuntimeError(f"exit code {done.returncode}: {meant}\n{said}")
        return said

    def store_of(self, block: str) -> str:
        """Return the URL of the store that a block of commands uses."""
        shown = re.findall(r"--store (\S+)", block)[-1]
        return self._as_meant(shown)

    def note(self, text: str) -> None:
        """Add a remark to the transcript."""
        self._say(f"# {text}")

    @contextmanager
    def serving(self) -> Iterator[Callable[..., Any]]:
        """Run a server with the store, and yield a client of it."""
        with running_server(store=self.store, default_catalog="eu-stock", workers="1") as server:

            def call(path: str, message: dict[str, object] | None = None) -> Any:
                data = None if message is None else json.dumps(message).encode()
                given = {"Content-Type": "application/json"} if data else {}
                request = urllib.request.Request(f"http://{server.http_address}/{path}", data, given)
                with urllib.request.urlopen(request, timeout=60) as answer:
                    return json.load(answer)

            yield call


def store_plans(call: Callable[..., Any], orders: list[str]) -> list[str]:
    """Store a plan for each order, and return their names."""
    line = {"line_id": "book", "quantity": 2, "mass_g": 340}
    line["cuboid"] = {"dimensions": {"length_mm": 210, "width_mm": 148, "height_mm": 20}}
    asked = [{"persist": True, "order": {"order_id": order_id, "lines": [line]}} for order_id in orders]
    return [call("boxwright.v1.PackingService/Pack", order)["plan"]["name"] for order in asked]


def read_plans(call: Callable[..., Any], names: list[str]) -> list[Any]:
    """Return stored plans."""
    return [call(f"v1/{name}") for name in names]


def back_up_and_restore(operator: Operator, heading: str, destroy: Callable[[], None]) -> None:
    """Follow the page while a server runs, and destroy the store in between."""
    back_up, restore = commands(heading)
    with operator.serving() as call:
        names = store_plans(call, ["A-1", "A-2", "A-3"])
        before = read_plans(call, names)
        operator.note("a server runs and has stored the plans of A-1, A-2 and A-3")
        operator.run(back_up)
        store_plans(call, ["A-4"])
        operator.note("it stores the plan of A-4, then is stopped, and the store is destroyed")
    destroy()
    restored = operator.run(restore)
    operator.store = operator.store_of(restore)
    if not all(name in restored for name in names) or "A-4" in restored:
        raise RuntimeError(f"other plans were restored: {restored}")
    with operator.serving() as call:
        if read_plans(call, names) != before:
            raise RuntimeError("plans are not as they were")
        store_plans(call, ["A-5"])
    operator.note("a server starts, reads the three plans as they were, and stores another")


def main(target: Path | None) -> int:
    """Run all commands, and print the transcript."""
    lines: list[str] = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "lib" / "plans.db"
            lines.append("SQLite")
            operator = Operator(Path(folder), f"sqlite:///{file}", lines.append)
            back_up_and_restore(operator, "SQLite", lambda: file.write_bytes(b"no database"))
        with tempfile.TemporaryDirectory() as folder, POSTGRESQL["running_postgresql"]() as postgresql:
            lines.append("\nPostgreSQL")
            operator = Operator(Path(folder), postgresql.make_database("kept"), lines.append)
            back_up_and_restore(operator, "PostgreSQL", lambda: postgresql.psql("DROP TABLE plans CASCADE", "kept"))
    finally:
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
