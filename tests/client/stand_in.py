"""A server other than Boxwright, in this process, which fails as a test wants, over gRPC and over HTTP."""

import socket
import threading
from concurrent import futures
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from boxwright.server.http.call import HTTP_CODES, connect_code, refusal
from boxwright.v1 import packing_service_pb2
from boxwright.v1.packing_service_pb2_grpc import PackingServiceServicer, add_PackingServiceServicer_to_server


class StandIn(PackingServiceServicer):
    """Fails its first calls with a code, then answers; remembers the deadlines and metadata of its calls."""

    def __init__(self):
        self.failures = 0
        self.code = grpc.StatusCode.UNAVAILABLE
        self.details = []
        self.remaining_s = []
        self.metadata = []
        self.paths = []
        self.connections = 0
        self.targets = {}
        self.raw = None
        self.left = threading.Event()

    def status(self):
        """Return the status of a failing call."""
        status = status_pb2.Status(code=self.code.value[0], message="not now")
        for detail in self.details:
            packed = any_pb2.Any()
            packed.Pack(detail)
            status.details.append(packed)
        return status

    def took(self, remaining_s, metadata):
        """Remember a call, and return whether it fails."""
        self.remaining_s.append(remaining_s)
        self.metadata.append(metadata)
        return len(self.remaining_s) <= self.failures

    def Pack(self, request, context):  # noqa: N802 - the contract's name
        """Fail or answer."""
        if self.took(context.time_remaining(), dict(context.invocation_metadata())):
            context.abort_with_status(rpc_status.to_status(self.status()))
        return packing_service_pb2.PackResponse()

    def BatchPack(self, request, context):  # noqa: N802 - the contract's name
        """Answer."""
        self.took(context.time_remaining(), {})
        return packing_service_pb2.BatchPackResponse()

    StreamPack = CheckPlan = RecordOutcome = GetPlan = ListPlans = Pack


def retry_info(after_s):
    """Return the detail with the time until the next attempt."""
    found = error_details_pb2.RetryInfo()
    found.retry_delay.FromMilliseconds(round(after_s * 1_000))
    return found


def reason(name):
    """Return the detail with a reason of the service."""
    return error_details_pb2.ErrorInfo(reason=name, domain="boxwright")


def _handler(behaviour):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self):
            behaviour.connections += 1
            super().setup()

        def log_message(self, *_):
            """Log nothing."""

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            behaviour.paths.append(self.path)
            remaining_s = int(self.headers["Connect-Timeout-Ms"]) / 1_000
            failed = behaviour.took(remaining_s, {key.lower(): value for key, value in self.headers.items()})
            if behaviour.raw is not None:
                behaviour.raw(self)
            elif failed:
                status = behaviour.status()
                self.answer(HTTP_CODES[connect_code(status)], "application/json", refusal(status).body)
            else:
                self.answer(200, "application/proto", b"")

        def answer(self, status, sort, body, **headers):
            self.send_response(status)
            self.send_header("Content-Type", sort)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def wait_for_the_end(self):
            """Wait until the caller closes the connection."""
            self.connection.settimeout(20)
            if not self.connection.recv(1):
                behaviour.left.set()

    return Handler


@contextmanager
def running(late_s=0.0):
    """Serve the stand-in; its ports refuse connections for as many seconds as it is late."""
    behaviour, grpc_server = StandIn(), grpc.server(futures.ThreadPoolExecutor(2))
    add_PackingServiceServicer_to_server(behaviour, grpc_server)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behaviour), bind_and_activate=False)
    http.server_bind()
    with socket.socket() as port:  # bound without an answer: no other process gets the port, and gRPC may share it
        port.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        port.bind(("127.0.0.1", 0))
        behaviour.targets = {
            "grpc": f"127.0.0.1:{port.getsockname()[1]}",
            "http": f"http://127.0.0.1:{http.server_port}",
        }

        def accept():
            assert grpc_server.add_insecure_port(behaviour.targets["grpc"])
            grpc_server.start()
            http.server_activate()
            threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()

        opening = threading.Timer(late_s, accept)
        opening.start()
        if not late_s:
            opening.join()
        try:
            yield behaviour
        finally:
            opening.join()
            grpc_server.stop(None).wait()
            http.shutdown()
            http.server_close()
