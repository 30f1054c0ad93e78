"""Live servers with stores: one on a file of its own, what that holds, and what breaks it."""

import contextlib
import sqlite3
import time
import urllib.request

import grpc
from google.rpc import error_details_pb2

from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

from .here import server_here

RUNNING = server_here


@contextlib.contextmanager
def serving(tmp_path, **given):
    """A server with a store, its stub and the path of its file."""
    path = tmp_path / "plans.db"
    with (
        RUNNING(store=f"sqlite:///{path}", default_catalog="china-post", **given) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        yield server, PackingServiceStub(channel), path


def reason(status):
    """Return the reason of a status."""
    info = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(info)
    return info.reason


def rows(path, statement):
    """Return what the file of a store holds."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement).fetchall()


def metric(server, name):
    """Return the values of a metric by labels."""
    with urllib.request.urlopen(f"http://{server.admin_address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line.startswith(name)}


def break_locked(path, stack):
    """Hold the lock of a writer."""
    connection = stack.enter_context(contextlib.closing(sqlite3.connect(path, isolation_level=None)))
    connection.execute("BEGIN IMMEDIATE")


def break_gone(path, stack):
    """Remove the file."""
    for each in path.parent.glob("plans.db*"):
        each.unlink()


def break_corrupt(path, stack):
    """Overwrite all pages but the first, of which the server has read none since another program wrote."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO answers VALUES (x'00', x'00', 0, NULL, x'00')")
        while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            time.sleep(0.01)  # the server's first round of sweeping empties the log itself
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        with path.open("r+b") as file:
            file.seek(page_bytes)
            file.write(b"\xff" * (path.stat().st_size - page_bytes))


def break_tables(path, stack):
    """Take a table away."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE plans")
