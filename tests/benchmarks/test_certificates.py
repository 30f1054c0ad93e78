"""The benchmark of certificates: valid ones hold, and undetected forgeries are counted."""

import json
from pathlib import Path

import pytest

from benchmarks import certificates

BOXES = [
    {"id": name, "l": edge, "w": edge, "h": edge, "ol": edge, "ow": edge, "oh": edge, "empty": 50, "max_weight": 5_000}
    for name, edge in (("small", 100), ("right", 200), ("large", 300))
]
ORDERS = [
    {"id": name, "items": [{"id": "a", "qty": quantity, "l": 150, "w": 120, "h": 90, "g": 400}]}
    for name, quantity in (("one", 1), ("two", 2))
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one small set of orders."""
    (tmp_path / "olist_single_all.json").write_text(json.dumps({"catalog": BOXES, "orders": ORDERS}), "utf-8")
    return tmp_path


def test_good_certificates_hold_and_forged_ones_are_detected(folder: Path) -> None:
    """The certificates of two proved plans hold, and all forgeries of them are detected."""
    lines: list[str] = []
    assert certificates.main(["--data", str(folder), "--set", "olist_single_all", "--mode", "fast"], lines.append) == 0
    cells = [cell.strip() for cell in lines[-1].strip("|").split("|")]
    assert cells == ["olist_single_all", "fast", "2", "2", *["2 of 2"] * 2, "0 of 0", *["2 of 2"] * 2]


def test_a_forgery_that_is_not_detected_is_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unchanged certificate counts as an undetected forgery."""
    monkeypatch.setitem(certificates.FORGERIES, "another value", lambda good: good.certificate)
    lines: list[str] = []
    assert certificates.main(["--data", str(folder), "--set", "olist_single_all", "--orders", "1"], lines.append) == 1
    assert any("one" in line and "another value" in line for line in lines)
