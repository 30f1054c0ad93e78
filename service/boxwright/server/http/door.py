"""The door: from a request over HTTP to the call of the contract that it asks for."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.rpc import code_pb2, status_pb2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from boxwright.contract.json import from_json, to_json
from boxwright.errors import DeadlineError, printable
from boxwright.server.access.denied import DeniedError
from boxwright.server.access.scopes import method_name
from boxwright.server.audit import LOGGED_ID, audit, why_of
from boxwright.server.caller import JSON_S_PER_BYTE, caller
from boxwright.server.faults import is_ours, reason_of, status_of
from boxwright.server.http.accepted import Gzipped
from boxwright.server.http.bodies import Bodies, BodyError, has_body
from boxwright.server.http.call import (
    HTTP_CODES,
    Call,
    CallRefusedError,
    challenge,
    connect_code,
    error_body,
    retry_after_s,
)
from boxwright.server.http.listen import certificate_shown
from boxwright.server.http.refusal_page import refusal_page, wants_page
from boxwright.server.http.resources import asked
from boxwright.server.logs import log
from boxwright.server.observer import LARGE_BYTES, Observer
from boxwright.server.plan_links import LinkError, check_link
from boxwright.server.traced import TRACE_HEADERS
from boxwright.server.workers import Workers

JSON, PROTO = "application/json", "application/proto"
BODY_S = 30.0
"""Time for the body of a request to arrive, in seconds."""

PLAN_PAGE = "page of a plan"
"""What audit lines call it."""

PART_BYTES = 64 * 1024
"""Bytes of an answer that are sent at a time."""

FILES = Path(__file__).parent / "files"
PAGES = {"/": "try.html", "/try.js": "try.js", "/openapi.json": "openapi.json"}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

ANSWER_HEADERS = HEADERS | {"Cache-Control": "no-store"}
"""Of the answer of a call, and of its refusal: they are for the caller alone, and what is stored changes."""

PAGE_HEADERS = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}
"""Of a plan's page: it loads nothing, and holds what is nobody else's business."""

_KEPT_HEADERS = ("Retry-After", "WWW-Authenticate")
"""Of a refusal, which its page has too."""

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]]+)(:[0-9]+)?")
Handler = Callable[[bytes, Any], Awaitable[bytes]]
PlanPage = Callable[[str, str, str, str], Awaitable[str]]

_BODY_CODES = {413: code_pb2.RESOURCE_EXHAUSTED, 503: code_pb2.UNAVAILABLE}


SENT_BY_PAGES = (
    *("Authorization", "Content-Type", "Content-Encoding", "Connect-Protocol-Version", "Connect-Timeout-Ms"),
    *TRACE_HEADERS,
)
"""Headers that pages of allowed sites may send."""


def http_app(
    services: Sequence[tuple[ServiceDescriptor, Any]],
    observer: Observer,
    workers: Workers,
    *,
    max_bytes: int,
    origins: Sequence[str] = (),
    hosts: Sequence[str] = (),
    plan_page: PlanPage | None = None,
    link_key: str = "",
) -> Starlette:
    """Return the application.

    Parameters
    ----------
    services : sequence of (ServiceDescriptor, servicer)
        Whose unary methods are offered.
    observer : Observer
        Reads, limits, times and logs the calls.
    workers : Workers
        Threads that make JSON of long answers.
    max_bytes : int
        Longest body, unpacked.
    origins : sequence of str, optional
        Sites whose pages may call, for CORS; ``*`` is every site. Default: none.
    hosts : sequence of str, optional
        Names under which the door is called; others are refused. Default: any.
    plan_page : callable, optional
        Makes the page of a stored plan, by its id, paper, address and caller. Default: there are no such pages.
    link_key : str, optional
        Key that links to these pages must be signed by. Default none: links need no signature.
    """
    door = _Door(services, observer, workers, max_bytes, hosts)
    pages = (
        [] if plan_page is None else [Route("/plans/{plan}", partial(door.page, plan_page, link_key), methods=["GET"])]
    )
    middleware = [Middleware(Gzipped, minimum_size=1_024, compresslevel=1)]
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
    app = Starlette(
        routes=[
            *(Route(path, partial(_page, name), methods=["GET"]) for path, name in PAGES.items()),
            *pages,
            Route("/v1/{path:path}", door.get, methods=["GET"]),
            Route("/{service}/{method}", door.post, methods=["POST"]),
        ],
        middleware=middleware,
        exception_handlers={404: door.not_found, 405: door.not_found},
    )
    app.router.redirect_slashes = False  # a redirect would go to whatever host the request names
    app.state.end_calls = door.end
    return app


async def _page(name: str, _: Request) -> Response:
    return FileResponse(FILES / name, headers=HEADERS)


class _Door:
    def __init__(
        self,
        services: Sequence[tuple[ServiceDescriptor, Any]],
        observer: Observer,
        workers: Workers,
        max_bytes: int,
        hosts: Sequence[str],
    ) -> None:
        self._observer = observer
        self._workers = workers
        self._bodies = Bodies(max_bytes)
        self._ended = False
        self._limits: set[asyncio.Timeout] = set()
        self._hosts = frozenset(hosts)
        self._methods = {
            f"{service.full_name}/{method.name}": self._method(service, method, getattr(servicer, method.name))
            for service, servicer in services
            for method in service.methods
            if not (method.client_streaming or method.server_streaming)
        }

    def _method(self, service: ServiceDescriptor, method: MethodDescriptor, behaviour: Any) -> Mapping[str, Handler]:
        name = f"{service.name}/{method.name}"
        asks, answers = (message_factory.GetMessageClass(each) for each in (method.input_type, method.output_type))
        read_json: Callable[[bytes], Message] = partial(from_json, kind=asks)
        in_json = self._observer.unary(
            name, partial(self._answered_in_json, behaviour, answers), asks, bytes, reader=read_json
        )
        return {JSON: in_json, PROTO: self._observer.unary(name, behaviour, asks, _serialized)}

    async def _answered_in_json(self, behaviour: Any, kind: type[Message], request: Message, context: Any) -> bytes:
        """Answer in JSON; a long answer is made in a planning thread, so that nobody else waits for it."""
        context.sending_s_per_byte = JSON_S_PER_BYTE
        answer = await behaviour(request, context)
        size = len(answer) if isinstance(answer, bytes) else answer.ByteSize()
        if size < LARGE_BYTES:
            return to_json(answer, kind)
        return await self._workers.run(partial(to_json, answer, kind), caller=caller(context), limited=False)

    def _call(self, request: Request, limit_s: float | None) -> Call:
        """Return the call that a request makes, of a caller who waits so long, in seconds."""
        client, headers = request.client, request.headers
        return Call(
            client.host if client else "unknown",
            client.port if client else 0,
            limit_s,
            authorization=headers.getlist("authorization"),
            certificate=certificate_shown(request),
            of_trace=[(name, headers[name]) for name in TRACE_HEADERS if name in headers]
            if self._observer.traces
            else (),
        )

    def _misdirected(self, request: Request) -> Response | None:
        """Return the refusal of a request that asks for another host; None where it asks for this one."""
        named = _HOST.fullmatch(request.headers.get("host", "").lower())
        one = len(request.headers.getlist("host")) == 1
        if not self._hosts or (
            one and named is not None and named["name"].strip("[]").removesuffix(".") in self._hosts
        ):
            return None
        text = "the Host header must be localhost or a loopback address, so that no page of another site calls"
        return self._turned_away(
            request, _refused(status_pb2.Status(code=code_pb2.PERMISSION_DENIED, message=text), 421)
        )

    def _carries(self, request: Request) -> Response | None:
        """Return the refusal of a GET or HEAD that brings a body, which is not read; None where it brings none."""
        if not has_body(request):
            return None
        text = f"a {request.method} must have no body: what it asks for stands in its path and query"
        refused = _refused(status_pb2.Status(code=code_pb2.INVALID_ARGUMENT, message=text))
        refused.headers["Connection"] = "close"  # its body would be taken for the next request
        return self._turned_away(request, refused)

    def _turned_away(self, request: Request, refused: Response) -> Response:
        """Count and log a request that is refused before it is a call."""
        asked = f"{request.method} {request.url.path}"
        self._observer.note_http_refusal(refused.status_code, self._call(request, None).peer(), asked)
        return refused

    async def not_found(self, request: Request, error: Any) -> Response:
        """Refuse a request for what there is not, or in another way than it is there."""
        path = request.url.path
        text, http_code = f"there is no {request.method} {path} here: see / for what there is", 404
        allowed = ", ".join(sorted((getattr(error, "headers", None) or {}).get("Allow", "").split(", ")))
        if allowed and (allowed != "POST" or path.removeprefix("/") in self._methods):
            text, http_code = f"{path} takes {allowed}, got {request.method}: see / for what there is", 405
        refused = _refused(status_pb2.Status(code=code_pb2.UNIMPLEMENTED, message=text), http_code)
        if http_code == 405:
            refused.headers["Allow"] = allowed
        return self._turned_away(request, refused)

    def end(self) -> None:
        """End the calls under way; those that come later end too."""
        self._ended = True
        for limit in tuple(self._limits):
            limit.reschedule(0)

    async def _until_end(self, answering: Awaitable[Response]) -> Response:
        """Return the answer to a call, or say that the server stops."""
        limit = asyncio.timeout_at(0 if self._ended else None)
        try:
            async with limit:
                self._limits.add(limit)
                return await answering
        except TimeoutError:
            if not limit.expired():
                raise
            stops = status_pb2.Status(code=code_pb2.UNAVAILABLE, message="the server stops: send the call to another")
            return _refused(stops)
        finally:
            self._limits.discard(limit)

    async def post(self, request: Request) -> Response:
        """Answer a call of the contract, until the server stops."""
        return await self._until_end(self._post(request))

    async def get(self, request: Request) -> Response:
        """Read a resource, until the server stops."""
        return await self._until_end(self._get(request))

    async def _post(self, request: Request) -> Response:
        if (refused := self._misdirected(request)) is not None:
            return refused
        path = f"{request.path_params['service']}/{request.path_params['method']}"
        handlers = self._methods.get(path)
        if handlers is None:
            text = f"there is no method {path} with one request and one answer here: see / for those that there are"
            return self._turned_away(
                request, _refused(status_pb2.Status(code=code_pb2.UNIMPLEMENTED, message=text), 404)
            )
        sort = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if sort not in handlers:
            text = f"the Content-Type must be {JSON} or {PROTO}, got {sort or 'none'}"
            return self._turned_away(request, PlainTextResponse(text + "\n", 415, {"Accept-Post": f"{JSON}, {PROTO}"}))
        try:
            call = self._call(request, _timeout_s(request))
            if not self._observer.lets_in(call, method_name(path)):
                refused = await self._answer(request, handlers[sort], b"", sort, call)
                refused.headers["Connection"] = "close"  # its body is not read
                return refused
            body = await asyncio.wait_for(self._bodies.read(request), BODY_S)
        except BodyError as error:
            code = _BODY_CODES.get(error.status, code_pb2.INVALID_ARGUMENT)
            return self._turned_away(request, _refused(status_pb2.Status(code=code, message=str(error)), error.status))
        except TimeoutError:
            late = _refused(_deadline(f"the body did not arrive within {BODY_S:g} s"), 408)
            late.headers["Connection"] = "close"  # its rest would be taken for the next request
            return self._turned_away(request, late)
        except ClientDisconnect:
            return Response(status_code=499)
        return await self._answer(request, handlers[sort], body, sort, call)

    async def _get(self, request: Request) -> Response:
        if (refused := self._misdirected(request) or self._carries(request)) is not None:
            return refused
        path = request.path_params["path"]
        found = asked(f"/v1/{path}", request.query_params.multi_items())
        if found is None:
            text = f"there is no resource {path!r}: see / for those that there are"
            return self._turned_away(request, _refused(status_pb2.Status(code=code_pb2.NOT_FOUND, message=text), 404))
        method, content = found
        handler = self._methods[method][JSON]
        return await self._answer(request, handler, content, JSON, self._call(request, None))

    async def page(self, plan_page: PlanPage, link_key: str, request: Request) -> Response:
        """Return the page of a stored plan, until the server stops."""
        return await self._until_end(_unless_left(request, self._page(plan_page, link_key, request)))

    def _let_read(self, call: Call, link_key: str, kept: Mapping[str, str], plan_id: str) -> dict[str, object]:
        """Return who reads the page of a plan, empty where anybody may; raise LinkError or DeniedError else."""
        if link_key and (kept or self._observer.is_open):
            check_link(link_key, plan_id, kept.get("expires", ""), kept.get("signature", ""))
            return {"who": "link"}
        principal = self._observer.let_in(call, "PackingService/GetPlan")
        return {} if principal is None else {"who": principal.who, "credential": principal.credential}

    async def _page(self, plan_page: PlanPage, link_key: str, request: Request) -> Response:
        if (refused := self._misdirected(request) or self._carries(request)) is not None:
            return refused
        plan_id, query = request.path_params["plan"], request.query_params
        kept = {key: query[key] for key in ("expires", "signature") if key in query}
        address = f"/plans/{quote(plan_id, safe='')}" + (f"?{urlencode(kept)}" if kept else "")
        call = self._call(request, None)
        facts = {"peer": call.peer(), "plan": f"plans/{printable(plan_id)[:LOGGED_ID]}"}
        reader: dict[str, object] = {}
        try:
            reader = self._let_read(call, link_key, kept, plan_id)
            with self._observer.making_page(call):
                page = await plan_page(plan_id, query.get("sheet", ""), address, caller(call))
        except Exception as error:  # whatever it is, the reader gets a sentence and the log the rest
            if is_ours(error):
                log(logging.ERROR, "the page of a plan failed", {"plan": plan_id[:80]}, exc_info=True)
            if isinstance(error, DeniedError):
                reader = why_of(error)
            if reader or isinstance(error, LinkError):
                said = {name: text for name, text in reader.items() if text}
                audit(PLAN_PAGE, connect_code(status_of(error)).upper(), facts | said | {"reason": reason_of(error)})
            return _page_refused(request, error, printable(plan_id)[:LOGGED_ID])
        if reader:
            audit(PLAN_PAGE, "OK", facts | reader)
        return HTMLResponse(page, headers=PAGE_HEADERS)

    async def _answer(self, request: Request, handler: Handler, body: bytes, sort: str, call: Call) -> Response:
        working = asyncio.ensure_future(handler(body, call))
        leaving = asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait((working, leaving), timeout=call.time_remaining(), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return _Ending(call, content=await working, media_type=sort, headers=ANSWER_HEADERS)
            if leaving.done():
                return Response(status_code=499)
            return _refused(status_of(DeadlineError("the deadline of the call came before there was a plan")))
        except CallRefusedError as error:
            call.end()
            return _refused(error.status)
        finally:
            leaving.cancel()
            if not working.done():
                working.cancel()
                with contextlib.suppress(asyncio.CancelledError, CallRefusedError):
                    await working
                call.end()
            del working  # it holds a refusal, which holds this frame and so the body


class _Ending(Response):
    """An answer, with the call's end once it is sent."""

    def __init__(self, call: Call, **given: Any) -> None:
        super().__init__(**given)
        self._call = call

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send part by part: each waits until the caller has read most of what was sent before."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            for start in range(0, len(self.body), PART_BYTES):
                part = bytes(self.body[start : start + PART_BYTES])
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._call.end()


def _serialized(answer: Message | bytes) -> bytes:
    return answer if isinstance(answer, bytes) else answer.SerializeToString()


def _timeout_s(request: Request) -> float | None:
    text = request.headers.get("connect-timeout-ms", "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 10:
        raise BodyError(400, "Connect-Timeout-Ms must be a whole number of milliseconds, of at most 10 digits")
    return int(text) / 1_000


def _deadline(text: str) -> status_pb2.Status:
    return status_pb2.Status(code=code_pb2.DEADLINE_EXCEEDED, message=text)


def _refused(status: status_pb2.Status, http_code: int | None = None) -> Response:
    wait_s = retry_after_s(status)
    headers = ANSWER_HEADERS | ({"Retry-After": str(wait_s)} if wait_s is not None else {})
    if asked_for := challenge(status):
        headers |= {"WWW-Authenticate": asked_for}
    return Response(error_body(status), http_code or HTTP_CODES[connect_code(status)], headers, JSON)


def _page_refused(request: Request, error: Exception, plan_id: str) -> Response:
    """Return why a plan is not shown: as a page where a browser asks, else as any refusal."""
    refused = _refused(status_of(error))
    if wants_page(request.headers.get("accept", "")):
        page = refusal_page(status_of(error), reason_of(error).upper(), plan_id)
        kept = {name: refused.headers[name] for name in _KEPT_HEADERS if name in refused.headers}
        refused = HTMLResponse(page, refused.status_code, PAGE_HEADERS | kept)
    refused.headers["Vary"] = "Accept"
    return refused


async def _unless_left(request: Request, making: Coroutine[Any, Any, Response]) -> Response:
    """Return a response; where the caller goes before it is there, it is made no further."""
    working, leaving = asyncio.ensure_future(making), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else Response(status_code=499)
    finally:
        for each in (working, leaving):
            each.cancel()


async def _left(request: Request) -> None:
    """Return once the caller has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
