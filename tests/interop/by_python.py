"""Plans and stores an order, reads its plan again and records its outcome, by the client for Python.

``python tests/interop/by_python.py TARGET ORDER``, where the target is host:port of gRPC or the URL of the HTTP port.
"""

import sys

from boxwright_client import BENCH, Client, InvalidRequestError, line, outcome_request, pack_request, shipped

CATALOG = "catalogs/eu-webshop"

target, order_id = sys.argv[1:]
book = line("book", 210, 148, 20, 340, quantity=3)
with Client(target) as client:
    plan = client.pack(pack_request(order_id, [book], catalog=CATALOG, persist=True, read_mask=BENCH)).plan
    for parcel in plan.parcels:
        for step in parcel.bench.lines:
            print(f"  {step.sentence}")
        print(f"  the scale shows {parcel.bench.gross_g:.0f} g, give or take {parcel.bench.tolerance_g:.0f} g")
    packed = [shipped(parcel.box_type_id, index) for index, parcel in enumerate(plan.parcels)]
    client.record_outcome(outcome_request(plan.name, packed, station="hall-1/1"))
    stored = client.get_plan(plan.name)
    placed = sum(len(parcel.placements) for parcel in stored.parcels)
    boxes = ", ".join(parcel.box_type_id for parcel in stored.parcels)
    print(f"stored as {plan.name}, read again: {placed} units in {boxes}, packed at {stored.outcome.station}")
    try:
        client.pack(pack_request(order_id, [line("book", 210, 148, 20, -1)], catalog=CATALOG))
    except InvalidRequestError as error:
        print("refused:", *error.violations)
    else:
        raise SystemExit("an order of negative mass was planned")
