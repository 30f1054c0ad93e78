"""Writes the dashboards in this folder, and the page of docs that says what each panel answers.

``python deploy/grafana/write_dashboards.py`` writes them, ``--check`` says which are stale.
"""

import json
import sys
from pathlib import Path

from boards import carbon, packing, service, stock
from panels import Board, dashboard

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BOARDS: tuple[Board, ...] = (service.BOARD, packing.BOARD, carbon.BOARD, stock.BOARD)

INTRODUCTION = """\
# Dashboards

<!-- Written by deploy/grafana/write_dashboards.py; a test keeps it fresh. -->

Four dashboards for Grafana are in [`deploy/grafana/dashboards`](../deploy/grafana/dashboards). They ask Prometheus for
the [metrics](metrics.md) of a job named `boxwright`, as [`deploy/prometheus.yml`](../deploy/prometheus.yml) scrapes it.
[Alerts](runbooks.md) are next to them.

- **With compose** they are there: Grafana reads [`deploy/grafana/provisioning`](../deploy/grafana/provisioning).
- **In a Grafana of your own** import each file (Dashboards, New, Import), and choose your Prometheus at its top.

At the top of each, choose replicas; on the dashboards of packing and carbon a [purpose](metrics.md#purpose) too:
shipments are shown unless you choose another. Profiles and allocations are views of the same parcels: no panel adds
them.

The pictures below are drawn from what a live server was scraped for under a short mixed load, by a page of this project
and not by Grafana, which no package registry carries that the tests use: titles, queries and legends are those of the
dashboards, the look is not Grafana's. The same run checks every query
([testing](testing.md#dashboards-and-alerts))."""


def written() -> dict[Path, str]:
    """Return what each file has to hold."""
    files = {
        HERE / "dashboards" / f"{board.name}.json": json.dumps(dashboard(board), indent=1, ensure_ascii=False) + "\n"
        for board in BOARDS
    }
    return {**files, ROOT / "docs" / "dashboards.md": _page()}


def _page() -> str:
    parts = [INTRODUCTION]
    for board in BOARDS:
        heading = board.title[0].upper() + board.title[1:]
        picture = f"![The dashboard: {board.title}](images/dashboard-{board.name}.png)"
        parts.append(f"## {heading}\n\n{board.about}\n\n{picture}")
        for row, panels in board.rows.items():
            lines = [f"| {row} | what it answers |", "|---|---|"]
            lines += [f"| {panel.title} | {panel.question} |" for panel in panels]
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write or check; return how many files were stale."""
    stale = 0
    for path, text in written().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale += 1
            print("stale:" if "--check" in sys.argv else "written:", path.relative_to(ROOT))
            if "--check" not in sys.argv:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return stale if "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
