"""A packing of anyone, judged: laid out where it says no positions, given its figures, and checked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from boxwright.checking import PlanViolation, ViolationKind, check
from boxwright.domain.plan import Parcel, Plan, PlanStatus, UnpackedUnit, without_positions
from boxwright.planning.answers.assess import assess
from boxwright.planning.answers.positions import positioned
from boxwright.planning.task import Task

WITHOUT_MEANING = {
    ViolationKind.UNKNOWN_LINE,
    ViolationKind.UNKNOWN_UNIT,
    ViolationKind.DUPLICATE_UNIT,
    ViolationKind.MISSING_DIMENSIONS,
    ViolationKind.UNKNOWN_BOX_TYPE,
    ViolationKind.EMPTY_PARCEL,
    ViolationKind.OWN_CONTAINER,
    ViolationKind.INVALID_NUMBER,
    ViolationKind.WRONG_EXTENTS,
    ViolationKind.WRONG_SHAPE,
    ViolationKind.WRONG_INNER_BOX,
}
"""Broken rules that leave a packing without figures: nobody knows what is in which box."""


def judge(
    task: Task, parcels: Sequence[Parcel], unpacked: Sequence[UnpackedUnit]
) -> tuple[Plan | None, list[PlanViolation]]:
    """Return the plan of a packing with its figures computed, and every rule that it breaks.

    Parameters
    ----------
    task : Task
        What the packing is of.
    parcels : sequence of Parcel
        Of each only the facts are read, as by ``assess``. Where placements name units alone, the parcel is laid out.
    unpacked : sequence of UnpackedUnit
        Units that stayed out, as stated.

    Returns
    -------
    Plan or None
        Without a certificate. None where violations leave the packing without meaning.
    list of PlanViolation
        Every broken rule; empty for a good packing.

    Raises
    ------
    InvalidInputError
        As ``plan`` does for names that cannot be found.
    """
    laid = positioned(task, parcels)
    without_layout = [
        PlanViolation(ViolationKind.NO_LAYOUT, f"for these units in one {parcels[index].box_type_id!r}: {why}", index)
        for index, why in enumerate(laid)
        if isinstance(why, str)
    ]
    if without_layout:
        return None, without_layout
    parcels = [parcel for parcel in laid if isinstance(parcel, Parcel)]
    status = PlanStatus.PARTIAL if unpacked else PlanStatus.COMPLETE
    bare = Plan(task.order.order_id, status if parcels else PlanStatus.NONE, tuple(parcels), tuple(unpacked))
    violations = _check(bare, task)
    if any(violation.kind in WITHOUT_MEANING for violation in violations):
        return None, list(_of_facts(violations, parcels))
    assessed = assess(task, parcels, unpacked)
    return assessed, _check(assessed, task)


def _check(plan: Plan, task: Task) -> list[PlanViolation]:
    with task.stop.phase("check"):
        return check(
            plan,
            task.order,
            task.catalog,
            task.policy,
            lane=task.lane,
            started_parcels=task.started_parcels,
            materials=task.materials,
            stop=task.stop,
        )


def _of_facts(violations: Sequence[PlanViolation], parcels: Sequence[Parcel]) -> Iterator[PlanViolation]:
    """Yield what the sender is to blame for: no figures were read, and what is missing of them is not their fault.

    Units without positions lie nowhere because a name is wrong, and that is among the findings. A unit without a
    position among units that have one comes with what makes the parcel be laid out.
    """
    nowhere = {index for index, parcel in enumerate(parcels) if without_positions(parcel.placements)}
    without_position = {
        (index, placement.line_id, placement.unit_index)
        for index, parcel in enumerate(parcels)
        for placement in parcel.placements
        if without_positions([placement])
    }
    hint = "give corner and extents of all units of the parcel, or of none, and it is laid out here"
    for violation in violations:
        invalid = violation.kind is ViolationKind.INVALID_NUMBER
        if violation.constraint == "stated_figures" or (invalid and violation.parcel_index in nowhere):
            continue
        hinted = invalid and (violation.parcel_index, violation.line_id, violation.unit_index) in without_position
        yield replace(violation, detail=f"{violation.detail}: {hint}") if hinted else violation
