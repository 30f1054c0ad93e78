"""Certificates, keys and authorities: a fault names its setting, and the earlier files stay in use."""

import ssl
import time

import pytest

from boxwright.errors import InvalidInputError
from boxwright.server.access.certificates import Certificates
from boxwright.server.settings import Settings

from .authority import Authority, run
from .live_calls import wait_until
from .wire import broken


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority with certificates of a server and of another one."""
    made = Authority(tmp_path_factory.mktemp("certificates"))
    made.sign("server")
    made.sign("other")
    return made


@pytest.fixture(scope="module")
def locked(authority):
    """A key with a passphrase."""
    folder = authority.folder
    run("pkey", "-in", folder / "server.key", "-aes256", "-passout", "pass:secret", "-out", folder / "locked.key")


def named(certificate, key, client_ca=""):
    """Return settings with these files."""
    return Settings(tls_certificate=str(certificate), tls_key=str(key), client_ca=str(client_ca))


def faults(folder, certificate="server.pem", key="server.key", client_ca=""):
    """Return the broken rules by setting."""
    return broken(Certificates, named(folder / certificate, folder / key, client_ca and folder / client_ca))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"certificate": "missing.pem"}, "tls_certificate"),
        ({"certificate": "."}, "tls_certificate"),
        ({"key": "missing.key"}, "tls_key"),
        ({"key": "other.key"}, "tls_key"),
        ({"key": "server.pem"}, "tls_key"),
        ({"key": "locked.key"}, "tls_key"),
        ({"certificate": "words"}, "tls_certificate"),
        ({"certificate": "server.key"}, "tls_certificate"),
        ({"client_ca": "words"}, "client_ca"),
        ({"client_ca": "server.pem"}, "client_ca"),
        ({"client_ca": "missing"}, "client_ca"),
    ],
)
def test_a_file_that_does_not_fit_is_named_by_its_setting(authority, locked, given, field):
    """The error names only the faulty file, and OpenSSL asks for no passphrase."""
    folder = authority.folder
    (folder / "words").write_text("no certificate\n")
    assert list(faults(folder, **given)) == [field]


def test_a_certificate_that_is_over_is_refused(authority):
    """An expired certificate is refused when it is read."""
    wait_for_the_end(authority.sign("old", days=0))
    assert list(faults(authority.folder, "old.pem", "old.key")) == ["tls_certificate"]


def test_an_authority_of_callers_that_is_over_is_refused(authority):
    """A file whose authorities have all expired is refused; one valid authority is enough."""
    old = authority.sign("former", extension="basicConstraints=critical,CA:TRUE", days=0)
    wait_for_the_end(old)
    found = faults(authority.folder, client_ca="former.pem")
    assert "former" in found["client_ca"]
    both = authority.folder / "both.pem"
    both.write_bytes(old.certificate.read_bytes() + authority.certificate.read_bytes())
    ends = Certificates(named(*(authority.folder / name for name in ("server.pem", "server.key")), both)).ends()
    assert ends["client_ca",] > ends["tls_certificate",] > time.time()


def wait_for_the_end(pair):
    """Wait until a certificate expired more than a second ago."""
    text = ssl._ssl._test_decode_cert(str(pair.certificate))["notAfter"]
    wait_until(lambda: ssl.cert_time_to_seconds(text) < time.time() - 1)


def test_all_files_that_are_at_fault_are_named_at_once(authority):
    """Three faulty files give three findings."""
    found = faults(authority.folder, "a", "b", "c")
    assert list(found) == ["tls_certificate", "tls_key", "client_ca"]


def test_a_certificate_that_does_not_fit_leaves_the_one_before(authority, tmp_path):
    """A new pair replaces the earlier one; half of a pair does not."""
    served = Authority(tmp_path).sign("served")
    certificates = Certificates(named(served.certificate, served.key))
    before, shown = certificates.context(ssl.CERT_REQUIRED), certificates.expires_s
    renewed = Authority(tmp_path, "second").sign("renewed", days=20)
    served.certificate.write_bytes(renewed.certificate.read_bytes())
    with pytest.raises(InvalidInputError, match="tls_key"):
        certificates.take(certificates.read())
    assert certificates.context(ssl.CERT_REQUIRED) is before
    served.key.write_bytes(renewed.key.read_bytes())
    certificates.take(certificates.read())
    assert certificates.context(ssl.CERT_REQUIRED) is not before
    assert certificates.expires_s == pytest.approx(shown + 10 * 86_400, abs=60)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"tls_certificate": "a"}, "tls_key"),
        ({"tls_key": "a"}, "tls_certificate"),
        ({"client_ca": "a"}, "tls_certificate"),
        ({"persist_plans": True}, "persist_plans"),
        ({"address": "0.0.0.0:1"}, "address"),
        ({"admin_address": "[::]:1"}, "admin_address"),
    ],
)
def test_settings_that_do_not_go_together_are_named(given, field):
    """TLS needs all its files, and public addresses need authenticated callers."""
    assert list(broken(Settings, **given)) == [field]


@pytest.mark.parametrize(
    "given",
    [
        {"allow_unauthenticated": True},
        {"tokens_file": "tokens.json"},
        {"tls_certificate": "a", "tls_key": "b", "client_ca": "c"},
    ],
)
def test_an_address_that_others_reach_needs_known_callers_or_leave(given):
    """Tokens, client certificates or allow_unauthenticated are each enough."""
    everywhere = {"address": "0.0.0.0:1", "http_address": "0.0.0.0:2", "admin_address": "0.0.0.0:3"}
    assert Settings(**everywhere, **given).address == "0.0.0.0:1"
    with pytest.raises(InvalidInputError):
        Settings(**everywhere, **{**given, "client_ca": "", "tokens_file": "", "allow_unauthenticated": False})
