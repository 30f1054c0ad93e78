"""A server with TLS, tokens, sites and a store, and a short mixed load that changes each metric."""

import contextlib
import datetime as dt
import os
import signal
import ssl
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format

from boxwright.server.access.auth import Scope
from boxwright.server.access.tokens import new_token, written
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

ROOT = Path(__file__).parents[3]
sys.path += [str(ROOT / "tests" / folder) for folder in ("interop", "server")]
from authority import Authority  # noqa: E402 - its folder is not a package
from running_server import RunningServer, running_server  # noqa: E402 - its folder is not a package

CATALOG = 'catalog_id = "hall"\nversion = "{version}"\ncurrency = "EUR"\n'
BOXES = "".join(
    f'''
[[box_types]]
box_type_id = "{name}"
inner_length_mm = {length}
inner_width_mm = {width}
inner_height_mm = {height}
board_id = "b-flute"
price_minor = {price}
'''
    for name, length, width, height, price in (
        ("small", 250, 180, 100, 38),
        ("middle", 300, 220, 160, 52),
        ("large", 400, 300, 250, 95),
    )
)
SITES = """[[sites]]
site_id = "leeds"
catalog_id = "hall"
"""

LANE = {
    "legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 420}],
    "carrier_service": "carriers/ups/services/us-daily",
    "ship_date": {"year": 2026, "month": 7, "day": 20},
    "price_tables": [
        {
            "price_table_id": "own",
            "version": "1",
            "carrier_service": "carriers/ups/services/us-daily",
            "currency": "USD",
            "weight_unit": "CARRIER_WEIGHT_UNIT_LB",
            "zones": [
                {"steps": [{"up_to": 150, "price": {"currency_code": "USD", "units": 9}}]},
            ],
        }
    ],
}
PROFILES = ("uk-desnz@2026", "fr-ademe@2024", "us-epa@2025", "eu-industry@2022")  # the last one lacks factors
OVERRIDES = ("BOX_NOT_AT_HAND", "DID_NOT_FIT", "")
CHECKS = ROOT / "docs" / "requests" / "PackingService.CheckPlan.json"


@dataclass(frozen=True)
class Secured:
    """A running server, and the data for its callers."""

    server: RunningServer
    folder: Path
    authority: Path
    token: str

    @property
    def token_file(self) -> Path:
        """File of a token that may read metrics."""
        return self.folder / "prometheus.token"

    def write_catalog(self, version: int, boxes: str = "") -> None:
        """Write the hall's catalog and have the server read it; other text in place of boxes makes it invalid."""
        whole = CATALOG.format(version=version) + (boxes or BOXES)
        other = self.folder / "hall.new"
        other.write_text(whole, encoding="utf-8")
        other.replace(self.folder / "hall.toml")
        self.server.process.send_signal(signal.SIGHUP)


@contextmanager
def secured_server(folder: Path) -> Iterator[Secured]:
    """Run the server in a folder."""
    authority = Authority(folder)
    pair = authority.sign("tls", "boxwright")
    now = dt.datetime.now(dt.UTC)
    caller, token = new_token("hall", [Scope("pack"), Scope("read")], (), now, now + dt.timedelta(days=20))
    scraper, scraping = new_token("prometheus", [Scope("admin")], (), now, None)
    (folder / "tokens.json").write_text(written([token, scraping]), encoding="utf-8")
    (folder / "prometheus.token").write_text(scraper, encoding="ascii")
    (folder / "sites.toml").write_text(SITES, encoding="utf-8")
    (folder / "hall.toml").write_text(CATALOG.format(version=1) + BOXES, encoding="utf-8")
    settings = {
        "tls_certificate": pair.certificate,
        "tls_key": pair.key,
        "tokens_file": folder / "tokens.json",
        "catalogs": folder / "hall.toml",
        "sites": folder / "sites.toml",
        "default_catalog": "hall",
        "store": f"sqlite:///{folder}/plans.db",
        "workers": 2,
        "max_cpu_s_per_order": 1.5,
    }
    with running_server(limits={"watch_files_s": 3_600}, **settings) as server:
        yield Secured(server, folder, authority.certificate, caller)


def order(number: int, *, many: int = 1, **fields: Any) -> messages.PackRequest:
    """Return a request for an order that differs by its number."""
    lines = []
    for index in range(many):
        at = number + index
        edges = {"length_mm": 60 + 11 * (at % 12), "width_mm": 50 + 7 * (at % 9), "height_mm": 20 + 6 * (at % 8)}
        units = {"quantity": 1 + at % 3, "mass_g": 150 + 90 * (at % 7)}
        lines.append({"line_id": f"line-{index}", **units, "cuboid": {"dimensions": edges}})
    data = {
        "order": {"order_id": f"order-{number}", "lines": lines},
        "catalog": "catalogs/hall",
        "accounting_profiles": [f"accountingProfiles/{profile}" for profile in PROFILES],
        "allocations": ["ALLOCATION_MASS"],
        "lane": LANE,
        "markets": ["markets/eu"],
        "policy": {"allow_partial": True},
        **fields,
    }
    return json_format.ParseDict(data, messages.PackRequest())


def large(number: int) -> messages.PackRequest:
    """Return a request that takes longer than allowed for an order."""
    found = order(number, many=150, policy={"mode": "SOLVING_MODE_THOROUGH", "allow_partial": True})
    found.order.order_id = f"large-{number}"
    return found


class Load:
    """Calls of one caller to a server."""

    def __init__(self, secured: Secured) -> None:
        self._secured = secured
        credentials = grpc.ssl_channel_credentials(secured.authority.read_bytes())
        self._channel = grpc.secure_channel(secured.server.address, credentials)
        self._stub = PackingServiceStub(self._channel)
        self._metadata = (("authorization", f"Bearer {secured.token}"),)

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def call(self, method: str, message: Any, **given: Any) -> Any:
        """Call a method; return its answer, or the error that it ended with."""
        try:
            return getattr(self._stub, method)(message, timeout=30, metadata=self._metadata, **given)
        except grpc.RpcError as error:
            return error

    def plans(self, numbers: range) -> None:
        """Plan orders; some are repeated, of a site, what-ifs, heavy, too large, or shipped."""
        for number in numbers:
            kept = self.call("Pack", order(number, many=1 + number % 5, persist=True))
            if isinstance(kept, messages.PackResponse):
                self.ship(kept, number)
                self.call("GetPlan", messages.GetPlanRequest(name=kept.plan.name))
            again = order(number, many=2, request_id=str(uuid.uuid4()))
            for _ in range(2):
                self.call("Pack", again)
            self.call("Pack", order(number, site="sites/leeds"))
            self.call("Pack", order(number, purpose="PLAN_PURPOSE_WHAT_IF", catalog="catalogs/eu-stock"))
            self.call("Pack", order(number, catalog="catalogs/eu-stock"))
        self.call("ListPlans", messages.ListPlansRequest(page_size=5))

    def ship(self, kept: messages.PackResponse, number: int) -> None:
        """Record the outcome of a plan, sometimes with another box."""
        parcel = kept.plan.parcels[0]
        asked = messages.RecordOutcomeRequest(request_id=str(uuid.uuid4()))
        asked.outcome.plan = kept.plan.name
        for index, planned in enumerate(kept.plan.parcels):
            shipped = asked.outcome.parcels.add(parcel_index=index, box_type_id=planned.box_type_id)
            shipped.measured_gross_g = planned.gross_g * (1 + 0.02 * (number % 4))
            for edge in ("length_mm", "width_mm", "height_mm"):
                setattr(shipped.measured_outer, edge, getattr(planned.outer, edge) + number % 5)
        if reason := OVERRIDES[number % 3]:
            asked.outcome.parcels[0].box_type_id = "large" if parcel.box_type_id != "large" else "middle"
            asked.outcome.parcels[0].override_reason = f"OVERRIDE_REASON_{reason}"
            asked.outcome.parcels[0].ClearField("measured_outer")
        self.call("RecordOutcome", asked)

    def many(self) -> None:
        """Send a batch and a stream."""
        requests = [*(order(number) for number in range(4)), order(4, catalog="catalogs/none")]
        self.call("BatchPack", messages.BatchPackRequest(requests=requests))
        asked = [messages.StreamPackRequest(correlation_id=str(number)) for number in range(3)]
        for number, message in enumerate(asked):
            message.pack.request.CopyFrom(order(number))
        list(self._stub.StreamPack(iter(asked), timeout=30, metadata=self._metadata))

    def unusual(self) -> None:
        """Send heavy parcels, units that cannot be packed, wrong orders and plans, and calls that are refused."""
        heavy = order(1, catalog="catalogs/eu-stock")
        heavy.order.lines[0].mass_g = 21_000
        too_large = order(2)
        too_large.order.lines[0].cuboid.dimensions.length_mm = 2_900
        whole = messages.PackRequest()
        whole.CopyFrom(too_large)
        whole.policy.allow_partial = False
        for request in (heavy, too_large, whole, order(3, catalog="catalogs/none")):
            self.call("Pack", request)
        wrong = CHECKS.read_text(encoding="utf-8")
        self.call("CheckPlan", json_format.Parse(wrong, messages.CheckPlanRequest()))
        raw = self._channel.unary_unary("/boxwright.v1.PackingService/Pack")
        for data, metadata in ((b"\xff\xff", self._metadata), (b"", (("authorization", "Bearer bxw_none"),))):
            with contextlib.suppress(grpc.RpcError):
                raw(data, timeout=30, metadata=metadata)
        context = ssl.create_default_context(cafile=str(self._secured.authority))
        address = f"https://{self._secured.server.http_address}/boxwright.v1.PackingService/Pack"
        asked = urllib.request.Request(address, b"{}", {"Content-Type": "text/plain"})
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(asked, timeout=30, context=context)

    def too_much(self) -> None:
        """Send a batch of large orders and more single ones than the queue takes, and cancel some."""
        given_up = self._stub.Pack.future(large(0), timeout=60, metadata=self._metadata)
        time.sleep(0.4)  # the call is under way after that
        given_up.cancel()
        many = messages.BatchPackRequest(requests=[large(number) for number in range(3)])
        batch = self._stub.BatchPack.future(many, timeout=60, metadata=self._metadata)
        time.sleep(0.2)
        futures = [self._stub.Pack.future(large(number), timeout=60, metadata=self._metadata) for number in range(1, 8)]
        for future in (*futures, batch):
            with contextlib.suppress(grpc.RpcError, grpc.FutureCancelledError):
                future.result()

    def break_store(self) -> None:
        """Remove the store's file for a moment."""
        path = self._secured.folder / "plans.db"
        hidden = path.with_suffix(".away")
        path.rename(hidden)
        try:
            self.call("ListPlans", messages.ListPlansRequest(page_size=1))
            self.call("Pack", order(1, persist=True))
        finally:
            hidden.rename(path)

    def kill_a_planner(self) -> None:
        """Kill a process that plans; another one takes its place."""
        pids = _copies(self._secured.server.process.pid)
        os.kill(pids[0], signal.SIGKILL)

    def steps(self) -> list[Callable[[], None]]:
        """Return one round of the load."""
        return [
            lambda: self.plans(range(12)),
            self.many,
            self.unusual,
            self.break_store,
            self.too_much,
            lambda: self.plans(range(12, 20)),
        ]


def _copies(pid: int) -> list[int]:
    """Return the processes that plan: copies of the one that the server started."""

    def children(parent: int) -> list[int]:
        return [int(child) for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

    return [copy for child in children(pid) for copy in children(child)]
