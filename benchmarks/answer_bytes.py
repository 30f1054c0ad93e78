"""How many bytes answers of the service take, by read mask, and whether a batch fits the usual limit of clients.

    python -m benchmarks.answer_bytes [--data DIR]

Packs orders of one unit and of 13 units and, with ``--data``, the orders of ``olist_mix``, taken again until there are
1,000, as one BatchPack over gRPC from a server in a process of its own: 28 box types of ``eu-stock``, 500 km by road,
default profiles. Then packs ``examples/orders.csv`` with ``boxwright pack --out`` under the same terms. Prints one
Markdown table, and fails where an answer by the default mask is larger than promised.
"""

import argparse
import itertools
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import grpc
from google.protobuf import field_mask_pb2

from benchmarks import datasets
from boxwright.domain.order import Order
from boxwright.v1 import lane_pb2
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub
from boxwright_client import leg, line, pack_request

RUNNING = runpy.run_path(str(Path(__file__).parents[1] / "tests" / "interop" / "running_server.py"))
EXAMPLES = Path(__file__).parents[1] / "examples" / "orders.csv"
CATALOG = "catalogs/eu-stock"
ROAD = leg(lane_pb2.TRANSPORT_MODE_ROAD, 500)
BATCH = 1_000
UNITS = 13
MASKS = {"default": [], "`plan`": ["plan"], "`*`": ["*"]}
GRPC_LIMIT = 4 * 1024 * 1024
"""What clients of gRPC take at most where nobody has raised it, in bytes."""

MOST = {1: 1_500, UNITS: 3_000}
"""What an answer of so many units may take by the default mask, in bytes."""


def books(units: int) -> messages.PackRequest:
    """Return a request for an order of so many units, each of them a line."""
    lines = [line(f"line-{number}", 210, 148, 20 + number, 350) for number in range(units)]
    return pack_request(f"order-{units}", lines, catalog=CATALOG, legs=[ROAD])


def requests_of(orders: Iterable[Order]) -> Iterator[messages.PackRequest]:
    """Yield a request for each of ``BATCH`` orders: those given, again and again."""
    for number, order in enumerate(itertools.islice(itertools.cycle(orders), BATCH)):
        lines = [
            line(
                *(each.line_id, each.length_mm, each.width_mm, each.height_mm, each.mass_g),
                quantity=each.quantity,
            )
            for each in order.lines
        ]
        request = pack_request(f"{number}-{order.order_id}", lines)
        request.policy.allow_partial = True
        yield request


def batch(orders: Iterable[Order]) -> messages.BatchPackRequest:
    """Return the batch of all orders, with what they share."""
    shared = pack_request("", [], catalog=CATALOG, legs=[ROAD])
    shared.ClearField("order")
    return messages.BatchPackRequest(defaults=shared, requests=requests_of(orders))


def main() -> None:
    """Run the benchmark; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with the order sets")
    given = parser.parse_args()
    print("| answer | read mask | bytes | bytes an order |\n|---|---|---|---|")
    too_large = []
    with RUNNING["running_server"]() as server, grpc.insecure_channel(server.address) as channel:
        stub = PackingServiceStub(channel)
        for units, most in MOST.items():
            for name, paths in MASKS.items():
                request = books(units)
                request.read_mask.CopyFrom(field_mask_pb2.FieldMask(paths=paths))
                size = stub.Pack(request, timeout=60).ByteSize()
                print(f"| Pack, {units} {'unit' if units == 1 else 'units'} | {name} | {size:,} | {size:,} |")
                if not paths and size > most:
                    too_large.append(f"{units} units: {size:,} bytes, at most {most:,}")
        if given.data:
            # The usual limit holds on this channel: a larger answer would raise RESOURCE_EXHAUSTED.
            answer = stub.BatchPack(batch(datasets.load(given.data, "olist_mix").orders), timeout=600)
            size = answer.ByteSize()
            print(f"| BatchPack, {BATCH:,} of `olist_mix` | default | {size:,} | {size // BATCH:,} |")
            if size > GRPC_LIMIT or answer.planned_count != BATCH:
                too_large.append(f"batch: {size:,} bytes of {GRPC_LIMIT:,}, {answer.planned_count} planned")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "plans.jsonl"
        terms = ["--catalog", "eu-stock", "--leg", "road:500"]
        command = [str(Path(sys.executable).with_name("boxwright")), "pack", "--orders", str(EXAMPLES), *terms]
        subprocess.run([*command, "--out", str(out)], stdout=subprocess.DEVNULL, check=True)
        count = len(out.read_bytes().splitlines())
        size, apart = out.stat().st_size, out.with_name("plans.jsonl.profiles.json").stat().st_size
        print(f"| `pack --out`, {count} orders | | {size:,}, profiles {apart:,} | {size // count:,} |")
    if too_large:
        sys.exit("; ".join(too_large))


if __name__ == "__main__":
    main()
