"""The documentation of violations is complete."""

import re
from pathlib import Path

from boxwright.checking import ViolationKind

PAGE = Path(__file__).parents[2] / "docs" / "evidence" / "checking.md"


def test_every_kind_of_violation_is_documented() -> None:
    """The tables of docs/evidence/checking.md name exactly the kinds of violation."""
    checked = PAGE.read_text(encoding="utf-8").split("## Not checked")[0]
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \|", checked, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    fields = {"kind", "constraint", "detail", "parcel_index", "line_id", "unit_index", "other_unit", "step"}
    assert named - fields == {kind.value for kind in ViolationKind}
