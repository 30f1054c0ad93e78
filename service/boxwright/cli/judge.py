"""A plan of anyone, as its message states it: judged, and its figures computed."""

from dataclasses import replace
from typing import Any

from boxwright.checking import PlanViolation
from boxwright.cli.plan_file import view_of
from boxwright.contract.certificate import read_certificate
from boxwright.contract.enums import COMPONENT
from boxwright.contract.plan import plan_to_wire
from boxwright.contract.stated_figures import wrong_figures
from boxwright.contract.stated_plan import read_stated_plan
from boxwright.contract.values import read_date
from boxwright.domain.factor import Component
from boxwright.domain.plan import Plan
from boxwright.findings import Findings
from boxwright.planning import Task
from boxwright.planning.answers.judge import judge


def judge_message(stated: Any, task: Task, file: str) -> tuple[Plan | None, list[PlanViolation]]:
    """Return the plan that a message states, with figures that are computed here, and every rule that it breaks.

    Parameters
    ----------
    stated : Plan
        The message.
    task : Task
        What it is of. Where the lane has no ship date, the plan's is used.
    file : str
        Name of the file that holds it.

    Returns
    -------
    Plan or None
        With certificate and versions as stated. None where violations leave it without meaning.
    list of PlanViolation
        Rules that are broken, and figures that are stated and are others.

    Raises
    ------
    DataFileError
        If it cannot be read.
    """
    found = Findings("plan", file=file)
    packing = read_stated_plan(stated, task.order, found)
    certificate = None
    if stated.HasField("certificate"):
        certificate = read_certificate(stated.certificate, task.catalog, found.at("certificate"))
    ship_date = read_date(stated.ship_date, found, "ship_date") if stated.HasField("ship_date") else None
    lines = (line for footprint in stated.footprints for line in footprint.lines)
    ways = task.lane is not None and (task.lane.legs or task.lane.derive_legs)
    if not ways and COMPONENT.to_wire(Component.TRANSPORT) in {line.component for line in lines}:
        found.add(
            "footprints", "count transport: name the legs that the plan was made with (--leg, or --from and --to)"
        )
    found.raise_any()
    assert packing is not None  # it has noted a finding otherwise
    if task.lane is not None and task.lane.ship_date is None and ship_date is not None:
        task = replace(task, lane=replace(task.lane, ship_date=ship_date))
    plan, violations = judge(task, packing.parcels, packing.unpacked)
    if plan is None:
        return None, violations
    violations += wrong_figures(stated, plan_to_wire(plan, view_of(task, mass_data=False)))
    versions = stated.versions
    return replace(
        plan,
        certificate=certificate or plan.certificate,
        catalog_hash=versions.catalog_hash,
        data_hash=versions.data_hash,
        engine_version=f"{versions.engine} {versions.engine_version}".strip(),
        ship_date=ship_date,
    ), violations
