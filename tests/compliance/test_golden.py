"""Recorded verdicts on the orders of two external audits; review each change."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from boxwright.cli import main

FILE = Path(__file__).with_name("golden_verdicts.json")
CASES = json.loads(FILE.read_text())
ASKED = ["--market", "eu", "--market", "cn", "--ship-date", "2030-03-01", "--allow-partial", "--json"]


def found(case, folder):
    """Return boxes and verdicts of an order in the form of the golden file."""
    order = folder / "order.json"
    order.write_text(json.dumps({"order_id": case["case"], "lines": case["lines"]}))
    result = CliRunner().invoke(main, ["pack", str(order), *case["arguments"], *ASKED])
    assert result.exit_code == 0, result.output
    plan = json.loads(result.stdout)["plan"]
    told = [
        {
            "rule": verdict["rule"]["rule_id"],
            **({"parcel": verdict["parcel_index"]} if "parcel_index" in verdict else {}),
            "status": verdict["status"].removeprefix("VERDICT_STATUS_").lower(),
            "figures": {
                figure["name"]: [round(figure.get(key, 0), 4) for key in ("value", "margin")]
                for figure in verdict.get("figures", ())
            },
        }
        for verdict in plan.get("verdicts", ())
    ]
    return {"boxes": [parcel["box_type_id"] for parcel in plan.get("parcels", ())], "verdicts": told}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_verdicts_are_those_of_the_golden_file(case, tmp_path):
    """Boxes, statuses, figures and margins; inner volumes were computed by hand from the sizes of goods and boxes."""
    assert found(case, tmp_path) == {name: case[name] for name in ("boxes", "verdicts")}
