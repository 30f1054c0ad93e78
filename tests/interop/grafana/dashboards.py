"""Checks dashboards and alerts against a live server, as Prometheus from Debian scrapes it.

    python tests/interop/grafana/dashboards.py [--pictures FOLDER]

Under a mixed load, every query of every panel must return data, every rule must work, and every alert must fire or stay
silent as in its case. One alert is fired on purpose.
``promtool`` must accept the metrics. With ``--pictures`` each dashboard is drawn from the scraped data. Needs Debian's
packages prometheus and openssl, and chromium for pictures.
"""

import argparse
import json
import math
import re
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alerts import cases, try_alerts
from load import ROOT, Load, Secured, secured_server
from prometheus import Prometheus, configured, running_prometheus

from drawing import draw

DASHBOARDS = ROOT / "deploy" / "grafana" / "dashboards"
INTERVAL = "20s"
ON_PURPOSE = "BoxwrightReloadFails"
"""The alert that is fired by a catalog with an error."""

WAIT_S = 120


class CheckError(Exception):
    """A check failed."""


def read() -> dict[str, dict[str, Any]]:
    """Return the dashboards by name of their files."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DASHBOARDS.glob("*.json"))}


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels of a dashboard, without its rows."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def query(text: str, range_s: int) -> str:
    """Return a query of a panel with the variables of Grafana filled in."""
    given = {"$__rate_interval": INTERVAL, "$__range": f"{range_s}s", "$instance": ".*", "$purpose": "shipment"}
    for name, value in given.items():
        text = text.replace(name, value)
    if "$" in text:
        raise CheckError(f"a variable is not known: {text}")
    return text


def shown(prometheus: Prometheus, panel: dict[str, Any], start_s: float, end_s: float) -> list[list[dict[str, Any]]]:
    """Return the data of each query of a panel; raise CheckError if a query returns none."""
    found = []
    for target in panel["targets"]:
        asked = query(target["expr"], math.ceil(end_s - start_s))
        lines = prometheus.series(asked, start_s, end_s, 1)
        if not any(math.isfinite(float(value)) for line in lines for _, value in line["values"]):
            raise CheckError(f"{panel['title']}: nothing is shown for {asked}")
        found.append(lines)
    return found


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until a condition is true."""
    end_s = time.monotonic() + WAIT_S
    while not holds():
        if time.monotonic() > end_s:
            raise CheckError(f"it did not come about within {WAIT_S} s: {what}")
        time.sleep(0.5)


def check_metrics(secured: Secured) -> None:
    """Check the metrics with promtool."""
    context = ssl.create_default_context(cafile=str(secured.authority))
    headers = {"Authorization": f"Bearer {secured.token_file.read_text(encoding='ascii')}"}
    asked = urllib.request.Request(f"https://{secured.server.admin_address}/metrics", headers=headers)
    with urllib.request.urlopen(asked, timeout=30, context=context) as answer:
        text = answer.read()
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    if done.returncode or done.stdout.strip() or done.stderr.strip():
        raise CheckError(f"promtool check metrics:\n{done.stdout.decode()}{done.stderr.decode()}")


def check_rules(prometheus: Prometheus) -> int:
    """Check that every rule works and finds the metrics that it names; return how many there are."""
    names = set(prometheus.get("label/__name__/values"))
    rules = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    for rule in rules:
        if rule["health"] != "ok":
            raise CheckError(f"{rule['name']}: {rule.get('lastError', rule['health'])}")
        named = set(re.findall(r"\b(?:instance:|job:)?boxwright_\w+(?::\w+)?", rule["query"]))
        if lacking := named - names:
            raise CheckError(f"{rule['name']}: nobody makes {', '.join(sorted(lacking))}")
        if rule["type"] == "recording" and rule["name"] not in names:
            raise CheckError(f"{rule['name']} records nothing")
    return len(rules)


def firing(prometheus: Prometheus, name: str) -> dict[str, Any] | None:
    """Return an alert if it fires, or None."""
    alerts = prometheus.get("alerts")["alerts"]
    return next(
        (alert for alert in alerts if alert["labels"]["alertname"] == name and alert["state"] == "firing"), None
    )


def fire(prometheus: Prometheus, secured: Secured) -> str:
    """Fire an alert on purpose, and remove its cause; return its text."""
    secured.write_catalog(3, '[[box_types]]\nbox_type_id = "broken"\n')
    until(lambda: firing(prometheus, ON_PURPOSE) is not None, f"{ON_PURPOSE} fires")
    alert = firing(prometheus, ON_PURPOSE)
    assert alert is not None  # the loop above waited for it
    for text in alert["annotations"].values():
        if "<error" in text:  # so Prometheus shows a template that fails
            raise CheckError(f"{ON_PURPOSE}: {text}")
    secured.write_catalog(4)
    until(lambda: firing(prometheus, ON_PURPOSE) is None, f"{ON_PURPOSE} ends")
    return str(alert["annotations"]["summary"])


def run_load(secured: Secured) -> None:
    """Run two rounds of the load, with a reload and the end of a process."""
    load = Load(secured)
    try:
        secured.write_catalog(2)
        for step in load.steps():
            step()
        load.kill_a_planner()
        for step in load.steps():
            step()
    finally:
        load.close()


def main() -> int:
    """Run all checks; see the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    begun_s = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun_s:5.1f} s  {text}", flush=True)

    dashboards = read()
    try_alerts()
    say(f"{len(cases())} alerts fire and stay silent as their cases say")
    with tempfile.TemporaryDirectory(prefix="boxwright-seeing-") as name:
        folder = Path(name)
        with secured_server(folder) as secured, running_prometheus(configured(secured, folder)) as prometheus:
            up = 'up{job="boxwright"} == 1'
            until(lambda: bool(prometheus.get("query", query=up)["result"]), "the server is scraped")
            start_s = time.time()
            run_load(secured)
            time.sleep(2)  # time for one or two more scrapes
            end_s = time.time()
            say("the load has run")
            check_metrics(secured)
            say("promtool finds nothing in the metrics")
            said = fire(prometheus, secured)
            say(f"{ON_PURPOSE} fired and ended: {said}")
            found = {
                title: [(panel, shown(prometheus, panel, start_s, end_s)) for panel in panels(dashboard)]
                for title, dashboard in dashboards.items()
            }
            queries = sum(len(lines) for shown_panels in found.values() for _, lines in shown_panels)
            say(f"{queries} queries of {sum(map(len, found.values()))} panels show something")
            say(f"{check_rules(prometheus)} rules work")
            if given.pictures is not None:
                for title, dashboard in dashboards.items():
                    draw(dashboard, found[title], given.pictures / f"dashboard-{title}.png")
                say(f"drawn: {given.pictures}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CheckError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
