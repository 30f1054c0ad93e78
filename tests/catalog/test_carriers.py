"""Carrier documents: what they say, and every fault of them by its path."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from boxwright.catalog.carriers import read_carrier
from boxwright.catalog.loader import forget_loaded, load_materials
from boxwright.domain.gate import Gate, GateError
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
    """Return the faults of a document as text."""
    path = tmp_path / "pigeon.toml"
    path.write_text(text, encoding="utf-8")
    faults = Findings(file=path.name)
    read_carrier(path, faults)
    return [str(each) for each in faults.violations]


def test_a_good_document_has_no_fault(tmp_path: Path) -> None:
    """The document that the table below damages is fine itself."""
    assert faults_of(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('carrier = "Pigeon"\n', "", "carrier: is missing"),
        ('id = "pigeon/post"', 'id = "post"', "services[0].id: must be CARRIER/SERVICE, got 'post'"),
        ("to = 2025-12-31", "to = 2026-01-01", "rules[1].from: must not overlap the period before it, which ends 2026"),
        ("to = 2025-12-31", "to = 2025-12-30", "rules[1].from: must be 2025-12-31: no gap"),
        ("to = 2025-12-31", "", "rules[1].from: must not overlap the period before it, which has no end"),
        ("to = 2025-12-31", "to = 2025-12-31T00:00:00", "rules[0].to: must be a date without a time"),
        ("to = 2025-12-31", 'to = "31 December"', "rules[0].to: must be a date"),
        ("from = 2026-01-01", "from = 2026-01-01\nto = 2025-01-01", "rules[1].to: must not be before 2026-01-01"),
        ('length_unit = "cm"', 'length_unit = "ft"', "rules[0].length_unit: must be one of in, cm"),
        ('side_rounding = "none"', 'side_rounding = "down"', "side_rounding: must be one of up, nearest, none"),
        ('weight_step = "0.1"\nheavier', "heavier", "rules[0].weight_step: is missing"),
        ('weight_step = "0.1"', "weight_step = 0", "rules[0].weight_step: must be greater than 0"),
        (
            'weight_step = "0.1"',
            'weight_step = "0.1"\nminimum_weight = -1',
            "rules[0].minimum_weight: must be 0 or more",
        ),
        ('step = "0.5"', 'step = "0.3"', "heavier_steps[0].from: must be a multiple of both steps, 0.1 and 0.3"),
        ("longest >= 40 cm", "longest about 40 cm", "bands[0].when: must be MEASURE > NUMBER UNIT"),
        ("longest >= 40 cm", "longest >= 40 kg", "must have a unit that longest can have (mm, cm, in)"),
        ("longest >= 40 cm", "billed >= 40 kg", "must not look at the billed weight"),
        ('share = "0.5"', 'share = "1.5"', "bands[0].share: must be at most 1"),
        ('share = "0.5", ', "", "bands[0].share: must be given for split"),
        (", divisor = 6000 },", " },", "bands[0].divisor: is missing: split needs one"),
        ("divisor = 6000 },", "divisor = 6000, test_divisor = 5000 },", "test_divisor: must be absent"),
        ('when = "longest >= 40 cm", ', "", "bands[0].when: is missing: later bands would never hold"),
        ('form = "actual" }', 'form = "actual", when = "actual > 1 kg" }', "some parcels would have no band"),
        ("longest > 1 in and actual > 2 lb", "ratio > 2", "surcharges[0].any[0]: must look at size"),
        ('id = "bulky", ', 'id = "bulky", unless = ["huge"], ', "surcharges[0].unless: must be another surcharge"),
        ("actual > 30 kg", "actual < 30 kg", "limits[0].refused: must look at size, or at actual weight above"),
        ("read_in_source = true\n", "read_in_source = 1\n", "rules[0].read_in_source: must be true or false"),
        ("read_in_source = true\n", "verified = true\n", "rules[0].verified: is called read_in_source now"),
        ('"copy"', '"memory"', "rules[0].source_grade: must be one of publisher, copy, own where the figure was read"),
        (
            '"actual > 30 kg" }',
            '"actual > 30 kg", read_in_source = false }',
            "limits[0].source_grade: must be one of secondary, memory, own where the figure was not read",
        ),
        ('source = "a pigeon"', 'source = ""', "rules[0].source: must not be empty"),
        ('region = "CN"', 'region = "CN"\ncolour = "red"', "services[0].colour: is unknown"),
    ],
)
def test_each_fault_is_named_by_its_path(tmp_path: Path, old: str, new: str, fault: str) -> None:
    """A damaged document names the field and the rule."""
    assert old in GOOD
    assert any(fault in each for each in faults_of(tmp_path, GOOD.replace(old, new, 1)))


def test_all_faults_are_named_not_the_first(tmp_path: Path) -> None:
    """Three damages are three faults."""
    text = GOOD.replace('"none"', '"down"', 1).replace('share = "0.5"', "share = 0").replace("30 kg", "30 cm")
    assert len(faults_of(tmp_path, text)) == 3


def test_a_zone_without_a_last_band_is_a_fault(tmp_path: Path) -> None:
    """Every zone that a rule names must have a band for every parcel."""
    zoned = GOOD.replace('{ form = "actual" }', '{ form = "actual", zones = ["near"], when = "actual > 1 kg" }')
    assert any("some parcels of zone 'near' would have no band" in each for each in faults_of(tmp_path, zoned))


def test_the_hash_and_the_rule_follow_the_document(folder: Path) -> None:
    """A carrier of one's own is found by its service; the same service in two files is refused."""
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
    """A text that is no gate says what one looks like."""
    with pytest.raises(GateError):
        Gate.parse(text)
