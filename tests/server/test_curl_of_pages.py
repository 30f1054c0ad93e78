"""The curl commands of the docs work, apart from the ports; docs/pack_station.md says what they answer."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from boxwright.domain.policy import SolvingMode
from boxwright.v1 import errors_pb2

from .here import server_here
from .live_calls import ask

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pack_station.md").read_text(encoding="utf-8")
CALLS = re.findall(r"^curl http://127\.0\.0\.1:8080/(\S+) .*?-d '(\{.*?\})'$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def server(curl, tmp_path_factory):
    """A server that stores plans, and has the sites of the examples."""
    path = tmp_path_factory.mktemp("store") / "plans.db"
    sites = ROOT / "examples" / "sites.toml"
    with server_here(store=f"sqlite:///{path}", default_catalog="eu-webshop", sites=sites) as running:
        yield running


def call(server, path, body):
    """Return the answer of the server to a call."""
    status, _, answer = ask(server.http_address, f"/{path}", body.encode())
    assert status == 200, f"{path}: {answer.decode()}"
    return json.loads(answer)


def test_the_calls_of_the_page_work(server):
    """A missing box, another box, a unit that does not fit and an outcome are answered."""
    answers, name = [], ""
    for path, body in CALLS:
        answers.append(call(server, path, body.replace("plans/…", name)))
        name = answers[-1].get("plan", {}).get("name", name)
    pack, check, measured, outcome = answers
    (gone,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    again = json.loads(CALLS[0][1]) | {"request_id": "", "persist": False} | json.loads(gone)
    elsewhere = call(server, CALLS[0][0], json.dumps(again))
    (parcel,) = pack["plan"]["parcels"]
    assert json.loads(gone)["availability"] == [{"box_type_id": parcel["box_type_id"], "quantity": 0}]
    assert parcel["box_type_id"] not in [other["box_type_id"] for other in elsewhere["plan"]["parcels"]]
    assert {"lines", "gross_g", "tolerance_g"} <= parcel["bench"].keys()
    assert len(parcel["placements"]) == 3
    assert check["valid"], check["violations"]
    assert check["assessed_plan"] == {"parcels": [{"bench": {"gross_g": 3373.67, "tolerance_g": 360.451}}]}
    assert outcome["outcome"]["plan"] == name
    order = {"order_id": "A-1001", "lines": measured["next"]["lines"]}
    request = {"order": order, "started_parcels": measured["next"]["started_parcels"]}
    continued = call(server, CALLS[0][0], json.dumps(request))["plan"]["parcels"][0]
    assert continued["box_type_id"] == parcel["box_type_id"]
    assert continued["placements"][0]["line_id"] == "2"


def test_every_reason_says_what_the_packer_sees():
    """The table of errors has each reason that a station can get."""
    reasons = {name.removeprefix("ERROR_REASON_") for name in dict(errors_pb2.ErrorReason.items())}
    table = PAGE.partition("## Errors")[2]
    named = set(re.findall("`([A-Z_]+)`", table))
    assert reasons - named == {"UNSPECIFIED", "CANCELLED", "LINK_NOT_VALID"}
    (mode,) = re.findall('"mode": "(SOLVING_MODE_[A-Z]+)"', table)
    assert mode == f"SOLVING_MODE_{SolvingMode.FAST.name}"


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "clients").glob("*/README.md"))]


def commands(page):
    """Return the curl commands of a page that call a server without TLS and without a token."""
    blocks = re.findall("^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in re.split("^(?=curl |boxwright )", block, flags=re.MULTILINE)]
    return [
        line
        for line in lines
        if line.startswith("curl ") and "http://127.0.0.1:" in line and "authorization" not in line.lower()
    ]


SHOWN = {page.relative_to(ROOT).as_posix(): commands(page) for page in PAGES if commands(page)}


@pytest.mark.parametrize("page", SHOWN)
def test_the_curl_commands_of_a_page_are_answered(server, page):
    """All commands of a page succeed in turn; a stored plan is the one that the next command names."""
    plan = ""
    for command in SHOWN[page]:
        for port, address in (("8080", server.http_address), ("9464", server.admin_address)):
            command = command.replace(f"127.0.0.1:{port}", address)
        command = command.replace("plans/…", plan).replace("curl ", "curl -sS --fail-with-body ", 1)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert done.stdout
        if named := re.search(r'"name":"(plans/\w+)"', done.stdout):
            plan = named[1]
