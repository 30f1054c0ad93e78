"""Reads and checks plan files: a response in JSON, or a result per line as ``pack --orders --out`` writes them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from boxwright.checking import PlanViolation
from boxwright.compliance import Verdict, verdicts
from boxwright.contract.data import VERDICT
from boxwright.contract.enums import COMPONENT
from boxwright.contract.objective import read_certificate
from boxwright.contract.pack_answer import read_answer, read_result, read_started
from boxwright.contract.plan import PlanView, plan_to_wire
from boxwright.contract.stated_figures import wrong_figures
from boxwright.contract.stated_plan import read_stated_plan, read_whole_plan
from boxwright.contract.values import read_date
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.order import ECHOED, Order
from boxwright.domain.plan import Plan, StartedParcel
from boxwright.errors import DataFileError, FieldViolation
from boxwright.findings import Findings
from boxwright.planning import Task, bench_words
from boxwright.planning.answers.judge import judge


def view_of(task: Task, *, in_words: bool = False) -> PlanView:
    """Return what the JSON of a plan needs besides the plan; ``in_words`` adds packing instructions."""
    basis = task.policy.emissions_basis
    return PlanView(
        catalog=task.catalog,
        loaded=True,
        materials=task.materials,
        objectives=task.policy.ranking,
        allocations=tuple(Allocation),
        bills=lambda parcel: [] if parcel.chargeable is None else [parcel.chargeable],
        basis_allocation=basis.allocation if basis else Allocation.MASS,
        order=task.order,
        echoed=ECHOED if in_words else (),
        bench=partial(bench_words, task=task) if in_words else None,
    )


def verdicts_by(
    task: Task, markets: tuple[str, ...], given: dict[str, Any]
) -> Callable[[Plan], tuple[Verdict, ...]] | None:
    """Return a function from a plan to its verdicts under the rules of markets; None if there are no markets."""
    if not markets:
        return None
    return partial(
        verdicts,
        catalog=task.catalog,
        market_ids=markets,
        destination=task.lane.destination_territory if task.lane else "",
        ship_date=given["ship_date"].date() if given["ship_date"] else None,
        reuse_system=given["reuse_system"],
    )


def other_verdicts(stated: Any, true: tuple[Verdict, ...]) -> list[str]:
    """Return a sentence for each verdict of a message that differs from the computed verdict."""
    known = {(verdict.rule.rule_id, verdict.parcel_index): VERDICT(verdict) for verdict in true}
    found = []
    for verdict in stated.verdicts:
        index = verdict.parcel_index if verdict.HasField("parcel_index") else None
        true_one = known.get((verdict.rule.rule_id, index))
        if true_one is not None and true_one.status != verdict.status:
            where = verdict.rule.rule_id + ("" if index is None else f", parcel {index + 1}")
            names = verdict.DESCRIPTOR.fields_by_name["status"].enum_type.values_by_number
            names = {number: value.name.removeprefix("VERDICT_STATUS_").lower() for number, value in names.items()}
            words = (names.get(one.status, one.status) for one in (verdict, true_one))
            found.append("{}: the plan states {}, it is {}".format(where, *words))
    return found


def profiles_file(path: Path) -> Path:
    """Return the path of the file with the accounting profiles of the plans in a file of results."""
    return path.with_name(f"{path.name}.profiles.json")


def read_plan(path: Path) -> Any:
    """Return the plan message of a JSON file; raises DataFileError with every broken rule."""
    return read_answer(path.read_bytes(), Findings(file=path.name))


def read_figures(path: Path) -> Plan:
    """Return the plan of a JSON file with its figures as stated; raises DataFileError with every broken rule."""
    found = Findings("plan", file=path.name)
    plan = read_whole_plan(read_plan(path), found)
    found.raise_any()
    assert plan is not None  # otherwise raise_any() has raised
    return plan


def read_started_file(path: Path | None, order: Order) -> tuple[StartedParcel, ...]:
    """Return the started parcels of a JSON file, if there is one; raises DataFileError with every broken rule."""
    return () if path is None else read_started(path.read_bytes(), order, Findings(file=path.name))


def read_plan_lines(path: Path, orders: Iterable[Order]) -> Iterator[tuple[Any, Order]]:
    """Yield the plan message of each line, None if it has no plan, and its order.

    Raises DataFileError at the first line that is not the result of its order.
    """
    with path.open("rb") as lines:
        for number, (line, order) in enumerate(zip_longest(lines, orders), start=1):
            if line is None or order is None:
                lacking = "lines" if line is None else "orders"
                rule = f"must hold one line per order, but there are only {number - 1} {lacking}"
                raise DataFileError(path.name, [FieldViolation("file", rule)])
            yield read_result(line, order, Findings(f"line {number}", file=path.name)), order


def judge_message(stated: Any, task: Task, file: str) -> tuple[Plan | None, list[PlanViolation]]:
    """Return the plan of a message, with its figures computed again, and every rule that the plan breaks.

    A stated figure that differs from the computed one is a violation. Certificate and versions are taken as stated; so
    is the ship date if the lane of the task has none. The plan is None if its figures cannot be computed.

    Raises DataFileError if the message cannot be read.
    """
    found = Findings("plan", file=file)
    packing, certificate, ship_date = read_stated_plan(stated, task.order, found), None, None
    if stated.HasField("certificate"):
        certificate = read_certificate(stated.certificate, task.catalog, found.at("certificate"))
    if stated.HasField("ship_date"):
        ship_date = read_date(stated.ship_date, found, "ship_date")
    counted = {line.component for footprint in stated.footprints for line in footprint.lines}
    has_way = task.lane is not None and (task.lane.legs or task.lane.derive_legs)
    if not has_way and COMPONENT.to_wire(Component.TRANSPORT) in counted:
        rule = "need the legs that the plan was made with (--leg, or --from and --to), since they count transport"
        found.add("footprints", rule)
    found.raise_any()
    assert packing is not None  # otherwise raise_any() has raised
    if task.lane is not None and task.lane.ship_date is None and ship_date is not None:
        task = replace(task, lane=replace(task.lane, ship_date=ship_date))
    plan, violations = judge(task, packing.parcels, packing.unpacked)
    if plan is None:
        return None, violations
    violations += wrong_figures(stated, plan_to_wire(plan, view_of(task)))
    versions = stated.versions
    return replace(
        plan,
        certificate=certificate or plan.certificate,
        catalog_hash=versions.catalog_hash,
        data_hash=versions.data_hash,
        engine_version=f"{versions.engine} {versions.engine_version}".strip(),
        ship_date=ship_date,
    ), violations
