"""A plan as plain data in mm, g and mg CO2e, for people and other programs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from boxwright import units
from boxwright.domain.factor import CoverageCell
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.mass_datum import MassDatum, MassPart
from boxwright.domain.plan import Certificate, EmptySpace, Parcel, Placement, Plan
from boxwright.domain.smallest_change import SmallestChange
from boxwright.domain.strength import BoxGrade, StackLoad
from boxwright.export.billing import chargeable_to_dict, shipping_to_dict
from boxwright.export.canonical import canonical_hash, open_to_dict
from boxwright.export.derived_legs import leg_to_dict
from boxwright.export.exact import mm3, plain
from boxwright.export.packaging_terms import terms_of

MN_PER_N = 1_000


def plan_to_dict(plan: Plan, *, with_profiles: bool = True) -> dict[str, Any]:
    """Return a plan as plain data: texts, numbers, booleans, lists and dicts.

    Lengths are in mm, masses in g, emissions in mg CO2e. Quantities that a double may not hold exactly
    (volumes, bounds, amounts of activity, factors) are decimal numbers as text. :func:`plan_from_dict` reads it
    back whole.

    Parameters
    ----------
    plan : Plan
        The plan.
    with_profiles : bool, optional
        Whether it states the coverage of its accounting profiles, as :func:`profiles_to_list` does. Default True; False
        where many plans have theirs in common.
    """
    return {
        "order_id": plan.order_id,
        "status": plan.status.value,
        "parcels": [_parcel(parcel) for parcel in plan.parcels],
        "unpacked": [
            {
                "line_id": unit.line_id,
                "unit_index": unit.unit_index,
                "reason": unit.reason.value,
                "rule": unit.rule,
            }
            for unit in plan.unpacked
        ],
        "certificate": _certificate(plan.certificate),
        "footprints": [_footprint(each) for each in plan.footprints],
        **({"profiles": profiles_to_list(coverage_of([plan]))} if with_profiles else {}),
        "catalog_id": plan.catalog_id,
        "catalog_version": plan.catalog_version,
        "catalog_hash": plan.catalog_hash,
        "data_version": plan.data_version,
        "data_hash": plan.data_hash,
        "engine_version": plan.engine_version,
        "ship_date": plan.ship_date.isoformat() if plan.ship_date else None,
        "warnings": [
            {"code": str(each.code), "field": each.field, "text": each.text, "count": each.count}
            for each in plan.warnings
        ],
        "cut_short": plan.cut_short,
        **({"derived_legs": [leg_to_dict(each) for each in plan.derived_legs]} if plan.derived_legs else {}),
        "canonical_hash": canonical_hash(plan),
    }


def coverage_of(plans: Iterable[Plan]) -> dict[str, tuple[CoverageCell, ...]]:
    """Return the coverage of each accounting profile that plans are counted by."""
    return {each.profile_id: each.coverage for plan in plans for each in plan.footprints}


def profiles_to_list(coverage: Mapping[str, Sequence[CoverageCell]]) -> list[dict[str, Any]]:
    """Return accounting profiles with their coverage as plain data."""
    return [
        {
            "profile_id": profile_id,
            "coverage": [
                {
                    "component": cell.component.value,
                    "stage": cell.stage.value,
                    "coverage": cell.coverage.value,
                    "note": cell.note,
                }
                for cell in cells
            ],
        }
        for profile_id, cells in coverage.items()
    ]


def _parcel(parcel: Parcel) -> dict[str, Any]:
    return {
        "box_type_id": parcel.box_type_id,
        "ships_in_own_container": parcel.ships_in_own_container,
        "started_parcel_id": parcel.started_parcel_id,
        **({"cushioning_id": parcel.cushioning_id} if parcel.cushioning_id else {}),
        **({"handling_marks": [each.value for each in parcel.handling_marks]} if parcel.handling_marks else {}),
        "outer_mm": [units.to_mm(edge) for edge in parcel.outer_um],
        "inner_mm": [units.to_mm(edge) for edge in parcel.inner_um],
        "inner_volume_mm3": mm3(parcel.inner_volume_um3),
        "goods_volume_mm3": mm3(parcel.goods_volume_um3),
        "empty_space_ratio": parcel.empty_space_ratio,
        "net_g": units.to_g(parcel.net_mg),
        "tare_g": units.to_g(parcel.tare_mg),
        "gross_g": units.to_g(parcel.gross_mg),
        "placements": [_placement(step, each) for step, each in enumerate(parcel.placements, start=1)],
        "packaging": [
            {
                "component": part.component.value,
                "material_id": part.material_id,
                "mass_g": units.to_g(part.mass_mg),
                "trips": part.trips,
                "dunnage_id": part.dunnage_id,
                **terms_of(part),
                **({"trim_g": units.to_g(part.trim_mg)} if part.trim_mg else {}),
            }
            for part in parcel.packaging
        ],
        "chargeable_weight": chargeable_to_dict(parcel.chargeable) if parcel.chargeable else None,
        **({} if parcel.shipping is None else {"shipping_price": shipping_to_dict(parcel.shipping)}),
        **({} if parcel.carbon_minor is None else {"carbon_cost_minor": parcel.carbon_minor}),
        "footprints": [_footprint(each) for each in parcel.footprints],
        **({} if parcel.stack_load is None else {"stack_load": _stack_load(parcel.stack_load)}),
        **({} if parcel.box_grade is None else {"box_grade": _box_grade(parcel.box_grade)}),
        **({} if parcel.empty_spaces is None else {"empty_spaces": [_space(each) for each in parcel.empty_spaces]}),
    }


def _stack_load(load: StackLoad) -> dict[str, Any]:
    if load.not_modelled:
        return {"not_modelled": load.not_modelled, "holds": load.holds}
    return {
        "compression_n": load.compression_mn / MN_PER_N,
        "allowed_n": load.allowed_mn / MN_PER_N,
        "required_n": load.required_mn / MN_PER_N,
        "layers": load.layers,
        "multipliers": [
            {
                "factor": each.factor,
                "level": each.level,
                "value": plain(each.value),
                "source": each.source,
                "verified": each.verified,
            }
            for each in load.multipliers
        ],
        "safety_factor": None if load.safety_factor is None else plain(load.safety_factor),
        "notes": list(load.notes),
        "holds": load.holds,
    }


def _box_grade(grade: BoxGrade) -> dict[str, Any]:
    return {
        "grade_id": grade.grade_id,
        "max_gross_g": units.to_g(grade.max_gross_mg),
        "max_length_width_height_mm": units.to_mm(grade.max_sum_um),
        "notes": list(grade.notes),
        "source": grade.source,
    }


def _space(space: EmptySpace) -> dict[str, Any]:
    return {
        "x_mm": space.x_mm,
        "y_mm": space.y_mm,
        "z_mm": space.z_mm,
        "length_mm": space.length_mm,
        "width_mm": space.width_mm,
        "height_mm": space.height_mm,
        "volume_mm3": mm3(space.volume_um3),
        "needs_blocking": space.needs_blocking,
    }


def _placement(step: int, placement: Placement) -> dict[str, Any]:
    return {
        "step": step,
        "line_id": placement.line_id,
        "unit_index": placement.unit_index,
        "x_mm": placement.x_mm,
        "y_mm": placement.y_mm,
        "z_mm": placement.z_mm,
        "length_mm": placement.length_mm,
        "width_mm": placement.width_mm,
        "height_mm": placement.height_mm,
        "orientation": placement.orientation.value,
        "cushion_mm": placement.cushion_mm,
        "folds": placement.folds,
    }


def _footprint(footprint: Footprint) -> dict[str, Any]:
    return {
        "profile_id": footprint.profile_id,
        "allocation": footprint.allocation.value,
        "total_co2e_mg": footprint.total_co2e_mg,
        "factors_complete": footprint.factors_complete,
        "missing": list(footprint.missing),
        "missing_scope": list(footprint.missing_scope),
        "unverified_share": footprint.unverified_share,
        **_interval(footprint),
        "biogenic_stored_mg": footprint.biogenic_stored_mg,
        "biogenic_released_mg": footprint.biogenic_released_mg,
        "biogenic_missing": list(footprint.biogenic_missing),
        **({"mass_data": [_datum(each) for each in footprint.mass_data]} if footprint.mass_data else {}),
        "lines": [_line(line) for line in footprint.lines],
    }


def _datum(datum: MassDatum) -> dict[str, Any]:
    ends = {"low": plain(datum.low), "high": plain(datum.high)}
    return {"datum_id": datum.datum_id, **ends, "verified": datum.verified}


def _interval(footprint: Footprint) -> dict[str, int]:
    """Return the sums of the factors' ends; nothing where a factor has none."""
    ends = footprint.interval_co2e_mg
    return {} if ends is None else {"low_co2e_mg": ends[0], "high_co2e_mg": ends[1]}


def _line(line: FootprintLine) -> dict[str, Any]:
    return {
        "component": line.component.value,
        "stage": line.stage.value,
        "subject": line.subject,
        "amount": plain(line.amount),
        "unit": line.unit,
        "factor_id": line.factor_id,
        "factor_kg_per_unit": plain(line.factor_kg_per_unit),
        "co2e_mg": line.co2e_mg,
        "source": line.source,
        "verified": line.verified,
        **({} if line.leg_index is None else {"leg_index": line.leg_index}),
        "rule": line.rule,
        "low_kg_per_unit": None if line.low_kg_per_unit is None else plain(line.low_kg_per_unit),
        "high_kg_per_unit": None if line.high_kg_per_unit is None else plain(line.high_kg_per_unit),
        "range_assumed": line.range_assumed,
        "biogenic_co2_mg": line.biogenic_co2_mg,
        **({"mass_parts": [_mass_part(each) for each in line.mass_parts]} if line.mass_parts else {}),
    }


def _mass_part(part: MassPart) -> dict[str, Any]:
    return {"data": list(part.data), "amount": plain(part.amount)}


TARIFF = ("carrier_service", "price_table", "price_table_hash")
"""What a certificate says of a carrier's tariff; empty without an objective that rests on it."""


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "status": certificate.status.value,
        "scope": certificate.scope.value,
        "constraints": list(certificate.constraints),
        "objectives": list(certificate.objectives),
        "profile_id": certificate.profile_id,
        "allocation": certificate.allocation,
        "refused_candidates": [
            {
                "box_type_id": each.box_type_id,
                "proof": each.proof.value,
                "rule": each.rule,
                **({"smallest_change": _change(each.smallest_change)} if each.smallest_change else {}),
                **({"cushioning_id": each.cushioning_id} if each.cushioning_id else {}),
            }
            for each in certificate.refused_candidates
        ],
        "open_candidates": [open_to_dict(each) for each in certificate.open_candidates],
        "bounded_objective": certificate.bounded_objective,
        "lower_bound": str(certificate.lower_bound),
        "value": str(certificate.value),
        "gap": certificate.gap,
        "rank": certificate.rank,
        **{name: value for name in TARIFF if (value := getattr(certificate, name))},
    }


def _change(change: SmallestChange) -> dict[str, Any]:
    content: dict[str, Any] = {"line_id": change.line_id}
    if change.shorten_um is not None:
        content["shorten_mm"] = [units.to_mm(edge) for edge in change.shorten_um]
    if change.allow is not None:
        content["allow"] = change.allow.value
    if change.lighten_mg is not None:
        content["lighten_g"] = units.to_g(change.lighten_mg)
    return content
