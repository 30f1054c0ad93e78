"""What a reader of a plan should know about the strength of its boxes."""

from collections.abc import Iterator, Sequence

from boxwright import units
from boxwright.domain.plan import Parcel
from boxwright.planning.request import Request


def strength_warnings(request: Request, parcels: Sequence[Parcel]) -> Iterator[str]:
    """Yield where strength is not known, where it rests on what nobody verified, and which boxes were left out."""
    for parcel in parcels:
        name = f"box type {parcel.box_type_id!r}" if parcel.box_type_id else "a unit in its own container"
        load, grade = parcel.stack_load, parcel.box_grade
        if load is not None and load.not_modelled:
            yield f"{name}: what it bears is not modelled: {load.not_modelled}"
        elif load is not None and load.notes:
            verdict = "bears" if load.holds else "does not bear"
            required, allowed = units.exact(load.required_mn), units.exact(load.allowed_mn)
            yield (
                f"{name} {verdict} the {required} N of its stack, {allowed} N allowed, by figures that do not bind: "
                f"{'; '.join(load.notes)}"
            )
        if grade is not None and grade.notes:
            over = grade.exceeded(parcel.gross_mg, parcel.outer_um)
            passes = f" passes grade {grade.grade_id!r} of the box certificate ({'; '.join(over)})" if over else ""
            yield f"{name}{passes}: {'; '.join(grade.notes)}"
    for box_type_id, why in request.left_out.items():
        yield f"box type {box_type_id!r} is left out: {why}"
