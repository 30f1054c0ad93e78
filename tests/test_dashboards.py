"""Dashboards, alerts and their page are as generated, follow Grafana's types, and query existing metrics.

``tests/interop/grafana/dashboards.py`` checks them with a live server.
"""

import itertools
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from boxwright.server.metrics import Metrics

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
RULES = (DEPLOY / "alerts.yml").read_text(encoding="utf-8")
SCHEMAS = json.loads((ROOT / "tests" / "interop" / "grafana" / "schema.json").read_text(encoding="utf-8"))
NAMED = re.compile(r"(?<!:)\bboxwright_\w+")


def panels(dashboard):
    """Return the panels of a dashboard, without its rows."""
    return [each for each in dashboard["panels"] if each["type"] != "row"]


def samples():
    """Return the names of a server's metrics in queries."""
    found = set()
    for family in Metrics().registry.collect():
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        found |= {family.name + end for end in ends}
    return found


def test_dashboards_are_as_written():
    """The files equal the output of deploy/grafana/write_dashboards.py."""
    command = [sys.executable, DEPLOY / "grafana" / "write_dashboards.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_follows_the_types_of_grafana(path):
    """Dashboard, panel options and graph lines are valid by Grafana's schemas."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(dashboard, SCHEMAS["dashboard"], jsonschema.Draft7Validator)
    for panel in panels(dashboard):
        jsonschema.validate(panel["options"], SCHEMAS[panel["type"]], jsonschema.Draft7Validator)
        custom = panel["fieldConfig"]["defaults"].get("custom", {})
        jsonschema.validate(custom, SCHEMAS["lines"], jsonschema.Draft7Validator)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**dashboard, "colour": "red"}, SCHEMAS["dashboard"], jsonschema.Draft7Validator)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_panels_lie_side_by_side_and_ask_for_metrics_that_there_are(path):
    """Panels do not overlap, have a unique id, a title and a description, and query existing metrics."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    taken = set()
    for each in dashboard["panels"]:
        place = each["gridPos"]
        across, down = (range(place[at], place[at] + place[size]) for at, size in (("x", "w"), ("y", "h")))
        cells = set(itertools.product(across, down))
        assert not cells & taken, each["title"]
        assert max(x for x, _ in cells) < 24, each["title"]
        taken |= cells
    found = panels(dashboard)
    for key in ("id", "title", "description"):
        assert len({each[key] for each in found}) == len(found), key
    queries = [target["expr"] for each in found for target in each["targets"]]
    assert {name for each in queries for name in NAMED.findall(each)} <= samples()
    assert all('job="boxwright",instance=~"$instance"' in each for each in queries)


def test_rules_ask_for_metrics_that_there_are():
    """Rules query metrics of the server or series that other rules record."""
    assert set(NAMED.findall(re.sub(r"docs/\S+", "", RULES))) <= samples()


def test_each_alert_has_a_section_of_the_runbooks_and_a_case():
    """Alerts, sections of the runbooks and test cases have the same order."""
    alerts = re.findall(r"- alert: (\w+)", RULES)
    text = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == alerts
    assert re.findall(r"runbook: docs/runbooks\.md#(\w+)", RULES) == [each.lower() for each in alerts]
    cases = runpy.run_path(str(ROOT / "tests" / "interop" / "grafana" / "alerts.py"))["cases"]()
    assert list(cases) == alerts
