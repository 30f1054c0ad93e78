"""Plans through a file: written as JSON of the contract, read and checked as ``boxwright check`` does."""

import json
from dataclasses import replace

from boxwright.cli.plan_file import judge_message, view_of
from boxwright.contract.canonical import canonical_json
from boxwright.contract.json import to_json
from boxwright.contract.pack_answer import answer_to_wire, read_answer
from boxwright.domain.plan import Plan
from boxwright.findings import Findings
from boxwright.planning import Task


def through_file(plan: Plan, *task: object) -> Plan:
    """Return a plan as read from its JSON, after checking that nothing is lost and that every figure is right."""
    asked = Task(*task)  # type: ignore[arg-type]  # as for ``plan``
    message = answer_to_wire((plan,), view_of(asked))
    read, violations = judge_message(read_answer(to_json(message, type(message)), Findings()), asked, "plan.json")
    assert not violations, [str(each) for each in violations]
    assert read is not None
    exact = {name: getattr(plan.certificate, name) for name in ("value", "lower_bound")}  # doubles have 15 digits
    again = replace(read, certificate=replace(read.certificate, **exact))
    assert json.loads(canonical_json(again)) == json.loads(canonical_json(plan))
    return read
