"""The stored record of an order with one variant, in whole numbers, and the row that users get."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # pyarrow ships no type information

from boxwright.domain.box import Catalog
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Allocation, Footprint
from boxwright.domain.order import Order
from boxwright.domain.plan import Plan, PlanStatus, UnpackedUnit
from boxwright.domain.source_grade import SourceGrade
from boxwright.evaluation.outcome import OrderStatus, unpacked_reason
from boxwright.shipping.objective_figures import packaging_cost_minor, shipping_minor, unpriced
from boxwright.units import MG_PER_G, UM3_PER_LITRE

Record = dict[str, Any]
Cell = str | int | float | bool | None
Row = dict[str, Cell]
Basis = tuple[str, Allocation]

_SEED = 20_261_126
_INT, _TEXT, _TEXTS, _REAL, _FLAG = pa.int64(), pa.string(), pa.list_(pa.string()), pa.float64(), pa.bool_()
_VOLUME = pa.decimal128(38, 0)
"""Cubic um as a decimal, since 64 bits hold only 9 cubic metres."""
_OF_COMPONENTS = [(kind.value, _INT) for kind in Component]
_FOOTPRINT = [
    *(("profile_id", _TEXT), ("allocation", _TEXT), ("total_mg", _INT), ("transport_mg", _INT)),
    *(("absolute_mg", _INT), ("unverified_mg", _INT), ("missing", _TEXTS), ("hubs_unstated", _FLAG)),
    *_OF_COMPONENTS,
    *((f"{grade.value}_mg", _INT) for grade in SourceGrade),
]
STORED = pa.schema(
    [
        *(("place", _INT), ("alike", pa.binary()), ("rank", pa.uint64()), ("variant", _INT), ("country", _TEXT)),
        ("skus", pa.list_(pa.struct([("sku", _TEXT), ("units", _INT), ("share", _REAL)]))),
        *(("order_id", _TEXT), ("status", _TEXT), ("reason", _TEXT), ("units", _INT), ("packed_units", _INT)),
        *(("boxes", _TEXTS), ("marks", _TEXTS), ("empty", pa.list_(_REAL))),
        *(("outer_um3", _VOLUME), ("inner_um3", _VOLUME), ("goods_um3", _VOLUME)),
        *(("mass_mg", pa.struct(_OF_COMPONENTS)), ("packaging_mg", _INT), ("gross_mg", _INT), ("chargeable_mg", _INT)),
        *(("packaging_minor", _INT), ("packaging_currency", _TEXT), ("carriage_minor", _INT)),
        *(("carriage_currency", _TEXT), ("unpriced", _TEXTS), ("surcharges_minor", _INT)),
        ("footprints", pa.list_(pa.struct(_FOOTPRINT))),
        ("unpacked", pa.list_(pa.struct([("line_id", _TEXT), ("reason", _TEXT), ("rule", _TEXT), ("units", _INT)]))),
        ("warnings", pa.list_(pa.struct([("code", _TEXT), ("field", _TEXT), ("text", _TEXT)]))),
        ("verdicts", pa.list_(pa.struct([("rule", _TEXT), ("keeps", _FLAG), ("outcome", _TEXT)]))),
        *(("proof", _TEXT), ("versions", _TEXTS), ("audit", _TEXT)),
    ]
)
"""Schema of the records; null is unknown. ``place`` is the order's position in its batch. ``alike`` is equal for orders
with equal units, and ``rank`` decides random samples.
"""
_NO_SURCHARGES = ("weight", "fuel", "rounding")
_STATUSES = {
    PlanStatus.COMPLETE: OrderStatus.PLANNED,
    PlanStatus.PARTIAL: OrderStatus.PARTIAL,
    PlanStatus.NONE: OrderStatus.NOT_PACKED,
}
_PACKAGING = (
    *(Component.BOX, Component.CUSHIONING, Component.VOID_FILL, Component.BLOCKING, Component.TAPE, Component.LABEL),
)
_KINDS = {
    **dict.fromkeys(("order_id", "catalog_id", "policy", "carrier_service", "status", "reason", "boxes"), _TEXT),
    **dict.fromkeys(("currency", "warnings", "verdicts", "audit", "country"), _TEXT),
    **dict.fromkeys(("units", "packed_units", "parcels"), _INT),
    "proved": _FLAG,
}


_NOTHING = dict.fromkeys(STORED.names) | {
    **dict.fromkeys(("packed_units", "outer_um3", "inner_um3", "goods_um3", "packaging_mg", "gross_mg"), 0),
    **{name: () for name in STORED.names if pa.types.is_list(STORED.field(name).type)},
    "mass_mg": {},
}


def record_without(order_id: str, status: OrderStatus, units: int, reason: str, **more: Any) -> Record:
    """Return the record of an order without a plan."""
    return _NOTHING | {"order_id": order_id, "status": status.value, "units": units, "reason": reason, **more}


def record_of(plan: Plan, catalog: Catalog, units: int) -> Record:
    """Return the record of a plan, without the fields of the order and the variant's position."""
    parcels = plan.parcels
    masses = {kind: sum(parcel.packaging_mg(kind) for parcel in parcels) for kind in Component}
    billed = [parcel.chargeable.chargeable_mg for parcel in parcels if parcel.chargeable]
    carriers = {parcel.carriage_price.currency for parcel in parcels if parcel.carriage_price}
    packaging, carriage = packaging_cost_minor(plan, catalog), shipping_minor(plan)
    packaging = packaging if catalog.currency else None
    bills = [line for parcel in parcels if parcel.carriage_price for line in parcel.carriage_price.lines]
    carriage = carriage if len(carriers) == 1 and all(carriers) else None
    return _NOTHING | {
        "order_id": plan.order_id,
        "status": _STATUSES[plan.status].value,
        "reason": unpacked_reason(plan.unpacked),
        "units": units,
        "packed_units": sum(len(parcel.placements) for parcel in parcels),
        "boxes": [parcel.box_type_id for parcel in parcels],
        "marks": [mark.value for parcel in parcels for mark in parcel.handling_marks],
        "empty": [
            1 - parcel.boxed_goods_um3 / parcel.inner_volume_um3 for parcel in parcels if parcel.inner_volume_um3
        ],
        "outer_um3": sum(math.prod(parcel.outer_um) for parcel in parcels),
        "inner_um3": sum(parcel.inner_volume_um3 for parcel in parcels),
        "goods_um3": sum(parcel.boxed_goods_um3 for parcel in parcels),
        "mass_mg": {kind.value: mass for kind, mass in masses.items() if mass},
        "packaging_mg": sum(masses.values()),
        "gross_mg": plan.gross_mg,
        "chargeable_mg": sum(billed) if parcels and len(billed) == len(parcels) else None,
        "packaging_minor": packaging,
        "packaging_currency": None if packaging is None else catalog.currency,
        "carriage_minor": carriage,
        "carriage_currency": None if carriage is None else next(iter(carriers)),
        "unpriced": unpriced(parcels, catalog),
        "surcharges_minor": None
        if carriage is None
        else sum(line.amount_minor for line in bills if line.name not in _NO_SURCHARGES),
        "footprints": [*map(_footprint, plan.footprints)] if parcels else (),
        "unpacked": unpacked_of(plan.unpacked),
        "warnings": [
            {"code": warning.code, "field": warning.field, "text": warning.message} for warning in plan.warnings
        ],
        "proof": plan.certificate.status.value if parcels else None,
        "versions": [plan.data_version, plan.data_hash, plan.engine_version],
    }


def unpacked_of(units: Sequence[UnpackedUnit]) -> list[Record]:
    """Return the unpacked units, summed by line, reason and rule."""
    left_out = Counter((unit.line_id, unit.reason.value, unit.message) for unit in units)
    return [
        {"line_id": line_id, "reason": reason, "rule": rule, "units": count}
        for (line_id, reason, rule), count in left_out.items()
    ]


def _footprint(footprint: Footprint) -> Record:
    kinds = {line.component for line in footprint.lines}
    amounts = {kind: footprint.subtotal_co2e_mg(kind) for kind in Component if kind in kinds}
    return {
        "profile_id": footprint.profile_id,
        "allocation": footprint.allocation.value,
        "total_mg": sum(amounts.values()),
        "transport_mg": sum(amount for kind, amount in amounts.items() if kind in CARRIED),
        "absolute_mg": footprint.absolute_mg,
        "unverified_mg": round(footprint.unverified_mg),
        "missing": sorted(set(footprint.lacks)),
        "hubs_unstated": footprint.hubs_unstated,
        **{kind.value: amount for kind, amount in amounts.items()},
        **{f"{grade.value}_mg": round(co2e_mg) for grade, co2e_mg in footprint.graded_mg.items()},
    }


def skus_of(order: Order) -> tuple[Record, ...]:
    """Return units and share of the goods' volume by SKU, for lines that name one."""
    if not any(line.sku for line in order.lines):
        return ()
    volumes = [line.quantity * math.prod(line.edges_um) for line in order.lines]
    goods_um3 = sum(volumes) or 1
    return tuple(
        {"sku": line.sku, "units": line.quantity, "share": volume / goods_um3}
        for line, volume in zip(order.lines, volumes, strict=True)
        if line.sku
    )


def rank_by_chance(order: Order) -> int:
    """Return the random rank of an order, which depends on its id alone."""
    text = f"{_SEED} {order.order_id}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def row_of(record: Record, named: Sequence[tuple[str, str]], bases: Sequence[Basis]) -> Row:
    """Return the user's row of a record, with the columns that name its variant and those of each footprint basis."""
    inner, masses = int(record["inner_um3"]), record["mass_mg"]
    packaging, carriage = record["packaging_currency"], record["carriage_currency"]
    row: Row = {
        "order_id": record["order_id"],
        **dict(named),
        "status": record["status"],
        "reason": record["reason"],
        "units": record["units"],
        "packed_units": record["packed_units"],
        "parcels": len(record["boxes"]),
        "boxes": ";".join(record["boxes"]),
        "outer_litres": int(record["outer_um3"]) / UM3_PER_LITRE,
        "inner_litres": inner / UM3_PER_LITRE,
        "fill": 1 - (1 - int(record["goods_um3"]) / inner) if inner else None,
        **{f"{kind.value}_g": (masses.get(kind.value) or 0) / MG_PER_G for kind in _PACKAGING},
        "gross_g": record["gross_mg"] / MG_PER_G,
        "billed_g": None if record["chargeable_mg"] is None else record["chargeable_mg"] / MG_PER_G,
        "packaging_price": record["packaging_minor"] / minor_per_unit(packaging) if packaging else None,
        "carriage_price": record["carriage_minor"] / minor_per_unit(carriage) if carriage else None,
        "currency": packaging or carriage or "",
        "proved": None if record["proof"] is None else record["proof"] == "proved",
        "warnings": ";".join(warning["code"] for warning in record["warnings"]),
        "verdicts": ";".join(f"{verdict['rule']} {verdict['outcome']}" for verdict in record["verdicts"]),
        "audit": record["audit"] or "",
        "country": record["country"] or "",
    }
    known = {(footprint["profile_id"], footprint["allocation"]): footprint for footprint in record["footprints"]}
    for profile_id, allocation in bases:
        figures, name = known.get((profile_id, allocation.value)), f"{profile_id}_{allocation.value}"
        absolute = figures and figures["absolute_mg"]
        row[f"co2e_g_{name}"] = figures and figures["total_mg"] / MG_PER_G
        row[f"unverified_share_{name}"] = figures and (figures["unverified_mg"] / absolute if absolute else 0.0)
    return row


def row_schema(named: Sequence[tuple[str, str]], bases: Sequence[Basis]) -> Any:
    """Return the Arrow schema of ``row_of``."""
    names = row_of(record_without("", OrderStatus.ERROR, 0, ""), named, bases)
    return pa.schema([(name, _KINDS.get(name, _REAL)) for name in names])
