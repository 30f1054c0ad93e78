"""Plain data to a plan: what ``boxwright check`` reads, whoever made it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from boxwright import units
from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.mass_datum import MassDatum, MassPart
from boxwright.domain.order import Orientation
from boxwright.domain.plan import (
    Certificate,
    EmptySpace,
    OpenCandidate,
    Parcel,
    Placement,
    Plan,
    PlanStatus,
    Proof,
    ProofScope,
    ProofStatus,
    RefusedCandidate,
    UnpackedReason,
    UnpackedUnit,
)
from boxwright.domain.smallest_change import SmallestChange
from boxwright.domain.strength import BoxGrade, StackLoad, StrengthMultiplier
from boxwright.domain.warning import PlanWarning
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.export.billing import read_chargeable, read_shipping
from boxwright.export.derived_legs import read_leg
from boxwright.export.exact import UM3_PER_MM3
from boxwright.export.fields import Fields
from boxwright.export.packaging_terms import recycled_content_of, reuse_of

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
    plan = Plan(
        order_id=fields.text("order_id", required=True),
        status=fields.member("status", PlanStatus),
        parcels=tuple(_parcel(each, coverage) for each in fields.objects("parcels", required=True)),
        unpacked=tuple(_unpacked(each) for each in fields.objects("unpacked")),
        certificate=fields.object("certificate", _certificate)
        or Certificate(ProofStatus.OPEN, ProofScope.SINGLE_PARCEL),
        footprints=tuple(_footprint(each, coverage) for each in fields.objects("footprints")),
        catalog_id=fields.text("catalog_id"),
        catalog_version=fields.text("catalog_version"),
        catalog_hash=fields.text("catalog_hash"),
        data_version=fields.text("data_version"),
        data_hash=fields.text("data_hash"),
        engine_version=fields.text("engine_version"),
        ship_date=fields.date("ship_date"),
        warnings=tuple(_warning(each) for each in fields.objects("warnings")),
        cut_short=fields.flag("cut_short"),
        derived_legs=tuple(leg for each in fields.objects("derived_legs") if (leg := read_leg(each)) is not None),
    )
    fields.close(derived=("canonical_hash", "alternatives", "comparison"))
    if violations:
        raise InvalidInputError(violations)
    return plan


def _parcel(fields: Fields, coverage: CoverageById) -> Parcel:
    parcel = Parcel(
        box_type_id=fields.text("box_type_id", required=True),
        placements=tuple(placement_of(each) for each in fields.objects("placements", required=True)),
        packaging=tuple(_packaging(each) for each in fields.objects("packaging")),
        net_mg=fields.mg("net_g"),
        inner_um=_edges(fields, "inner_mm"),
        inner_volume_um3=round(fields.decimal("inner_volume_mm3") * UM3_PER_MM3),
        goods_volume_um3=round(fields.decimal("goods_volume_mm3") * UM3_PER_MM3),
        outer_um=_edges(fields, "outer_mm"),
        chargeable=fields.object("chargeable_weight", read_chargeable),
        footprints=tuple(_footprint(each, coverage) for each in fields.objects("footprints")),
        empty_spaces=None
        if fields.get("empty_spaces") is None
        else tuple(_space(each) for each in fields.objects("empty_spaces")),
        ships_in_own_container=fields.flag("ships_in_own_container"),
        started_parcel_id=fields.text("started_parcel_id"),
        shipping=fields.object("shipping_price", read_shipping),
        carbon_minor=None if fields.get("carbon_cost_minor") is None else fields.whole("carbon_cost_minor"),
        stack_load=fields.object("stack_load", _stack_load),
        box_grade=fields.object("box_grade", _box_grade),
        cushioning_id=fields.text("cushioning_id"),
        handling_marks=fields.members("handling_marks", HandlingMark),
    )
    fields.close(derived=("tare_g", "gross_g", "empty_space_ratio"))
    return parcel


def _stack_load(fields: Fields) -> StackLoad:
    load = StackLoad(
        not_modelled=fields.text("not_modelled"),
        compression_mn=fields.mg("compression_n"),
        allowed_mn=fields.mg("allowed_n"),
        required_mn=fields.mg("required_n"),
        layers=fields.whole("layers"),
        multipliers=tuple(_multiplier(each) for each in fields.objects("multipliers")),
        safety_factor=None if fields.get("safety_factor") is None else fields.decimal("safety_factor"),
        notes=fields.texts("notes"),
    )
    fields.close(derived=("holds",))
    fields.follows("holds", load.holds, why="by its allowed and required load")
    return load


def _multiplier(fields: Fields) -> StrengthMultiplier:
    multiplier = StrengthMultiplier(
        factor=fields.text("factor", required=True),
        level=fields.text("level"),
        value=fields.decimal("value"),
        source=fields.text("source"),
        verified=fields.flag("verified"),
    )
    fields.close()
    return multiplier


def _box_grade(fields: Fields) -> BoxGrade:
    grade = BoxGrade(
        grade_id=fields.text("grade_id"),
        max_gross_mg=fields.mg("max_gross_g"),
        max_sum_um=units.to_um(fields.number("max_length_width_height_mm", 0.0)),
        notes=fields.texts("notes"),
        source=fields.text("source"),
    )
    fields.close()
    return grade


def _space(fields: Fields) -> EmptySpace:
    space = EmptySpace(
        x_mm=fields.number("x_mm"),
        y_mm=fields.number("y_mm"),
        z_mm=fields.number("z_mm"),
        length_mm=fields.number("length_mm"),
        width_mm=fields.number("width_mm"),
        height_mm=fields.number("height_mm"),
        needs_blocking=fields.flag("needs_blocking"),
    )
    fields.close(derived=("volume_mm3",))
    return space


def placement_of(fields: Fields) -> Placement:
    """Return the placement that an object of plain data describes."""
    placement = Placement(
        line_id=fields.text("line_id", required=True),
        unit_index=fields.whole("unit_index"),
        x_mm=fields.number("x_mm"),
        y_mm=fields.number("y_mm"),
        z_mm=fields.number("z_mm"),
        length_mm=fields.number("length_mm"),
        width_mm=fields.number("width_mm"),
        height_mm=fields.number("height_mm"),
        orientation=fields.member("orientation", Orientation),
        cushion_mm=fields.number("cushion_mm", 0.0),
        folds=fields.whole("folds", 0),
    )
    fields.close(derived=("step",))
    return placement


def _edges(fields: Fields, name: str) -> tuple[int, int, int]:
    values: Any = fields.get(name)
    if values is None:
        return (0, 0, 0)
    if not isinstance(values, list | tuple) or len(values) != 3:
        fields.refuse(name, "must be a list of length, width and height")
        return (0, 0, 0)
    edges = Fields(dict(zip(("length", "width", "height"), values, strict=True)), name, fields.violations)
    edges.path = f"{fields.path}.{name}"
    length, width, height = (units.to_um(edges.number(edge)) for edge in ("length", "width", "height"))
    return length, width, height


def _packaging(fields: Fields) -> PackagingComponent:
    part = PackagingComponent(
        component=fields.member("component", Component),
        material_id=fields.text("material_id"),
        mass_mg=fields.mg("mass_g"),
        trips=fields.whole("trips", 1),
        dunnage_id=fields.text("dunnage_id"),
        recycled_content=recycled_content_of(fields),
        reuse=fields.object("reuse", reuse_of),
        trim_mg=fields.mg("trim_g"),
    )
    fields.close()
    return part


def _footprint(fields: Fields, coverage: CoverageById) -> Footprint:
    profile_id = fields.text("profile_id", required=True)
    footprint = Footprint(
        profile_id=profile_id,
        allocation=fields.member("allocation", Allocation),
        lines=tuple(_line(each) for each in fields.objects("lines")),
        missing=fields.texts("missing"),
        missing_scope=fields.texts("missing_scope"),
        coverage=coverage.get(profile_id, ()),
        mass_data=tuple(_datum(each) for each in fields.objects("mass_data")),
    )
    known = {each.datum_id for each in footprint.mass_data}
    if any(not known.issuperset(part.data) for line in footprint.lines for part in line.mass_parts):
        fields.refuse("mass_data", "must hold every datum that a line's mass_parts name")
        footprint = replace(footprint, lines=(), mass_data=())
    fields.close(derived=DERIVED_OF_FOOTPRINT)
    for name in ("total_co2e_mg", "biogenic_stored_mg", "biogenic_released_mg"):
        fields.follows(name, getattr(footprint, name), why="the sum of its lines")
    for name, end in zip(("low_co2e_mg", "high_co2e_mg"), footprint.interval_co2e_mg or (), strict=False):
        # Amounts are rounded to 34 digits for reading, so an end may round the other way.
        fields.follows(name, end, slack=1, why="the sum of its lines' ends")
    fields.follows("unverified_share", footprint.unverified_share, slack=1e-9, why="what its lines stand on")
    return footprint


DERIVED_OF_FOOTPRINT = (
    *("total_co2e_mg", "factors_complete", "unverified_share", "low_co2e_mg", "high_co2e_mg"),
    *("biogenic_stored_mg", "biogenic_released_mg", "biogenic_missing"),
)
"""What a footprint states that follows from its lines."""


def _datum(fields: Fields) -> MassDatum:
    datum = MassDatum(
        datum_id=fields.text("datum_id", required=True),
        low=fields.decimal("low"),
        high=fields.decimal("high"),
        verified=fields.flag("verified"),
    )
    fields.close()
    if not 0 < datum.low <= 1 <= datum.high:
        fields.refuse("low", f"must be above 0 and with high enclose 1, got {datum.low} to {datum.high}")
    return datum


def _mass_part(fields: Fields) -> MassPart:
    part = MassPart(data=fields.texts("data"), amount=fields.decimal("amount"))
    fields.close()
    return part


def _line(fields: Fields) -> FootprintLine:
    line = FootprintLine(
        mass_parts=tuple(_mass_part(each) for each in fields.objects("mass_parts")),
        component=fields.member("component", Component),
        stage=fields.member("stage", Stage),
        subject=fields.text("subject"),
        amount=fields.decimal("amount"),
        unit=fields.text("unit"),
        factor_id=fields.text("factor_id"),
        factor_kg_per_unit=fields.decimal("factor_kg_per_unit"),
        co2e_mg=fields.whole("co2e_mg"),
        source=fields.text("source"),
        verified=fields.flag("verified"),
        leg_index=None if fields.get("leg_index") is None else fields.whole("leg_index"),
        rule=fields.text("rule"),
        low_kg_per_unit=None if fields.get("low_kg_per_unit") is None else fields.decimal("low_kg_per_unit"),
        high_kg_per_unit=None if fields.get("high_kg_per_unit") is None else fields.decimal("high_kg_per_unit"),
        range_assumed=fields.flag("range_assumed"),
        biogenic_co2_mg=None if fields.get("biogenic_co2_mg") is None else fields.whole("biogenic_co2_mg"),
    )
    fields.close()
    return line


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
    return {each.text("profile_id", required=True): _coverage(each) for each in fields.objects("profiles")}


def _coverage(fields: Fields) -> tuple[CoverageCell, ...]:
    cells = []
    for each in fields.objects("coverage"):
        cells.append(
            CoverageCell(
                component=each.member("component", Component),
                stage=each.member("stage", Stage),
                coverage=each.member("coverage", Coverage),
                note=each.text("note"),
            )
        )
        each.close()
    fields.close()
    return tuple(cells)


def _warning(fields: Fields) -> PlanWarning:
    warning = PlanWarning(
        code=fields.text("code", required=True),
        field=fields.text("field"),
        text=fields.text("text", required=True),
        count=fields.whole("count", 1),
    )
    if warning.count < 1:
        fields.refuse("count", "must be 1 or more")
    fields.close()
    return warning


def _unpacked(fields: Fields) -> UnpackedUnit:
    unit = UnpackedUnit(
        line_id=fields.text("line_id", required=True),
        unit_index=fields.whole("unit_index"),
        reason=fields.member("reason", UnpackedReason),
        rule=fields.text("rule"),
    )
    fields.close()
    return unit


def _certificate(fields: Fields) -> Certificate:
    certificate = Certificate(
        status=fields.member("status", ProofStatus),
        scope=fields.member("scope", ProofScope),
        constraints=fields.texts("constraints"),
        objectives=fields.texts("objectives"),
        profile_id=fields.text("profile_id"),
        allocation=fields.text("allocation"),
        refused_candidates=tuple(_refused(each) for each in fields.objects("refused_candidates")),
        open_candidates=tuple(_open(each) for each in fields.objects("open_candidates")),
        lower_bound=fields.exact_whole("lower_bound"),
        value=fields.exact_whole("value"),
        bounded_objective=fields.text("bounded_objective"),
        rank=fields.whole("rank"),
        carrier_service=fields.text("carrier_service"),
        price_table=fields.text("price_table"),
        price_table_hash=fields.text("price_table_hash"),
    )
    fields.close(derived=("gap",))
    return certificate


def _refused(fields: Fields) -> RefusedCandidate:
    refused = RefusedCandidate(
        fields.text("box_type_id", required=True),
        fields.member("proof", Proof),
        fields.text("rule"),
        fields.object("smallest_change", _change),
        fields.text("cushioning_id"),
    )
    fields.close()
    return refused


def _open(fields: Fields) -> OpenCandidate:
    candidate = OpenCandidate(fields.text("box_type_id", required=True), fields.text("cushioning_id"))
    fields.close()
    return candidate


def _change(fields: Fields) -> SmallestChange | None:
    """Return a change, or None after noting what is wrong with it."""
    try:
        change = SmallestChange(
            fields.text("line_id", required=True),
            None if fields.get("shorten_mm") is None else _edges(fields, "shorten_mm"),
            None if fields.get("allow") is None else fields.member("allow", Orientation),
            None if fields.get("lighten_g") is None else fields.mg("lighten_g"),
        )
    except InvalidInputError as error:
        fields.violations += [each.under(fields.path) for each in error.violations]
        change = None
    fields.close()
    return change
