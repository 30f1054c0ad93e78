"""Columns of the tables in the data folder."""

from collections.abc import Mapping

from boxwright.catalog import cells
from boxwright.catalog.licences import licence
from boxwright.catalog.tables import REQUIRED, Column
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.lane import DistanceKind, TransportMode
from boxwright.domain.material import Collection, Compostability, MaterialKind
from boxwright.domain.order import FragilityClass
from boxwright.domain.source_grade import SourceGrade

BLANK_ALLOWANCES = (
    "rsc_glue_tab",
    "tuck_glue_tab",
    "tuck_flap",
    "roll_end_tab",
    "roll_end_corner_cut",
    "roll_end_lid_flap",
    "roll_end_lid_flap_gap",
    "roll_end_front_slit",
    "roll_end_ear_gap",
    "mailer_seam",
    "mailer_flap",
)
"""Lengths that the blank of a style needs beside its panels."""

STEPPED_FACTORS = ("time_under_load", "relative_humidity")
"""What derates a box by steps, each up to a number of days or percent."""

STRENGTH_FACTORS = (
    *("mckee_constant", "mckee_perimeter_to_depth", "mckee_length_to_width"),
    *STEPPED_FACTORS,
    *("column_aligned", "column", "interlocked"),
    *("overhang", "deckboard_gap", "rough_handling", "recycled_content"),
)
"""Figures of the compression formula and everything that derates it; each has a row."""

_SOURCE = {
    "source": Column(cells.text, REQUIRED),
    "read_in_source": Column(cells.flag, REQUIRED),
    "source_grade": Column(cells.member_of(SourceGrade), REQUIRED),
    "note": Column(cells.text, ""),
}

MATERIAL_COLUMNS = {
    "material_id": Column(cells.text, REQUIRED),
    "name": Column(cells.text, REQUIRED),
    "kind": Column(cells.member_of(MaterialKind), REQUIRED),
    "plastic": Column(cells.flag, REQUIRED),
    "recycling_stream": Column(cells.text, ""),
    "compostability": Column(cells.member_of(Compostability), None),
    "compostability_certificate": Column(cells.text, ""),
    "recycled_content": Column(cells.share, None),
    "biogenic_share": Column(cells.share, None),
    "disposal": Column(cells.words_of("recycling", "composting", "combustion", "landfill"), ()),
    **_SOURCE,
}

BOARD_COLUMNS = {
    "board_id": Column(cells.text, REQUIRED),
    "material_id": Column(cells.text, REQUIRED),
    "flute": Column(cells.text, ""),
    "grade": Column(cells.text, ""),
    "caliper_mm": Column(cells.positive, REQUIRED),
    "grammage_g_per_m2": Column(cells.positive, REQUIRED),
    "composition": Column(cells.text, ""),
    "edge_crush_kn_per_m": Column(cells.positive, None),
    "strength_source": Column(cells.text, ""),
    "strength_read_in_source": Column(cells.flag, REQUIRED),
    "strength_source_grade": Column(cells.member_of(SourceGrade), REQUIRED),
    **_SOURCE,
}

STRENGTH_COLUMNS = {
    "row_id": Column(cells.text, REQUIRED),
    "factor": Column(cells.one_of(*STRENGTH_FACTORS), REQUIRED),
    "up_to": Column(cells.number, None),
    "value": Column(cells.positive, REQUIRED),
    "low": Column(cells.positive, None),
    "high": Column(cells.positive, None),
    **_SOURCE,
}

GRADE_COLUMNS = {
    "grade_id": Column(cells.text, REQUIRED),
    "wall": Column(cells.one_of("single", "double", "e_flute"), REQUIRED),
    "grade": Column(cells.text, REQUIRED),
    "edge_crush_kn_per_m": Column(cells.positive, REQUIRED),
    "max_gross_lb": Column(cells.positive, REQUIRED),
    "max_sum_in": Column(cells.positive, REQUIRED),
    **_SOURCE,
}

DUNNAGE_COLUMNS = {
    "dunnage_id": Column(cells.text, REQUIRED),
    "kind": Column(cells.member_of(DunnageKind), REQUIRED),
    "material_id": Column(cells.text, REQUIRED),
    "density_kg_per_m3": Column(cells.positive, None),
    "cushion_factor": Column(cells.positive, None),
    "min_thickness_mm": Column(cells.positive, None),
    "max_thickness_mm": Column(cells.positive, None),
    "min_static_stress_kpa": Column(cells.positive, None),
    "max_static_stress_kpa": Column(cells.positive, None),
    "multi_drop_factor": Column(cells.positive, None),
    "grammage_g_per_m2": Column(cells.positive, None),
    "width_mm": Column(cells.positive, None),
    "seam_overlap_mm": Column(cells.positive, None),
    "year": Column(cells.text, REQUIRED),
    "region": Column(cells.text, REQUIRED),
    **_SOURCE,
}

PIECE_COLUMNS = {
    "dunnage_id": Column(cells.text, REQUIRED),
    "kind": Column(cells.member_of(DunnageKind), REQUIRED),
    "material_id": Column(cells.text, REQUIRED),
    "density_kg_per_m3": Column(cells.positive, None),
    "piece_g": Column(cells.positive, None),
    "year": Column(cells.text, REQUIRED),
    "region": Column(cells.text, REQUIRED),
    **_SOURCE,
}

TAPE_RULE_COLUMNS = {
    "rule_id": Column(cells.text, REQUIRED),
    "seam_strips": Column(cells.whole, REQUIRED),
    "edge_strips": Column(cells.whole, REQUIRED),
    "edge_overlap_mm": Column(cells.number, REQUIRED),
    **_SOURCE,
}

RULE_FIGURES = {
    "blocking_rules.csv": {"least_mass": "kg", "least_gap": "mm"},
    "plausibility_rules.csv": {
        **dict.fromkeys(("least_density", "most_density", "dense", "least_read_density", "most_read_density"), "g/cm3"),
        **dict.fromkeys(("least_edge", "small_edge"), "mm"),
    },
}
"""Figures of a rule and their units, by file: each must have a row."""


def rule_columns(units: Mapping[str, str]) -> dict[str, Column]:
    """Return the columns of a table of such figures."""
    return {
        "rule_id": Column(cells.one_of(*units), REQUIRED),
        "value": Column(cells.positive, REQUIRED),
        "unit": Column(cells.one_of(*dict.fromkeys(units.values())), REQUIRED),
        **_SOURCE,
    }


DISTANCE_COLUMNS = {
    "mode": Column(cells.member_of(TransportMode), REQUIRED),
    "distance_kind": Column(cells.member_of(DistanceKind), REQUIRED),
    "multiplier": Column(cells.positive, REQUIRED),
    "addend_km": Column(cells.number, REQUIRED),
    "source": Column(cells.text, REQUIRED),
    "url": Column(cells.text, ""),
    "read_in_source": Column(cells.flag, REQUIRED),
    "source_grade": Column(cells.member_of(SourceGrade), REQUIRED),
}

DENSITY_COLUMNS = {
    "profile_id": Column(cells.text, REQUIRED),
    "subject": Column(cells.text, REQUIRED),
    "kg_per_m3": Column(cells.positive, REQUIRED),
    "low": Column(cells.positive, None),
    "high": Column(cells.positive, None),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

FRAGILITY_COLUMNS = {
    "fragility_class": Column(cells.member_of(FragilityClass), REQUIRED),
    "g_low": Column(cells.positive, REQUIRED),
    "g_high": Column(cells.positive, REQUIRED),
    "max_load_g": Column(cells.not_negative, None),
    "upright": Column(cells.flag, REQUIRED),
    "rule_source": Column(cells.text, ""),
    **_SOURCE,
}

HANDLING_COLUMNS = {
    "profile": Column(cells.text, REQUIRED),
    "version": Column(cells.text, REQUIRED),
    "name": Column(cells.text, REQUIRED),
    "network": Column(cells.text, REQUIRED),
    "test_series": Column(cells.text, ""),
    "drops": Column(cells.whole, None),
    "drops_per_face": Column(cells.whole, None),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

LIFTING_COLUMNS = {
    "profile": Column(cells.text, REQUIRED),
    "version": Column(cells.text, REQUIRED),
    "name": Column(cells.text, REQUIRED),
    "several_at_most_kg": Column(cells.positive, None),
    "heavy_above_kg": Column(cells.positive, None),
    "team_lift_above_kg": Column(cells.positive, None),
    "year": Column(cells.text, REQUIRED),
    "region": Column(cells.text, REQUIRED),
    "url": Column(cells.text, ""),
    "licence": Column(licence, REQUIRED),
    "data_quality": Column(cells.text, REQUIRED),
    **_SOURCE,
}

DROP_COLUMNS = {
    "profile": Column(cells.text, REQUIRED),
    "above_kg": Column(cells.number, REQUIRED),
    "up_to_kg": Column(cells.positive, None),
    "height_mm": Column(cells.positive, REQUIRED),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

STREAM_COLUMNS = {
    "material_id": Column(cells.text, REQUIRED),
    "market_id": Column(cells.text, REQUIRED),
    "collection": Column(cells.member_of(Collection), REQUIRED),
    "stream": Column(cells.text, ""),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

COUNTRY_COLUMNS = {
    "market_id": Column(cells.text, REQUIRED),
    "market_name": Column(cells.text, REQUIRED),
    "country_codes": Column(cells.country_codes, REQUIRED),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

MARKET_COLUMNS = {
    "rule_id": Column(cells.text, REQUIRED),
    "market_id": Column(cells.text, REQUIRED),
    "market_name": Column(cells.text, REQUIRED),
    "instrument": Column(cells.text, REQUIRED),
    "provision": Column(cells.text, ""),
    "check_type": Column(cells.text, REQUIRED),
    "threshold": Column(cells.text, ""),
    "unit": Column(cells.text, ""),
    "applies_to": Column(cells.text, ""),
    "in_force_from": Column(cells.text, ""),
    "definition": Column(cells.text, ""),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

CARBON_COLUMNS = {
    "material_id": Column(cells.text, REQUIRED),
    "carbon_content": Column(cells.share, REQUIRED),
    "biogenic_share": Column(cells.share, REQUIRED),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

MASS_RANGE_COLUMNS = {
    "kind": Column(cells.one_of("board", "dunnage"), REQUIRED),
    "subject": Column(cells.text, REQUIRED),
    "low": Column(cells.positive, REQUIRED),
    "high": Column(cells.positive, REQUIRED),
    "unit": Column(cells.one_of("g/m2", "kg/m3", "g"), REQUIRED),
    **_SOURCE,
}

RANGE_COLUMNS = {
    "rule_id": Column(cells.one_of("verified", "unverified"), REQUIRED),
    "reliability": Column(cells.positive, REQUIRED),
    "completeness": Column(cells.positive, REQUIRED),
    "temporal": Column(cells.positive, REQUIRED),
    "geographical": Column(cells.positive, REQUIRED),
    "technological": Column(cells.positive, REQUIRED),
    "url": Column(cells.text, ""),
    **_SOURCE,
}

ALLOWANCE_COLUMNS = {
    "allowance_id": Column(cells.one_of(*BLANK_ALLOWANCES), REQUIRED),
    "value_mm": Column(cells.positive, REQUIRED),
    **_SOURCE,
}
