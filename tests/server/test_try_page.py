"""The page to try calls, in Chromium: its command makes the same call as the page."""

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
  send().then(() => (document.title = "sent"));
}, 20);
</script>"""


class Noting(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and records calls: method, path and body."""

    def log_message(self, *_):
        """Log nothing."""

    def do_GET(self):
        """Record a call, or serve a file."""
        if not self.path.startswith("/v1/"):
            return super().do_GET()
        return self.do_POST()

    def do_POST(self):
        """Record a call."""
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        self.server.noted.append((self.command, self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def shown(folder, method, text):
    """Return the page's command for a method and a text, the address of the page, and the calls of both.

    The command is a list of shell words; the first call is that of the page, the others are those of the command.
    """
    for name in ("try.js", "openapi.json"):
        (folder / name).write_bytes((FILES / name).read_bytes())
    typed = TYPE.replace("METHOD", json.dumps(method)).replace("TEXT", json.dumps(text))
    (folder / "index.html").write_text((FILES / "try.html").read_text() + typed)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Noting, directory=folder)) as server:
        server.noted = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        origin = f"http://127.0.0.1:{server.server_port}"
        opened = (*CHROMIUM, "--virtual-time-budget=20000", "--dump-dom", origin)
        page = subprocess.run(opened, capture_output=True, text=True, timeout=120, check=True).stdout
        (found,) = re.findall(r'<(\w+)[^>]* id="curl"[^>]*>(.*?)</\1>', page, re.DOTALL)
        command = html.unescape(found[1])
        done = subprocess.run(("sh", "-c", command), capture_output=True, text=True, timeout=60, check=False)
        server.shutdown()
    assert "<title>sent</title>" in page
    assert done.returncode == 0, done.stderr
    return shlex.split(command), origin, server.noted


@pytest.mark.parametrize(
    ("method", "text", "words"),
    [
        (
            "GET /v1/plans",
            '/v1/plans?filter=order_id = "Jörg\'s{1,2}[b]{3}[1-2]"&pageSize=1',
            ["-g", "/v1/plans?filter=order_id%20=%20%22J%C3%B6rg%27s{1,2}[b]{3}[1-2]%22&pageSize=1"],
        ),
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
def test_the_command_of_the_page_makes_the_call_of_the_page(chromium, curl, tmp_path, method, text, words):
    """Bodies are quoted, queries percent-encoded, and curl does not read brackets as ranges."""
    command, origin, (by_page, *by_command) = shown(tmp_path, method, text)
    assert command == ["curl", *(origin + word if word.startswith("/") else word for word in words)]
    assert by_command == [by_page]
