"""Tokens: their file, what each lets in, how often one may call, and what the command line does with them."""

import datetime as dt
import json
import os
import pwd
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import grpc_reflection.v1alpha.reflection_pb2 as reflection_pb2
import pytest
from click.testing import CliRunner
from grpc_health.v1 import health_pb2
from hypothesis import given
from hypothesis import strategies as st

from boxwright.cli import token_audit
from boxwright.cli.commands.tokens import SCOPES as OFFERED
from boxwright.cli.main import main
from boxwright.errors import InvalidInputError
from boxwright.server.access.denied import (
    CredentialMissingError,
    DeniedError,
    ScopeMissingError,
    SiteNotAllowedError,
    TokenNotValidError,
)
from boxwright.server.access.gate import Gate, check_site
from boxwright.server.access.principal import CALLING, Principal
from boxwright.server.access.rates import BURST_S, Rates
from boxwright.server.access.scopes import OF_ALL_SITES, REFLECTION, SCOPES, Scope
from boxwright.server.access.token_file import new_token, read_tokens, written
from boxwright.server.access.token_store import opened_book, record_of, tokens_of
from boxwright.server.access.tokens import FileTokens, StoredTokens, Tokens
from boxwright.server.access.watching import Watching
from boxwright.server.http.call import Call
from boxwright.server.lifecycle import SERVICE_DESCRIPTORS
from boxwright.server.metrics import Metrics
from boxwright.store import StoreUnreachableError

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


@pytest.fixture
def file(tmp_path):
    """Where tokens are kept."""
    return tmp_path / "tokens.json"


def cli(*arguments, code=0):
    """Return what the command line prints, apart from errors and hints."""
    ran = CliRunner().invoke(main, [str(each) for each in arguments])
    assert ran.exit_code == code, ran.output
    return ran.stdout if code == 0 else ran.stderr


def made(file, name="hall", *scopes, sites=(), **times):
    """Add a token to a file; return its text."""
    now = times.get("now", dt.datetime.now(dt.UTC))
    text, token = new_token(name, map(Scope, scopes or ("pack",)), sites, now, times.get("expires"))
    before = read_tokens(str(file)) if file.exists() else ()
    file.write_text(written([*before, token]))
    return text


def gate_of(file, metrics=None, **given):
    """Return a gate with the tokens of a file."""
    return Gate(metrics or Metrics(), Tokens(FileTokens(str(file))), **given)


def call_with(*authorization, certificate=""):
    """Return a call that sends something as authorization."""
    return Call("127.0.0.1", 1, authorization=authorization, certificate=certificate)


def refused(gate, *authorization, method="PackingService/Pack", certificate=""):
    """Return the kind and the reason of a refusal, or None."""
    try:
        gate.let_in(call_with(*authorization, certificate=certificate), method)
    except DeniedError as error:
        return type(error), error.why
    return None


def test_every_method_has_a_scope_and_no_other():
    """A new method is answered to nobody until somebody has said to whom."""
    methods = {f"{service.name}/{method.name}" for service in SERVICE_DESCRIPTORS for method in service.methods}
    services = (reflection_pb2.DESCRIPTOR.services_by_name.values(), health_pb2.DESCRIPTOR.services_by_name.values())
    (described,), (health,) = services
    assert set(SCOPES) == methods | {f"{described.name}/{each.name}" for each in described.methods}
    assert REFLECTION in SCOPES
    assert not [each for each in SCOPES if each.startswith(health.name)]
    assert set(SCOPES) >= OF_ALL_SITES


def test_the_command_line_offers_the_scopes_of_the_server():
    """It lists them by itself, so that its help loads no server."""
    assert tuple(Scope) == OFFERED


@pytest.mark.parametrize("method", sorted(SCOPES))
def test_a_token_lets_in_to_the_methods_of_its_scopes(file, method):
    """One with this scope alone may; one with all others may not."""
    may = made(file, "may", SCOPES[method])
    others = made(file, "others", *(each for each in Scope if each is not SCOPES[method]))
    gate = gate_of(file)
    assert refused(gate, f"Bearer {may}", method=method) is None
    assert refused(gate, f"bearer  {may} ", method=method) is None
    assert refused(gate, f"Bearer {others}", method=method) == (ScopeMissingError, "scope")


def test_a_method_without_a_scope_is_answered_to_nobody(file):
    """Not even to a token with all scopes."""
    text = made(file, "all", *Scope)
    assert refused(gate_of(file), f"Bearer {text}", method="PackingService/New") == (ScopeMissingError, "scope")


def test_wrong_tokens_let_nobody_in(file):
    """Half ones, long ones, one of another file, one whose id is another's, two at once, another scheme."""
    text = made(file)
    _, foreign = new_token("a", [Scope.PACK], (), NOW, None)
    other, _ = new_token("a", [Scope.PACK], (), NOW, None)
    prefix, number, secret = text.split("_", 2)
    unknown = (TokenNotValidError, "token_unknown")
    gate = gate_of(file)
    for wrong in (
        *(other, text[:-1], text + "a", text.upper(), f"{prefix}_{foreign.token_id}_{secret}", "bxw__", "a" * 100_000),
        *(f"{prefix}_{number}_{other.split('_', 2)[2]}", f"{prefix}_{number}_", "é", "\udc80", ""),
    ):
        assert refused(gate, f"Bearer {wrong}") == unknown, wrong[:50]
    missing = (CredentialMissingError, "no_token")
    assert refused(gate) == missing
    assert refused(gate, f"Basic {text}") == missing
    assert refused(gate, text) == missing
    assert refused(gate, f"Bearer {text}", f"Bearer {text}") == missing
    assert refused(gate, f"Bearer {text}") is None


@given(st.text(max_size=80))
def test_no_text_lets_in(text):
    """Whatever is sent is refused and breaks nothing."""
    assert refused(Gate(Metrics(), Tokens()), f"Bearer {text}") == (TokenNotValidError, "token_unknown")


def test_a_token_ends_at_its_time_and_where_it_is_revoked(file):
    """Also for a call that is under way."""
    day = dt.timedelta(days=1)
    now = dt.datetime.now(dt.UTC)
    over, lasts = made(file, "over", expires=now - day), made(file, "lasts", expires=now + day)
    metrics, kept = Metrics(), FileTokens(str(file))
    gate = Gate(metrics, Tokens(kept))
    assert refused(gate, f"Bearer {over}") == (TokenNotValidError, "token_expired")
    assert refused(gate, f"Bearer {lasts}") is None
    principal = CALLING.get()
    gate.still(principal)
    cli("tokens", "revoke", lasts.split("_")[1], "--tokens-file", file)
    gate.still(principal)
    assert kept.reload()
    assert not kept.reload()
    with pytest.raises(TokenNotValidError, match="the token is revoked: ask for a new one"):
        gate.still(principal)
    assert refused(gate, f"Bearer {lasts}") == (TokenNotValidError, "token_revoked")
    assert metrics.registry.get_sample_value("boxwright_denied_calls_total", {"why": "token_revoked"}) == 2


def test_metrics_name_the_callers_whose_last_token_ends(file, tmp_path):
    """By the token that is valid longest, wherever it is kept; one that never ends, or is over, is no news."""
    now = dt.datetime.now(dt.UTC)
    soon, later, before = (now + dt.timedelta(days=days) for days in (3, 90, -1))
    for name, expires in (("hall", soon), ("wms", soon), ("left", before), ("shop", soon), ("shop", None)):
        made(file, name, now=now, expires=expires)
    revoked = made(file, "wms", expires=later).split("_")[1]
    cli("tokens", "revoke", revoked, "--tokens-file", file)
    store = f"sqlite:///{tmp_path}/tokens.db"
    _, stored = new_token("hall", [Scope.PACK], [], before, later)
    with opened_book(store) as book:
        book.add(record_of(stored), 10)
        known = Tokens(FileTokens(str(file)), StoredTokens(book.all))
    metrics = Metrics()
    metrics.watch_tokens(known.ending)

    def shown(what):
        families = {each.name: each for each in metrics.registry.collect()}
        rows = families[f"boxwright_token_{what}_timestamp_seconds"].samples
        return {each.labels["principal"]: each.value for each in rows}

    assert shown("expiry") == pytest.approx({"token:hall": later.timestamp(), "token:wms": soon.timestamp()})
    assert shown("begin") == pytest.approx({"token:hall": before.timestamp(), "token:wms": now.timestamp()})


def test_with_certificates_and_tokens_both_are_needed(file):
    """The caller is then the holder of the token; with certificates alone it is the one in the certificate."""
    text = made(file)
    both = gate_of(file, certificates=True)
    assert refused(both, f"Bearer {text}") == (CredentialMissingError, "no_certificate")
    assert refused(both, certificate="hall-2") == (CredentialMissingError, "no_token")
    assert both.let_in(call_with(f"Bearer {text}", certificate="hall-2"), "PackingService/Pack").who == "token:hall"
    alone = Gate(Metrics(), certificates=True)
    assert alone.let_in(call_with(certificate="hall-2"), "PackingService/Pack").who == "certificate:hall-2"
    assert refused(alone) == (CredentialMissingError, "no_certificate")


def test_an_open_gate_lets_everybody_in():
    """And takes nobody for somebody."""
    gate = Gate(Metrics())
    CALLING.set(None)
    assert gate.let_in(call_with("Bearer x"), "PackingService/Pack") is None
    assert CALLING.get() is None
    gate.still(None)


def test_a_token_of_some_sites_is_for_these_alone(file):
    """It plans for them, and reaches neither plans nor catalogs of others."""
    text = made(file, "hall", "pack", "read", "catalogs", sites=["hall-2"])
    gate = gate_of(file)
    gate.let_in(call_with(f"Bearer {text}"), "PackingService/Pack")
    check_site("sites/hall-2")
    for other in ("sites/hall-3", "", "hall-22"):
        with pytest.raises(SiteNotAllowedError, match="must be one of the sites of the token: sites/hall-2"):
            check_site(other)
    for method in sorted(OF_ALL_SITES):
        assert refused(gate, f"Bearer {text}", method=method) == (SiteNotAllowedError, "site")
    assert refused(gate, f"Bearer {text}", method="CatalogService/ListCatalogs") is None
    CALLING.set(None)
    check_site("")
    CALLING.set(Principal("token:all", frozenset(Scope)))
    check_site("sites/hall-3")
    CALLING.set(None)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "tokens: must be a list of at most 10,000 tokens"),
        ("[" * 100_000, "tokens: must be a list"),
        ("[]", "tokens: must be a list"),
        ('{"tokens": {}}', "tokens: must be a list"),
        ('{"tokens": [1]}', r"tokens\[0\]: must have the keys created, expires, id"),
        ('{"tokens": [{"id": "a"}]}', r"tokens\[0\]: must have the keys created, expires, id"),
    ],
)
def test_a_file_that_is_none_of_tokens_is_refused(file, content, fault):
    """With what is wrong."""
    file.write_text(content)
    with pytest.raises(InvalidInputError, match=fault):
        read_tokens(str(file))


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("id", "A", "id: must match"),
        ("name", "a b", "name: must match"),
        ("name", "a\n", "name: must match"),
        ("sha256", "a", "sha256: must match"),
        ("scopes", ["all"], "scopes: must be of pack, read, catalogs, admin, got 'all'"),
        ("scopes", "pack", "scopes: must be a list of texts"),
        ("sites", [1], "sites: must be a list of texts"),
        ("created", None, "created: is required"),
        ("expires", "2026-11-26", "expires: must be a time with its zone"),
        ("revoked", 5, "revoked: must be a time with its zone"),
    ],
)
def test_each_fault_of_a_token_is_named(file, key, value, fault):
    """By row and field; none is left out, which would let somebody in or keep somebody out."""
    made(file)
    rows = json.loads(file.read_text())
    rows["tokens"][0][key] = value
    file.write_text(json.dumps(rows))
    with pytest.raises(InvalidInputError, match=rf"tokens.json: tokens\[0\]\.{fault}"):
        read_tokens(str(file))


def test_two_tokens_of_one_id_are_refused(file):
    """One would hide the other."""
    made(file)
    rows = json.loads(file.read_text())
    file.write_text(json.dumps({"tokens": rows["tokens"] * 2}))
    with pytest.raises(InvalidInputError, match="tokens: must hold each id once"):
        read_tokens(str(file))


def test_a_file_that_everybody_may_write_is_refused(file):
    """Whoever writes it lets anybody in."""
    made(file)
    file.chmod(0o666)
    with pytest.raises(InvalidInputError, match="tokens_file: must not be writable by everybody: chmod o-w"):
        FileTokens(str(file))
    file.unlink()
    with pytest.raises(InvalidInputError, match=r"tokens_file: cannot be read: No such file.*boxwright tokens create"):
        FileTokens(str(file))


def test_tokens_are_made_listed_and_revoked(file):
    """The file is its owner's alone and holds no token; a token is printed once."""
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--scope", "read", "--site", "sites/dallas",
               "--expires-days", 90, "--tokens-file", file).strip()  # fmt: skip
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    prefix, number, secret = text.split("_", 2)
    assert prefix == "bxw"
    assert len(secret) >= 43
    assert secret not in file.read_text()
    (token,) = read_tokens(str(file))
    assert (token.token_id, token.name, token.sites) == (number, "hall-2", {"dallas"})
    assert token.expires - token.created == dt.timedelta(days=90)
    assert Tokens(FileTokens(str(file))).found(text) == token
    listed = cli("tokens", "list", "--tokens-file", file)
    assert all(each in listed for each in (number, "hall-2", "pack, read", "dallas", "valid"))
    assert secret not in listed
    assert f"Token {number} of hall-2 is revoked." in cli("tokens", "revoke", number, "--tokens-file", file)
    assert "revoked" in cli("tokens", "list", "--tokens-file", file)
    at = read_tokens(str(file))[0].revoked
    cli("tokens", "revoke", number, "--tokens-file", file)
    assert read_tokens(str(file))[0].revoked == at


def test_wrong_arguments_are_named(file, monkeypatch):
    """Nothing is written then."""
    create = ("tokens", "create", "--scope", "pack", "--tokens-file", file)
    assert "NAME: must be 1 to 64 letters" in cli(*create, "hall\n2", code=2)
    assert "--site: must be the id of a site" in cli(*create, "a", "--site", "../a", code=2)
    assert "is not one of" in cli("tokens", "create", "a", "--scope", "all", "--tokens-file", file, code=2)
    assert not file.exists()
    cli(*create, "a")
    assert "ID: names no token of this file, got 'b'" in cli("tokens", "revoke", "b", "--tokens-file", file, code=2)
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE", raising=False)
    monkeypatch.delenv("BOXWRIGHT_STORE", raising=False)
    assert "--tokens-file: or --store is required" in cli("tokens", "list", code=2)
    assert "--store: must not stand together with --tokens-file" in cli(
        "tokens", "list", "--tokens-file", file, "--store", "sqlite:////a.db", code=2
    )
    assert "store: must be sqlite:////folder" in cli("tokens", "list", "--store", "plans.db", code=2)


def test_tokens_in_a_store_are_made_listed_and_revoked(file, tmp_path, monkeypatch):
    """Alike, as those of a file; the store is made where there is none, and holds hashes alone."""
    path = tmp_path / "plans.db"
    store = f"sqlite:///{path}"
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--scope", "read", "--site", "dallas",
               "--expires-days", 90, "--store", store).strip()  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    _, number, secret = text.split("_", 2)
    assert all(secret.encode() not in each.read_bytes() for each in tmp_path.iterdir())
    with opened_book(store) as book:
        (token,) = tokens_of(book.all())
        kept = StoredTokens(book.all)
        assert record_of(token) == book.all()[0]
    assert (token.token_id, token.name, token.sites, sorted(token.scopes)) == (
        number,
        "hall-2",
        {"dallas"},
        ["pack", "read"],
    )
    assert token.expires - token.created == dt.timedelta(days=90)
    assert Tokens(kept).found(text) == token
    listed = cli("tokens", "list", "--store", store)
    assert all(each in listed for each in (number, "hall-2", "pack, read", "dallas", "valid"))
    monkeypatch.setenv("BOXWRIGHT_STORE", store)
    monkeypatch.setenv("BOXWRIGHT_TOKENS_FILE", str(file))
    assert number not in cli("tokens", "create", "other", "--scope", "pack") + cli("tokens", "list")
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE")
    assert f"Token {number} of hall-2 is revoked." in cli("tokens", "revoke", number)
    assert "revoked" in cli("tokens", "list")
    cli("tokens", "revoke", number)
    assert "ID: names no token of this store, got 'b'" in cli("tokens", "revoke", "b", code=2)


def test_the_system_hears_who_made_or_revoked_a_token(file, tmp_path, monkeypatch):
    """The user of the process, whatever the environment says, with name and id of the token and never its secret."""
    monkeypatch.setattr(token_audit, "SYSTEM_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("LOGNAME", "somebody-else")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(tmp_path / "log"))
        log.settimeout(20)
        text = cli("tokens", "create", "hall-2", "--scope", "pack", "--tokens-file", file).strip()
        _, number, secret = text.split("_", 2)
        cli("tokens", "revoke", number, "--tokens-file", file)
        heard = [log.recv(4_096).decode() for _ in range(2)]
    assert all(each.startswith("<85>boxwright: {") and secret not in each for each in heard)
    made, revoked = (json.loads(each.partition(" ")[2]) for each in heard)
    who = f"user:{pwd.getpwuid(os.getuid()).pw_name}"
    for line, outcome in ((made, "created"), (revoked, "revoked")):
        assert (line["message"], line["what"], line["outcome"], line["who"]) == ("audit", "token", outcome, who)
        assert (line["credential"], line["token"], line["scopes"], line["kept_in"]) == (
            number,
            "hall-2",
            ["pack"],
            "file",
        )
        assert dt.datetime.fromisoformat(line["at"]).tzinfo is not None


@pytest.mark.parametrize("content", ["nothing", "a file", "a closed socket"])
def test_a_token_counts_where_the_system_has_no_log(file, tmp_path, monkeypatch, content):
    """In a container there is none."""
    path = tmp_path / "log"
    monkeypatch.setattr(token_audit, "SYSTEM_LOG", str(path))
    if content == "a file":
        path.touch()
    elif content == "a closed socket":
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(str(path))
    text = cli("tokens", "create", "hall-2", "--scope", "pack", "--tokens-file", file).strip()
    assert Tokens(FileTokens(str(file))).found(text).name == "hall-2"


def test_a_token_of_a_file_and_one_of_a_store_let_in_alike(file, tmp_path):
    """Each by its own; a fault of one source does not change the other."""
    store = f"sqlite:///{tmp_path}/plans.db"
    stored = cli("tokens", "create", "stored", "--scope", "pack", "--store", store).strip()
    text = made(file)
    with opened_book(store) as book:
        in_store = StoredTokens(book.all)
        gate = Gate(Metrics(), Tokens(FileTokens(str(file)), in_store))
        assert (refused(gate, f"Bearer {text}"), refused(gate, f"Bearer {stored}")) == (None, None)
        stamp = in_store.stamp()
        assert not in_store.reload()
        cli("tokens", "revoke", stored.split("_")[1], "--store", store)
        assert in_store.stamp() != stamp
        assert in_store.reload()
    assert refused(gate, f"Bearer {stored}") == (TokenNotValidError, "token_revoked")
    assert refused(gate, f"Bearer {text}") is None


def test_a_store_that_cannot_be_read_lets_in_whom_it_let_in_before():
    """And nobody at the start."""
    text, token = new_token("hall", [Scope.PACK], (), NOW, None)
    rows, broken = [record_of(token)], [True]

    def read():
        if broken[0]:
            raise StoreUnreachableError("the store cannot be reached: it is gone")
        return tuple(rows)

    kept = StoredTokens(read)
    gate = Gate(Metrics(), Tokens(kept))
    assert refused(gate, f"Bearer {text}") == (TokenNotValidError, "token_unknown")
    broken[0] = False
    assert kept.reload()
    assert refused(gate, f"Bearer {text}") is None
    broken[0] = True
    with pytest.raises(StoreUnreachableError):
        kept.reload()
    assert refused(gate, f"Bearer {text}") is None


def test_tokens_are_read_again_once_the_store_is_back(caplog):
    """It is said once that it is away, however often it is looked at; and the metric shows it until then."""
    _, token = new_token("hall", [Scope.PACK], (), NOW, None)
    away = [True]

    def read():
        if away[0]:
            raise StoreUnreachableError("the store cannot be reached: it is gone")
        return (record_of(token),)

    metrics, kept = Metrics(), StoredTokens(read)
    watching = Watching([("stored tokens", kept)], metrics)

    def failing():
        return metrics.registry.get_sample_value("boxwright_access_reload_failing", {"what": "stored tokens"})

    watching._look("stored tokens", kept, False)
    watching._look("stored tokens", kept, False)
    assert failing() == 1
    assert not kept.by_id
    away[0] = False
    watching._look("stored tokens", kept, False)
    watching._look("stored tokens", kept, False)
    assert failing() == 0
    assert kept.by_id == {token.token_id: token}
    said = [each.message for each in caplog.records if "not reloaded" in each.message]
    assert len(said) == 1
    away[0] = True
    watching._look("stored tokens", kept, False)
    assert failing() == 1
    away[0] = False
    watching._look("stored tokens", kept, False)  # with the same tokens
    assert failing() == 0


WRONG_ROWS = [
    ({"scopes": "pack everything"}, "scopes: must be of pack"),
    ({"scopes": 5}, "scopes: must be a list of texts"),
    ({"sites": None}, "sites: must be a list of texts"),
    ({"name": b"hall"}, "name: must match"),
    ({"create_us": 10**30}, "created: must be a time"),
    ({"expire_us": "soon"}, "expires: must be a time"),
    ({"revoke_us": float("nan")}, "revoked: must be a time"),
]
"""What a row may hold that others have written, and what is wrong with it."""


def watched_store(rows):
    """Return stored tokens, their watcher, one look of it, and whether the metric shows a fault."""
    metrics, kept = Metrics(), StoredTokens(lambda: tuple(rows))
    watching = Watching([("stored tokens", kept)], metrics)

    def look():
        watching._look("stored tokens", kept, False)

    def failing():
        return metrics.registry.get_sample_value("boxwright_access_reload_failing", {"what": "stored tokens"})

    return kept, look, failing


@pytest.mark.parametrize(("given", "fault"), WRONG_ROWS)
@pytest.mark.parametrize("at_the_start", [True, False])
def test_a_row_at_fault_lets_nobody_in_and_keeps_no_other_out(caplog, given, fault, at_the_start):
    """It is named by its id; tokens beside it are made and revoked as ever."""
    text, token = new_token("hall", [Scope.PACK], (), NOW, None)
    wrong = replace(record_of(token), token_id="b" * 10, **given)
    rows = [wrong] if at_the_start else []
    kept, look, failing = watched_store(rows)
    gate = Gate(Metrics(), Tokens(kept))
    assert failing() == at_the_start
    rows[:] = [wrong, record_of(token)]
    look()
    assert failing() == 1
    assert refused(gate, f"Bearer {text}") is None
    assert set(kept.by_id) == {token.token_id}
    (said,) = {str(each.facts["faults"]) for each in caplog.records if "at fault" in each.message}
    assert f"tokens[{'b' * 10}].{fault}" in said
    rows[1] = replace(rows[1], revoke_us=1)
    look()
    assert refused(gate, f"Bearer {text}") == (TokenNotValidError, "token_revoked")
    del rows[0]
    look()
    assert failing() == 0


def test_a_revocation_in_a_busy_store_takes_hold_at_the_next_look():
    """Rows are read as they are at one time: nothing is gained by another look."""
    text, token = new_token("hall", [Scope.PACK], (), NOW, None)
    rows = [record_of(token)]
    kept, look, _ = watched_store(rows)
    gate = Gate(Metrics(), Tokens(kept))
    rows[0] = replace(rows[0], revoke_us=1)
    look()
    assert refused(gate, f"Bearer {text}") == (TokenNotValidError, "token_revoked")


class Written:
    """What changes as it is told to, and can be read or not."""

    is_seen_whole = False
    faults = ()

    def __init__(self):
        self.state = 0
        self.read = []
        self.error = None

    def stamp(self):
        """Return what it looks like."""
        return self.state

    def reload(self):
        """Read it."""
        if self.error is not None:
            raise self.error
        self.read.append(self.state)
        return True


def test_a_file_that_looks_different_each_time_is_read_at_the_third_look():
    """Else it would never be, for as long as somebody writes it once a second."""
    written = Written()
    watching = Watching([("tokens", written)], Metrics())
    for each in range(1, 8):
        written.state = each
        watching._look("tokens", written, False)
    assert written.read == [3, 6]
    watching._look("tokens", written, False)
    watching._look("tokens", written, False)
    assert written.read == [3, 6, 7]


@pytest.mark.parametrize("error", [StoreUnreachableError("the store is gone"), RuntimeError("nobody foresaw it")])
def test_what_could_not_be_read_is_read_at_the_next_look(caplog, error):
    """Whatever kept it from being read; it is said once."""
    written = Written()
    watching = Watching([("tokens", written)], Metrics())
    written.state, written.error = 1, error
    for _ in range(4):
        watching._look("tokens", written, False)
    assert not written.read
    written.error = None
    watching._look("tokens", written, False)
    watching._look("tokens", written, False)
    assert written.read == [1]
    assert len([each for each in caplog.records if "not reloaded" in each.message]) == 1


def test_a_file_at_fault_is_not_read_over_and_over():
    """It is read again once it has changed."""
    written = Written()
    watching = Watching([("tokens", written)], Metrics())
    written.state, written.error = 1, InvalidInputError([])
    for _ in range(3):
        watching._look("tokens", written, False)
    written.error = None
    watching._look("tokens", written, False)
    assert not written.read
    written.state = 2
    watching._look("tokens", written, False)
    watching._look("tokens", written, False)
    assert written.read == [2]


def test_no_password_of_a_store_is_an_option_of_tokens(tmp_path, monkeypatch):
    """Everybody on the machine sees it; the URL may stand in a file that a variable names."""
    wrong = cli("tokens", "list", "--store", "postgresql://u:hunter2@127.0.0.1:1/plans", code=2)
    assert "--store: must have no password" in wrong
    assert "hunter2" not in wrong
    store = f"sqlite:///{tmp_path / 'plans.db'}"
    (tmp_path / "url").write_text(f"{store}\n")
    monkeypatch.delenv("BOXWRIGHT_TOKENS_FILE", raising=False)
    monkeypatch.delenv("BOXWRIGHT_STORE", raising=False)
    monkeypatch.setenv("BOXWRIGHT_STORE_FILE", str(tmp_path / "url"))
    cli("tokens", "create", "hall-2", "--scope", "pack")
    assert "hall-2" in cli("tokens", "list", "--store", store)


def test_who_could_read_the_file_still_can_after_a_change(file):
    """A server that runs as another user, by its group; nobody else, whatever the file allowed."""
    owner = (12_345, 54_321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    cli("tokens", "create", "hall", "--scope", "pack", "--tokens-file", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for mode, kept in ((0o640, 0o640), (0o644, 0o640), (0o600, 0o600)):
        file.chmod(mode)
        os.chown(file, *owner)
        cli("tokens", "create", "wms", "--scope", "pack", "--tokens-file", file)
        assert (stat.S_IMODE(file.stat().st_mode), file.stat().st_uid, file.stat().st_gid) == (kept, *owner)


def test_commands_at_once_lose_no_token(file):
    """Each waits for the one before; the file is whole at any time."""
    if not hasattr(os, "fork"):
        pytest.skip("no locks of this kind")
    script = "from boxwright.cli import main; main()"

    def create(number):
        import subprocess
        import sys

        given = ("tokens", "create", f"hall-{number}", "--scope", "pack", "--tokens-file", str(file))
        subprocess.run([sys.executable, "-c", script, *given], check=True, capture_output=True)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(8)))
    assert {each.name for each in read_tokens(str(file))} == {f"hall-{number}" for number in range(8)}
    assert [each.name for each in file.parent.iterdir()] == ["tokens.json"]


def test_a_caller_has_calls_of_five_seconds_at_once_and_then_so_many_a_second():
    """Another caller has its own; whoever waits as long as it is asked to is let in."""
    rates = Rates(10.0)
    assert [rates.take("a", 0.0) for _ in range(int(10 * BURST_S))] == [0.0] * 50
    wait_s = rates.take("a", 0.0)
    assert wait_s == pytest.approx(0.1)
    assert rates.take("b", 0.0) == 0.0
    assert rates.take("a", wait_s + 1e-9) == 0.0
    assert rates.take("a", wait_s + 1e-9) > 0
    assert [rates.take("a", 1_000.0) for _ in range(51)][-1] > 0
    slow = Rates(0.01)
    assert slow.take("a", 0.0) == 0.0
    assert slow.take("a", 0.0) == pytest.approx(100)
    assert not any(Rates(0.0).take("a", 0.0) for _ in range(1_000))
