"""Calls every RPC of a live server with other tools, records the output, and fails if an answer is wrong.

``buf curl`` learns the contract by reflection; Node loads it from ``proto/``; the client for TypeScript is generated
from it, and calls from Node and from a page in Chromium. The server stores its plans in PostgreSQL, where psql then
reads them. Run by ``tests/interop/run``.
"""

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import browser
from recording import ROOT, Answers, Transcript, messages
from running_postgresql import running_postgresql
from running_server import RunningServer, running_server

REQUESTS = ROOT / "docs" / "requests"
TYPESCRIPT = ROOT / "clients" / "typescript" / "dist" / "test"
MIGRATIONS = ROOT / "service" / "boxwright" / "store" / "migrations" / "versions"
SITES = ROOT / "examples" / "sites.toml"
GO = ROOT / "build" / "gen" / "pack-go"
"""The program compiled by ``tests/interop/languages``, if that was run before."""

ANY_PLAN = "plans/{plan}"
"""Placeholder in requests for the name of a stored plan."""

RECORDS = "PackingService.RecordOutcome"
"""This call comes first, because calls that read plans expect what it recorded."""


EXPECTED: dict[str, Callable[[Answers], bool]] = {
    "PackingService.BatchPack": lambda got: (
        [(result["order_id"], "error" in result) for result in got[0]["results"]]
        == [("good", False), ("bad", True), ("too-long", True)]
    ),
    "PackingService.StreamPack": lambda got: (
        [answer["correlation_id"] for answer in got] == ["setup", "1"]
        and got[1]["result"]["plan"]["status"] == "PLAN_STATUS_COMPLETE"
    ),
    "PackingService.CheckPlan": lambda got: (
        [violation["code"] for violation in got[0]["violations"]] == ["OVERLAP", "WRONG_FIGURE"]
    ),
    "PackingService.GetPlan": lambda got: (
        [parcel["box_type_id"] for parcel in got[0]["parcels"]] == ["china-post-6"]
        and [parcel["box_type_id"] for parcel in got[0]["outcome"]["parcels"]] == ["china-post-7"]
    ),
    "PackingService.GetEvidence": lambda got: base64.b64decode(got[0]["bundle"]).startswith(b"PK"),
    "PackingService.ListPlans": lambda got: [plan["order_id"] for plan in got[0]["plans"]] == ["order-1"],
}
"""Tests of answers; of the others, lists must have entries, and a Get must return the requested resource."""


def is_right(name: str, request: dict[str, Any], got: Answers) -> bool:
    """Return whether the answers to a request pass their test."""
    method = name.partition(".")[2]
    if name in EXPECTED:
        return EXPECTED[name](got)
    if method.startswith("List"):
        return int(got[0]["total_size"]) > 0
    return got[0].get("name") == request["name"] if method.startswith("Get") else len(got) == 1


def call(transcript: Transcript, server: str, name: str, data: str) -> "subprocess.CompletedProcess[str]":
    """Call an RPC by reflection."""
    return transcript.run(*curl(), "-d", data, f"http://{server}/boxwright.v1.{name.replace('.', '/')}")


def stored_plan(transcript: Transcript, server: str) -> str:
    """Store the plan of the page's Pack, and return its name; empty if it has none."""
    request = messages((REQUESTS / "PackingService.Pack.json").read_text(encoding="utf-8"))[0]
    done = call(transcript, server, "PackingService.Pack", json.dumps({**request, "request_id": "", "persist": True}))
    return str(messages(done.stdout)[0]["plan"].get("name", "")) if done.returncode == 0 else ""


def look_by_psql(transcript: Transcript, url: str, plan: str) -> None:
    """Read the stored data of a plan by psql."""
    plan_id = plan.removeprefix("plans/")
    newest = max(path.stem.removeprefix("revision_") for path in MIGRATIONS.glob("revision_*.py"))
    columns = "order_id, status, purpose, catalog, cut_short, octet_length(request) > 0, octet_length(answer) > 0"
    of_plan = f"WHERE plan_id = '{plan_id}'"
    queries = {
        "the plan": (f"SELECT {columns} FROM plans {of_plan}", "order-1|complete|shipment|catalogs/china-post|f|t|t"),
        "its boxes": (f"SELECT box_type_ids FROM plans {of_plan}", "china-post-6"),
        "its outcome": (f"SELECT overridden FROM outcomes {of_plan}", "t"),
        "its catalog": (
            f"SELECT catalog_id, version FROM catalogs JOIN plans USING (catalog_hash) {of_plan}",
            "china-post|2",
        ),
        "answers for repeated calls": ("SELECT count(*) > 0 FROM answers", "t"),
        "the version of the tables": ("SELECT version_num FROM alembic_version", newest),
    }
    for name, (query, expected) in queries.items():
        done = transcript.run("psql", "-X", "-A", "-t", "-c", query, url)
        transcript.expect(f"psql finds {name}", right=done.returncode == 0 and done.stdout.strip() == expected)


def curl() -> tuple[str, ...]:
    """Return the command that calls gRPC without TLS; buf is beside the interpreter, or on the path."""
    beside = Path(sys.executable).parent / "buf"
    found = str(beside) if beside.exists() else shutil.which("buf")
    if found is None:
        raise RuntimeError("buf is not installed; the dev dependencies bring it")
    return found, "curl", "--protocol", "grpc", "--http2-prior-knowledge"


def by_reflection(transcript: Transcript, server: str) -> str:
    """Call every RPC with buf curl; return the name of the plan that it stored."""
    listed = transcript.run(*curl(), "--list-services", f"http://{server}")
    names = {"boxwright.v1.PackingService", "grpc.reflection.v1alpha.ServerReflection"}
    transcript.expect("reflection", right=names <= set(listed.stdout.split()))
    plan = stored_plan(transcript, server)
    transcript.expect("a stored plan has a name", right=bool(plan))
    for path in sorted(REQUESTS.glob("*.json"), key=lambda path: (path.stem != RECORDS, "Delete" in path.stem, path)):
        # Another plan is deleted, because psql reads this one later.
        named = stored_plan(transcript, server) if path.stem == "PackingService.DeletePlan" else plan
        text = path.read_text(encoding="utf-8").replace(ANY_PLAN, named)
        of_file = ANY_PLAN not in path.read_text(encoding="utf-8")
        done = call(transcript, server, path.stem, f"@{path.relative_to(ROOT)}" if of_file else text)
        request = messages(text)[0]
        right = done.returncode == 0 and is_right(path.stem, request, messages(done.stdout))
        transcript.expect(path.stem, right=right)
    return plan


def by_programs(transcript: Transcript, server: RunningServer, origin: str) -> None:
    """Call from Node, TypeScript, Go and a page in Chromium."""
    node = transcript.run("node", "clients/node/smoke.mjs", server.address)
    transcript.expect("Node", right=node.returncode == 0 and "PLAN_STATUS_COMPLETE" in node.stdout)
    stored = transcript.run("node", "clients/node/stored.mjs", server.address, "by-grpc-js")
    read = re.search(r"^stored as plans/\w+, read again: 3 units in ", stored.stdout, re.MULTILINE)
    transcript.expect("Node stores and reads", right=stored.returncode == 0 and read is not None)
    typed = transcript.run("node", str(TYPESCRIPT / "smoke.js"), server.address)
    said = "COMPLETE" in typed.stdout and "refused: InvalidArgument, INVALID_FIELDS" in typed.stdout
    transcript.expect("TypeScript", right=typed.returncode == 0 and said)
    if GO.exists():
        went = transcript.run(str(GO), server.address)
        right = "parcel 1: box " in went.stdout and "refused: InvalidArgument, INVALID_FIELDS" in went.stdout
        transcript.expect("Go", right=went.returncode == 0 and right)
    both = {"BOXWRIGHT_GRPC": server.address, "BOXWRIGHT_HTTP": server.http_address}
    tested = transcript.run("node", "--test", str(TYPESCRIPT / "live.js"), str(TYPESCRIPT / "calls.js"), **both)
    transcript.expect("TypeScript over gRPC and HTTP", right=tested.returncode == 0)
    shown_code = (TYPESCRIPT / "readme.js").read_text(encoding="utf-8")
    here = shown_code.replace("127.0.0.1:50051", server.address).replace("127.0.0.1:8080", server.http_address)
    (TYPESCRIPT / "readme_here.js").write_text(here, encoding="utf-8")
    page = transcript.run("node", str(TYPESCRIPT / "readme_here.js"))
    said = "A-1001 1 parcels" in page.stdout and " catalogs" in page.stdout and "A-1002 INVALID_FIELDS" in page.stderr
    transcript.expect("The code of the README for TypeScript", right=page.returncode == 0 and said)
    opened = transcript.run(*browser.command(origin, server.http_address))
    shown = browser.said(opened)
    transcript.lines += [f"the page says: {shown}"]
    right = shown.startswith("planned in ") and "refused: INVALID_FIELDS" in shown
    transcript.expect("Chromium over HTTP", right=right)
    again = "broken twice: answered at attempt 3; broken always: unavailable, the site cannot be reached: " in shown
    transcript.expect("Chromium tries again where a connection breaks", right=again)


def look_at_page(transcript: Transcript, http: str, plan: str, picture: Path) -> None:
    """Open the page of a plan in Chromium, check that it shows the plan, and save a picture of it."""
    url = f"http://{http}/{plan}"
    done = transcript.run(*browser.CHROMIUM, "--dump-dom", url, quiet=True)
    shown = all(text in browser.said(done) for text in ("order-1", "CO2e"))
    transcript.expect("Chromium shows the page of the plan", right="image/svg+xml" in done.stdout and shown)
    options = ("--hide-scrollbars", "--window-size=1000,1600", f"--screenshot={picture}")
    taken = transcript.run(*browser.CHROMIUM, *options, url)
    right = taken.returncode == 0 and picture.exists() and picture.stat().st_size > 20_000
    transcript.expect(f"a picture of the page is in {picture.name}", right=right)


def main(target: Path) -> int:
    """Write the transcript, also if the run fails; return 1 if an answer was wrong."""
    transcript = Transcript()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            browser.site(TYPESCRIPT / "page.bundle.js", REQUESTS / "PackingService.Pack.json") as origin,
            running_postgresql() as postgresql,
            running_server(http_origins=origin, store=postgresql.make_database("plans"), sites=SITES) as server,
        ):
            plan = by_reflection(transcript, server.address)
            look_by_psql(transcript, postgresql.url("plans"), plan)
            by_programs(transcript, server, origin)
            look_at_page(transcript, server.http_address, plan, target.with_name("interop-plan.png"))
    finally:
        target.write_text("\n".join(transcript.lines), encoding="utf-8")
    called = sum(line.startswith("$ ") for line in transcript.lines)
    print(f"{called} calls, {len(transcript.wrong)} wrong: {', '.join(transcript.wrong) or 'none'}; see {target}")
    return int(bool(transcript.wrong))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
