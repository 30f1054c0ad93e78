"""The curl commands of the docs work, apart from the ports."""

import re
import subprocess
from pathlib import Path

import pytest

from .here import server_here

ROOT = Path(__file__).parents[2]
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


@pytest.fixture(scope="module")
def server(curl, tmp_path_factory):
    """A server that stores plans, and has the sites of the examples."""
    path = tmp_path_factory.mktemp("store") / "plans.db"
    sites = ROOT / "examples" / "sites.toml"
    with server_here(store=f"sqlite:///{path}", default_catalog="eu-webshop", sites=sites) as running:
        yield running


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
