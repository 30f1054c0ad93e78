"""A page in Chromium that calls a live server over HTTP and writes the results into itself."""

import functools
import html
import http.server
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from boxwright.v1.catalog_service_pb2 import ListCatalogsResponse

PAGE = '<!doctype html><meta charset="utf-8"><title>client</title><body></body><script src="page.bundle.js"></script>'


CHROMIUM = ("chromium", "--headless=new", "--no-sandbox", "--disable-gpu")
"""A headless browser."""


class _Site(http.server.SimpleHTTPRequestHandler):
    """Serves the page, and below /broken/ closes the connections of the first two calls, or of all."""

    broken = 0

    def do_POST(self) -> None:
        """Close the connection without an answer, or answer with the number of the attempt."""
        self.close_connection = True
        if not self.path.startswith("/broken/twice/") or type(self).broken < 2:
            type(self).broken += 1
            return
        answer = ListCatalogsResponse(total_size=type(self).broken + 1).SerializeToString()
        self.send_response(200)
        self.send_header("Content-Type", "application/proto")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # as the base class names it
        """Log nothing."""


@contextmanager
def site(bundle: Path, request: Path) -> Iterator[str]:
    """Serve a folder with the page, its script and its request, and yield the site's origin."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text(PAGE, encoding="utf-8")
        shutil.copy(bundle, Path(folder) / "page.bundle.js")
        shutil.copy(request, Path(folder) / "request.json")
        handler = functools.partial(_Site, directory=folder)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


def command(origin: str, server: str) -> tuple[str, ...]:
    """Return the command that opens the page headless and prints its content after the calls."""
    url = f"{origin}/?server=http://{server}"
    return (*CHROMIUM, "--virtual-time-budget=20000", "--dump-dom", url)


def said(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the text of the page that Chromium printed; empty if it printed none."""
    found = re.search("<body[^>]*>(.*?)</body>", done.stdout, re.DOTALL)
    return html.unescape(re.sub("<[^>]*>", "", found.group(1))).strip() if found else ""
