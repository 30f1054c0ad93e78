"""Damage to placements, soft goods, mailers and empty spaces."""

import math
from dataclasses import replace
from typing import Any

from boxwright.checking import ViolationKind as K
from boxwright.domain.compartments import Compartments
from boxwright.domain.order import UPRIGHT, Orientation, SoftGoods
from damages.changes import (
    Case,
    Damage,
    broken,
    with_box,
    with_line,
    with_parcel,
    with_placement,
    with_placements,
    with_policy,
    without_unit,
)


def _with_space(case: Case, number: int, **fields: Any) -> Case:
    spaces = list(case.plan.parcels[0].empty_spaces or ())
    spaces[number] = replace(spaces[number], **fields)
    return case.with_parcel(empty_spaces=tuple(spaces))


def _spaces(case: Case, which: slice) -> Case:
    return case.with_parcel(empty_spaces=(case.plan.parcels[0].empty_spaces or ())[which])


def _in_foam(case: Case) -> Case:
    """Put 1 mm of cushioning around a bottle."""
    lies = case.plan.parcels[0].placements[0]
    larger = {f"{edge}_um": getattr(lies, f"{edge}_um") + 2_000 for edge in ("length", "width", "height")}
    return case.with_placement(half_gap_um=1_000, **larger)


def _in_larger_compartments(case: Case) -> Case:
    """Make all compartments 1 um higher than a bottle of 310 mm may have."""
    grid, size = Compartments((90, 90), (90, 90), 350.001), (200_000, 200_000, 360_001)
    case = case.with_box(compartments=grid, inner_height_mm=360.001, outer_height_mm=360.001)
    return case.with_parcel(inner_volume_um3=200_000 * 200_000 * 360_001, inner_um=size, outer_um=size)


DAMAGES: list[Damage] = [
    # Placements
    ("a coordinate is not a number", "single", with_placement(x_um=math.nan), K.INVALID_NUMBER),
    ("a coordinate is infinite", "single", with_placement(z_um=math.inf), K.INVALID_NUMBER),
    ("a coordinate is a text", "single", with_placement(y_um="0"), K.INVALID_NUMBER),
    ("a coordinate is missing", "single", with_placement(y_um=None), K.INVALID_NUMBER),
    ("a coordinate is astronomical", "single", with_placement(y_um=10**400), K.INVALID_NUMBER),
    ("a coordinate is part of a um", "single", with_placement(y_um=0.5), K.INVALID_NUMBER),
    ("an extent is negative", "single", with_placement(length_um=-100_000), K.INVALID_NUMBER),
    ("an extent is zero", "single", with_placement(height_um=0), K.INVALID_NUMBER),
    ("a cushion is negative", "single", with_placement(half_gap_um=-1_000), K.INVALID_NUMBER),
    ("a coordinate is negative", "single", with_placement(x_um=-1), K.OUTSIDE_BOX),
    ("a unit is moved out of the side", "single", with_placement(y_um=1), K.OUTSIDE_BOX),
    ("the box is smaller", "single", with_box(inner_width_mm=79.999), K.OUTSIDE_BOX),
    ("a unit is moved out of the top", "stacked", with_placement(2, z_um=110_001), K.OUTSIDE_BOX),
    ("clearance is asked for", "single", with_policy(fit_clearance_mm=0.001), K.NO_CLEARANCE),
    ("the fill limit is lower", "single", with_policy(fill_limit=0.999999), K.OVERFILLED),
    ("less may be empty", "mailer", with_policy(max_empty_space_ratio=0), K.TOO_EMPTY),
    ("an extent is shrunk", "single", with_placement(length_um=99_999), K.WRONG_EXTENTS),
    ("a unit is turned, its extents are not", "single", with_placement(orientation=Orientation.HWL), K.WRONG_EXTENTS),
    ("the goods are larger", "single", with_line(height_mm=60.001), K.WRONG_EXTENTS),
    (
        "a unit is turned as its line forbids",
        "two parcels",
        lambda c: c.with_line(orientations=UPRIGHT).with_placement(orientation=Orientation.HWL),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    ("an orientation is unknown", "single", with_placement(orientation="XYZ"), K.ORIENTATION_NOT_ALLOWED),
    ("a unit is pushed into another", "two parcels", with_placement(1, parcel=1, y_um=49_999), K.OVERLAP),
    ("a unit sinks into another", "stacked", with_placement(1, z_um=49_999), K.OVERLAP),
    ("a unit is put inside another", "bridging", with_placement(3, x_um=10_000, z_um=10_000), K.OVERLAP),
    ("a unit is lifted off", "stacked", with_placement(2, z_um=100_001), K.UNSUPPORTED),
    ("a unit is pushed over the edge", "stacked", with_placement(2, x_um=52_501), K.UNSUPPORTED),
    ("more support is asked for", "bridging", with_policy(support_ratio=0.81), K.UNSUPPORTED),
    ("a pillar is taken out", "bridging", lambda c: without_unit(c, 1), K.UNSUPPORTED),
    (
        "a load moves from the middle to the end",
        "bridging",
        lambda c: without_unit(c, 1).with_policy(support_ratio=0.4).with_placement(2, x_um=200_000),
        K.UNSTABLE,
    ),
    ("a pillar is lighter", "bridging", with_line(0, mass_g=10.0), K.COUNTERBALANCED),
    ("a load is heavier", "stacked", with_line(2, mass_g=100.001), K.OVERLOADED),
    ("a limit is lower", "stacked", with_line(0, max_load_g=299.999), K.OVERLOADED),
    ("nothing may be on top", "bridging", with_line(1, max_load_g=0.0), K.OVERLOADED),
    ("the sequence is reversed", "stacked", lambda c: with_placements(c, 2, 1, 0), K.BLOCKED),
    ("a pillar comes last", "bridging", lambda c: with_placements(c, 0, 2, 3, 1), K.BLOCKED),
    # Soft goods
    ("a shirt is folded more often than allowed", "soft", with_line(1, soft_goods=SoftGoods(3)), K.WRONG_SHAPE),
    ("a number of folds is a text", "soft", with_placement(1, folds="1"), K.WRONG_SHAPE),
    ("a shirt may be pressed less", "soft", with_line(2, soft_goods=SoftGoods(3.001, 2)), K.WRONG_SHAPE),
    ("a shirt is pressed further", "soft", with_placement(2, height_um=5_999), K.WRONG_SHAPE),
    ("a shirt is thicker than at rest", "soft", with_placement(2, height_um=8_001), K.WRONG_SHAPE),
    ("a fold is not stated", "soft", with_placement(1, folds=0), K.WRONG_EXTENTS),
    ("a shirt is longer than its fold", "soft", with_placement(2, length_um=35_001), K.WRONG_EXTENTS),
    ("a rigid unit is folded", "single", with_placement(folds=1), K.WRONG_SHAPE),
    (
        "the volume of shirts is that at rest",
        "soft",
        with_parcel(goods_volume_um3=(60 * 60 * 20 + 70 * 50 * 8) * 10**9),
        K.WRONG_GOODS_VOLUME,
    ),
    ("a shirt's limit is lower", "soft", with_line(1, max_load_g=99.999), K.OVERLOADED),
    # Mailers and book wraps
    ("a mailer is 1 um too short", "mailer", with_box(inner_length_mm=249.999), K.TOO_MUCH_GIRTH),
    ("a mailer is 1 um too narrow", "mailer", with_box(inner_width_mm=189.999), K.TOO_MUCH_GIRTH),
    ("a unit is moved along a mailer", "mailer", with_placement(0, x_um=100_001), K.TOO_MUCH_GIRTH),
    ("a mailer's goods are 1 um too high", "mailer", with_box(inner_height_mm=39.999), K.OUTSIDE_BOX),
    ("a unit is pushed out of a mailer", "mailer", with_placement(1, y_um=-1), K.OUTSIDE_BOX),
    ("a mailer's clearance is asked for", "mailer", with_policy(fit_clearance_mm=60.001), K.NO_CLEARANCE),
    ("a mailer's fill limit is lower", "mailer", with_policy(fill_limit=0.2), K.OVERFILLED),
    *broken(
        K.WRONG_BOX_SIZE,
        "mailer",
        {
            "a mailer states its flat size": with_parcel(inner_um=(350_000, 250_000, 60_000)),
            "a mailer's filled volume is overstated": with_parcel(inner_volume_um3=350_000 * 250_000 * 40_000),
            "a mailer's outer length is 1 um short": with_parcel(outer_um=(354_164, 251_652, 41_000)),
        },
    ),
    ("a wrap is 1 um too short", "wrap", with_box(inner_length_mm=209.999), K.OUTSIDE_BOX),
    ("a wrap is 1 um too narrow", "wrap", with_box(inner_width_mm=149.999), K.OUTSIDE_BOX),
    ("a wrap's goods are 1 um too high", "wrap", with_box(inner_height_mm=39.999), K.OUTSIDE_BOX),
    ("a unit is pushed out of a wrap", "wrap", with_placement(1, y_um=-1), K.OUTSIDE_BOX),
    ("a wrap's clearance is asked for", "wrap", with_policy(fit_clearance_mm=5.001), K.NO_CLEARANCE),
    ("a wrap states its greatest height", "wrap", with_parcel(inner_um=(217_000, 155_000, 60_000)), K.WRONG_BOX_SIZE),
    ("a wrap is 1 um lower outside", "wrap", with_parcel(outer_um=(220_000, 158_000, 44_499)), K.WRONG_BOX_SIZE),
    # Empty spaces
    ("an empty space is left out", "spacious", lambda c: _spaces(c, slice(1)), K.WRONG_EMPTY_SPACES),
    ("all empty spaces are left out", "spacious", lambda c: _spaces(c, slice(0)), K.WRONG_EMPTY_SPACES),
    ("a space is a micrometre wider", "spacious", lambda c: _with_space(c, 0, length_um=50_001), K.WRONG_EMPTY_SPACES),
    ("a space is a micrometre lower", "spacious", lambda c: _with_space(c, 2, height_um=49_999), K.WRONG_EMPTY_SPACES),
    ("a space moves into the unit", "spacious", lambda c: _with_space(c, 0, x_um=49_999), K.WRONG_EMPTY_SPACES),
    ("a space moves into another", "spacious", lambda c: _with_space(c, 2, y_um=25_000), K.WRONG_EMPTY_SPACES),
    ("a space moves out of the box", "spacious", lambda c: _with_space(c, 0, x_um=50_001), K.WRONG_EMPTY_SPACES),
    ("a space lies below the floor", "spacious", lambda c: _with_space(c, 0, z_um=-1_000), K.WRONG_EMPTY_SPACES),
    ("a space has no height", "spacious", lambda c: _with_space(c, 0, height_um=0), K.WRONG_EMPTY_SPACES),
    ("a space is endless", "spacious", lambda c: _with_space(c, 0, height_um=10**400), K.WRONG_EMPTY_SPACES),
    ("a space is a text", "spacious", with_parcel(empty_spaces=("above",)), K.WRONG_EMPTY_SPACES),
    (
        "there are too many spaces to look at",
        "spacious",
        lambda c: c.with_parcel(empty_spaces=c.plan.parcels[0].empty_spaces * 100),
        K.WRONG_EMPTY_SPACES,
    ),
    # Compartments
    ("two bottles name one compartment", "compartments", with_placement(1, compartment=1), K.WRONG_COMPARTMENT),
    (
        "two bottles stand in one compartment",
        "compartments",
        with_placement(1, compartment=1, x_um=6_666),
        K.WRONG_COMPARTMENT,
    ),
    ("a bottle names no compartment", "compartments", with_placement(compartment=None), K.WRONG_COMPARTMENT),
    ("a bottle names compartment 0", "compartments", with_placement(compartment=0), K.WRONG_COMPARTMENT),
    ("a bottle names a compartment too many", "compartments", with_placement(compartment=5), K.WRONG_COMPARTMENT),
    ("a compartment is true", "compartments", with_placement(compartment=True), K.WRONG_COMPARTMENT),
    ("a compartment is a text", "compartments", with_placement(compartment="1"), K.WRONG_COMPARTMENT),
    ("a bottle names a free compartment", "compartments", with_placement(compartment=4), K.WRONG_COMPARTMENT),
    ("a bottle is 1 um before its wall", "compartments", with_placement(x_um=6_665), K.WRONG_COMPARTMENT),
    ("a bottle is 1 um past its wall", "compartments", with_placement(y_um=16_667), K.WRONG_COMPARTMENT),
    ("a bottle hangs in its compartment", "compartments", with_placement(z_um=5_001), K.WRONG_COMPARTMENT),
    ("a bottle stands below its floor", "compartments", with_placement(z_um=0), K.WRONG_COMPARTMENT),
    ("a bottle rattles in its compartment", "compartments", _in_larger_compartments, K.WRONG_COMPARTMENT),
    (
        "the clearance is not kept in a compartment",
        "compartments",
        with_policy(fit_clearance_mm=10.001),
        K.NO_CLEARANCE,
    ),
    ("a box is said to have compartments", "single", with_placement(compartment=1), K.WRONG_COMPARTMENT),
    ("a bottle is cushioned in its compartment", "compartments", _in_foam, K.WRONG_CUSHIONING),
    (
        "a parcel with compartments names a cushioning",
        "compartments",
        with_parcel(cushioning_id="honeycomb-paper-wrap"),
        K.WRONG_CUSHIONING,
    ),
]
