"""The page on security: each threat names what stops it and tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_each_threat_names_tests_that_exist():
    """Two columns of words and one of tests, each of which is in its file."""
    table = PAGE.partition("## Threats, and what stops them")[2].partition("\n## ")[0]
    rows = [each.strip("|").split(" | ") for each in table.splitlines() if each.startswith("| ")][1:]
    assert len(rows) > 20
    for threat, stops, tests in rows:
        assert threat.strip()
        assert stops.strip()
        named = re.findall(r"`(tests/\S+\.py)::(test_\w+)`", tests)
        assert named, threat
        assert len(named) == tests.count("`") // 2, threat
        for file, test in named:
            text = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), f"{file}::{test}"
