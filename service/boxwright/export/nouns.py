"""The fields of a plan and its parts: the one description that JSON, the canonical form and the docs follow."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from boxwright.domain.bench import BenchFilling, BenchLine, BenchWords, TapePattern
from boxwright.domain.carrier import AppliedSurcharge, BillingForm, ChargeableWeight
from boxwright.domain.comparison import Comparison, ComparisonOutcome, FootprintDifference, ObjectiveDifference
from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.footprint import Allocation, PackagingComponent
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.order import ECHOED, MAX_UNITS_PER_ORDER, FragilityClass, Orientation
from boxwright.domain.plan import (
    Certificate,
    EmptySpace,
    OpenCandidate,
    Parcel,
    Placement,
    Plan,
    PlanStatus,
    ProofScope,
    ProofStatus,
    RefusedCandidate,
    UnpackedReason,
    UnpackedUnit,
)
from boxwright.domain.policy import Objective
from boxwright.domain.price_table import PriceLine, ShippingPrice
from boxwright.domain.proof import Proof
from boxwright.domain.protection import LineProtection, ProtectionRule
from boxwright.domain.reuse import Reuse
from boxwright.domain.smallest_change import SmallestChange
from boxwright.domain.started import StartedParcel
from boxwright.domain.strength import BoxGrade, StackLoad, StrengthMultiplier
from boxwright.domain.warning import PlanWarning
from boxwright.export.derived_legs import LEGS
from boxwright.export.fields import Fields
from boxwright.export.footprints import FOOTPRINTS
from boxwright.export.kinds import (
    CODE,
    DATE,
    DECIMAL,
    DOUBLE,
    EDGES,
    FLAG,
    GRAINS,
    MG_CO2E,
    MINOR,
    MM,
    MM3,
    NUMBER,
    SHARE,
    SIZES,
    TEXT,
    TEXTS,
    WHOLE,
    G,
    N,
    member,
    members,
)
from boxwright.export.lower_steps import LOWER_STEPS
from boxwright.export.noun import Field, Noun, many, one

CELL = Noun(
    CoverageCell,
    Field("component", member(Component), required=True),
    Field("stage", member(Stage), required=True),
    Field("coverage", member(Coverage), required=True),
    Field("note", TEXT),
)

REUSE = Noun(
    Reuse,
    Field("idle_share", DOUBLE, canonical="="),
    Field("washing_factor_id", TEXT, canonical="="),
    Field("return_distance_km", DOUBLE, canonical="="),
)

PACKAGING = Noun(
    PackagingComponent,
    Field("component", member(Component), canonical="=", required=True),
    Field("material_id", TEXT, canonical="="),
    Field("mass_g", G, "mass_mg", canonical="="),
    Field("trips", WHOLE, canonical="="),
    Field("dunnage_id", TEXT, canonical="="),
    Field("recycled_content", SHARE, canonical="?", optional=True),
    Field("reuse", one(REUSE), canonical="?", optional=True),
    Field("trim_g", G, "trim_mg", canonical="?", optional=True),
)

CUBOID = tuple(
    Field(f"{name}_mm", MM, f"{name}_um", required=True) for name in ("x", "y", "z", "length", "width", "height")
)

PLACEMENT = Noun(
    Placement,
    Field("line_id", TEXT, canonical="=", required=True),
    Field("unit_index", WHOLE, canonical="="),
    *CUBOID,
    Field("", SIZES, "corner_um", canonical="="),
    Field("", SIZES, "extent_um", canonical="="),
    Field("orientation", member(Orientation), canonical="=", required=True),
    Field("half_gap_mm", MM, "half_gap_um", canonical="="),
    Field("folds", WHOLE, canonical="="),
    Field("wall_margin_mm", MM, "wall_margin_um", canonical="?", optional=True),
    Field("compartment", WHOLE, canonical="?", optional=True),
    Field("inner_box_type_id", TEXT, canonical="?", optional=True),
    also=("step", *ECHOED),
)


PROTECTION = Noun(
    LineProtection,
    Field("line_id", TEXT, canonical="=", required=True),
    Field("rule", member(ProtectionRule), canonical="=", required=True),
    Field("fragility_class", member(FragilityClass), required=True),
    Field("half_gap_mm", MM, "half_gap_um"),
    Field("wall_margin_mm", MM, "wall_margin_um"),
    Field("wrap_layers", WHOLE, canonical="="),
    Field("pad_edge_mm", MM, "pad_edge_um", canonical="="),
    Field("reason", TEXT),
    Field("source", TEXT),
    Field("inner_box_type_id", TEXT, canonical="?", optional=True),
    Field("inner_gap_mm", MM, "inner_gap_um", canonical="?", optional=True),
)


def _in_steps(placements: Iterable[Placement]) -> list[dict[str, Any]]:
    return [{"step": step, **PLACEMENT.write(each)} for step, each in enumerate(placements, start=1)]


PLACEMENTS = replace(many(PLACEMENT), write=_in_steps)


def _started_units(fields: Fields, name: str) -> tuple[Placement, ...]:
    """Return placements as in a plan, and units alone: by index, or so many from there on."""
    placements: list[Placement] = []
    for each in fields.objects(name):
        if each.data.keys() - {"line_id", "unit_index", "quantity", "step", *ECHOED}:
            placements.append(PLACEMENT.read(each))
            continue
        line_id, first = each.text("line_id", required=True), each.whole("unit_index")
        quantity = 1 if each.get("quantity") is None else each.whole("quantity")
        if not 1 <= quantity <= MAX_UNITS_PER_ORDER:
            each.refuse("quantity", f"must be a whole number from 1 to {MAX_UNITS_PER_ORDER:,}")
            continue
        each.close(derived=("step", *ECHOED))
        placements += [Placement(line_id, first + index, 0, 0, 0, 0, 0, 0) for index in range(quantity)]
    return tuple(placements)


STARTED = Noun(
    StartedParcel,
    Field("started_parcel_id", TEXT, required=True),
    Field("box_type_id", TEXT, required=True),
    Field("placements", replace(PLACEMENTS, read=_started_units)),
)

SPACE = Noun(
    EmptySpace,
    *CUBOID,
    Field("volume_mm3", MM3, "volume_um3", follows=""),
    Field("needs_blocking", FLAG),
)

MULTIPLIER = Noun(
    StrengthMultiplier,
    Field("factor", TEXT, required=True),
    Field("level", TEXT),
    Field("value", DECIMAL),
    Field("source", TEXT),
    Field("read_in_source", FLAG),
)

STACK_LOAD = Noun(
    StackLoad,
    Field("not_modelled", TEXT, optional=True),
    Field("compression_n", N, "compression_mn", canonical="="),
    Field("allowed_n", N, "allowed_mn", canonical="="),
    Field("required_n", N, "required_mn", canonical="="),
    Field("layers", WHOLE, canonical="="),
    Field("multipliers", many(MULTIPLIER)),
    Field("safety_factor", DECIMAL),
    Field("notes", TEXTS),
    Field("holds", FLAG, follows="by its allowed and required load"),
)


def _stack_load(load: StackLoad) -> dict[str, Any]:
    """Return a load as plain data: of one that is not modelled only why."""
    content = STACK_LOAD.write(load)
    return {name: content[name] for name in ("not_modelled", "holds")} if load.not_modelled else content


BOX_GRADE = Noun(
    BoxGrade,
    Field("grade_id", TEXT),
    Field("max_gross_g", G, "max_gross_mg"),
    Field("max_length_width_height_mm", MM, "max_length_width_height_um"),
    Field("notes", TEXTS),
    Field("source", TEXT),
)

SURCHARGE = Noun(
    AppliedSurcharge, Field("surcharge_id", TEXT, required=True), Field("because", TEXT), Field("read_in_source", FLAG)
)

CHARGEABLE = Noun(
    ChargeableWeight,
    Field("service_id", TEXT, canonical="=", required=True),
    Field("dimensional_g", replace(G, empty=None), "dimensional_mg"),
    Field("chargeable_g", G, "chargeable_mg", canonical="="),
    Field("divisor", TEXT, canonical="="),
    Field("rule", TEXT),
    Field("read_in_source", FLAG),
    Field("exceeded_limits", TEXTS),
    Field("form", member(BillingForm)),
    Field("derivation", TEXTS),
    Field("surcharges", many(SURCHARGE)),
    Field("lower_steps", LOWER_STEPS),
)

PRICE_LINE = Noun(PriceLine, Field("name", TEXT, required=True), Field("amount_minor", MINOR))

SHIPPING = Noun(
    ShippingPrice,
    Field("price_table", TEXT, required=True),
    Field("zone", TEXT),
    Field("currency", TEXT),
    Field("lines", many(PRICE_LINE)),
    Field("missing", TEXTS),
    Field("total_minor", MINOR, follows="the sum of its lines, null where something is missing"),
)


def _price_lines(price: ShippingPrice) -> list[list[Any]]:
    return [[line.name, line.amount_minor] for line in price.lines]


PARCEL = Noun(
    Parcel,
    Field("box_type_id", TEXT, canonical="=", required=True),
    Field("ships_in_own_container", FLAG, canonical="?"),
    Field("started_parcel_id", TEXT, canonical="?"),
    Field("cushioning_id", TEXT, canonical="?", optional=True),
    Field("handling_marks", members(HandlingMark), canonical="?", optional=True),
    Field("outer_mm", EDGES, "outer_um", canonical="="),
    Field("inner_mm", EDGES, "inner_um"),
    Field("inner_volume_mm3", MM3, "inner_volume_um3"),
    Field("goods_volume_mm3", MM3, "goods_volume_um3"),
    Field("empty_space_ratio", NUMBER, follows=""),
    Field("net_g", G, "net_mg", canonical="="),
    Field("tare_g", G, "tare_mg", follows=""),
    Field("gross_g", G, "gross_mg", follows=""),
    Field("placements", PLACEMENTS, canonical="=", required=True),
    Field("packaging", many(PACKAGING), canonical="="),
    Field("chargeable_weight", one(CHARGEABLE), "chargeable", canonical="chargeable_weight?"),
    Field("shipping_price", one(SHIPPING, _price_lines), canonical="?", optional=True),
    Field("carbon_cost_minor", MINOR, canonical="carbon_minor?", optional=True),
    Field("footprints", FOOTPRINTS, canonical="="),
    Field("stack_load", replace(one(STACK_LOAD), write=_stack_load), canonical="?", optional=True),
    Field("box_grade", one(BOX_GRADE, lambda grade: grade.grade_id), canonical="?", optional=True),
    Field("empty_spaces", many(SPACE), optional=True),
    Field("protection", many(PROTECTION), canonical="?", optional=True),
    also=("bench",),
)

UNPACKED = Noun(
    UnpackedUnit,
    Field("line_id", TEXT, canonical="=", required=True),
    Field("unit_index", WHOLE, canonical="="),
    Field("reason", member(UnpackedReason), canonical="=", required=True),
    Field("rule", TEXT),
    Field("required_inner_mm", EDGES, "required_inner_um", optional=True),
)


def _unpacked(units: Iterable[UnpackedUnit]) -> list[dict[str, Any]]:
    return [UNPACKED.canonical(each) for each in sorted(units, key=lambda unit: (unit.line_id, unit.unit_index))]


CHANGE = Noun(
    SmallestChange,
    Field("line_id", TEXT, required=True),
    Field("shorten_mm", EDGES, "shorten_um", optional=True),
    Field("allow", member(Orientation), optional=True),
    Field("lighten_g", G, "lighten_mg", optional=True),
)

REFUSED = Noun(
    RefusedCandidate,
    Field("box_type_id", TEXT, canonical="=", required=True),
    Field("proof", member(Proof), canonical="=", required=True),
    Field("rule", TEXT),
    Field("smallest_change", one(CHANGE), optional=True),
    Field("cushioning_id", TEXT, canonical="?", optional=True),
)

OPEN = Noun(
    OpenCandidate,
    Field("box_type_id", TEXT, canonical="=", required=True),
    Field("cushioning_id", TEXT, canonical="?", optional=True),
)

CERTIFICATE = Noun(
    Certificate,
    Field("status", member(ProofStatus), canonical="=", required=True),
    Field("scope", member(ProofScope), canonical="=", required=True),
    Field("constraints", TEXTS),
    Field("objectives", TEXTS, canonical="="),
    Field("profile_id", TEXT, canonical="="),
    Field("allocation", TEXT, canonical="="),
    Field("refused_candidates", many(REFUSED), canonical="="),
    Field("open_candidates", many(OPEN), canonical="="),
    Field("bounded_objective", TEXT, canonical="="),
    Field("lower_bound", GRAINS, canonical="="),
    Field("value", GRAINS, canonical="="),
    Field("gap", NUMBER, follows=""),
    Field("rank", WHOLE, canonical="?"),
    Field("carrier_service", TEXT, optional=True),
    Field("price_table", TEXT, optional=True),
    Field("price_table_hash", TEXT, canonical="?", optional=True),
)


def _warning(fields: Fields, warning: PlanWarning) -> PlanWarning:
    if warning.count < 1:
        fields.refuse("count", "must be 1 or more")
    return warning


WARNING = Noun(
    PlanWarning,
    Field("code", CODE, required=True),
    Field("field", TEXT),
    Field("text", TEXT, required=True),
    Field("count", WHOLE),
    check=_warning,
)

PLAN = Noun(
    Plan,
    Field("order_id", TEXT, required=True),
    Field("status", member(PlanStatus), canonical="=", required=True),
    Field("parcels", many(PARCEL), canonical="=", required=True),
    Field("unpacked", many(UNPACKED, _unpacked), canonical="="),
    Field("certificate", one(CERTIFICATE), canonical="="),
    Field("footprints", FOOTPRINTS, canonical="="),
    Field("catalog_id", TEXT),
    Field("catalog_version", TEXT),
    Field("catalog_hash", TEXT, canonical="="),
    Field("data_version", TEXT),
    Field("data_hash", TEXT, canonical="="),
    Field("engine_version", TEXT, canonical="="),
    Field("ship_date", DATE),
    Field("warnings", many(WARNING)),
    Field("cut_short", FLAG),
    Field("effort_used", WHOLE, optional=True),
    Field("derived_legs", LEGS, optional=True),
    also=("canonical_hash", "alternatives", "comparison"),
)

OBJECTIVE = Noun(
    ObjectiveDifference,
    Field("objective", member(Objective)),
    Field("first", GRAINS),
    Field("second", GRAINS),
    Field("difference", GRAINS),
)

DIFFERENCE = Noun(
    FootprintDifference,
    Field("profile_id", TEXT),
    Field("allocation", member(Allocation)),
    Field("difference_co2e_mg", MG_CO2E),
    Field("low_co2e_mg", MG_CO2E),
    Field("high_co2e_mg", MG_CO2E),
    Field("confidence", NUMBER),
    Field("outcome", member(ComparisonOutcome)),
)

COMPARISON = Noun(
    Comparison,
    Field("baseline", TEXT),
    Field("outcome", member(ComparisonOutcome)),
    Field("message", TEXT),
    Field("objectives", many(OBJECTIVE)),
    Field("footprints", many(DIFFERENCE)),
)

BENCH_LINE = Noun(
    BenchLine,
    Field("sentence", TEXT, required=True),
    Field("weight_g", replace(G, empty=None), "weight_mg", optional=True),
    Field("step", WHOLE, optional=True),
    Field("already_in_box", FLAG, optional=True),
    Field("sku", TEXT, optional=True),
    Field("barcode", TEXT, optional=True),
)

BENCH_FILLING = Noun(
    BenchFilling,
    Field("component", member(Component), required=True),
    Field("dunnage_id", TEXT),
    Field("mass_g", G, "mass_mg"),
    Field("litres", NUMBER, optional=True),
)

TAPE_PATTERN = Noun(
    TapePattern,
    Field("rule_id", TEXT, required=True),
    Field("seam_strips", WHOLE),
    Field("edge_strips", WHOLE),
    Field("edge_overlap_mm", NUMBER),
)

BENCH = Noun(
    BenchWords,
    Field("language", TEXT, required=True),
    Field("lines", many(BENCH_LINE), required=True),
    Field("filling", many(BENCH_FILLING)),
    Field("tape", one(TAPE_PATTERN)),
    Field("marks", TEXTS),
    Field("gross_g", G, "gross_mg"),
    Field("tolerance_g", G, "tolerance_mg"),
    Field("apart", TEXT, optional=True),
)
