"""Plain data to parcels already started."""

from boxwright.domain.started import StartedParcel
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.export.fields import Fields
from boxwright.export.plan_reading import placement_of


def started_from_list(data: object) -> tuple[StartedParcel, ...]:
    """Return the started parcels that plain data describes.

    Parameters
    ----------
    data : object
        A list of ``{"started_parcel_id": ..., "box_type_id": ..., "placements": [...]}`` with placements as in
        :func:`plan_to_dict`, in pack sequence.

    Raises
    ------
    InvalidInputError
        With every broken rule, each field named by its path, such as ``started_parcels[0].placements[1].x_mm``.
    """
    violations: list[FieldViolation] = []
    started = []
    for each in Fields({"started_parcels": data}, "", violations).objects("started_parcels", required=True):
        name, box_type_id = (each.text(field, required=True) for field in ("started_parcel_id", "box_type_id"))
        placements = tuple(placement_of(one) for one in each.objects("placements"))
        each.close()
        try:
            started.append(StartedParcel(name, box_type_id, placements))
        except InvalidInputError as error:
            known = {violation.field for violation in violations}
            rules = [one.under(each.path) for one in error.violations]
            violations += (one for one in rules if one.field not in known)
    if violations:
        raise InvalidInputError(violations)
    return tuple(started)
