"""The shipped nginx configuration passes calls on, and stops floods and slow bodies."""

import contextlib
import json
import socket
import ssl
import subprocess
import time
import urllib.request
from collections import Counter
from pathlib import Path

import grpc
import pytest
from tests.interop.running_server import running_server

from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from server.authority import Authority
from server.live_calls import BOOK, pack_request_of, wait_until

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "deploy" / "nginx" / "boxwright.conf").read_text(encoding="utf-8")
PACK = "/boxwright.v1.PackingService/Pack"
PATIENCE_S = 30
RATE = "rate=100r/s"


def free_port():
    """Return a free port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Front:
    """A server behind nginx: its two ports, the certificate that callers trust, and the server's log."""

    def __init__(self, folder, server, authority, rate=RATE):
        pair = authority.sign("front")
        self.server, self.authority = server, authority.certificate
        self.http_port, self.grpc_port = free_port(), free_port()
        changed = {
            "/etc/boxwright/tls.pem": str(pair.certificate),
            "/etc/boxwright/tls.key": str(pair.key),
            "127.0.0.1:50051": server.address,
            "127.0.0.1:8080": server.http_address,
            "listen 443 ": f"listen 127.0.0.1:{self.http_port} ",
            "listen 8443 ": f"listen 127.0.0.1:{self.grpc_port} ",
            "client_body_timeout 10s": "client_body_timeout 1s",
            RATE: rate,
        }
        text = SHIPPED
        for old, new in changed.items():
            assert old in text
            text = text.replace(old, new)
        places = [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
        main = f"daemon off; pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off; {' '.join(places)}"
        self._file = folder / "nginx.conf"
        self._file.write_text(f"{main}\n{text}}}\n")

    @contextlib.contextmanager
    def running(self):
        """Run nginx."""
        with subprocess.Popen(
            ["nginx", "-e", "stderr", "-c", self._file], stderr=subprocess.PIPE, text=True
        ) as process:
            try:

                def listens():
                    for port in (self.http_port, self.grpc_port):
                        socket.create_connection(("127.0.0.1", port)).close()
                    return True

                wait_until(lambda: process.poll() is not None or listens())
                assert process.poll() is None, process.stderr.read()
                yield self
            finally:
                process.terminate()

    def connect(self):
        """Open a connection to the HTTP port from another address of this machine."""
        context = ssl.create_default_context(cafile=str(self.authority))
        plain = socket.create_connection(("127.0.0.1", self.http_port), PATIENCE_S, ("127.0.0.9", 0))
        return context.wrap_socket(plain, server_hostname="127.0.0.1")

    def channel(self):
        """Open a channel to the gRPC port."""
        credentials = grpc.ssl_channel_credentials(self.authority.read_bytes())
        return grpc.secure_channel(f"127.0.0.1:{self.grpc_port}", credentials)


@pytest.fixture(scope="module")
def server():
    """A server that trusts the caller addresses from nginx."""
    with running_server(default_catalog="china-post", trusted_proxies="127.0.0.1", workers=1) as found:
        yield found


@pytest.fixture(scope="module")
def front(nginx, openssl, server, tmp_path_factory):
    """The shipped nginx configuration, with a shorter timeout for slow bodies."""
    folder = tmp_path_factory.mktemp("nginx")
    with Front(folder, server, Authority(folder)).running() as found:
        yield found


def test_calls_go_through(front):
    """Calls over gRPC and HTTP pass, and the server logs the caller's own address."""
    request = pack_request_of({"order": {"order_id": "through-grpc", "lines": [BOOK]}})
    with front.channel() as channel:
        assert PackingServiceStub(channel).Pack(request, timeout=PATIENCE_S).plan.parcels
        sent = iter([messages.StreamPackRequest(correlation_id="a", pack={"request": request})])
        (answer,) = PackingServiceStub(channel).StreamPack(sent, timeout=PATIENCE_S)
        assert answer.correlation_id == "a"
    body = json.dumps({"order": {"order_id": "through-http", "lines": [BOOK]}}).encode()
    head = f"POST {PACK} HTTP/1.1\r\nHost: packing.example\r\nContent-Type: application/json\r\nConnection: close\r\n"
    with front.connect() as connection:
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert connection.recv(20).startswith(b"HTTP/1.1 200")
    assert any('"through-http"' in line and "ipv4:127.0.0.9" in line for line in front.server.log)


def test_a_slow_body_ends_at_nginx(front):
    """Nginx ends slow bodies: over HTTP the server gets no call, over gRPC the call ends."""
    with front.connect() as connection:
        head = f"POST {PACK} HTTP/1.1\r\nHost: packing.example\r\nContent-Type: application/json\r\n"
        connection.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        with contextlib.suppress(ConnectionError):
            assert not connection.recv(20).startswith(b"HTTP/1.1 200")

    def never():
        time.sleep(PATIENCE_S)
        yield b""

    begun_s = time.monotonic()
    with front.channel() as channel, pytest.raises(grpc.RpcError) as ended:
        channel.stream_unary(PACK)(never(), timeout=PATIENCE_S)
    assert ended.value.code() is not grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - begun_s < PATIENCE_S / 2


def test_a_flood_ends_at_nginx(nginx, openssl, server, tmp_path):
    """Calls above the rate are refused, and gRPC callers are told to retry."""
    with Front(tmp_path, server, Authority(tmp_path), "rate=1r/s").running() as front:
        context = ssl.create_default_context(cafile=str(front.authority))
        asked = f"https://127.0.0.1:{front.http_port}/"
        codes = Counter()
        for _ in range(230):
            try:
                with urllib.request.urlopen(asked, timeout=PATIENCE_S, context=context) as answer:
                    codes[answer.status] += 1
            except urllib.error.HTTPError as error:
                codes[error.code] += 1
                error.close()
        assert codes[429] >= 20
        with front.channel() as channel, pytest.raises(grpc.RpcError) as refused:
            PackingServiceStub(channel).Pack(pack_request_of({}), timeout=PATIENCE_S)
        assert refused.value.code() is grpc.StatusCode.UNAVAILABLE
