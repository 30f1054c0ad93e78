"""Plans in files, as JSON of the contract: an answer, or a result a line as ``pack --orders --out`` writes."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from boxwright.contract.pack_answer import read_answer, read_result, read_started
from boxwright.contract.plan import PlanView
from boxwright.contract.stated_plan import read_whole_plan
from boxwright.domain.footprint import Allocation
from boxwright.domain.order import ECHOED, Order
from boxwright.domain.plan import Plan
from boxwright.domain.started import StartedParcel
from boxwright.errors import DataFileError, FieldViolation
from boxwright.findings import Findings
from boxwright.planning import Task, bench_words

Content = TypeVar("Content")


def view_of(task: Task, *, in_words: bool = False, mass_data: bool = True) -> PlanView:
    """Return what the message of a plan shows in addition to it; words, and what masses rest on, where asked for."""
    basis = task.policy.emissions_basis
    return PlanView(
        catalog=task.catalog,
        loaded=True,
        materials=task.materials,
        objectives=task.policy.ranking,
        allocations=tuple(Allocation),
        bills=lambda parcel: [] if parcel.chargeable is None else [parcel.chargeable],
        basis_allocation=basis.allocation if basis else Allocation.MASS,
        mass_data=mass_data,
        order=task.order,
        echoed=ECHOED if in_words else (),
        bench=partial(bench_words, task=task) if in_words else None,
    )


def profiles_file(path: Path) -> Path:
    """Return the file that states what the plans of a file of lines have in common: their accounting profiles."""
    return path.with_name(f"{path.name}.profiles.json")


def read_plan(path: Path) -> Any:
    """Return the message of the plan in a JSON file.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    return _read(path, read_answer)


def read_figures(path: Path) -> Plan:
    """Return the plan in a JSON file with its figures as they are stated.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    found = Findings("plan", file=path.name)
    plan = read_whole_plan(read_plan(path), found)
    found.raise_any()
    assert plan is not None  # it has noted a finding otherwise
    return plan


def read_started_file(path: Path | None, order: Order) -> tuple[StartedParcel, ...]:
    """Return the started parcels of a JSON file; none without a file.

    Raises
    ------
    DataFileError
        With every broken rule.
    """
    return () if path is None else _read(path, lambda data, found: read_started(data, order, found))


def _read(path: Path, read: Callable[[bytes, Findings], Content]) -> Content:
    return read(path.read_bytes(), Findings(file=path.name))


def read_plan_lines(path: Path, orders: Iterable[Order]) -> Iterator[tuple[Any, Order]]:
    """Yield the message of each line's plan, None where the order has none, with its order.

    Parameters
    ----------
    path : Path
        A result a line, as JSON.
    orders : iterable of Order
        The orders of the lines, in the same sequence.

    Raises
    ------
    DataFileError
        At the first line that is no result of the order in its place.
    """
    with path.open("rb") as lines:
        for number, (line, order) in enumerate(zip_longest(lines, orders), start=1):
            if line is None or order is None:
                lacking = "lines" if line is None else "orders"
                rule = f"must hold as many lines as there are orders, {lacking} end before number {number}"
                raise DataFileError(path.name, [FieldViolation("file", rule)])
            yield read_result(line, order, Findings(f"line {number}", file=path.name)), order
