"""Settings of the server: what an operator can set, and the rules that all of it keeps together."""

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
"""An origin as browsers write it: scheme, host and port, in small letters and without a path."""

_COLLECTOR = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[^\s@?#]*)?")


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set. The site has a page of the texts below the fields."""

    address: str = "127.0.0.1:50051"
    """Host and port of the gRPC service; port 0 takes a free one. At addresses other than loopback, such as ``0.0.0.0``
    or ``[::]``, callers have to be known: see ``allow_unauthenticated``. gRPC takes either of them for all addresses
    of the machine, of IPv4 and of IPv6; to serve IPv4 alone, name one of its addresses."""

    http_address: str = "127.0.0.1:8080"
    """Host and port of JSON over HTTP, with a page to try calls; port 0 takes a free one. Empty: no HTTP."""

    http_origins: str = ""
    """Sites whose pages may call over HTTP (CORS), separated by commas, such as ``https://wms.example``; ``*`` is every
    site. Empty: none."""

    trusted_proxies: str = ""
    """Addresses or networks of reverse proxies, separated by commas, such as ``10.0.0.0/8``. Who calls is read from the
    ``X-Forwarded-For`` that they send, over HTTP and gRPC. Empty: that header is not read, and behind a proxy all
    callers without a token are one."""

    tls_certificate: str = ""
    """File of the certificate that each port shows (gRPC, HTTP and admin), in PEM, with those that lead to its
    authority after it. A certificate that is put in its place is shown from the next connection on; one that is expired
    or does not fit its key is not taken. Empty: connections are not encrypted."""

    tls_key: str = ""
    """File of the private key of ``tls_certificate``, in PEM, without a passphrase."""

    client_ca: str = ""
    """File of the authorities, in PEM, that certificates of callers must come from (mutual TLS). A caller without one
    is not connected, but for two cases: the admin port says how the server is to anybody, and with a ``link_key`` pages
    of plans are shown to whoever holds a link. Empty: callers need no certificate."""

    tokens_file: str = ""
    """File of the tokens that let callers in, as ``boxwright tokens create`` writes it; it holds hashes alone. Every
    call then needs a token (``authorization: Bearer bxw_...``) with the scope of its method, ``/metrics`` one with the
    scope ``admin``; health needs none. It is read anew when it changes. With ``client_ca`` a caller needs both. Empty:
    callers need no token."""

    tokens_in_store: bool = False
    """Whether tokens that are kept in the ``store`` let callers in. Those of ``tokens_file`` may do so as well;
    replicas share those of the store. ``boxwright tokens create --store`` writes them; what changes there holds within
    three seconds. While the store cannot be read, those read before let in; none does if it was not read since the
    start."""

    allow_unauthenticated: bool = False
    """Whether anybody who reaches ``address``, ``http_address`` and ``admin_address`` may call, where these are other
    than loopback. The server does not start at such an address unless callers are known (``tokens_file``,
    ``tokens_in_store``, ``client_ca``) or this is ``true``. It lets nobody in who lacks a token or certificate that is
    asked for."""

    admin_address: str = "127.0.0.1:9464"
    """Host and port of ``/metrics`` (Prometheus), ``/healthz`` and ``/livez``; port 0 takes a free one. Not for the
    public: metrics say how much you ship."""

    catalogs: tuple[str, ...] = ()
    """Box catalogs to offer with the shipped ones: paths of .toml or .csv files. Separated by the path separator
    (``:``) in the environment. A catalog with the id of a shipped one replaces it."""

    default_catalog: str = ""
    """Id of the catalog for requests that name none. Empty: such a request is an error, because boxes that nobody chose
    may not be in stock."""

    sites: str = ""
    """Path of a TOML file with the sites that requests may name: for each its catalog, what is at hand, profiles and
    limits. Empty: none."""

    default_profile: str = "uk-desnz"
    """Accounting profile for requests that name none; without ``@version`` the newest is taken."""

    materials: str = ""
    """Folder of materials data to use instead of the shipped one. Empty: the shipped one."""

    workers: str = "auto"
    """Processes that plan: ``auto`` is one for each core that the server may use, a number is so many, up to 1,024.
    Planning takes a whole core, so more do not help. Of two or more, large orders leave one to small orders."""

    max_worker_bytes: int = 2 * 1024 * 1024 * 1024
    """Most memory that a worker may hold, in bytes. One with more is replaced, and its order answered with
    RESOURCE_EXHAUSTED and the reason MEMORY_CEILING. So is one to which earlier orders left less than a quarter of its
    room, so that no order fails for theirs. Memory is looked at ten times a second, on Linux alone. The process of a
    long-running operation may hold as much."""

    max_cpu_s_per_order: float = 30.0
    """Most CPU time for one order, in seconds. At three quarters of it the search ends, and the best plan so far is
    finished, checked and answered, and says that it was cut; without one the answer is FAILED_PRECONDITION with the
    reason CPU_CEILING. It holds for every call that a worker answers. Where the system does not show the CPU
    time of a thread (macOS, Windows), the time that passes counts."""

    max_units_per_order: int = 2_000
    """Most units of one order, at most 10,000. Planning time grows faster than the number of units: thousands in one
    order take seconds to minutes, in which other orders have one worker less."""

    store: str = ""
    """Database that keeps plans, outcomes and answers for repeated calls. It is ``sqlite:////folder/plans.db`` for one
    server (four slashes and a full path, on a local disk), ``postgresql://user@host/database`` for replicas that share
    it, with the extra ``postgres``. Empty: nothing is stored, and ``persist``, GetPlan, ListPlans and RecordOutcome are
    refused with the reason STORE_OFF."""

    persist_plans: bool = False
    """Whether plans of shipments are stored where the request does not say so by ``persist``. One that cannot be stored
    is then answered without a name; a request that asks for it gets an error instead."""

    keep_plans_days: float = 90.0
    """Days after which stored plans and their outcomes are deleted; 0: never."""

    keep_plans_bytes: int = 10 * 1024 * 1024 * 1024
    """Most bytes of stored plans with the catalogs and texts that they need; 0: no limit. Each counts once, as it is in
    the database, indexes and free pages left out. Past it the oldest plans are deleted, whoever stored them."""

    store_texts: bool = False
    """Whether SKUs, descriptions and barcodes of lines are stored, in the request and where the plan repeats them at
    its caller's wish. Without it they are left out; planning does not need them."""

    order_id_key: str = ""
    """Secret by which order ids are hashed (HMAC-SHA256) before they are stored. It has at least 16 characters, for the
    ids are few enough to be tried one by one. Filters hash their value too, and so is hashed by what a repeated call is
    known. All replicas need the same. The log has order ids as they are. Empty: so has the store."""

    link_key: str = ""
    """Secret by which links to pages of stored plans are signed. It has at least 16 characters. A page is then served
    only for a link that is signed and whose time is not over. Empty: pages are served like all else."""

    drain_delay_s: float = 0.0
    """Seconds after SIGTERM or SIGINT in which calls are still taken while health says NOT_SERVING. As long as what
    spreads calls needs to see it, such as two probes of a load balancer. Then the ports close, and ``grace_s`` begins.
    Not needed in Kubernetes, where ``preStop`` waits."""

    grace_s: float = 20.0
    """Seconds that calls under way get after SIGTERM or SIGINT before they are cut off. Health says NOT_SERVING and
    idle streams end at once. Soon after the grace the process ends, whatever its threads do. An order that needs
    longer, which ``max_cpu_s_per_order`` may allow, is cut off."""

    traces_endpoint: str = ""
    """URL of a collector that takes traces by OTLP, such as ``http://collector:4317``; needs the extra ``tracing``. All
    else is set by the variables of OpenTelemetry: ``OTEL_EXPORTER_OTLP_PROTOCOL`` (``grpc`` or ``http/protobuf``),
    ``OTEL_EXPORTER_OTLP_HEADERS``, ``OTEL_SERVICE_NAME``, ``OTEL_TRACES_SAMPLER`` and so on. Empty: calls are not
    traced."""

    log_format: str = "plain"
    """``plain`` for people, ``json`` for machines: one object a line."""

    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR. INFO has one line a call."""

    # What has one sane value is no setting.

    watch_files_s: ClassVar[float] = 5.0
    """Seconds from one look at the files of ``catalogs``, ``sites`` and ``materials`` to the next. Once they have
    changed and look the same twice, all is read anew and, if it is valid, served from then on; else what was loaded
    before stays. Files that come with the software are not looked at."""

    max_message_bytes: ClassVar[int] = 16 << 20
    """Largest request in bytes. gRPC refuses larger ones with RESOURCE_EXHAUSTED before they are read."""

    watch_store_s: ClassVar[float] = 2.0
    """Seconds from one look at the store for catalogs that other servers wrote to the next."""

    max_orders_per_batch: ClassVar[int] = 1_000
    """Most orders of one BatchPack."""

    max_answer_bytes: ClassVar[int] = 16 << 20
    """Most bytes, as protobuf, of the results of one BatchPack, and of one answer of Pack, StreamPack or CheckPlan.
    Orders of a batch whose plans do not fit any more are errors with the reason LIMIT_EXCEEDED, and are not planned; so
    is an answer that is too long. A page of a list ends early where more would not fit, with one entry at least."""

    max_unsent_bytes: ClassVar[int] = 256 << 20
    """Most bytes of answers of 64 KiB and more that wait until their callers read them."""

    max_unsent_bytes_per_caller: ClassVar[int] = 64 << 20
    """The same for one caller; one answer is always taken, however long."""

    max_orders_per_stream: ClassVar[int] = 16
    """Orders of one StreamPack that are under way at once; the server reads no further until one is answered."""

    max_streams: ClassVar[int] = 1_024
    """StreamPack calls open at once."""

    max_streams_per_caller: ClassVar[int] = 128
    """StreamPack calls of one caller open at once."""

    stream_idle_s: ClassVar[float] = 1_800.0
    """Seconds after which a StreamPack without a message or an order under way ends."""

    stream_age_s: ClassVar[float] = 43_200.0
    """Seconds after which a StreamPack is read no further; it ends once its orders under way are answered."""

    connection_age_s: ClassVar[float] = 1_800.0
    """Seconds after which a connection over gRPC takes no new calls, so that clients find new replicas."""

    max_batches: ClassVar[int] = 64
    """BatchPack calls at once."""

    max_batches_per_caller: ClassVar[int] = 16
    """BatchPack calls of one caller at once."""

    max_drawn_units: ClassVar[int] = 200
    """Most units of an order for which drawings may be asked, and of parcels of a page whose steps are drawn."""

    remembered_answers: ClassVar[int] = 10_000
    """Answers kept in memory for calls with a ``request_id``, oldest forgotten first."""

    remembered_bytes: ClassVar[int] = 64 << 20
    """Most bytes of those answers."""

    store_wait_s: ClassVar[float] = 2.0
    """Seconds after which a record that is not stored yet counts as failed. A lock that another program holds is waited
    for three quarters of that, at least 1 s."""

    keep_answers_days: ClassVar[float] = 2.0
    """Days for which a call may be repeated by its ``request_id`` after a restart or at another replica."""

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
                found.add("http_origins", f"must be sites such as https://wms.example, got {origin!r}")
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
            # Whatever a secret may be in is not repeated.
            shown = "one with @" if "@" in self.traces_endpoint else repr(re.split("[?#]", self.traces_endpoint)[0])
            rule = "must be http:// or https:// with a host, and no user or password"
            found.add("traces_endpoint", f"{rule}; got {shown}")
        if self.store and (rule_of_store := check_url(self.store)):
            found.add("store", rule_of_store)
        for name in ("persist_plans", "tokens_in_store"):
            if getattr(self, name) and not self.store:
                found.add(name, "must be false without a store")
        if _WORKERS.fullmatch(self.workers) is None:
            found.add("workers", f"must be auto or a number of processes from 1 to 1,024; got {self.workers!r:.40}")
        found.raise_any()

    def _check_addresses(self, found: Findings) -> None:
        taken = dict[str, tuple[str, int]]()
        for name in ("address", "http_address", "admin_address"):
            value = getattr(self, name)
            host, port = host_and_port(value)
            if not host or port is None:
                if value or name != "http_address":
                    found.add(name, f"must be host:port with a port of at most 65535, got {value!r}")
                continue
            if ":" in host and not value.startswith("["):
                found.add(name, f"must have an address of IPv6 in brackets: write [{host}]:{port}, got {value!r}")
            elif not self.callers_are_known and not self.allow_unauthenticated and not is_loopback(host):
                rule = "must be loopback without tokens_file, tokens_in_store, client_ca or allow_unauthenticated:"
                found.add(name, f"{rule} anybody could call; got {value!r}")
            for other, (host_there, port_there) in taken.items():
                if port and port == port_there and _share(host, host_there):
                    found.add(name, f"must have a port of its own, not that of {other}; got {value!r}")
                    break
            taken[name] = host, port

    @property
    def callers_are_known(self) -> bool:
        """Whether nobody may call without a credential."""
        return bool(self.client_ca or self.needs_tokens)

    @property
    def needs_tokens(self) -> bool:
        """Whether callers need a token."""
        return bool(self.tokens_file or self.tokens_in_store)

    @property
    def worker_count(self) -> int:
        """How many processes plan."""
        return available_cores() if self.workers == "auto" else int(self.workers)

    @staticmethod
    def from_environment(environment: Mapping[str, str] | None = None, **given: Any) -> "Settings":
        """Return settings from the environment and the file that it names, overridden by what is given and not None.

        Raises
        ------
        InvalidInputError
            With every setting that breaks a rule, as it is called where it comes from.
        """
        from boxwright.server.settings.sources import read_settings  # it imports this file

        return read_settings(os.environ if environment is None else environment, given).settings


@cache
def field_texts(kind: type = Settings) -> dict[str, str]:
    """Return the text below each field of a class, by its name: the help of options and metrics, and their pages."""
    body = cast("ast.ClassDef", ast.parse(inspect.getsource(kind)).body[0]).body
    return {
        ast.unparse(field.targets[0] if isinstance(field, ast.Assign) else field.target): " ".join(
            str(cast("ast.Constant", text.value).value).split()
        )
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign | ast.Assign) and isinstance(text, ast.Expr)
    }


def listed(text: str) -> list[str]:
    """Return what a setting lists, separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def available_cores() -> int:
    """Return the cores that this process may use, which is fewer than the machine has under an affinity mask."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def host_and_port(address: str) -> tuple[str, int | None]:
    """Return both parts of ``host:port``; the port is None where there is none from 0 to 65,535."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port) if port.isascii() and port.isdecimal() and int(port) <= 65_535 else None


def _share(host: str, other: str) -> bool:
    """Return whether one port of two hosts can be taken once only: equal ones, or where one stands for all."""
    if host == other or "::" in (host, other):
        return True
    return "0.0.0.0" in (host, other) and ":" not in host + other


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches a host."""
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
"""Least and most of each number."""
