"""Damage to parcels: boxes, masses, started parcels, units without a box."""

import math
from dataclasses import replace

from boxwright.checking import ViolationKind as K
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.plan import EmptySpace
from damages.changes import (
    FILL,
    Case,
    Damage,
    box_part,
    broken,
    with_box,
    with_line,
    with_packaging,
    with_parcel,
    with_placement,
    with_placements,
    with_policy,
)

TAPE = PackagingComponent(Component.TAPE, "", 5_000)


def _both_as_they_are(case: Case) -> Case:
    """Put both units side by side into the parcel without a box, with correct sums."""
    first, second = case.plan.parcels
    return case.with_line(1, ships_in_own_container=True).with_plan(
        parcels=(
            replace(
                first,
                placements=(first.placements[0], replace(second.placements[0], x_um=100_000)),
                net_mg=first.net_mg + second.net_mg,
                goods_volume_um3=first.goods_volume_um3 + second.goods_volume_um3,
            ),
        )
    )


DAMAGES: list[Damage] = [
    # Boxes
    ("the box type is unknown", "single", with_parcel(box_type_id="x"), K.UNKNOWN_BOX_TYPE),
    ("the box type is a list", "single", with_parcel(box_type_id=[]), K.UNKNOWN_BOX_TYPE),
    ("the inner volume is overstated", "single", with_parcel(inner_volume_um3=10**15), K.WRONG_BOX_SIZE),
    ("the inner size is overstated", "single", with_parcel(inner_um=(100_001,) * 3), K.WRONG_BOX_SIZE),
    ("the outer size is understated", "single", with_parcel(outer_um=(1, 1, 1)), K.WRONG_BOX_SIZE),
    ("fewer boxes are available", "two parcels", with_box(available=1), K.BOX_NOT_AVAILABLE),
    ("fewer parcels are allowed", "two parcels", with_policy(max_parcels=1), K.TOO_MANY_PARCELS),
    # Masses
    ("the net mass is understated", "single", with_parcel(net_mg=1), K.WRONG_NET_MASS),
    ("the net mass is not a number", "single", with_parcel(net_mg=math.nan), K.WRONG_NET_MASS),
    ("the goods are lighter", "single", with_line(mass_g=99.999), K.WRONG_NET_MASS),
    ("the goods' volume is overstated", "single", with_parcel(goods_volume_um3=1), K.WRONG_GOODS_VOLUME),
    *broken(
        K.WRONG_PACKAGING,
        "single",
        {
            "the box is not weighed": lambda c: with_packaging(c),
            "the box is too light": lambda c: with_packaging(c, box_part(49_999)),
            "the box is too heavy": lambda c: with_packaging(c, box_part(50_001)),
            "there are two boxes": lambda c: with_packaging(c, *(box_part(50_000),) * 2),
            "the box is of another material": lambda c: with_packaging(c, box_part(50_000, material_id="glass")),
            "the box is used more often": lambda c: with_packaging(c, box_part(50_000, trips=9)),
            "void fill lifts the parcel": lambda c: with_packaging(c, box_part(50_000), replace(FILL, mass_mg=-1)),
            "a component is a text": lambda c: with_packaging(c, box_part(50_000), "fill"),
        },
    ),
    ("the net limit is lower", "single", with_box(max_net_g=99.999), K.OVER_NET_LIMIT),
    (
        "void fill passes the net limit",
        "single",
        lambda c: with_packaging(c.with_box(max_net_g=119.999), box_part(50_000), FILL),
        K.OVER_NET_LIMIT,
    ),
    (
        "cushioning passes the net limit",
        "cushioned",
        lambda c: c.with_box(max_net_g=(c.order.goods_mg + c.plan.parcels[0].packaging[1].mass_mg - 1) / 1_000),
        K.OVER_NET_LIMIT,
    ),
    ("the gross limit is lower", "single", with_box(max_gross_g=149.999), K.OVER_GROSS_LIMIT),
    (
        "tape passes the gross limit",
        "single",
        lambda c: with_packaging(c.with_box(max_gross_g=154.999), box_part(50_000), TAPE),
        K.OVER_GROSS_LIMIT,
    ),
    # Started parcels
    ("a unit of a started parcel is moved", "started", with_placement(1, x_um=1_000), K.STARTED_PARCEL),
    ("a unit of a started parcel is swapped", "started", lambda c: with_placements(c, 0, 2, 1), K.STARTED_PARCEL),
    ("a unit of a started parcel is gone", "started", lambda c: with_placements(c, 0), K.STARTED_PARCEL),
    ("the started box is swapped", "started", with_parcel(0, box_type_id="other"), K.STARTED_PARCEL),
    ("a started parcel is forgotten", "started", with_parcel(0, started_parcel_id=""), K.STARTED_PARCEL),
    ("the started parcel is unknown", "started", with_parcel(1, started_parcel_id="P-9"), K.STARTED_PARCEL),
    ("a parcel is finished twice", "started", with_parcel(1, started_parcel_id="P-7"), K.STARTED_PARCEL),
    ("a started parcel is a list", "started", with_parcel(1, started_parcel_id=["P-7"]), K.STARTED_PARCEL),
    ("a unit named alone is gone", "started by name", lambda c: with_placements(c, 0), K.STARTED_PARCEL),
    ("the new box is not on the shelf", "started", with_box(available=0), K.BOX_NOT_AVAILABLE),
    # Own containers
    (
        "a unit that may not ships as it is",
        "own container",
        with_line(0, ships_in_own_container=False),
        K.OWN_CONTAINER,
    ),
    ("two units ship as one", "own container", _both_as_they_are, K.OWN_CONTAINER),
    ("no unit ships as it is", "own container", with_parcel(0, placements=()), K.OWN_CONTAINER),
    ("an own container names a box", "own container", with_parcel(0, box_type_id="box"), K.OWN_CONTAINER),
    ("an own container floats", "own container", with_placement(0, z_um=1_000), K.OWN_CONTAINER),
    (
        "an own container is cushioned",
        "own container",
        with_placement(0, half_gap_um=1_000, length_um=102_000, width_um=82_000, height_um=62_000),
        K.OWN_CONTAINER,
    ),
    ("a box is said to be none", "own container", with_parcel(1, ships_in_own_container=True), K.OWN_CONTAINER),
    ("an own container has tape", "own container", lambda c: with_packaging(c, TAPE), K.WRONG_PACKAGING),
    ("an own container has an inside", "own container", with_parcel(0, inner_volume_um3=1), K.WRONG_BOX_SIZE),
    ("an own container is smaller", "own container", with_parcel(0, outer_um=(1, 1, 1)), K.WRONG_BOX_SIZE),
    (
        "an own container has empty spaces",
        "own container",
        with_parcel(0, empty_spaces=(EmptySpace(0, 0, 0, 1_000, 1_000, 1_000),)),
        K.WRONG_EMPTY_SPACES,
    ),
    (
        "an own container is turned as its line forbids",
        "own container",
        with_line(0, orientations=("HWL",)),
        K.ORIENTATION_NOT_ALLOWED,
    ),
    ("the goods of an own container are lighter", "own container", with_parcel(0, net_mg=1), K.WRONG_NET_MASS),
    ("a flag is a text", "own container", with_parcel(0, ships_in_own_container="yes"), K.MALFORMED),
    (
        "an own container is said to be a box",
        "own container",
        with_parcel(0, ships_in_own_container=False),
        K.UNKNOWN_BOX_TYPE,
    ),
]
