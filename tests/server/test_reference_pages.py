"""The reference pages say what the server does: written from it, and fresh."""

import runpy
from dataclasses import fields
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool

from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.v1 import errors_pb2

from .here import server_here, waiting_operations

DOCS = Path(__file__).parents[2] / "docs"
PAGES = runpy.run_path(str(DOCS / "write_pages.py"))


def text(name):
    """Return a page as committed."""
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_api_page_is_what_a_live_server_answers(tmp_path):
    """Every request of the page, sent to a server started for it, gets the answer printed in it."""
    sites = DOCS.parent / "examples" / "sites.toml"
    with waiting_operations(), server_here(store=f"sqlite:///{tmp_path}/plans.db", sites=sites) as server:
        assert text("api.md") == PAGES["api_page"](server.address), "run: python docs/write_pages.py"


def lanes(request):
    """Yield every lane of requests."""
    if isinstance(request, list):
        for each in request:
            yield from lanes(each)
    elif isinstance(request, dict):
        for name, value in request.items():
            if name == "lane":
                yield value
            else:
                yield from lanes(value)


@pytest.mark.parametrize("path", sorted((DOCS / "requests").glob("*.json")), ids=lambda path: path.stem)
def test_every_lane_of_the_page_names_its_ship_date(path):
    """Without one the answer repeats the day on which it was made, and the page would be stale the day after."""
    for lane in lanes(PAGES["read_requests"](path)):
        assert "ship_date" in lane


@pytest.mark.parametrize("page", ["messages", "settings", "metrics", "errors", "unverified"])
def test_the_other_pages_are_fresh(page):
    """What the code says of itself is what the page says."""
    assert text(f"{page}.md") == PAGES[f"{page}_page"](), "run: python docs/write_pages.py"


def test_every_rpc_is_on_the_api_page_and_those_of_this_version_have_a_request():
    """Each RPC has a section; one without a request is for later."""
    page = text("api.md")
    for service in PAGES["SERVICES"]:
        said = PAGES["rpc_comments"](service)
        for method in service.methods:
            assert f"{service.name}.{method.name}\n" in page
            assert PAGES["request_file"](method).exists() == ("UNIMPLEMENTED" not in said[method.name])


def test_every_setting_metric_and_reason_is_documented():
    """Nothing that an operator sees is missing from its page."""
    settings, metrics, errors = text("settings.md"), text("metrics.md"), text("errors.md")
    assert all(f"BOXWRIGHT_{field.name.upper()}`" in settings for field in fields(Settings))
    families = [family for family in Metrics().registry.collect() if family.name.startswith("boxwright_")]
    assert families
    assert all(f"`{family.name}" in metrics for family in families)
    assert all(f"`{name.removeprefix('ERROR_REASON_')}`" in errors for name in errors_pb2.ErrorReason.keys()[1:])


def test_every_field_of_the_contract_is_on_the_page():
    """Whatever somebody may send."""
    page = text("messages.md")
    for service in PAGES["SERVICES"]:
        for method in service.methods:
            for field in method.input_type.fields:
                assert f"`{field.name}`" in page


PACKAGES = {
    "csharp_namespace": "Boxwright.V1",
    "go_package": "boxwright/v1;boxwrightv1",
    "java_package": "boxwright.v1",
    "php_namespace": "Boxwright\\V1",
    "ruby_package": "Boxwright::V1",
}


@pytest.mark.parametrize("path", sorted(PAGES["PROTO"].glob("*.proto")), ids=lambda path: path.stem)
def test_every_file_of_the_contract_names_its_packages(path):
    """Stubs of each language land in one package, whichever file a message stands in."""
    name = f"boxwright/v1/{path.name}"
    options = descriptor_pool.Default().FindFileByName(name).GetOptions()
    assert {option: getattr(options, option) for option in PACKAGES} == PACKAGES
    assert options.java_multiple_files
