"""``boxwright verify``: certificates of one plan and of a file of plans; claims that do not hold; bad input."""

import json
import re
from pathlib import Path

import pytest

from .running import run

EXAMPLES = Path(__file__).parents[2] / "examples"
CATALOG = ["--catalog", EXAMPLES / "boxpacker-catalog.toml", "--mode", "fast"]
OFFICE = ["--catalog", "us-stock"]
ORDER = json.loads((EXAMPLES / "office.json").read_text())


@pytest.fixture(scope="module")
def plan():
    """The plan of the office order as JSON."""
    result = run("pack", EXAMPLES / "office.json", *OFFICE, "--json")
    return json.loads(result.stdout)


def write(path, content):
    """Write a plan and return its path."""
    path.write_text(json.dumps(content))
    return path


def test_a_plan_of_pack_holds(tmp_path, plan):
    """The JSON that pack prints is verified with the same options."""
    result = run("verify", write(tmp_path / "plan.json", plan), EXAMPLES / "office.json", *OFFICE)
    assert f" {len(plan['plan']['certificate']['refused_candidates'])} box types" in result.stdout


@pytest.mark.parametrize("command", ["check", "verify"])
def test_a_plan_that_counts_transport_requires_its_legs(tmp_path, command):
    """Without legs, one error names the missing options."""
    made = run("pack", EXAMPLES / "office.json", *OFFICE, "--leg", "road:500", "--json")
    file = write(tmp_path / "plan.json", json.loads(made.stdout))
    said = run(command, file, EXAMPLES / "office.json", *OFFICE, code=2).stderr
    assert all(part in said for part in ("plan.footprints:", "--leg"))
    run(command, file, EXAMPLES / "office.json", *OFFICE, "--leg", "road:500")


def test_a_certificate_that_does_not_hold_is_named(tmp_path, plan):
    """A certificate without its refusals is rejected by field and box types, with exit code 1."""
    made = plan["plan"]
    plan = {"plan": {**made, "certificate": {**made["certificate"], "refused_candidates": []}}}
    result = run("verify", write(tmp_path / "plan.json", plan), EXAMPLES / "office.json", *OFFICE, code=1)
    assert result.stdout.startswith("certificate.refused_candidates:")
    assert "1 certificate" in result.stderr


def test_other_options_are_other_claims(tmp_path, plan):
    """A certificate is not valid under another policy."""
    result = run(
        "verify", write(tmp_path / "plan.json", plan), EXAMPLES / "office.json", *OFFICE, "--fill-limit", 0.99, code=1
    )
    assert "certificate.constraints:" in result.stdout


def test_the_list_of_broken_rules_is_cut(tmp_path, plan):
    """The plan of another order breaks many rules; the last line says how many more there are."""
    lines = [{**line, "line_id": f"other-{line['line_id']}"} for line in ORDER["lines"]]
    order = write(tmp_path / "order.json", {**ORDER, "lines": lines})
    result = run("verify", write(tmp_path / "plan.json", plan), order, *OFFICE, code=1)
    told = result.stdout.splitlines()
    assert len(told) == 6
    assert all(line.startswith("plan: ") for line in told)
    assert re.search(r"\d+ more", told[-1])


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """A few orders and their plans, as pack writes them; one order cannot be packed."""
    folder = tmp_path_factory.mktemp("plans")
    texts = (EXAMPLES / "orders.csv").read_text().splitlines()
    header = texts[0].split(",")
    pole = texts[-1].split(",")
    pole[header.index("order_id")], pole[header.index("length_mm")] = "pole", "9000"
    few = [texts[0], *texts[1:12], ",".join(pole)]
    orders = folder / "orders.csv"
    orders.write_text("\n".join(few) + "\n")
    run("pack", "--orders", orders, "--out", folder / "plans.jsonl", *CATALOG, code=3)
    return orders, folder / "plans.jsonl"


def test_every_plan_of_a_file_holds(lines):
    """All certificates written by pack for a file of orders are valid; an order without a plan is counted."""
    orders, plans = lines
    result = run("verify", plans, "--orders", orders, *CATALOG)
    count = len(plans.read_text().splitlines())
    assert result.stdout.startswith(f"{count - 1} certificates")
    assert "1 order without" in result.stdout


def test_each_order_of_a_file_is_verified_by_itself(tmp_path, lines):
    """A forged line is named by its order id; the others are valid."""
    orders, plans = lines
    texts = [json.loads(line) for line in plans.read_text().splitlines()]
    texts[1]["response"]["plan"]["certificate"]["value"]["value"] = 0
    forged = tmp_path / "plans.jsonl"
    forged.write_text("".join(json.dumps(text) + "\n" for text in texts))
    result = run("verify", forged, "--orders", orders, *CATALOG, code=1)
    assert result.stdout.startswith(f"{texts[1]['order_id']}: certificate.")
    assert len(result.stdout.splitlines()) == 2
    assert "1 certificate" in result.stderr


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda texts: texts[:-1], "plans.jsonl: file:"),
        (
            lambda texts: [*texts, texts[0]],
            "plans.jsonl: file:",
        ),
        (lambda texts: [texts[1], *texts[1:]], "plans.jsonl: line 1.order_id:"),
        (lambda texts: ["[]", *texts[1:]], "plans.jsonl: line 1:"),
        (lambda texts: ["{", *texts[1:]], "plans.jsonl: line 1:"),
        (lambda texts: [texts[0].replace('"proof":"', '"proof":"x'), *texts[1:]], "].proof:"),
        (lambda texts: [texts[0].replace('"unit":', '"units":'), *texts[1:]], ".units:"),
    ],
)
def test_lines_that_are_not_plans_are_bad_input(tmp_path, lines, change, error):
    """A line that cannot be read, or is of another order, ends with exit code 2 and its number."""
    orders, plans = lines
    broken = tmp_path / "plans.jsonl"
    broken.write_text("\n".join(change(plans.read_text().splitlines())) + "\n")
    assert error in run("verify", broken, "--orders", orders, *CATALOG, code=2).stderr


def test_one_source_of_orders_is_needed(tmp_path, plan):
    """Neither or both of ORDER.json and --orders is refused."""
    path = write(tmp_path / "plan.json", plan)
    run("verify", path, code=2)
    run("verify", path, EXAMPLES / "office.json", "--orders", EXAMPLES / "orders.csv", code=2)
