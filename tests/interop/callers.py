"""Callers in several languages: each plans and stores an order, and reads its plan again.

``transcript.py`` calls it and keeps the output.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import browser
from recording import Transcript, messages
from running_server import RunningServer

CURL = ("curl", "-sS", "--compressed", "-w", "\\n%{http_code} %{content_type}\\n")
JSON = ("-H", "Content-Type: application/json")
CATALOG = "catalogs/eu-webshop"
ORDERS = {
    "curl": "by-curl",
    "Node": "by-grpc-js",
    "Python over gRPC": "by-python-grpc",
    "Python over HTTP": "by-python-http",
}
"""The order that each caller plans."""


def drive(transcript: Transcript, server: RunningServer, store: str, picture: Path) -> None:
    """Plan, store and read an order by each caller; check the page of a plan and the row of each."""
    http = server.http_address
    plans = {
        "curl": drive_by_curl(transcript, http),
        "Node": drive_by_node(transcript, server.address),
        "Python over gRPC": drive_by_python(transcript, "Python over gRPC", server.address),
        "Python over HTTP": drive_by_python(transcript, "Python over HTTP", f"http://{http}"),
    }
    look_at_page(transcript, http, plans["curl"], picture)
    look_by_psql(transcript, store, plans)


def _order(order_id: str) -> dict[str, Any]:
    """Return a request to plan and store three books."""
    edges = {"length_mm": 210, "width_mm": 148, "height_mm": 20}
    book = {"line_id": "book", "quantity": 3, "mass_g": 340, "cuboid": {"dimensions": edges}}
    return {"catalog": CATALOG, "persist": True, "order": {"order_id": order_id, "lines": [book]}}


def _said(done: "subprocess.CompletedProcess[str]") -> tuple[dict[str, Any], str]:
    """Return the JSON that curl printed, with status and content type."""
    body, _, status = done.stdout.rstrip().rpartition("\n")
    return (messages(body)[0] if body.startswith("{") else {}), status


def drive_by_curl(transcript: Transcript, http: str) -> str:
    """Plan, store, read, find and close an order by curl over HTTP, and get a refusal; return the plan's name."""
    url, service = f"http://{http}", f"http://{http}/boxwright.v1.PackingService"

    def post(method: str, content: dict[str, Any]) -> tuple[dict[str, Any], str]:
        return _said(transcript.run(*CURL, *JSON, f"{service}/{method}", "-d", json.dumps(content)))

    def get(path: str) -> tuple[dict[str, Any], str]:
        return _said(transcript.run(*CURL, f"{url}{path}"))

    order_id = ORDERS["curl"]
    packed, status = post("Pack", _order(order_id))
    plan = packed.get("plan", {})
    name, parcels = plan.get("name", ""), plan.get("parcels", [])
    placed = sum(len(parcel["placements"]) for parcel in parcels)
    transcript.expect("curl plans and stores", right=status == "200 application/json" and placed == 3 and bool(name))
    read, _ = get(f"/v1/{name}?read_mask=order_id,parcels.box_type_id")
    same = [each["box_type_id"] for each in read.get("parcels", [])] == [parcel["box_type_id"] for parcel in parcels]
    transcript.expect("curl reads the plan", right=same and read.get("order_id") == order_id)
    found, _ = get(f"/v1/plans?filter=order_id=%22{order_id}%22&read_mask=name,order_id,status")
    transcript.expect("curl finds the plan", right=[each["name"] for each in found.get("plans", [])] == [name])
    shipped = [{"parcel_index": index, "box_type_id": each["box_type_id"]} for index, each in enumerate(parcels)]
    outcome = {"request_id": "by-curl-1", "outcome": {"plan": name, "parcels": shipped}}
    recorded, _ = post("RecordOutcome", outcome)
    transcript.expect("curl records the outcome", right=recorded.get("outcome", {}).get("plan") == name)
    wrong = _order("wrong")
    wrong["order"]["lines"][0]["mass_g"] = -1
    refused, status = post("Pack", wrong)
    fields = [
        each["field"] for detail in refused.get("details", []) for each in detail["debug"].get("field_violations", [])
    ]
    right = status.startswith("400 ") and fields == ["order.lines[0].mass_g"]
    transcript.expect("curl is refused with field and rule", right=right)
    return str(name)


def drive_by_node(transcript: Transcript, server: str) -> str:
    """Plan, store and read by grpc-js; return the plan's name."""
    done = transcript.run("node", "clients/node/stored.mjs", server, ORDERS["Node"])
    return _name(transcript, "Node stores and reads", done)


def drive_by_python(transcript: Transcript, caller: str, target: str) -> str:
    """Plan, store, read and close by the client for Python; return the plan's name."""
    done = transcript.run(sys.executable, "tests/interop/by_python.py", target, ORDERS[caller])
    return _name(transcript, f"{caller} stores, reads and closes", done)


def _name(transcript: Transcript, what: str, done: "subprocess.CompletedProcess[str]") -> str:
    found = re.search(r"^stored as (plans/\w+), read again: (\d+) units in ", done.stdout, re.MULTILINE)
    transcript.expect(what, right=done.returncode == 0 and found is not None and found[2] == "3")
    return found[1] if found else ""


def look_at_page(transcript: Transcript, http: str, plan: str, picture: Path) -> None:
    """Open the page of a plan in Chromium, check that it shows box, steps and bill, and save a picture of it."""
    url = f"http://{http}/{plan}"
    done = transcript.run(*browser.CHROMIUM, "--dump-dom", url, quiet=True)
    text = re.sub(r"[ \t]+", " ", browser.said(done))
    lines = [splitline.strip() for splitline in text.splitlines() if splitline.strip()]
    transcript.lines += ["the page says:", *lines, ""]
    shown = all(each in text for each in ("by-curl", "book", "CO2e"))
    transcript.expect("Chromium shows the page of the plan", right="image/svg+xml" in done.stdout and shown)
    taken = transcript.run(
        *browser.CHROMIUM, "--hide-scrollbars", "--window-size=1000,1600", f"--screenshot={picture}", url
    )
    right = taken.returncode == 0 and picture.exists() and picture.stat().st_size > 20_000
    transcript.expect(f"a picture of the page is in {picture.name}", right=right)


def look_by_psql(transcript: Transcript, url: str, plans: dict[str, str]) -> None:
    """Find the row of each caller's plan by psql."""
    for caller, plan in plans.items():
        plan_id = plan.removeprefix("plans/")
        query = f"SELECT order_id, status FROM plans WHERE plan_id = '{plan_id}'"
        done = transcript.run("psql", "-X", "-A", "-t", "-c", query, url)
        right = done.returncode == 0 and done.stdout.strip() == f"{ORDERS[caller]}|complete"
        transcript.expect(f"psql finds the plan of {caller}", right=right)
