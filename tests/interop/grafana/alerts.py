"""Tests every alert on made-up samples with ``promtool test rules``: in one case it fires, in one it does not."""

import json
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
RULES = ROOT / "deploy" / "alerts.yml"
CASES = Path(__file__).with_name("alert_cases.toml")
REPLICA = 'job="boxwright",instance="a"'


def cases() -> dict[str, dict[str, object]]:
    """Return the cases of each alert."""
    return tomllib.loads(CASES.read_text(encoding="utf-8"))


def _sets(given: Any) -> list[dict[str, str]]:
    """Return each set of samples of a case, which has one or a list of them."""
    return given if isinstance(given, list) else [given]


def unit_tests() -> str:
    """Return all cases as promtool reads them; JSON is YAML."""
    found = []
    for alert, case in cases().items():
        asked_for = [(name, given) for name in ("fires", "silent") for given in _sets(case[name])]
        for name, samples in asked_for:
            series = [{"series": key.replace("{@", "{" + REPLICA), "values": values} for key, values in samples.items()]
            sample = [{"labels": "{}", "value": 1}] if name == "fires" else []
            asked = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'
            found.append(
                {
                    "name": f"{alert}: {name}",
                    "interval": "1m",
                    "input_series": series,
                    "promql_expr_test": [{"expr": asked, "eval_time": case["at"], "exp_samples": sample}],
                }
            )
    return json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": found})


def try_alerts() -> None:
    """Run all cases; raise RuntimeError with the output of promtool if an alert contradicts its case."""
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
        file.write(unit_tests())
        file.flush()
        for command in (["check", "rules", str(RULES)], ["test", "rules", file.name]):
            done = subprocess.run(["promtool", *command], capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"promtool {' '.join(command[:2])}:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    try_alerts()
    print(f"{len(cases())} alerts fire and stay silent as their cases say")
