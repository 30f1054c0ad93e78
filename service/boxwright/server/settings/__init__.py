"""Settings of the server, and the rules that relate them."""

import ast
import inspect
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, ClassVar, cast

from boxwright.findings import Findings
from boxwright.server.access.links import LEAST_KEY_CHARACTERS
from boxwright.store.url import check_url

_WORKERS = re.compile(r"auto|[1-9][0-9]{0,2}|10[01][0-9]|102[0-4]")

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:.]+\](:[0-9]{1,5})?")
"""An origin as browsers write it: scheme, host and port, in lower case, without a path."""

_COLLECTOR = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^\s@?#]*)?")


@dataclass(frozen=True)
class Settings:
    """All settings of an operator. The site has a page with the docstrings of the fields."""

    address: str = "127.0.0.1:50051"
    """Host and port of the gRPC service; port 0 takes a free port. Addresses other than loopback, such as ``0.0.0.0``
    or ``[::]``, need authenticated callers: see ``allow_unauthenticated``. gRPC takes both as all IPv4 and IPv6
    addresses of the machine; to serve IPv4 only, name one of its addresses."""

    http_address: str = "127.0.0.1:8080"
    """Host and port of JSON over HTTP, with a page to try calls; port 0 takes a free port. Empty: no HTTP."""

    http_origins: str = ""
    """Origins whose pages may call over HTTP (CORS), separated by commas, such as ``https://wms.example``; ``*`` means
    all. Empty: none."""

    trusted_proxies: str = ""
    """Addresses or networks of reverse proxies, separated by commas, such as ``10.0.0.0/8``. The caller's address is
    read from their ``X-Forwarded-For``, over HTTP and gRPC. Empty: that header is ignored, and all callers without
    tokens behind a proxy count as one."""

    tls_certificate: str = ""
    """Certificate file of all ports (gRPC, HTTP and admin), in PEM, followed by its chain. When the file changes, new
    connections get the new certificate; one that has expired or does not match its key is refused. Empty: no
    encryption."""

    tls_key: str = ""
    """File of the private key of ``tls_certificate``, in PEM, without a passphrase."""

    client_ca: str = ""
    """File of certificate authorities, in PEM, that sign callers' certificates (mutual TLS). Connections without such a
    certificate are refused, with two exceptions: health at the admin port needs none, and with a ``link_key`` the
    holder of a link may read a plan's page. Empty: callers need no certificate."""

    tokens_file: str = ""
    """File of callers' tokens, as ``boxwright tokens create`` writes it; it holds only hashes. Every call then needs a
    token (``authorization: Bearer bxw_...``) with the scope of its method, ``/metrics`` one with the scope ``admin``;
    health needs none. The file is reloaded when it changes. With ``client_ca`` callers need both. Empty: callers need
    no token."""

    allow_unauthenticated: bool = False
    """If true, unauthenticated callers may use ``address``, ``http_address`` and ``admin_address`` if these are not
    loopback. Otherwise the server does not start at such addresses without ``tokens_file`` or ``client_ca``. It does
    not make tokens or certificates optional where these are set."""

    admin_address: str = "127.0.0.1:9464"
    """Host and port of ``/metrics`` (Prometheus), ``/healthz`` and ``/livez``; port 0 takes a free port. Keep it
    private: metrics reveal how much you ship."""

    catalogs: tuple[str, ...] = ()
    """Box catalogs to offer besides the shipped ones: paths of .toml or .csv files, separated by the path separator
    (``:``) in the environment. A catalog with the id of a shipped one replaces it."""

    default_catalog: str = ""
    """Id of the catalog for requests that name none. Empty: such requests are refused, since the boxes of a catalog
    that was not chosen may not be in stock."""

    sites: str = ""
    """Path of a TOML file of sites that requests may name, with their catalog, stock, profiles and limits. Empty:
    none."""

    default_profile: str = "uk-desnz"
    """Accounting profile for requests that name none; without ``@version`` the newest one."""

    materials: str = ""
    """Folder of materials data that replaces the shipped one. Empty: the shipped one."""

    workers: str = "auto"
    """Worker processes: ``auto`` is one per core that the server may use, otherwise a number up to 1,024. Planning uses
    a whole core, so more workers than cores do not help. With two or more, large orders leave one free for small
    orders."""

    max_worker_bytes: int = 2 * 1024 * 1024 * 1024
    """Maximum memory of a worker, in bytes. A worker that exceeds it is replaced, and its order ends with
    RESOURCE_EXHAUSTED and the reason MEMORY_CEILING. A worker is also replaced if earlier orders have left less than a
    quarter of this memory free. Memory is checked ten times a second, on Linux only. The process of a long-running
    operation has the same limit."""

    max_cpu_s_per_order: float = 30.0
    """Maximum CPU time for one order, in seconds. At three quarters of it the search ends; the best plan so far is
    finished, checked and answered, marked as cut short. Without a plan the answer is FAILED_PRECONDITION with the
    reason CPU_CEILING. The limit holds for every call that needs a worker. Where the system has no CPU time of threads
    (macOS, Windows), elapsed time counts."""

    max_units_per_order: int = 2_000
    """Maximum number of units of one order, up to 10,000. Planning time grows faster than the number of units:
    thousands in one order take seconds to minutes, during which other orders have one worker fewer."""

    store: str = ""
    """Database for plans, outcomes and answers to repeated calls: ``sqlite:////folder/plans.db`` for one server (four
    slashes and a full path, on a local disk), or ``postgresql://user@host/database``, with the extra ``postgres``, for
    replicas that share it. Empty: nothing is stored; ``persist``, GetPlan, ListPlans and RecordOutcome are refused with
    the reason STORE_OFF."""

    persist_plans: bool = False
    """If true, plans of shipments are stored when the request does not set ``persist``. If storing fails, they are
    answered without a name; a request that sets ``persist`` gets an error instead."""

    keep_plans_days: float = 90.0
    """Days after which stored plans and their outcomes are deleted; 0: never."""

    keep_plans_bytes: int = 10 * 1024 * 1024 * 1024
    """Maximum bytes of stored plans with their catalogs and text, as they are in the database, without indexes and
    free pages; 0: no limit. Beyond it the oldest plans of all callers are deleted."""

    store_texts: bool = False
    """If true, SKUs, descriptions, barcodes and picture addresses of lines are stored, in the request and in the plan.
    Planning does not need them."""

    order_id_key: str = ""
    """Secret of at least 16 characters with which order ids are hashed (HMAC-SHA256) before they are stored. Without a
    secret, hashed order ids could be guessed, since they are few. Values in filters and the keys of repeated calls are
    hashed too. All replicas need the same secret. The log shows plain order ids. Empty: the store holds plain order
    ids too."""

    link_key: str = ""
    """Secret that signs links to pages of stored plans, at least 16 characters. Pages are then served only for signed
    links that have not expired. Empty: pages need the same credentials as calls."""

    drain_delay_s: float = 0.0
    """Seconds after SIGTERM or SIGINT for which calls are still taken while health says NOT_SERVING; a load balancer
    needs the time of two probes, for example. Then the ports close, and ``grace_s`` begins. Not needed in Kubernetes,
    where ``preStop`` waits."""

    grace_s: float = 20.0
    """Seconds that running calls get after SIGTERM or SIGINT before they are cut off. Health says NOT_SERVING, and idle
    streams end immediately. Soon after the grace the process exits in any case. Orders that need longer are cut off,
    even if ``max_cpu_s_per_order`` allows it."""

    traces_endpoint: str = ""
    """URL of an OTLP collector for traces, such as ``http://collector:4317``; needs the extra ``tracing``. The rest is
    set by OpenTelemetry's variables: ``OTEL_EXPORTER_OTLP_PROTOCOL`` (``grpc`` or ``http/protobuf``),
    ``OTEL_EXPORTER_OTLP_HEADERS``, ``OTEL_SERVICE_NAME``, ``OTEL_TRACES_SAMPLER`` and so on. Empty: no traces."""

    log_format: str = "plain"
    """``plain`` for people, ``json`` for machines: one object per line."""

    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR. INFO has one line per call."""

    # Limits with only one sensible value are not settings.

    watch_files_s: ClassVar[float] = 5.0
    """Seconds between checks of the files of ``catalogs``, ``sites`` and ``materials``. After a change, once two checks
    see the same, all files are reloaded; if anything is invalid, the earlier ones stay in use. Files shipped with the
    software are not checked."""

    max_message_bytes: ClassVar[int] = 16 << 20
    """Maximum size of a request in bytes. gRPC refuses larger ones with RESOURCE_EXHAUSTED."""

    watch_store_s: ClassVar[float] = 2.0
    """Seconds between checks of the store for catalogs that other servers wrote."""

    max_orders_per_batch: ClassVar[int] = 1_000
    """Maximum number of orders of one BatchPack."""

    max_answer_bytes: ClassVar[int] = 16 << 20
    """Maximum size of an answer in protobuf bytes: of the results of one BatchPack, or of an answer of Pack, StreamPack
    or CheckPlan. Longer answers are refused with the reason LIMIT_EXCEEDED; orders of a batch that no longer fit are
    not planned. A page of a list ends early, with at least one entry."""

    max_unsent_bytes: ClassVar[int] = 256 << 20
    """Maximum bytes of unread answers of 64 KiB or more, for all callers."""

    max_unsent_bytes_per_caller: ClassVar[int] = 64 << 20
    """Maximum bytes of unread answers of 64 KiB or more, per caller; one answer is always accepted."""

    max_orders_per_stream: ClassVar[int] = 16
    """Maximum number of orders under way per StreamPack; at the limit the stream is not read."""

    connection_age_s: ClassVar[float] = 1_800.0
    """Seconds after which a gRPC connection takes no new calls, so that clients find new replicas."""

    max_batches: ClassVar[int] = 64
    """Maximum number of open BatchPack calls."""

    max_batches_per_caller: ClassVar[int] = 16
    """Maximum number of open BatchPack calls per caller."""

    max_drawn_units: ClassVar[int] = 200
    """Maximum number of units of an order with drawings, and of parcels whose steps a page shows."""

    remembered_answers: ClassVar[int] = 10_000
    """Maximum number of answers in memory for calls with a ``request_id``; the oldest are discarded first."""

    remembered_bytes: ClassVar[int] = 64 << 20
    """Maximum total size of the answers in memory, in bytes."""

    store_wait_s: ClassVar[float] = 2.0
    """Seconds after which a record that is not yet stored counts as failed. Locks of other programs are awaited for
    three quarters of this time."""

    keep_answers_days: ClassVar[float] = 2.0
    """Days for which a ``request_id`` is remembered across restarts and replicas."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "workers", str(self.workers))
        found = Findings()
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                found.add(name, f"must be {least:,} to {most:,}, got {getattr(self, name)}")
        self._check_addresses(found)
        for name, other in (
            ("tls_key", "tls_certificate"),
            ("tls_certificate", "tls_key"),
            ("tls_certificate", "client_ca"),
        ):
            if getattr(self, other) and not getattr(self, name):
                found.add(name, f"is required by {other}")
        for origin in listed(self.http_origins):
            if origin != "*" and _ORIGIN.fullmatch(origin) is None:
                found.add("http_origins", f"must be origins such as https://wms.example, got {origin!r}")
        for proxy in listed(self.trusted_proxies):
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                found.add("trusted_proxies", f"must be addresses or networks such as 10.0.0.0/8, got {proxy!r}")
        for name in ("link_key", "order_id_key"):
            if getattr(self, name) and len(getattr(self, name).strip()) < LEAST_KEY_CHARACTERS:
                found.add(name, f"must have at least {LEAST_KEY_CHARACTERS} characters")
        for name, allowed in (("log_format", ("plain", "json")), ("log_level", ("DEBUG", "INFO", "WARNING", "ERROR"))):
            if getattr(self, name) not in allowed:
                found.add(name, f"must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        if self.traces_endpoint and _COLLECTOR.fullmatch(self.traces_endpoint) is None:
            # The URL is not shown, since it may hold a secret.
            found.add("traces_endpoint", "must be http:// or https:// with a host, without user, password and query")
        if self.store and (rule_of_store := check_url(self.store)):
            found.add("store", rule_of_store)
        if self.persist_plans and not self.store:
            found.add("persist_plans", "must be false without a store")
        if _WORKERS.fullmatch(self.workers) is None:
            found.add("workers", f"must be auto or a number of processes from 1 to 1,024; got {self.workers!r:.40}")
        found.raise_any()

    def _check_addresses(self, found: Findings) -> None:
        for name in ("address", "http_address", "admin_address"):
            value = getattr(self, name)
            host, port = host_and_port(value)
            if not host or port is None:
                if value or name != "http_address":
                    found.add(name, f"must be host:port with a port from 0 to 65535, got {value!r}")
                continue
            if ":" in host and not value.startswith("["):
                found.add(name, f"must have its IPv6 address in brackets: write [{host}]:{port}, got {value!r}")
            elif not self.callers_are_known and not self.allow_unauthenticated and not is_loopback(host):
                rule = "must be loopback unless tokens_file, client_ca or allow_unauthenticated is set"
                found.add(name, f"{rule}: otherwise all who reach it could call; got {value!r}")

    @property
    def callers_are_known(self) -> bool:
        """True if all callers need a credential."""
        return bool(self.client_ca or self.tokens_file)

    @property
    def worker_count(self) -> int:
        """Number of workers."""
        return available_cores() if self.workers == "auto" else int(self.workers)

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None, **given: Any) -> "Settings":
        """Return settings from the environment and its settings file; ``given`` values that are not None override them.

        Raises InvalidInputError with every setting that breaks a rule, under its name at its source.
        """
        from boxwright.server.settings.sources import read_settings  # sources imports this file

        return read_settings(os.environ if environment is None else environment, given).settings


@cache
def field_texts(kind: type = Settings) -> dict[str, str]:
    """Return the docstring of each field of a class by its name, for help and generated pages."""
    body = cast("ast.ClassDef", ast.parse(inspect.getsource(kind)).body[0]).body
    return {
        ast.unparse(field.targets[0] if isinstance(field, ast.Assign) else field.target): " ".join(
            str(cast("ast.Constant", text.value).value).split()
        )
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign | ast.Assign) and isinstance(text, ast.Expr)
    }


def listed(text: str) -> list[str]:
    """Return the parts of a comma-separated setting."""
    return [part.strip() for part in text.split(",") if part.strip()]


def available_cores() -> int:
    """Return the number of cores that this process may use, which an affinity mask can limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def host_and_port(address: str) -> tuple[str, int | None]:
    """Return host and port of ``host:port``; the port is None unless it is a number from 0 to 65,535."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port) if port.isascii() and port.isdecimal() and int(port) <= 65_535 else None


def is_loopback(host: str) -> bool:
    """Return whether a host can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


RANGES: dict[str, tuple[float, float]] = {
    "max_worker_bytes": (64 << 20, 1 << 44),
    "max_cpu_s_per_order": (0.1, 86_400),
    "max_units_per_order": (1, 10_000),
    "keep_plans_days": (0, 36_500),
    "keep_plans_bytes": (0, 1 << 50),
    "drain_delay_s": (0, 600),
    "grace_s": (0, 3_600),
}
"""Minimum and maximum value of numeric settings."""
