"""The page to try calls, in Chromium: the command that it shows does in a shell what the page does."""

import functools
import html
import http.server
import json
import re
import runpy
import shlex
import subprocess
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ROOT / "service" / "boxwright" / "server" / "http" / "files"
CHROMIUM = runpy.run_path(str(ROOT / "tests" / "interop" / "browser.py"))["CHROMIUM"]
TYPE = """<script>
const typing = setInterval(() => {
  if (!at("method").value) return;
  clearInterval(typing);
  at("method").value = METHOD;
  choose();
  at("request").value = TEXT;
  curl();
  document.title = "typed";
}, 20);
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_):
        """Say nothing."""


def shown(folder, method, text):
    """Return the command that the page shows for a method and a text, as words of a shell, and where it was served."""
    for name in ("try.js", "openapi.json"):
        (folder / name).write_bytes((FILES / name).read_bytes())
    typed = TYPE.replace("METHOD", json.dumps(method)).replace("TEXT", json.dumps(text))
    (folder / "index.html").write_text((FILES / "try.html").read_text() + typed)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        opened = (*CHROMIUM, "--virtual-time-budget=20000", "--dump-dom", origin)
        page = subprocess.run(opened, capture_output=True, text=True, timeout=120, check=True).stdout
        server.shutdown()
    assert "<title>typed</title>" in page
    (command,) = re.findall(r'<(\w+)[^>]* id="curl"[^>]*>(.*?)</\1>', page, re.DOTALL)
    return shlex.split(html.unescape(command[1])), origin


@pytest.mark.parametrize(
    ("method", "text", "words"),
    [
        (
            "GET /v1/plans",
            '/v1/plans?filter=order_id = "Jörg\'s"&pageSize=1',
            ["/v1/plans?filter=order_id%20=%20%22J%C3%B6rg%27s%22&pageSize=1"],
        ),
        ("GET /v1/catalogs/{catalog}", "/v1/catalogs/o'hare", ["/v1/catalogs/o'hare"]),
        (
            "POST /boxwright.v1.PackingService/Pack",
            '{"order": {"orderId": "Jörg\'s"}}',
            [
                "/boxwright.v1.PackingService/Pack",
                *("-H", "Content-Type: application/json", "-d", '{"order": {"orderId": "Jörg\'s"}}'),
            ],
        ),
    ],
)
def test_the_command_of_the_page_is_one_for_a_shell(chromium, tmp_path, method, text, words):
    """Quoted whole, and a query percent-encoded: a raw space is no HTTP."""
    command, origin = shown(tmp_path, method, text)
    assert command == ["curl", origin + words[0], *words[1:]]
