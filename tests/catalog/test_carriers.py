"""Carrier documents: their content, and the path of every fault."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from boxwright.catalog.carriers import read_carrier
from boxwright.catalog.loader import forget_loaded, load_materials
from boxwright.domain.gate import Gate
from boxwright.domain.written import CellError
from boxwright.errors import DataFileError
from boxwright.findings import Findings

GOOD = """
carrier = "Pigeon"

[[services]]
id = "pigeon/post"
name = "by air"
region = "CN"

[[services.rules]]
to = 2025-12-31
length_unit = "cm"
side_rounding = "none"
weight_unit = "kg"
weight_step = "0.1"
heavier_steps = [{ from = 10, step = "0.5" }]
bands = [
    { when = "longest >= 40 cm", form = "split", share = "0.5", divisor = 6000 },
    { form = "actual" },
]
surcharges = [{ id = "bulky", any = ["longest > 1 in and actual > 2 lb"] }]
limits = [{ refused = "actual > 30 kg" }]
source = "a pigeon"
read_in_source = true
source_grade = "copy"

[[services.rules]]
from = 2026-01-01
length_unit = "cm"
side_rounding = "none"
weight_unit = "kg"
weight_step = "0.1"
bands = [{ form = "greater", divisor = 6000 }]
source = "a pigeon"
read_in_source = true
source_grade = "copy"
"""


def faults_of(tmp_path: Path, text: str) -> list[str]:
    """Return the wrong fields of a document."""
    path = tmp_path / "pigeon.toml"
    path.write_text(text, encoding="utf-8")
    faults = Findings(file=path.name)
    read_carrier(path, faults)
    return [violation.field for violation in faults.violations]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('carrier = "Pigeon"\n', "", "carrier"),
        ('id = "pigeon/post"', 'id = "post"', "services[0].id"),
        ("to = 2025-12-31", "to = 2026-01-01", "services[0].rules[1].from"),
        ("to = 2025-12-31", "to = 2025-12-30", "services[0].rules[1].from"),
        ("from = 2026-01-01", "from = 2026-01-01\nto = 2025-01-01", "services[0].rules[1].to"),
        ('weight_step = "0.1"\nheavier', "heavier", "services[0].rules[0].weight_step"),
        ('step = "0.5"', 'step = "0.3"', "services[0].rules[0].heavier_steps[0].from"),
        ("longest >= 40 cm", "longest about 40 cm", "services[0].rules[0].bands[0].when"),
        ("longest >= 40 cm", "longest >= 40 kg", "services[0].rules[0].bands[0].when"),
        ('share = "0.5", ', "", "services[0].rules[0].bands[0].share"),
        (", divisor = 6000 },", " },", "services[0].rules[0].bands[0].divisor"),
        ("divisor = 6000 },", "divisor = 6000, test_divisor = 5000 },", "services[0].rules[0].bands[0].test_divisor"),
        ('when = "longest >= 40 cm", ', "", "services[0].rules[0].bands[0].when"),
        ('form = "actual" }', 'form = "actual", when = "actual > 1 kg" }', "services[0].rules[0].bands[1].when"),
        ("longest > 1 in and actual > 2 lb", "ratio > 2", "services[0].rules[0].surcharges[0].any[0]"),
        ('id = "bulky", ', 'id = "bulky", unless = ["huge"], ', "services[0].rules[0].surcharges[0].unless"),
        ("actual > 30 kg", "actual < 30 kg", "services[0].rules[0].limits[0].refused"),
        ('"copy"', '"memory"', "services[0].rules[0].source_grade"),
        (
            '"actual > 30 kg" }',
            '"actual > 30 kg", read_in_source = false }',
            "services[0].rules[0].limits[0].source_grade",
        ),
    ],
)
def test_each_fault_is_named_by_its_path(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """The error about a damaged document names the field."""
    assert old in GOOD
    assert fault in faults_of(tmp_path, GOOD.replace(old, new, 1))


def test_all_faults_of_a_document_are_named(tmp_path: Path) -> None:
    """Three damages are three faults."""
    text = GOOD.replace('"none"', '"down"', 1).replace('share = "0.5"', "share = 0").replace("30 kg", "30 cm")
    assert len(faults_of(tmp_path, text)) == 3


def test_a_zone_without_a_last_band_is_a_fault(tmp_path: Path) -> None:
    """Every zone that a rule names must have a band for every parcel."""
    zoned = GOOD.replace('{ form = "actual" }', '{ form = "actual", zones = ["near"], when = "actual > 1 kg" }')
    assert len(faults_of(tmp_path, zoned)) == 1


def test_the_hash_and_the_rule_follow_the_document(folder: Path) -> None:
    """An added carrier is found by its service; a service in two files is refused."""
    before = load_materials(folder).content_hash
    own = folder / "carriers" / "pigeon.toml"
    own.write_text(GOOD, encoding="utf-8")
    copy = folder.parent / "again"
    shutil.copytree(folder, copy)
    found = load_materials(copy)
    assert found.content_hash != before
    assert found.carrier_rule("pigeon/post", dt.date(2025, 12, 31)).limits
    assert not found.carrier_rule("pigeon/post", dt.date(2026, 1, 1)).limits
    (copy / "carriers" / "pigeon2.toml").write_text(GOOD, encoding="utf-8")
    forget_loaded()
    with pytest.raises(DataFileError):
        load_materials(copy)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("longest > 1 in", 25_400),
        ("volume > 1 in3", 25_400**3),
        ("actual >= 2 kg", 2_000_000),
        ("ratio > 1.5", 1.5),
        ("side_sum <= 0.1 mm", 100),
    ],
)
def test_a_gate_is_exact(text: str, value: float) -> None:
    """A figure becomes um, cubic um, mg or a plain number without rounding."""
    assert Gate.parse(text).value == value


@pytest.mark.parametrize(
    "text", ["", "longest > 1", "ratio > 2 kg", "volume > 3 cm", "longest > -1 cm", "weight > 1 kg"]
)
def test_a_gate_of_another_form_is_refused(text: str) -> None:
    """The error shows the form of a gate."""
    with pytest.raises(CellError):
        Gate.parse(text)
