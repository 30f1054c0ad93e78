"""The HTTP application: Connect's unary calls, GET for resources, pages of plans, and a page to try calls."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from google.api import annotations_pb2
from google.longrunning import operations_pb2
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.rpc import code_pb2, status_pb2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from boxwright.contract.json import from_json, to_json
from boxwright.errors import DeadlineError, printable
from boxwright.server.access.auth import method_name
from boxwright.server.access.links import LinkError, check_link
from boxwright.server.api.faults import is_ours, reason_of, status_of
from boxwright.server.audit import LOGGED_ID, audit, why_of
from boxwright.server.http.call import ANSWER_HEADERS, HEADERS, Call, CallRefusedError, connect_code, refusal
from boxwright.server.http.listen import call_of
from boxwright.server.logs import log
from boxwright.server.observer import LARGE_BYTES, Observer, as_sent
from boxwright.server.traced import TRACE_HEADERS
from boxwright.v1 import catalog_service_pb2, packing_service_pb2

JSON, PROTO = "application/json", "application/proto"

PLAN_PAGE = "page of a plan"
"""Name of a plan's page in audit lines."""

FILES = Path(__file__).parent / "files"
PAGES = {"/": "try.html", "/try.js": "try.js", "/openapi.json": "openapi.json"}

PAGE_HEADERS = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}
"""Headers of a plan's page, which loads nothing and must not be cached by proxies."""

SENT_BY_PAGES = (
    *("Authorization", "Content-Type", "Connect-Protocol-Version", "Connect-Timeout-Ms"),
    *TRACE_HEADERS,
)
"""Request headers that pages of allowed origins may send."""

_CODES = {404: code_pb2.UNIMPLEMENTED, 405: code_pb2.UNIMPLEMENTED, 413: code_pb2.RESOURCE_EXHAUSTED}
"""Code by HTTP status, for requests that match no call; the code of any other status is INVALID_ARGUMENT."""

Handler = Callable[[bytes, Any], Coroutine[Any, Any, bytes]]
PlanPage = Callable[[str, str, str], Coroutine[Any, Any, str]]
Made = TypeVar("Made")


def http_app(
    services: Sequence[tuple[ServiceDescriptor, Any]],
    observer: Observer,
    *,
    max_bytes: int,
    origins: Sequence[str] = (),
    hosts: Sequence[str] = (),
    plan_page: PlanPage | None = None,
    link_key: str = "",
) -> Starlette:
    """Return the application with the unary methods of services.

    Parameters
    ----------
    observer : Observer
        Reads, limits, times and logs calls.
    max_bytes : int
        Maximum length of a body.
    origins : sequence of str, optional
        Origins whose pages may call (CORS); ``*`` means all. Default: none.
    hosts : sequence of str, optional
        Host names that the server answers to; other names are refused. Default: any.
    plan_page : callable, optional
        Returns the page of a stored plan from its id, paper size and URL path. Default: no such pages.
    link_key : str, optional
        Key that signs links to pages. Default: links need no signature.
    """
    calls = _Calls(services, observer, max_bytes)
    routes = [Route(path, partial(_file, name), methods=["GET"]) for path, name in PAGES.items()]
    if plan_page is not None:
        routes.append(Route("/plans/{plan}", partial(calls.page, plan_page, link_key), methods=["GET"]))
    routes.append(Route("/v1/{path:path}", calls.get, methods=["GET"]))
    routes.append(Route("/{service}/{method}", calls.post, methods=["POST"]))
    middleware = [Middleware(GZipMiddleware, minimum_size=1_024, compresslevel=1)]
    if hosts:  # prevents DNS rebinding, by which a page of another site calls a name that resolves to this machine
        middleware.insert(0, Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False))
    if origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=SENT_BY_PAGES,
            expose_headers=["Retry-After", "WWW-Authenticate"],
            max_age=600,
        )
        middleware.insert(0, cors)
    app = Starlette(routes=routes, middleware=middleware, exception_handlers={HTTPException: calls.refuse})
    app.router.redirect_slashes = False  # redirects would use the Host header of the request
    return app


async def _file(name: str, _: Request) -> Response:
    return FileResponse(FILES / name, headers=HEADERS)


class _Calls:
    def __init__(self, services: Sequence[tuple[ServiceDescriptor, Any]], observer: Observer, max_bytes: int) -> None:
        self._observer = observer
        self._max_bytes = max_bytes
        self._handlers = {
            f"{service.full_name}/{method.name}": self._handlers_of(service, method, getattr(servicer, method.name))
            for service, servicer in services
            for method in service.methods
            if not (method.client_streaming or method.server_streaming)
        }

    def _handlers_of(
        self, service: ServiceDescriptor, method: MethodDescriptor, behaviour: Any
    ) -> Mapping[str, Handler]:
        name = f"{service.name}/{method.name}"
        asks, answers = map(message_factory.GetMessageClass, (method.input_type, method.output_type))

        async def in_json(request: Message, context: Any) -> bytes:
            answer = await behaviour(request, context)
            size = len(answer) if isinstance(answer, bytes) else answer.ByteSize()
            return to_json(answer, answers) if size < LARGE_BYTES else await asyncio.to_thread(to_json, answer, answers)

        return {
            JSON: self._observer.unary(name, in_json, asks, bytes, reader=partial(from_json, kind=asks)),
            PROTO: self._observer.unary(name, behaviour, asks, as_sent(answers.SerializeToString)),
        }

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Refuse, count and log a request that matches no call."""
        assert isinstance(error, HTTPException)
        asked_for = f"{request.method} {request.url.path}"
        self._observer.note_http_refusal(error.status_code, self._call(request).peer(), asked_for)
        rule = error.detail
        if error.status_code in (404, 405):
            rule = f"there is no {asked_for} here; the page / lists the available paths"
        status = status_pb2.Status(code=_CODES.get(error.status_code, code_pb2.INVALID_ARGUMENT), message=rule)
        return refusal(status, error.status_code, error.headers)

    async def post(self, request: Request) -> Response:
        """Answer a call of the contract."""
        path = f"{request.path_params['service']}/{request.path_params['method']}"
        handlers = self._handlers.get(path)
        if handlers is None:
            raise HTTPException(404)
        sort = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sort not in handlers:
            rule = f"the Content-Type must be {JSON} or {PROTO}, got {sort or 'none'}"
            raise HTTPException(415, rule, {"Accept-Post": f"{JSON}, {PROTO}"})
        call = self._call(request, _timeout_s(request))
        try:
            # Unauthorized callers are refused before their body is read.
            body = await self._body(request) if self._observer.access.would_authorize(call, method_name(path)) else b""
        except ClientDisconnect:
            return Response(status_code=499)
        return await self._answer(request, handlers[sort], body, sort, call)

    async def get(self, request: Request) -> Response:
        """Read a resource."""
        found = call_of_get(request.url.path, request.query_params.multi_items())
        if found is None:
            raise HTTPException(404)
        method, content = found
        return await self._answer(request, self._handlers[method][JSON], content, JSON, self._call(request))

    async def page(self, plan_page: PlanPage, link_key: str, request: Request) -> Response:
        """Return the page of a stored plan."""
        plan_id, query = request.path_params["plan"], request.query_params
        kept = {key: query[key] for key in ("expires", "signature") if key in query}
        address = f"/plans/{quote(plan_id, safe='')}" + (f"?{urlencode(kept)}" if kept else "")
        call, shown_id = self._call(request), printable(plan_id)[:LOGGED_ID]
        facts = {"peer": call.peer(), "plan": f"plans/{shown_id}"}
        reader: dict[str, object] = {}
        try:
            reader = self._page_reader(call, link_key, kept, plan_id)
            with self._observer.making_page(call):
                page = await _while_there(request, plan_page(plan_id, query.get("sheet", ""), address))
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as error:  # readers get a sentence; the log has the details
            if is_ours(error):
                log(logging.ERROR, "making the page of a plan failed", {"plan": plan_id[:80]}, exc_info=True)
            reader = why_of(error) or reader
            if reader or isinstance(error, LinkError):
                code = connect_code(status_of(error)).upper()
                audit(PLAN_PAGE, code, facts | reader | {"reason": reason_of(error)})
            return _page_refused(request, error, shown_id)
        if reader:
            audit(PLAN_PAGE, "OK", facts | reader)
        return HTMLResponse(page, headers=PAGE_HEADERS)

    def _page_reader(self, call: Call, link_key: str, kept: Mapping[str, str], plan_id: str) -> dict[str, object]:
        """Return the name of a plan's reader, empty if none is needed; raises LinkError or DeniedError."""
        if link_key and (kept or self._observer.access.is_open):
            check_link(link_key, plan_id, kept.get("expires", ""), kept.get("signature", ""))
            return {"who": "link"}
        principal = self._observer.access.authorize(call, "PackingService/GetPlan")
        return {} if principal is None else {"who": principal.who, "credential": principal.credential}

    def _call(self, request: Request, limit_s: float | None = None) -> Call:
        return call_of(request, limit_s, TRACE_HEADERS if self._observer.traces else ())

    async def _body(self, request: Request) -> bytes:
        coding = request.headers.get("content-encoding", "identity").strip().lower()
        if coding != "identity":
            raise HTTPException(415, f"the body must not be compressed, got the Content-Encoding {coding:.40}")
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._max_bytes:
                raise HTTPException(413, f"the body must have at most {self._max_bytes:,} bytes")
        return bytes(body)

    async def _answer(self, request: Request, handler: Handler, body: bytes, sort: str, call: Call) -> Response:
        try:
            content = await _while_there(request, handler(body, call), call.time_remaining())
            return _Answer(call, content=content, media_type=sort, headers=ANSWER_HEADERS)
        except ClientDisconnect:
            refused = Response(status_code=499)
        except CallRefusedError as error:
            refused = refusal(error.status)
        except TimeoutError:
            refused = refusal(status_of(DeadlineError("the deadline of the call passed before there was a plan")))
        except asyncio.CancelledError:  # uvicorn cancels open calls at the end of the grace
            rule = "the server is stopping: send the call to another server"
            refused = refusal(status_pb2.Status(code=code_pb2.UNAVAILABLE, message=rule))
        call.end()
        return refused


class _Answer(Response):
    def __init__(self, call: Call, **given: Any) -> None:
        super().__init__(**given)
        self._call = call

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._call.end()


def _timeout_s(request: Request) -> float | None:
    text = request.headers.get("connect-timeout-ms", "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 10:
        raise HTTPException(400, "Connect-Timeout-Ms must be a whole number of milliseconds, of at most 10 digits")
    return int(text) / 1_000


async def _while_there(request: Request, making: Awaitable[Made], limit_s: float | None = None) -> Made:
    """Return the result of ``making``. Cancel it if the client disconnects (ClientDisconnect) or the time is up."""
    working, leaving = asyncio.ensure_future(making), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect if leaving.done() else TimeoutError
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
        del working  # its exception refers to this frame, which refers to the body


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _page_refused(request: Request, error: Exception, plan_id: str) -> Response:
    """Return the refusal of a plan's page: a sentence for browsers, JSON for other clients."""
    refused = refusal(status_of(error))
    if "text/html" in request.headers.get("accept", "").lower():
        text = f"No plan to show: {status_of(error).message} ({reason_of(error).upper()}, plans/{plan_id})\n"
        kept = {name: refused.headers[name] for name in ("Retry-After", "WWW-Authenticate") if name in refused.headers}
        refused = PlainTextResponse(text, refused.status_code, PAGE_HEADERS | kept)
    refused.headers["Vary"] = "Accept"
    return refused


READS = {
    method.GetOptions().Extensions[annotations_pb2.http].get: method
    for service in (
        catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],
        packing_service_pb2.DESCRIPTOR.services_by_name["PackingService"],
        operations_pb2.DESCRIPTOR.services_by_name["Operations"],
    )
    for method in service.methods
    if method.GetOptions().Extensions[annotations_pb2.http].get
}
"""Method by path template, such as ``/v1/{name=catalogs/*}``."""


def _pattern(path: str) -> re.Pattern[str]:
    named = re.sub(r"\{(\w+)=(.*?)\}", r"(?P<\1>\2)", path.replace("*", "[^/]+"))
    return re.compile(named.replace("[^/]+[^/]+", ".+"))


_PATTERNS = [(_pattern(path), method) for path, method in READS.items()]


def call_of_get(path: str, query: Sequence[tuple[str, str]]) -> tuple[str, bytes] | None:
    """Return the method and JSON request for a GET path such as ``/v1/catalogs/hall``; None if no method has the path.

    ``query`` holds fields of the request, such as ``pageSize``. A field that is given twice appears twice in the JSON,
    so that the reader refuses it.
    """
    for pattern, method in _PATTERNS:
        if found := pattern.fullmatch(path):
            given = (*query, *found.groupdict().items())
            content = ",".join(f"{json.dumps(key)}:{json.dumps(value)}" for key, value in given)
            return f"{method.containing_service.full_name}/{method.name}", f"{{{content}}}".encode()
    return None
