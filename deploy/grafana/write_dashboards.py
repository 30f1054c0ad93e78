"""Writes the dashboards in this folder.

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


def written() -> dict[Path, str]:
    """Return the content of each file."""
    return {
        HERE / "dashboards" / f"{board.name}.json": json.dumps(dashboard(board), indent=1, ensure_ascii=False) + "\n"
        for board in BOARDS
    }


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
