"""The OpenAPI description agrees with what a server accepts and answers."""

import json
import re
import runpy
import socket
from pathlib import Path
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator

from .here import server_here, waiting_operations
from .live_calls import BOOK, BOX, SKI, ask

ROOT = Path(__file__).parents[2]
MADE = runpy.run_path(str(ROOT / "docs" / "openapi.py"))
TEXT = MADE["openapi"]()
DOCUMENT = json.loads(TEXT)
PACKING, CATALOGS = "/boxwright.v1.PackingService/", "/boxwright.v1.CatalogService/"
EXAMPLES = {
    path: body["example"]
    for path, verbs in DOCUMENT["paths"].items()
    if "example"
    in (body := verbs.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json", {}))
}
NO_BOARD = {"catalog_id": "plain", "box_types": [BOX]}
ORDER = {"order_id": "o", "lines": [BOOK]}
LONG = {"order_id": "o", "lines": [SKI]}
ORDERS = {
    "board": {"order": ORDER},
    "no board": {"order": ORDER, "inline_catalog": NO_BOARD},
    "nothing packed": {"order": LONG, "policy": {"allow_partial": True}},
}
MASKED = [
    ("board", None),
    ("board", "plan.name,plan.parcels.packaging.mass_g,plan.parcels.placements.xMm"),
    ("no board", "*"),
    ("nothing packed", "*"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with a store, the example sites and a low limit for bodies; operations wait."""
    path = tmp_path_factory.mktemp("store") / "plans.db"
    sites = ROOT / "examples" / "sites.toml"

    given = {"default_catalog": "china-post", "sites": sites, "max_message_bytes": 100_000}
    with waiting_operations(), server_here(store=f"sqlite:///{path}", **given) as made:
        yield made


def faults(schema, value):
    """Return the violations of a schema by a value."""
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def lacking(schema, value):
    """Return the paths of missing required values; other violations have their own paths."""
    validator = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return {
        f"{fault.json_path}.{name}"
        for fault in validator.iter_errors(value)
        for name in (set(fault.validator_value) - set(fault.instance) if fault.validator == "required" else ("",))
    }


def sent(path):
    """Return the schema of a request."""
    return DOCUMENT["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]


def operation(path, verb):
    """Return the description of a call by its path template."""
    asked = path.partition("?")[0]
    templates = sorted(DOCUMENT["paths"], key=lambda path: path.count("{"))
    (found, *_) = [template for template in templates if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), asked)]
    return DOCUMENT["paths"][found][verb]


def answered(server, path, body=None, **headers):
    """Return status and content of an answer after checking it against the description."""
    status, given, content = ask(server.http_address, path, body, **headers)
    described = operation(path, "get" if body is None else "post")["responses"]
    assert str(status) in described, (path, status)
    response = described[str(status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    sort = given["Content-Type"].partition(";")[0]
    read = json.loads(content) if sort == "application/json" else content.decode()
    assert faults(response["content"][sort]["schema"], read) == [], (path, status)
    return status, read


def test_the_description_is_fresh_and_its_schemas_are_schemas():
    """The committed description equals the generated one."""
    assert (MADE["OPENAPI"]).read_text(encoding="utf-8") == TEXT, "run: python docs/openapi.py"
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("path", EXAMPLES)
def test_every_example_is_as_its_schema_says(server, path):
    """Examples and their answers match the schemas."""
    assert faults(sent(path), EXAMPLES[path]) == []
    answered(server, path, EXAMPLES[path])


def test_required_holds_for_what_is_sent():
    """An order needs lines; shared defaults have no required fields."""
    assert lacking(sent(f"{PACKING}Pack"), {}) == {"$.order"}
    assert lacking(sent(f"{PACKING}Pack"), {"order": {"order_id": "o", "lines": [{"line_id": "a"}]}}) == {
        "$.order.lines[0].mass_g",
        "$.order.lines[0].quantity",
    }
    batch = sent(f"{PACKING}BatchPack")
    orders = {"requests": [{"order": {"order_id": "o", "lines": []}}]}
    assert faults(batch, {**orders, "defaults": {"catalog": "catalogs/eu-stock"}}) == []
    assert lacking(batch, {**orders, "requests": [{}]}) == {"$.requests[0].order"}
    for refused in ({"order": {"order_id": "o", "lines": []}}, {"request_id": "a"}):
        assert len(faults(batch, {**orders, "defaults": refused})) == 1


@pytest.mark.parametrize(("order", "mask"), MASKED)
def test_plans_are_as_described(server, order, mask):
    """Plans with and without board or parcels match, from Pack, BatchPack, GetPlan and ListPlans."""
    asked, masked = ORDERS[order], {} if mask is None else {"read_mask": mask}
    assert answered(server, f"{PACKING}Pack", {**asked, **masked, "persist": True})[0] == 200
    shared = {key: value for key, value in asked.items() if key != "order"}
    batch = {"defaults": {**shared, **masked}, "requests": [{"order": asked["order"]}]}
    assert answered(server, f"{PACKING}BatchPack", batch)[1]["planned_count"] == 1
    name = answered(server, f"{PACKING}ListPlans", {"page_size": 1})[1]["plans"][0]["name"]
    paths = {} if mask is None else {"read_mask": mask.replace("plan.", "")}
    answers = [answered(server, f"{PACKING}GetPlan", {"name": name, **paths})]
    answers.append(answered(server, f"/v1/{name}?{urlencode(paths)}"))
    assert answers[0] == answers[1]
    assert answers[0][0] == 200


@pytest.mark.parametrize("order", ORDERS)
def test_a_plan_as_answered_may_be_sent_to_be_checked(server, order):
    """CheckPlan accepts an answered plan, whole or in part."""
    asked = ORDERS[order]
    catalog = {key: value for key, value in asked.items() if key == "inline_catalog"}
    for mask in ({}, {"read_mask": "*"}):
        plan = answered(server, f"{PACKING}Pack", {**asked, **mask})[1]["plan"]
        check = {"order": asked["order"], "plan": plan, **catalog, **mask}
        assert faults(sent(f"{PACKING}CheckPlan"), check) == []
        assert answered(server, f"{PACKING}CheckPlan", check)[0] == 200


def test_catalogs_are_as_described(server):
    """Catalogs match when listed, read, written and read by revision."""
    hall = {"catalog_id": "hall", "version": "1", "box_types": NO_BOARD["box_types"]}
    for path, body in (
        ("/v1/catalogs", None),
        (f"{CATALOGS}ListCatalogs", {}),
        ("/v1/catalogs/china-post", None),
        ("/v1/catalogs/eu-stock?readMask=boxTypes.inner.lengthMm,dunnage.name", None),
        (f"{CATALOGS}GetCatalog", {"name": "catalogs/us-stock"}),
        (f"{CATALOGS}UpdateCatalog", {"catalog": hall, "allow_missing": True}),
        (f"{CATALOGS}CreateCatalog", {"catalog": {**hall, "catalog_id": "other"}, "validate_only": True}),
        (f"{CATALOGS}ListCatalogRevisions", {"parent": "catalogs/hall"}),
        ("/v1/catalogs/hall/revisions", None),
        ("/v1/catalogs/hall@1", None),
        ("/v1/sites", None),
        ("/v1/sites/lyon", None),
        ("/v1/materials", None),
        ("/v1/accountingProfiles", None),
        ("/v1/carriers", None),
        ("/v1/markets", None),
        ("/v1/operations", None),
    ):
        assert answered(server, path, body)[0] == 200, path


REFUSED = [
    (400, f"{PACKING}Pack", {}, {}),
    (400, f"{PACKING}Pack", {"order": LONG}, {}),
    (400, "/v1/catalogs?size=1", None, {}),
    (404, "/v1/plans/none", None, {}),
    (404, f"{PACKING}GetPlan", {"name": "plans/none"}, {}),
    (409, f"{CATALOGS}CreateCatalog", {"catalog": {**NO_BOARD, "catalog_id": "us-stock"}}, {}),
    (413, f"{PACKING}Pack", b" " * 200_000, {}),
    (415, f"{PACKING}Pack", b"{}", {"Content-Type": "text/plain"}),
    (415, f"{PACKING}Pack", b"{}", {"Content-Encoding": "gzip"}),
    (400, f"{PACKING}Pack", {}, {"Host": "site.example"}),
    (400, "/v1/catalogs", None, {"Host": "site.example"}),
    (504, f"{PACKING}Pack", {"order": ORDER}, {"Connect-Timeout-Ms": "0"}),
]


@pytest.mark.parametrize(("status", "path", "body", "headers"), REFUSED)
def test_refusals_are_as_described(server, status, path, body, headers):
    """Refusals match with their status, as JSON or plain text."""
    assert answered(server, path, body, **headers)[0] == status


@pytest.mark.parametrize("query", [b'order_id = "o"', "ü".encode()])
def test_a_raw_space_or_umlaut_in_a_query_is_not_http(server, query):
    """Such a request gets plain text before it is a call."""
    host, port = server.http_address.split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(b"GET /v1/plans?filter=" + query + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with connection.makefile("rb") as answer:
            head = answer.read()
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"text/plain" in head
    assert "text/plain" in DOCUMENT["components"]["responses"]["400"]["content"]


def test_the_page_and_the_description_have_the_same_statuses():
    """The page on HTTP lists the described statuses."""
    page = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"(?m)^\| (\d{3}) \| ", page))
    described = {code for verbs in DOCUMENT["paths"].values() for call in verbs.values() for code in call["responses"]}
    assert shown == described - {"200"} | {"405"}
    assert set(DOCUMENT["components"]["responses"]) == described - {"200"}
