"""Connections to PostgreSQL: how they are set up, and how few of them there are."""

import contextlib
import time
from typing import Any

from psycopg import OperationalError
from psycopg.errors import ConnectionTimeout
from psycopg.pq import Conninfo
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util.queue import Empty

from boxwright.store.errors import StoreUnsuitableError
from boxwright.store.records import Durability
from boxwright.store.url import POSTGRESQL

STATEMENT_S = 9.0
"""How long a statement may take beyond the wait for a lock, in seconds."""

CONNECT_S = 2
"""How long connecting may take, in seconds."""

ENCODING = "UTF8"
"""The encoding that a database must have: any other lacks characters, or checks no text."""

PLACE_S = 10.0
"""How long is waited for a connection while all are in use, in seconds."""

LOOK_S = 0.05
"""How often is looked whether any is in use still, or may be made, in seconds."""


def engine(url: str, durability: Durability, lock_s: float, pool: dict[str, Any]) -> Engine:
    """Return an engine for a store.

    Parameters
    ----------
    url : str
        As ``check_url`` takes it.
    durability : Durability
        When a commit counts.
    lock_s : float
        How long a statement waits for a lock, in seconds.
    pool : dict
        What ``create_engine`` is told of its connections, such as by ``places``.
    """
    where = make_url(url.replace(f"{POSTGRESQL}://", f"{POSTGRESQL}+psycopg://", 1))
    ours = {
        "connect_timeout": CONNECT_S,
        "application_name": "boxwright",
        # A host that is gone without a word: while something is sent to it, and while its answer is awaited.
        "tcp_user_timeout": round((lock_s + STATEMENT_S) * 1_000),
        "keepalives_idle": 10,
        "keepalives_interval": 5,
    }
    options = (
        f"{_given_options(where)} -c lock_timeout={round(lock_s * 1_000)}"
        f" -c statement_timeout={round((lock_s + STATEMENT_S) * 1_000)}"
        f" -c synchronous_commit={'on' if durability is Durability.FULL else 'off'}"
    )
    held = {"options": options, "client_encoding": "utf8"}
    given = {name: value for name, value in ours.items() if name not in where.query}
    made = create_engine(where, connect_args=given | held, **pool)

    @event.listens_for(made, "do_connect")
    def connect(dialect: Any, _: object, args: Any, named: Any) -> Any:
        connection = dialect.connect(*args, **named)
        if (encoding := connection.info.parameter_status("server_encoding")) != ENCODING:
            connection.close()
            raise StoreUnsuitableError(
                f"{StoreUnsuitableError.told}: database {where.database} has the encoding {encoding}, in which not"
                f" every text can be kept, and must have {ENCODING}: make another by"
                f" createdb --template template0 --encoding {ENCODING} --locale C NAME"
            )
        return connection

    return made


def places(count: int) -> dict[str, Any]:
    """Return, for ``engine``, that there are so many connections at most, each looked at before it is used."""
    return {
        "poolclass": _Places,
        "pool_size": count,
        "max_overflow": 0,
        "pool_timeout": LOOK_S,
        "pool_pre_ping": True,
        "pool_use_lifo": True,
    }


def release_idle(made: Engine) -> None:
    """Close the connections of an engine with ``places`` that nobody uses now: others may need them."""
    pool = made.pool
    assert isinstance(pool, _Places)
    pool.release_idle()


def may_be_refused(error: BaseException) -> bool:
    """Return whether connecting failed in a way in which a server refuses one more connection.

    The driver does not tell that by a code, and the words of the server are in its language. One that does not answer
    does not refuse.
    """
    return isinstance(error, OperationalError) and not isinstance(error, ConnectionTimeout)


class _Places(QueuePool):
    """So many connections and no more; where the server allows fewer, those that there are go round."""

    def _do_get(self) -> ConnectionPoolEntry:
        until_s = time.monotonic() + PLACE_S
        while True:
            try:
                return super()._do_get()
            except PoolTimeoutError:  # all are in use, or were closed since as idle: then another is made
                if time.monotonic() > until_s:
                    raise
            except OperationalError as error:
                if not may_be_refused(error) or (found := self._next(until_s)) is None:
                    raise
                return found

    def _next(self, until_s: float) -> ConnectionPoolEntry | None:
        """Return the next connection that comes back; None where none is in use any more, or in time."""
        while self.checkedout() > 0 and time.monotonic() < until_s:
            with contextlib.suppress(Empty):
                return self._pool.get(True, LOOK_S)
        return None

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        """Take one back, or let its place go where it has ended or was taken for good."""
        if record.dbapi_connection is None:
            self._dec_overflow()
        else:
            super()._do_return_conn(record)

    def release_idle(self) -> None:
        """Close all that are idle."""
        with contextlib.suppress(Empty):
            while True:
                self._pool.get(False).close()
                self._dec_overflow()


def _given_options(url: URL) -> str:
    """Return the options of sessions that an operator gives, by the URL or else as libpq takes them (PGOPTIONS)."""
    if (given := url.query.get("options")) is not None:
        return given if isinstance(given, str) else " ".join(given)
    by_default = {each.keyword: each.val for each in Conninfo.get_defaults()}
    return (by_default[b"options"] or b"").decode()
