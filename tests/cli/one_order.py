"""``boxwright pack ORDER.json`` in tests: orders, and the command in a terminal."""

import json
from pathlib import Path

from . import running

EXAMPLES = Path(__file__).parents[2] / "examples"
OFFICE = str(EXAMPLES / "office.json")


def sized(length_mm, width_mm, height_mm):
    """Return the field of an order line that holds its size."""
    return {"cuboid": {"dimensions": {"length_mm": length_mm, "width_mm": width_mm, "height_mm": height_mm}}}


GOOD = {"line_id": "a", "quantity": 1, **sized(50, 50, 50), "mass_g": 5}


def run(*arguments, code=0):
    """Run the command in a terminal of 80 columns; unless a catalog is named, use one of many sizes."""
    named = [] if "--catalog" in arguments else ["--catalog", "china-post"]
    return running.run("pack", *arguments, *named, columns=80, code=code)


def write(path, line):
    """Write an order of one line and return its path."""
    path.write_text(json.dumps({"order_id": "o", "lines": [line]}))
    return path
