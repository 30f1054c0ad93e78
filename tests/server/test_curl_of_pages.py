"""Each curl command of the pages is answered as it stands, but for the ports."""

import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNING = runpy.run_path(str(ROOT / "tests" / "interop" / "running_server.py"))["running_server"]
PAGES = ("README.md", "docs/first_plan.md", "docs/http.md", "docs/pack_station.md", "docs/store.md")


def commands(page):
    """Return the curl commands of a page."""
    blocks = re.findall("^```sh\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [
        each for block in blocks for each in re.split("^(?=curl )", block, flags=re.MULTILINE) if each[:5] == "curl "
    ]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that stores plans."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    path = tmp_path_factory.mktemp("store") / "plans.db"
    with RUNNING(store=f"sqlite:///{path}", default_catalog="eu-webshop") as running:
        yield running


@pytest.mark.parametrize("page", PAGES)
def test_the_curl_commands_of_a_page_are_answered(server, page):
    """With 200, one after the other; a plan that one stores is the one that the next names."""
    plan, found = "", commands(page)
    assert found
    for command in found:
        for port, address in (("8080", server.http_address), ("9464", server.admin_address)):
            command = command.replace(f"127.0.0.1:{port}", address)
        command = command.replace("plans/…", plan).replace("curl ", "curl -sS --fail-with-body ", 1)
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert done.stdout
        if named := re.search(r'"name":"(plans/\w+)"', done.stdout):
            plan = named[1]


def test_every_page_with_curl_is_here():
    """A page that shows calls is tried."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "clients").glob("*/README.md")]
    shown = {each.relative_to(ROOT).as_posix() for each in pages if commands(each)}
    assert shown == set(PAGES)
