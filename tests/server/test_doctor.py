"""The doctor: one line for each thing that is well, is to be looked at, or keeps a server from running."""

import contextlib
import datetime as dt
import json
import os
import socket
import sqlite3
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from boxwright.cli.main import main
from boxwright.server.access.scopes import Scope
from boxwright.server.access.token_file import new_token, written
from boxwright.server.access.token_store import opened_book, record_of
from boxwright.server.doctor import clock, kernels
from boxwright.server.doctor.clock import look_at_clock
from boxwright.server.doctor.credentials import look_at_certificates, look_at_tokens
from boxwright.server.doctor.data import InUse, look_at_age, look_at_catalogs, look_at_factors
from boxwright.server.doctor.examination import examined
from boxwright.server.doctor.finding import Finding, Level
from boxwright.server.doctor.kernels import look_at_kernels
from boxwright.server.doctor.ports import look_at_ports
from boxwright.server.doctor.stored import look_at_store
from boxwright.server.settings import Settings
from boxwright.store.store import Store

from .authority import Authority
from .here import server_here

NOWHERE = dict.fromkeys(("address", "http_address", "admin_address"), "127.0.0.1:0")
TODAY = dt.date(2026, 11, 26)


def said(look, *given, level=None):
    """Return what a look says, of one level or of all."""
    return [each.says for each in look(*given) if isinstance(each, Finding) and level in (None, each.level)]


def failed(look, *given):
    """Return what a look says fails."""
    return said(look, *given, level=Level.FAIL)


def warned(look, *given):
    """Return what a look warns of."""
    return said(look, *given, level=Level.WARN)


def test_a_taken_port_is_named_with_who_has_it():
    """Free ones pass, and taking them leaves them free."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        (fault,) = failed(look_at_ports, Settings(**{**NOWHERE, "http_address": address}))
        assert all(part in fault for part in (f"http_address {address}", str(os.getpid())))
    assert failed(look_at_ports, Settings(**{**NOWHERE, "http_address": address})) == []


@pytest.mark.parametrize("address", ["192.0.2.1:50051", "no-such-host.invalid:1"])
def test_an_address_of_another_machine_is_named(address):
    """The server would not start."""
    (fault,) = failed(look_at_ports, Settings(**{**NOWHERE, "address": address}, allow_unauthenticated=True))
    assert f"address {address}" in fault


def test_the_ports_of_a_running_server_are_no_fault():
    """Who asks the doctor about a server that runs is not sent to end it."""
    with server_here() as server:
        doors = {"address": server.address, "http_address": server.http_address, "admin_address": server.admin_address}
        assert [each.level for each in look_at_ports(Settings(**doors))] == [Level.OK] * 3


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Return an authority."""
    return Authority(tmp_path_factory.mktemp("authority"))


def tls(pair, **more):
    """Return settings with a certificate and its key."""
    return Settings(tls_certificate=str(pair.certificate), tls_key=str(pair.key), **more)


def test_certificates_are_judged_with_their_end(authority):
    """One that fits and lasts is well; one that ends soon is to be looked at."""
    pair = authority.sign("long", days=30)
    pair.key.chmod(0o600)
    settings = tls(pair, client_ca=str(authority.certificate))
    fits, asked = said(look_at_certificates, settings, level=Level.OK)
    assert str(pair.certificate) in fits
    assert str(authority.certificate) in asked
    soon = authority.sign("soon", days=10)
    soon.key.chmod(0o600)
    (ends,) = warned(look_at_certificates, tls(soon))
    assert str(soon.certificate) in ends


def test_authorities_of_callers_are_judged_with_their_end(authority):
    """One that ends soon is to be looked at: callers of it see handshakes fail, and the server no call."""
    pair = authority.sign("beside", days=30)
    brief = Authority(authority.folder, "brief", days=1)
    (ends,) = warned(look_at_certificates, tls(pair, client_ca=str(brief.certificate)))
    assert str(brief.certificate) in ends


def test_a_key_of_another_certificate_fails(authority):
    """The fault is that of the server's start."""
    pair, other = authority.sign("one"), authority.sign("two")
    pair.key = other.key
    (fault,) = failed(look_at_certificates, tls(pair))
    assert fault.startswith("tls_key: ")


def test_connections_that_are_not_encrypted_matter_away_from_this_machine():
    """At loopback nobody listens in."""
    assert warned(look_at_certificates, Settings()) == []
    open_to_all = Settings(admin_address="0.0.0.0:1", allow_unauthenticated=True)
    assert len(warned(look_at_certificates, open_to_all)) == 1
    assert warned(look_at_tokens, Settings()) == []
    (warning,) = warned(look_at_tokens, open_to_all)
    assert "allow_unauthenticated" in warning


def tokens_of(tmp_path, *rows):
    """Write tokens of (name, scope, days until they end) and return settings with their file."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    made = [
        new_token(name, [scope], [], now, None if days is None else now + dt.timedelta(days=days))[1]
        for name, scope, days in rows
    ]
    (tmp_path / "tokens.json").write_text(written(made))
    return Settings(tokens_file=str(tmp_path / "tokens.json"))


def test_tokens_are_counted_and_those_that_end_are_named(tmp_path):
    """One whose holder has a later one need not be renewed."""
    rows = [
        ("hall", Scope.PACK, 3),
        ("hall", Scope.PACK, 90),
        ("wms", Scope.PACK, 3),
        ("prometheus", Scope.ADMIN, None),
    ]
    settings = tokens_of(tmp_path, *rows, ("old", Scope.PACK, -1))
    (counted,) = said(look_at_tokens, settings, level=Level.OK)
    assert f"4 of 5 in {settings.tokens_file}" in counted
    (ending,) = warned(look_at_tokens, settings)
    assert " wms " in ending
    (none,) = warned(look_at_tokens, tokens_of(tmp_path, ("hall", Scope.PACK, None)))
    assert "admin" in none


def test_sites_that_tokens_name_and_nobody_serves_are_warned_of(tmp_path, monkeypatch):
    """With the names of their holders, and neither ids nor secrets of tokens; those that ended are passed over."""
    monkeypatch.setattr(kernels, "_RUN", "pass  # {path}")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    given = [("eve", ["leeds", "york"]), ("hall", ["lyon"]), ("both", ["lyon", "leeds"]), ("any", [])]
    made = [new_token(name, [Scope.PACK], sites, now, None)[1] for name, sites in given]
    made.append(new_token("old", [Scope.PACK], ["leeds"], now, now - dt.timedelta(days=1))[1])
    (tmp_path / "tokens.json").write_text(written(made))
    (tmp_path / "sites.toml").write_text('[[sites]]\nsite_id = "lyon"\ncatalog_id = "eu-webshop"\n')
    files = {"tokens_file": str(tmp_path / "tokens.json")}
    with_sites = Settings(**NOWHERE, **files, sites=str(tmp_path / "sites.toml"))
    both, eve = [each for each in examined(with_sites) if "leeds" in each.says]
    assert (" both " in both.says, " eve " in eve.says, "york" in eve.says) == (True, True, True)
    assert {both.level, eve.level} == {Level.WARN}
    without = Settings(**NOWHERE, **files, default_catalog="eu-webshop")
    assert any(" hall " in each and "lyon" in each for each in warned(examined, without))


def test_tokens_of_the_store_are_looked_at_too(tmp_path):
    """With those of the file; a store that cannot be read is a failure, and none is made for the asking."""
    store = f"sqlite:///{tmp_path}/plans.db"
    settings = Settings(store=store, tokens_in_store=True)
    assert len(failed(look_at_tokens, settings)) == 1
    assert not (tmp_path / "plans.db").exists()
    _, token = new_token("prometheus", [Scope.ADMIN], [], dt.datetime.now(dt.UTC), None)
    with opened_book(store) as book:
        book.add(record_of(token), 10)
    (counted,) = said(look_at_tokens, settings, level=Level.OK)
    assert "1 of 1" in counted
    file = tokens_of(tmp_path, ("hall", Scope.PACK, None)).tokens_file
    both = Settings(store=store, tokens_in_store=True, tokens_file=file)
    (counted,) = said(look_at_tokens, both, level=Level.OK)
    assert f"2 of 2 in {file}" in counted


def test_tokens_that_let_nobody_in_fail(tmp_path):
    """None is valid, or the file cannot be read."""
    assert len(failed(look_at_tokens, tokens_of(tmp_path, ("old", Scope.PACK, -1)))) == 1
    (tmp_path / "tokens.json").write_text("{}")
    (fault,) = failed(look_at_tokens, Settings(tokens_file=str(tmp_path / "tokens.json")))
    assert fault.startswith("tokens.json: tokens: ")


def make_store(url):
    """Make the tables of a store, as a server does."""
    with contextlib.closing(Store(url)) as store:
        store.open()


def test_a_store_of_sqlite_is_not_made_by_looking(tmp_path):
    """A file that is not there yet is well where its folder is."""
    settings = Settings(store=f"sqlite:///{tmp_path}/plans.db")
    assert failed(look_at_store, settings) == []
    assert list(tmp_path.iterdir()) == []
    make_store(settings.store)
    assert failed(look_at_store, settings) == []
    (found,) = look_at_store(Settings(store=f"sqlite:///{tmp_path}/nowhere/plans.db"))
    assert (found.level, "database" in found.mend) == (Level.FAIL, False)  # there is no database to be looked at
    (tmp_path / "notes.txt").write_text("no store at all")
    assert len(failed(look_at_store, Settings(store=f"sqlite:///{tmp_path}/notes.txt"))) == 1


@pytest.mark.parametrize("revision", ["0001", "9999"])
def test_a_store_of_another_version_fails(tmp_path, revision):
    """Neither an earlier one nor a later one can be used."""
    settings = Settings(store=f"sqlite:///{tmp_path}/plans.db")
    make_store(settings.store)
    with sqlite3.connect(tmp_path / "plans.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    database.close()
    assert len(failed(look_at_store, settings)) == 1


def test_a_file_that_is_no_store_fails(tmp_path):
    """It is not written over."""
    (tmp_path / "plans.db").write_text("a letter" * 1_000)
    assert len(failed(look_at_store, Settings(store=f"sqlite:///{tmp_path}/plans.db"))) == 1


@pytest.mark.parametrize(("free", "level"), [(1 << 20, Level.FAIL), (1 << 30, Level.WARN), (1 << 40, Level.OK)])
def test_free_space_is_held_against_what_may_be_kept(tmp_path, monkeypatch, free, level):
    """A store may grow to keep_plans_bytes."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    amount = {1 << 20: " 1 MiB", 1 << 30: " 1.0 GiB", 1 << 40: " 1,024.0 GiB"}[free]
    found = [each for each in look_at_store(Settings(store=f"sqlite:///{tmp_path}/plans.db")) if amount in each.says]
    assert [each.level for each in found] == [level]


def test_a_store_of_postgresql_is_looked_at(postgresql):
    """Reached, before and after its tables are made."""
    settings = Settings(store=postgresql.make_database("examined"))
    assert failed(look_at_store, settings) == []
    make_store(settings.store)
    assert failed(look_at_store, settings) == []
    postgresql.psql("ALTER DATABASE examined SET default_transaction_read_only = on")
    assert len(failed(look_at_store, settings)) == 1


def test_a_user_without_rights_is_seen(postgresql):
    """Who may connect may not write for that."""
    url = postgresql.make_database("theirs")
    make_store(url)
    postgresql.psql("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", "theirs")
    assert len(failed(look_at_store, Settings(store=url.replace("boxwright@", "reader@")))) == 1


def test_a_database_that_does_not_answer_fails_without_its_password():
    """The error is read by more people than may know it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (fault,) = failed(look_at_store, Settings(store=f"postgresql://a:hunter2@127.0.0.1:{port}/plans"))
    assert "hunter2" not in fault


def test_an_extra_that_lacks_is_named(monkeypatch):
    """The server would not start."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    (fault,) = failed(look_at_store, Settings(store="postgresql://nobody@localhost/plans"))
    assert "postgres" in fault


def loaded(settings):
    """Return what is in use."""
    return next(each for each in look_at_catalogs(settings) if isinstance(each, InUse))


def test_faults_of_catalogs_are_those_of_the_start(tmp_path):
    """Each by file, row and field; a file that is not there too, and a default that there is not."""
    mine = tmp_path / "mine.csv"
    mine.write_text("box_type_id,inner_length_mm,inner_width_mm,inner_height_mm,tare_g\nb,0,200,100,80\n")
    (fault,) = failed(look_at_catalogs, Settings(catalogs=(str(mine),)))
    assert fault.startswith("mine.csv: row 2, inner_length_mm: ")
    (fault,) = failed(look_at_catalogs, Settings(default_catalog="nothing"))
    assert fault.startswith("default_catalog: ")
    (fault,) = failed(look_at_catalogs, Settings(catalogs=(str(tmp_path / "gone.csv"),)))
    assert "gone.csv" in fault
    for folder in (tmp_path, tmp_path / "gone"):
        (fault,) = failed(look_at_catalogs, Settings(materials=str(folder)))
        assert fault.startswith("materials: ")
    assert warned(look_at_catalogs, Settings(default_catalog="eu-stock")) == []


def test_materials_without_factors_are_named():
    """By profile, of the catalogs in use."""
    used = loaded(Settings(default_catalog="eu-stock", default_profile="fr-ademe"))
    (lacking,) = warned(look_at_factors, used)
    assert all(each in lacking for each in ("fr-ademe@2024", "honeycomb-paper", "eu-stock"))
    assert warned(look_at_factors, loaded(Settings(default_catalog="eu-stock"))) == []


def sites_of(tmp_path, *rows, **given):
    """Return settings with sites of (id, other fields)."""
    file = tmp_path / "sites.toml"
    file.write_text("".join(f'[[sites]]\nsite_id = "{name}"\n{fields}\n' for name, fields in rows))
    return Settings(sites=str(file), **given)


def test_a_profile_is_held_against_the_catalogs_of_sites_that_use_it(tmp_path):
    """Another site's catalog is none of its own; the default counts where a site has none."""
    lyon = ("lyon", 'catalog_id = "eu-stock"\naccounting_profiles = ["uk-desnz"]')
    settings = sites_of(tmp_path, lyon, ("yiwu", 'catalog_id = "china-post"'), default_profile="fr-ademe")
    lines = said(look_at_factors, loaded(settings))
    assert [("china-post" in each, "eu-stock" in each) for each in lines] == [(True, False), (False, True)]
    assert ["fr-ademe@2024" in lines[0], "uk-desnz@2025" in lines[1]] == [True, True]


def test_requests_without_a_catalog_are_warned_of_where_a_site_has_none(tmp_path):
    """Where each site has one, whoever names a site needs no default."""
    named = ("lyon", 'catalog_id = "eu-stock"')
    assert warned(look_at_catalogs, sites_of(tmp_path, named)) == []
    (warning,) = warned(look_at_catalogs, sites_of(tmp_path, named, ("bare", "")))
    assert " bare" in warning
    assert warned(look_at_catalogs, sites_of(tmp_path, ("bare", ""), default_catalog="eu-stock")) == []
    assert len(warned(look_at_catalogs, Settings())) == 1


def test_old_factors_and_ended_tariffs_are_named():
    """Years of factors are said; four years after the newest of them somebody is to look for newer ones."""
    used = loaded(Settings(sites=str(Path(__file__).parents[2] / "examples" / "sites.toml")))
    lines = said(look_at_age, used, TODAY, level=Level.OK)
    assert any("uk-desnz@2025" in each and "2019" in each for each in lines)
    assert any("ups/us-daily" in each for each in lines)
    assert len(warned(look_at_age, used, TODAY.replace(year=2029))) == 3
    (fault,) = failed(look_at_age, used, TODAY.replace(year=1999))
    assert "ups/us-daily" in fault


def test_kernels_of_the_package_that_do_not_fit_are_a_warning(monkeypatch):
    """They are compiled instead; what runs them is tried in a process of its own, which may die of it."""
    monkeypatch.setattr(kernels.machine_code, "shipped", lambda: ({}, "the code was made with other numba"))
    monkeypatch.setattr(kernels, "_RUN", "pass  # {path}")
    (warning,) = warned(look_at_kernels)
    assert "other numba" in warning
    monkeypatch.setattr(kernels, "_RUN", "raise SystemExit('no such instruction')  # {path}")
    (fault,) = failed(look_at_kernels)
    assert "no such instruction" in fault
    monkeypatch.setattr(kernels, "_RUN", "import os; os.kill(os.getpid(), 4)  # {path}")
    (fault,) = failed(look_at_kernels)
    assert "-4" in fault
    monkeypatch.setattr(kernels, "_RUN", "import time; time.sleep(60)  # {path}")
    monkeypatch.setattr(kernels, "LONGEST_S", 0.01)
    (fault,) = failed(look_at_kernels)
    assert "0.01 s" in fault


def test_a_clock_before_the_install_fails(monkeypatch):
    """A board without a battery begins in 1970, and no certificate is valid then."""
    monkeypatch.setattr(clock.time, "time", lambda: 86_400.0)
    (fault,) = failed(look_at_clock)
    assert "1970-01-02 00:00:00" in fault


def test_a_clock_that_nobody_keeps_is_a_warning(monkeypatch):
    """The system says so itself, where it does."""
    monkeypatch.setattr(clock, "is_synchronised", lambda: False)
    assert len(warned(look_at_clock)) == 1
    monkeypatch.setattr(clock, "is_synchronised", lambda: None)
    assert warned(look_at_clock) == []


def test_the_command_says_all_and_leaves_with_1_where_something_fails(tmp_path, monkeypatch):
    """Faults of settings are lines too; what does not depend on them is looked at all the same. No secret is said."""
    monkeypatch.setattr(kernels, "_RUN", "pass  # {path}")
    monkeypatch.setenv("BOXWRIGHT_LINK_KEY", "hunter2hunter2hunter2")
    doors = [word for name in NOWHERE for word in (f"--{name.replace('_', '-')}", "127.0.0.1:0")]
    good = CliRunner().invoke(main, ["doctor", *doors, "--default-catalog", "eu-stock"])
    assert good.exit_code == 0, good.output
    assert {line.split()[1] for line in good.stdout.splitlines()} == {
        *("settings", "ports", "certificates", "tokens", "store", "catalogs", "factors", "age"),
        *("limits", "kernels", "clock"),
    }
    assert "hunter2" not in good.output
    (tmp_path / "hall.toml").write_text("grace_s = -1\nwrkers = 2\n")
    bad = CliRunner().invoke(main, ["doctor", "--json", "--config", str(tmp_path / "hall.toml")])
    assert bad.exit_code == 1
    found = json.loads(bad.stdout)
    unknown, low = [each["says"] for each in found if each["level"] == "fail"]
    assert all(part in unknown for part in ("hall.toml, line 2: wrkers: ", "workers"))
    assert all(part in low for part in ("hall.toml, line 1: grace_s: ", "3,600", "-1.0"))
    assert {each["check"] for each in found} == {"settings", "limits", "kernels", "clock"}
    assert set(found[0]) == {"check", "level", "says", "mend"}
