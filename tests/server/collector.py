"""A small OTLP collector over gRPC or HTTP that keeps the spans that it receives."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as services

PATIENCE_S = 20


class Collector:
    """Received spans by name, with their attributes."""

    def __init__(self):
        self.endpoint = ""
        self.headers = []
        self.services = set()
        self._spans = []
        self._came = threading.Condition()

    def take(self, request, headers):
        """Keep an exported request."""
        with self._came:
            self.headers.append({name.lower(): value for name, value in headers})
            for group in request.resource_spans:
                said = {pair.key: pair.value.string_value for pair in group.resource.attributes}
                self.services.add((said["service.name"], said["service.version"]))
                self._spans += [span for scope in group.scope_spans for span in scope.spans]
            self._came.notify_all()

    def until(self, enough):
        """Return the spans received so far once they are enough, or after some time."""
        until_s = time.monotonic() + PATIENCE_S
        with self._came:
            while not enough(self._spans) and time.monotonic() < until_s:
                self._came.wait(0.2)
            return list(self._spans)

    def kept(self, trace_id):
        """Return the spans of a trace received so far."""
        return [span for span in self.until(lambda _: True) if span.trace_id.hex() == trace_id]

    def spans(self, trace_id, wanted):
        """Return the spans of a trace once it has a span of this name."""
        self.until(lambda spans: any(span.name == wanted and span.trace_id.hex() == trace_id for span in spans))
        return self.kept(trace_id)

    def every(self, name, count):
        """Return all spans of a name once there are this many."""
        found = self.until(lambda spans: sum(span.name == name for span in spans) >= count)
        return [span for span in found if span.name == name]


def said(span):
    """Return the attributes of a span as plain values."""
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in span.attributes}


@contextmanager
def over_grpc() -> Iterator[Collector]:
    """A collector that listens for gRPC."""
    collector = Collector()

    class Service(services.TraceServiceServicer):
        def Export(self, request, context):  # noqa: N802 - the contract names the method
            collector.take(request, context.invocation_metadata())
            return messages.ExportTraceServiceResponse()

    server = grpc.server(ThreadPoolExecutor(2))
    services.add_TraceServiceServicer_to_server(Service(), server)
    collector.endpoint = f"http://127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield collector
    server.stop(0).wait()


@contextmanager
def over_http() -> Iterator[Collector]:
    """A collector that listens for HTTP at the standard path only."""
    collector = Collector()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            content = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.path == "/v1/traces"
            if known:
                collector.take(messages.ExportTraceServiceRequest.FromString(content), self.headers.items())
            self.send_response(200 if known else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    collector.endpoint = f"http://127.0.0.1:{server.server_port}"
    yield collector
    server.shutdown()
    server.server_close()
    thread.join()
