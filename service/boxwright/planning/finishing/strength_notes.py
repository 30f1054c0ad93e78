"""What a reader of a plan should know about the strength of its boxes."""

from collections.abc import Iterator, Sequence

from boxwright import units
from boxwright.domain.plan import Parcel
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.planning.request import Request


def strength_warnings(request: Request, parcels: Sequence[Parcel]) -> Iterator[PlanWarning]:
    """Yield where strength is not known, where it rests on what nobody verified, and which boxes were left out."""
    for parcel in parcels:
        name = f"box type {parcel.box_type_id!r}" if parcel.box_type_id else "a unit in its own container"
        load, grade = parcel.stack_load, parcel.box_grade
        if load is not None and load.not_modelled:
            text = f"{name}: what it bears is not modelled: {load.not_modelled}"
            yield PlanWarning(WarningCode.STRENGTH_NOT_MODELLED, "policy.stacking", text)
        elif load is not None and load.notes:
            verdict = "bears" if load.holds else "does not bear"
            required, allowed = units.exact(load.required_mn), units.exact(load.allowed_mn)
            text = (
                f"{name} {verdict} the {required} N of its stack, {allowed} N allowed, by figures that do not bind: "
                f"{'; '.join(load.notes)}"
            )
            yield PlanWarning(WarningCode.STRENGTH_NOT_BINDING, "policy.stacking", text)
        if grade is not None and grade.notes:
            over = grade.exceeded(parcel.gross_mg, parcel.outer_um)
            passes = f" passes grade {grade.grade_id!r} of the box certificate ({'; '.join(over)})" if over else ""
            text = f"{name}{passes}: {'; '.join(grade.notes)}"
            yield PlanWarning(WarningCode.BOX_GRADE_NOT_BINDING, "policy.box_certificate", text)
    for box_type_id, why in request.left_out.items():
        text = f"box type {box_type_id!r} is left out: {why}"
        yield PlanWarning(WarningCode.BOX_LEFT_OUT, request.catalog.field_of(box_type_id), text)
