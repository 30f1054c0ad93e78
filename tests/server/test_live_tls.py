"""TLS and mutual TLS at all ports of a live server, and renewal of its certificate."""

import http.client
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.request

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from boxwright_client import Client, UnavailableError

from .authority import Authority
from .here import server_here
from .live_calls import wait_until

LIST = "/boxwright.v1.CatalogService/ListCatalogs"


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    """Authorities of the server, of callers, and an untrusted one."""
    folder = tmp_path_factory.mktemp("authorities")
    return [Authority(folder, name) for name in ("servers", "callers", "strangers")]


@pytest.fixture(scope="module")
def served(authorities, tmp_path_factory):
    """A server with mutual TLS, its certificate, and a caller's certificate."""
    servers, callers, _ = authorities
    pair, caller = servers.sign("shown"), callers.sign("caller", "hall-2", "extendedKeyUsage=clientAuth")
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/plans.db"
    given = {"tls_certificate": pair.certificate, "tls_key": pair.key, "client_ca": callers.certificate}
    with server_here(store=store, **given) as server:
        yield server, pair, caller


def channel(server, authority, caller=None):
    """Return a new channel of a caller with or without a certificate."""
    pair = (None, None) if caller is None else (caller.key.read_bytes(), caller.certificate.read_bytes())
    credentials = grpc.ssl_channel_credentials(authority.certificate.read_bytes(), *pair)
    return grpc.secure_channel(server.address, credentials, [("grpc.use_local_subchannel_pool", 1)])


def over_grpc(server, authority, caller=None):
    """Return the code of a call over gRPC."""
    with channel(server, authority, caller) as opened:
        try:
            opened.unary_unary(LIST)(b"", timeout=20)
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def over_http(address, authority, caller=None, path=LIST, body=b"{}"):
    """Return the status of a request, or the type of the TLS error."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if caller is not None:
        context.load_cert_chain(caller.certificate, caller.key)
    connection = http.client.HTTPSConnection(address, context=context, timeout=20)
    try:
        connection.request("POST" if body else "GET", path, body or None, {"Content-Type": "application/json"})
        return connection.getresponse().status
    except OSError as error:
        return type(error)
    finally:
        connection.close()


def test_a_caller_with_a_certificate_of_the_authority_is_served(served, authorities):
    """All ports accept it, and the log has the name of the certificate."""
    server, _, caller = served
    servers = authorities[0]
    assert over_grpc(server, servers, caller) is grpc.StatusCode.OK
    assert over_http(server.http_address, servers, caller) == 200
    assert over_http(server.admin_address, servers, caller, "/metrics", b"") == 200
    wait_until(lambda: sum('"certificate:hall-2"' in line and "ListCatalogs" in line for line in list(server.log)) >= 2)


def test_the_client_shows_its_certificate_over_both_ports(served, authorities):
    """The Python client takes certificate files; a key without its certificate is refused."""
    server, _, caller = served
    files = {"ca": authorities[0].certificate, "certificate": caller.certificate, "key": caller.key}
    for target in (server.address, f"https://{server.http_address}"):
        with Client(target, **files) as client:
            assert list(client.list_catalogs())
        with Client(target, ca=files["ca"], attempts=1, timeout_s=20) as client, pytest.raises(UnavailableError):
            list(client.list_catalogs())
    with pytest.raises(ValueError, match="certificate"):
        Client(server.address, certificate=caller.certificate)


@pytest.mark.parametrize("whose", ["nobody", "strangers", "servers"])
def test_a_caller_without_a_certificate_of_the_authority_is_not_served(served, authorities, whose):
    """No certificate, an untrusted one, and a server's one are refused."""
    server, _, _ = served
    servers, _, strangers = authorities
    caller = {"nobody": None, "strangers": strangers.sign("stranger"), "servers": servers.sign("also")}[whose]
    assert over_grpc(server, servers, caller) is grpc.StatusCode.UNAVAILABLE
    assert isinstance(over_http(server.http_address, servers, caller), type)


def test_probes_need_no_certificate_and_metrics_do(served, authorities):
    """Health is open at the admin port; metrics need a certificate."""
    server, _, _ = served
    for page in ("/healthz", "/livez"):
        assert over_http(server.admin_address, authorities[0], None, page, b"") == 200
    assert over_http(server.admin_address, authorities[0], None, "/metrics", b"") == 401


def test_health_is_asked_of_an_encrypted_server(served):
    """The container's probe trusts exactly the configured certificate."""
    server, pair, caller = served
    for shown, code in ((pair.certificate, 0), (caller.certificate, 1)):
        run = subprocess.run(
            [sys.executable, "-m", "boxwright.server.health"],
            env={"BOXWRIGHT_TLS_CERTIFICATE": str(shown), "BOXWRIGHT_ADMIN_ADDRESS": server.admin_address},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == code, run.stdout + run.stderr


@pytest.mark.parametrize("version", ["TLSv1", "TLSv1_1"])
def test_old_versions_of_tls_are_not_spoken(served, authorities, version):
    """All ports refuse TLS 1.0 and 1.1."""
    server, _, caller = served
    context = ssl.create_default_context(cafile=str(authorities[0].certificate))
    context.load_cert_chain(caller.certificate, caller.key)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
    for address in (server.address, server.http_address, server.admin_address):
        host, port = address.split(":")
        with (
            socket.create_connection((host, int(port)), timeout=20) as connection,
            pytest.raises((ssl.SSLError, ConnectionError)),
        ):
            context.wrap_socket(connection, server_hostname="localhost")


def test_a_renewed_certificate_is_shown_without_a_restart(authorities, tmp_path):
    """All ports show the new pair; half of a pair changes nothing."""
    servers, _, strangers = authorities
    first = servers.sign("first")
    pair = tmp_path / "tls.pem", tmp_path / "tls.key"
    shutil.copy(first.certificate, pair[0])
    shutil.copy(first.key, pair[1])
    given = {"tls_certificate": pair[0], "tls_key": pair[1]}
    with server_here(**given) as server:
        addresses = (server.address, server.http_address, server.admin_address)
        with channel(server, servers) as opened:
            stub = health_pb2_grpc.HealthStub(opened)
            assert stub.Check(health_pb2.HealthCheckRequest(), timeout=20).status
            before = [shown(address) for address in addresses]
            assert len(set(before)) == 1
            pair[0].write_text("no certificate")
            wait_until_failing(server, 1)
            assert [shown(address) for address in addresses] == before
            second = strangers.sign("second")
            shutil.copy(second.key, pair[1])
            shutil.copy(second.certificate, pair[0])
            wait_until_failing(server, 0)
            after = [shown(address) for address in addresses]
            assert len(set(after)) == 1
            assert after != before
            # The connection that was open before goes on.
            assert stub.Check(health_pb2.HealthCheckRequest(), timeout=20).status
        assert over_grpc(server, strangers) is grpc.StatusCode.OK
        assert over_grpc(server, servers) is grpc.StatusCode.UNAVAILABLE
        assert over_http(server.http_address, strangers) == 200


def shown(address):
    """Return the certificate of a port."""
    host, port = address.split(":")
    return ssl.get_server_certificate((host, int(port)), timeout=20)


def wait_until_failing(server, value):
    """Wait until the metric says whether certificates fail to reload."""
    context = ssl._create_unverified_context()  # without verification, since the certificate changes

    def shows():
        with urllib.request.urlopen(f"https://{server.admin_address}/metrics", context=context) as answer:
            return f'boxwright_access_reload_failing{{what="certificates"}} {value}.0' in answer.read().decode()

    wait_until(shows)
