"""Faults that prevent a start, and the checks of ``serve --check``."""

import asyncio
import contextlib
import datetime as dt
import socket
import sqlite3
import sys

import pytest
from click.testing import CliRunner

from boxwright.cli.main import main
from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import new_token, written
from boxwright.server.lifecycle import Server
from boxwright.server.settings import Settings
from boxwright.server.start_checks import check_all
from boxwright.store.store import Store

from .authority import Authority
from .wire import broken

NOWHERE = dict.fromkeys(("address", "admin_address", "http_address"), "127.0.0.1:0")


def start(**given):
    """Build a server as at its start, and stop it."""

    async def built():
        await Server(Settings(**{**NOWHERE, "workers": "1", "grace_s": 0, **given})).stop()

    asyncio.run(built())


@pytest.fixture
def faults(tmp_path):
    """Return the faults that prevent a start, by setting."""
    authority = Authority(tmp_path)
    one, other = authority.sign("one"), authority.sign("two")
    catalog = tmp_path / "own.toml"
    catalog.write_text("[catalog]\n", encoding="utf-8")
    return {
        "certificate": ({"tls_certificate": str(one.certificate), "tls_key": str(other.key)}, "tls_key"),
        "tokens": ({"tokens_file": str(tmp_path / "none.json")}, "tokens_file"),
        "catalog": ({"catalogs": (str(catalog),)}, "own.toml"),
        "default catalog": ({"default_catalog": "no-such"}, "default_catalog"),
    }


def test_an_unreachable_store_is_named_and_prevents_no_start(tmp_path, caplog):
    """The log names the fault at once."""
    caplog.set_level("INFO", logger="boxwright.server")
    start(store=f"sqlite:///{tmp_path}/nowhere/plans.db", default_catalog="in-the-store")
    failed = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert failed[0]["reason"] == "store_unreachable"
    assert f"{tmp_path}/nowhere" in failed[0]["error"]


def settings_at_fault(**given):
    """Return the settings that prevent a start; the command exits with 2."""
    return list(broken(start, **given))


@pytest.mark.parametrize("revision", ["0007", "9999"])
def test_a_store_of_another_version_is_a_fault_of_settings(tmp_path, caplog, revision):
    """After a rollback the operator has to choose; the store is not damaged."""
    url = f"sqlite:///{tmp_path}/plans.db"
    with contextlib.closing(Store(url)) as store:
        store.open()
    with contextlib.closing(sqlite3.connect(tmp_path / "plans.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", [revision])
    assert [what for what, _ in lines_of("fail", store=url)] == ["store"]
    assert settings_at_fault(store=url) == ["store"]
    (failed,) = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert failed["reason"] == "store_unsuitable"


def lines_of(level, **given):
    """Return the lines of the check at a level, by subject."""
    return [(line.what, line.text) for line in check_all(Settings(**{**NOWHERE, **given})) if line.level == level]


@pytest.mark.parametrize("name", ["certificate", "tokens", "catalog", "default catalog"])
def test_the_check_names_what_keeps_a_server_from_starting(faults, name, tmp_path):
    """The check finds the faults of a start and creates no store."""
    given, says = faults[name]
    found = lines_of("fail", store=f"sqlite:///{tmp_path}/plans.db", **given)
    assert says in found[0][1]
    assert not (tmp_path / "plans.db").exists()


def test_the_check_of_good_settings_has_no_fault_and_shows_no_secret(monkeypatch):
    """The command exits with 0, with 1 after a failed check, and with 2 for faulty settings."""
    monkeypatch.setenv("BOXWRIGHT_LINK_KEY", "hunter2hunter2hunter2")
    addresses = [word for name in NOWHERE for word in (f"--{name.replace('_', '-')}", "127.0.0.1:0")]
    good = CliRunner().invoke(main, ["serve", "--check", *addresses, "--default-catalog", "eu-stock"])
    assert (good.exit_code, "hunter2" in good.output) == (0, False), good.output
    assert CliRunner().invoke(main, ["serve", "--check", *addresses, "--default-catalog", "none"]).exit_code == 1
    assert CliRunner().invoke(main, ["serve", "--check", *addresses, "--grace-s", "-1"]).exit_code == 2


def test_the_check_warns_of_what_ends_soon(tmp_path):
    """Certificates, authorities and tokens that expire soon, and a missing admin token, are warnings."""
    authority = Authority(tmp_path, "brief", days=1)
    pair = authority.sign("soon", days=10)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    ends = [("hall", 3), ("hall", 90), ("wms", 3), ("old", -1)]
    tokens = [new_token(name, [Scope.PACK], [], now, now + dt.timedelta(days=days))[1] for name, days in ends]
    (tmp_path / "tokens.json").write_text(written(tokens))
    found = lines_of(
        "warn",
        default_catalog="eu-stock",
        tls_certificate=str(pair.certificate),
        tls_key=str(pair.key),
        client_ca=str(authority.certificate),
        tokens_file=str(tmp_path / "tokens.json"),
    )
    assert [what for what, _ in found] == ["certificates", "certificates", "tokens", "tokens"]
    assert " wms" in found[2][1]


def test_the_check_fails_tokens_that_admit_no_caller(tmp_path):
    """Without a valid token the check fails."""
    (tmp_path / "tokens.json").write_text(written([]))
    assert [what for what, _ in lines_of("fail", tokens_file=str(tmp_path / "tokens.json"))] == ["tokens"]


def test_the_check_warns_of_connections_that_are_open_to_all():
    """Loopback addresses give no warning."""
    found = lines_of("warn", default_catalog="eu-stock", admin_address="0.0.0.0:0", allow_unauthenticated=True)
    assert {what for what, _ in found} == {"tokens", "certificates"}
    assert lines_of("warn", default_catalog="eu-stock") == []


def test_the_check_fails_a_database_that_does_not_answer_without_its_password():
    """The line does not show the password."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ((what, text),) = lines_of("fail", store=f"postgresql://a:hunter2@127.0.0.1:{port}/plans")
    assert (what, "hunter2" in text) == ("store", False)


def test_the_check_fails_a_store_that_takes_no_records(postgresql):
    """A standby and a user without rights fail the check."""
    url = postgresql.make_database("checked")
    assert lines_of("fail", store=url) == []
    with contextlib.closing(Store(url)) as store:
        store.open()
    assert lines_of("fail", store=url) == []
    postgresql.psql("CREATE ROLE looker LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker", "checked")
    assert len(lines_of("fail", store=url.replace("boxwright@", "looker@"))) == 1
    postgresql.psql("ALTER DATABASE checked SET default_transaction_read_only = on")
    assert len(lines_of("fail", store=url)) == 1


def test_the_check_names_the_extra_that_a_store_lacks(monkeypatch):
    """The missing extra would prevent the start."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "'.[postgres]'" in dict(lines_of("fail", store="postgresql://nobody@localhost/plans"))["store"]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_whose_encoding_cannot_hold_every_text_is_refused(postgresql, encoding, caplog):
    """Commands fail, and a server does not start, since a retry cannot help."""
    name = f"in_{encoding.lower()}"
    postgresql.psql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    done = CliRunner().invoke(main, ["plans", "list", "--store", postgresql.url(name)])
    assert (done.exit_code, done.stdout, encoding in done.stderr) == (1, "", True)
    assert settings_at_fault(store=postgresql.url(name)) == ["store"]
    (failed,) = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert (failed["reason"], encoding in failed["error"]) == ("store_unsuitable", True)
