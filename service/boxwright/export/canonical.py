"""The canonical form of a plan: one byte string per plan, on any machine."""

import hashlib
import json
from typing import Any

from boxwright import units
from boxwright.domain.footprint import Footprint
from boxwright.domain.plan import Certificate, OpenCandidate, Parcel, Placement, Plan
from boxwright.export.exact import plain
from boxwright.export.packaging_terms import terms_of


def canonical_json(plan: Plan) -> bytes:
    """Return the canonical form of a plan: sorted keys, no spaces, only whole numbers and texts (RFC 8785).

    Lengths are in um, masses in mg, emissions in mg CO2e. It holds what was decided and counted: parcels in
    order, placements in pack sequence, unpacked units, certificate, footprint lines, and the hashes of what
    the plan was made with. It leaves out what may differ between equal plans, or only explains them: the
    caller's order id, the ship date (its effect is in the chargeable weight), prose, and figures that
    follow from the others.
    """
    content = {
        "status": plan.status.value,
        "parcels": [_parcel(parcel) for parcel in plan.parcels],
        "unpacked": [
            {"line_id": unit.line_id, "unit_index": unit.unit_index, "reason": unit.reason.value}
            for unit in sorted(plan.unpacked, key=lambda unit: (unit.line_id, unit.unit_index))
        ],
        "certificate": _certificate(plan.certificate),
        "footprints": _footprints(plan.footprints),
        "catalog_hash": plan.catalog_hash,
        "data_hash": plan.data_hash,
        "engine_version": plan.engine_version,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def canonical_hash(plan: Plan) -> str:
    """Return the SHA-256 of the canonical form, as ``sha256:`` and 64 hex digits."""
    return f"sha256:{hashlib.sha256(canonical_json(plan)).hexdigest()}"


def _parcel(parcel: Parcel) -> dict[str, Any]:
    content: dict[str, Any] = {
        "box_type_id": parcel.box_type_id,
        "outer_um": list(parcel.outer_um),
        "net_mg": parcel.net_mg,
        "placements": [_placement(placement) for placement in parcel.placements],
        "packaging": [
            {
                "component": part.component.value,
                "material_id": part.material_id,
                "mass_mg": part.mass_mg,
                "trips": part.trips,
                "dunnage_id": part.dunnage_id,
                **terms_of(part),
                **({"trim_mg": part.trim_mg} if part.trim_mg else {}),
            }
            for part in parcel.packaging
        ],
        "footprints": _footprints(parcel.footprints),
    }
    if parcel.started_parcel_id:
        content["started_parcel_id"] = parcel.started_parcel_id
    if parcel.cushioning_id:
        content["cushioning_id"] = parcel.cushioning_id
    if parcel.handling_marks:
        content["handling_marks"] = [mark.value for mark in parcel.handling_marks]
    if parcel.ships_in_own_container:
        content["ships_in_own_container"] = 1
    if parcel.stack_load:
        content["stack_load"] = {
            "allowed_mn": parcel.stack_load.allowed_mn,
            "compression_mn": parcel.stack_load.compression_mn,
            "layers": parcel.stack_load.layers,
            "required_mn": parcel.stack_load.required_mn,
        }
    if parcel.box_grade:
        content["box_grade"] = parcel.box_grade.grade_id
    if parcel.shipping:
        content["shipping_price"] = [[line.name, line.amount_minor] for line in parcel.shipping.lines]
    if parcel.carbon_minor is not None:
        content["carbon_minor"] = parcel.carbon_minor
    if parcel.chargeable:
        content["chargeable_weight"] = {
            "service_id": parcel.chargeable.service_id,
            "chargeable_mg": parcel.chargeable.chargeable_mg,
            "divisor": parcel.chargeable.divisor,
        }
    return content


def _placement(placement: Placement) -> dict[str, Any]:
    return {
        "line_id": placement.line_id,
        "unit_index": placement.unit_index,
        "corner_um": list(placement.corner_um),
        "extent_um": list(placement.extent_um),
        "orientation": placement.orientation.value,
        "cushion_um": units.to_um(placement.cushion_mm),
        "folds": placement.folds,
    }


def _footprints(footprints: tuple[Footprint, ...]) -> list[dict[str, Any]]:
    return [
        {
            "profile_id": footprint.profile_id,
            "allocation": footprint.allocation.value,
            "missing": list(footprint.missing),
            "lines": [
                {
                    "component": line.component.value,
                    "stage": line.stage.value,
                    "subject": line.subject,
                    "amount": plain(line.amount),
                    "unit": line.unit,
                    "factor_id": line.factor_id,
                    "co2e_mg": line.co2e_mg,
                    **({} if line.leg_index is None else {"leg_index": line.leg_index}),
                }
                for line in footprint.lines
            ],
        }
        for footprint in sorted(footprints, key=lambda each: (each.profile_id, each.allocation.value))
    ]


def open_to_dict(candidate: OpenCandidate) -> dict[str, str]:
    """Return a candidate of which nothing is proved as plain data."""
    return {name: text for name, text in candidate._asdict().items() if text}


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "status": certificate.status.value,
        "scope": certificate.scope.value,
        "objectives": list(certificate.objectives),
        "profile_id": certificate.profile_id,
        "allocation": certificate.allocation,
        "refused_candidates": [
            {
                "box_type_id": each.box_type_id,
                "proof": each.proof.value,
                **({"cushioning_id": each.cushioning_id} if each.cushioning_id else {}),
            }
            for each in certificate.refused_candidates
        ],
        "open_candidates": [open_to_dict(each) for each in certificate.open_candidates],
        "bounded_objective": certificate.bounded_objective,
        # Bounds count cubic um and other grains past 2**53, the largest whole number of RFC 8785.
        "lower_bound": str(certificate.lower_bound),
        "value": str(certificate.value),
        **({"rank": certificate.rank} if certificate.rank else {}),
        **({"price_table_hash": certificate.price_table_hash} if certificate.price_table_hash else {}),
    }
