"""Builds the description of JSON over HTTP, OpenAPI 3.1, from the comments in proto/boxwright/v1.

``python docs/openapi.py`` writes ``service/boxwright/server/http/files/openapi.json``, which the server hands out.
"""

import json
import re
import runpy
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import grpc
from google.api import field_behavior_pb2
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MethodDescriptorProto,
)

from boxwright.server.api.faults import KINDS
from boxwright.server.http.app import READS
from boxwright.server.http.call import HTTP_CODES

ROOT = Path(__file__).parent.parent
OPENAPI = ROOT / "service" / "boxwright" / "server" / "http" / "files" / "openapi.json"
REQUESTS = ROOT / "docs" / "requests"
PACKAGE = "boxwright.v1."
LONG_RUNNING = "google.longrunning"
"""Package of the calls that read operations."""

TOKEN = "A token of `boxwright tokens create`, where the server asks for one: `bxw_...`."
"""Description of tokens in OpenAPI."""

ABOUT = """\
The contract of Boxwright as JSON over HTTP. A call is a POST of its request to `/{service}/{method}`, as in unary calls
of Connect; catalogs, stored plans and other resources can also be read with GET. Other HTTP methods are refused with
405. Keys are in snake_case, as in these schemas; requests may use camelCase too. A key that is not in the contract is
an error. `units` of money are texts, as protobuf writes 64-bit integers. Answers leave out empty and false values,
zeros without a meaning, and fields that a read mask does not name. Therefore only messages of requests have `required`;
in messages of answers, such as a plan, the description of a field says `Required.` Request bodies must not be
compressed; answers are compressed if `Accept-Encoding` names gzip. `Connect-Timeout-Ms` sets a deadline."""

_KNOWN = {code for _, code, _ in KINDS}
CODES = HTTP_CODES.keys() & {code.name.lower() for code in grpc.StatusCode if code.value[0] in _KNOWN}
"""Codes of errors over HTTP. A cancelled call has none: its caller reads no answer."""

BEFORE_CALLS: dict[str, str] = {
    "413": "Code `resource_exhausted`: the body is too large.",
    "415": "Code `invalid_argument`: the `Content-Type` or `Content-Encoding` is not supported.",
}
"""Answers to requests that are refused before they are a call, by HTTP status."""

STATUSES = sorted({str(HTTP_CODES[each]) for each in CODES} | BEFORE_CALLS.keys())
"""HTTP statuses of calls that are refused."""

NO_HTTP = "Plain text if the request is not valid HTTP, such as a raw space in a path or query, or has another `Host`."
BODY_CODES, WRITING_CODES = ("413", "415"), ("409",)
"""Codes of requests with a body, and of calls that write; a GET has neither."""

SHARED: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "BatchPackRequest.defaults": ("PackDefaults", "PackRequest", ("order", "request_id"))
}
"""Fields whose message has fewer fields there: the name of the schema, the message, and the missing fields."""

_MESSAGE, _ENUM, _SERVICE = 4, 5, 6
_TYPES = FieldDescriptorProto.Type
_SCALARS: dict[int, dict[str, Any]] = {
    _TYPES.TYPE_DOUBLE: {"type": "number", "format": "double"},
    _TYPES.TYPE_FLOAT: {"type": "number", "format": "float"},
    _TYPES.TYPE_BOOL: {"type": "boolean"},
    _TYPES.TYPE_STRING: {"type": "string"},
    _TYPES.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    _TYPES.TYPE_INT32: {"type": "integer", "format": "int32"},
    _TYPES.TYPE_UINT32: {"type": "integer", "format": "int64", "minimum": 0},
    _TYPES.TYPE_INT64: {"type": ["string", "integer"], "format": "int64"},
    _TYPES.TYPE_UINT64: {"type": ["string", "integer"], "format": "uint64"},
}
_OTHERS: dict[str, dict[str, Any]] = {
    ".google.protobuf.FieldMask": {"type": "string", "description": "Paths separated by commas."},
    ".google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    ".google.protobuf.Duration": {"type": "string", "description": "Seconds with the letter s, such as `1.5s`."},
}
Comments = dict[tuple[int, ...], str]
Schemas = dict[str, dict[str, Any]]


def openapi() -> str:
    """Return the description as the text of a JSON file."""
    contract = runpy.run_path(str(ROOT / "docs" / "message_tables.py"))["contract"]()
    files = {file.name: file for file in contract.file}
    schemas: Schemas = {"Error": _error()}
    paths: dict[str, Any] = {}
    for file in contract.file:
        comments = {
            tuple(each.path): " ".join(each.leading_comments.split()) for each in file.source_code_info.location
        }
        if file.package == PACKAGE.strip("."):
            _add_types(file, comments, schemas)
            paths |= dict(_calls(file, comments))
        elif file.package == LONG_RUNNING:
            paths |= dict(_calls(file, comments))
        elif file.name == "google/type/date.proto" or file.package.startswith(("google.type", "google.rpc")):
            _add_types(file, {}, schemas)
    for read, method in READS.items():
        path = re.sub(r"(\w+)s/\*+", r"\1s/{\1}", re.sub(r"\{\w+=(.*?)\}", r"\1", read))
        paths[path] = _reading(path, method, files)
    _part(schemas)
    refusals = {code: _refusal(code) for code in STATUSES}
    used = _reached([paths, refusals], schemas)
    answers = [call["responses"] for verbs in paths.values() for call in verbs.values()]
    for name in _reached(answers, {**schemas, "NextPack": {}}):  # what it holds is sent as it is
        schemas[name].pop("required", None)
    content = {
        "openapi": "3.1.0",
        "info": {"title": "Boxwright", "version": "v1", "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {
            "schemas": {name: schemas[name] for name in sorted(used)},
            "responses": refusals,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": TOKEN}},
        },
        "security": [{}, {"token": []}],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _part(schemas: Schemas) -> None:
    """Give fields whose message has fewer fields there a separate schema."""
    for place, (part, name, lacking) in SHARED.items():
        whole = schemas[name]
        fields = {key: field for key, field in whole["properties"].items() if key not in lacking}
        said = f"A {name} without {' and '.join(lacking)}, shared by several requests."
        required = [key for key in whole.get("required", ()) if key not in lacking]
        schemas[part] = {**whole, "description": said, "properties": fields, "required": required}
        if not required:
            del schemas[part]["required"]
        message, _, field = place.partition(".")
        schemas[message]["properties"][field]["$ref"] = f"#/components/schemas/{part}"


def _add_types(file: FileDescriptorProto, comments: Comments, schemas: Schemas) -> None:
    prefix = "" if file.package == PACKAGE.strip(".") else f"{file.package}."
    for index, message in enumerate(file.message_type):
        _add_message(message, (_MESSAGE, index), comments, f"{prefix}{message.name}", schemas)
    for index, enum in enumerate(file.enum_type):
        schemas[f"{prefix}{enum.name}"] = _enum(enum, (_ENUM, index), comments)


def _add_message(
    message: DescriptorProto, path: tuple[int, ...], comments: Comments, name: str, schemas: Schemas
) -> None:
    fields = {}
    for index, field in enumerate(message.field):
        said = comments.get((*path, 2, index), "")
        shape = _shape(field)
        fields[field.name] = {**shape, **({"description": said} if said else {})}
    required = [
        field.name
        for field in message.field
        if field_behavior_pb2.REQUIRED in field.options.Extensions[field_behavior_pb2.field_behavior]
    ]
    schemas[name] = {
        "type": "object",
        **({"description": said} if (said := comments.get(path, "")) else {}),
        "properties": fields,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }
    for index, nested in enumerate(message.nested_type):
        _add_message(nested, (*path, 3, index), comments, f"{name}.{nested.name}", schemas)
    for index, enum in enumerate(message.enum_type):
        schemas[f"{name}.{enum.name}"] = _enum(enum, (*path, 4, index), comments)


def _enum(enum: EnumDescriptorProto, path: tuple[int, ...], comments: Comments) -> dict[str, Any]:
    values = [f"`{each.name}`: {comments.get((*path, 2, index), '')}" for index, each in enumerate(enum.value)]
    said = comments.get(path, "")
    return {"type": "string", "enum": [each.name for each in enum.value], "description": "\n\n".join([said, *values])}


def _shape(field: FieldDescriptorProto) -> dict[str, Any]:
    if field.type in (_TYPES.TYPE_MESSAGE, _TYPES.TYPE_ENUM):
        name = field.type_name.lstrip(".").removeprefix(PACKAGE)
        one = _OTHERS.get(field.type_name) or {"$ref": f"#/components/schemas/{name}"}
    else:
        one = _SCALARS[field.type]
    return {"type": "array", "items": one} if field.label == FieldDescriptorProto.Label.LABEL_REPEATED else dict(one)


def _calls(file: FileDescriptorProto, comments: Comments) -> Iterator[tuple[str, Any]]:
    for index, service in enumerate(file.service):
        for number, method in enumerate(service.method):
            if method.client_streaming or method.server_streaming:
                continue
            said = comments.get((_SERVICE, index, 2, number), "")
            yield f"/{file.package}.{service.name}/{method.name}", {"post": _call(service.name, method, said)}


def _call(service: str, method: MethodDescriptorProto, said: str) -> dict[str, Any]:
    body: dict[str, Any] = {"schema": _named(method.input_type)}
    example = REQUESTS / f"{service}.{method.name}.json"
    if example.exists():
        body["example"] = _first(json.loads(example.read_text(encoding="utf-8")), method.name)
    return {
        "operationId": f"{service}.{method.name}",
        "tags": [service],
        "summary": method.name,
        "description": said,
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": _answers(method.output_type),
    }


def _first(example: Any, method: str) -> Any:
    """Return the first of several examples without its optional id, since it is sent with changes."""
    chosen = example[0] if isinstance(example, list) else example
    return {name: value for name, value in chosen.items() if name != "request_id" or method == "RecordOutcome"}


def _reading(path: str, read: MethodDescriptor, files: dict[str, FileDescriptorProto]) -> dict[str, Any]:
    file = files[read.containing_service.file.name]
    method = next(each for each in file.service[0].method if each.name == read.name)
    message = next(each for each in file.message_type if f".{file.package}.{each.name}" == method.input_type)
    parameters = [
        {"name": each, "in": "path", "required": True, "schema": {"type": "string"}}
        for each in re.findall(r"\{(\w+)\}", path)
    ]
    parameters += [
        {"name": field.name, "in": "query", "schema": _shape(field)}
        for field in message.field
        if field.name not in ("name", "parent")
    ]
    return {
        "get": {
            "operationId": f"get.{read.name}",
            "tags": ["GET"],
            "summary": read.name,
            "description": f"The same as `POST /{read.containing_service.full_name}/{read.name}`.",
            "parameters": parameters,
            "responses": _answers(method.output_type, without=(*BODY_CODES, *WRITING_CODES)),
        }
    }


def _answers(output: str, without: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "200": {"description": "The answer.", "content": {"application/json": {"schema": _named(output)}}},
        **{code: {"$ref": f"#/components/responses/{code}"} for code in STATUSES if code not in without},
    }


def _refusal(code: str) -> dict[str, Any]:
    """Return the description of an HTTP status other than 200."""
    named = ", ".join(f"`{name}`" for name, each in HTTP_CODES.items() if str(each) == code and name in CODES)
    said = [BEFORE_CALLS.get(code, f"Code {named}.")]
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    if code == "400":
        content["text/plain"] = {"schema": {"type": "string"}}
    if code == "400":
        said.append(NO_HTTP)
    return {"description": " ".join(said), "content": content}


def _named(type_name: str) -> dict[str, Any]:
    name = type_name.lstrip(".").removeprefix(PACKAGE)
    return {"type": "object"} if name.startswith("google.") else {"$ref": f"#/components/schemas/{name}"}


def _error() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "An error, as Connect writes it.",
        "properties": {
            "code": {"type": "string", "enum": list(HTTP_CODES)},
            "message": {"type": "string"},
            "details": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string", "description": "Full name of the message."},
                        "value": {"type": "string", "description": "The message in base64, without padding."},
                        "debug": {"type": "object", "description": "The same as JSON, to be read."},
                    },
                },
            },
        },
        "required": ["code", "message"],
    }


def _reached(content: Any, schemas: Schemas) -> set[str]:
    """Return the schemas that content leads to, directly or not; a type without one is any object."""
    found: set[str] = set()
    open_ones = [content]
    while open_ones:
        for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(open_ones.pop())):
            if name not in found:
                found.add(name)
                open_ones.append(schemas.setdefault(name, {"type": "object"}))
    return found


if __name__ == "__main__":
    OPENAPI.write_text(openapi(), encoding="utf-8")
