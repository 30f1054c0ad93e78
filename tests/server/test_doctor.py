"""The doctor: one line for each thing that is well, is to be looked at, or keeps a server from running."""

import datetime as dt
import json
import os
import runpy
import socket
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from boxwright.cli.main import main
from boxwright.server.access.scopes import Scope
from boxwright.server.access.token_file import new_token, written
from boxwright.server.access.token_store import opened_book, record_of
from boxwright.server.doctor import clock, kernels, stored
from boxwright.server.doctor.clock import look_at_clock
from boxwright.server.doctor.credentials import look_at_certificates, look_at_tokens
from boxwright.server.doctor.data import InUse, look_at_age, look_at_catalogs, look_at_factors
from boxwright.server.doctor.examination import examined
from boxwright.server.doctor.finding import Finding, Level
from boxwright.server.doctor.kernels import look_at_kernels
from boxwright.server.doctor.ports import look_at_ports
from boxwright.server.doctor.stored import look_at_store
from boxwright.server.settings import Settings
from boxwright.store.records import Durability, Keep
from boxwright.store.store import Store, Sweeper

from .authority import Authority

RUNNING = runpy.run_path(str(Path(__file__).parents[1] / "interop" / "running_server.py"))
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
        assert fault.startswith(f"http_address {address} is taken by process {os.getpid()} (")
    assert said(look_at_ports, Settings(**{**NOWHERE, "http_address": address}))[1] == f"http_address {address} is free"
    assert failed(look_at_ports, Settings(**{**NOWHERE, "http_address": address})) == []


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("192.0.2.1:50051", "address 192.0.2.1:50051 is no address of this machine"),
        ("no-such-host.invalid:1", "address no-such-host.invalid:1: the host has no address here"),
    ],
)
def test_an_address_of_another_machine_is_named(address, rule):
    """The server would not start."""
    assert failed(look_at_ports, Settings(**{**NOWHERE, "address": address}, allow_unauthenticated=True)) == [rule]


def test_the_ports_of_a_running_server_are_no_fault():
    """Who asks the doctor about a server that runs is not sent to end it."""
    with RUNNING["running_server"](workers="threads:1") as server:
        doors = {"address": server.address, "http_address": server.http_address, "admin_address": server.admin_address}
        lines = said(look_at_ports, Settings(**doors), level=Level.OK)
    assert len([line for line in lines if line.endswith("a Boxwright server with these addresses serves")]) == 3


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
    assert fits.startswith(f"{pair.certificate} fits its key and ends ")
    assert asked == f"callers need a certificate of {authority.certificate}"
    soon = authority.sign("soon", days=10)
    soon.key.chmod(0o600)
    (ends,) = warned(look_at_certificates, tls(soon))
    assert "fits its key and ends" in ends


def test_authorities_of_callers_are_judged_with_their_end(authority):
    """One that ends soon is to be looked at: callers of it see handshakes fail, and the server no call."""
    pair = authority.sign("beside", days=30)
    brief = Authority(authority.folder, "brief", days=1)
    (ends,) = warned(look_at_certificates, tls(pair, client_ca=str(brief.certificate)))
    assert ends.startswith(f"authority brief of {brief.certificate} ends ")


def test_a_key_of_another_certificate_fails(authority):
    """The fault is that of the server's start."""
    pair, other = authority.sign("one"), authority.sign("two")
    pair.key = other.key
    (fault,) = failed(look_at_certificates, tls(pair))
    assert fault.startswith("tls_key: is not the key of the certificate in tls_certificate")


def test_connections_that_are_not_encrypted_matter_away_from_this_machine():
    """At loopback nobody listens in."""
    assert warned(look_at_certificates, Settings()) == []
    open_to_all = Settings(admin_address="0.0.0.0:1", allow_unauthenticated=True)
    assert warned(look_at_certificates, open_to_all) == ["connections are not encrypted"]
    assert warned(look_at_tokens, Settings()) == []
    assert warned(look_at_tokens, open_to_all) == ["anybody who reaches the server may call (allow_unauthenticated)"]


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
    assert said(look_at_tokens, settings, level=Level.OK) == [f"4 of 5 in {settings.tokens_file} are valid"]
    (ending,) = warned(look_at_tokens, settings)
    assert " of wms ends " in ending
    assert warned(look_at_tokens, tokens_of(tmp_path, ("hall", Scope.PACK, None))) == [
        "none has the scope admin: nobody may read /metrics"
    ]


def test_sites_that_tokens_name_and_nobody_serves_are_warned_of(tmp_path):
    """With the names of their holders, and neither ids nor secrets of tokens; those that ended are passed over."""
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    given = [("eve", ["leeds", "york"]), ("hall", ["lyon"]), ("both", ["lyon", "leeds"]), ("any", [])]
    made = [new_token(name, [Scope.PACK], sites, now, None)[1] for name, sites in given]
    made.append(new_token("old", [Scope.PACK], ["leeds"], now, now - dt.timedelta(days=1))[1])
    (tmp_path / "tokens.json").write_text(written(made))
    (tmp_path / "sites.toml").write_text('[[sites]]\nsite_id = "lyon"\ncatalog_id = "eu-webshop"\n')
    files = {"tokens_file": str(tmp_path / "tokens.json")}
    with_sites = Settings(**NOWHERE, **files, sites=str(tmp_path / "sites.toml"))
    told = [each for each in examined(with_sites) if "not served" in each.says]
    assert [each.says for each in told] == [
        "tokens of both name sites that are not served: leeds",
        "tokens of eve name sites that are not served: leeds, york",
    ]
    assert {each.level for each in told} == {Level.WARN}
    without = Settings(**NOWHERE, **files, default_catalog="eu-webshop")
    assert "tokens of hall name sites that are not served: lyon" in warned(examined, without)


def test_tokens_of_the_store_are_looked_at_too(tmp_path):
    """With those of the file; a store that cannot be read is a failure, and none is made for the asking."""
    store = f"sqlite:///{tmp_path}/plans.db"
    settings = Settings(store=store, tokens_in_store=True)
    (fault,) = failed(look_at_tokens, settings)
    assert "those of the store are not read: there is no store at" in fault
    assert not (tmp_path / "plans.db").exists()
    _, token = new_token("prometheus", [Scope.ADMIN], [], dt.datetime.now(dt.UTC), None)
    with opened_book(store) as book:
        book.add(record_of(token), 10)
    assert said(look_at_tokens, settings, level=Level.OK) == ["1 of 1 in the store are valid"]
    file = tokens_of(tmp_path, ("hall", Scope.PACK, None)).tokens_file
    both = Settings(store=store, tokens_in_store=True, tokens_file=file)
    assert said(look_at_tokens, both, level=Level.OK) == [f"2 of 2 in {file} and the store are valid"]


def test_tokens_that_let_nobody_in_fail(tmp_path):
    """None is valid, or the file cannot be read."""
    (fault,) = failed(look_at_tokens, tokens_of(tmp_path, ("old", Scope.PACK, -1)))
    assert fault.endswith("are valid: nobody is let in")
    (tmp_path / "tokens.json").write_text("{}")
    (fault,) = failed(look_at_tokens, Settings(tokens_file=str(tmp_path / "tokens.json")))
    assert fault.startswith("tokens.json: tokens: must be a list")


class Ignoring:
    """Hears how the writing goes."""

    def migrated(self, before, now):
        """Hear of new tables."""

    def committed(self, entries, seconds):
        """Hear of a transaction."""

    def failed(self, error):
        """Hear of a failure."""

    def recovered(self):
        """Hear of its end."""


def make_store(url):
    """Make the tables of a store, as a server does."""
    store = Store(url, Durability.FULL, Sweeper(Keep(0, 0, 0)), Ignoring(), 5.0)
    store.close(5.0)


def test_a_store_of_sqlite_is_not_made_by_looking(tmp_path):
    """A file that is not there yet is well where its folder is; after the start its version is said."""
    settings = Settings(store=f"sqlite:///{tmp_path}/plans.db")
    assert said(look_at_store, settings)[0].endswith("its tables are made at the first start")
    assert list(tmp_path.iterdir()) == []
    make_store(settings.store)
    first, space = said(look_at_store, settings, level=Level.OK)
    assert "with tables of version 0" in first
    assert " free, the store takes " in space
    (fault,) = failed(look_at_store, Settings(store=f"sqlite:///{tmp_path}/nowhere/plans.db"))
    assert "make its folder" in fault
    (found,) = look_at_store(Settings(store=f"sqlite:///{tmp_path}/nowhere/plans.db"))
    assert (found.level, "database" in found.mend) == (Level.FAIL, False)  # there is no database to be looked at
    (tmp_path / "notes.txt").write_text("no store at all")
    (found,) = look_at_store(Settings(store=f"sqlite:///{tmp_path}/notes.txt"))
    assert found.mend == "look at the path, or restore a backup"


@pytest.mark.parametrize(
    ("revision", "level", "says"),
    [("0001", Level.WARN, "which the next start brings to"), ("9999", Level.FAIL, "has the tables of a later version")],
)
def test_the_version_of_a_store_is_judged(tmp_path, revision, level, says):
    """An old one is brought up to date by the next start, so it is backed up first; a later one cannot be used."""
    settings = Settings(store=f"sqlite:///{tmp_path}/plans.db")
    make_store(settings.store)
    with sqlite3.connect(tmp_path / "plans.db") as database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    database.close()
    (found,) = said(look_at_store, settings, level=level)
    assert says in found


def test_a_file_that_is_no_store_fails(tmp_path):
    """It is not written over."""
    (tmp_path / "plans.db").write_text("a letter" * 1_000)
    (fault,) = failed(look_at_store, Settings(store=f"sqlite:///{tmp_path}/plans.db"))
    assert "no store" in fault


def test_a_store_that_may_not_be_written_fails(tmp_path, monkeypatch):
    """Its folder as well, for the log. Root may write everywhere, so a stand-in answers for the system."""
    settings = Settings(store=f"sqlite:///{tmp_path}/plans.db")
    make_store(settings.store)
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != tmp_path)
    (fault,) = failed(look_at_store, settings)
    assert fault.endswith(f"cannot be written: this user may not write {tmp_path}")


@pytest.mark.parametrize(("free", "level"), [(1 << 20, Level.FAIL), (1 << 30, Level.WARN), (1 << 40, Level.OK)])
def test_free_space_is_held_against_what_may_be_kept(tmp_path, monkeypatch, free, level):
    """A store may grow to keep_plans_bytes."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    found = [each for each in look_at_store(Settings(store=f"sqlite:///{tmp_path}/plans.db")) if " free, " in each.says]
    assert [each.level for each in found] == [level]
    amount = {1 << 20: "1 MiB", 1 << 30: "1.0 GiB", 1 << 40: "1,024.0 GiB"}[free]
    assert found[0].says.startswith(f"the disk has {amount} free, the store takes 0 MiB")


def test_a_store_of_postgresql_is_looked_at_with_its_clock(postgresql):
    """Reached, before and after its tables are made; its clock is that of this machine."""
    settings = Settings(store=postgresql.make_database("examined"))
    assert said(look_at_store, settings)[0].endswith("its tables are made at the first start")
    make_store(settings.store)
    *findings, ahead_s = look_at_store(settings)
    assert {each.level for each in findings} == {Level.OK}
    assert abs(ahead_s) < clock.MOST_APART_S
    postgresql.psql("ALTER DATABASE examined SET default_transaction_read_only = on")
    (fault,) = failed(look_at_store, settings)
    assert fault.endswith("cannot be written: it takes no changes (a standby, or set to read only)")


def test_a_user_without_rights_is_seen(postgresql):
    """Who may connect may not write for that."""
    url = postgresql.make_database("theirs")
    make_store(url)
    postgresql.psql("CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", "theirs")
    (fault,) = failed(look_at_store, Settings(store=url.replace("boxwright@", "reader@")))
    assert fault.endswith("cannot be written: its user may not")


def test_a_database_that_does_not_answer_fails_without_its_password():
    """The error is read by more people than may know it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (fault,) = failed(look_at_store, Settings(store=f"postgresql://a:hunter2@127.0.0.1:{port}/plans"))
    assert "cannot be reached" in fault
    assert "hunter2" not in fault


def test_an_extra_that_lacks_is_named(monkeypatch):
    """The server would not start."""
    monkeypatch.setattr(stored, "NEEDED", ("no_such_package",))
    assert failed(look_at_store, Settings(store="sqlite:////x.db")) == ["its extra is not installed"]


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
    assert fault.startswith("default_catalog: must be one of")
    (fault,) = failed(look_at_catalogs, Settings(catalogs=(str(tmp_path / "gone.csv"),)))
    assert "gone.csv" in fault
    for folder in (tmp_path, tmp_path / "gone"):
        (fault,) = failed(look_at_catalogs, Settings(materials=str(folder)))
        assert fault.startswith("materials: must name a folder of data, which holds data.toml, got ")
    assert warned(look_at_catalogs, Settings(default_catalog="eu-stock")) == []


def test_materials_without_factors_are_named():
    """By profile, of the catalogs in use."""
    used = loaded(Settings(default_catalog="eu-stock", default_profile="fr-ademe"))
    (lacking,) = warned(look_at_factors, used)
    assert lacking.startswith("fr-ademe@2024 has none for making honeycomb-paper, ")
    assert "(eu-stock)" in lacking
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
    assert lines[0].startswith("fr-ademe@2024 has ")
    assert lines[1].startswith("uk-desnz@2025 has them for making all packaging of eu-stock")


def test_requests_without_a_catalog_are_warned_of_where_a_site_has_none(tmp_path):
    """Where each site has one, whoever names a site needs no default."""
    named = ("lyon", 'catalog_id = "eu-stock"')
    assert warned(look_at_catalogs, sites_of(tmp_path, named)) == []
    (warning,) = warned(look_at_catalogs, sites_of(tmp_path, named, ("bare", "")))
    assert warning == "requests without a catalog are refused at bare: there is no default"
    assert warned(look_at_catalogs, sites_of(tmp_path, ("bare", ""), default_catalog="eu-stock")) == []
    assert warned(look_at_catalogs, Settings()) == ["requests without a catalog are refused: there is no default"]


def test_old_factors_and_ended_tariffs_are_named():
    """Years of factors are said; four years after the newest of them somebody is to look for newer ones."""
    used = loaded(Settings(sites=str(Path(__file__).parents[2] / "examples" / "sites.toml")))
    lines = said(look_at_age, used, TODAY, level=Level.OK)
    assert "factors of uk-desnz@2025 are of 2019 to 2025, the middle one of 2025" in lines
    assert "rules of ups/us-daily hold today, and no end is stated" in lines
    assert len(warned(look_at_age, used, TODAY.replace(year=2029))) == 3
    (fault,) = failed(look_at_age, used, TODAY.replace(year=1999))
    assert "ups/us-daily" in fault


def test_kernels_of_the_package_that_do_not_fit_are_a_warning(monkeypatch):
    """They are compiled instead; what runs them is tried in a process of its own, which may die of it."""
    monkeypatch.setattr(kernels.machine_code, "shipped", lambda: ({}, "the code was made with other numba"))
    monkeypatch.setattr(kernels, "_RUN", "pass  # {path}")
    assert warned(look_at_kernels) == ["those of the package are not used: the code was made with other numba"]
    monkeypatch.setattr(kernels, "_RUN", "raise SystemExit('no such instruction')  # {path}")
    assert failed(look_at_kernels) == ["small orders are not planned: no such instruction"]
    monkeypatch.setattr(kernels, "_RUN", "import os; os.kill(os.getpid(), 4)  # {path}")
    assert failed(look_at_kernels) == ["small orders are not planned: ended with -4"]
    monkeypatch.setattr(kernels, "_RUN", "import time; time.sleep(60)  # {path}")
    monkeypatch.setattr(kernels, "LONGEST_S", 0.01)
    assert failed(look_at_kernels) == ["small orders are not planned within 0.01 s"]


@pytest.mark.parametrize(
    ("ahead_s", "level", "says"),
    [
        (0.1, Level.OK, "that of the store is 0.1 s ahead"),
        (-5.0, Level.WARN, "that of the store is 5.0 s behind"),
        (90.0, Level.FAIL, "that of the store is 90.0 s ahead"),
    ],
)
def test_the_clock_is_held_against_that_of_the_store(ahead_s, level, says):
    """Records of several servers are ordered by their clocks."""
    *_, found = look_at_clock(ahead_s)
    assert (found.level, found.says) == (level, says)


def test_a_clock_before_the_install_fails(monkeypatch):
    """A board without a battery begins in 1970, and no certificate is valid then."""
    monkeypatch.setattr(clock.time, "time", lambda: 86_400.0)
    (fault,) = failed(look_at_clock, None)
    assert fault == "it says 1970-01-02 00:00:00 UTC, which is before this software was installed"


def test_a_clock_that_nobody_keeps_is_a_warning(monkeypatch):
    """The system says so itself, where it does."""
    monkeypatch.setattr(clock, "is_synchronised", lambda: False)
    assert "no time service is known to keep it" in warned(look_at_clock, None)[0]
    monkeypatch.setattr(clock, "is_synchronised", lambda: None)
    assert warned(look_at_clock, None) == []


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
    assert [each["says"] for each in found if each["level"] == "fail"] == [
        "hall.toml, line 2: wrkers: is no setting; did you mean workers?",
        "hall.toml, line 1: grace_s: must be 0 to 3,600, got -1.0",
    ]
    assert {each["check"] for each in found} == {"settings", "limits", "kernels", "clock"}
    assert set(found[0]) == {"check", "level", "says", "mend"}
