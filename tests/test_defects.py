"""Sown defects still apply: ``python -m benchmarks.defects`` shows that each turns its tests red."""

import ast
import tomllib
from pathlib import Path

import pytest
from benchmarks.anchors import Definition, definitions
from benchmarks.defects import SERVICE, place_of_defect

ROOT = Path(__file__).parents[1]
DEFECTS = tomllib.loads((ROOT / "tests" / "defects.toml").read_text(encoding="utf-8"))["defect"]


@pytest.fixture(scope="module")
def defined() -> dict[str, list[Definition]]:
    """What the service defines, by name."""
    return definitions(ROOT / SERVICE)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each["name"])
def test_a_defect_can_be_sown(defect: dict, defined: dict[str, list[Definition]]) -> None:
    """What a defect replaces stands where it says exactly once, what it puts there is other code, its tests exist."""
    place = place_of_defect(defect, ROOT, defined)
    sown = place.replaced(defect["old"], defect["new"])
    if place.file.suffix == ".py":
        assert ast.dump(ast.parse(sown)) != ast.dump(ast.parse(place.text))
    assert sown != place.text
    for test in defect["tests"]:
        file, *names = test.split("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert all(f" {name.partition('[')[0]}(" in text or f"class {name}:" in text for name in names)


def test_defects_are_many_and_different() -> None:
    """There are more than twenty, each under a name of its own."""
    names = [each["name"] for each in DEFECTS]
    assert len(set(names)) == len(names) > 20
