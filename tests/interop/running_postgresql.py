"""A separate PostgreSQL server, in a temporary folder, for tests and transcripts.

It needs Debian's package ``postgresql``, or another one whose programs are on the path or in a folder that Debian uses.
PostgreSQL does not run as root: then it runs as the user ``postgres`` or ``nobody``.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
START_S = 60


def programs() -> Path | None:
    """Return the folder of the newest server's programs; None if none is installed."""
    found = [(float(initdb.parents[1].name), initdb.parent) for initdb in DEBIAN.glob("[0-9]*/bin/initdb")]
    if on_path := shutil.which("initdb"):
        found.append((10_000, Path(on_path).resolve().parent))
    return next((folder for _, folder in sorted(found, reverse=True) if (folder / "postgres").exists()), None)


def _user() -> str | None:
    """Return the user who runs the server; None for this user."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(user for user in ("postgres", "nobody") if user in known)


class Postgresql:
    """One server with its data in a folder, and with settings such as ``fsync=off``."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self._settings = settings
        found = programs()
        if found is None:
            raise RuntimeError("no PostgreSQL server is installed")
        self._programs = found
        self.folder = folder
        self._user = _user()
        if self._user is not None:
            entry = pwd.getpwnam(self._user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._run("initdb", "-D", "data", "-U", "boxwright", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")

    def _run(self, program: str, *given: str) -> None:
        done = subprocess.run(
            [str(self._programs / program), *given],
            cwd=self.folder,
            user=self._user,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", *self._settings)
        options = [word for setting in settings for word in ("-c", setting)]
        command = [str(self._programs / "postgres"), "-D", "data", "-p", str(self.port), *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, user=self._user, stdout=log, stderr=log)
        end_s = time.monotonic() + START_S
        while subprocess.run([self._programs / "pg_isready", "-q", "-d", self.url()], check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > end_s:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text(errors='replace')}")
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGQUIT) -> None:
        """Stop it, by default at once and without a checkpoint, as a crash would."""
        self.process.send_signal(number)
        self.process.wait(timeout=60)

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://boxwright@127.0.0.1:{self.port}/{database}"

    def make_database(self, name: str) -> str:
        """Create a database, and return its URL."""
        self.psql(f"CREATE DATABASE {name}")
        return self.url(name)

    def psql(self, command: str, database: str = "postgres") -> str:
        """Run a command by psql, and return its output."""
        done = subprocess.run(
            ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-c", command, self.url(database)],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout


@contextmanager
def running_postgresql(*settings: str) -> Iterator[Postgresql]:
    """Run a server with these settings, and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="boxwright-pg-") as folder:
        server = Postgresql(Path(folder), *settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
