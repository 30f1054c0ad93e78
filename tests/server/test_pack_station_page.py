"""The calls that docs/pack_station.md shows are answered as it says."""

import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from boxwright.domain.policy import SolvingMode
from boxwright.v1 import errors_pb2

from .here import server_here

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "pack_station.md").read_text(encoding="utf-8")
CALLS = re.findall(r"^curl http://127\.0\.0\.1:8080/(\S+) .*?-d '(\{.*?\})'$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server as the page sets it up."""
    path = tmp_path_factory.mktemp("store") / "plans.db"
    with server_here(store=f"sqlite:///{path}", default_catalog="eu-webshop") as running:
        yield running


def test_the_calls_of_the_page_work(server):
    """Plan, a box that is gone, another box, a box begun, outcome: each is answered, as to the first plan."""
    answers, name = [], ""
    for path, body in CALLS:
        asked = urllib.request.Request(
            f"http://{server.http_address}/{path}",
            body.replace("plans/…", name).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked) as answer:
                answers.append(json.load(answer))
        except urllib.error.HTTPError as error:
            pytest.fail(f"{path}: {error.read().decode()}")
        name = answers[-1].get("plan", {}).get("name", name)
    pack, elsewhere, check, begun, outcome = answers
    (parcel,) = pack["plan"]["parcels"]
    assert f'"box_type_id": "{parcel["box_type_id"]}", "quantity": 0' in PAGE
    assert parcel["box_type_id"] not in [each["box_type_id"] for each in elsewhere["plan"]["parcels"]]
    assert {"lines", "gross_g", "tolerance_g"} <= parcel["bench"].keys()
    assert len(parcel["placements"]) == 3
    assert check["valid"], check["violations"]
    assert check["assessed_plan"] == {"parcels": [{"bench": {"gross_g": 3373.67, "tolerance_g": 360.451}}]}
    (continued,) = begun["plan"]["parcels"]
    assert (continued["started_parcel_id"], continued["box_type_id"]) == ("tote-17", "eu-600x400x300")
    assert continued["placements"][0]["line_id"] == "2"
    assert len(continued["placements"]) == 3
    assert outcome["outcome"]["plan"] == name


def test_every_reason_says_what_the_packer_sees():
    """The table of errors has each reason of the contract but that of a call which its caller ended, and of links."""
    reasons = {each.removeprefix("ERROR_REASON_") for each in dict(errors_pb2.ErrorReason.items())}
    table = PAGE.partition("## Errors")[2]
    named = set(re.findall("`([A-Z_]+)`", table))
    assert reasons - named == {"UNSPECIFIED", "CANCELLED", "LINK_NOT_VALID"}
    (mode,) = re.findall('"mode": "(SOLVING_MODE_[A-Z]+)"', table)
    assert mode == f"SOLVING_MODE_{SolvingMode.FAST.name}"
