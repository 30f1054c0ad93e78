"""Plain data to a plan: what ``boxwright check`` reads, whoever made it."""

from collections.abc import Mapping
from dataclasses import replace

from boxwright.domain.factor import CoverageCell
from boxwright.domain.footprint import Footprint
from boxwright.domain.plan import Plan
from boxwright.domain.started import StartedParcel
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.export.fields import Fields
from boxwright.export.nouns import CELL, PLAN, STARTED

CoverageById = Mapping[str, tuple[CoverageCell, ...]]
"""What each accounting profile covers, by its id with version."""


def plan_from_dict(data: object, coverage: CoverageById | None = None) -> Plan:
    """Return the plan that plain data describes; the inverse of :func:`plan_to_dict`.

    Required are ``order_id``, ``status`` and ``parcels``; of each parcel ``box_type_id`` and
    ``placements``; of each placement line, unit, corner, extents and orientation. Figures that are left out
    count as 0 or empty. Totals and ratios that follow from other fields are not read: they are computed
    again; grams CO2e and prices that are stated must be the sums of their lines. Nor is a list of ``alternatives``,
    which are plans of their own, or a ``comparison`` with one.

    Parameters
    ----------
    data : object
        The plan.
    coverage : mapping, optional
        Coverage of profiles that the plan does not state itself. Default none: it is empty.

    Raises
    ------
    InvalidInputError
        With every broken rule, each field named by its path, such as ``parcels[0].placements[2].x_mm``.
        Unknown fields are among them.
    """
    violations: list[FieldViolation] = []
    fields = Fields(data, "", violations)
    coverage = {**(coverage or {}), **_coverages(fields)}
    plan: Plan = PLAN.read(fields)
    if violations:
        raise InvalidInputError(violations)
    parcels = tuple(replace(each, footprints=_covered(each.footprints, coverage)) for each in plan.parcels)
    return replace(plan, parcels=parcels, footprints=_covered(plan.footprints, coverage))


def _covered(footprints: tuple[Footprint, ...], coverage: CoverageById) -> tuple[Footprint, ...]:
    return tuple(replace(each, coverage=coverage.get(each.profile_id, ())) for each in footprints)


def profiles_from_dict(data: object) -> tuple[CoverageById, str]:
    """Return the coverage that many plans have in common, and the hash of the data that it is of.

    Raises
    ------
    InvalidInputError
        With every broken rule, each field named by its path.
    """
    violations: list[FieldViolation] = []
    fields = Fields(data, "", violations)
    coverage, data_hash = _coverages(fields), fields.text("data_hash")
    fields.close(derived=("data_version",))
    if violations:
        raise InvalidInputError(violations)
    return coverage, data_hash


def _coverages(fields: Fields) -> dict[str, tuple[CoverageCell, ...]]:
    found = {}
    for each in fields.objects("profiles"):
        found[each.text("profile_id", required=True)] = tuple(CELL.read(cell) for cell in each.objects("coverage"))
        each.close()
    return found


def started_from_list(data: object) -> tuple[StartedParcel, ...]:
    """Return the started parcels that plain data describes.

    Parameters
    ----------
    data : object
        A list of ``{"started_parcel_id": ..., "box_type_id": ..., "placements": [...]}`` with placements as in
        :func:`plan_to_dict`, in pack sequence; or units alone, as ``{"line_id": ..., "unit_index": ...}``, or with a
        ``quantity`` from that index on (default 0).

    Raises
    ------
    InvalidInputError
        With every broken rule, each field named by its path, such as ``started_parcels[0].placements[1].x_mm``.
    """
    violations: list[FieldViolation] = []
    stated = Fields({"started_parcels": data}, "", violations).objects("started_parcels", required=True)
    started = tuple(STARTED.read(each) for each in stated)
    if violations:
        raise InvalidInputError(violations)
    return started
