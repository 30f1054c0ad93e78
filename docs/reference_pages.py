"""Writes docs/reference/ when mkdocs builds the site: calls, messages, commands, settings, metrics, errors, licences.

mkdocs calls the functions ``on_...``. The page of calls sends each request in docs/requests to a server started for it;
a call that fails ends the build. In pages of docs/, links to files of the repository become their paths.
"""

import importlib
import json
import logging
import os
import re
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import grpc
from google.protobuf import json_format
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from prometheus_client import Counter, Gauge, Histogram

import boxwright
from boxwright.catalog.files import MOST_PARTS
from boxwright.cli.main import main as boxwright_command
from boxwright.contract.intake import BYTES_PER_SHORT_FIELD, SHORT_FIELD
from boxwright.domain.limits import MAX_ENTRIES, MAX_ENTRIES_OF, MAX_NAME_LENGTH, MAX_NOTE_LENGTH, MAX_TEXT_LENGTH
from boxwright.domain.order import MAX_UNITS_PER_ORDER
from boxwright.server.api.faults import KINDS
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings, field_texts
from boxwright.server.settings.sources import IN_FILE, PREFIX, SECRETS
from boxwright.v1 import (
    catalog_service_pb2,
    errors_pb2,
    evaluation_service_pb2,
    footprint_service_pb2,
    packing_service_pb2,
)

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PROTO = ROOT / "proto" / "boxwright" / "v1"
SERVICES = (
    packing_service_pb2.DESCRIPTOR.services_by_name["PackingService"],
    catalog_service_pb2.DESCRIPTOR.services_by_name["CatalogService"],
    footprint_service_pb2.DESCRIPTOR.services_by_name["FootprintService"],
    evaluation_service_pb2.DESCRIPTOR.services_by_name["EvaluationService"],
)
ANY_PLAN = "plans/{plan}"
"""Placeholder in requests and answers of the page for the name of a stored plan."""

REFERENCE = DOCS / "reference"
log = logging.getLogger("mkdocs.hooks.reference_pages")
"""Logger whose warnings end a strict build."""
# griffe cannot read names that packing/compiled.py imports or defines, as numba allows; none of them is public.
logging.getLogger("mkdocs.plugins.griffe").addFilter(lambda record: "packing/compiled.py" not in record.getMessage())

API_INTRODUCTION = """\
Every RPC with a request and the answer of a live server. The contract itself is in
[`proto/boxwright/v1`](../../proto/README.md); [messages](messages.md) has its fields as tables, with unit, range and
default. Errors are in [errors](errors.md).

The server answers reflection, so any tool can call it; from the folder of the checkout:

```sh
buf curl --protocol grpc --http2-prior-knowledge -d @docs/requests/PackingService.Pack.json \\
  http://127.0.0.1:50051/boxwright.v1.PackingService/Pack
```

Names are those of the contract (`snake_case`), in JSON over HTTP too; `buf curl` prints `camelCase`, and both are read.
Empty fields are left out of JSON. In requests, `plans/{plan}` stands for the name of a stored plan: the server of this
page has a store."""

SETTINGS_INTRODUCTION = """\
The first of these that has a setting decides: an option of `boxwright serve`, the environment, a settings file, the
default. With a value that breaks a rule the server does not start: the error lists every fault with its option,
variable or line of the file.

## The settings file

`--config FILE`, or the variable `BOXWRIGHT_CONFIG`, names a file in TOML. Its keys are the names below, without tables:

```toml
# settings.toml
address = "0.0.0.0:50051"
http_address = "0.0.0.0:8080"
admin_address = "0.0.0.0:9464"
tls_certificate = "tls.pem"           # paths start from the folder of this file
tls_key = "tls.key"
tokens_file = "tokens.json"
catalogs = ["boxes.toml"]
default_catalog = "eu-stock"
store = "sqlite:////var/lib/boxwright/plans.db"
link_key_file = "link.key"            # a secret is in a file of its own
log_format = "json"
```

A key or variable that is not a setting is refused, with the nearest name. Secrets
(`link_key`, `order_id_key`, a `store` with a password) may not be in the settings file or an option: put them into the
environment, or into a file that `link_key_file`, `--link-key-file` or `BOXWRIGHT_LINK_KEY_FILE` names.

```sh
boxwright config show --config settings.toml --changed   # values and their origin; no secrets
boxwright serve --check --config settings.toml           # all faults of settings and files
```

These have the options of `boxwright serve` and read the same environment. The file is read only at the start; catalogs,
sites, TLS certificates and tokens that it names are [read again](../deployment.md) when they change."""

METRICS_INTRODUCTION = """\
Prometheus reads metrics from `/metrics` on the admin port, together with the usual `process_` and `python_` metrics of
the process that answers calls. [Dashboards](../monitoring.md) and [alerts](../runbooks.md) show them. `/healthz`
answers 200 while the server serves, `/livez` while workers run; otherwise both answer 503. If changed catalogs or data
could not be loaded, `/healthz` gives the reason below its first line to callers that may read metrics (scope `admin`).
If calls are [traced](../monitoring.md#traces) and Prometheus requests OpenMetrics, latencies have trace ids as
exemplars."""

METRICS_NOTES = """\
## Purpose

Metrics of plans have the label `purpose`, from the request: `shipment` (the default) will be packed, `what_if` is
a simulation, `replay` repeats an earlier plan. Parcels, boxes and grams of shipments have
`purpose="shipment"`; a replay or a comparison is never counted as a shipment. A plan that CheckPlan makes to compare
with counts as `what_if`. An order in a message that cannot be read has the purpose `unread`. A call that a
`request_id` answers from memory is not counted again as a plan.
A plan is counted when it is made, even if the caller has left or its deadline has passed: a second call with the same
`request_id` is answered from memory and not counted again.

A call whose deadline passed has the code `CANCELLED`: the server sees only that the caller has left.

## Cardinality

Labels have identifiers of the server's own catalogs, box types and accounting profiles, never those of an order or a
SKU. A catalog in a request and its box types are `inline`. Series of a box type are removed when a new catalog is
written or read and no catalog in use has the box type. `principal` is a caller whose tokens expire."""

CLI_INTRODUCTION = """\
Results go to standard output, progress and errors to standard error. A message names the field and the rule of an
error. Output files appear complete or not at all, and never in place of a file that the command reads."""

ERRORS_INTRODUCTION = """\
A call that fails ends with a gRPC status code and a `google.rpc.Status` in its details. One order of a batch or
stream that fails has the same status in its result. The details hold `google.rpc.ErrorInfo` with the domain
`boxwright` and one of these reasons:"""

ERRORS_NOTES = """\
## Fields

`google.rpc.BadRequest` lists up to 100 violated fields, not only the first, by its path in the request, such as
`order.lines[3].mass_g`, with the rule and the value. If fields are refused for several reasons, the most serious
decides code and reason (invalid, then limit exceeded, not in this version, not found), and all are listed. Paths of
an order in a batch or stream start at its own PackRequest. Rules that need more than the field itself, such as that an
article is known or a started parcel is a valid packing, are checked only when every field is valid.

## Not in this version

Fields and RPCs that the contract marks "later" are refused with `UNIMPLEMENTED`, naming the field; none is ignored.

## Long lists

Details of a call travel in trailers, which clients limit to 8 KiB. If the violations of one request do not fit,
the last are left out, and `left_out` of `ErrorInfo.metadata` has their number. Results of batches and streams are in
the answer and are not shortened. At most 50 lines of an order that cannot be packed completely are listed, each with
its reason and rule; `left_out` counts the others.

Reading stops once 100 fields are refused; a last entry without a field says that there are more. Strings in details
hold no control characters: a caller's strings come back escaped, as `\\x1b`, and cut at 1,000 characters,
in trailers at 1,000 bytes.

## Limits of a request

A list that is too long is `LIMIT_EXCEEDED` or `INVALID_FIELDS`, naming it. The limits of lists hold in Python and in
files too.

| list | maximum number of entries |
|---|---|
{limits}
| any other | {most:,} |

A request of 1 MiB or more has at least {each} bytes per field of fewer than {short} bytes. The parcels of a plan, or
those started, hold at most {units:,} placements in all. A catalog in TOML joins at most {parts} names by dots.

Strings are measured in characters. An identifier, a name, a version or a zone has at most {name_length}; a note, a
source and its details {note_length:,}; any other string of a request {text_length:,}, except a catalog in TOML. The
first two hold in Python and in files too.

## gRPC's own

If they come from gRPC itself, `DEADLINE_EXCEEDED`, `UNAVAILABLE` and a request above the limit of bytes
(`RESOURCE_EXHAUSTED`) have no details. An order whose deadline passes while it waits is never started.

A compressed request is refused with `UNIMPLEMENTED` and without a reason: gRPC would expand it before its limits are
checked. Clients do not compress by default.

A message that does not decode is `INVALID_ARGUMENT` with the reason `INVALID_FIELDS` and an empty path. On a stream it
is answered without a correlation id, and the stream continues."""


def comments(source: str, keyword: str) -> dict[str, str]:
    """Return the comment above each ``rpc`` or enum value of a proto file, by name."""
    pattern = re.compile(rf"((?: *//[^\n]*\n)+) *{keyword}(\w+)")
    found = {}
    for match in pattern.finditer(source):
        words = " ".join(line.strip().removeprefix("//").strip() for line in match[1].splitlines())
        found[match[2]] = words
    return found


def rpc_comments(service: ServiceDescriptor) -> dict[str, str]:
    """Return the comment of each RPC of a service."""
    return comments((ROOT / "proto" / service.file.name).read_text(encoding="utf-8"), r"rpc ")


def request_file(method: MethodDescriptor) -> Path:
    """Return the file that holds the request of an RPC, one JSON message after another for a stream."""
    return DOCS / "requests" / f"{method.containing_service.name}.{method.name}.json"


def read_requests(path: Path) -> list[dict[str, Any]]:
    """Return the messages in a request file."""
    text, found, decoder = path.read_text(encoding="utf-8").strip(), [], json.JSONDecoder()
    while text:
        message, end = decoder.raw_decode(text)
        found.append(message)
        text = text[end:].strip()
    return found


@contextmanager
def api_server() -> Iterator[str]:
    """Run a server that stores plans, and yield its address."""
    running_server = runpy.run_path(str(ROOT / "tests" / "interop" / "running_server.py"))["running_server"]
    with tempfile.TemporaryDirectory() as folder:
        sites = ROOT / "examples" / "sites.toml"
        with running_server(store=f"sqlite:///{folder}/plans.db", sites=sites) as server:
            yield server.address


def stored_plan(channel: grpc.Channel) -> str:
    """Store the plan of the page's Pack, and return its name."""
    pack = packing_service_pb2.DESCRIPTOR.services_by_name["PackingService"].methods_by_name["Pack"]
    request = json_format.ParseDict(read_requests(request_file(pack))[0], packing_service_pb2.PackRequest())
    request.persist = True
    request.request_id = ""
    path = f"/{pack.containing_service.full_name}/{pack.name}"
    kind = packing_service_pb2.PackResponse
    answer = channel.unary_unary(path, packing_service_pb2.PackRequest.SerializeToString, kind.FromString)(request)
    return str(answer.plan.name)


def message_class(descriptor: Any) -> Any:
    """Return the generated class of a message of the contract."""
    module = importlib.import_module(descriptor.file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
    return getattr(module, descriptor.name)


def call(channel: grpc.Channel, method: MethodDescriptor, plan: str) -> list[Any]:
    """Send the request of an RPC, with the name of a stored plan where it names one, and return its answers."""
    kind = message_class(method.input_type)
    named = json.loads(json.dumps(read_requests(request_file(method))).replace(ANY_PLAN, plan))
    requests = [json_format.ParseDict(each, kind()) for each in named]
    path = f"/{method.containing_service.full_name}/{method.name}"
    serialization = {
        "request_serializer": kind.SerializeToString,
        "response_deserializer": message_class(method.output_type).FromString,
    }
    if method.name == "StreamPack":
        return list(channel.stream_stream(path, **serialization)(iter(requests), timeout=30))
    return [channel.unary_unary(path, **serialization)(requests[0], timeout=120)]


def api_page(address: str) -> str:
    """Return the API page, with answers of the server at an address."""
    with grpc.insecure_channel(address) as channel:
        plan = stored_plan(channel)
        parts = [part for service in SERVICES for part in _service(channel, service, plan)]
    return _page("API reference", API_INTRODUCTION, *parts)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *parts]) + "\n"


def _service(channel: grpc.Channel, service: ServiceDescriptor, plan: str) -> Iterator[str]:
    yield f"## {service.name}"
    said = rpc_comments(service)
    for method in service.methods:
        yield f"### {service.name}.{method.name}"
        yield said[method.name]
        if not request_file(method).exists():
            continue
        requests = "\n".join(
            json.dumps(each, indent=2, ensure_ascii=False) for each in read_requests(request_file(method))
        )
        answers = "\n".join(
            json_format.MessageToJson(answer, preserving_proto_field_name=True, ensure_ascii=False)
            for answer in call(channel, method, plan)
        )
        yield f"Request ([file](../requests/{request_file(method).name})):"
        yield _block("json", requests)
        yield "Answer:"
        if answers.count("\n") > 60:
            yield f'<details markdown="1"><summary>{answers.count(chr(10)) + 1} lines</summary>'
            yield _block("json", answers)
            yield "</details>"
        else:
            yield _block("json", answers)


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"


def settings_page() -> str:
    """Return the page of settings, from the text below each field."""
    said = field_texts()
    settings = [
        f"## `{field.name}`\n\n{said[field.name]}\n\n{_where(field.name, field.default)}"
        f" Default: {_default(field.default)}."
        for field in fields(Settings)
    ]
    return _page("Settings of the server", SETTINGS_INTRODUCTION, *settings)


def _where(name: str, default: object) -> str:
    """Return the forms in which a setting is given."""
    variable = f"Variable `{PREFIX}{name.upper()}`"
    if name not in SECRETS:
        return f"{variable}, option {_option(name, default)}."
    file = name + IN_FILE
    named = f"a file that variable `{PREFIX}{file.upper()}` or key `{file}` names"
    if name == "store":
        return f"{variable}, option {_option(name, default)}; with a password, that variable or {named}."
    return f"{variable}, or {named}, or option {_option(file, default)}."


def _option(name: str, default: object) -> str:
    """Return the form of an option; an option with several values is repeated."""
    if isinstance(default, tuple):
        return f"`--{name.removesuffix('s')}` (may be repeated)"
    return f"`--{name.replace('_', '-')}`"


def _default(value: object) -> str:
    if value in ("", ()):
        return "empty"
    return f"`{value}`"


def metrics_page() -> str:
    """Return the page of metrics, from their descriptions."""
    rows = ["| metric | type | labels | what it says |", "|---|---|---|---|"]
    for instrument in vars(Metrics()).values():
        if not isinstance(instrument, Counter | Gauge | Histogram):
            continue
        family = next(iter(instrument.describe()))
        labels = ", ".join(f"`{name}`" for name in instrument._labelnames) or "none"  # noqa: SLF001 - not public anywhere
        name = f"{family.name}_total" if family.type == "counter" else family.name
        rows.append(f"| `{name}` | {family.type} | {labels} | {family.documentation}{_buckets(instrument)} |")
    return _page("Metrics", METRICS_INTRODUCTION, "\n".join(rows), METRICS_NOTES)


def _buckets(instrument: Counter | Gauge | Histogram) -> str:
    """Return the sentence that lists the upper ends of a histogram's buckets."""
    if not isinstance(instrument, Histogram):
        return ""
    ends = [f"{end:g}" for end in instrument._upper_bounds[:-1]]  # noqa: SLF001 - not public anywhere
    return f" Buckets end at {', '.join(ends)}."


def errors_page() -> str:
    """Return the page of errors, from the contract's reasons and the server's table."""
    said = comments((PROTO / "errors.proto").read_text(encoding="utf-8"), "ERROR_REASON_")
    sent = {errors_pb2.ErrorReason.Name(reason).removeprefix("ERROR_REASON_") for _, _, reason in KINDS} | {"INTERNAL"}
    rows = ["| reason | when, and with which code and details |", "|---|---|"]
    for value in errors_pb2.ErrorReason.keys()[1:]:
        name = value.removeprefix("ERROR_REASON_")
        more = "" if name in sent else " This version does not send it."
        rows.append(f"| `{name}` | {said[name]}{more} |")
    limits = "\n".join(f"| `{name}` | {most:,} |" for name, most in MAX_ENTRIES_OF.items())
    notes = ERRORS_NOTES.format(
        limits=limits,
        most=MAX_ENTRIES,
        each=BYTES_PER_SHORT_FIELD,
        short=SHORT_FIELD,
        units=MAX_UNITS_PER_ORDER,
        parts=MOST_PARTS,
        name_length=MAX_NAME_LENGTH,
        note_length=MAX_NOTE_LENGTH,
        text_length=MAX_TEXT_LENGTH,
    )
    return _page("Errors", ERRORS_INTRODUCTION, "\n".join(rows), notes)


def cli_page() -> str:
    """Return the page of commands, from their help."""
    parts = [CLI_INTRODUCTION]
    for path, command in commands(boxwright_command, "boxwright"):
        context = click.Context(command, info_name=path, terminal_width=80, **boxwright_command.context_settings)
        parts += [f"## {path}", _block("text", command.get_help(context).rstrip())]
    return _page("Command line", *parts)


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield a command and all below it, each with its full name."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            if inner := command.get_command(context, name):
                yield from commands(inner, f"{path} {name}")


def python_page() -> str:
    """Return the page of the Python API: mkdocstrings reads the docstring of each public name."""
    entries = [f"::: {getattr(boxwright, name).__module__}.{name}" for name in boxwright.__all__]
    return _page("Python", "`import boxwright` has these names.", *entries)


def on_pre_build(config: Any) -> None:
    """Write the pages; unchanged ones keep their time, so that ``mkdocs serve`` builds once."""
    with api_server() as address:
        api = api_page(address)
    licences = subprocess.run(
        [sys.executable, ROOT / "deploy" / "licences.py"], capture_output=True, text=True, check=True
    )
    pages = {
        "api": api,
        "cli": cli_page(),
        "errors": errors_page(),
        "licences": licences.stdout,
        "messages": runpy.run_path(str(DOCS / "message_tables.py"))["messages_page"](),
        "metrics": metrics_page(),
        "python": python_page(),
        "settings": settings_page(),
    }
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages.items():
        path = REFERENCE / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def on_page_markdown(markdown: str, page: Any, **_: object) -> str:
    """Return a page whose links to files outside docs/ are their paths; warn of those that do not exist."""
    folder = (DOCS / page.file.src_path).parent

    def shown(link: re.Match[str]) -> str:
        text, target = link[1], link[2].partition("#")[0]
        path = Path(os.path.normpath(folder / target))
        if re.match(r"[a-z]+:", target) or path == DOCS or not target or path.is_relative_to(DOCS):
            return link[0]
        if not path.exists():
            log.warning("%s links to %s, which does not exist", page.file.src_path, link[2])
        name = f"`{path.relative_to(ROOT)}`"
        return name if text in (name, name.strip("`")) else f"{text} ({name})"

    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", shown, markdown)
