"""Sown defects still apply: ``python -m benchmarks.defects`` shows that each turns its tests red."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEFECTS = tomllib.loads((ROOT / "tests" / "defects.toml").read_text(encoding="utf-8"))["defect"]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each["name"])
def test_a_defect_can_be_sown(defect: dict) -> None:
    """What a defect replaces stands in its file exactly once, what it puts there is something else, its tests exist."""
    text = (ROOT / defect["file"]).read_text(encoding="utf-8")
    assert text.count(defect["old"]) == 1
    assert defect["new"] != defect["old"]
    assert all((ROOT / test).is_file() for test in defect["tests"])


def test_defects_are_many_and_different() -> None:
    """There are more than twenty, each under a name of its own."""
    names = [each["name"] for each in DEFECTS]
    assert len(set(names)) == len(names) > 20
